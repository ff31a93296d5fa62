#!/usr/bin/env python3
"""Rewrite lambdalint's generated data modules from cfn-lint and aws-sam-translator.

A maintainer's script: both packages are development dependencies, and only their data files are
read. It writes

* ``lambdalint/runtimes.py``: the lifecycle of each Lambda runtime (cfn-lint),
* ``lambdalint/sam/policy_templates.py``: the SAM policy templates (aws-sam-translator),
* ``lambdalint/sam/connectors.py``: the SAM connector profiles (aws-sam-translator).

Upgrade the two packages, run ``python scripts/refresh_facts.py`` and review the diff. With
``--check`` nothing is written and the exit status is 1 if a module is out of date. Data of a shape
this script does not know stop it with an error, so that nothing is dropped unnoticed.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from importlib import metadata
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

ROOT: Final = Path(__file__).resolve().parent.parent
WIDTH: Final = 100
INDENT: Final = "    "
RUNTIMES_DOC: Final = "https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtimes.html"
POLICIES_DOC: Final = (
    "https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/"
    "serverless-policy-templates.html"
)
CONNECTORS_DOC: Final = (
    "https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/"
    "reference-sam-connector.html"
)

SUB_VARIABLE: Final = re.compile(r"\$\{([^!}][^}]*)\}")
PROFILE_VARIABLE: Final = re.compile(r"%\{([A-Za-z.]+)\}")
KINDS: Final = {
    "AWS_IAM_ROLE_MANAGED_POLICY": "managed_policy",
    "AWS_LAMBDA_PERMISSION": "permission",
    "AWS_SQS_QUEUE_POLICY": "queue_policy",
    "AWS_SNS_TOPIC_POLICY": "topic_policy",
}
SOURCE_ARN_CONDITION: Final = ("ArnEquals", "aws:SourceArn")

Statement: TypeAlias = tuple[tuple[str, ...], tuple[str, ...]]
Value: TypeAlias = "str | Verbatim | tuple[Value, ...] | dict[str, Value]"


class UnknownShapeError(ValueError):
    """The packages hold data of a shape this script does not know."""


class Verbatim(str):
    """Python source that is emitted as it stands."""

    __slots__ = ()


# Reading


def package_file(package: str, *parts: str) -> Path:
    """Return the path of a data file of an installed package, without importing the package."""
    spec = find_spec(package)
    if spec is None or not spec.submodule_search_locations:
        msg = f"{package} is not installed: install the development dependencies"
        raise UnknownShapeError(msg)
    return Path(spec.submodule_search_locations[0]).joinpath(*parts)


def read_json(path: Path) -> dict[str, Any]:
    """Return the JSON object in a file."""
    data: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return data


def require_keys(
    where: str, data: Mapping[str, Any], required: set[str], optional: set[str]
) -> None:
    """Stop at a key that is missing or that is not known."""
    missing, unknown = required - set(data), set(data) - required - optional
    if missing or unknown:
        msg = f"{where}: missing keys {sorted(missing)}, unknown keys {sorted(unknown)}"
        raise UnknownShapeError(msg)


def strings(value: str | list[str]) -> tuple[str, ...]:
    """Return a string or a list of strings as a tuple."""
    items = [value] if isinstance(value, str) else value
    if not all(isinstance(item, str) for item in items):
        msg = f"not a list of strings: {value!r}"
        raise UnknownShapeError(msg)
    return tuple(items)


# Writing


def literal(text: str) -> str:
    """Return a string literal in double quotes."""
    return text if isinstance(text, Verbatim) else json.dumps(text, ensure_ascii=False)


def flat(value: Value) -> str:
    """Return a value as source on one line."""
    if isinstance(value, str):
        return literal(value)
    if isinstance(value, dict):
        return "{" + ", ".join(f"{literal(k)}: {flat(v)}" for k, v in value.items()) + "}"
    return "(" + ", ".join(map(flat, value)) + ("," if len(value) == 1 else "") + ")"


def render(value: Value, depth: int = 0, prefix: str = "", suffix: str = "") -> str:
    """Return a value as source, laid out as ``ruff format`` does: on one line where it fits."""
    head = INDENT * depth + prefix
    line = head + flat(value) + suffix
    if isinstance(value, str) or not value or len(line) <= WIDTH:
        return line
    opening, closing = ("{", "}") if isinstance(value, dict) else ("(", ")")
    items: Iterable[tuple[str, Value]] = (
        ((f"{literal(key)}: ", item) for key, item in value.items())
        if isinstance(value, dict)
        else (("", item) for item in value)
    )
    body = "\n".join(render(item, depth + 1, label, ",") for label, item in items)
    return f"{head}{opening}\n{body}\n{INDENT * depth}{closing}{suffix}"


def call(name: str, arguments: Mapping[str, Value], depth: int, prefix: str = "") -> str:
    """Return a call with keyword arguments as source, laid out as ``ruff format`` does."""
    head = f"{INDENT * depth}{prefix}{name}("
    line = head + ", ".join(f"{key}={flat(value)}" for key, value in arguments.items()) + "),"
    if len(line) <= WIDTH:
        return line
    body = "\n".join(render(value, depth + 1, f"{key}=", ",") for key, value in arguments.items())
    return f"{head}\n{body}\n{INDENT * depth}),"


# lambdalint/runtimes.py

RUNTIMES_HEAD: Final = '''\
"""Lambda runtimes and the dates on which AWS deprecates and blocks them.

