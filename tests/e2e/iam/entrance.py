"""What is asked of the policies that resources of a root have of their own: every door is open to who it is for and to
nobody else, and there is no other way in."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator

from ..configuration import Json
from .documents import HERE
from .doors import ANONYMOUS, SOURCE, STRANGE_ACCOUNT, STRANGE_SERVICE, TLS, Door, doors, unknown
from .own import Own, owns, unread
from .rights import Rights
from .simulator import DISCOVERY, STRICT, Call, Simulator

Swept = tuple[bool, str, Call]
"""Whether an entry explains a call, who makes it, and the call."""

EVERYTHING = "everything"
ALL_RIGHTS = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}
"""What a stranger allows itself: whether it gets in is then for the policy of the resource to say."""


def told(entry: Json) -> str:
    """An entry of `doors.toml` in one line."""
    return f"doors.toml: {entry.get('each') or entry['edge']} by {entry['service']} on {entry['on']}"


class Entrance:
    """The policies and the doors of one root."""

    def __init__(self, graph: Json, rights: Rights, simulator: Simulator) -> None:
        content = tomllib.loads((HERE / "doors.toml").read_text())
        self.facts = rights.facts
        self.arns = rights.arns()
        self.used: set[str] = set()
        self.doors = []
        for entry in content["door"]:
            made = doors(entry, rights)
            self.used |= {told(entry)} if made else set()
            self.doors += [door for door in made if door not in self.doors]
        self.owners = owns(content["own"], rights.facts)
        services = tuple(sorted({entry["service"] for entry in content["own"]}))
        self.known = simulator.actions_of(services)
        self.policies: dict[str, Json] = {own.address: own.policy for own in self.owners} | {EVERYTHING: ALL_RIGHTS}
        self.targets = {door: [own for own in self.owners if own.is_about(door.resource)] for door in self.doors}
        self.faults = unknown(content, graph) + unread(content["own"], rights.facts)
        self.faults += (f"{d.service} calls {d.resource}, which the root does not have" for d in self.doors if not self.targets[d])

    def asked(self) -> Iterator[tuple[bool, Call]]:
        """The calls that doors are for, and those that lie near and are for nobody. Each with what its answer must be."""
        yield from self.without_tls()
        for door in self.doors:
            for own in self.targets[door]:
                for resource in door.closed:
                    yield False, Call(door.principal, door.actions[0], resource, door.says, (), own.address)
                for wanted, principal, action, context in (*door.calls(), *self.from_elsewhere(door)):
                    others = [d for d in self.doors if (d.principal, d.resource) == (principal, door.resource)]
                    if wanted or not any(other.meets(action, context) for other in others):
                        yield wanted, Call(principal, action, door.resource, context, (), own.address)

    def without_tls(self) -> Iterator[tuple[bool, Call]]:
        """A role of the account with all rights, by TLS and without."""
        somebody = f"arn:aws:iam::{self.facts.account}:role/somebody"
        for own in self.owners:
            if own.secure is not None:
                for wanted in (True, False):
                    context = (("aws:SecureTransport", str(wanted).lower()),)
                    yield wanted, Call(somebody, *own.secure, context, (EVERYTHING,), own.address)

    def from_elsewhere(self, door: Door) -> Iterator[tuple[bool, str, str, tuple[tuple[str, str | tuple[str, ...]], ...]]]:
        """The first call of a door in the name of every other resource of the root that is of the same service."""
        if door.by != "source" or not door.source or "*" in door.source:
            return
        said = tuple(pair for pair in door.says if pair[0] != SOURCE)
        service = door.source.split(":")[2]
        for arn in sorted(arn for arn in self.arns if arn.split(":")[2:3] == [service] and arn != door.source):
            yield False, door.principal, door.actions[0], (*said, (SOURCE, arn), *TLS)

    def swept(self) -> Iterator[Swept]:
        """Every action of the service of a resource, by everybody whom its policy or a door speaks of, and by strangers."""
        for own in self.owners:
            doors_here = [door for door in self.doors if own in self.targets[door]]
            # An action that no statement speaks of is denied whoever calls.
            for action in filter(own.allows, self.known[own.service]):
                for call in self.calls(own, doors_here, action):
                    explained = any(door.explains(call.principal, action, call.resource) for door in doors_here)
                    yield explained, f"{own.address} lets {call.principal}", call

    def calls(self, own: Own, doors_here: list[Door], action: str) -> Iterator[Call]:
        """The calls of one action that are tried on one resource, in any context."""
        account = self.facts.account
        strangers = {f"arn:aws:iam::{STRANGE_ACCOUNT}:role/stranger", *own.accounts()} - {f"arn:aws:iam::{account}:root"}
        callers: list[tuple[str, str, tuple[str, ...]]] = [(ANONYMOUS, ANONYMOUS, ())]
        callers += [(name, name.split(":")[4], (EVERYTHING,)) for name in sorted(strangers)]
        if not own.only_accounts:
            services = {STRANGE_SERVICE} | own.services() | {door.service for door in doors_here if "." in door.service}
            callers += [(f"arn:aws:iam::{account}:role/stranger", account, ())]
            callers += [(service, "", ()) for service in sorted(services)]
        # The conditions of an endpoint tell accounts apart, and are to be met here.
        mode = STRICT if own.only_accounts else DISCOVERY
        for principal, home, identity in callers:
            context = (("aws:PrincipalAccount", home),) if home else ()
            for resource in own.on:
                yield Call(principal, action, resource, context, identity, own.address, mode, swept=True)
