"""Checks the texts that AWS interprets: definitions of workflows and templates of e-mails, in any state.

A definition must pass a validator of Amazon States Language, and a template must render with a value for each of
its placeholders, by a Handlebars engine. `planted_texts.json` has broken ones: a check that misses one of them does
not work.
"""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterable, Iterator
from pathlib import Path

from .configuration import Json
from .emulator import clean_environment
from .environments import Environments
from .faults import CannotRun, ProductFault

HERE = Path(__file__).parent
PROGRAM = HERE / "text_check.mjs"
PLANTED = HERE / "planted_texts.json"
ENVIRONMENT = "texts"

TEXTS = {
    "aws_sfn_state_machine": {"definition": "workflow"},
    "aws_ses_template": {"subject": "template", "html": "template", "text": "template"},
}
"""The arguments with such texts by resource type, and which kind each is."""

Texts = dict[str, dict[str, str]]
"""Kind and text by name."""


def check(resources: Iterable[Json], environments: Environments) -> str:
    """Checks the texts of resource instances and returns the summary; raises `ProductFault` on a broken one."""
    found = dict(texts_of(resources))
    if not found:
        return ""
    faults = faults_of(found, environments)
    if faults:
        lines = [f"{name}: {fault}" for name, items in sorted(faults.items()) for fault in items]
        raise ProductFault(f"texts {len(found) - len(faults)} of {len(found)}", "\n".join(lines))
    return f"texts {len(found)} of {len(found)}"


def texts_of(resources: Iterable[Json]) -> Iterator[tuple[str, dict[str, str]]]:
    """The texts of resource instances by address and argument."""
    for item in resources:
        for argument, kind in TEXTS.get(item["type"], {}).items():
            if text := item["values"].get(argument):
                yield f"{item['address']}.{argument}", {"kind": kind, "text": text}


def faults_of(texts: Texts, environments: Environments, planted_file: Path = PLANTED) -> dict[str, list[str]]:
    """The faults of texts by name; raises `CannotRun` if a planted one is missed."""
    planted: Texts = json.loads(planted_file.read_text())
    faults = run_check({**planted, **texts}, environments)
    missed = sorted(planted.keys() - faults.keys())
    if missed:
        raise CannotRun(f"the check of texts misses planted faults: {', '.join(missed)}")
    return {name: found for name, found in faults.items() if name not in planted}


def run_check(texts: Texts, environments: Environments) -> dict[str, list[str]]:
    """Runs the program that knows both languages."""
    command = ["node", str(PROGRAM), str(environments.folder(ENVIRONMENT))]
    done = subprocess.run(
        command, env=clean_environment({}), input=json.dumps(texts), capture_output=True, text=True, check=False
    )
    if done.returncode != 0:
        raise CannotRun(f"{PROGRAM.name} fails:\n{done.stderr}")
    faults: dict[str, list[str]] = json.loads(done.stdout)
    return faults
