"""Makes in the emulator what a root expects to exist: the things that its data sources look up or that it names.

Only what the configuration names by a literal, a variable or a local value can be made; a data source that
finds nothing fails the plan with its own address, so nothing can be passed over in silence. Networks, subnets
and security groups are also made where their identifiers stand in the arguments of resources.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import boto3

from .configuration import Block, Json, Module
from .emulator import IDENTIFIER_TAG, Emulator
from .workcopy import variable_values

NEEDS_NOTHING = frozenset(
    {
        "aws_availability_zone",
        "aws_availability_zones",
        "aws_caller_identity",
        "aws_default_tags",
        "aws_iam_policy_document",
        "aws_iam_session_context",
        "aws_partition",
        "aws_region",
        "aws_service",
        "aws_service_principal",
    }
)
"""Data sources that are computed in the provider or answered by an empty account."""

DEFAULT_REGION = "us-east-1"

IDENTIFIER = re.compile(r"(vpc|subnet|sg)-[0-9a-f]{8,17}")
"""The identifier of something in a network. https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/resource-ids.html"""

IDENTIFIED_TYPES = {"vpc": "aws_vpc", "subnet": "aws_subnet", "sg": "aws_security_group"}
"""The data source that would look up what has an identifier, by the word that the identifier begins with."""


@dataclass(frozen=True)
class Target:
    """Where a fixture is made."""

    emulator: Emulator
    account: str
    region: str

    def client(self, service: str) -> Any:
        """An SDK client of a service."""
        return boto3.client(
            service,
            endpoint_url=self.emulator.url,
            region_name=self.region,
            aws_access_key_id=self.emulator.access_key(self.account),
            aws_secret_access_key=self.emulator.secret_key,
        )


Maker = Callable[[Target, Json], None]


def make_fixtures(root: Module, emulator: Emulator, account: str) -> None:
    """Makes everything that the data sources of a tree look up and that its resources name, each thing once."""
    wanted: dict[str, tuple[str, str, Json]] = {}
    for block in data_sources(root):
        add(wanted, block.type, region_of(block, root), known_arguments(block))
    named = {item["id"] for _, _, item in wanted.values() if "id" in item}
    for kind, region, arguments in named_things(root, account):
        if arguments["id"] not in named:
            add(wanted, kind, region, arguments)
    for kind, region, arguments in sorted(wanted.values(), key=lambda item: ORDER[item[0]]):
        MAKERS[kind](Target(emulator, account, region), arguments)


def add(wanted: dict[str, tuple[str, str, Json]], kind: str, region: str, arguments: Json) -> None:
    """Adds a thing unless it is there already."""
    wanted.setdefault(json.dumps([kind, region, arguments], sort_keys=True), (kind, region, arguments))


def named_things(root: Module, account: str) -> list[tuple[str, str, Json]]:
    """Type, region and arguments of what resources and handed-in values name by an identifier, sorted.

    What lies in a network lies in the one that is named; where several are, nobody can tell in which.
    """
    found = {
        (IDENTIFIED_TYPES[word[1]], region_of(block, root), word[0])
        for module in root.tree()
        for block in module.resources
        for word in identifiers_in([block.arguments, module.inputs])
    }
    values = variable_values(root.required_variables(), account)
    found |= {(IDENTIFIED_TYPES[word[1]], region_of_alias("", root), word[0]) for word in identifiers_in(values)}
    networks = sorted(identifier for kind, _, identifier in found if kind == "aws_vpc")
    inside = {"vpc_id": networks[0]} if len(networks) == 1 else {}
    return [
        (kind, region, {"id": identifier, **({} if kind == "aws_vpc" else inside)})
        for kind, region, identifier in sorted(found)
    ]


def identifiers_in(value: Any) -> Iterator[re.Match[str]]:
    """The strings within a value that are identifiers."""
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list):
        for item in value:
            yield from identifiers_in(item)
    elif isinstance(value, str) and (found := IDENTIFIER.fullmatch(value)):
        yield found


def data_sources(root: Module) -> Iterator[Block]:
    """The data sources that something can be made for; the others are named on stderr."""
    for block in (block for module in root.tree() for block in module.data):
        if block.type in MAKERS:
            yield block
        elif block.type not in NEEDS_NOTHING:
            print(f"no fixture for data.{block.address}", file=sys.stderr)


def known_arguments(block: Block) -> Json:
    """The arguments of a data source that are known without an engine."""
    known = {name: block.known(name) for name in block.arguments}
    return {name: value for name, value in known.items() if value is not None}


def region_of(block: Block, root: Module) -> str:
    """The region of the provider configuration that a block uses.

    Modules are expected to hand provider configurations on under the same alias.
    """
    return region_of_alias(block.arguments.get("provider", "aws").partition(".")[2], root)


def region_of_alias(alias: str, root: Module) -> str:
    """The region of the provider configuration with an alias; the empty alias is the default one's."""
    for provider in root.providers:
        if provider.get("alias", "") == alias:
            return root.resolve(provider.get("region")) or DEFAULT_REGION
    return DEFAULT_REGION


