"""What an emulator has after a destruction that it did not have before the apply.

The engine's empty state says that it forgot everything; this asks the account itself, by the API that lists
resources of all services. https://docs.aws.amazon.com/resourcegroupstagging/latest/APIReference/API_GetResources.html
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .stack import Stack


def listed(stack: Stack) -> set[str]:
    """The ARNs of everything that the account lists, in all regions of the root."""
    found: set[str] = set()
    for region in stack.regions:
        pages = stack.client("resourcegroupstaggingapi", region).get_paginator("get_resources").paginate()
        found.update(item["ResourceARN"] for page in pages for item in page["ResourceTagMappingList"])
    return found


def left(stack: Stack, before: set[str]) -> tuple[list[str], list[str]]:
    """What is left, sorted: what AWS itself keeps for a while or on request, and what should be gone."""
    found = sorted(listed(stack) - before)
    kept = [arn for arn in found if is_kept(stack, arn)]
    return kept, [arn for arn in found if arn not in kept]


def is_kept(stack: Stack, arn: str) -> bool:
    """Whether a destruction is meant to leave this behind."""
    service, region = arn.split(":")[2:4]
    return any(expected(stack.client(service, region), arn) for expected in KEPT.get(service, ()))


def is_pending_key(kms: Any, arn: str) -> bool:
    """A key waits before it is deleted: https://docs.aws.amazon.com/kms/latest/developerguide/deleting-keys.html"""
    return ":key/" in arn and kms.describe_key(KeyId=arn)["KeyMetadata"]["KeyState"] == "PendingDeletion"


def is_pending_secret(secretsmanager: Any, arn: str) -> bool:
    """A secret has a recovery window: https://docs.aws.amazon.com/secretsmanager/latest/userguide/manage_delete-secret.html"""
    return "DeletedDate" in secretsmanager.describe_secret(SecretId=arn)


def is_snapshot(_rds: Any, arn: str) -> bool:
    """A database's final snapshot outlives it."""
    return arn.split(":")[5] in ("cluster-snapshot", "snapshot")


KEPT: dict[str, tuple[Callable[[Any, str], bool], ...]] = {
    "kms": (is_pending_key,),
    "secretsmanager": (is_pending_secret,),
    "rds": (is_snapshot,),
}
"""What a destruction leaves on purpose, by the service in the ARN."""
