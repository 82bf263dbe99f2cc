"""Tests of the emulator as a child process: its life, its accounts and the fixtures made in it."""

import unittest
from contextlib import redirect_stderr
from io import StringIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, ClassVar

from . import fixtures
from .configuration import Block, Json, Module
from .emulator import DIRECT, Emulator, Place, running_moto

ACCOUNT = "111122223333"
REGION = "us-west-2"


def module_with_data(*sources: tuple[str, Json]) -> Module:
    """A root with the given data sources."""
    root = Module(providers=[{"region": REGION}])
    root.data = [Block(root, kind, f"source_{number}", body) for number, (kind, body) in enumerate(sources)]
    return root


class Life(unittest.TestCase):
    def test_it_ends_with_the_block(self) -> None:
        with TemporaryDirectory() as folder:
            with running_moto(Place(Path(folder))) as emulator:
                emulator.reset()
            with self.assertRaises(OSError):
                DIRECT.open(emulator.url, timeout=2)


class Fixtures(unittest.TestCase):
    emulator: ClassVar[Emulator]

    @classmethod
    def setUpClass(cls) -> None:
        folder = cls.enterClassContext(TemporaryDirectory())
        cls.emulator = cls.enterClassContext(running_moto(Place(Path(folder))))

    def setUp(self) -> None:
        self.emulator.reset()

    def make(self, *sources: tuple[str, Json]) -> None:
        fixtures.make_fixtures(module_with_data(*sources), self.emulator, ACCOUNT)

    def client(self, service: str) -> Any:
        return fixtures.Target(self.emulator, ACCOUNT, REGION).client(service)

    def test_the_access_key_chooses_the_account(self) -> None:
        self.assertEqual(self.client("sts").get_caller_identity()["Account"], ACCOUNT)

    def test_a_zone_is_made_once(self) -> None:
        self.make(("aws_route53_zone", {"name": "example.com"}), ("aws_route53_zone", {"name": "example.com"}))
        zones = self.client("route53").list_hosted_zones()["HostedZones"]
        self.assertEqual([zone["Name"] for zone in zones], ["example.com."])

    def test_a_private_zone_is_private(self) -> None:
        self.make(("aws_route53_zone", {"name": "internal", "private_zone": True}))
        zones = self.client("route53").list_hosted_zones()["HostedZones"]
        self.assertEqual([zone["Config"]["PrivateZone"] for zone in zones], [True])

    def test_network_things_have_the_identifiers_that_are_looked_up(self) -> None:
        self.make(
            ("aws_subnet", {"id": "subnet-aaaaaaaa", "vpc_id": "vpc-0123456789abcdef0"}),
            ("aws_subnet", {"id": "subnet-bbbbbbbb", "vpc_id": "vpc-0123456789abcdef0"}),
            ("aws_security_group", {"id": "sg-aaaaaaaa", "vpc_id": "vpc-0123456789abcdef0"}),
            ("aws_vpc", {"id": "vpc-0123456789abcdef0"}),
        )
        client = self.client("ec2")
        subnets = client.describe_subnets(SubnetIds=["subnet-aaaaaaaa", "subnet-bbbbbbbb"])["Subnets"]
        group = client.describe_security_groups(GroupIds=["sg-aaaaaaaa"])["SecurityGroups"][0]
        self.assertEqual({thing["VpcId"] for thing in [*subnets, group]}, {"vpc-0123456789abcdef0"})

    def test_a_vpc_has_the_tags_that_are_looked_up(self) -> None:
        self.make(("aws_vpc", {"tags": {"Name": "shared"}}))
        found = self.client("ec2").describe_vpcs(Filters=[{"Name": "tag:Name", "Values": ["shared"]}])["Vpcs"]
        self.assertEqual(len(found), 1)

    def test_things_with_names(self) -> None:
        self.make(
            ("aws_s3_bucket", {"bucket": "existing-bucket"}),
            ("aws_kms_alias", {"name": "alias/existing"}),
            ("aws_secretsmanager_secret", {"name": "demo/testing/mysql"}),
            ("aws_acm_certificate", {"domain": "example.com"}),
        )
        self.client("s3").head_bucket(Bucket="existing-bucket")
        self.client("kms").describe_key(KeyId="alias/existing")
        self.client("secretsmanager").describe_secret(SecretId="demo/testing/mysql")
        issued = self.client("acm").list_certificates(CertificateStatuses=["ISSUED"])["CertificateSummaryList"]
        self.assertEqual([certificate["DomainName"] for certificate in issued], ["example.com"])

    def test_what_cannot_be_made_is_said(self) -> None:
        with redirect_stderr(StringIO()) as printed:
            self.make(("aws_ami", {"owners": ["self"]}), ("aws_caller_identity", {}))
        self.assertEqual(printed.getvalue(), "no fixture for data.aws_ami.source_0\n")
