"""Child processes whose output is read while they run, and that end with whoever started them."""

from __future__ import annotations

import os
import queue
import shutil
import subprocess
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TextIO

from .faults import CannotRun

STOP_SECONDS = 30
KEPT = ("PATH", "HOME", "LANG", "TMPDIR")
"""Variables of the caller that a child process needs to work at all; it gets no other."""


@dataclass
class Child:
    """A running child process."""

    process: subprocess.Popen[str]
    lines: queue.Queue[str | None] = field(default_factory=queue.Queue)
    """What it printed and nobody has read yet; None is the end."""

    said: list[str] = field(default_factory=list)
    """All that it printed, on both ways."""

    def tell(self, line: str) -> None:
        """Writes a line to its standard input."""
        assert self.process.stdin is not None
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()

    def read(self, seconds: float) -> str:
        """The next line of its standard output; raises `RuntimeError` if it ends before, or none comes in time."""
        try:
            line = self.lines.get(timeout=seconds)
        except queue.Empty:
            line = None
        if line is None:
            said = "\n".join(self.said[-20:])
            raise RuntimeError(f"{self.process.args!r} ended, or printed nothing within {seconds:g} s; before:\n{said}")
        return line


@contextmanager
def running(command: Sequence[str], folder: Path, variables: Mapping[str, str]) -> Iterator[Child]:
    """A child process for the length of a `with` block, with the variables that are given and no others."""
    program = shutil.which(command[0])
    if program is None:
        raise CannotRun(f"{command[0]} is not on PATH; put it there")
    process = subprocess.Popen(
        [program, *command[1:]],
        cwd=folder,
        env=environment(variables),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdin is not None and process.stdout is not None and process.stderr is not None
    child = Child(process)
    readers = [
        threading.Thread(target=collect, args=(stream, child, stream is process.stdout), daemon=True)
        for stream in (process.stdout, process.stderr)
    ]
    for reader in readers:
        reader.start()
    try:
        yield child
    finally:
        process.stdin.close()
        stop(process)
        for reader in readers:
            reader.join(STOP_SECONDS)


def environment(variables: Mapping[str, str]) -> dict[str, str]:
    """The environment of a child process."""
    return {**{name: os.environ[name] for name in KEPT if name in os.environ}, **variables}


def collect(stream: TextIO, child: Child, is_output: bool) -> None:
    """Takes in what a child process prints until it ends."""
    with stream:
        for line in stream:
            child.said.append(line.rstrip("\n"))
            if is_output:
                child.lines.put(line.rstrip("\n"))
    if is_output:
        child.lines.put(None)


def stop(process: subprocess.Popen[str]) -> None:
    """Asks a process to end, and makes it if it does not."""
    process.terminate()
    try:
        process.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
