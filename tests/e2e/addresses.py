"""Compares the resource addresses of a rendered tree, of an engine's plan and of the golden list."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Mapping
from pathlib import Path

from .configuration import Module
from .faults import ProductFault

INSTANCE_KEY = re.compile(r'\[(?:\d+|"(?:[^"\\]|\\.)*")\]')
"""The index of an instance of a resource or module with `count` or `for_each`."""


def declared(root: Module) -> set[str]:
    """The addresses of all resource blocks of a tree, without instance keys."""
    return {block.address for module in root.tree() for block in module.resources}


def require_only(action: str, changes: Mapping[str, str]) -> None:
    """Raises `ProductFault` with the planned changes of managed resources that are none of the one kind."""
    others = [f"{other} {address}" for address, other in sorted(changes.items()) if other != action]
    if others:
        raise ProductFault(f"plan does more than {action} ({len(others)})", "\n".join(others))


def without_instance_keys(address: str) -> str:
    """`module.a["x"].aws_vpc.main[0]` becomes `module.a.aws_vpc.main`."""
    return INSTANCE_KEY.sub("", address)


def read_golden_list(file: Path) -> set[str]:
    """The addresses of a golden list, one a line; raises `ProductFault` if there is none."""
    if not file.is_file():
        raise ProductFault("no golden list of addresses", f"{file} does not exist; just golden makes it")
    return set(file.read_text().split())


def require_equal(expected: Iterable[str], found: Iterable[str], expected_name: str, found_name: str) -> None:
    """Raises `ProductFault` with the lines that differ, `-` for missing ones and `+` for those too many."""
    lines = difflib.unified_diff(
        sorted(expected), sorted(found), fromfile=expected_name, tofile=found_name, n=0, lineterm=""
    )
    difference = "\n".join(lines)
    if difference:
        raise ProductFault(f"addresses of {found_name} differ from {expected_name}", difference)
