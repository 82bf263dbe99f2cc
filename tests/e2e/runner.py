"""The steps of the end-to-end run, in order: render, then per root and engine init, validate, plan, compare.

One line per root and engine goes to stdout, and one with the totals; everything else goes to stderr.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from . import addresses, fixtures, tools
from .configuration import Module, read_root
from .emulator import Emulator, clean_environment, running_emulator
from .engine import Engine, Session, write_configuration
from .faults import CannotRun, ProductFault
from .workcopy import account_of, make_work_copy


@dataclass(frozen=True)
class Settings:
    """What to run, and where things are."""

    project: Path
    """The folder with `examples` and `tests/golden`."""

    cache: Path
    """The folder for everything that the run makes."""

    product: Path
    """The platgen binary."""

    engines: tuple[str, ...] = tools.ENGINES
    examples: tuple[str, ...] = ()
    """Names of examples; none means all."""

    environment: str | None = None
    """The one environment to look at; none means all."""

    keep: bool = False
    """Whether the work copies of good runs stay as well."""


@dataclass(frozen=True)
class Rendered:
    """One rendered environment."""

    platform: str
    environment: str
    folder: Path
    root: Module

    @property
    def name(self) -> str:
        """The name in messages, such as `shop/dev`."""
        return f"{self.platform}/{self.environment}"


def run(settings: Settings) -> bool:
    """Runs everything and says whether all of it is good; raises `CannotRun` if it cannot."""
    begin = time.monotonic()
    examples = choose_examples(settings)
    engines = prepare_engines(settings)
    with running_emulator(settings.cache / "emulator.log") as emulator:
        verdicts = [verdict for example in examples for verdict in check_example(example, settings, engines, emulator)]
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
    folder = settings.project / "examples"
    found = {file.parent.name: file.parent for file in sorted(folder.glob("*/platform.toml"))}
    unknown = [name for name in settings.examples if name not in found]
    if unknown:
        raise CannotRun(f"no example {', '.join(unknown)}; there are: {', '.join(found) or 'none'}")
    if not found:
        raise CannotRun(f"no example with a platform.toml in {folder}")
    return [found[name] for name in settings.examples or found]


def prepare_engines(settings: Settings) -> list[Engine]:
    """Finds the engines and leads them to the providers of the mirror."""
    settings.cache.mkdir(parents=True, exist_ok=True)
    mirror = settings.cache / "mirror"
    configuration = settings.cache / "engine.tfrc"
    tools.link_mirror(tools.find_mirror(), mirror)
    write_configuration(configuration, mirror)
    return [Engine(name, tools.find_engine(name, settings.project), configuration) for name in settings.engines]


def check_example(example: Path, settings: Settings, engines: list[Engine], emulator: Emulator) -> Iterator[bool]:
    """Renders one example and checks each of its environments with each engine."""
    try:
        roots = render(example, settings)
    except ProductFault as fault:
        report(fault, example.name)
        yield False
        return
    for rendered in roots:
        for engine in engines:
            yield check_root(rendered, engine, settings, emulator)


def render(example: Path, settings: Settings) -> list[Rendered]:
    """Renders one example and finds the environments that are to be looked at."""
    out = settings.cache / "rendered" / example.name
    shutil.rmtree(out, ignore_errors=True)
    command = [str(settings.product), "render", str(example / "platform.toml"), "--out", str(out)]
    result = subprocess.run(command, env=clean_environment({}), capture_output=True, text=True, check=False)
    if result.returncode != 0:
        raise ProductFault(f"render ends with status {result.returncode}", result.stderr + result.stdout)
    roots = [file.parent for file in sorted(out.glob("*/*/main.tf.json"))]
    if not roots:
        raise ProductFault("render wrote no environment", result.stderr + result.stdout)
    wanted = [root for root in roots if settings.environment in (None, root.name)]
    return [Rendered(root.parent.name, root.name, root, read_root(root)) for root in wanted]


def check_root(rendered: Rendered, engine: Engine, settings: Settings, emulator: Emulator) -> bool:
    """Takes one environment through all steps with one engine and prints its summary line."""
    name = f"{rendered.name} {engine.name} {engine.version()}"
    work = settings.cache / "work" / engine.name / rendered.platform / rendered.environment
    begin = time.monotonic()
    try:
        count = count_planned(rendered, Session(engine, work, emulator, account_of(rendered.root)), settings.project)
    except ProductFault as fault:
        report(fault, name)
        return False
    say(f"{name}: validate clean, plan {count} to add")
    print(f"{name}: {time.monotonic() - begin:.1f} s", file=sys.stderr, flush=True)
    if not settings.keep:
        shutil.rmtree(work)
    return True


def count_planned(rendered: Rendered, session: Session, project: Path) -> int:
    """Runs the engine on an empty account, compares addresses, and counts the instances to create."""
    session.emulator.reset()
    make_work_copy(rendered.folder, rendered.root, session.work, session.emulator)
    session.init()
    session.validate()
    fixtures.make_fixtures(rendered.root, session.emulator, session.account)
    instances = addresses.planned(session.plan())
    found = {addresses.without_instance_keys(address) for address in instances}
    golden = project / "tests" / "golden" / "addresses" / rendered.platform / f"{rendered.environment}.txt"
    addresses.require_equal(addresses.declared(rendered.root), found, "the rendered blocks", "the plan")
    addresses.require_equal(addresses.read_golden_list(golden), found, "the golden list", "the plan")
    return len(instances)
