#!/usr/bin/env python3
"""Writes the provider schema files that platgen embeds. README.md says how to run it.

  provider_schema.py text SCHEMA VERSION OUT
  provider_schema.py removed OLD OLD_VERSION NEW NEW_VERSION OUT
  provider_schema.py functions METADATA VERSION OUT
"""

import argparse
import json

import compact
import functions
import removed
import schema_text

PROVIDER = "hashicorp/aws"


def write_text(arguments):
    """Writes the text form of a whole schema."""
    write(arguments.out, schema_text.encode(read(arguments.schema, arguments.version)))


def write_removed(arguments):
    """Writes the list of what the newer version no longer has."""
    old = read(arguments.old, arguments.old_version)
    new = read(arguments.new, arguments.new_version)
    versions = (PROVIDER, arguments.old_version, arguments.new_version)
    title = "# %s: what %s has and %s has not, or only to read" % versions
    write(arguments.out, "\n".join([title, *removed.removals(old, new)]) + "\n")


def write_functions(arguments):
    """Writes the signatures of the language's functions."""
    with open(arguments.metadata, encoding="utf-8") as file:
        write(arguments.out, functions.encode(json.load(file), arguments.version))


def read(path, version):
    """The schema in a file, which must be of this provider."""
    return compact.read(path, PROVIDER, version)


def write(path, text):
    """Writes a text with the same line ends on every system."""
    with open(path, "w", encoding="utf-8", newline="\n") as file:
        file.write(text)


def command_line():
    """The commands and their arguments."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    commands = parser.add_subparsers(required=True)
    for name, run, names in (
        ("text", write_text, ("schema", "version", "out")),
        ("removed", write_removed, ("old", "old_version", "new", "new_version", "out")),
        ("functions", write_functions, ("metadata", "version", "out")),
    ):
        command = commands.add_parser(name, help=run.__doc__)
        for argument in names:
            command.add_argument(argument)
        command.set_defaults(run=run)
    return parser


if __name__ == "__main__":
    chosen = command_line().parse_args()
    chosen.run(chosen)
