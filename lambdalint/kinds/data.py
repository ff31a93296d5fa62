"""Services that have a function transform, enrich or fetch data."""

from __future__ import annotations

from lambdalint.kinds.kind import Form, Kind, awaited

_RESOURCES = "https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference"
_HOOKS = ("PreExtractionHookConfiguration", "PostExtractionHookConfiguration")


def _processors(destination: str, *, role: str) -> Form:
    """The processors of records on their way to a destination."""
    processing = f"{destination}DestinationConfiguration.ProcessingConfiguration"
    return Form(
        "AWS::KinesisFirehose::DeliveryStream",
        f"{processing}.Processors[].Parameters[].ParameterValue",
        when=(".ParameterName", "LambdaArn"),
        off=(f"{processing}.Enabled", "false"),
        role=role and f"{destination}DestinationConfiguration.{role}",
    )


def _steps(*within: str) -> Form:
    """The Lambda steps of a SageMaker pipeline, or of a branch of it."""
    path = ".".join(("PipelineDefinition.PipelineDefinitionBody!", "Steps[]", *within))
    return Form(
        "AWS::SageMaker::Pipeline",
        f"{path}.FunctionArn",
        when=(".Type", "Lambda"),
        role="RoleArn",
    )


KINDS: tuple[Kind, ...] = (
    awaited(
        "firehose",
        "Firehose stream",
        "https://docs.aws.amazon.com/firehose/latest/dev/data-transformation.html",
        (
            *(
                _processors(destination, role="RoleARN")
                for destination in (
                    "ExtendedS3",
                    "AmazonOpenSearchServerless",
                    "Amazonopensearchservice",
                    "Elasticsearch",
                    "HttpEndpoint",
                    "Iceberg",
                    "Redshift",
                    "Snowflake",
                )
            ),
            _processors("Splunk", role=""),
        ),
        retries="Firehose, three times unless changed",
        failures="to the bucket of the stream, as failed records",
        batch="1 MB or 60 s, less for Splunk and Snowflake, unless changed",
        pressure="throttled calls are repeated, then failed records",
        duplicates="possible",
        limit_s=300,
    ),
    # Whoever queries must be allowed to invoke it.
    awaited(
        "athena",
        "Athena data catalog",
        f"{_RESOURCES}/aws-resource-athena-datacatalog.html",
        tuple(
            Form("AWS::Athena::DataCatalog", f"Parameters.{parameter}", when=("Type", type))
            for type, parameter in (
                ("LAMBDA", "function"),
                ("LAMBDA", "metadata-function"),
                ("LAMBDA", "record-function"),
                ("HIVE", "metadata-function"),
            )
        ),
        payload="6 MB, the rest through S3",
    ),
    awaited(
        "kendra",
        "Kendra data source",
        "https://docs.aws.amazon.com/kendra/latest/dg/custom-document-enrichment.html",
        tuple(
            Form(
                "AWS::Kendra::DataSource",
                f"CustomDocumentEnrichmentConfiguration.{hook}.LambdaArn",
                role="CustomDocumentEnrichmentConfiguration.RoleArn",
            )
            for hook in _HOOKS
        ),
    ),
    awaited(
        "qbusiness",
        "Q Business data source",
        "https://docs.aws.amazon.com/amazonq/latest/qbusiness-ug/cde-lambda-operations.html",
        tuple(
            Form(
                "AWS::QBusiness::DataSource",
                f"DocumentEnrichmentConfiguration.{hook}.LambdaArn",
                role=f"DocumentEnrichmentConfiguration.{hook}.RoleArn",
            )
            for hook in _HOOKS
        ),
    ),
    awaited(
        "appflow",
        "AppFlow connector",
        f"{_RESOURCES}/aws-resource-appflow-connector.html",
        (Form("AWS::AppFlow::Connector", "ConnectorProvisioningConfig.Lambda.LambdaArn"),),
        "appflow.amazonaws.com",
    ),
    awaited(
        "sagemaker-pipeline",
        "SageMaker pipeline",
        "https://docs.aws.amazon.com/sagemaker/latest/dg/build-and-manage-steps-types.html",
        (
            _steps(),
            _steps("Arguments", "IfSteps[]"),
            _steps("Arguments", "ElseSteps[]"),
        ),
    ),
    awaited(
        "sagemaker-model",
        "SageMaker model",
        "https://docs.aws.amazon.com/sagemaker/latest/dg/your-algorithms-containers-inference-private.html",
        tuple(
            Form(
                "AWS::SageMaker::Model",
                f"{container}.ImageConfig.RepositoryAuthConfig.RepositoryCredentialsProviderArn",
                role="ExecutionRoleArn",
            )
            for container in ("PrimaryContainer", "Containers[]")
        ),
    ),
)
