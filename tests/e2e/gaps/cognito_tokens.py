"""What moto lacks of Cognito's tokens: a key for each pool, verified addresses, and the claims of a trigger."""

from __future__ import annotations

import json
from typing import Any

from joserfc import jwk, jwt
from moto.awslambda.utils import get_backend
from moto.cognitoidp import urls
from moto.cognitoidp.models import CognitoIdpBackend, CognitoIdpUserPool, cognitoidp_backends
from moto.cognitoidp.utils import flatten_attrs
from moto.core.exceptions import ServiceException

from .registry import Params

KEY_BITS = 2048
KEYS_PATH = "/.well-known/jwks.json"
TOKENS = {"id": "idTokenGeneration", "access": "accessTokenGeneration"}
"""Where the second version of the event says what goes into a token.

https://docs.aws.amazon.com/cognito/latest/developerguide/user-pool-lambda-pre-token-generation.html
"""


class TriggerFailed(ServiceException):
    """The function of a trigger did not answer as it should."""

    code = "UserLambdaValidationException"


def patch() -> None:
    """Applies all corrections."""
    give_pools_keys()
    serve_keys()
    verify_addresses()
    complete_tokens()


def give_pools_keys() -> None:
    """Every pool signs with a key of its own; moto has one for all of them."""
    create = CognitoIdpUserPool.__init__

    def init(self: Any, *arguments: Any, **settings: Any) -> None:
        create(self, *arguments, **settings)
        self.json_web_key = jwk.RSAKey.generate_key(KEY_BITS, {"kid": self.id, "use": "sig", "alg": "RS256"})

    CognitoIdpUserPool.__init__ = init


def serve_keys() -> None:
    """The public keys of a pool are at its own address."""
    pattern = next(path for path in urls.url_paths if "jwks.json" in path)

    def serve(_request: Any, address: str, _headers: Any) -> tuple[int, Params, str]:
        name = address.partition(KEYS_PATH)[0].rpartition("/")[2]
        keys = [key_of(backend.user_pools[name]) for backend in all_backends() if name in backend.user_pools]
        return (200 if keys else 404), {"Content-Type": "application/json"}, json.dumps({"keys": keys})

    urls.url_paths[pattern] = serve


def all_backends() -> list[Any]:
    """Cognito in every account and region that is in use."""
    return [backend for regions in cognitoidp_backends.values() for backend in regions.values()]


def key_of(pool: Any) -> Params:
    """The public key of a pool."""
    return dict(pool.json_web_key.as_dict(private=False))


def verify_addresses() -> None:
    """Who confirms a sign-up has an address that the pool has verified, where it verifies by itself.

    https://docs.aws.amazon.com/cognito/latest/developerguide/signing-up-users-in-your-app.html
    """
    confirm = CognitoIdpBackend.confirm_sign_up

    def confirm_sign_up(self: Any, client_id: str, username: str) -> str:
        answer = confirm(self, client_id, username)
        pool = next(pool for pool in self.user_pools.values() if client_id in pool.clients)
        verified = pool.extended_config.get("AutoVerifiedAttributes") or []
        user = self.admin_get_user(pool.id, username)
        user.update_attributes([{"Name": f"{name}_verified", "Value": "true"} for name in verified])
        return answer

    CognitoIdpBackend.confirm_sign_up = confirm_sign_up


def complete_tokens() -> None:
    """Tokens hold what the trigger of their pool adds, are signed with its key, and have booleans where AWS has."""
    create = CognitoIdpUserPool.create_jwt

    def create_jwt(
        self: Any,
        client_id: str,
        username: str,
        token_use: str,
        expires_in: int = 3600,
        extra_data: Params | None = None,
    ) -> tuple[str, int]:
        token, lasts = create(self, client_id, username, token_use, expires_in, extra_data)
        claims = dict(jwt.decode(token, self.json_web_key).claims)
        flags = {name: value == "true" for name, value in claims.items() if name.endswith("_verified")}
        claims |= flags | added_claims(self, client_id, self._get_user(username), token_use)
        return jwt.encode({"kid": self.json_web_key.kid, "alg": "RS256"}, claims, self.json_web_key), lasts

    CognitoIdpUserPool.create_jwt = create_jwt


def added_claims(pool: Any, client_id: str, user: Any, token_use: str) -> Params:
    """What the function before the generation of tokens adds to one; it is called for each, at AWS once for both."""
    settings = pool.extended_config.get("LambdaConfig") or {}
    trigger = settings.get("PreTokenGenerationConfig") or {}
    arn = trigger.get("LambdaArn") or settings.get("PreTokenGeneration")
    if arn is None or token_use not in TOKENS:
        return {}
    version = trigger.get("LambdaVersion", "V1_0")[1]
    response = call(pool, arn, event(pool, client_id, user, version)).get("response") or {}
    if version == "1":
        details = response.get("claimsOverrideDetails") or {}
        return (details.get("claimsToAddOrOverride") or {}) if token_use == "id" else {}
    details = response.get("claimsAndScopeOverrideDetails") or {}
    return (details.get(TOKENS[token_use]) or {}).get("claimsToAddOrOverride") or {}


def event(pool: Any, client_id: str, user: Any, version: str) -> Params:
    """The event of the trigger, as Cognito sends it."""
    groups = [group.group_name for group in user.groups]
    return {
        "version": version,
        "triggerSource": "TokenGeneration_Authentication",
        "region": pool.region,
        "userPoolId": pool.id,
        "userName": user.username,
        "callerContext": {"awsSdkVersion": "aws-sdk-unknown-unknown", "clientId": client_id},
        "request": {
            "userAttributes": {**flatten_attrs(user.attributes), "sub": user.id},
            "groupConfiguration": {"groupsToOverride": groups, "iamRolesToOverride": [], "preferredRole": None},
        },
        "response": {},
    }


def call(pool: Any, arn: str, payload: Params) -> Params:
    """What the function answers; a failure is one of the sign-in."""
    headers: Params = {}
    body = get_backend(pool.account_id, pool.region).invoke(arn, None, json.dumps(payload), {}, headers)
    answer = json.loads(body)
    if "x-amz-function-error" in headers or not isinstance(answer, dict):
        raise TriggerFailed(TriggerFailed.code, f"PreTokenGeneration failed with error {str(body)[:200]}")
    return answer
