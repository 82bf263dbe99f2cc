"""Two pools with nothing in common: who signs up in one is nobody to the other."""

from __future__ import annotations

import uuid
from typing import Any

from .. import rows, sign_in
from ..rows import want, want_equal
from . import people
from .system import System

SIGN_IN = rows.theme("sign-in")
OTHER = {"freelancer": "client", "client": "freelancer"}


def for_each_pool(name: str) -> Any:
    """A row for each of the two pools."""

    def register(check: Any) -> Any:
        for kind, pool in people.POOLS.items():
            SIGN_IN.row(f"{pool.lower()}: {name}")(lambda system, kind=kind: check(system, kind))
        return check

    return register


@for_each_pool("sign-up, confirmation and sign-in by a proof of the password")
def opens(system: System, kind: str) -> None:
    """The whole way in; the pool's password policy and a wrong password are in force."""
    door, cognito = people.door(system, kind), system.stack.client("cognito-idp")
    email = f"early-{uuid.uuid4().hex[:8]}@example.com"
    refused(cognito.exceptions.InvalidPasswordException, lambda: sign_in.sign_up(door, email, "short-Pass7"))
    person = people.known(system, kind)
    refused(
        cognito.exceptions.NotAuthorizedException,
        lambda: sign_in.sign_in(door, person.email, people.PASSWORD + "x"),
    )
    want_equal(system.done(person.access, "GET", "/me")["user_id"], person.subject, "the profile")


@for_each_pool("its token opens what is for it, and nothing that is for the other pool")
def keeps_to_itself(system: System, kind: str) -> None:
    """The verifier of a pool takes its tokens alone, whatever another token claims."""
    person, other = people.known(system, kind), people.known(system, OTHER[kind])
    answer = system.call(person.access, *OWN_ROUTES[kind])
    want(answer.status not in (401, 403), f"an own route: {answer.status} {answer.body}")
    answer = system.call(other.access, *OWN_ROUTES[kind])
    want_equal((answer.status, answer.body.get("error")), (403, "wrong_pool"), "a token of the other pool")
    answer = system.call(forged(other.access, person.access), *OWN_ROUTES[kind])
    want_equal(answer.status, 401, "a token of the other pool that claims to be of this one")


OWN_ROUTES = {"freelancer": ("GET", "/uploads"), "client": ("GET", f"/projects/{uuid.UUID(int=1)}/bids")}
"""What only people of a kind may ask for."""


def forged(signed: str, claimed: str) -> str:
    """The header and claims of one token under the signature of another."""
    head, body, _ = claimed.split(".")
    return ".".join((head, body, signed.split(".")[2]))


@for_each_pool("the function before the generation of tokens writes the role into both")
def has_its_role(system: System, kind: str) -> None:
    """The claim is there in both tokens, and names the pool's own role."""
    person = people.known(system, kind)
    for token in (person.identity, person.access):
        said = sign_in.claims(token)
        want_equal(said.get("role"), kind, f"the role in the {said['token_use']} token")
        want_equal(said["iss"], system.variables[f"{people.POOLS[kind]}_ISSUER"], "the issuer")


@SIGN_IN.row("clients: a second factor is set up at the first sign-in, and asked for at every later one")
def asks_for_second_factor(system: System) -> None:
    """The pool of clients requires it; a wrong code is refused."""
    door = people.door(system, "client")
    email = f"client-{uuid.uuid4().hex[:8]}@example.com"
    sign_in.sign_up(door, email, people.PASSWORD)
    sign_in.sign_in(door, email, people.PASSWORD)
    want(email in door.second_factors, "no second factor was set up")
    mismatch = system.stack.client("cognito-idp").exceptions.CodeMismatchException
    refused(mismatch, lambda: sign_in.sign_in(door, email, people.PASSWORD, code=lambda _secret: "000000"))
    want("AccessToken" in sign_in.sign_in(door, email, people.PASSWORD), "the right code gives no token")


def refused(error: type[Exception], attempt: Any) -> None:
    """Fails the row unless an attempt is refused in the way it should be."""
    try:
        attempt()
    except error:
        return
    rows.want(False, f"it is not refused with {error.__name__}")
