"""Asks the simulator of IAM, a program for Node.js that is not ours, about calls: what would AWS decide?

https://github.com/cloud-copilot/iam-simulate, pinned by `package-lock.json` and installed below the cache.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

from ..configuration import Json
from ..emulator import clean_environment
from ..faults import CannotRun

HERE = Path(__file__).parent
PINS = ("package.json", "package-lock.json")
PROGRAM = "simulate.mjs"
ALLOWED = "Allowed"
STRICT = "Strict"
DISCOVERY = "Discovery"
"""The mode in which a condition key that the context does not have may have any value."""

WORTH_TWO = 2000
"""The number of calls from which on two processes share them."""

KNOWN: dict[tuple[str, ...], dict[str, list[str]]] = {}

ENCRYPTION_CONTEXT = "kms:EncryptionContext:"
STAND_IN = "aws:RequestTag/"

NO_SUCH_CALL = ("no.resource.types", "must.use.wildcard", "multiple.resource.types")
"""Why a call cannot be: the action is about resources of another type, or about none, or the ARN could be of two types."""


@dataclass(frozen=True)
class Call:
    """One call of an AWS API, and the policies that decide on it."""

    principal: str
    action: str
    resource: str
    context: tuple[tuple[str, str | tuple[str, ...]], ...] = ()
    identity: tuple[str, ...] = ()
    """The names of the policies of the principal."""
    own: str | None = None
    """The name of the policy of the resource."""
    mode: str = STRICT
    swept: bool = False
    """Whether it is tried without knowing that AWS has such a call; one that it has not is not allowed."""

    def __str__(self) -> str:
        context = "; ".join(f"{key}={value}" for key, value in self.context)
        return f"{self.principal.rsplit('/', 1)[-1]} {self.action} on {self.resource}" + (f" with {context}" if context else "")


@dataclass
class Simulator:
    """The simulator in its folder, with the policies that calls name."""

    folder: Path
    account: str
    policies: dict[str, Json] = field(default_factory=dict)

    def decide(self, calls: list[Call]) -> list[bool]:
        """Whether each call is allowed."""
        asked = [
            {
                "principal": call.principal, "action": call.action, "resource": call.resource,
                "context": dict(call.context), "identity": call.identity, "own": call.own, "mode": call.mode,
                "swept": call.swept,
            }
            for call in calls
        ]  # fmt: skip
        # Each process has a core of its own, and few calls are not worth a second one.
        half = (len(asked) + 1) // 2 if len(asked) > WORTH_TWO else len(asked)
        parts = [{"policies": self.policies, "calls": part} for part in (asked[:half], asked[half:]) if part]
        with ThreadPoolExecutor() as pool:
            words: list[str] = [word for answer in pool.map(self.ask, parts) for word in answer["words"]]
        for call, word in zip(calls, words, strict=True):
            if call.swept and any(reason in word for reason in NO_SUCH_CALL):
                continue
            if word.startswith("error:"):
                raise CannotRun(f"an entry speaks of a call that AWS does not have: {call}: {word}")
        return [word == ALLOWED for word in words]

    def take_nothing(self, actions: list[str]) -> set[str]:
        """Those of some actions that take no resource."""
        return set(self.ask({"actions": actions})["nothing"])

    def actions_of(self, services: tuple[str, ...]) -> dict[str, list[str]]:
        """All actions of services, which are asked for once in a run."""
        if services not in KNOWN:
            KNOWN[services] = self.ask({"services": list(services)})["known"]
        return KNOWN[services]

    def ask(self, question: Json) -> Json:
        """What the program answers."""
        whole = {"account": self.account, "policies": {}, "calls": [], "actions": [], "services": [], **question}
        text = json.dumps(known(whole))
        result = subprocess.run(
            ["node", PROGRAM], cwd=self.folder, env=clean_environment({}), input=text, capture_output=True, text=True, check=False
        )
        if result.returncode != 0:
            raise CannotRun(f"the simulator of IAM fails: {result.stderr.strip()[-800:]}")
        answer: Json = json.loads(result.stdout)
        return answer


def known(question: Json) -> Json:
    """A question with the keys of an encryption context led to keys that the simulator knows, in policies and contexts.

    Its data has one key `kms:EncryptionContext:${EncryptionContextKey}`, and it fills in what stands behind a `/` alone, so
    `kms:EncryptionContext:aws:logs:arn` is no key to it: as a condition it is never met, and in a context it is dropped.
    No call that platgen's policies speak of has tags in its request, so their keys are free: a policy with one would be
    judged wrongly, and is refused.
    """
    text = json.dumps(question)
    if STAND_IN.lower() in text.lower():
        raise CannotRun(f"a policy speaks of {STAND_IN}, which stands for {ENCRYPTION_CONTEXT} here")
    changed: Json = json.loads(re.sub(re.escape(f'"{ENCRYPTION_CONTEXT}'), f'"{STAND_IN}', text, flags=re.IGNORECASE))
    return changed


def installed(cache: Path) -> Path:
    """The folder of the simulator, which is installed first where its pins have changed."""
    folder = cache / "iam-simulate"
    wanted = "".join((HERE / name).read_text() for name in PINS)
    stamp = folder / "installed"
    if not stamp.is_file() or stamp.read_text() != wanted:
        npm = shutil.which("npm")
        if npm is None:
            raise CannotRun("npm is not on PATH; the simulator of IAM is a program for Node.js")
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        for name in PINS:
            shutil.copy(HERE / name, folder / name)
        command = [npm, "ci", "--no-audit", "--no-fund", "--ignore-scripts"]
        result = subprocess.run(command, cwd=folder, env=dict(os.environ), capture_output=True, text=True, check=False)
        if result.returncode != 0:
            raise CannotRun(f"npm ci fails: {result.stderr.strip()[-800:]}")
        stamp.write_text(wanted)
    shutil.copy(HERE / PROGRAM, folder / PROGRAM)
    return folder
