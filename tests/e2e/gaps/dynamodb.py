"""What moto lacks of DynamoDB: contributor insights."""

from __future__ import annotations

from typing import Any

from .registry import Params, fill, store


@fill("dynamodb", "UpdateContributorInsights")
def update_contributor_insights(response: Any, params: Params) -> Params:
    action = params["ContributorInsightsAction"]
    store(response, "insights")[params["TableName"]] = action
    return {"TableName": params["TableName"], "ContributorInsightsStatus": f"{action}D"}


@fill("dynamodb", "DescribeContributorInsights")
def describe_contributor_insights(response: Any, params: Params) -> Params:
    action = store(response, "insights").get(params["TableName"], "DISABLE")
    return {"TableName": params["TableName"], "ContributorInsightsStatus": f"{action}D"}
