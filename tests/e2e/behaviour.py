"""Uses what is applied: one check per resource, chosen by resource type, through the AWS SDK.

The checks know nothing about a particular platform. They read the state, use every resource as an application
would, and say what did not work. What an application means by a queue or a workflow is for its own tests.
"""

from __future__ import annotations

import json
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from .configuration import Json
from .rows import Failed, wait_for, want
from .stack import Stack

Values = dict[str, Any]
Check = Callable[["Applied", Values], None]
CHECKS: dict[str, Check] = {}
BROKEN_HANDLER = ("Runtime.ImportModuleError", "Runtime.HandlerNotFound", "Runtime.Unsupported")
MISSES_INPUT = "could not be found in the input"
"""What an interpreter of workflows says of a path that its input lacks."""

WAIT_SECONDS = 15
PAUSE_SECONDS = 0.3


class NotApplicable(Exception):
    """This resource cannot be checked from outside."""


@dataclass(frozen=True)
class Result:
    """One check on one resource; `problem` is empty if it held."""

    address: str
    problem: str


@dataclass(frozen=True)
class Applied:
    """The applied resources, read from the state once, and clients for them."""

    stack: Stack
    resources: list[Json]
    mark: str = field(default_factory=lambda: uuid.uuid4().hex[:8])
    """What this run writes into keys and messages, so that it finds only its own."""

    def client(self, service: str, values: Values) -> Any:
        """A client for the region of the resource, if its ARN names one."""
        parts = (values.get("arn") or "").split(":")
        return self.stack.client(service, parts[3] if len(parts) > 5 and parts[3] else None)

    def of_type(self, kind: str) -> list[Values]:
        """The values of all resources of a type."""
        return [item["values"] for item in self.resources if item["type"] == kind]

    @cached_property
    def consumed_queues(self) -> set[str]:
        """The ARNs of queues that a function's mapping or a pipe empties."""
        mappings = {values["event_source_arn"] for values in self.of_type("aws_lambda_event_source_mapping")}
        return mappings | {values["source"] for values in self.of_type("aws_pipes_pipe")}


def run(stack: Stack) -> list[Result]:
    """All checks that apply to the resources of a stack."""
    applied = Applied(stack, stack.resources)
    found = (check_resource(applied, item) for item in applied.resources)
    return [result for result in found if result is not None]


def check_resource(applied: Applied, item: Json) -> Result | None:
    """The result of the check of one resource, or None if there is none for it."""
    function = CHECKS.get(item["type"])
    if function is None:
        return None
    try:
        function(applied, item["values"])
    except NotApplicable:
        return None
    except Exception as error:  # an SDK error is a failed check like any other
        return Result(item["address"], f"{type(error).__name__}: {error}")
    return Result(item["address"], "")


def check(kind: str) -> Callable[[Check], Check]:
    """Register the check of a resource type."""

    def register(function: Check) -> Check:
        CHECKS[kind] = function
        return function

    return register


@check("aws_dynamodb_table")
def table_keeps_items(applied: Applied, values: Values) -> None:
    """Write an item, read it back, find it by the key of every index, delete it."""
    dynamodb = applied.client("dynamodb", values)
    name = values["name"]
    samples = {"S": f"platgen-{applied.mark}", "N": "1", "B": b"platgen"}
    item = {field["name"]: {field["type"]: samples[field["type"]]} for field in values["attribute"]}
    key = {field: item[field] for field in (values["hash_key"], values["range_key"]) if field}
    dynamodb.put_item(TableName=name, Item=item)
    want(dynamodb.get_item(TableName=name, Key=key).get("Item") == item, "the item is not read back")
    for index in values["global_secondary_index"]:
        found = dynamodb.query(
            TableName=name,
            IndexName=index["name"],
            KeyConditionExpression="#h = :h",
            ExpressionAttributeNames={"#h": index["hash_key"]},
            ExpressionAttributeValues={":h": item[index["hash_key"]]},
        )
        want(found["Count"] >= 1, f"index {index['name']} does not find the item")
    dynamodb.delete_item(TableName=name, Key=key)


