"""Environments for programs that must not share packages with the run itself.

Each is made by the script `environment` when it is first asked for: of Python from `requirements/NAME.txt`, of
Node.js from `requirements/NAME/package-lock.json`.
"""

from __future__ import annotations

import subprocess
from dataclasses import dataclass
from pathlib import Path

from .faults import CannotRun

SCRIPT = Path(__file__).with_name("environment")


@dataclass(frozen=True)
class Environments:
    """The environments below one folder."""

    cache: Path

    def python(self, name: str) -> Path:
        """The interpreter of an environment, which is made if it is missing or out of date."""
        return self.program(name, "python")

    def program(self, name: str, program: str) -> Path:
        """A program of a Python environment; raises `CannotRun` if it cannot be had."""
        found = self.folder(name) / "bin" / program
        if not found.is_file():
            raise CannotRun(f"{found} is missing; remove its environment to have it made again")
        return found

    def folder(self, name: str) -> Path:
        """The folder of an environment of either language; raises `CannotRun` if it cannot be made."""
        made = subprocess.run([str(SCRIPT), name, str(self.cache)], stdout=subprocess.PIPE, text=True, check=False)
        if made.returncode != 0:
            raise CannotRun(f"the environment {name} cannot be made")
        return Path(made.stdout.strip())
