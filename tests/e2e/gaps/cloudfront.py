"""What moto lacks of CloudFront: policies, origin access identities, published functions, settings that it drops."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import Any

from moto.cloudfront.models import DefaultCacheBehaviour, Origin, ViewerCertificate

from .cloudfront_managed import (
    CACHE_POLICIES,
    ORIGIN_REQUEST_POLICIES,
    RESPONSE_HEADERS_POLICIES,
)
from .registry import ROUTES, Params, fill, find, now, store

BASE = "{0}/2020-05-31"
MANAGED_ETAG = "EMANAGED"

ROUTES["cloudfront"] = [f"{BASE}/function/(?P<Name>[^/]+)/publish$"]


@dataclass(frozen=True)
class Kind:
    """One kind of thing that is created, read, updated and deleted by its settings."""

    name: str
    path: str
    error: str
    """The code of the error for one that does not exist."""

    managed: dict[str, Params] | None = None
    """The settings of the ones that AWS brings, by id; kinds that have such can be listed as well."""

    @property
    def config(self) -> str:
        """The name of the settings in requests and answers."""
        return f"{self.name}Config"

    def register(self) -> None:
        """Registers the URLs and the fillers."""
        base = f"{BASE}/{self.path}"
        ROUTES["cloudfront"] += [f"{base}$", f"{base}/(?P<Id>[^/]+)$", f"{base}/(?P<Id>[^/]+)/config$"]
        fill("cloudfront", f"Create{self.name}")(self.create)
        fill("cloudfront", f"Get{self.name}")(self.get)
        fill("cloudfront", f"Get{self.name}Config")(self.get_config)
        fill("cloudfront", f"Update{self.name}")(self.update)
        fill("cloudfront", f"Delete{self.name}")(self.delete)
        if self.managed is not None:
            fill("cloudfront", f"List{self.name.removesuffix('y')}ies")(self.list_all)

    def shape(self, key: str, settings: Params) -> Params:
        """One thing as answers show it."""
        if self.managed is None:
            return {"Id": key, "S3CanonicalUserId": uuid.uuid5(uuid.NAMESPACE_DNS, key).hex, self.config: settings}
        return {"Id": key, self.config: settings, "LastModifiedTime": now()}

    def lookup(self, response: Any, key: str) -> tuple[Params, str]:
        """Settings and version of one thing."""
        if self.managed and key in self.managed:
            return self.managed[key], MANAGED_ETAG
        found: tuple[Params, str] = find(store(response, self.name), key, self.error)
        return found

    def create(self, response: Any, params: Params) -> Params:
        key = str(uuid.uuid4()) if self.managed is not None else "E" + uuid.uuid4().hex[:13].upper()
        etag = new_etag()
        store(response, self.name)[key] = (params[self.config], etag)
        location = f"https://cloudfront.amazonaws.com/{self.path}/{key}"
        return {self.name: self.shape(key, params[self.config]), "ETag": etag, "Location": location}

    def get(self, response: Any, params: Params) -> Params:
        settings, etag = self.lookup(response, params["Id"])
        return {self.name: self.shape(params["Id"], settings), "ETag": etag}

    def get_config(self, response: Any, params: Params) -> Params:
        settings, etag = self.lookup(response, params["Id"])
        return {self.config: settings, "ETag": etag}

    def update(self, response: Any, params: Params) -> Params:
        things = store(response, self.name)
        find(things, params["Id"], self.error)
        etag = new_etag()
        things[params["Id"]] = (params[self.config], etag)
        return {self.name: self.shape(params["Id"], params[self.config]), "ETag": etag}

    def delete(self, response: Any, params: Params) -> Params:
        things = store(response, self.name)
        find(things, params["Id"], self.error)
        del things[params["Id"]]
        return {}

    def list_all(self, response: Any, params: Params) -> Params:
        wanted = params.get("Type")
        custom = {} if wanted == "managed" else {key: item[0] for key, item in store(response, self.name).items()}
        managed = {} if wanted == "custom" else self.managed or {}
        items = [{"Type": "custom", self.name: self.shape(key, item)} for key, item in custom.items()]
        items += [{"Type": "managed", self.name: self.shape(key, item)} for key, item in managed.items()]
        return {f"{self.name}List": {"MaxItems": 100, "Quantity": len(items), "Items": items}}


for kind in (
    Kind(
        "CloudFrontOriginAccessIdentity",
        "origin-access-identity/cloudfront",
        "NoSuchCloudFrontOriginAccessIdentity",
    ),
    Kind("CachePolicy", "cache-policy", "NoSuchCachePolicy", CACHE_POLICIES),
    Kind("OriginRequestPolicy", "origin-request-policy", "NoSuchOriginRequestPolicy", ORIGIN_REQUEST_POLICIES),
    Kind("ResponseHeadersPolicy", "response-headers-policy", "NoSuchResponseHeadersPolicy", RESPONSE_HEADERS_POLICIES),
):
    kind.register()


def new_etag() -> str:
    """A version, in the form that CloudFront gives them."""
    return "E" + uuid.uuid4().hex[:12].upper()


@fill("cloudfront", "PublishFunction")
def publish_function(response: Any, params: Params) -> Params:
    function = response.backend.describe_function(params["Name"])
    summary = {
        "Name": params["Name"],
        "Status": "DEPLOYED",
        "FunctionConfig": function.config,
        "FunctionMetadata": {"FunctionARN": function.arn, "Stage": "LIVE", "LastModifiedTime": now()},
    }
    return {"FunctionSummary": summary}


@fill("cloudfront", "DeleteKeyGroup")
def delete_key_group(response: Any, params: Params) -> Params:
    response.backend.key_groups.pop(params["Id"], None)
    return {}


@fill("cloudfront", "DeletePublicKey")
def delete_public_key(response: Any, params: Params) -> Params:
    response.backend.public_keys.pop(params["Id"], None)
    return {}


def patch() -> None:
    """Return origins, cache behaviours and the certificate as they were given."""
    create_origin = Origin.__init__
    create_behaviour = DefaultCacheBehaviour.__init__
    create_certificate = ViewerCertificate.__init__

    def init_origin(self: Any, origin: Params) -> None:
        create_origin(self, origin)
        self.origin_access_control_id = origin.get("OriginAccessControlId", "")
        if "S3OriginConfig" in origin:
            self.s3_origin_config = origin["S3OriginConfig"]

    def init_behaviour(self: Any, config: Params) -> None:
        cached_by_policy = "ForwardedValues" not in config
        create_behaviour(self, config)
        if cached_by_policy:
            self.forwarded_values = None
        for name, attribute in (
            ("FunctionAssociations", "function_associations"),
            ("LambdaFunctionAssociations", "lambda_function_associations"),
        ):
            setattr(self, attribute, config.get(name) or {"Quantity": 0})

    def init_certificate(self: Any, config: Params) -> None:
        create_certificate(self, config)
        if config.get("ACMCertificateArn") or config.get("IAMCertificateId"):
            self.cloud_front_default_certificate = False

    Origin.__init__ = init_origin
    DefaultCacheBehaviour.__init__ = init_behaviour
    ViewerCertificate.__init__ = init_certificate
