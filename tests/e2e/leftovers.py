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
    expected = KEPT.get((service, kind_of(arn)))
    return expected is not None and expected(stack.client(service, region), arn)


def kind_of(arn: str) -> str:
    """The kind of thing that an ARN names, such as `key` or `cluster-snapshot`."""
    return arn.split(":", 5)[5].replace("/", ":").partition(":")[0]


def is_pending_key(kms: Any, arn: str) -> bool:
    """A key waits before it is deleted.

    https://docs.aws.amazon.com/kms/latest/developerguide/deleting-keys.html
    """
    return bool(kms.describe_key(KeyId=arn)["KeyMetadata"]["KeyState"] == "PendingDeletion")


def is_pending_secret(secretsmanager: Any, arn: str) -> bool:
    """A secret has a recovery window.

    https://docs.aws.amazon.com/secretsmanager/latest/userguide/manage_delete-secret.html
    """
    return "DeletedDate" in secretsmanager.describe_secret(SecretId=arn)


def is_final_snapshot(_rds: Any, _arn: str) -> bool:
    """The final snapshot of a database outlives it."""
    return True


def is_deleted_gateway(ec2: Any, arn: str) -> bool:
    """A deleted gateway is listed for about an hour.

    https://docs.aws.amazon.com/vpc/latest/userguide/nat-gateway-working-with.html
    """
    found = ec2.describe_nat_gateways(NatGatewayIds=[arn.rpartition("/")[2]])["NatGateways"]
    return all(gateway["State"] == "deleted" for gateway in found)


def is_inactive_cluster(ecs: Any, arn: str) -> bool:
    """A deleted cluster can be described for a while.

    https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DeleteCluster.html
    """
    return all(cluster["status"] == "INACTIVE" for cluster in ecs.describe_clusters(clusters=[arn])["clusters"])


def is_inactive_service(ecs: Any, arn: str) -> bool:
    """A deleted service can be described for a while.

    https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DeleteService.html
    """
    found = ecs.describe_services(cluster=arn.split("/")[1], services=[arn])["services"]
    return all(service["status"] == "INACTIVE" for service in found)


def is_inactive_task_definition(ecs: Any, arn: str) -> bool:
    """A deregistered task definition stays, inactive.

    https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DeregisterTaskDefinition.html
    """
    return bool(ecs.describe_task_definition(taskDefinition=arn)["taskDefinition"]["status"] == "INACTIVE")


KEPT: dict[tuple[str, str], Callable[[Any, str], bool]] = {
    ("ec2", "natgateway"): is_deleted_gateway,
    ("ecs", "cluster"): is_inactive_cluster,
    ("ecs", "service"): is_inactive_service,
    ("ecs", "task-definition"): is_inactive_task_definition,
    ("kms", "key"): is_pending_key,
    ("rds", "cluster-snapshot"): is_final_snapshot,
    ("rds", "snapshot"): is_final_snapshot,
    ("secretsmanager", "secret"): is_pending_secret,
}
"""What a destruction leaves on purpose, by service and kind: whether one is in the state in which AWS keeps it."""
