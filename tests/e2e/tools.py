"""Finds what the run needs on this machine: engines, the provider mirror and the platgen binary."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Mapping
from pathlib import Path

from .faults import CannotRun

ENGINES = ("terraform", "tofu")
"""The engines that the product supports, by the name of their program."""

REGISTRY_HOSTS = ("registry.terraform.io", "registry.opentofu.org")
"""Each engine looks for `hashicorp/aws` under the host of its own registry."""

MIRROR_VARIABLE = "PLATGEN_PROVIDER_MIRROR"
MIRROR_PLACES = (
    "~/.terraform.d/plugins",
    "/usr/local/share/terraform/plugins",
    "/usr/share/terraform/plugins",
    "/opt/tf-plugins",
)
"""Where engines look for providers by themselves, and where container images often keep them.

https://developer.hashicorp.com/terraform/cli/config/config-file#implied-local-mirror-directories
"""

BINARY_VARIABLE = "PLATGEN_BIN"


def find_engine(name: str, project: Path) -> Path:
    """The program of an engine: from PATH, and OpenTofu else from where tools/tofu/build puts it."""
    found = shutil.which(name)
    if found is not None:
        return Path(found).absolute()
    built = project / "target" / "tools" / name
    if name == "tofu" and built.is_file():
        return built
    remedy = "run tools/tofu/build, or put it there" if name == "tofu" else "put it there"
    raise CannotRun(f"{name} is not on PATH; {remedy}")


def find_product(project: Path, environment: Mapping[str, str] = os.environ) -> Path:
    """The platgen binary: the one named by PLATGEN_BIN, else the release build."""
    given = environment.get(BINARY_VARIABLE)
    binary = Path(given).absolute() if given else project / "target" / "release" / "platgen"
    if not os.access(binary, os.X_OK):
        raise CannotRun(f"{binary} is no program; run cargo build --release, or set {BINARY_VARIABLE}")
    return binary


def mirror_candidates(environment: Mapping[str, str]) -> list[str]:
    """The folders that may hold providers, best first. A folder named by the variable is the only one."""
    given = environment.get(MIRROR_VARIABLE)
    if given:
        return [given]
    configuration = Path(environment.get("TF_CLI_CONFIG_FILE", ""))
    named = re.findall(r'\bpath\s*=\s*"([^"]+)"', configuration.read_text()) if configuration.is_file() else []
    return [*named, *MIRROR_PLACES]


def find_mirror(environment: Mapping[str, str] = os.environ) -> Path:
    """The folder with the AWS provider, laid out as HOST/NAMESPACE/TYPE/..."""
    candidates = mirror_candidates(environment)
    for candidate in candidates:
        folder = Path(candidate).expanduser().absolute()
        if any((folder / host / "hashicorp" / "aws").is_dir() for host in REGISTRY_HOSTS):
            return folder
    raise CannotRun(f"no provider mirror with hashicorp/aws in {', '.join(candidates)}; set {MIRROR_VARIABLE}")


def link_mirror(mirror: Path, target: Path) -> None:
    """Shows every provider of the mirror under both registry hosts, so that either engine finds it.

    Unpacked providers (VERSION/PLATFORM folders) and zip files are linked one by one, because engines
    do not follow links higher up in the tree. The first mirror host that has a provider wins.
    """
    links: dict[Path, Path] = {}
    for host in REGISTRY_HOSTS:
        for item in sorted(mirror.glob(f"{host}/*/*/*")):
            for entry in sorted(item.iterdir()) if item.is_dir() else [item]:
                for shown in REGISTRY_HOSTS:
                    links.setdefault(target / shown / entry.relative_to(mirror / host), entry.resolve())
    for link, entry in links.items():
        put_link(link, entry)


def put_link(link: Path, entry: Path) -> None:
    """Makes a link, or changes it in one step: another run may be using it."""
    if link.is_symlink() and link.readlink() == entry:
        return
    link.parent.mkdir(parents=True, exist_ok=True)
    fresh = link.with_name(f"{link.name}.{os.getpid()}")
    fresh.symlink_to(entry)
    fresh.replace(link)
