"""Runs Terraform or OpenTofu in a work copy, with the provider pointed at the emulator."""

from __future__ import annotations

import json
import os
import signal
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from .configuration import Json
from .emulator import Emulator, clean_environment
from .faults import CannotRun, ProductFault

TIME_LIMIT_SECONDS = 1800
GRACE_SECONDS = 60
PARALLELISM = "-parallelism=20"
"""Most of an apply is the provider's own waiting, so more of it at once costs nothing."""

DETAIL_CHARACTERS = 600
PLAN_FILE = "plan.bin"
PLAN_JSON = "plan.json"


@dataclass(frozen=True)
class Engine:
    """An engine's program, and the configuration that leads it to the provider mirror."""

    name: str
    program: Path
    configuration: Path

    def version(self) -> str:
        """The version that the program reports; raises `CannotRun` if it reports none."""
        result = run([str(self.program), "version", "-json"], self.configuration.parent, self.environment({}))
        if result.returncode != 0:
            raise CannotRun(f"{self.program} does not work: {result.stderr.strip()}")
        return str(json.loads(result.stdout)["terraform_version"])

    def environment(self, extra: dict[str, str]) -> dict[str, str]:
        """The engine's environment: nothing of the caller's, no version check, providers from the mirror."""
        settings = {
            "TF_CLI_CONFIG_FILE": str(self.configuration),
            "TF_IN_AUTOMATION": "1",
            "CHECKPOINT_DISABLE": "1",
        }
        return clean_environment({**settings, **extra})


