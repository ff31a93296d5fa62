"""Functions that CDK makes for its own purposes: nobody can change them, so nobody is nagged."""

from __future__ import annotations

import re

from lambdalint.template import Declaration

# Seen in what aws-cdk-lib 2.150 to 2.276 synthesises.
_IDS = re.compile(
    r"BucketNotificationsHandler[0-9a-f]{32}"
    r"|LogRetention[0-9a-f]{32}"
    r"|AWS679f53fac002430cb0da5b7982bd2287[0-9A-F]{8}$"
    r"|AWSb4cf1abd4e4f4bc699441af7ccd9ec37[0-9A-F]{8}$"
    r"|(Custom|AWSCDK).*CustomResourceProviderHandler[0-9A-F]{8}$"
    r"|AWSCDK.*ProviderHandler"
    r"|CustomCDKBucketDeployment[0-9A-F]{8,}"
    r"|SingletonLambda224e77f9a32e4b4dac32983477abba16"
    r"|.*framework(onEvent|isComplete|onTimeout)[0-9A-F]{8}$"
    r"|.*DrainECSHookFunction[0-9A-F]{8}$"
    r"|.*CertificateRequestorFunction[0-9A-F]{8}$"
    r"|Eval(da2d1181604e4a4586941a6abd7fe42d|41256dc5445742738ed917bc818694e5)[0-9A-F]{8}$"
)
# All functions of `EvaluateExpression` share it since 2.275.
_ROLE = "EvalServiceRolef4f556a4ef7a49cd8036c5b0567376fd"
_PATHS = re.compile(
    r"/framework-(onEvent|isComplete|onTimeout)(/|$)|/Custom::[^/]*/|@aws-cdk--aws-|/waiter-state-machine/"
)


def is_provider(declaration: Declaration) -> bool:
    """Whether CDK made a resource for itself."""
    if _IDS.match(declaration.id):
        return True
    match declaration.written.data:
        case {"Properties": {"Role": {"Fn::GetAtt": [str(role), *_]}}} if role.startswith(_ROLE):
            return True
        case {"Metadata": {"aws:cdk:path": str(path)}}:
            return _PATHS.search(path) is not None
    return False
