"""What moto drops of SNS topics, and of what they send to people."""

from __future__ import annotations

from typing import Any

from moto.core.utils import camelcase_to_underscores
from moto.sns.models import Subscription
from moto.sns.responses import SNSResponse

from .. import outbox

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


PERSONAL = {"email": "email", "email-json": "email", "sms": "sms"}
"""The protocols by which a topic reaches people, and the way of each."""


def patch() -> None:
    """Applies all corrections."""
    show_attributes()
    reach_people()


def reach_people() -> None:
    """What a topic sends to people goes to the outbox; moto drops it."""
    publish_by_moto = Subscription.publish

    def publish(self: Any, message: str, message_id: str, **more: Any) -> None:
        attributes, subject = more.get("message_attributes"), more.get("subject")
        matcher = self._filter_policy_matcher
        if self.protocol not in PERSONAL:
            publish_by_moto(self, message, message_id, **more)
        elif matcher is None or matcher.matches(attributes, message):
            outbox.put(PERSONAL[self.protocol], self.endpoint, topic=self.topic.arn, subject=subject, text=message)

    Subscription.publish = publish


def show_attributes() -> None:
    """Shows the attributes that a topic was given."""
    show = SNSResponse.get_topic_attributes

    def get_topic_attributes(self: Any) -> Any:
        answer: Any = show(self)
        topic = self.backend.get_topic(self._get_param("TopicArn"))
        kept = {name: getattr(topic, camelcase_to_underscores(name), None) for name in SHOWN}
        answer.result["Attributes"].update({name: value for name, value in kept.items() if value is not None})
        return answer

    SNSResponse.get_topic_attributes = get_topic_attributes