def tag_specifications(kind: str, arguments: Json) -> list[Json]:
    """The tags of a thing: those by which it is looked up, and the one that gives it its identifier."""
    tags = dict(arguments.get("tags", {}))
    if "id" in arguments:
        tags[IDENTIFIER_TAG] = arguments["id"]
    pairs = [{"Key": name, "Value": value} for name, value in sorted(tags.items())]
    return [{"ResourceType": kind, "Tags": pairs}] if pairs else []


def make_vpc(target: Target, arguments: Json) -> str:
    """A VPC with the given identifier or tags; its identifier is returned."""
    created: Json = target.client("ec2").create_vpc(
        CidrBlock=arguments.get("cidr_block", "10.0.0.0/16"), TagSpecifications=tag_specifications("vpc", arguments)
    )
    return str(created["Vpc"]["VpcId"])


def existing_vpc(target: Target, arguments: Json) -> str:
    """The VPC that the arguments name, which is made where no data source asked for it."""
    if "vpc_id" not in arguments:
        return make_vpc(target, {})
    identifier = str(arguments["vpc_id"])
    found = {vpc["VpcId"] for vpc in target.client("ec2").describe_vpcs()["Vpcs"]}
    return identifier if identifier in found else make_vpc(target, {"id": identifier})


def make_subnet(target: Target, arguments: Json) -> None:
    """A subnet in a free range of its VPC."""
    client = target.client("ec2")
    vpc = existing_vpc(target, arguments)
    neighbours = client.describe_subnets(Filters=[{"Name": "vpc-id", "Values": [vpc]}])["Subnets"]
    client.create_subnet(
        VpcId=vpc,
        # Neighbours lie in different zones, as those of a load balancer must.
        AvailabilityZone=f"{target.region}{'ab'[len(neighbours) % 2]}",
        CidrBlock=arguments.get("cidr_block", f"10.0.{len(neighbours)}.0/24"),
        TagSpecifications=tag_specifications("subnet", arguments),
    )


def make_security_group(target: Target, arguments: Json) -> None:
    """A security group with the given identifier, name or tags."""
    target.client("ec2").create_security_group(
        GroupName=arguments.get("name", arguments.get("id", "existing")),
        Description="Made for a data source.",
        VpcId=existing_vpc(target, arguments),
        TagSpecifications=tag_specifications("security-group", arguments),
    )


def make_zone(target: Target, arguments: Json) -> None:
    """A hosted zone by its name; a private one belongs to a VPC."""
    settings: Json = {"HostedZoneConfig": {"PrivateZone": False}}
    if arguments.get("private_zone") or "vpc_id" in arguments:
        vpc = {"VPCRegion": target.region, "VPCId": existing_vpc(target, arguments)}
        settings = {"HostedZoneConfig": {"PrivateZone": True}, "VPC": vpc}
    target.client("route53").create_hosted_zone(Name=arguments["name"], CallerReference=arguments["name"], **settings)


def make_bucket(target: Target, arguments: Json) -> None:
    """A bucket by its name; us-east-1 is the one region that must not be named."""
    place = {"LocationConstraint": target.region}
    settings = {} if target.region == DEFAULT_REGION else {"CreateBucketConfiguration": place}
    target.client("s3").create_bucket(Bucket=arguments["bucket"], **settings)


def make_key_alias(target: Target, arguments: Json) -> None:
    """A key behind the alias by which it is looked up."""
    client = target.client("kms")
    key = client.create_key(Description="Made for a data source.")["KeyMetadata"]["KeyId"]
    client.create_alias(AliasName=arguments.get("name", arguments.get("key_id")), TargetKeyId=key)


def make_secret(target: Target, arguments: Json) -> None:
    """A secret by its name."""
    target.client("secretsmanager").create_secret(Name=arguments["name"], SecretString="made-for-a-data-source")


def make_certificate(target: Target, arguments: Json) -> None:
    """A certificate for a domain; the emulator issues it at once."""
    target.client("acm").request_certificate(DomainName=arguments["domain"], ValidationMethod="DNS")


MAKERS: dict[str, Callable[[Target, Json], object]] = {
    "aws_vpc": make_vpc,
    "aws_subnet": make_subnet,
    "aws_security_group": make_security_group,
    "aws_route53_zone": make_zone,
    "aws_s3_bucket": make_bucket,
    "aws_kms_alias": make_key_alias,
    "aws_kms_key": make_key_alias,
    "aws_secretsmanager_secret": make_secret,
    "aws_acm_certificate": make_certificate,
}
"""How to make what a data source of a type looks up; earlier ones are needed by later ones."""

ORDER = {kind: position for position, kind in enumerate(MAKERS)}