Source: cfn-lint {version} of {date} (its LmbdRuntimeLifecycle.json), which follows
{doc}.

Written by scripts/refresh_facts.py: do not edit it by hand.
"""

from __future__ import annotations

from typing import NamedTuple


class Lifecycle(NamedTuple):
    """The lifecycle of a runtime: ISO dates, "" where AWS gives none."""

    deprecated: str
    """From this day the runtime gets no security patches and no support."""
    create_block: str
    """From this day no function can be created with the runtime."""
    update_block: str
    """From this day no function with the runtime can be updated."""
    successor: str
    """The runtime to move to, "" for the newest of its family."""


RUNTIMES: dict[str, Lifecycle] = {{
'''
LIFECYCLE_KEYS: Final = {"deprecated", "create-block", "update-block", "successor"}
ISO_DATE: Final = re.compile(r"\d{4}-\d{2}-\d{2}")


def runtimes_module() -> str:
    """Return the source of ``lambdalint/runtimes.py``."""
    data = package_file("cfnlint", "data")
    lifecycles = read_json(data / "AdditionalSpecs" / "LmbdRuntimeLifecycle.json")
    # The day the schemas of the release were fetched: the package holds no other date.
    released = read_json(data / "schemas" / "version.json")["schema_date"][:10]
    head = RUNTIMES_HEAD.format(
        version=metadata.version("cfn-lint"), date=released, doc=RUNTIMES_DOC
    )
    lines = []
    for name, entry in sorted(lifecycles.items()):
        require_keys(
            name, entry, {"deprecated", "create-block", "update-block", "successor"}, set()
        )
        fields = {key.replace("-", "_"): value or "" for key, value in entry.items()}
        dates = (fields["deprecated"], fields["create_block"], fields["update_block"])
        if not all(date == "" or ISO_DATE.fullmatch(date) for date in dates):
            msg = f"{name}: not ISO dates: {dates}"
            raise UnknownShapeError(msg)
        arguments = ", ".join(map(literal, (*dates, fields["successor"])))
        lines.append(f"{INDENT}{literal(name)}: Lifecycle({arguments}),\n")
    return head + "".join(lines) + "}\n"


# lambdalint/sam/policy_templates.py

POLICIES_HEAD: Final = '''\
"""The policy templates of AWS SAM: what each lets a function do, and on what.

Source: aws-sam-translator {version} (its policy_templates.json); described in
{doc}

