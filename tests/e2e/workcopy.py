"""Makes the copy of a rendered root that the engines work in, with what the emulator asks for beside it.

platgen's own files stay as they are: the additions are an override file, which engines merge last, and a
file of variable values.
https://developer.hashicorp.com/terraform/language/files/override
"""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

from .configuration import Json, Module
from .emulator import DEFAULT_ACCOUNT, Emulator
from .faults import ProductFault

OVERRIDE_FILE = "platgen_e2e_override.tf.json"
VALUES_FILE = "platgen_e2e.auto.tfvars.json"


def make_work_copy(rendered: Path, root: Module, work: Path, emulator: Emulator) -> None:
    """Copies a rendered root and adds the two files."""
    if not root.providers:
        raise ProductFault('no provider "aws" block', f"{rendered} has none")
    shutil.rmtree(work, ignore_errors=True)
    shutil.copytree(rendered, work)
    account = account_of(root)
    write_json(work / OVERRIDE_FILE, override(root.providers, account, emulator))
    write_json(work / VALUES_FILE, variable_values(root.required_variables(), account))


def write_json(file: Path, content: Json) -> None:
    """Writes one JSON file."""
    file.write_text(json.dumps(content, indent=2) + "\n")


def account_of(root: Module) -> str:
    """The AWS account that the root is made for: the first one that its providers allow."""
    allowed = [root.resolve(provider.get("allowed_account_ids")) or [] for provider in root.providers]
    known = [root.resolve(account) for accounts in allowed for account in accounts]
    return next((str(account) for account in known if account is not None), DEFAULT_ACCOUNT)


def override(providers: list[Json], account: str, emulator: Emulator) -> Json:
    """Emulator credentials for every provider block, and state in a local file in place of any other.

    The settings are those of the provider's guide to custom endpoints.
    https://registry.terraform.io/providers/hashicorp/aws/5.100.0/docs/guides/custom-service-endpoints
    """
    settings: Json = {
        "access_key": emulator.access_key(account),
        "secret_key": emulator.secret_key,
        "max_retries": 2,
        "s3_use_path_style": True,
        "skip_credentials_validation": True,
        "skip_metadata_api_check": True,
        "skip_region_validation": True,
    }
    names = [{"alias": provider["alias"]} if "alias" in provider else {} for provider in providers]
    backend = {"local": {"path": "terraform.tfstate"}}
    return {"provider": {"aws": [{**name, **settings} for name in names]}, "terraform": {"backend": backend}}


def variable_values(required: dict[str, Json], account: str) -> Json:
    """A value for every root variable without a default; nobody else would hand one in."""
    return {name: variable_value(name, body.get("type", "string"), account) for name, body in required.items()}


def variable_value(name: str, declared_type: str, account: str) -> Any:
    """A value of the declared type, with the form that the variable's name promises."""
    if declared_type == "number":
        return 1
    if declared_type == "bool":
        return True
    if declared_type.startswith(("list", "set")):
        return []
    if declared_type.startswith(("map", "object")):
        return {}
    if name.endswith("_arn"):
        return f"arn:aws:secretsmanager:us-east-1:{account}:secret:{name}"
    return "sg-0123456789abcdef0" if name.endswith("security_group") else f"{name.replace('_', '-')}.example.com"
