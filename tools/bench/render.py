#!/usr/bin/env python3
"""Measures whole runs of `platgen render`: processor time and peak memory of the process.

    tools/bench/render.py [SPEC] [--runs N]

Renders into a fresh folder each time, verification and writing included, and prints the minimum, the median and the
maximum. Needs a release build: cargo build --release.
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
import tempfile
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]
SPEC = PROJECT / "examples" / "freelancer-platform" / "platform.toml"


def measure(binary: Path, spec: Path) -> tuple[float, float]:
    """Milliseconds of processor time and MiB of peak memory of one run."""
    with tempfile.TemporaryDirectory() as out:
        null = os.open(os.devnull, os.O_WRONLY)
        silent = [(os.POSIX_SPAWN_DUP2, null, 1), (os.POSIX_SPAWN_DUP2, null, 2)]
        command = [str(binary), "render", str(spec), "--out", out]
        child = os.posix_spawn(binary, command, os.environ, file_actions=silent)
        _, status, usage = os.wait4(child, 0)
        os.close(null)
    if status != 0:
        sys.exit(f"{' '.join(command)} ended with status {os.waitstatus_to_exitcode(status)}")
    return (usage.ru_utime + usage.ru_stime) * 1000, usage.ru_maxrss / 1024


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("spec", nargs="?", type=Path, default=SPEC)
    parser.add_argument("--runs", type=int, default=20)
    options = parser.parse_args()
    target = Path(os.environ.get("CARGO_TARGET_DIR", PROJECT / "target"))
    binary = target / "release" / "platgen"
    if not binary.is_file():
        sys.exit(f"{binary} is missing; build it: cargo build --release")
    runs = [measure(binary, options.spec) for _ in range(options.runs)]
    for name, unit, values in (("cpu", "ms", [run[0] for run in runs]), ("memory", "MiB", [run[1] for run in runs])):
        low, middle, high = min(values), statistics.median(values), max(values)
        print(f"{name}: {low:.1f} / {middle:.1f} / {high:.1f} {unit} (minimum / median / maximum of {len(values)} runs)")


if __name__ == "__main__":
    main()