Written by scripts/refresh_facts.py: do not edit it by hand.
"""

from __future__ import annotations

from typing import TypeAlias

Statement: TypeAlias = tuple[tuple[str, ...], tuple[str, ...]]
"""The actions and resources of a statement that allows; resources in the notation of Fn::Sub."""

'''


def substituted(where: str, value: str | dict[str, Any], parameters: Iterable[str]) -> str:
    """Return a resource in the notation of Fn::Sub, its variables being template parameters."""
    if isinstance(value, str):
        return value
    if set(value) != {"Fn::Sub"}:
        msg = f"{where}: not an Fn::Sub: {value!r}"
        raise UnknownShapeError(msg)
    argument = value["Fn::Sub"]
    text, variables = (argument, {}) if isinstance(argument, str) else argument
    known = set(parameters)

    def rename(match: re.Match[str]) -> str:
        name = match[1]
        if name.startswith("AWS::"):
            return match[0]
        target = variables.get(name, {"Ref": name})
        if set(target) != {"Ref"} or target["Ref"] not in known:
            msg = f"{where}: ${{{name}}} is not a parameter of the template: {target!r}"
            raise UnknownShapeError(msg)
        return f"${{{target['Ref']}}}"

    return SUB_VARIABLE.sub(rename, text)


def policy_entry(name: str, template: Mapping[str, Any]) -> str:
    """Return the source of one entry of POLICY_TEMPLATES."""
    require_keys(name, template, {"Definition", "Description", "Parameters"}, set())
    require_keys(name, template["Definition"], {"Statement"}, set())
    notes: list[str] = []
    statements: list[Statement] = []
    for statement in template["Definition"]["Statement"]:
        require_keys(name, statement, {"Effect", "Action", "Resource"}, {"Condition"})
        if statement["Effect"] != "Allow":
            msg = f"{name}: a statement does not allow"
            raise UnknownShapeError(msg)
        for operator, test in statement.get("Condition", {}).items():
            notes += [
                f"{INDENT}# Condition left out of statement {len(statements)}: {operator} {key}\n"
                for key in test
            ]
        resources = statement["Resource"]
        resources = resources if isinstance(resources, list) else [resources]
        names = template["Parameters"]
        statements.append(
            (
                strings(statement["Action"]),
                tuple(substituted(name, resource, names) for resource in resources),
            )
        )
    return "".join(notes) + render(tuple(statements), 1, f"{literal(name)}: ", ",") + "\n"


def policy_templates_module() -> str:
    """Return the source of ``lambdalint/sam/policy_templates.py``."""
    path = package_file("samtranslator", "policy_templates_data", "policy_templates.json")
    templates = sorted(read_json(path)["Templates"].items())
    version = metadata.version("aws-sam-translator")
    return (
        POLICIES_HEAD.format(version=version, doc=POLICIES_DOC)
        + "POLICY_TEMPLATES: dict[str, tuple[Statement, ...]] = {\n"
        + "".join(policy_entry(name, template) for name, template in templates)
        + "}\n"
    )


# lambdalint/sam/connectors.py

CONNECTORS_HEAD: Final = '''\
"""The connectors of AWS SAM: what each creates between a source and a destination.

Source: aws-sam-translator {version} (its connector_profiles/profiles.json); described in
{doc}

Written by scripts/refresh_facts.py: do not edit it by hand.
"""

from __future__ import annotations

from typing import Literal, NamedTuple, TypeAlias

Statement: TypeAlias = tuple[tuple[str, ...], tuple[str, ...]]
"""The actions and resources of a statement that allows.

Resources are in the notation of Fn::Sub, with the variables ``Source`` and ``Destination`` and
their attributes ``Arn``, ``Name``, ``ResourceId`` (the id of an API) and ``Qualifier`` (which is
"*" for an API unless the connector gives another).
"""


class Profile(NamedTuple):
    """What a connector creates."""

    kind: Literal["managed_policy", "permission", "queue_policy", "topic_policy"]
    """What is created: AWS::IAM::ManagedPolicy, AWS::Lambda::Permission and so on."""
    owner: Literal["source", "destination"]
    """The end whose role gets the managed policy, or which the permission or policy is set on."""
    access: dict[str, tuple[Statement, ...]]
    """The statements by category of permission, ``Read`` and ``Write``."""
    principal: str = ""
    """The service of a permission, queue policy or topic policy."""
    source_arn: str = ""
    """The pattern that permission or policy holds ``aws:SourceArn`` against."""
    source_account: str = ""
    """The account that permission holds ``aws:SourceAccount`` against, "" if none."""


CONNECTORS: dict[tuple[str, str], Profile] = {{
'''


def endpoint(text: str) -> str:
    """Return a profile's text with ``%{Source.Arn}`` and the like in the notation of Fn::Sub."""
    return PROFILE_VARIABLE.sub(r"${\1}", text)


