"""What moto lacks or distorts of RDS."""

from __future__ import annotations

from typing import Any

from moto.rds.models import DBCluster, DBInstance, RDSBackend

from .registry import Params, fill

CLUSTER_SETTINGS = (
    "database_insights_mode",
    "engine_lifecycle_support",
    "performance_insights_kms_key_id",
    "performance_insights_retention_period",
)
"""What answers show under the name that requests have."""


@fill("rds", "DescribeDBParameters")
def describe_db_parameters(response: Any, params: Params) -> Params:
    """moto knows only what was set; the provider keeps those that are marked as such."""
    name = params["DBParameterGroupName"]
    groups = response.backend.describe_db_parameter_groups({"db_parameter_group_name": name})
    return {"Parameters": [{**item, "Source": "user"} for item in groups[0].parameters.values()]}


def patch() -> None:
    """Applies all corrections."""
    delete_automated_snapshots()
    keep_cluster_settings()
    keep_instance_settings()


def delete_automated_snapshots() -> None:
    """The automated snapshots of a cluster go with it; moto leaves them.

    https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_DeleteDBCluster.html
    """
    delete = RDSBackend.delete_db_cluster

    def delete_db_cluster(self: Any, cluster_identifier: str, snapshot_name: str | None = None) -> Any:
        cluster = delete(self, cluster_identifier, snapshot_name)
        automated = f"rds:{cluster.db_cluster_identifier}-"
        for name in [name for name in self.cluster_snapshots if name.startswith(automated)]:
            del self.cluster_snapshots[name]
        return cluster

    RDSBackend.delete_db_cluster = delete_db_cluster


def keep_cluster_settings() -> None:
    """Keeps what moto drops of a cluster, and shows no v1 scaling settings on a provisioned one."""
    create = DBCluster.__init__
    scaling: Any = DBCluster.scaling_configuration_info.fget  # type: ignore[attr-defined]

    def init(self: Any, *arguments: Any, **settings: Any) -> None:
        create(self, *arguments, **settings)
        self.enable_performance_insights = settings.get("enable_performance_insights", False)
        for name in CLUSTER_SETTINGS:
            setattr(self, name, settings.get(name))

    DBCluster.__init__ = init
    DBCluster.performance_insights_enabled = property(lambda self: self.enable_performance_insights)
    DBCluster.scaling_configuration_info = property(lambda self: scaling(self) if self.scaling_configuration else None)


def keep_instance_settings() -> None:
    """Keeps what moto drops of an instance: Performance Insights as they were asked for."""
    create = DBInstance.__init__

    def init(self: Any, backend: Any, *arguments: Any, **settings: Any) -> None:
        create(self, backend, *arguments, **settings)
        self.performance_insights_enabled = settings.get("enable_performance_insights", False)
        self.performance_insights_kms_key_id = settings.get("performance_insights_kms_key_id")
        self.performance_insights_retention_period = settings.get("performance_insights_retention_period")

    DBInstance.__init__ = init
