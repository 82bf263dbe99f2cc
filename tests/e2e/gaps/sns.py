"""What moto drops of SNS topics."""

from __future__ import annotations

from typing import Any

from moto.core.utils import camelcase_to_underscores
from moto.sns.responses import SNSResponse

PROTOCOLS = ("Application", "Firehose", "HTTP", "Lambda", "SQS")
SHOWN = (
    "ArchivePolicy",
    "SignatureVersion",
    "TracingConfig",
    *(f"{protocol}FailureFeedbackRoleArn" for protocol in PROTOCOLS),
    *(f"{protocol}SuccessFeedbackRoleArn" for protocol in PROTOCOLS),
    *(f"{protocol}SuccessFeedbackSampleRate" for protocol in PROTOCOLS),
)
"""Attributes that moto keeps and does not show.

https://docs.aws.amazon.com/sns/latest/api/API_SetTopicAttributes.html
"""


def patch() -> None:
    """Shows the attributes that a topic was given."""
    show = SNSResponse.get_topic_attributes

    def get_topic_attributes(self: Any) -> Any:
        answer: Any = show(self)
        topic = self.backend.get_topic(self._get_param("TopicArn"))
        kept = {name: getattr(topic, camelcase_to_underscores(name), None) for name in SHOWN}
        answer.result["Attributes"].update({name: value for name, value in kept.items() if value is not None})
        return answer

    SNSResponse.get_topic_attributes = get_topic_attributes