def receive(applied: Applied, values: Values, text: str) -> None:
    """Wait for a message that contains the text, and take it off the queue."""
    sqs = applied.client("sqs", values)

    def ask() -> bool:
        found = sqs.receive_message(QueueUrl=values["url"], MaxNumberOfMessages=10, WaitTimeSeconds=1)
        for message in found.get("Messages", []):
            if text in message["Body"]:
                sqs.delete_message(QueueUrl=values["url"], ReceiptHandle=message["ReceiptHandle"])
                return True
        return False

    wait_for(ask, f"a message with {text} comes to {values['name']}", WAIT_SECONDS)


@check("aws_sqs_queue")
def queue_delivers(applied: Applied, values: Values) -> None:
    """Send a message and receive it, unless something else empties the queue."""
    if values["arn"] in applied.consumed_queues:
        raise NotApplicable
    body = f"queue-{applied.mark}"
    extra = {"MessageGroupId": "platgen", "MessageDeduplicationId": body} if values["fifo_queue"] else {}
    applied.client("sqs", values).send_message(QueueUrl=values["url"], MessageBody=body, **extra)
    receive(applied, values, body)


def matching_attributes(policy: dict[str, Any]) -> dict[str, Any] | None:
    """Message attributes that satisfy a filter policy of plain strings; None for any other policy."""
    if not all(rule and isinstance(rule[0], str) for rule in policy.values()):
        return None
    return {name: {"DataType": "String", "StringValue": rule[0]} for name, rule in policy.items()}


@check("aws_sns_topic_subscription")
def subscription_delivers(applied: Applied, values: Values) -> None:
    """A message that the filter lets through arrives in the subscribed queue."""
    queues = {queue["arn"]: queue for queue in applied.of_type("aws_sqs_queue")}
    queue = queues.get(values["endpoint"])
    attributes = matching_attributes(json.loads(values.get("filter_policy") or "{}"))
    if queue is None or attributes is None or queue["arn"] in applied.consumed_queues:
        raise NotApplicable
    sns = applied.client("sns", values)
    sns.publish(TopicArn=values["topic_arn"], Message=f"kept-{applied.mark}", MessageAttributes=attributes)
    receive(applied, queue, f"kept-{applied.mark}")


@check("aws_s3_bucket")
def bucket_keeps_objects(applied: Applied, values: Values) -> None:
    s3 = applied.client("s3", values)
    name, key = values["bucket"], f"platgen/{applied.mark}.txt"
    version = s3.put_object(Bucket=name, Key=key, Body=b"platgen").get("VersionId")
    want(s3.get_object(Bucket=name, Key=key)["Body"].read() == b"platgen", "the object is not read back")
    s3.delete_object(Bucket=name, Key=key, **({"VersionId": version} if version else {}))


@check("aws_kinesis_stream")
def stream_keeps_records(applied: Applied, values: Values) -> None:
    """Put a record in, and read it back from its shard, encrypted under the key of the state."""
    kinesis = applied.client("kinesis", values)
    name, data = values["name"], f"stream-{applied.mark}".encode()
    put = kinesis.put_record(StreamName=name, PartitionKey=applied.mark, Data=data)
    iterator = kinesis.get_shard_iterator(
        StreamName=name,
        ShardId=put["ShardId"],
        ShardIteratorType="AT_SEQUENCE_NUMBER",
        StartingSequenceNumber=put["SequenceNumber"],
    )
    records = kinesis.get_records(ShardIterator=iterator["ShardIterator"])["Records"]
    want(any(record["Data"] == data for record in records), "the record is not read back")
    kept = kinesis.describe_stream_summary(StreamName=name)["StreamDescriptionSummary"]
    want(kept.get("KeyId") == values["kms_key_id"], "another key encrypts it")


