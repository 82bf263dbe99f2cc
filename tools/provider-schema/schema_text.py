"""The text form of a provider schema: how platgen embeds it, and back.

The text has one line per block. A line is never repeated: two blocks with the
same content are one line, and other lines point to it by number. Blocks come
before the blocks that hold them, so that a reader needs no second pass.

    # hashicorp/aws 5.100.0: 1526 resources, 608 data sources, 5621 blocks
    b create=s delete=s                      block 0
    b arn=s^ name=s! tags=%s timeouts@0o     block 1
    p 17                                     the provider block
    r aws_example 1                          a resource type
    d aws_example 1                          a data source

An attribute is NAME=TYPE and its flags:
    types   s string, n number, b bool, * any, [T list, <T set, %T map,
            {NAME:T,NAME:T} object
    flags   ! required, ? optional and computed, ^ only computed, none of
            these: optional; then ~ sensitive, + write-only, - deprecated
A nested block is NAME@BLOCK and its nesting:
    l list, s set, o single; then the least number of items when it is not 0,
    and :MOST when there is a limit.
A line `b - ...` is a block that is deprecated as a whole.
"""

SCALARS = {"string": "s", "number": "n", "bool": "b", "dynamic": "*"}
COLLECTIONS = {"list": "[", "set": "<", "map": "%"}
NESTINGS = {"list": "l", "set": "s", "single": "o"}
MODES = {
    (True, False, False): "!",
    (False, True, False): "",
    (False, True, True): "?",
    (False, False, True): "^",
}
MARKS = {"sensitive": "~", "write_only": "+", "deprecated": "-"}


def encode(schema):
    """The text of a schema in compact form (see README.md)."""
    blocks = Blocks()
    roots = ["p %d" % blocks.number(schema["provider_block"])]
    for letter, section in (("r", "resources"), ("d", "data_sources")):
        for name in sorted(schema[section]):
            roots.append("%s %s %d" % (letter, name, blocks.number(schema[section][name])))
    title = "# %s %s: %d resources, %d data sources, %d blocks" % (
        schema["provider"],
        schema["version"],
        len(schema["resources"]),
        len(schema["data_sources"]),
        len(blocks.lines),
    )
    return "\n".join([title, *blocks.lines, *roots]) + "\n"


def decode(text):
    """The schema that a text stands for: the inverse of `encode`."""
    blocks, schema = [], {"resources": {}, "data_sources": {}}
    for line in text.splitlines():
        letter, *words = line.split(" ")
        if letter == "#":
            schema["provider"], schema["version"] = words[0], words[1].rstrip(":")
        elif letter == "b":
            blocks.append(decode_block(words, blocks))
        elif letter == "p":
            schema["provider_block"] = blocks[int(words[0])]
        else:
            section = {"r": "resources", "d": "data_sources"}[letter]
            schema[section][words[0]] = blocks[int(words[1])]
    return schema


class Blocks:
    """The lines met so far, each with its number."""

    def __init__(self):
        self.lines = []
        self.numbers = {}

    def number(self, block):
        """The number of the line of a block; the line is added when it is new."""
        line = encode_block(block, self.number)
        if line not in self.numbers:
            self.numbers[line] = len(self.lines)
            self.lines.append(line)
        return self.numbers[line]


def encode_block(block, number):
    """The line of a block; `number` gives the number of a nested block."""
    words = ["b"]
    if block.get("deprecated"):
        words.append("-")
    for name, attribute in sorted(block.get("attributes", {}).items()):
        words.append("%s=%s" % (name, encode_attribute(attribute)))
    for name, nested in sorted(block.get("block_types", {}).items()):
        words.append("%s@%d%s" % (name, number(nested["block"]), encode_nesting(nested)))
    return " ".join(words)


def encode_attribute(attribute):
    """The type and the flags of an attribute."""
    mode = MODES[tuple(bool(attribute.get(flag)) for flag in ("required", "optional", "computed"))]
    marks = "".join(mark for flag, mark in MARKS.items() if attribute.get(flag))
    return encode_type(attribute["type"]) + mode + marks


def encode_type(type_):
    """A type of cty JSON (`"string"`, `["list", "string"]`, ...) as letters."""
    if isinstance(type_, str):
        return SCALARS[type_]
    kind, inner = type_
    if kind in COLLECTIONS:
        return COLLECTIONS[kind] + encode_type(inner)
    if kind != "object":
        raise ValueError("type %r has no text form" % (kind,))
    fields = ("%s:%s" % (name, encode_type(inner[name])) for name in sorted(inner))
    return "{%s}" % ",".join(fields)


def encode_nesting(nested):
    """The nesting of a block and its limits."""
    least = str(nested["min_items"]) if nested.get("min_items") else ""
    most = ":%d" % nested["max_items"] if nested.get("max_items") else ""
    return NESTINGS[nested["nesting_mode"]] + least + most


def decode_block(words, blocks):
    """The block of a line's words; `blocks` are those of the lines before."""
    block = {}
    if words[:1] == ["-"]:
        block["deprecated"] = True
        words = words[1:]
    for word in words:
        if "=" in word:
            name, rest = word.split("=", 1)
            block.setdefault("attributes", {})[name] = decode_attribute(rest)
        else:
            name, rest = word.split("@", 1)
            block.setdefault("block_types", {})[name] = decode_nested(rest, blocks)
    return block


def decode_attribute(text):
    """The attribute of a type and flags."""
    type_, rest = decode_type(text)
    mode = rest[:1] if rest[:1] in ("!", "?", "^") else ""
    flags = next(flags for flags, letter in MODES.items() if letter == mode)
    attribute = {"type": type_}
    for flag, is_set in zip(("required", "optional", "computed"), flags):
        if is_set:
            attribute[flag] = True
    for flag, mark in MARKS.items():
        if mark in rest[len(mode) :]:
            attribute[flag] = True
    return attribute


def decode_type(text):
    """The type at the start of a text, and what follows it."""
    letter, rest = text[0], text[1:]
    for name, scalar in SCALARS.items():
        if letter == scalar:
            return name, rest
    for name, collection in COLLECTIONS.items():
        if letter == collection:
            inner, rest = decode_type(rest)
            return [name, inner], rest
    fields = {}
    while not rest.startswith("}"):
        name, rest = rest.removeprefix(",").split(":", 1)
        fields[name], rest = decode_type(rest)
    return ["object", fields], rest[1:]


def decode_nested(text, blocks):
    """The nested block of a number, a nesting letter and limits."""
    digits = len(text) - len(text.lstrip("0123456789"))
    mode = next(mode for mode, letter in NESTINGS.items() if letter == text[digits])
    nested = {"block": blocks[int(text[:digits])], "nesting_mode": mode}
    least, _, most = text[digits + 1 :].partition(":")
    if least:
        nested["min_items"] = int(least)
    if most:
        nested["max_items"] = int(most)
    return nested
