"""Finds what keeps a root from being destroyed, and switches it off the way an operator would.

A production root is applied as it is rendered. Before it is destroyed, override files beside its modules set the
protections to their opposite, and a second apply must change those resources and nothing else.
https://developer.hashicorp.com/terraform/language/files/override
"""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .configuration import Block, Json, Module

PREVENTION = "prevent_destroy"
"""The protection that is the engine's own."""

OVERRIDE_FILE = "platgen_e2e_unprotected_override.tf.json"

UNPROTECTED: dict[str, dict[str, Any]] = {
    "aws_cognito_user_pool": {"deletion_protection": "INACTIVE"},
    "aws_db_instance": {"deletion_protection": False},
    "aws_docdb_cluster": {"deletion_protection": False},
    "aws_dynamodb_table": {"deletion_protection_enabled": False},
    "aws_lb": {"enable_deletion_protection": False},
    "aws_neptune_cluster": {"deletion_protection": False},
    "aws_rds_cluster": {"deletion_protection": False},
    "aws_s3_bucket": {"force_destroy": True},
}
"""The arguments that forbid a deletion at AWS, with the value that allows it.

A bucket with access logs is never empty: a load balancer tests it with an object of its own.
https://docs.aws.amazon.com/elasticloadbalancing/latest/application/enable-access-logging.html
"""


@dataclass(frozen=True)
class Protection:
    """One argument that forbids the destruction of one resource."""

    block: Block
    argument: str
    off: Any

    @property
    def name(self) -> str:
        """The name in messages, such as `aws_lb.enable_deletion_protection`."""
        return f"{self.block.type}.{self.argument}"

    @property
    def is_at_aws(self) -> bool:
        """Whether AWS keeps it, and not only the engine."""
        return self.argument != PREVENTION

    @property
    def change(self) -> Json:
        """The arguments of the overriding block."""
        setting = {self.argument: self.off}
        return setting if self.is_at_aws else {"lifecycle": setting}


def find(root: Module) -> list[Protection]:
    """All protections that a tree switches on, or leaves to a value that only an engine knows."""
    return [
        protection
        for module in root.tree()
        for block in module.resources
        for protection in [*protections_of(block), *prevention_of(block)]
    ]


def protections_of(block: Block) -> list[Protection]:
    """The arguments of a block that forbid the deletion at AWS."""
    known = UNPROTECTED.get(block.type, {}).items()
    return [
        Protection(block, argument, off)
        for argument, off in known
        if argument in block.arguments and block.known(argument) != off
    ]


def prevention_of(block: Block) -> list[Protection]:
    """The engine's own protection, if the block has it."""
    lifecycle = block.arguments.get("lifecycle", {})
    settings = lifecycle if isinstance(lifecycle, list) else [lifecycle]
    prevented = any(setting.get(PREVENTION) for setting in settings)
    return [Protection(block, PREVENTION, False)] if prevented else []


def switch_off(protections: list[Protection], work: Path) -> None:
    """Writes the override files into a work copy; modules must lie where the root's paths say."""
    files: dict[Path, Json] = {}
    for protection in protections:
        block = protection.block
        resources = files.setdefault(work / block.module.folder / OVERRIDE_FILE, {})
        change = resources.setdefault(block.type, {}).setdefault(block.name, {})
        change.update(protection.change)
    for file, resources in files.items():
        file.write_text(json.dumps({"resource": resources}, indent=2) + "\n")


def describe(protections: list[Protection]) -> str:
    """What was switched off, with how often, for the summary line."""
    counts = Counter(protection.name for protection in protections)
    return ", ".join(f"{count} {name}" for name, count in sorted(counts.items())) or "none"
