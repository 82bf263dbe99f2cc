"""Signs people up and in at a user pool, as an app does: by a proof of the password, and a second factor if asked."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import struct
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from . import srp

CODE_SECONDS = 30
CODE_DIGITS = 6
"""https://docs.aws.amazon.com/cognito/latest/developerguide/user-pool-settings-mfa-totp.html"""

ANY_CODE = "123456"
"""The code of the e-mail that confirms a sign-up; emulators send none and take any."""


@dataclass(frozen=True)
class Door:
    """The way into a pool: a client of it."""

    cognito: Any
    pool: str
    client: str
    second_factors: dict[str, str] = field(default_factory=dict)
    """The secret of each user's second factor, as an authenticator app keeps it."""


def sign_up(door: Door, email: str, password: str) -> str:
    """Makes a user and confirms the address; the user's subject is returned."""
    attributes = [{"Name": "email", "Value": email}]
    made = door.cognito.sign_up(ClientId=door.client, Username=email, Password=password, UserAttributes=attributes)
    door.cognito.confirm_sign_up(ClientId=door.client, Username=email, ConfirmationCode=ANY_CODE)
    return str(made["UserSub"])


def code_of(secret: str) -> str:
    """The present code of a second factor (https://www.rfc-editor.org/rfc/rfc6238)."""
    counter = struct.pack(">Q", int(time.time()) // CODE_SECONDS)
    key = base64.b32decode(secret + "=" * (-len(secret) % 8), casefold=True)
    digest = hmac.new(key, counter, hashlib.sha1).digest()
    start = digest[-1] & 0xF
    number = struct.unpack(">I", digest[start : start + 4])[0] & 0x7FFFFFFF
    return str(number % 10**CODE_DIGITS).zfill(CODE_DIGITS)


def sign_in(door: Door, email: str, password: str, code: Callable[[str], str] = code_of) -> dict[str, str]:
    """Signs in and returns the tokens; what the pool asks for on the way is answered."""
    client = srp.Client()
    begin = {"USERNAME": email, "SRP_A": f"{client.public:x}"}
    answer = door.cognito.initiate_auth(ClientId=door.client, AuthFlow="USER_SRP_AUTH", AuthParameters=begin)
    while "AuthenticationResult" not in answer:
        answer = CHALLENGES[answer["ChallengeName"]](door, answer, email, (client, password, code))
    return dict(answer["AuthenticationResult"])


Proof = tuple[srp.Client, str, Callable[[str], str]]
"""What a user can show: the client's side of the password, the password, and how codes are made."""


def prove_password(door: Door, challenge: dict[str, Any], _email: str, proof: Proof) -> dict[str, Any]:
    """Proves the password."""
    client, password, _ = proof
    asked = challenge["ChallengeParameters"]
    account = srp.Account(door.pool.partition("_")[2], asked["USER_ID_FOR_SRP"])
    key = client.key(account, password, int(asked["SALT"], 16), int(asked["SRP_B"], 16))
    timestamp = datetime.now(UTC).strftime(srp.TIME_FORMAT)
    block = asked["SECRET_BLOCK"]
    return respond(
        door,
        challenge,
        USERNAME=asked["USERNAME"],
        TIMESTAMP=timestamp,
        PASSWORD_CLAIM_SECRET_BLOCK=block,
        PASSWORD_CLAIM_SIGNATURE=srp.proof(key, account, base64.b64decode(block), timestamp),
    )


def set_up_second_factor(door: Door, challenge: dict[str, Any], email: str, proof: Proof) -> dict[str, Any]:
    """Takes an authenticator app into use, which a pool may require."""
    begun = door.cognito.associate_software_token(Session=challenge["Session"])
    door.second_factors[email] = begun["SecretCode"]
    code = proof[2](begun["SecretCode"])
    session = door.cognito.verify_software_token(Session=begun["Session"], UserCode=code)["Session"]
    return respond(door, {**challenge, "Session": session}, USERNAME=email)


def show_second_factor(door: Door, challenge: dict[str, Any], email: str, proof: Proof) -> dict[str, Any]:
    """Shows the present code."""
    return respond(door, challenge, USERNAME=email, SOFTWARE_TOKEN_MFA_CODE=proof[2](door.second_factors[email]))


def respond(door: Door, challenge: dict[str, Any], **responses: str) -> dict[str, Any]:
    """Answers a challenge."""
    answer: dict[str, Any] = door.cognito.respond_to_auth_challenge(
        ClientId=door.client,
        ChallengeName=challenge["ChallengeName"],
        Session=challenge["Session"],
        ChallengeResponses=responses,
    )
    return answer


CHALLENGES: dict[str, Callable[[Door, dict[str, Any], str, Proof], dict[str, Any]]] = {
    "PASSWORD_VERIFIER": prove_password,
    "MFA_SETUP": set_up_second_factor,
    "SOFTWARE_TOKEN_MFA": show_second_factor,
}
"""How each question of a pool is answered."""


def claims(token: str) -> dict[str, Any]:
    """What a token says, unchecked."""
    body = token.split(".")[1]
    said: dict[str, Any] = json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))
    return said
