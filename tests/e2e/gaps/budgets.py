"""What moto lacks of Budgets: tags, and who is told."""

from __future__ import annotations

from typing import Any

from moto.budgets.models import budgets_backends

from .registry import Params, fill, store


@fill("budgets", "DescribeSubscribersForNotification")
def describe_budget_subscribers(response: Any, params: Params) -> Params:
    backend = budgets_backends[response.current_account]["aws"]
    budget = backend.budgets[params["AccountId"]][params["BudgetName"]]
    wanted = params["Notification"]
    for notification in budget.notifications:
        details = notification.details
        same_type = details.get("NotificationType") == wanted["NotificationType"]
        if same_type and float(details.get("Threshold")) == float(wanted["Threshold"]):
            return {"Subscribers": notification.subscribers}
    return {"Subscribers": []}


@fill("budgets", "CreateBudget")
def keep_budget_tags(response: Any, params: Params) -> Any:
    store(response, "tags")[params["Budget"]["BudgetName"]] = params.get("ResourceTags", [])
    return NotImplemented


@fill("budgets", "ListTagsForResource")
def list_budget_tags(response: Any, params: Params) -> Params:
    return {"ResourceTags": store(response, "tags").get(params["ResourceARN"].split("/")[-1], [])}
