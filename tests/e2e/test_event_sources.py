"""Tests of queues that feed functions, and of what people receive, on moto with its gaps filled."""

import io
import json
import unittest
import zipfile
from typing import Any

from .on_moto import ACCOUNT, OnMoto
from .rows import wait_for

FUNCTION = """
exports.handler = async (event) => ({
  batchItemFailures: event.Records
    .filter((record) => record.messageAttributes.mood.stringValue === 'bad')
    .map((record) => ({ itemIdentifier: record.messageId })),
});
"""


class Deliveries(OnMoto):
    def outbox(self) -> list[dict[str, Any]]:
        """What people received."""
        assert self.emulator.outbox is not None
        return [json.loads(line) for line in self.emulator.outbox.read_text().splitlines()]

    def function(self) -> str:
        """A function that gives back messages in a bad mood."""
        archive = io.BytesIO()
        with zipfile.ZipFile(archive, "w") as content:
            content.writestr("index.js", FUNCTION)
        self.client("iam").create_role(RoleName="moody", AssumeRolePolicyDocument="{}")
        made = self.client("lambda").create_function(
            FunctionName="moody",
            Runtime="nodejs22.x",
            Handler="index.handler",
            Role=f"arn:aws:iam::{ACCOUNT}:role/moody",
            Code={"ZipFile": archive.getvalue()},
        )
        return str(made["FunctionArn"])

    def test_what_a_function_gives_back_ends_as_a_dead_letter(self) -> None:
        sqs = self.client("sqs")

        def queue(name: str, **attributes: str) -> tuple[str, str]:
            url = sqs.create_queue(QueueName=name, Attributes=attributes)["QueueUrl"]
            found = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]
            return url, found["QueueArn"]

        dead, dead_arn = queue("dead")
        redrive = json.dumps({"deadLetterTargetArn": dead_arn, "maxReceiveCount": 2})
        source, source_arn = queue("source", VisibilityTimeout="1", RedrivePolicy=redrive)
        self.client("lambda").create_event_source_mapping(
            EventSourceArn=source_arn, FunctionName=self.function(), FunctionResponseTypes=["ReportBatchItemFailures"]
        )
        for mood in ("good", "bad"):
            attributes = {"mood": {"DataType": "String", "StringValue": mood}}
            sqs.send_message(QueueUrl=source, MessageBody=mood, MessageAttributes=attributes)
        [letter] = wait_for(lambda: sqs.receive_message(QueueUrl=dead).get("Messages"), "a dead letter")
        self.assertEqual("bad", letter["Body"])
        assert self.emulator.invocations is not None
        calls = [json.loads(line)["payload"] for line in self.emulator.invocations.read_text().splitlines()]
        bodies = [record["body"] for call in calls for record in json.loads(call)["Records"]]
        self.assertEqual(["bad", "bad", "good"], sorted(bodies))

    def test_a_mail_is_rendered_from_its_template_or_not_sent(self) -> None:
        mail = self.client("sesv2")
        self.client("ses").create_template(
            Template={"TemplateName": "hi", "SubjectPart": "Hi {{name}}", "TextPart": "{{ to.place }}", "HtmlPart": ""}
        )
        mail.create_email_identity(EmailIdentity="example.com")

        def send(sender: str, template: str, data: dict[str, Any]) -> None:
            content = {"Template": {"TemplateName": template, "TemplateData": json.dumps(data)}}
            destination = {"ToAddresses": ["ann@example.org"]}
            mail.send_email(FromEmailAddress=sender, Destination=destination, Content=content)

        send("me@example.com", "hi", {"name": "Ann", "to": {"place": "Rome"}})
        send("me@example.com", "hi", {"name": "Ann"})
        good, failure = self.outbox()
        self.assertEqual(("ann@example.org", "Hi Ann", "Rome"), (good["to"], good["subject"], good["text"]))
        self.assertEqual(("rendering-failure", "to.place"), (failure["channel"], failure["missing"]))
        with self.assertRaises(mail.exceptions.MessageRejected):
            send("me@elsewhere.org", "hi", {})
        with self.assertRaises(mail.exceptions.NotFoundException):
            send("me@example.com", "unknown", {})

    def test_people_receive_what_their_filter_lets_through(self) -> None:
        sns = self.client("sns")
        topic = sns.create_topic(Name="news")["TopicArn"]
        sns.subscribe(TopicArn=topic, Protocol="email", Endpoint="ann@example.org")
        only = {"FilterPolicy": json.dumps({"kind": ["urgent"]})}
        sns.subscribe(TopicArn=topic, Protocol="sms", Endpoint="+13125550100", Attributes=only)
        for kind in ("usual", "urgent"):
            attributes = {"kind": {"DataType": "String", "StringValue": kind}}
            sns.publish(TopicArn=topic, Message=kind, MessageAttributes=attributes)
        received = sorted((said["channel"], said["text"]) for said in self.outbox())
        self.assertEqual([("email", "urgent"), ("email", "usual"), ("sms", "urgent")], received)


if __name__ == "__main__":
    unittest.main()
