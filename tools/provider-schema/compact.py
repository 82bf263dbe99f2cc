"""Reading a provider schema, from the engine's own output or in compact form."""

import gzip
import json

FLAGS = ("required", "optional", "computed", "sensitive", "write_only", "deprecated")


def read(path, provider, version):
    """The schema in a file, in compact form (see README.md).

    The file is JSON, packed with gzip when its name ends in `.gz`. The output
    of `terraform providers schema -json` names no version, so `version` does;
    a compact file must be of the provider and version that are asked for.
    """
    opened = gzip.open if path.endswith(".gz") else open
    with opened(path, "rt", encoding="utf-8") as file:
        document = json.load(file)
    if "provider_schemas" in document:
        return from_engine(document, provider, version)
    found = (document.get("provider"), document.get("version"))
    if found != (provider, version):
        raise ValueError("%s holds %s %s, not %s %s" % (path, *found, provider, version))
    return document


def from_engine(document, provider, version):
    """The compact form of the output of `terraform providers schema -json`.

    Each engine puts its own registry host before the provider's name, so only
    the last two segments count.
    """
    schemas = document["provider_schemas"]
    matches = [schemas[name] for name in sorted(schemas) if name.endswith("/" + provider)]
    if len(matches) != 1:
        raise ValueError("expected one provider %s, found %d" % (provider, len(matches)))
    sections = {"resources": "resource_schemas", "data_sources": "data_source_schemas"}
    compact = {
        section: {name: block(item["block"]) for name, item in matches[0].get(key, {}).items()}
        for section, key in sections.items()
    }
    compact["provider_block"] = block(matches[0]["provider"]["block"])
    return {"provider": provider, "version": version, **compact}


def block(source):
    """A block without its descriptions and empty parts."""
    compact = {}
    if source.get("deprecated"):
        compact["deprecated"] = True
    if source.get("attributes"):
        compact["attributes"] = {n: attribute(a) for n, a in source["attributes"].items()}
    if source.get("block_types"):
        compact["block_types"] = {n: nested(b) for n, b in source["block_types"].items()}
    return compact


def attribute(source):
    """An attribute's type and the flags that are set."""
    if "nested_type" in source:
        raise ValueError("an attribute with a nested type has no text form yet")
    return {"type": source["type"], **{flag: True for flag in FLAGS if source.get(flag)}}


def nested(source):
    """A nested block with its nesting and the limits that are set."""
    limits = {key: source[key] for key in ("min_items", "max_items") if source.get(key)}
    return {"nesting_mode": source["nesting_mode"], "block": block(source["block"]), **limits}
