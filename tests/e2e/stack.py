"""A rendered root, applied to an emulator of its own: the way in for tests that use what platgen makes.

    with applied(root, engine="tofu", emulator="ministack") as stack:
        stack.outputs["service__web__url"]
        stack.client("dynamodb").list_tables()

The emulator ends with the block, and all that was applied with it; nothing has to be destroyed.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3
from botocore.config import Config

from . import addresses, fixtures, tools, unsupported
from .configuration import Json, Module, read_root
from .emulator import Emulator, Place, running
from .engine import Engine, Session, instances, write_configuration
from .environments import Environments
from .faults import ProductFault
from .workcopy import account_of, make_work_copy

PROJECT = Path(__file__).resolve().parents[2]
CACHE_VARIABLE = "PLATGEN_E2E_CACHE"
CLIENT_SECONDS = 60


@dataclass(frozen=True)
class Machine:
    """Where everything is that a run needs on this machine."""

    project: Path
    """The folder with `examples` and `tests/golden`."""

    cache: Path
    """The folder for everything that the run makes."""

    @property
    def environments(self) -> Environments:
        """The Python environments of other programs."""
        return Environments(self.cache)

    def engine(self, name: str) -> Engine:
        """An engine that finds the providers of the mirror; raises `CannotRun` if either is missing."""
        self.cache.mkdir(parents=True, exist_ok=True)
        mirror = self.cache / "mirror"
        configuration = self.cache / "engine.tfrc"
        tools.link_mirror(tools.find_mirror(), mirror)
        write_configuration(configuration, mirror)
        return Engine(name, tools.find_engine(name, self.project), configuration)

    def stack_folder(self, rendered: Path, engine: str, emulator: str) -> Path:
        """The folder for the work copy of a rendered root and the files of its emulator."""
        return self.cache / "stacks" / emulator / engine / rendered.parent.name / rendered.name


def this_machine() -> Machine:
    """The project that this file belongs to, with the cache that the caller names."""
    cache = Path(os.environ.get(CACHE_VARIABLE, PROJECT / "target" / "e2e")).absolute()
    return Machine(PROJECT, cache)


@dataclass(frozen=True)
class Stack:
    """One root, one engine and one emulator."""

    session: Session
    rendered: Path
    root: Module
    left_out: tuple[str, ...] = ()
    """The resource types that the emulator does not take and that were taken out of the root."""

    @property
    def emulator(self) -> Emulator:
        """The emulator, for what the SDK's clients do not tell."""
        return self.session.emulator

    @property
    def account(self) -> str:
        """The AWS account that the root is applied to."""
        return self.session.account

    @property
    def region(self) -> str:
        """The region of the root's default provider configuration."""
        return fixtures.region_of_alias("", self.root)

    @property
    def regions(self) -> list[str]:
        """The regions of all of its provider configurations."""
        return sorted(
            {fixtures.region_of_alias(provider.get("alias", ""), self.root) for provider in self.root.providers}
        )

    @property
    def outputs(self) -> Json:
        """The values of the root's outputs."""
        outputs = self.session.state().get("values", {}).get("outputs", {})
        return {name: output["value"] for name, output in outputs.items()}

    @property
    def resources(self) -> list[Json]:
        """The managed resource instances in the state: `address`, `type`, `values`."""
        return list(instances(self.session.state().get("values", {}).get("root_module", {})))

    def client(self, service: str, region: str | None = None) -> Any:
        """An SDK client of a service, in the stack's account and, unless another is named, region."""
        return boto3.client(
            service,
            endpoint_url=self.emulator.url,
            region_name=region or self.region,
            aws_access_key_id=self.emulator.access_key(self.account),
            aws_secret_access_key=self.emulator.secret_key,
            config=Config(
                s3={"addressing_style": "path"},
                retries={"total_max_attempts": 1},
                read_timeout=CLIENT_SECONDS,
                proxies={},
            ),
        )

    def prepare(self) -> None:
        """Makes the work copy and the things that data sources look up, and initialises the engine."""
        make_work_copy(self.rendered, self.root, self.session.work, self.emulator)
        unsupported.take_out(self.session.work, self.left_out)
        self.session.init()
        fixtures.make_fixtures(self.root, self.emulator, self.account)

    def apply(self) -> int:
        """Creates everything and returns how many instances that are; raises `ProductFault` if one is missing."""
        planned = self.session.plan()
        addresses.require_only("create", planned)
        missing = sorted(planned.keys() - self.session.apply())
        if missing:
            raise ProductFault(f"applied {len(planned) - len(missing)} of {len(planned)}", "\n".join(missing))
        return len(planned)


@contextmanager
def opened(
    rendered: Path,
    engine: Engine,
    emulator: str,
    machine: Machine,
    *,
    enforce_iam: bool = False,
    targets: Sequence[str] = (),
) -> Iterator[Stack]:
    """A stack whose emulator runs for the length of a `with` block, and which is not yet applied."""
    root = read_root(rendered)
    account = account_of(root)
    folder = machine.stack_folder(rendered, engine.name, emulator)
    place = Place(folder, account, fixtures.region_of_alias("", root))
    with running(emulator, place, machine.environments, enforce_iam=enforce_iam) as server:
        session = Session(engine, folder / "work", server, account, tuple(targets))
        yield Stack(session, rendered, root, unsupported.types(emulator, root))


@contextmanager
def applied(
    rendered: Path,
    engine: str = "terraform",
    emulator: str = "moto",
    *,
    enforce_iam: bool = False,
    targets: Sequence[str] = (),
) -> Iterator[Stack]:
    """The applied stack of a rendered root; `enforce_iam` makes MiniStack check every permission.

    Of a root that an emulator does not take whole, `targets` are the addresses to apply, with all that they need.
    Raises `ProductFault` if it cannot be applied whole, `CannotRun` if something is missing on this machine.
    """
    machine = this_machine()
    settings: Json = {"enforce_iam": enforce_iam, "targets": targets}
    with opened(rendered, machine.engine(engine), emulator, machine, **settings) as stack:
        stack.prepare()
        stack.apply()
        yield stack
