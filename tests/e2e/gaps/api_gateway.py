"""What moto distorts of API Gateway, in both versions of its API."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable
from typing import Any

from moto.apigateway.models import RestAPI
from moto.apigatewayv2.models import Api, DomainName
from moto.apigatewayv2.responses import ApiGatewayV2Response

from .registry import Params


def patch() -> None:
    """Applies all corrections."""
    escape_policies()
    complete_domain_names()
    keep_address_types()


def escape_policies() -> None:
    """The policy of a REST API comes back JSON-escaped."""
    show = RestAPI.to_dict

    def to_dict(self: Any) -> Params:
        result = show(self)
        policy = result.get("policy")
        if policy and '\\"' not in policy:
            result["policy"] = json.dumps(policy)[1:-1]
        return result

    RestAPI.to_dict = to_dict


def complete_domain_names() -> None:
    """A domain name has a target, a status, and no empty mutual TLS."""
    show = DomainName.to_json

    def to_json(self: Any) -> Params:
        result = show(self)
        host = f"d-{uuid.uuid5(uuid.NAMESPACE_DNS, self.domain_name).hex[:10]}.execute-api.us-east-2.amazonaws.com"
        fixed = {"apiGatewayDomainName": host, "hostedZoneId": "ZOJJZC49E0EPZ"}
        result["domainNameConfigurations"] = [
            {**fixed, **settings, "domainNameStatus": "AVAILABLE"} for settings in result["domainNameConfigurations"]
        ]
        if not result.get("mutualTlsAuthentication"):
            result.pop("mutualTlsAuthentication", None)
        return result

    DomainName.to_json = to_json


def keep_address_types() -> None:
    """An API keeps the type of its addresses, which is IPv4 unless another one is asked for.

    https://docs.aws.amazon.com/apigatewayv2/latest/api-reference/apis-apiid.html
    """
    show = Api.to_json

    def to_json(self: Any) -> Params:
        return {"ipAddressType": "ipv4", **show(self), **getattr(self, "address_type", {})}

    def keeping(change: Callable[[Any], tuple[int, Params, str]]) -> Callable[[Any], tuple[int, Params, str]]:
        def change_and_keep(self: Any) -> tuple[int, Params, str]:
            status, headers, body = change(self)
            api = self.apigatewayv2_backend.get_api(json.loads(body)["apiId"])
            sent = json.loads(self.body)
            if "ipAddressType" in sent:
                api.address_type = {"ipAddressType": sent["ipAddressType"]}
            return status, headers, json.dumps(api.to_json())

        return change_and_keep

    Api.to_json = to_json
    ApiGatewayV2Response.create_api = keeping(ApiGatewayV2Response.create_api)
    ApiGatewayV2Response.update_api = keeping(ApiGatewayV2Response.update_api)
