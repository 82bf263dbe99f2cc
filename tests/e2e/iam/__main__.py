"""The command line of the proof. Exit status: 0 good, 1 the product is at fault, 2 it cannot run."""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import time
import tomllib
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from .. import tools
from ..configuration import Json
from ..emulator import clean_environment
from ..faults import CannotRun, ProductFault
from ..runner import Rendered, Settings, render, rendering, say
from ..stack import Machine, this_machine
from . import entrance, groups, rights
from .documents import HERE, evaluate
from .proof import Proof, Verdict
from .simulator import Simulator, installed
from .stars import Stars

EVERY_VERB = "every-verb"
"""The platform beside this file that has every verb of every kind; it is no example."""


def main() -> int:
    """Proves every root that the command line asks for."""
    parser = argparse.ArgumentParser(prog="tests/e2e/iam/run", description="Prove least privilege of rendered roots.")
    parser.add_argument("--example", action="append", default=[], metavar="NAME", help=f"folder of examples/, or {EVERY_VERB}")
    parser.add_argument("--environment", metavar="NAME", help="the one environment to look at (default: all)")
    parser.add_argument("--engine", choices=tools.ENGINES, default="terraform", help="evaluates the policies")
    options = parser.parse_args()
    # A folder of its own: this may run beside another end-to-end run.
    machine = Machine(this_machine().project, this_machine().cache / "iam")
    try:
        good = prove(machine, options.example, options.environment, options.engine)
    except CannotRun as problem:
        print(f"tests/e2e/iam: {problem}", file=sys.stderr)
        return 2
    except ProductFault as fault:
        say(f"iam: FAILED, {fault}")
        print(fault.details, file=sys.stderr)
        return 1
    return 0 if good else 1


def prove(machine: Machine, examples: list[str], environment: str | None, engine: str) -> bool:
    """Renders the specs, has the engine evaluate all policies at once, and asks the simulator about each root."""
    begin = time.monotonic()
    settings = Settings(machine, tools.find_product(machine.project), environment=environment)
    specs = find_specs(machine.project, examples)
    folder = installed(machine.cache)
    with rendering(settings) as out:
        roots = [(spec, rendered) for spec in specs for rendered in render(spec, out / spec.name, settings)]
    facts = evaluate({rendered.name: rendered.root for _, rendered in roots}, machine.engine(engine), machine.cache / "root")
    stars = Stars()
    proofs = [
        Proof(graph_of(spec, rendered, settings), found, Simulator(folder, found.account), stars)
        for spec, rendered in roots
        for found in [facts[rendered.name]]
    ]
    with ThreadPoolExecutor(max_workers=2) as pool:
        told = zip(roots, proofs, pool.map(Proof.verdict, proofs), strict=True)
        verdicts = [check(rendered, proof, verdict) for (_, rendered), proof, verdict in told]
    wrong = stars.wrong(Simulator(folder, "")) + stars.missing(tomllib.loads(rights.ENTRIES.read_text())["entry"])
    # Only all roots together need every entry.
    wrong += [] if examples or environment else [*stars.unused(), *unused(proofs)]
    for line in wrong:
        say(f"iam: FAILED, {line}")
    say(f"iam: {sum(verdicts)} of {len(verdicts)} good, {time.monotonic() - begin:.0f} s")
    return all(verdicts) and not wrong


def find_specs(project: Path, names: list[str]) -> list[Path]:
    """The folders of the specs to prove: all examples and the one that has every verb, or those that are named."""
    found = {file.parent.name: file.parent for file in sorted((project / "examples").glob("*/platform.toml"))}
    found[EVERY_VERB] = Path(__file__).parent / EVERY_VERB
    unknown = [name for name in names if name not in found]
    if unknown:
        raise CannotRun(f"no spec {', '.join(unknown)}; there are: {', '.join(found)}")
    return [found[name] for name in names or found]


def graph_of(spec: Path, rendered: Rendered, settings: Settings) -> Json:
    """What platgen says of the edges of a root."""
    command = [str(settings.product), "graph", str(spec / "platform.toml"), "-e", rendered.environment, "--format", "json"]
    result = subprocess.run(command, env=clean_environment({}), capture_output=True, text=True, check=False)
    if result.returncode != 0:
        raise ProductFault(f"graph ends with status {result.returncode}", result.stderr + result.stdout)
    graph: Json = json.loads(result.stdout)
    return graph


def unused(proofs: list[Proof]) -> list[str]:
    """The entries of both files that speak of nothing in any root."""
    known = [rights.told(entry) for entry in tomllib.loads(rights.ENTRIES.read_text())["entry"]]
    known += [entrance.told(entry) for entry in tomllib.loads((HERE / "doors.toml").read_text())["door"]]
    used = {line for proof in proofs for line in proof.rights.used | proof.entrance.used}
    return [f"{line}: no root has anything of the kind" for line in sorted(set(known) - used)]


def check(rendered: Rendered, proof: Proof, verdict: Verdict) -> bool:
    """Compares the groups of one root as well, and prints its summary line."""
    rules, wrong_rules = groups.compare(proof.graph, rendered.root)
    details = [*verdict.faults, *verdict.unexplained, *wrong_rules]
    say(f"{rendered.name} iam: {'FAILED, ' if details else ''}{verdict}; {rules} rules of security groups as the graph has them")
    for line in details:
        print(f"  {line}", file=sys.stderr, flush=True)
    return not details


if __name__ == "__main__":
    sys.exit(main())
