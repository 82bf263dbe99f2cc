"""Says what an applied alarm makes of the metrics of queues: moto keeps alarms and evaluates none.

The value is what the queue that the alarm's dimensions name has at this moment, as SQS itself would report it; one
value stands for all the periods that the alarm looks at.
https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-evaluation.html
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any

from .stack import Stack

COMPARISONS: dict[str, Callable[[float, float], bool]] = {
    "GreaterThanOrEqualToThreshold": operator.ge,
    "GreaterThanThreshold": operator.gt,
    "LessThanThreshold": operator.lt,
    "LessThanOrEqualToThreshold": operator.le,
}
ATTRIBUTES = {
    "ApproximateNumberOfMessagesVisible": "ApproximateNumberOfMessages",
    "ApproximateNumberOfMessagesNotVisible": "ApproximateNumberOfMessagesNotVisible",
}
"""The attribute of a queue that a metric reports.

https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-available-cloudwatch-metrics.html
"""


def of_queue(stack: Stack, queue: str, metric: str) -> list[dict[str, Any]]:
    """The applied alarms on a metric of a queue."""
    pages = stack.client("cloudwatch").get_paginator("describe_alarms").paginate()
    alarms = [alarm for page in pages for alarm in page["MetricAlarms"]]
    dimensions = [{"Name": "QueueName", "Value": queue}]
    return [
        alarm
        for alarm in alarms
        if (alarm.get("Namespace"), alarm.get("MetricName")) == ("AWS/SQS", metric)
        and alarm["Dimensions"] == dimensions
    ]


def fires(stack: Stack, alarm: dict[str, Any]) -> bool:
    """Whether the present state of the alarm's queue is one that it tells of."""
    sqs = stack.client("sqs")
    [dimension] = alarm["Dimensions"]
    url = sqs.get_queue_url(QueueName=dimension["Value"])["QueueUrl"]
    name = ATTRIBUTES[alarm["MetricName"]]
    value = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=[name])["Attributes"][name]
    return COMPARISONS[alarm["ComparisonOperator"]](float(value), float(alarm["Threshold"]))
