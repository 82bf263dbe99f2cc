"""Starts, empties and stops the AWS emulator, which runs as a child process on the loopback address."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from .faults import CannotRun

START_SECONDS = 60
STOP_SECONDS = 10
RESET_SECONDS = 60
DIRECT = urllib.request.build_opener(urllib.request.ProxyHandler({}))
"""Opens loopback addresses without looking at proxy settings."""

IDENTIFIER_TAG = "platgen-e2e:identifier"
"""The tag by which a VPC, a subnet or a security group gets the identifier that a configuration names."""

FOREIGN_SETTINGS = ("AWS_", "TF_", "MOTO_", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY")
"""Variables of the caller that could lead an engine or the emulator elsewhere."""


EMULATOR_SETTINGS = {"MOTO_ACM_VALIDATION_WAIT": "0"}
"""Certificates are issued at once: a lookup finds only issued ones."""


@dataclass(frozen=True)
class Emulator:
    """A running emulator."""

    url: str
    secret_key: str = "testing"

    def access_key(self, account: str) -> str:
        """The access key that stands for an AWS account: the emulator takes the account's own number."""
        return account

    def reset(self) -> None:
        """Empties all accounts and regions."""
        request = urllib.request.Request(f"{self.url}/moto-api/reset", method="POST")
        with DIRECT.open(request, timeout=RESET_SECONDS):
            pass


def clean_environment(extra: Mapping[str, str]) -> dict[str, str]:
    """The environment without any AWS, engine or proxy setting of the caller, plus `extra`."""
    kept = {name: value for name, value in os.environ.items() if not name.upper().startswith(FOREIGN_SETTINGS)}
    return {**kept, **extra}


@contextmanager
def running_emulator(log: Path) -> Iterator[Emulator]:
    """An emulator for the length of a `with` block; what it prints goes to the log file."""
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("w") as output:
        # A session of its own keeps Ctrl-C from ending it before the engine has stopped.
        # It ends with its standard input, so it does not outlive a runner that was killed.
        child = subprocess.Popen(
            [sys.executable, "-m", f"{__package__}.emulator_server"],
            env=clean_environment(EMULATOR_SETTINGS),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=output,
            text=True,
            start_new_session=True,
        )
        try:
            yield Emulator(announced_address(child, log))
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
    """Ends the emulator, by force if it does not follow."""
    child.terminate()
    try:
        child.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        child.kill()
        child.wait()
    for pipe in (child.stdin, child.stdout):
        if pipe is not None:
            pipe.close()
