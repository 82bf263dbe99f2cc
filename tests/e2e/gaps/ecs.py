"""What moto drops of ECS services."""

from __future__ import annotations

from typing import Any

from .registry import Params, fill, store

SETTINGS = {
    "availabilityZoneRebalancing": "availability_zone_rebalancing",
    "capacityProviderStrategy": "capacity_provider_strategy",
    "deploymentConfiguration": "deployment_configuration",
    "enableECSManagedTags": "enable_ecs_managed_tags",
    "enableExecuteCommand": "enable_execute_command",
    "healthCheckGracePeriodSeconds": "health_check_grace_period_seconds",
}
"""The attribute of moto's service for each setting of a request; moto itself keeps later updates."""


@fill("ecs", "CreateService")
def keep_service_settings(response: Any, params: Params) -> Any:
    cluster = params.get("cluster", "default").rpartition("/")[2]
    kept = {attribute: params[name] for name, attribute in SETTINGS.items() if name in params}
    if "capacity_provider_strategy" in kept:
        # A service with a strategy has no launch type; moto gives it one.
        kept["launch_type"] = None
    store(response, "services")[f"{cluster}:{params['serviceName']}"] = kept
    return NotImplemented


@fill("ecs", "DescribeServices")
def add_service_settings(response: Any, _params: Params) -> Any:
    """Puts the settings of the creation on moto's services, once each."""
    settings = store(response, "services")
    for name, service in response.ecs_backend.services.items():
        for attribute, value in settings.pop(name, {}).items():
            setattr(service, attribute, value)
    return NotImplemented
