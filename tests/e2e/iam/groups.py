"""The rules of security groups against the graph, rule by rule and both ways.

An edge with a port has two rules between the groups of its ends, and there is no other rule between groups of things. A
rule to anything else, the internet or an endpoint, is there for an edge that leads out, or for a door.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from ..configuration import COMMENT, Block, Json, Module

Rule = tuple[str, str, str, int, str]
"""Its direction, its group, the other group, its port and its protocol."""

TYPES = {
    "aws_vpc_security_group_egress_rule": "egress",
    "aws_vpc_security_group_ingress_rule": "ingress",
}
PORT = re.compile(r"(\d+)/(\w+) .*")
EVERYWHERE = "0.0.0.0/0"


def compare(graph: Json, root: Module) -> tuple[int, list[str]]:
    """How many rules the root has, and what is wrong with them."""
    blocks = [block for module in root.tree() for block in module.resources if block.type in TYPES]
    groups = {group for thing in graph["things"] for group in groups_of(thing)}
    between = {rule_of(block): block for block in blocks if is_between(block, groups)}
    expected = {rule: name for edge in graph["edges"] for rule, name in rules_of(edge, graph)}
    faults = [f"no edge has the rule {block.address}" for rule, block in between.items() if rule not in expected]
    faults += [f"{name} has no rule {' '.join(map(str, rule))}" for rule, name in expected.items() if rule not in between]
    others = [block for block in blocks if not is_between(block, groups)]
    faults += (f"nothing leads out by {block.address}" for block in others if not is_caused(block, graph))
    faults += ways_out_without_rule(graph, others)
    return len(blocks), faults


def groups_of(thing: Json) -> Iterator[str]:
    """The groups of a thing, and of what stands before it."""
    yield from (local(thing[key]) for key in ("security_group", "front") if key in thing)


def local(reference: str) -> str:
    """A reference to a group as the module that makes it writes it."""
    return re.sub(r"module\.[a-z_]+\.", "", reference)


def other_group(block: Block) -> str | None:
    """The group at the other end of a rule."""
    value = block.arguments.get("referenced_security_group_id")
    return local(value) if isinstance(value, str) else None


def is_between(block: Block, groups: set[str]) -> bool:
    """Whether both ends of a rule are groups of things; the group of the endpoints is nobody's."""
    return other_group(block) in groups and local(block.arguments["security_group_id"]) in groups


def rule_of(block: Block) -> Rule:
    """A rule between groups."""
    arguments = block.arguments
    direction = TYPES[block.type]
    own, other = local(arguments["security_group_id"]), other_group(block) or ""
    return direction, own, other, arguments["from_port"], arguments["ip_protocol"]


def rules_of(edge: Json, graph: Json) -> Iterator[tuple[Rule, str]]:
    """The two rules of every port of an edge."""
    things = {thing["name"]: thing for thing in graph["things"]}
    source, target = things.get(edge["from"]), things.get(edge["to"])
    if source is None or target is None:
        return
    # Whoever calls a thing with something before it reaches only that; the way from there is an edge to itself.
    inner = edge["from"] == edge["to"]
    begin = source.get("front") if inner else source.get("security_group")
    end = target.get("security_group") if inner else target.get("front", target.get("security_group"))
    for text in edge.get("ports", []):
        found = PORT.fullmatch(text)
        if found and begin and end:
            port = (int(found[1]), found[2])
            name = f"{edge['from']} -> {edge['to']}"
            yield ("egress", local(begin), local(end), *port), name
            # A group that is written by its id is not the platform's: its owner lets the caller in.
            if "${" in end:
                yield ("ingress", local(end), local(begin), *port), name


def is_caused(block: Block, graph: Json) -> bool:
    """Whether the lines that made a rule are edges that lead out or doors, or a thing that has a door."""
    ends = {edge["because"]["path"] for edge in graph["edges"] if edge.get("reach") or edge["origin"] == "open"}
    doors = {edge["to"] for edge in graph["edges"] if edge["origin"] == "open"} | {t["name"] for t in graph["things"]}
    causes = str(block.arguments.get(COMMENT, "")).split(", ")
    known = ends | (doors if TYPES[block.type] == "ingress" else set())
    return all(any(cause == path or cause.startswith(f"{path}.") for path in known) for cause in causes)


def ways_out_without_rule(graph: Json, others: list[Block]) -> Iterator[str]:
    """Edges that lead to the internet at a port, and have no rule for it."""
    open_ports = {
        (local(block.arguments["security_group_id"]), block.arguments.get("from_port"))
        for block in others
        if TYPES[block.type] == "egress" and block.arguments.get("cidr_ipv4") == EVERYWHERE
    }
    groups = {thing["name"]: local(thing["security_group"]) for thing in graph["things"] if "security_group" in thing}
    for edge in graph["edges"]:
        for way in edge.get("reach", []):
            if way.startswith("internet:") and edge["from"] in groups:
                port = int(way.removeprefix("internet:"))
                if (groups[edge["from"]], port) not in open_ports:
                    yield f"{edge['from']} leads to the internet at port {port}, and has no rule"
