"""What moto distorts of API Gateway, in both versions of its API."""

from __future__ import annotations

import json
import uuid
from typing import Any

from moto.apigateway.models import RestAPI
from moto.apigatewayv2.models import DomainName

from .registry import Params


def patch() -> None:
    """REST API policies come back JSON-escaped; a v2 domain name has a status and no empty mutual TLS."""
    rest_to_dict = RestAPI.to_dict
    domain_to_json = DomainName.to_json

    def to_dict(self: Any) -> Params:
        result = rest_to_dict(self)
        policy = result.get("policy")
        if policy and '\\"' not in policy:
            result["policy"] = json.dumps(policy)[1:-1]
        return result

    def to_json(self: Any) -> Params:
        result = domain_to_json(self)
        host = f"d-{uuid.uuid5(uuid.NAMESPACE_DNS, self.domain_name).hex[:10]}.execute-api.us-east-2.amazonaws.com"
        fixed = {"apiGatewayDomainName": host, "hostedZoneId": "ZOJJZC49E0EPZ"}
        result["domainNameConfigurations"] = [
            {**fixed, **settings, "domainNameStatus": "AVAILABLE"} for settings in result["domainNameConfigurations"]
        ]
        if not result.get("mutualTlsAuthentication"):
            result.pop("mutualTlsAuthentication", None)
        return result

    RestAPI.to_dict = to_dict
    DomainName.to_json = to_json
