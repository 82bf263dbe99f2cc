"""What moto takes on trust when somebody signs in to a user pool: it looks at no password and at no proof of one."""

from __future__ import annotations

import base64
from typing import Any

from moto.cognitoidp.exceptions import NotAuthorizedError
from moto.cognitoidp.models import CognitoIdpBackend

from .. import srp
from .registry import Params

REFUSAL = "Incorrect username or password."


def patch() -> None:
    """Checks the proof of a password with which a sign-in begins (`USER_SRP_AUTH`)."""
    begin = CognitoIdpBackend.initiate_auth
    go_on = CognitoIdpBackend.respond_to_auth_challenge

    def initiate_auth(self: Any, client_id: str, auth_flow: str, auth_parameters: Params) -> Params:
        answer = begin(self, client_id, auth_flow, auth_parameters)
        if answer.get("ChallengeName") != "PASSWORD_VERIFIER":
            return answer
        username, pool = self.sessions[answer["Session"]]
        user = self.admin_get_user(pool.id, username)
        account = srp.Account(pool.id.partition("_")[2], user.id)
        server = srp.server_for(account, user.password)
        block = base64.b64encode(answer["Session"].encode()).decode()
        proofs = self.__dict__.setdefault("password_proofs", {})
        proofs[block] = (answer["Session"], account, server, int(auth_parameters["SRP_A"], 16))
        shown = {"SALT": f"{server.salt:x}", "SRP_B": f"{server.public:x}", "SECRET_BLOCK": block}
        return {**answer, "ChallengeParameters": {**answer["ChallengeParameters"], **shown}}

    def respond_to_auth_challenge(
        self: Any, session: str, client_id: str, challenge_name: str, challenge_responses: Params
    ) -> Params:
        if challenge_name == "PASSWORD_VERIFIER":
            block = challenge_responses["PASSWORD_CLAIM_SECRET_BLOCK"]
            session = checked(self.__dict__.get("password_proofs", {}).pop(block, None), block, challenge_responses)
            # moto takes the session itself for the block.
            challenge_responses = {**challenge_responses, "PASSWORD_CLAIM_SECRET_BLOCK": session}
        return go_on(self, session, client_id, challenge_name, challenge_responses)

    CognitoIdpBackend.initiate_auth = initiate_auth
    CognitoIdpBackend.respond_to_auth_challenge = respond_to_auth_challenge


def checked(begun: tuple[str, srp.Account, srp.Server, int] | None, block: str, answer: Params) -> str:
    """The session of a sign-in whose proof is right; any other is refused."""
    if begun is None:
        raise NotAuthorizedError(REFUSAL)
    session, account, server, client = begun
    expected = srp.proof(server.key(client), account, base64.b64decode(block), answer.get("TIMESTAMP", ""))
    if answer.get("PASSWORD_CLAIM_SIGNATURE") != expected:
        raise NotAuthorizedError(REFUSAL)
    return session
