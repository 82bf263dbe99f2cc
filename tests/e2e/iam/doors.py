"""The doors of a root: the entries of `doors.toml` with the resources of the root put in. Each says of a call by an AWS
service that it must be let in, and by what the policy must tell it from the calls of others."""

from __future__ import annotations

import itertools
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any

from ..configuration import Json
from .documents import Facts
from .own import type_of
from .rights import ANY, Context, Rights, fits, stranger

WORD = re.compile(r"\{([^{}]+)\}")
SENT = re.compile(r"\$\{([a-z0-9_.-]+)\}")
ABOVE = re.compile(r"[^/]+/\.\./")
EVERYBODY = "everybody"
ACCOUNT = "account"
ANONYMOUS = "anonymous"
STRANGE_SERVICE = "iot.amazonaws.com"
STRANGE_SOURCE = "arn:aws:iot:eu-west-3:{}:thing/strange"
STRANGE_ACCOUNT = "999999999999"
SOURCE, SOURCE_ACCOUNT = "aws:SourceArn", "aws:SourceAccount"
TLS: Context = (("aws:SecureTransport", "true"),)


@dataclass(frozen=True)
class Door:
    """One kind of call that is let in."""

    service: str
    on: str
    within: str
    actions: tuple[str, ...]
    also: tuple[str, ...]
    source: str
    says: Context
    """The source, the account, and what else the service says."""
    by: str
    account: str
    closed: tuple[str, ...] = ()

    @property
    def resource(self) -> str:
        """What is called."""
        return self.on if self.on == "*" else self.on.replace("*", ANY)

    @property
    def principal(self) -> str:
        """Who calls."""
        role = f"arn:aws:iam::{self.account}:role/somebody"
        return {EVERYBODY: ANONYMOUS, ACCOUNT: role}.get(self.service, self.service)

    def explains(self, principal: str, action: str, resource: str) -> bool:
        """Whether it is why a principal may call an action."""
        called = any(fnmatchcase(action, pattern) for pattern in (*self.actions, *self.also))
        lets_in = self.service == EVERYBODY or principal == self.principal
        return lets_in and called and (fits(self.on, resource) or fits(self.within, resource))

    def meets(self, action: str, says: Context) -> bool:
        """Whether a call that says something is let in by it."""
        said, wanted = dict(says), dict(self.says)
        if action not in self.actions or self.by == "nothing":
            return action in self.actions
        if self.by == "service" and SOURCE in wanted:
            wanted[SOURCE] = said.get(SOURCE, "")
            start = ":".join(self.source.split(":")[:3])
            if not str(wanted[SOURCE]).startswith(start) or self.account not in str(wanted[SOURCE]):
                return False
        return all(said.get(key) == value for key, value in wanted.items())

    def calls(self) -> Iterator[tuple[bool, str, str, Context]]:
        """Whether a call must be allowed, by whom it is, its action and what it says."""
        for action in self.actions:
            yield True, self.principal, action, (*self.says, *TLS)
            if self.service not in (EVERYBODY, ACCOUNT):
                yield False, STRANGE_SERVICE, action, (*self.says, *TLS)
            yield from ((False, self.principal, action, (*other, *TLS)) for other in self.others())

    def others(self) -> Iterator[Context]:
        """What the same service would say in the name of somebody else."""
        if self.by == "nothing":
            return
        foreign = tuple((key, str(value).replace(self.account, STRANGE_ACCOUNT)) for key, value in self.says)
        yield foreign
        yield ()
        for key, value in self.says:
            without = tuple(pair for pair in self.says if pair[0] != key)
            if key not in (SOURCE, SOURCE_ACCOUNT):
                yield without
                yield (*without, (key, STRANGE_SOURCE.format(self.account)))
            if key == SOURCE and self.by in ("source", "service"):
                yield without
                yield (*without, (SOURCE, STRANGE_SOURCE.format(self.account)))
            if key != SOURCE_ACCOUNT and str(value).startswith("arn:") and self.by == "source":
                yield (*without, (key, stranger(str(value))))


def doors(entry: Json, rights: Rights) -> list[Door]:
    """The doors of an entry, each once: where the policy does not tell sources apart, one source stands for all."""
    found: dict[tuple[str, str, str], Door] = {}
    for door in of_edges(entry, rights) if "edge" in entry else of_resources(entry, rights.facts):
        found.setdefault((door.service, door.on, door.source if door.by == "source" else ""), door)
    return list(found.values())


