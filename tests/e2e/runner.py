"""The steps of the end-to-end run, in order: render, then per root and engine what the run is for.

One line per root and engine goes to stdout, and one with the totals; everything else goes to stderr.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from . import addresses, fixtures, lifetime, policy, texts, tools
from .configuration import Module, read_root
from .emulator import EMULATORS, Emulator, Place, clean_environment, running
from .engine import Engine, Session
from .faults import CannotRun, ProductFault
from .stack import Machine, opened
from .workcopy import account_of, make_work_copy

APPLYING_ENGINES = ("tofu", "terraform")
"""The engines that the environments of an example take in turn, by name, when each is applied by one only."""


@dataclass(frozen=True)
class Settings:
    """What to run, and where things are."""

    machine: Machine

    product: Path
    """The platgen binary."""

    engines: tuple[str, ...] = ()
    """The engines to run; none means all for plans, and one per environment for applies."""

    examples: tuple[str, ...] = ()
    """Names of examples; none means all."""

    environment: str | None = None
    """The one environment to look at; none means all."""

    keep: bool = False
    """Whether the work copies of good runs stay as well."""

    apply: bool = False
    """Whether roots are taken through their whole life, and not only planned."""

    policy: bool = False
    """Whether the plans of applied roots are scanned."""

    emulator: str = EMULATORS[0]
    """The emulator that roots are applied to."""


@dataclass(frozen=True)
class Rendered:
    """One rendered environment."""

    platform: str
    environment: str
    folder: Path
    root: Module
    position: int = 0
    """Its place among the environments of its platform."""

    @property
    def name(self) -> str:
        """The name in messages, such as `shop/dev`."""
        return f"{self.platform}/{self.environment}"


Check = Callable[[Rendered, Engine], str]
"""Takes one environment through all steps with one engine and returns the summary; raises `ProductFault`."""


def run(settings: Settings) -> bool:
    """Runs everything and says whether all of it is good; raises `CannotRun` if it cannot."""
    begin = time.monotonic()
    examples = choose_examples(settings)
    engines = {name: settings.machine.engine(name) for name in settings.engines or tools.ENGINES}
    with checking(settings, "-".join(engines)) as check, rendering(settings) as out:
        verdicts = [
            verdict for example in examples for verdict in check_example(example, out, settings, engines, check)
        ]
    if not verdicts:
        raise CannotRun(f"no example renders the environment {settings.environment}")
    say(f"{sum(verdicts)} of {len(verdicts)} good, {time.monotonic() - begin:.0f} s")
    return all(verdicts)


def say(line: str) -> None:
    """Prints a summary line."""
    print(line, flush=True)


def report(fault: ProductFault, name: str) -> None:
    """Prints a summary line about a fault, and its details to stderr."""
    say(f"{name}: FAILED, {fault}")
    print(f"--- {name}\n{fault.details}", file=sys.stderr, flush=True)


def choose_examples(settings: Settings) -> list[Path]:
    """The folders of the examples to render."""
    folder = settings.machine.project / "examples"
    found = {file.parent.name: file.parent for file in sorted(folder.glob("*/platform.toml"))}
    unknown = [name for name in settings.examples if name not in found]
    if unknown:
        raise CannotRun(f"no example {', '.join(unknown)}; there are: {', '.join(found) or 'none'}")
    if not found:
        raise CannotRun(f"no example with a platform.toml in {folder}")
    return [found[name] for name in settings.examples or found]


@contextmanager
def rendering(settings: Settings) -> Iterator[Path]:
    """The folder that this run renders into, and no other run that may go on beside it."""
    settings.machine.cache.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(prefix="rendered-", dir=settings.machine.cache) as folder:
        yield Path(folder)


@contextmanager
def checking(settings: Settings, place_name: str) -> Iterator[Check]:
    """What the run does with each environment; plans share one emulator, an apply has its own."""
    if settings.apply:
        yield lambda rendered, engine: apply_root(rendered, engine, settings)
        return
    place = Place(settings.machine.cache / "planning" / place_name)
    with running("moto", place, settings.machine.environments) as emulator:
        yield lambda rendered, engine: plan_root(rendered, engine, emulator, settings)


def check_example(
    example: Path, out: Path, settings: Settings, engines: dict[str, Engine], check: Check
) -> Iterator[bool]:
    """Renders one example and checks each of its environments with each of its engines."""
    try:
        roots = render(example, out / example.name, settings)
    except ProductFault as fault:
        report(fault, example.name)
        yield False
        return
    for rendered in roots:
        for name in engines_of(rendered, settings):
            yield check_root(rendered, engines[name], check)


def engines_of(rendered: Rendered, settings: Settings) -> tuple[str, ...]:
    """The names of the engines that take an environment."""
    if settings.engines:
        return settings.engines
    return (APPLYING_ENGINES[rendered.position % len(APPLYING_ENGINES)],) if settings.apply else tools.ENGINES


def render(example: Path, out: Path, settings: Settings) -> list[Rendered]:
    """Renders one example and finds the environments that are to be looked at."""
    command = [str(settings.product), "render", str(example / "platform.toml"), "--out", str(out)]
    result = subprocess.run(command, env=clean_environment({}), capture_output=True, text=True, check=False)
    if result.returncode != 0:
        raise ProductFault(f"render ends with status {result.returncode}", result.stderr + result.stdout)
    roots = [file.parent for file in sorted(out.glob("*/*/main.tf.json"))]
    if not roots:
        raise ProductFault("render wrote no environment", result.stderr + result.stdout)
    return [
        Rendered(root.parent.name, root.name, root, read_root(root), position)
        for position, root in enumerate(roots)
        if settings.environment in (None, root.name)
    ]


def check_root(rendered: Rendered, engine: Engine, check: Check) -> bool:
    """Takes one environment through all steps with one engine and prints its summary line."""
    name = f"{rendered.name} {engine.name} {engine.version()}"
    begin = time.monotonic()
    try:
        summary = check(rendered, engine)
    except ProductFault as fault:
        report(fault, name)
        return False
    say(f"{name}: {summary}")
    print(f"{name}: {time.monotonic() - begin:.1f} s", file=sys.stderr, flush=True)
    return True


def plan_root(rendered: Rendered, engine: Engine, emulator: Emulator, settings: Settings) -> str:
    """Validates and plans on an empty account, and compares addresses."""
    work = settings.machine.cache / "work" / engine.name / rendered.platform / rendered.environment
    session = Session(engine, work, emulator, account_of(rendered.root))
    count = count_planned(rendered, session, settings.machine.project)
    if not settings.keep:
        shutil.rmtree(work)
    return f"validate clean, plan {count} to add"


def apply_root(rendered: Rendered, engine: Engine, settings: Settings) -> str:
    """Takes one environment through its whole life, on an emulator of its own."""
    with opened(rendered.folder, engine, settings.emulator, settings.machine) as stack:
        moto = settings.emulator == "moto"
        summary = lifetime.live(stack, looks_at(rendered, settings)) if moto else lifetime.use(stack)
        if not settings.keep:
            shutil.rmtree(stack.session.work)
    return summary


def looks_at(rendered: Rendered, settings: Settings) -> dict[str, lifetime.Look]:
    """What else the run looks at while an environment is there."""
    environments = settings.machine.environments
    looks: dict[str, lifetime.Look] = {
        "texts": lambda stack: texts.check(policy.planned_instances(stack.session.plan_json), environments)
    }
    if settings.policy:
        looks["scan"] = lambda stack: policy.check(rendered.name, stack.session, environments)
    return looks


def count_planned(rendered: Rendered, session: Session, project: Path) -> int:
    """Runs the engine on an empty account, compares addresses, and counts the instances to create."""
    session.emulator.reset()
    make_work_copy(rendered.folder, rendered.root, session.work, session.emulator)
    session.init()
    session.validate()
    fixtures.make_fixtures(rendered.root, session.emulator, session.account)
    planned = session.plan()
    addresses.require_only("create", planned)
    found = {addresses.without_instance_keys(address) for address in planned}
    golden = project / "tests" / "golden" / "addresses" / rendered.platform / f"{rendered.environment}.txt"
    addresses.require_equal(addresses.declared(rendered.root), found, "the rendered blocks", "the plan")
    addresses.require_equal(addresses.read_golden_list(golden), found, "the golden list", "the plan")
    return len(planned)
