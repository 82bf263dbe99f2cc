"""What moto lacks or distorts of Cognito: roles of identity pools, risk settings, tiers, versions of the login pages."""

from __future__ import annotations

from typing import Any

from moto.cognitoidp.models import CognitoIdpUserPool

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


@fill("cognito-idp", "CreateUserPoolDomain", "UpdateUserPoolDomain")
def keep_login_version(response: Any, params: Params) -> Any:
    store(response, "login versions")[params["Domain"]] = params.get("ManagedLoginVersion", 1)
    return NotImplemented


@fill("cognito-idp", "DescribeUserPoolDomain")
def describe_user_pool_domain(response: Any, params: Params) -> Params:
    name = params["Domain"]
    domain = response.backend.describe_user_pool_domain(name)
    if domain is None:
        return {"DomainDescription": {}}
    version = {"ManagedLoginVersion": store(response, "login versions").get(name, 1)}
    return {"DomainDescription": {**domain.to_json(), **version}}


def patch() -> None:
    """A pool is in the tier Essentials unless another one is asked for.

    https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_CreateUserPool.html
    """
    show = CognitoIdpUserPool.to_json

    def to_json(self: Any, extended: bool = False) -> Params:
        shown = show(self, extended)
        return {"UserPoolTier": "ESSENTIALS", **shown} if extended else shown

    CognitoIdpUserPool.to_json = to_json