def profile_statement(where: str, statement: Mapping[str, Any], extra: set[str]) -> Statement:
    """Return a statement of a managed, queue or topic policy."""
    require_keys(where, statement, {"Effect", "Action", "Resource"} | extra, set())
    if statement["Effect"] != "Allow":
        msg = f"{where}: a statement does not allow"
        raise UnknownShapeError(msg)
    resources = tuple(map(endpoint, strings(statement["Resource"])))
    return strings(statement["Action"]), resources


def resource_policy(where: str, statement: Mapping[str, Any]) -> dict[str, str]:
    """Return the principal and source of a statement of a queue or topic policy."""
    operator, key = SOURCE_ARN_CONDITION
    require_keys(where, statement["Principal"], {"Service"}, set())
    require_keys(where, statement["Condition"], {operator}, set())
    require_keys(where, statement["Condition"][operator], {key}, set())
    return {
        "principal": statement["Principal"]["Service"],
        "source_arn": endpoint(statement["Condition"][operator][key]),
    }


def connector_entry(source: str, destination: str, profile: Mapping[str, Any]) -> str:
    """Return the source of one entry of CONNECTORS."""
    where = f"{source} to {destination}"
    require_keys(where, profile, {"Type", "Properties"}, {"_comment"})
    properties = profile["Properties"]
    optional = {"ValidAccessCategories", "DependedBy"}
    require_keys(where, properties, {"SourcePolicy", "AccessCategories"}, optional)
    kind = KINDS[profile["Type"]]
    owner = "source" if properties["SourcePolicy"] else "destination"
    access: dict[str, Value] = {}
    guards: list[dict[str, str]] = []
    for category, content in sorted(properties["AccessCategories"].items()):
        if kind == "permission":
            require_keys(where, content, {"Action", "Principal", "SourceArn"}, {"SourceAccount"})
            access[category] = ((strings(content["Action"]), (f"${{{owner.capitalize()}.Arn}}",)),)
            guards.append(
                {
                    "principal": content["Principal"],
                    "source_arn": endpoint(content["SourceArn"]),
                    "source_account": content.get("SourceAccount", ""),
                }
            )
            continue
        require_keys(where, content, {"Statement"}, set())
        extra = set() if kind == "managed_policy" else {"Principal", "Condition"}
        found = [profile_statement(where, entry, extra) for entry in content["Statement"]]
        access[category] = tuple(found)
        if extra:
            guards += [resource_policy(where, entry) for entry in content["Statement"]]
    if any(guard != guards[0] for guard in guards):
        msg = f"{where}: its statements differ in principal or source"
        raise UnknownShapeError(msg)
    arguments: dict[str, Value] = {"kind": kind, "owner": owner, "access": access}
    for guard in guards[:1]:
        arguments.update({key: value for key, value in guard.items() if value})
    return call("Profile", arguments, 1, f"{flat((source, destination))}: ") + "\n"


def connectors_module() -> str:
    """Return the source of ``lambdalint/sam/connectors.py``."""
    path = package_file("samtranslator", "model", "connector_profiles", "profiles.json")
    permissions: dict[str, dict[str, Any]] = read_json(path)["Permissions"]
    version = metadata.version("aws-sam-translator")
    entries = "".join(
        connector_entry(source, destination, profile)
        for source, destinations in sorted(permissions.items())
        for destination, profile in sorted(destinations.items())
    )
    return f"{CONNECTORS_HEAD.format(version=version, doc=CONNECTORS_DOC)}{entries}}}\n"


def main() -> int:
    """Write the modules, or compare them with ``--check``, and return the exit status."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--check", action="store_true", help="write nothing, fail on a difference")
    check = parser.parse_args().check
    modules = {
        "lambdalint/runtimes.py": runtimes_module(),
        "lambdalint/sam/policy_templates.py": policy_templates_module(),
        "lambdalint/sam/connectors.py": connectors_module(),
    }
    changed = 0
    for name, text in modules.items():
        path = ROOT / name
        if path.is_file() and path.read_text(encoding="utf-8") == text:
            sys.stdout.write(f"{name}: up to date\n")
            continue
        changed += 1
        if not check:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8", newline="\n")
        sys.stdout.write(f"{name}: {'out of date' if check else 'written'}\n")
    return 1 if check and changed else 0


if __name__ == "__main__":
    sys.exit(main())
