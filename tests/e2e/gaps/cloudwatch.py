"""What moto lacks of CloudWatch: composite alarms."""

from __future__ import annotations

from typing import Any

from .registry import Params, fill


@fill("cloudwatch", "PutCompositeAlarm")
def put_composite_alarm(response: Any, params: Params) -> Params:
    """moto keeps composite alarms as metric alarms with a rule; only the API call is missing."""
    response.cloudwatch_backend.put_metric_alarm(
        name=params["AlarmName"],
        namespace=None,
        metric_name=None,
        metric_data_queries=None,
        comparison_operator=None,
        evaluation_periods=None,
        period=None,
        threshold=None,
        statistic=None,
        description=params.get("AlarmDescription"),
        dimensions=[],
        alarm_actions=params.get("AlarmActions", []),
        ok_actions=params.get("OKActions", []),
        insufficient_data_actions=params.get("InsufficientDataActions", []),
        actions_enabled=params.get("ActionsEnabled", True),
        rule=params["AlarmRule"],
        tags=params.get("Tags"),
    )
    return {}
