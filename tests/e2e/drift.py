"""Judges the plan made right after an apply: which differences are the emulator's fault, and which are not.

An expected difference stands in `expected_drift.json`: objects with `type`, `paths` (attribute paths without
indexes; what lies below is included), `why`, and `"replaced": true` where even a replacement is the emulator's
fault. To keep what moto loses (`gaps`) is better than an entry.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .configuration import Json

EXPECTED_FILE = Path(__file__).with_name("expected_drift.json")
AT_REST = (["no-op"], ["read"])
AFTER_APPLY = "known after apply"
SHOWN_CHARACTERS = 90


@dataclass(frozen=True)
class Change:
    """One resource that a second plan would still change."""

    address: str
    actions: str
    differences: dict[str, str]
    """What differs, by attribute path; the empty path stands for the whole resource."""

    expected: bool

    def __str__(self) -> str:
        lines = [f"{'expected' if self.expected else 'UNEXPECTED'} {self.actions} {self.address}"]
        return "\n".join(lines + [f"    {path} {difference}" for path, difference in self.differences.items()])


def load_expected(file: Path = EXPECTED_FILE) -> dict[str, Json]:
    """The expected drift by resource type."""
    return {entry["type"]: entry for entry in json.loads(file.read_text())}


def judge(plan: Json, expected: Mapping[str, Json]) -> list[Change]:
    """All changes of a plan, each marked as expected or not."""
    changes = []
    for item in plan.get("resource_changes", []):
        actions = item["change"]["actions"]
        if actions in AT_REST:
            continue
        causes = explain(item)
        known = is_expected(expected.get(item["type"]), actions, list(causes))
        changes.append(Change(item["address"], "/".join(actions), causes, known))
    return changes


def explain(item: Json) -> dict[str, str]:
    """The differences of one change by path.

    Values known only after apply follow from other differences, and so do the nulls of a replacement; neither
    is shown beside anything else.
    """
    change = item["change"]
    if change["before"] is None:
        return {"": "is not there"}
    if change["after"] is None:
        return {"": "is to be deleted"}
    found = dict(differences(change["before"], change["after"], change.get("after_unknown")))
    replaced = change["actions"] != ["update"]
    causes = {path: text for path, text in found.items() if not follows(text, replaced=replaced)}
    for name, secret in (change.get("after_sensitive") or {}).items():
        if secret is True and name in causes:
            causes[name] = "(sensitive)"
    return causes or ({"": item["action_reason"]} if "action_reason" in item else found)


def follows(difference: str, *, replaced: bool) -> bool:
    """Whether a difference only follows from another one."""
    return difference == AFTER_APPLY or (replaced and difference.endswith("-> null"))


def differences(before: Any, after: Any, unknown: Any, path: str = "") -> Iterator[tuple[str, str]]:
    """Pairs of attribute path, without list indexes, and "old -> new"."""
    if unknown is True:
        yield path, AFTER_APPLY
    elif isinstance(before, dict) and isinstance(after, dict):
        marks = unknown if isinstance(unknown, dict) else {}
        for key in sorted(before.keys() | after.keys() | marks.keys()):
            yield from differences(before.get(key), after.get(key), marks.get(key), f"{path}.{key}".lstrip("."))
    elif isinstance(before, list) and isinstance(after, list) and len(before) == len(after):
        each = unknown if isinstance(unknown, list) else [None] * len(after)
        for old, new, mark in zip(before, after, each, strict=False):
            yield from differences(old, new, mark, path)
    elif before != after:
        yield path, f"{json.dumps(before)[:SHOWN_CHARACTERS]} -> {json.dumps(after)[:SHOWN_CHARACTERS]}"


def is_expected(entry: Json | None, actions: list[str], paths: list[str]) -> bool:
    """Whether every difference lies under an expected path and a replacement is allowed where one is planned."""
    if entry is None or not paths:
        return False
    if actions != ["update"] and not entry.get("replaced"):
        return False
    return all(any(path == known or path.startswith(f"{known}.") for known in entry["paths"]) for path in paths)