@check("aws_kms_key")
def key_does_what_it_is_for(applied: Applied, values: Values) -> None:
    """A key that encrypts decrypts its own text, and one that signs verifies its own signature alone."""
    kms = applied.client("kms", values)
    if values["key_usage"] == "SIGN_VERIFY":
        signs(kms, values)
        return
    if values["key_usage"] != "ENCRYPT_DECRYPT" or values["customer_master_key_spec"] != "SYMMETRIC_DEFAULT":
        raise NotApplicable
    secret = kms.encrypt(KeyId=values["arn"], Plaintext=b"platgen")["CiphertextBlob"]
    want(kms.decrypt(CiphertextBlob=secret)["Plaintext"] == b"platgen", "the text is not decrypted")


def signs(kms: Any, values: Values) -> None:
    """Sign a text by the first algorithm that the key has, and verify it and another text."""
    algorithm = kms.describe_key(KeyId=values["arn"])["KeyMetadata"]["SigningAlgorithms"][0]
    how = {"KeyId": values["arn"], "SigningAlgorithm": algorithm}
    signature = kms.sign(Message=b"platgen", **how)["Signature"]
    want(kms.verify(Message=b"platgen", Signature=signature, **how)["SignatureValid"], "the signature is not its own")
    try:
        valid = kms.verify(Message=b"another", Signature=signature, **how)["SignatureValid"]
    except kms.exceptions.KMSInvalidSignatureException:
        valid = False
    want(not valid, "the signature is valid for another text")


@check("aws_secretsmanager_secret_version")
def secret_is_readable(applied: Applied, values: Values) -> None:
    manager = applied.client("secretsmanager", values)
    found = manager.get_secret_value(SecretId=values["secret_id"])
    want(found.get("SecretString") == (values["secret_string"] or None), "another value is stored")


@check("aws_ssm_parameter")
def parameter_is_readable(applied: Applied, values: Values) -> None:
    found = applied.client("ssm", values).get_parameter(Name=values["name"], WithDecryption=True)
    want(found["Parameter"]["Value"] == values["value"], "another value is stored")


@check("aws_lambda_function")
def handler_loads(applied: Applied, values: Values) -> None:
    """The handler is found and called; what it does with an empty event is its own affair."""
    if values["package_type"] != "Zip":
        raise NotApplicable
    found = applied.client("lambda", values).invoke(FunctionName=values["function_name"], Payload=b"{}")
    answer = json.loads(found["Payload"].read() or "null")
    failure = answer if found.get("FunctionError") and isinstance(answer, dict) else {}
    error = failure.get("errorType")
    want(error not in BROKEN_HANDLER, f"{error}: {failure.get('errorMessage')}")


@check("aws_sfn_state_machine")
def workflow_starts(applied: Applied, values: Values) -> None:
    """An execution with empty input enters the first state and, if it ends in time, not by a broken definition.

    That a state looks for something in the empty input is no fault of the definition.
    """
    if values["type"] == "EXPRESS":  # it keeps no history
        raise NotApplicable
    states = applied.client("stepfunctions", values)
    name = f"platgen-{applied.mark}"
    execution = states.start_execution(stateMachineArn=values["arn"], name=name, input="{}")["executionArn"]
    deadline = time.monotonic() + WAIT_SECONDS
    while (found := states.describe_execution(executionArn=execution))["status"] == "RUNNING":
        if time.monotonic() > deadline:
            states.stop_execution(executionArn=execution)
            break
        time.sleep(PAUSE_SECONDS)
    events = states.get_execution_history(executionArn=execution)["events"]
    want(any(event["type"].endswith("StateEntered") for event in events), "no state is entered")
    cause = found.get("cause") or ""
    want(found.get("error") != "States.Runtime" or MISSES_INPUT in cause, f"States.Runtime: {cause}")


