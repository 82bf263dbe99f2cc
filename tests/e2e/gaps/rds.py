"""What moto lacks or distorts of RDS."""

from __future__ import annotations

from typing import Any

from moto.rds.models import DBCluster, DBInstance

from .registry import Params, fill


@fill("rds", "DescribeDBParameters")
def describe_db_parameters(response: Any, params: Params) -> Params:
    """moto knows only what was set; the provider keeps those that are marked as such."""
    name = params["DBParameterGroupName"]
    groups = response.backend.describe_db_parameter_groups({"db_parameter_group_name": name})
    return {"Parameters": [{**item, "Source": "user"} for item in groups[0].parameters.values()]}


def patch() -> None:
    """No v1 scaling settings on a provisioned cluster, and Performance Insights as they were asked for."""
    scaling = DBCluster.scaling_configuration_info.fget
    create = DBInstance.__init__

    def init(self: Any, backend: Any, *args: Any, **settings: Any) -> None:
        create(self, backend, *args, **settings)
        self.performance_insights_enabled = settings.get("enable_performance_insights", False)
        self.performance_insights_kms_key_id = settings.get("performance_insights_kms_key_id")
        self.performance_insights_retention_period = settings.get("performance_insights_retention_period")

    DBInstance.__init__ = init
    DBCluster.scaling_configuration_info = property(lambda self: scaling(self) if self.scaling_configuration else None)
