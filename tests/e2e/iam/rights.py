"""What each edge of a root must give: the entries of `rights.toml`, with the resources of the root put in.

An entry says of a kind of edge, or of a role that belongs to none, which calls are allowed and which are denied. What
is allowed is said whole: a call that no entry of its role allows is unexplained.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from pathlib import Path

from ..configuration import Json
from ..faults import ProductFault
from .documents import Facts

HERE = Path(__file__).parent
ENTRIES = HERE / "rights.toml"
PLACE = re.compile(r"\{([a-z_]+)\}")
ADDRESS = re.compile(r"<([^<>]+)>")
LINE = re.compile(r"^(?P<actions>[^ ]+:[^ ]+( [^ ]+:[^ ]+)*) on (?P<on>[^ ]+)(?: with (?P<context>.+))?$")
ANY = "any"
"""What stands for `*` when a call is made."""

Context = tuple[tuple[str, "str | tuple[str, ...]"], ...]


@dataclass(frozen=True)
class Right:
    """One action on one resource, or on all that a pattern fits."""

    action: str
    pattern: str
    context: Context = ()

    @property
    def resource(self) -> str:
        """A resource that the pattern fits."""
        return self.pattern if self.pattern == "*" else self.pattern.replace("*", ANY)

    def explains(self, action: str, resource: str) -> bool:
        """Whether it allows an action on a resource in some context."""
        return self.action == action and (self.pattern == "*" or fits(self.pattern, resource))


def fits(pattern: str, text: str) -> bool:
    """Whether a text fits a pattern in which only `*` is special."""
    return re.fullmatch(".*".join(map(re.escape, pattern.split("*"))), text) is not None


@dataclass
class Expectation:
    """What is known of one role."""

    role: str
    allowed: list[Right] = field(default_factory=list)
    denied: list[Right] = field(default_factory=list)
    edges: set[str] = field(default_factory=set)

    def explains(self, action: str, resource: str) -> bool:
        """Whether some entry allows it."""
        return any(right.explains(action, resource) for right in self.allowed)


@dataclass(frozen=True)
class Edge:
    """One edge of a root as `platgen graph` tells it, under the name that entries have for it."""

    words: tuple[str, ...]
    """`table: read` and so on: one word for each verb that the spec says, or what implies the edge."""

    told: Json

    @property
    def source(self) -> str:
        """The kind of the consumer."""
        return str(self.told["from"].partition(".")[0])

    @property
    def name(self) -> str:
        """`service.web -> table.sent`"""
        return f"{self.told['from']} -> {self.told['to']}"


INTEGRATIONS = ("invoke", "email", "publish", "send", "event", "run", "start", "get", "put", "update", "delete")
"""The words by which a state of a workflow says what it does with a thing."""


def edges(graph: Json) -> list[Edge]:
    """The edges of a root that have a grant."""
    return [Edge(tuple(words(told)), told) for told in graph["edges"] if told["origin"] in ("declared", "implied")]


def words(told: Json) -> Iterator[str]:
    """The names of one edge."""
    path, said = told["because"]["path"], told.get("said")
    target = told["to"].partition(".")[0]
    steps = path.split(".")
    if told["origin"] == "declared":
        verbs = sorted(verb for verb in said or {} if verb != "as")
        yield from (f"{target}: {verb}" for verb in verbs)
        if {"delete", "write"} <= set(verbs):
            yield f"{target}: write + delete"
        return
    word = steps[2] if len(steps) > 2 else "base"
    if word == "state" and isinstance(said, dict):
        word = next((f"state {name}" for name in INTEGRATIONS if name in said), word)
    yield word if "." not in told["to"] else f"{target}: {word}"


class Rights:
    """The entries, for one root."""

    def __init__(self, graph: Json, facts: Facts) -> None:
        content = tomllib.loads(ENTRIES.read_text())
        self.things: Json = content["thing"]
        self.entries: list[Json] = content["entry"]
        self.managed: Json = content["managed"]
        self.used: set[str] = set()
        """The entries that speak of something in the root."""
        self.facts = facts
        self.graph = graph
        self.unknown: list[str] = []

    def of_roles(self) -> dict[str, Expectation]:
        """What is expected of every role, by the address of the role."""
        roles = {address: Expectation(address) for address in self.roles()}
        for edge in edges(self.graph):
            self.add_edge(edge, roles)
        for address, expectation in roles.items():
            for entry in self.entries:
                found = "role" in entry and re.fullmatch(entry["role"], address)
                if found:
                    self.add(entry, {**self.common(), **found.groupdict()}, None, expectation)
        return roles

    def roles(self) -> list[str]:
        """The addresses of all roles."""
        return [address for address in self.facts.resources if ".aws_iam_role." in address]

    def add_edge(self, edge: Edge, roles: dict[str, Expectation]) -> None:
        """Adds what one edge gives to the roles of its consumer; an edge that no entry speaks of is a fault."""
        for word in edge.words:
            entries = [entry for entry in self.entries if word in entry.get("edge", ()) and self.is_from(entry, edge)]
            if not entries and edge.told.get("rights") and " + " not in word:
                self.unknown.append(f"{edge.name} has rights, and no entry speaks of `{word}` of a {edge.source}")
            for entry in entries:
                address = self.role_of(edge, entry)
                if address in roles:
                    self.add(entry, self.values(edge, word), edge, roles[address])
                elif entry.get("allow"):
                    self.unknown.append(f"{edge.name}: the root has no role for `{word}`")

    @staticmethod
    def is_from(entry: Json, edge: Edge) -> bool:
        """Whether an entry speaks of the consumer of an edge, and of what the edge has."""
        rights, said = edge.told.get("rights", []), edge.told.get("said")
        verbs = said.values() if isinstance(said, dict) else ()
        has = {
            "injected": any(right["role"] == "execution" for right in rights),
            "private_image": "AWS ecr.api" in edge.told.get("reach", []),
            "waits": any(verb.get("wait", "end") == "end" for verb in verbs if isinstance(verb, dict)),
            "sourced": any("source" in verb for verb in verbs if isinstance(verb, dict)),
            "login": any("user" in verb for verb in verbs if isinstance(verb, dict)),
        }
        kinds = entry.get("from", ["*"])
        return any(fnmatchcase(edge.source, kind) for kind in kinds) and all(
            has[word] == wanted for word, wanted in entry.get("when", {}).items()
        )

    def role_of(self, edge: Edge, entry: Json) -> str | None:
        """The address of the role by which the consumer has the rights."""
        identifier = edge.told["from"].replace("-", "_").replace(".", "__")
        names = [f"{identifier}__{entry.get('as', 'task')}", identifier]
        return next((a for a in self.roles() for name in names if a.endswith(f".aws_iam_role.{name}")), None)

    def common(self) -> dict[str, str]:
        """The words that every entry can use."""
        cluster = self.facts.attribute("module.compute.aws_ecs_cluster.main.arn") or ""
        return {"account": self.facts.account, "region": self.facts.region, "cluster": cluster.rpartition("/")[2]}

    def values(self, edge: Edge, word: str) -> dict[str, str]:
        """The words that stand for the ends of an edge, and for what narrows it."""
        values = self.common()
        for end, word_of_end in (("from", "source"), ("to", "target")):
            kind, _, name = edge.told[end].partition(".")
            values[f"{word_of_end}_kind"] = kind
            values[f"{word_of_end}_name"] = name.replace("-", "_")
            values |= {f"{word_of_end}_{key}": value for key, value in self.parts(kind, values[f"{word_of_end}_name"])}
        said = edge.told.get("said")
        narrowing = said.get(word.rpartition(" ")[2]) if isinstance(said, dict) else None
        if isinstance(narrowing, dict):
            values |= {key: value for key, value in narrowing.items() if isinstance(value, str)}
            values |= {key: value[0] for key, value in narrowing.items() if isinstance(value, list) and len(value) == 1}
            values["template"] = values.get("template", "").replace("-", "_")
        values |= self.variables(edge.told["to"])
        return values

    def variables(self, target: str) -> dict[str, str]:
        """What consumers of a thing are told of it, by the last word of the variable."""
        told = [text for edge in self.graph["edges"] if edge["to"] == target for text in edge.get("variables", [])]
        pairs = [text.split(" = ", 1) for text in told]
        return {f"target_{name.rpartition('_')[2].lower()}": value.strip('"') for name, value in pairs if "${" not in value}

    def parts(self, kind: str, name: str) -> Iterator[tuple[str, str]]:
        """What `thing` says of a kind, for one thing: its ARN, its key."""
        texts = self.things.get(kind, {})
        values = {**self.common(), "name": name}
        if "arn" in texts and self.fill(texts["arn"], values) is None:
            # What exists already is looked up, and its key is not the platform's.
            texts = {"arn": texts["arn"].replace(".aws_", ".data.aws_", 1)}
        for key, text in texts.items():
            value = self.fill(text, values)
            if value is not None:
                yield key, value

    def add(self, entry: Json, values: dict[str, str], edge: Edge | None, expectation: Expectation) -> None:
        """Adds the calls of an entry; those on a resource that the root does not have are no calls."""
        for key, wanted in (("needs", True), ("without", False)):
            address = PLACE.sub(lambda match: values.get(match[1], ""), entry.get(key, ""))
            if address and (address in self.facts.resources) != wanted:
                return
        self.used.add(told(entry))
        if edge is not None:
            expectation.edges.add(edge.name)
        lists = {"allow": expectation.allowed, "deny": expectation.denied}
        for key, rights in lists.items():
            for line in entry.get(key, []):
                rights.extend(self.calls(line, values))

    def calls(self, line: str, values: dict[str, str]) -> list[Right]:
        """The calls of one line: `action action on resource with key=value; key=value,value`."""
        found = LINE.match(line)
        if found is None:
            raise ProductFault("a line of rights.toml is no call", line)
        filled_on = [self.fill(on, values) for on in self.spread(found["on"], values)]
        context = []
        for pair in (found["context"] or "").split("; "):
            key, _, value = pair.partition("=")
            filled = self.fill(value, values)
            if key and filled is None:
                return []
            if key and filled is not None:
                context.append((key, tuple(filled.split(",")) if "," in filled else filled))
        resources = [on for on in filled_on if on is not None]
        return [Right(action, on, tuple(context)) for on in resources for action in found["actions"].split()]

    def spread(self, on: str, values: dict[str, str]) -> list[str]:
        """A resource, or all that the root has where its address has a `*`."""
        if "{repository}" in on:
            task = f"module.compute.aws_ecs_task_definition.{values['source_kind']}__{values['source_name']}"
            return list(self.facts.resources.get(task, {}).get("repositories", []))
        found = re.fullmatch(r"<(.*\*.*)\.([a-z_]+)>", on)
        if found is None:
            return [on]
        pattern = PLACE.sub(lambda match: values.get(match[1], ""), found[1])
        return [f"<{address}.{found[2]}>" for address in self.facts.resources if fits(pattern, address)]

    def fill(self, text: str, values: dict[str, str]) -> str | None:
        """A text with words and ARNs of the root put in; None if there is no such thing."""
        missing = [name for name in PLACE.findall(text) if name not in values and not name.startswith("prefix")]
        if missing:
            return None
        text = PLACE.sub(lambda match: values.get(match[1], ""), text)
        arns = {address: self.facts.attribute(address) for address in ADDRESS.findall(text)}
        if None in arns.values():
            return None
        return ADDRESS.sub(lambda match: arns[match[1]] or "", text)

    def arns(self) -> set[str]:
        """The ARNs of all resources of the root."""
        return {facts["arn"] for facts in self.facts.resources.values() if "arn" in facts}


def told(entry: Json) -> str:
    """An entry of `rights.toml` in one line."""
    said = [f"{key} {entry[key]}" for key in ("edge", "role", "from", "as", "when", "needs", "without") if key in entry]
    return f"rights.toml: {', '.join(said)}"


def stranger(arn: str) -> str:
    """The ARN of a resource of the same type that nobody has declared."""
    return re.sub(r"([:/])([^:/]+)$", r"\1strange-\2", arn)
