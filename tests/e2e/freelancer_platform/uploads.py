"""Files of a portfolio: put into the bucket by an address that the service signs, and seen through the distribution.

moto has no data plane for CloudFront. What the distribution may read is what the applied bucket policy says, and where
it reads it is what the applied distribution says.
"""

from __future__ import annotations

import json
from typing import Any

from .. import grants, rows
from ..rows import want, want_equal
from . import people
from .system import Answer, System, request

UPLOADS = rows.theme("uploads")
PICTURE = b"\x89PNG of this run"


def uploaded(system: System, content: bytes = PICTURE, kind: str = "images", media: str = "image/png") -> Any:
    """What the service signs for a file of the freelancer; the file is there afterwards."""
    freelancer = people.known(system, "freelancer")
    wanted = {"kind": kind, "content_type": media, "size": len(content)}
    signed = system.done(freelancer.access, "POST", "/uploads", wanted)
    put(signed, content)
    return signed


def put(signed: Any, content: bytes) -> None:
    """Puts a file where the address leads, as a browser does."""
    answer = request(signed["method"], signed["url"], signed["headers"], content)
    want_equal(answer.status, 200, f"the upload ({answer.body!r})")


def bucket(system: System) -> str:
    """The name of the bucket that the service is told of."""
    return system.variables["PORTFOLIO_BUCKET"]


@UPLOADS.row("put by a signed address below the prefix of their owner, and listed to the owner alone")
def under_owners_prefix(system: System) -> None:
    freelancer = people.known(system, "freelancer")
    signed = uploaded(system)
    prefix = f"{system.variables['PORTFOLIO_PREFIX']}{freelancer.subject}/images/"
    want(signed["key"].startswith(prefix), f"the key {signed['key']} is not below {prefix}")
    want_equal(signed["address"], f"{system.variables['CDN_URL']}/{signed['key']}", "the address")
    stored = system.stack.client("s3").get_object(Bucket=bucket(system), Key=signed["key"])
    want_equal((stored["Body"].read(), stored["ContentType"]), (PICTURE, "image/png"), "the object")
    want_equal(stored["ServerSideEncryption"], "aws:kms", "its encryption")
    mine = [file["key"] for file in system.done(freelancer.access, "GET", "/uploads")["files"]]
    want(signed["key"] in mine, "its owner does not see it")
    stranger = people.new(system, "freelancer")
    want_equal(system.done(stranger.access, "GET", "/uploads")["files"], [], "what another freelancer sees")
    want_equal(system.call(people.known(system, "client").access, "GET", "/uploads").status, 403, "a client")


@UPLOADS.row("kept as versions: a file that is written again or deleted is not lost")
def versioned(system: System) -> None:
    freelancer = people.known(system, "freelancer")
    s3 = system.stack.client("s3")
    signed = uploaded(system)
    put(signed, PICTURE[::-1])
    kind, file = signed["key"].split("/")[-2:]
    system.done(freelancer.access, "DELETE", f"/uploads/{kind}/{file}")
    found = s3.list_object_versions(Bucket=bucket(system), Prefix=signed["key"])
    contents = [
        s3.get_object(Bucket=bucket(system), Key=signed["key"], VersionId=version["VersionId"])["Body"].read()
        for version in found.get("Versions", [])
    ]
    want_equal(sorted(contents), sorted([PICTURE, PICTURE[::-1]]), "the versions")
    want_equal(len(found.get("DeleteMarkers", [])), 1, "the marks of a deletion")


def preflight(system: System, origin: str, method: str) -> Answer:
    """What the bucket answers a browser that asks whether a page may send a request."""
    address = f"{system.stack.emulator.url}/{bucket(system)}/portfolios/x"
    asked = {"Access-Control-Request-Method": method, "Access-Control-Request-Headers": "content-type"}
    return request("OPTIONS", address, {"Origin": origin, **asked})


@UPLOADS.row("allowed to pages of the platform by the bucket's CORS rules, and to no other page")
def shared_with_own_pages(system: System) -> None:
    own = system.variables["PUBLIC_URL"]
    headers = preflight(system, own, "PUT").headers
    want_equal(headers.get("access-control-allow-origin"), own, "the allowed origin")
    want("PUT" in headers.get("access-control-allow-methods", ""), "PUT is not allowed")
    other = preflight(system, "https://elsewhere.example.org", "PUT").headers
    want_equal(other.get("access-control-allow-origin"), None, "what a foreign page is allowed")


@UPLOADS.row("refused to whoever asks the bucket without a signature")
def not_public(system: System) -> None:
    signed = uploaded(system)
    plain = signed["url"].partition("?")[0]
    want_equal(request("GET", plain, {}).status, 403, "a read without a signature")
    block = system.stack.client("s3").get_public_access_block(Bucket=bucket(system))
    settings = block["PublicAccessBlockConfiguration"]
    want_equal(set(settings.values()), {True}, f"what is blocked ({settings})")


@UPLOADS.row("readable by the platform's own distribution, and by nobody else, as the applied bucket policy says")
def served_by_distribution_alone(system: System) -> None:
    name = bucket(system)
    policy = json.loads(system.stack.client("s3").get_bucket_policy(Bucket=name)["Policy"])
    distribution = system.values("aws_cloudfront_distribution", "portfolio")["arn"]
    other = distribution.rpartition("/")[0] + "/EOTHER"

    def allowed(action: str, service: str | None, source: str, secure: str = "true") -> bool:
        context = {"aws:SourceArn": source, "aws:SecureTransport": secure}
        call = grants.Call(f"s3:{action}", f"arn:aws:s3:::{name}/portfolios/a/images/b.png", service, context)
        return grants.allows(policy, call)

    cloudfront = "cloudfront.amazonaws.com"
    want(allowed("GetObject", cloudfront, distribution), "the distribution may not read")
    want(not allowed("GetObject", cloudfront, other), "another distribution may read")
    want(not allowed("GetObject", cloudfront, distribution, secure="false"), "the distribution may read without TLS")
    want(not allowed("PutObject", cloudfront, distribution), "the distribution may write")
    want(not allowed("GetObject", None, distribution), "the public may read")


@UPLOADS.row("seen at the distribution, which signs what it asks of the bucket; resumes by signed addresses alone")
def distribution_reads_bucket(system: System) -> None:
    cloudfront = system.stack.client("cloudfront")
    applied = cloudfront.get_distribution(Id=system.outputs["cdn__portfolio__id"])["Distribution"]["DistributionConfig"]
    [origin] = applied["Origins"]["Items"]
    want(origin["DomainName"].startswith(f"{bucket(system)}.s3."), f"it reads {origin['DomainName']}")
    control = cloudfront.get_origin_access_control(Id=origin["OriginAccessControlId"])
    settings = control["OriginAccessControl"]["OriginAccessControlConfig"]
    want_equal((settings["SigningBehavior"], settings["SigningProtocol"]), ("always", "sigv4"), "how it signs")
    want(system.variables["CDN_URL"].removeprefix("https://") in applied["Aliases"]["Items"], "it has another name")
    groups = {
        behavior["PathPattern"]: behavior.get("TrustedKeyGroups", {}).get("Items") or []
        for behavior in applied["CacheBehaviors"]["Items"]
    }
    signed = [path for path, trusted in groups.items() if trusted]
    want_equal(signed, ["/portfolios/*/resumes/*"], "what needs a signed address")
