"""What moto lacks or distorts of SES, in both versions of its API."""

from __future__ import annotations

from typing import Any

from moto.ses.models import ConfigurationSet

from .registry import ROUTES, Params, fill, store


@fill("ses", "PutIdentityPolicy")
def put_identity_policy(response: Any, params: Params) -> Params:
    store(response, "policies").setdefault(params["Identity"], {})[params["PolicyName"]] = params["Policy"]
    return {}


@fill("ses", "GetIdentityPolicies")
def get_identity_policies(response: Any, params: Params) -> Params:
    policies = store(response, "policies").get(params["Identity"], {})
    return {"Policies": {name: text for name, text in policies.items() if name in params["PolicyNames"]}}


@fill("ses", "DeleteIdentityPolicy")
def delete_identity_policy(response: Any, params: Params) -> Params:
    store(response, "policies").get(params["Identity"], {}).pop(params["PolicyName"], None)
    return {}


@fill("ses", "SetIdentityHeadersInNotificationsEnabled")
def set_identity_headers(_response: Any, _params: Params) -> Params:
    return {}


@fill("ses", "PutConfigurationSetDeliveryOptions")
def put_delivery_options(response: Any, params: Params) -> Params:
    options = params.get("DeliveryOptions", {})
    response.backend.config_sets[params["ConfigurationSetName"]].delivery_options = options
    return {}


@fill("ses", "UpdateConfigurationSetReputationMetricsEnabled")
def update_reputation_metrics(response: Any, params: Params) -> Params:
    options = {"ReputationMetricsEnabled": params["Enabled"]}
    response.backend.config_sets[params["ConfigurationSetName"]].reputation_options = options
    return {}


@fill("ses", "UpdateConfigurationSetSendingEnabled")
def update_sending_enabled(response: Any, params: Params) -> Params:
    store(response, "sending")[params["ConfigurationSetName"]] = params["Enabled"]
    return {}


@fill("ses", "DescribeConfigurationSet")
def describe_configuration_set(response: Any, params: Params) -> Params:
    name = params["ConfigurationSetName"]
    backend = response.backend
    configuration_set = backend.describe_configuration_set(name)
    wanted = params.get("ConfigurationSetAttributeNames", [])
    result = {"ConfigurationSet": {"Name": name}}
    if "eventDestinations" in wanted and name in backend.config_set_event_destination:
        result["EventDestinations"] = [backend.config_set_event_destination[name]]
    if "deliveryOptions" in wanted and configuration_set.delivery_options:
        result["DeliveryOptions"] = configuration_set.delivery_options
    if "reputationOptions" in wanted:
        sending = {"SendingEnabled": store(response, "sending").get(name, True)}
        result["ReputationOptions"] = {**(configuration_set.reputation_options or {}), **sending}
    return result


@fill("ses", "GetIdentityNotificationAttributes")
def get_identity_notification_attributes(response: Any, params: Params) -> Params:
    attributes = response.backend.get_identity_notification_attributes(params["Identities"])
    for identity, item in attributes.items():
        topics = response.backend.sns_topics.get(identity, {})
        item |= {f"{kind}Topic": topics[kind] for kind in ("Bounce", "Complaint", "Delivery") if kind in topics}
    return {"NotificationAttributes": attributes}


@fill("ses", "DeleteConfigurationSetEventDestination")
def delete_event_destination(response: Any, params: Params) -> Params:
    response.backend.event_destinations.pop(params["EventDestinationName"], None)
    return {}


@fill("sesv2", "ListTagsForResource")
def list_identity_tags(response: Any, params: Params) -> Params:
    """moto keeps the tags of an identity under another ARN than the one that AWS uses."""
    arn = params["ResourceArn"].replace(":identity/", ":email-identity/")
    return {"Tags": response.sesv2_backend.list_tags_for_resource(arn)}


CONFIGURATION_SET = "{0}/v2/email/configuration-sets/(?P<ConfigurationSetName>[^/]+)"
ROUTES.setdefault("sesv2", []).extend(
    (
        f"{CONFIGURATION_SET}/event-destinations$",
        f"{CONFIGURATION_SET}/event-destinations/(?P<EventDestinationName>[^/]+)$",
    )
)


@fill("sesv2", "CreateConfigurationSetEventDestination", "UpdateConfigurationSetEventDestination")
def put_event_destination(response: Any, params: Params) -> Params:
    name = params["EventDestinationName"]
    destinations = store(response, "destinations").setdefault(params["ConfigurationSetName"], {})
    destinations[name] = {"Name": name, **params["EventDestination"]}
    return {}


@fill("sesv2", "GetConfigurationSetEventDestinations")
def get_event_destinations(response: Any, params: Params) -> Params:
    destinations = store(response, "destinations").get(params["ConfigurationSetName"], {})
    return {"EventDestinations": list(destinations.values())}


@fill("sesv2", "DeleteConfigurationSetEventDestination")
def delete_event_destination_v2(response: Any, params: Params) -> Params:
    destinations = store(response, "destinations").get(params["ConfigurationSetName"], {})
    destinations.pop(params["EventDestinationName"], None)
    return {}


def patch() -> None:
    """SES v2: `SendingEnabled` is a boolean (moto nests the whole request there), unset options are absent."""

    def to_dict_v2(self: Any) -> Params:
        enabled = self.enabled
        while isinstance(enabled, dict):
            enabled = enabled.get("SendingEnabled", True)
        return {
            "ConfigurationSetName": self.configuration_set_name,
            "TrackingOptions": self.tracking_options or None,
            "DeliveryOptions": self.delivery_options,
            "ReputationOptions": self.reputation_options,
            "SendingOptions": {"SendingEnabled": bool(enabled)},
            "Tags": self.tags,
            "SuppressionOptions": self.suppression_options,
            "VdmOptions": self.vdm_options or None,
        }

    ConfigurationSet.to_dict_v2 = to_dict_v2
