"""Reads a rendered root and its modules: resource and data blocks, and values that need no engine to know.

Only the JSON syntax is read, since that is all that platgen writes. Anything that is not a literal, an
input variable or a local value counts as unknown; the engine itself judges expressions.
https://developer.hashicorp.com/terraform/language/syntax/json
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

Json = dict[str, Any]

REFERENCE = re.compile(r"\$\{(var|local)\.([A-Za-z_][A-Za-z0-9_-]*)\}")
"""A string that is nothing but one reference to a value of the same module."""

COMMENT = "//"
"""The property that the JSON syntax ignores."""


@dataclass(frozen=True)
class Block:
    """One `resource` or `data` block of a module."""

    module: Module
    type: str
    name: str
    arguments: Json

    @property
    def address(self) -> str:
        """The address without instance keys, such as `module.network.aws_vpc.main`."""
        return ".".join([*self.module.path, self.type, self.name])

    def known(self, argument: str) -> Any:
        """The value of an argument where it is known without an engine, else None."""
        return self.module.resolve(self.arguments.get(argument))


@dataclass
class Module:
    """One module of the tree, with what its caller hands in."""

    path: tuple[str, ...] = ()
    """Steps from the root, such as `("module.network",)`."""

    folder: Path = Path()
    """Where its files are, seen from the root's folder."""

    caller: Module | None = None
    inputs: Json = field(default_factory=dict)
    """The arguments of the `module` block that calls it; empty for the root."""

    variables: Json = field(default_factory=dict)
    locals: Json = field(default_factory=dict)
    providers: list[Json] = field(default_factory=list)
    resources: list[Block] = field(default_factory=list)
    data: list[Block] = field(default_factory=list)
    outputs: Json = field(default_factory=dict)
    children: list[Module] = field(default_factory=list)

    def tree(self) -> Iterator[Module]:
        """This module and everything below it."""
        yield self
        for child in self.children:
            yield from child.tree()

    def resolve(self, value: Any) -> Any:
        """The literal that a value stands for, or None where only an engine can tell.

        References in a cycle must have been ruled out: the engine's `validate` refuses them.
        """
        if not isinstance(value, str) or "${" not in value:
            return value
        reference = REFERENCE.fullmatch(value)
        if reference is None:
            return None
        kind, name = reference.groups()
        return self.resolve(self.locals.get(name)) if kind == "local" else self.resolve_variable(name)

    def resolve_variable(self, name: str) -> Any:
        """The value that the caller hands in, else the variable's default."""
        if self.caller is not None and name in self.inputs:
            return self.caller.resolve(self.inputs[name])
        return self.variables.get(name, {}).get("default")

    def required_variables(self) -> dict[str, Json]:
        """The declarations of the input variables that have no default."""
        return {name: body for name, body in sorted(self.variables.items()) if "default" not in body}


def read_root(folder: Path) -> Module:
    """Reads the root module in a folder and every module that it calls by a local path."""
    return read_module(folder, Module())


def read_module(folder: Path, module: Module) -> Module:
    """Fills a module from the files of its folder, then reads the modules that it calls."""
    calls: dict[str, Json] = {}
    for file in sorted(folder.glob("*.tf.json")):
        content = json.loads(file.read_text())
        add_blocks(module, content)
        calls.update({labels[0]: body for labels, body in labelled(content.get("module", {}), 1)})
    for name, inputs in sorted(calls.items()):
        path = (*module.path, f"module.{name}")
        child = Module(path, module.folder / inputs["source"], caller=module, inputs=inputs)
        module.children.append(read_module(folder / inputs["source"], child))
    return module


def add_blocks(module: Module, content: Json) -> None:
    """Adds what one file declares."""
    for (kind, name), body in labelled(content.get("resource", {}), 2):
        module.resources.append(Block(module, kind, name, body))
    for (kind, name), body in labelled(content.get("data", {}), 2):
        module.data.append(Block(module, kind, name, body))
    for (name,), body in labelled(content.get("variable", {}), 1):
        module.variables[name] = body
    for (name,), body in labelled(content.get("output", {}), 1):
        module.outputs[name] = body
    for _, body in labelled(content.get("locals", {}), 0):
        module.locals.update(body)
    module.providers += [body for (name,), body in labelled(content.get("provider", {}), 1) if name == "aws"]


def labelled(value: Any, depth: int) -> Iterator[tuple[tuple[str, ...], Json]]:
    """Every block below a keyword with its labels; each level may be an object or a list of objects."""
    for item in value if isinstance(value, list) else [value]:
        if depth == 0:
            yield (), item
            continue
        for label, inner in item.items():
            if label != COMMENT:
                yield from ((((label, *rest), body)) for rest, body in labelled(inner, depth - 1))
