"""Freelancers and clients who have signed up at their pools, signed in, and made a profile at the service."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from .. import sign_in
from .system import System

PASSWORD = "Correct-Horse-Battery-7"
POOLS = {"freelancer": "FREELANCERS", "client": "CLIENTS"}
"""The name of the pool of each kind of person, as the variables of the service begin."""


@dataclass(frozen=True)
class Person:
    """Somebody who is signed in."""

    kind: str
    email: str
    subject: str
    identity: str
    """The token that says who it is."""

    access: str
    """The token that opens the service."""


def door(system: System, kind: str) -> sign_in.Door:
    """The way into the pool of a kind of person, by the client that the service is told of."""
    pool = POOLS[kind]
    client = system.variables[f"{pool}_WEB_CLIENT_ID"]
    return sign_in.Door(system.stack.client("cognito-idp"), system.variables[f"{pool}_USER_POOL_ID"], client)


def new(system: System, kind: str) -> Person:
    """Signs somebody up and in, and makes the profile."""
    way = door(system, kind)
    email = f"{kind}-{uuid.uuid4().hex[:8]}@example.com"
    subject = sign_in.sign_up(way, email, PASSWORD)
    tokens = sign_in.sign_in(way, email, PASSWORD)
    person = Person(kind, email, subject, tokens["IdToken"], tokens["AccessToken"])
    system.done(person.identity, "PUT", "/me", {"display_name": f"A {kind}"})
    return person


def known(system: System, kind: str) -> Person:
    """The person of a kind whom the rows share."""
    if kind not in system.people:
        system.people[kind] = new(system, kind)
    found: Person = system.people[kind]
    return found
