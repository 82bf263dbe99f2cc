"""What moto drops of ECS services."""

from __future__ import annotations

from typing import Any

from .registry import Params, fill, store

ECS_SETTINGS = {
    "availabilityZoneRebalancing": "availability_zone_rebalancing",
    "enableExecuteCommand": "enable_execute_command",
    "healthCheckGracePeriodSeconds": "health_check_grace_period_seconds",
    "deploymentConfiguration": "deployment_configuration",
    "enableECSManagedTags": "enable_ecs_managed_tags",
}


@fill("ecs", "CreateService")
def keep_service_settings(response: Any, params: Params) -> Any:
    store(response, "services")[params["serviceName"]] = {
        attribute: params[name] for name, attribute in ECS_SETTINGS.items() if name in params
    }
    return NotImplemented


@fill("ecs", "DescribeServices")
def add_service_settings(response: Any, _params: Params) -> Any:
    """Put the settings of creation on moto's services, once each; moto itself keeps later updates."""
    settings = store(response, "services")
    for service in response.ecs_backend.services.values():
        for attribute, value in settings.pop(service.name, {}).items():
            setattr(service, attribute, value)
    return NotImplemented