@dataclass(frozen=True)
class Session:
    """One engine in one work copy, with one account of the emulator."""

    engine: Engine
    work: Path
    emulator: Emulator
    account: str
    targets: tuple[str, ...] = ()
    """The addresses that plans are narrowed down to, with all that they need; none means everything."""

    @property
    def plan_json(self) -> Path:
        """The plan made last, as JSON."""
        return self.work / PLAN_JSON

    def init(self) -> None:
        """Installs modules and providers, and the local state that stands in for the real backend."""
        self.require("init", "-input=false", "-no-color")

    def validate(self) -> None:
        """Validates; a warning is a fault of the product just as an error is.

        The command's status says nothing of warnings, so only its report counts.
        """
        report = json.loads(self.run("validate", "-json").stdout)
        found = [describe(item) for item in report["diagnostics"]]
        if found:
            raise ProductFault(f"validate is not clean ({len(found)})", "\n".join(found))

    def plan(self) -> dict[str, str]:
        """Plans against the emulator and returns what is to be done to which managed resource."""
        narrowed = [f"-target={address}" for address in self.targets]
        printed = self.require("plan", "-json", "-input=false", PARALLELISM, f"-out={PLAN_FILE}", *narrowed)
        changes = [message["change"] for message in printed_messages(printed) if message["type"] == "planned_change"]
        return {change["resource"]["addr"]: change["action"] for change in changes if is_managed(change["resource"])}

    def shown_plan(self) -> Json:
        """Plans and returns the whole plan as JSON, which stays in the work copy as well."""
        self.plan()
        text = self.require("show", "-json", PLAN_FILE)
        self.plan_json.write_text(text)
        shown: Json = json.loads(text)
        return shown

    def apply(self) -> set[str]:
        """Applies the plan made last and returns the addresses of the managed resources that it changed."""
        return self.change("apply", "-json", PARALLELISM, PLAN_FILE)

    def destroy(self) -> set[str]:
        """Destroys everything and returns the addresses of what it destroyed."""
        return self.change("destroy", "-json", "-auto-approve", "-input=false", PARALLELISM)

    def change(self, *arguments: str) -> set[str]:
        """Runs a changing command and returns the addresses of the resources whose change is complete."""
        messages = printed_messages(self.require(*arguments))
        hooks = [message["hook"] for message in messages if message.get("type") == "apply_complete"]
        return {hook["resource"]["addr"] for hook in hooks if hook["action"] != "read"}

    def state(self) -> Json:
        """The state, as the engine shows it: `values` with `outputs` and `root_module`, unless it is empty."""
        shown: Json = json.loads(self.require("show", "-json"))
        return shown

    def require(self, *arguments: str) -> str:
        """Runs a command that must succeed and returns what it printed."""
        result = self.run(*arguments)
        if result.returncode != 0:
            words = "\n".join(printed_errors(result.stdout)) or result.stderr or result.stdout
            raise ProductFault(f"{arguments[0]} fails", words.strip())
        return result.stdout

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Runs one command of the engine in the work copy."""
        environment = self.engine.environment(
            {
                "AWS_ENDPOINT_URL": self.emulator.url,
                "AWS_ACCESS_KEY_ID": self.emulator.access_key(self.account),
                "AWS_SECRET_ACCESS_KEY": self.emulator.secret_key,
                "AWS_CONFIG_FILE": os.devnull,
                "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
                "AWS_EC2_METADATA_DISABLED": "true",
            }
        )
        return run([str(self.engine.program), *arguments], self.work, environment)


def run(command: list[str], folder: Path, environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    """Runs a program to its end, or until the time limit or Ctrl-C, after which nothing of it is left."""
    child = subprocess.Popen(
        command,
        cwd=folder,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        process_group=0,
    )
    try:
        output, problems = child.communicate(timeout=TIME_LIMIT_SECONDS)
    except subprocess.TimeoutExpired:
        output, problems = interrupt(child)
        problems += f"interrupted after {TIME_LIMIT_SECONDS} s"
    except BaseException:
        interrupt(child)
        raise
    return subprocess.CompletedProcess(command, child.returncode, output, problems)


def interrupt(child: subprocess.Popen[str]) -> tuple[str, str]:
    """Asks an engine to stop; if it does not, ends it together with its provider processes."""
    os.killpg(child.pid, signal.SIGINT)
    try:
        return child.communicate(timeout=GRACE_SECONDS)
    except subprocess.TimeoutExpired:
        os.killpg(child.pid, signal.SIGKILL)
        return child.communicate()


def write_configuration(file: Path, mirror: Path) -> None:
    """Writes the configuration with which an engine takes providers from the mirror and from nowhere else.

    https://opentofu.org/docs/cli/config/config-file/#provider-installation
    """
    installation = f"  filesystem_mirror {{\n    path = {json.dumps(str(mirror))}\n  }}\n"
    text = f"provider_installation {{\n{installation}}}\n"
    if not file.is_file() or file.read_text() != text:
        file.write_text(text)


def describe(diagnostic: Json) -> str:
    """One diagnostic in one line: severity, place, summary, detail."""
    place = diagnostic.get("range")
    where = diagnostic.get("address") or (f"{place['filename']}:{place['start']['line']}" if place else "")
    detail = " ".join(diagnostic.get("detail", "").split())[:DETAIL_CHARACTERS]
    return ": ".join(part for part in (diagnostic["severity"], where, diagnostic["summary"], detail) if part)


def printed_errors(output: str) -> Iterator[str]:
    """The error diagnostics among the JSON lines that a command prints with `-json`."""
    for message in printed_messages(output):
        diagnostic = message.get("diagnostic", {})
        if diagnostic.get("severity") == "error":
            yield describe(diagnostic)


def printed_messages(output: str) -> list[Json]:
    """The JSON lines that a command prints with `-json`."""
    return [json.loads(line) for line in output.splitlines() if line.startswith("{")]


def is_managed(resource: Json) -> bool:
    """Whether a message is about a managed resource, and not about a data source."""
    return not resource["resource"].startswith("data.")


def instances(module: Json) -> Iterator[Json]:
    """The managed resource instances of a module and of those below it, in a state or in planned values."""
    yield from (item for item in module.get("resources", []) if item["mode"] == "managed")
    for child in module.get("child_modules", []):
        yield from instances(child)
