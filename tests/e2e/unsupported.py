"""Takes out of a work copy what an emulator cannot apply, by resource type.

Only MiniStack needs it: it is there for the behaviour of what it does take. Nothing may refer to what is taken
out; the engine's own check of references tells if something does.
"""

from __future__ import annotations

import json
from collections.abc import Collection
from pathlib import Path

from .configuration import Module

UNSUPPORTED: dict[str, dict[str, str]] = {
    "moto": {},
    "ministack": {
        "aws_appautoscaling_policy": "no Application Auto Scaling",
        "aws_appautoscaling_scheduled_action": "no Application Auto Scaling",
        "aws_appautoscaling_target": "no Application Auto Scaling",
        "aws_xray_group": "no X-Ray",
        "aws_xray_sampling_rule": "no X-Ray",
    },
}
"""Why an emulator does not take resources of a type."""


def types(emulator: str, root: Module) -> tuple[str, ...]:
    """The resource types of a root that an emulator does not take."""
    used = {block.type for module in root.tree() for block in module.resources}
    return tuple(sorted(used & UNSUPPORTED[emulator].keys()))


def take_out(work: Path, left_out: Collection[str]) -> None:
    """Removes all blocks of the types from the files of a work copy."""
    if not left_out:
        return
    for file in sorted(work.rglob("*.tf.json")):
        content = json.loads(file.read_text())
        resources = content.get("resource", {})
        kept = {kind: blocks for kind, blocks in resources.items() if kind not in left_out}
        if kept != resources:
            others = {key: value for key, value in content.items() if key != "resource"}
            # Engines refuse a list of resources without any.
            left = {**others, "resource": kept} if kept else others
            file.write_text(json.dumps(left, indent=2) + "\n")
