"""What a newer version of a provider no longer has."""

GONE = "gone"
READ_ONLY = "read-only"


def removals(old, new):
    """Lines of a path and what became of it, `gone` or `read-only`, sorted.

    A path is `aws_x` for a resource type, `data.aws_x` for a data source and
    `provider` for the provider block, then the names of the nested blocks and
    of the attribute. Of a block that is gone only its own path is listed.
    """
    found = in_block("provider", old["provider_block"], new["provider_block"])
    for prefix, section in (("", "resources"), ("data.", "data_sources")):
        for name, block in old[section].items():
            if name in new[section]:
                found += in_block(prefix + name, block, new[section][name])
            else:
                found.append((prefix + name, GONE))
    return ["%s %s" % pair for pair in sorted(found)]


def in_block(path, old, new):
    """The removals within one block that both versions have."""
    found = []
    for name, attribute in old.get("attributes", {}).items():
        removal = of_name(new, name, is_settable(attribute))
        if removal:
            found.append(("%s.%s" % (path, name), removal))
    for name, nested in old.get("block_types", {}).items():
        inner = "%s.%s" % (path, name)
        removal = of_name(new, name, True)
        if removal:
            found.append((inner, removal))
        elif name in new.get("block_types", {}):
            found += in_nested(inner, nested, new["block_types"][name])
    return found


def in_nested(path, old, new):
    """The removals within a nested block, if the content of the newer one is known."""
    if "block" not in new:
        return []
    return in_block(path, old["block"], new["block"])


def of_name(new, name, was_settable):
    """What became of an attribute or nested block, or None when it is still there."""
    if name in new.get("block_types", {}):
        return None
    attribute = new.get("attributes", {}).get(name)
    if attribute is None:
        return GONE
    return READ_ONLY if was_settable and not is_settable(attribute) else None


def is_settable(attribute):
    """Whether a configuration may give the attribute a value."""
    return bool(attribute.get("required") or attribute.get("optional"))
