"""What moto lacks of ElastiCache: parameter groups, user groups and the members of a replication group."""

from __future__ import annotations

from typing import Any

from moto.elasticache.models import ReplicationGroup

from .registry import Params, fill, find, store


def cache_arn(response: Any, kind: str, name: str) -> str:
    return f"arn:aws:elasticache:{response.region}:{response.current_account}:{kind}:{name}"


@fill("elasticache", "CreateCacheParameterGroup")
def create_cache_parameter_group(response: Any, params: Params) -> Params:
    name = params["CacheParameterGroupName"]
    kept = ("CacheParameterGroupName", "CacheParameterGroupFamily", "Description")
    group = {key: params[key] for key in kept}
    group |= {"IsGlobal": False, "ARN": cache_arn(response, "parametergroup", name)}
    store(response, "parameter groups")[name] = {"group": group, "parameters": {}}
    store(response, "tags")[group["ARN"]] = params.get("Tags", [])
    return {"CacheParameterGroup": group}


def cache_parameter_group(response: Any, params: Params) -> Params:
    groups = store(response, "parameter groups")
    return find(groups, params["CacheParameterGroupName"], "CacheParameterGroupNotFound")


@fill("elasticache", "DescribeCacheParameterGroups")
def describe_cache_parameter_groups(response: Any, params: Params) -> Params:
    if params.get("CacheParameterGroupName"):
        found = [cache_parameter_group(response, params)]
    else:
        found = list(store(response, "parameter groups").values())
    return {"CacheParameterGroups": [item["group"] for item in found]}


@fill("elasticache", "ModifyCacheParameterGroup")
def modify_cache_parameter_group(response: Any, params: Params) -> Params:
    changes = {item["ParameterName"]: item["ParameterValue"] for item in params["ParameterNameValues"]}
    cache_parameter_group(response, params)["parameters"].update(changes)
    return {"CacheParameterGroupName": params["CacheParameterGroupName"]}


@fill("elasticache", "DescribeCacheParameters")
def describe_cache_parameters(response: Any, params: Params) -> Params:
    fixed = {"Source": "user", "IsModifiable": True, "DataType": "string"}
    parameters = cache_parameter_group(response, params)["parameters"]
    return {"Parameters": [{"ParameterName": k, "ParameterValue": v, **fixed} for k, v in parameters.items()]}


@fill("elasticache", "DeleteCacheParameterGroup")
def delete_cache_parameter_group(response: Any, params: Params) -> Params:
    store(response, "parameter groups").pop(params["CacheParameterGroupName"], None)
    return {}


@fill("elasticache", "CreateUserGroup")
def create_user_group(response: Any, params: Params) -> Params:
    name = params["UserGroupId"]
    group = {
        "UserGroupId": name,
        "Engine": params["Engine"],
        "UserIds": params.get("UserIds", []),
        "Status": "active",
        "MinimumEngineVersion": "6.0",
        "ReplicationGroups": [],
        "ARN": cache_arn(response, "usergroup", name),
    }
    store(response, "user groups")[name] = group
    store(response, "tags")[group["ARN"]] = params.get("Tags", [])
    return group


@fill("elasticache", "ModifyUserGroup")
def modify_user_group(response: Any, params: Params) -> Params:
    group = find(store(response, "user groups"), params["UserGroupId"], "UserGroupNotFound")
    users = group["UserIds"] + params.get("UserIdsToAdd", [])
    group["UserIds"] = [user for user in users if user not in params.get("UserIdsToRemove", [])]
    return group


@fill("elasticache", "DescribeUserGroups")
def describe_user_groups(response: Any, params: Params) -> Params:
    groups = store(response, "user groups")
    name = params.get("UserGroupId")
    return {"UserGroups": [find(groups, name, "UserGroupNotFound")] if name else list(groups.values())}


@fill("elasticache", "DeleteUserGroup")
def delete_user_group(response: Any, params: Params) -> Params:
    groups = store(response, "user groups")
    group = find(groups, params["UserGroupId"], "UserGroupNotFound")
    del groups[params["UserGroupId"]]
    return {**group, "Status": "deleting"}


@fill("elasticache", "DeleteCacheSubnetGroup")
def delete_cache_subnet_group(response: Any, params: Params) -> Params:
    response.elasticache_backend.cache_subnet_groups.pop(params["CacheSubnetGroupName"], None)
    return {}


@fill("elasticache", "ListTagsForResource")
def list_cache_tags(response: Any, params: Params) -> Any:
    """moto answers for its own kinds only; a member of a replication group has no tags here."""
    arn = params["ResourceName"]
    if arn.split(":")[5] in ("parametergroup", "usergroup", "cluster"):
        return {"TagList": store(response, "tags").get(arn, [])}
    return NotImplemented


@fill("elasticache", "DescribeCacheClusters")
def describe_cache_clusters(response: Any, params: Params) -> Any:
    """Members of a replication group are clusters of their own; moto does not know them as such."""
    name = params.get("CacheClusterId")
    for group in response.elasticache_backend.replication_groups.values():
        if name not in group.member_clusters:
            continue
        security_groups = getattr(group, "security_group_ids", None) or []
        cluster = {
            "CacheClusterId": name,
            "CacheClusterStatus": "available",
            "Engine": group.engine,
            "EngineVersion": getattr(group, "engine_version", None) or "7.1.0",
            "CacheNodeType": group.cache_node_type,
            "NumCacheNodes": 1,
            "ReplicationGroupId": group.replication_group_id,
            "AutoMinorVersionUpgrade": True,
            "CacheParameterGroup": {
                "CacheParameterGroupName": getattr(group, "cache_parameter_group_name", None) or "default.redis7",
                "ParameterApplyStatus": "in-sync",
            },
            "CacheSubnetGroupName": getattr(group, "cache_subnet_group_name", None),
            "SnapshotWindow": group.snapshot_window,
            "PreferredMaintenanceWindow": group.preferred_maintenance_window or "sun:06:00-sun:07:00",
            "SecurityGroups": [{"SecurityGroupId": key, "Status": "active"} for key in security_groups],
            "AtRestEncryptionEnabled": group.at_rest_encryption_enabled,
            "TransitEncryptionEnabled": group.transit_encryption_enabled,
            "TransitEncryptionMode": group.transit_encryption_mode,
            "ARN": cache_arn(response, "cluster", str(name)),
        }
        return {"CacheClusters": [cluster]}
    return NotImplemented


@fill("elasticache", "DescribeReplicationGroups")
def describe_replication_groups(response: Any, _params: Params) -> Any:
    """Drop deleted groups first: moto leaves them in the state "deleting" for ever."""
    groups = response.elasticache_backend.replication_groups
    for name in [name for name, group in groups.items() if group.status == "deleting"]:
        del groups[name]
    return NotImplemented


def patch() -> None:
    """Gives a replication group as many member clusters as it was asked for."""
    name = "_set_node_members_clusters_disabled"
    add_members = getattr(ReplicationGroup, name)

    def set_members(self: Any, **settings: Any) -> None:
        replicas = settings["replicas_per_node_group"] or settings["num_cache_clusters"] - 1
        add_members(self, **{**settings, "replicas_per_node_group": replicas})

    setattr(ReplicationGroup, name, set_members)
