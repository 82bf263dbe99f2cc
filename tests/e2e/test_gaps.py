"""Tests of what is filled in moto: calls through the SDK that fail, or lose something, without it."""

import json
from typing import Any

from .on_moto import OnMoto

LOGGING = {"LoggingEnabled": {"TargetBucket": "logs", "TargetPrefix": "s3/"}}


class Filled(OnMoto):
    region = "us-east-1"

    def test_what_is_kept_belongs_to_an_account_and_region_and_goes_with_a_reset(self) -> None:
        logs = self.client("logs")
        logs.put_query_definition(name="errors", queryString="fields @message")
        self.assertEqual(len(logs.describe_query_definitions()["queryDefinitions"]), 1)
        self.assertEqual(self.client("logs", "us-east-2").describe_query_definitions()["queryDefinitions"], [])
        self.emulator.reset()
        self.assertEqual(logs.describe_query_definitions()["queryDefinitions"], [])

    def test_what_is_not_there_is_the_service_s_own_error(self) -> None:
        cloudfront = self.client("cloudfront")
        with self.assertRaises(cloudfront.exceptions.NoSuchCachePolicy):
            cloudfront.get_cache_policy(Id="absent")

    def test_a_policy_of_aws_is_found_by_its_name_and_one_of_one_s_own_changes(self) -> None:
        cloudfront = self.client("cloudfront")
        managed = cloudfront.list_cache_policies(Type="managed")["CachePolicyList"]["Items"]
        names = {item["CachePolicy"]["CachePolicyConfig"]["Name"] for item in managed}
        self.assertIn("Managed-CachingOptimized", names)
        made = cloudfront.create_cache_policy(CachePolicyConfig={"Name": "own", "MinTTL": 1})
        cloudfront.update_cache_policy(Id=made["CachePolicy"]["Id"], CachePolicyConfig={"Name": "own", "MinTTL": 2})
        found = cloudfront.get_cache_policy(Id=made["CachePolicy"]["Id"])
        self.assertEqual(found["CachePolicy"]["CachePolicyConfig"]["MinTTL"], 2)

    def test_a_stream_keeps_the_tags_that_it_is_made_with(self) -> None:
        kinesis = self.client("kinesis")
        kinesis.create_stream(StreamName="clicks", ShardCount=1, Tags={"Project": "shop"})
        found = kinesis.list_tags_for_stream(StreamName="clicks")["Tags"]
        self.assertEqual(found, [{"Key": "Project", "Value": "shop"}])

    def test_every_kind_of_security_group_rule_keeps_its_description(self) -> None:
        ec2 = self.client("ec2")
        vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
        group = ec2.create_security_group(GroupName="web", Description="Web.", VpcId=vpc)["GroupId"]
        prefixes = ec2.create_managed_prefix_list(PrefixListName="own", MaxEntries=1, AddressFamily="IPv4")
        sources: list[dict[str, Any]] = [
            {"IpRanges": [{"CidrIp": "10.0.0.0/8", "Description": "here"}]},
            {"UserIdGroupPairs": [{"GroupId": group, "Description": "here"}]},
            {"PrefixListIds": [{"PrefixListId": prefixes["PrefixList"]["PrefixListId"], "Description": "here"}]},
        ]
        for source in sources:
            with self.subTest(source):
                permission = {"IpProtocol": "tcp", "FromPort": 80, "ToPort": 80, **source}
                [rule] = ec2.authorize_security_group_ingress(GroupId=group, IpPermissions=[permission])[
                    "SecurityGroupRules"
                ]
                self.assertEqual(rule["Description"], "here")

    def test_logs_are_delivered_where_a_policy_of_any_form_allows_it(self) -> None:
        s3 = self.client("s3")
        s3.create_bucket(Bucket="logs")
        s3.create_bucket(Bucket="data")
        allowed = {
            "Effect": "Allow",
            "Principal": {"Service": ["logging.s3.amazonaws.com"]},
            "Action": ["s3:PutObject"],
            "Resource": ["arn:aws:s3:::logs/s3/*"],
        }
        denied = {"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "*", "Condition": {"Bool": {}}}
        cases: list[tuple[dict[str, Any], bool]] = [
            (allowed, True),
            ({**allowed, "Action": "s3:*", "Resource": "arn:aws:s3:::logs/*"}, True),
            ({**allowed, "Resource": "arn:aws:s3:::logs/lb/*"}, False),
            ({**allowed, "Principal": {"Service": "delivery.logs.amazonaws.com"}}, False),
            ({**allowed, "Effect": "Deny", "Condition": {"Bool": {}}}, False),
        ]
        for statement, delivered in cases:
            with self.subTest(statement):
                document = {"Version": "2012-10-17", "Statement": [denied, statement]}
                s3.put_bucket_policy(Bucket="logs", Policy=json.dumps(document))
                if delivered:
                    s3.put_bucket_logging(Bucket="data", BucketLoggingStatus=LOGGING)
                else:
                    with self.assertRaisesRegex(s3.exceptions.ClientError, "necessary permissions"):
                        s3.put_bucket_logging(Bucket="data", BucketLoggingStatus=LOGGING)

    def test_a_service_with_a_capacity_strategy_keeps_it(self) -> None:
        ecs = self.client("ecs")
        ecs.create_cluster(clusterName="main")
        strategy = [{"capacityProvider": "FARGATE", "weight": 1, "base": 0}]
        ecs.create_service(cluster="main", serviceName="web", desiredCount=1, capacityProviderStrategy=strategy)
        [service] = ecs.describe_services(cluster="main", services=["web"])["services"]
        self.assertEqual(service["capacityProviderStrategy"], strategy)
        self.assertNotIn("launchType", service)

    def test_a_cluster_keeps_performance_insights_and_takes_its_automated_snapshots_with_it(self) -> None:
        rds = self.client("rds")
        rds.create_db_cluster(
            DBClusterIdentifier="main",
            Engine="aurora-mysql",
            MasterUsername="admin",
            MasterUserPassword="only-a-test",
            EnablePerformanceInsights=True,
            PerformanceInsightsRetentionPeriod=7,
        )
        [cluster] = rds.describe_db_clusters(DBClusterIdentifier="main")["DBClusters"]
        kept = (cluster["PerformanceInsightsEnabled"], cluster["PerformanceInsightsRetentionPeriod"])
        self.assertEqual(kept, (True, 7))
        rds.delete_db_cluster(DBClusterIdentifier="main", FinalDBSnapshotIdentifier="main-final")
        left = [
            snapshot["DBClusterSnapshotIdentifier"]
            for snapshot in rds.describe_db_cluster_snapshots()["DBClusterSnapshots"]
        ]
        self.assertEqual(left, ["main-final"])
