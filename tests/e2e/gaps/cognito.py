"""What moto lacks of Cognito: roles of identity pools, risk settings, deletion of resource servers."""

from __future__ import annotations

from typing import Any

from .registry import Params, fill, find, store


@fill("cognito-identity", "SetIdentityPoolRoles")
def set_identity_pool_roles(response: Any, params: Params) -> Params:
    store(response, "roles")[params["IdentityPoolId"]] = params
    return {}


@fill("cognito-identity", "GetIdentityPoolRoles")
def get_identity_pool_roles(response: Any, params: Params) -> Params:
    return find(store(response, "roles"), params["IdentityPoolId"], "ResourceNotFoundException")


@fill("cognito-idp", "SetRiskConfiguration")
def set_risk_configuration(response: Any, params: Params) -> Params:
    store(response, "risk")[(params["UserPoolId"], params.get("ClientId"))] = params
    return {"RiskConfiguration": params}


@fill("cognito-idp", "DescribeRiskConfiguration")
def describe_risk_configuration(response: Any, params: Params) -> Params:
    key = (params["UserPoolId"], params.get("ClientId"))
    return {"RiskConfiguration": find(store(response, "risk"), key, "ResourceNotFoundException")}


@fill("cognito-idp", "DeleteResourceServer")
def delete_resource_server(response: Any, params: Params) -> Params:
    pool = response.backend.describe_user_pool(params["UserPoolId"])
    pool.resource_servers.pop(params["Identifier"], None)
    return {}