def of_edges(entry: Json, rights: Rights) -> Iterator[Door]:
    """The doors of edges by which a service calls."""
    for told in rights.graph["edges"]:
        service, _, source = told.get("sender", "").partition(" for ")
        kind, _, name = told["to"].partition(".")
        if service not in entry["service"] or kind not in entry["edge"]:
            continue
        parts = dict(rights.parts(kind, name.replace("-", "_")))
        words = {f"target_{key}": [value] for key, value in parts.items()}
        said = SENT.sub(lambda match: sent(match[1], rights.facts), source)
        yield from made({**entry, "service": service, "source": said}, words, rights.facts)


def sent(address: str, facts: Facts) -> str:
    """The ARN at the address of an attribute."""
    return facts.attribute(address.replace(".execution_arn", ".calls")) or address


def unknown(content: Json, graph: Json) -> list[str]:
    """Edges by which a service calls, and of which no entry speaks."""
    known = {(service, kind) for entry in content["door"] for kind in entry.get("edge", ()) for service in entry["service"]}
    ends = {(e["sender"].partition(" for ")[0], e["to"].partition(".")[0], e["from"]) for e in graph["edges"] if "sender" in e}
    return [f"{source} -> {kind}: no door speaks of {service}" for service, kind, source in sorted(ends) if (service, kind) not in known]


def of_resources(entry: Json, facts: Facts) -> Iterator[Door]:
    """The doors of resources that make a service call."""
    for address, found in facts.resources.items():
        said = {**{key: found[key] for key in ("arn", "calls") if key in found}, **found.get("said", {})}
        if type_of(address) != entry["each"] or not re.fullmatch(entry.get("at", ".*"), address):
            continue
        if all(matches(values(said, path, facts), pattern) for path, pattern in entry.get("when", {}).items()):
            texts = json.dumps([entry.get(key) for key in ("source", "on", "within", "with", "service")])
            yield from made(entry, {word: values(said, word, facts) for word in WORD.findall(texts)}, facts)


def matches(found: list[str], pattern: str) -> bool:
    """Whether an argument is so; an empty pattern means that it is absent."""
    return any(fnmatchcase(text, pattern) for text in found) if pattern else not found


def made(entry: Json, words: dict[str, list[str]], facts: Facts) -> Iterator[Door]:
    """The doors of one entry with its words put in: one for each place that is called."""
    words = {**words, "account": [facts.account], "region": [facts.region]}
    for on, source in itertools.product(filled(entry["on"], words), filled(entry.get("source", ""), words)):
        says = [(SOURCE, source.replace("*", ANY))] if source else []
        says += [(SOURCE_ACCOUNT, facts.account)] if entry.get("account") else []
        says += [(key, text) for pair in entry.get("with", ()) for key, _, value in [pair.partition("=")] for text in filled(value, words)]
        within = ABOVE.sub("", next(filled(entry["within"], words), on)) if "within" in entry else on
        service = next(filled(entry["service"], words))
        closed = tuple(resource for text in entry.get("closed", ()) for resource in filled(text, words))
        by, also = entry.get("by", "source"), tuple(entry.get("also", ()))
        yield Door(service, on, within, tuple(entry["actions"]), also, source, tuple(says), by, facts.account, closed)


def filled(text: str, words: dict[str, list[str]]) -> Iterator[str]:
    """A text with words put in, for every value that they have; nothing if one has none."""
    names = sorted(set(WORD.findall(text)))
    for chosen in itertools.product(*(words.get(name, []) for name in names)):
        pairs = dict(zip(names, chosen, strict=True))
        yield WORD.sub(lambda match, pairs=pairs: pairs[match[1]], text)  # type: ignore[misc]


def values(said: Json, path: str, facts: Facts) -> list[str]:
    """All values at a path of arguments; `>` goes on to the resource that has such an ARN."""
    head, _, onward = path.partition(">")
    found: list[Any] = [said]
    for step in head.split("."):
        found = [inner for item in found for inner in below(item, step)]
    texts = list(dict.fromkeys(item for item in found if isinstance(item, str)))
    if not onward:
        return texts
    names = {text.removesuffix(":*") for text in texts}
    owners = [f["said"] for f in facts.resources.values() if names & {f.get("arn"), f.get("said", {}).get("name")}]
    return [value for owner in owners for value in values(owner, onward, facts)]


def below(item: Any, step: str) -> list[Any]:
    """What stands below a word, in blocks, lists of them, and JSON."""
    if isinstance(item, str) and item.startswith("{"):
        item = json.loads(item)
    items = item if isinstance(item, list) else [item]
    found = [entry[step] for entry in items if isinstance(entry, dict) and entry.get(step) is not None]
    return [inner for value in found for inner in (value if isinstance(value, list) else [value])]
