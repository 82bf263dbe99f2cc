"""Starts, empties and stops an AWS emulator, which runs as a child process on the loopback address.

moto takes every resource type that platgen writes and is the measure of plans, drift and destruction. MiniStack
takes fewer, but has data planes and can enforce IAM: it is for tests of behaviour.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from .environments import Environments
from .faults import CannotRun

EMULATORS = ("moto", "ministack")
HOST = "127.0.0.1"
DEFAULT_ACCOUNT = "123456789012"
"""The account of a root that does not name the one that it may be applied to."""

START_SECONDS = 120
STOP_SECONDS = 10
RESET_SECONDS = 60
DIRECT = urllib.request.build_opener(urllib.request.ProxyHandler({}))
"""Opens loopback addresses without looking at proxy settings."""

IDENTIFIER_TAG = "platgen-e2e:identifier"
"""The tag by which a VPC, a subnet or a security group gets the identifier that a configuration names."""

FOREIGN_SETTINGS = ("AWS_", "TF_", "MOTO_", "MINISTACK_", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY")
"""Variables of the caller that could lead an engine or the emulator elsewhere."""

MOTO_SETTINGS = {
    # Certificates are issued at once: a lookup finds only issued ones.
    "MOTO_ACM_VALIDATION_WAIT": "0",
    "MOTO_COGNITO_IDP_USER_POOL_ENABLE_TOTP": "true",
    "MOTO_DISABLE_GLOBAL_CORS": "true",
    "MOTO_IAM_LOAD_MANAGED_POLICIES": "true",
    # What moto itself calls, it calls with these.
    "AWS_ACCESS_KEY_ID": "testing",
    "AWS_SECRET_ACCESS_KEY": "testing",
}

MINISTACK_SETTINGS = {
    "BIND_HOST": HOST,
    "MINISTACK_HOST": HOST,
    "IOT_MTLS_ENABLED": "0",
    "SFTP_ENABLED": "0",
    "S3_PERSIST": "0",
    "PERSIST_STATE": "0",
}
"""Everything in memory, and no port open but the gateway's."""


@dataclass(frozen=True)
class Place:
    """Where an emulator runs, and what it stands for."""

    folder: Path
    """The folder for its log and its files."""

    account: str | None = None
    """The one account that it stands for; None for one that takes any account by its access key (moto only).

    What an emulator calls by itself, such as the functions of a state machine, is in this account.
    """

    region: str = "us-east-1"


@dataclass(frozen=True)
class Emulator:
    """A running emulator."""

    url: str
    kind: str = "moto"
    secret_key: str = "testing"
    key: str | None = None
    """The one access key that it knows; None where the key of an account is the account's own number."""

    invocations: Path | None = None
    """The file with one JSON line per Lambda call: function, payload, result, error. moto only."""

    outbox: Path | None = None
    """The file with one JSON line per e-mail or text message to a person (`outbox.py`). moto only."""

    def access_key(self, account: str) -> str:
        """The access key that stands for an AWS account."""
        return self.key or account

    def reset(self) -> None:
        """Empties all accounts and regions."""
        path = "moto-api/reset" if self.kind == "moto" else "_ministack/reset"
        request = urllib.request.Request(f"{self.url}/{path}", method="POST")
        with DIRECT.open(request, timeout=RESET_SECONDS):
            pass
        for file in (self.invocations, self.outbox):
            if file is not None:
                file.unlink(missing_ok=True)


def clean_environment(extra: Mapping[str, str]) -> dict[str, str]:
    """The environment without any AWS, engine or proxy setting of the caller, plus `extra`."""
    kept = {name: value for name, value in os.environ.items() if not name.upper().startswith(FOREIGN_SETTINGS)}
    return {**kept, **extra}


@contextmanager
def running(kind: str, place: Place, environments: Environments, *, enforce_iam: bool = False) -> Iterator[Emulator]:
    """An emulator of a kind for the length of a `with` block; `enforce_iam` is for MiniStack only."""
    if kind == "ministack":
        with running_ministack(place, environments, enforce_iam=enforce_iam) as emulator:
            yield emulator
    elif enforce_iam:
        raise CannotRun("moto stores permissions and enforces none; take MiniStack")
    else:
        with running_moto(place) as emulator:
            yield emulator


@contextmanager
def running_moto(place: Place) -> Iterator[Emulator]:
    """moto for the length of a `with` block."""
    invocations, outbox = place.folder / "invocations.jsonl", place.folder / "outbox.jsonl"
    for file in (invocations, outbox):
        file.unlink(missing_ok=True)
    command = [sys.executable, "-m", f"{__package__}.moto_server", str(invocations), str(outbox)]
    account = {"MOTO_ACCOUNT_ID": place.account} if place.account else {}
    with child_that_announces(command, place, {**MOTO_SETTINGS, **account}) as url:
        yield Emulator(url, invocations=invocations, outbox=outbox)


@contextmanager
def running_ministack(place: Place, environments: Environments, *, enforce_iam: bool) -> Iterator[Emulator]:
    """MiniStack for the length of a `with` block."""
    settings = {
        **MINISTACK_SETTINGS,
        "MINISTACK_REGION": place.region,
        "MINISTACK_ACCOUNT_ID": place.account or DEFAULT_ACCOUNT,
        "AUTH": "true" if enforce_iam else "false",
        "S3_DATA_DIR": str(place.folder / "s3"),
        "STATE_DIR": str(place.folder / "state"),
        "TMPDIR": str(place.folder),
    }
    command = [str(environments.python("ministack")), str(Path(__file__).with_name("ministack_server.py"))]
    with child_that_announces(command, place, settings) as url:
        yield Emulator(url, "ministack", secret_key="test", key="test")


@contextmanager
def child_that_announces(command: Sequence[str], place: Place, settings: Mapping[str, str]) -> Iterator[str]:
    """A child process that prints its address once it listens; what else it says goes to `emulator.log`."""
    place.folder.mkdir(parents=True, exist_ok=True)
    log = place.folder / "emulator.log"
    with log.open("w") as output:
        # A session of its own keeps Ctrl-C from ending it before the engine has stopped.
        # It ends with its standard input, so it does not outlive a runner that was killed.
        child = subprocess.Popen(
            command,
            env=clean_environment(settings),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=output,
            text=True,
            start_new_session=True,
        )
        try:
            yield announced_address(child, log)
        finally:
            stop(child)


def announced_address(child: subprocess.Popen[str], log: Path) -> str:
    """The address that the emulator prints once it listens."""
    assert child.stdout is not None
    timer = threading.Timer(START_SECONDS, child.kill)
    timer.start()
    try:
        address = child.stdout.readline().strip()
    finally:
        timer.cancel()
    if not address:
        child.wait(STOP_SECONDS)
        raise CannotRun(f"the emulator did not start; end of {log}:\n{log.read_text(errors='replace')[-800:]}")
    return address


def stop(child: subprocess.Popen[str]) -> None:
    """Ends the emulator with all that it started, by force what does not follow."""
    signal_group(child.pid, signal.SIGTERM)
    try:
        child.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        pass
    signal_group(child.pid, signal.SIGKILL)
    child.wait()
    for pipe in (child.stdin, child.stdout):
        if pipe is not None:
            pipe.close()


def signal_group(leader: int, number: signal.Signals) -> None:
    """Signals a process group that may be gone."""
    try:
        os.killpg(leader, number)
    except ProcessLookupError:
        pass