@check("aws_cognito_user_pool")
def pool_refuses_weak_password(applied: Applied, values: Values) -> None:
    """The password policy is in force for a new user."""
    cognito = applied.client("cognito-idp", values)
    pool, user = values["id"], f"platgen-{applied.mark}@example.com"
    attributes = [{"Name": "email", "Value": user}]
    cognito.admin_create_user(UserPoolId=pool, Username=user, UserAttributes=attributes, MessageAction="SUPPRESS")
    try:
        cognito.admin_set_user_password(UserPoolId=pool, Username=user, Password="aaaa", Permanent=True)
    except cognito.exceptions.InvalidPasswordException:
        return
    finally:
        cognito.admin_delete_user(UserPoolId=pool, Username=user)
    raise Failed("the password aaaa is taken")


@check("aws_cloudwatch_event_target")
def event_reaches_queue(applied: Applied, values: Values) -> None:
    """An event that matches the rule arrives in the target queue."""
    rules = {(rule["event_bus_name"], rule["name"]): rule for rule in applied.of_type("aws_cloudwatch_event_rule")}
    queues = {queue["arn"]: queue for queue in applied.of_type("aws_sqs_queue")}
    rule = rules.get((values["event_bus_name"], values["rule"]))
    queue = queues.get(values["arn"])
    if rule is None or queue is None or queue["arn"] in applied.consumed_queues:
        raise NotApplicable
    pattern = json.loads(rule["event_pattern"] or "{}")
    if set(pattern) - {"source", "detail-type"} or not all(isinstance(item[0], str) for item in pattern.values()):
        raise NotApplicable
    entry = {
        "EventBusName": values["event_bus_name"],
        "Source": pattern.get("source", ["platgen"])[0],
        "DetailType": pattern.get("detail-type", ["platgen"])[0],
        "Detail": json.dumps({"mark": applied.mark}),
    }
    events = applied.client("events", {})
    want(not events.put_events(Entries=[entry])["FailedEntryCount"], "the event is refused")
    receive(applied, queue, applied.mark)


GROUP_RULES = {"aws_vpc_security_group_egress_rule": True, "aws_vpc_security_group_ingress_rule": False}
"""The types of rules, and whether they are about what leaves the group."""

EVERY_PORT = -1
"""How EC2 says that a rule has no port."""


@check("aws_security_group")
def group_has_its_rules_alone(applied: Applied, values: Values) -> None:
    """EC2 keeps the rules of the group that the state has, each with its ports and its other end, and no others."""
    ec2 = applied.client("ec2", values)
    asked = [{"Name": "group-id", "Values": [values["id"]]}]
    kept = {kept_rule(rule) for rule in ec2.describe_security_group_rules(Filters=asked)["SecurityGroupRules"]}
    said = {
        said_rule(rule, leaves=leaves)
        for kind, leaves in GROUP_RULES.items()
        for rule in applied.of_type(kind)
        if rule["security_group_id"] == values["id"]
    }
    want(kept == said, f"EC2 alone has {sorted(kept - said)}, the state alone {sorted(said - kept)}")


def kept_rule(rule: Json) -> tuple[bool, str, int, int, str]:
    """A rule as EC2 tells of it: whether it is about what leaves, the protocol, the ports, and the other end."""
    group = rule.get("ReferencedGroupInfo", {}).get("GroupId")
    end = rule.get("CidrIpv4") or rule.get("CidrIpv6") or rule.get("PrefixListId") or group
    return rule["IsEgress"], rule["IpProtocol"], rule.get("FromPort", EVERY_PORT), rule.get("ToPort", EVERY_PORT), str(end)


def said_rule(rule: Values, *, leaves: bool) -> tuple[bool, str, int, int, str]:
    """The same of a rule in the state."""
    ends = ("cidr_ipv4", "cidr_ipv6", "prefix_list_id", "referenced_security_group_id")
    end = next(rule[name] for name in ends if rule[name])
    ports = (EVERY_PORT if rule[name] is None else rule[name] for name in ("from_port", "to_port"))
    return leaves, rule["ip_protocol"], *ports, str(end)
