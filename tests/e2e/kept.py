"""Stacks that stay applied between two runs, so that tests on top of them can be written without applying again.

The process that applied a stack holds it, and says in a file beside the work copy where it is.
"""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from .configuration import read_root
from .emulator import Emulator
from .engine import Session
from .faults import CannotRun
from .stack import Stack, this_machine

FILE = "kept.json"


@contextmanager
def kept(stack: Stack) -> Iterator[None]:
    """Lets other processes find a stack for the length of a `with` block."""
    file = stack.session.work.parent / FILE
    emulator = dataclasses.asdict(stack.emulator)
    file.write_text(json.dumps({"account": stack.account, "emulator": emulator}, default=str))
    try:
        yield
    finally:
        file.unlink()


def found(rendered: Path, engine: str, emulator: str) -> Stack:
    """The stack of a rendered root that another process keeps; raises `CannotRun` if none does."""
    machine = this_machine()
    folder = machine.stack_folder(rendered, engine, emulator)
    file = folder / FILE
    if not file.is_file():
        raise CannotRun(f"no stack of {rendered} is kept; {file} is missing")
    said = json.loads(file.read_text())
    session = Session(machine.engine(engine), folder / "work", emulator_from(said["emulator"]), said["account"])
    return Stack(session, rendered, read_root(rendered))


def emulator_from(said: dict[str, Any]) -> Emulator:
    """An emulator as it was written down."""
    paths = {field: said[field] and Path(said[field]) for field in ("invocations", "outbox")}
    return Emulator(**{**said, **paths})
