"""Services for devices that have a function provision, vouch for or connect them."""

from __future__ import annotations

from lambdalint.kinds.kind import Form, Kind, awaited

_IOT = "https://docs.aws.amazon.com/iot/latest/developerguide"
_RESOURCES = "https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference"

KINDS: tuple[Kind, ...] = (
    awaited(
        "iot-provisioning",
        "IoT provisioning template",
        f"{_IOT}/pre-provisioning-hook.html",
        (
            Form(
                "AWS::IoT::ProvisioningTemplate",
                "PreProvisioningHook.TargetArn",
                off=("Enabled", "false"),
            ),
        ),
        "iot.amazonaws.com",
        failures="the device is not provisioned",
        limit_s=5,
    ),
    awaited(
        "iot-certificate-provider",
        "IoT certificate provider",
        f"{_IOT}/provisioning-cert-provider.html",
        (Form("AWS::IoT::CertificateProvider", "LambdaFunctionArn"),),
        failures="the device gets no certificate",
    ),
    awaited(
        "iot-domain",
        "IoT domain configuration",
        f"{_IOT}/customize-client-auth.html",
        (
            Form(
                "AWS::IoT::DomainConfiguration",
                "ClientCertificateConfig.ClientCertificateCallbackArn",
                off=("DomainConfigurationStatus", "DISABLED"),
            ),
            Form(
                "AWS::IoT::DomainConfiguration",
                "ServerCertificateConfig.OcspLambdaArn",
                when=("ServerCertificateConfig.EnableOCSPCheck", "true"),
                off=("DomainConfigurationStatus", "DISABLED"),
            ),
        ),
    ),
    awaited(
        "iot-twinmaker",
        "IoT TwinMaker component type",
        f"{_RESOURCES}/aws-resource-iottwinmaker-componenttype.html",
        (Form("AWS::IoTTwinMaker::ComponentType", "Functions.{}.ImplementedBy.Lambda.Arn"),),
    ),
    # Permissions name account associations, which point at the connector.
    awaited(
        "iot-connector",
        "IoT managed integrations connector",
        "https://docs.aws.amazon.com/iot-mi/latest/devguide/allow-iot-smart-home.html",
        (Form("AWS::IoTManagedIntegrations::CloudConnector", "EndpointConfig.Lambda.Arn"),),
    ),
)
