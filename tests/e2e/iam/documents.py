"""The policies of a rendered root as the engine and the provider write them, and the ARNs that they speak of.

Nothing is applied. The root is reduced to its `aws_iam_policy_document` data sources, which need no account:
a reference to a resource becomes a local value, which holds the resource's own argument, or the sample that
`samples.toml` gives for an attribute that only AWS knows. The engine then evaluates what platgen wrote.
"""

from __future__ import annotations

import json
import re
import shutil
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..configuration import COMMENT, Block, Json, Module
from ..engine import Engine, run
from ..faults import ProductFault
from ..workcopy import account_of, variable_value, write_json

DOCUMENT = "aws_iam_policy_document"
REFERENCE = re.compile(r"\b(data\.)?(aws_[a-z0-9_]+)\.([a-z0-9_]+)\b(?=[.\[])")
ATTRIBUTE = re.compile(r"\.([a-z_0-9]+)")
VARIABLE = re.compile(r"\bvar\.([a-z0-9_]+)")
LOCAL = re.compile(r"\blocal\.([a-z0-9_]+)\b(?!-)")
OUTPUT = re.compile(r"\bmodule\.([a-z0-9_]+)\.([a-z0-9_]+)")
REPOSITORY = re.compile(r"\b([0-9]{12})\.dkr\.ecr\.([a-z0-9-]+)\.amazonaws\.com/([a-z0-9/._-]+)")
"""An image in a private repository: its account, region and name."""
INSTANCE = re.compile(r"\b(each|count)\.")
PROBE = "zz_probe"
"""The output that the facts of a module come out by. No name of platgen begins like it."""

HERE = Path(__file__).parent

PROVIDER = {
    "region": "us-east-1", "access_key": "none", "secret_key": "none", "skip_credentials_validation": True,
    "skip_requesting_account_id": True, "skip_metadata_api_check": True,
}  # fmt: skip
"""A provider that asks nobody for anything."""

POLICY_ARGUMENTS = ("policy", "policy_document", "assume_role_policy")
"""The arguments that hold the JSON of a policy."""

OWNERS = (
    "arn", "bucket", "function_name", "name", "policy_arn", "principal", "qualifier", "queue_url", "role",
    "source_account", "source_arn", "action", "permissions_boundary",
)
"""The arguments that say whose policy it is, or what a permission of a function lets in."""

OTHERS = {
    "aws_api_gateway_rest_api": {"calls": "execution_arn", "id": "id"},
    "aws_api_gateway_authorizer": {"id": "id"},
    "aws_apigatewayv2_authorizer": {"id": "id"},
    "aws_apigatewayv2_api": {"calls": "execution_arn"},
    "aws_dynamodb_table": {"stream": "stream_arn"},
    "aws_efs_file_system": {"id": "id"},
    "aws_ecs_task_definition": {"family": "arn_without_revision"},
    "aws_lambda_permission": {"function": "function_name"},
    "aws_rds_cluster": {"secret": "master_user_secret[0].secret_arn", "resource": "cluster_resource_id"},
    "aws_sfn_state_machine": {"name": "name"},
    "aws_s3_bucket": {"bucket": "id"},
    "aws_sqs_queue": {"url": "url"},
}
"""What else the proof needs of some types: the word for it, and the attribute."""

POLICY_TYPES = {"aws_iam_role", "aws_iam_role_policy", "aws_iam_role_policy_attachment", "aws_kms_key", "aws_lambda_permission"}
"""The types of resources whose arguments the proof looks at; of those in `doors.toml` it takes what is said there, and of
all others the ARN."""

WORD = re.compile(r"(?:\{|>)([a-z_0-9]+)")
"""The argument that a word of `doors.toml` begins with."""


@dataclass(frozen=True)
class Facts:
    """What the engine made of one root."""

    account: str
    region: str
    resources: dict[str, Json]
    """By address: the ARN of a resource, and of those that carry a policy what they say."""

    def attribute(self, address: str) -> str | None:
        """The value at the address of an attribute, `module.data.aws_kms_key.data.arn`, if there is one."""
        resource, _, attribute = address.rpartition(".")
        value = self.resources.get(resource, {}).get(attribute)
        return value if isinstance(value, str) else None


def evaluate(roots: dict[str, Module], engine: Engine, work: Path) -> dict[str, Facts]:
    """Has the engine evaluate the policies of all roots at once in an empty folder: it is the start that takes long."""
    samples = tomllib.loads((HERE / "samples.toml").read_text())
    shutil.rmtree(work, ignore_errors=True)
    names = {name: f"root_{number}" for number, name in enumerate(roots)}
    places = {name: place(root) for name, root in roots.items()}
    for name, root in roots.items():
        for folder, content in reduced(root, samples, *places[name]).items():
            (work / names[name] / folder).mkdir(parents=True, exist_ok=True)
            write_json(work / names[name] / folder / "main.tf.json", content)
    calls = {step: {"source": f"./{step}"} for step in names.values()}
    outputs = {step: {"value": f"${{module.{step}.{PROBE}}}"} for step in names.values()}
    write_json(work / "main.tf.json", {"module": calls, "output": outputs, "provider": {"aws": PROVIDER}})
    require(engine, work, "init", "-input=false", "-no-color")
    require(engine, work, "apply", "-auto-approve", "-input=false", "-json")
    found = json.loads(require(engine, work, "output", "-json"))
    return {name: Facts(*places[name], merged(found[step]["value"])) for name, step in names.items()}


def place(root: Module) -> tuple[str, str]:
    """The account and the region of a root."""
    provider = next(provider for provider in root.providers if "alias" not in provider)
    return account_of(root), str(root.resolve(provider["region"]))


def merged(parts: list[str]) -> dict[str, Json]:
    """The facts of all modules of a root."""
    return {address: facts for part in parts for address, facts in json.loads(part).items()}


def require(engine: Engine, work: Path, *arguments: str) -> str:
    """Runs a command of the engine that must succeed."""
    result = run([str(engine.program), *arguments], work, engine.environment({}))
    if result.returncode != 0:
        raise ProductFault(f"{arguments[0]} of the policies alone fails", result.stderr or result.stdout)
    return result.stdout


def reduced(root: Module, samples: Json, account: str, region: str) -> dict[Path, Json]:
    """The content of every module, by folder, with no value left but what the policies lead to."""
    regions = {f"aws.{p['alias']}": str(root.resolve(p["region"])) for p in root.providers if "alias" in p}
    said = said_arguments(tomllib.loads((HERE / "doors.toml").read_text()))
    modules = {module.path: Reduced(module, samples, said, {"account": account, "region": region}) for module in root.tree()}
    for module in modules.values():
        module.below = modules
        module.regions = regions
    while True:
        contents = {path: module.content() for path, module in modules.items()}
        wanted = sum(module.want(contents[path], modules) for path, module in modules.items())
        if not wanted:
            return {module.module.folder: contents[path] for path, module in modules.items()}


def said_arguments(doors: Json) -> dict[str, set[str]]:
    """The arguments that `doors.toml` speaks of, by type."""
    said: dict[str, set[str]] = {kind: set(arguments) for kind, arguments in doors["said"].items()}
    for door in doors["door"]:
        texts = json.dumps([door.get(key) for key in ("source", "on", "within", "with", "service")])
        words = {*WORD.findall(texts), *(path.partition(".")[0] for path in door.get("when", {}))}
        said.setdefault(door.get("each", ""), set()).update(words)
    for own in doors["own"]:
        kind, _, argument = own["policy"].partition(".")
        said.setdefault(kind, set()).update({argument, own.get("argument", argument)})
    return said


class Reduced:
    """One module with nothing left but its policies, and what they and the ARNs need."""

    def __init__(self, module: Module, samples: Json, said: dict[str, set[str]], words: dict[str, str]) -> None:
        self.module = module
        self.samples = samples
        self.said = said
        self.words = words
        self.regions: dict[str, str] = {}
        """By the name of a provider that is not the usual one: its region."""
        self.blocks = {(block.type, block.name): block for block in module.resources}
        self.data = {(block.type, block.name): block for block in module.data}
        self.references: dict[str, tuple[bool, str, str, set[str]]] = {}
        self.wanted: dict[str, set[str]] = {"var": set(), "local": set(), "output": set()}
        self.below: dict[tuple[str, ...], Reduced] = {}

    def want(self, content: Json, modules: dict[tuple[str, ...], Reduced]) -> int:
        """Notes the variables, locals and outputs that the content leads to; how many of them are new."""
        text = json.dumps(content)
        found = {("var", name, self) for name in VARIABLE.findall(text)}
        found |= {("local", name, self) for name in LOCAL.findall(text) if name in self.module.locals}
        # The addresses of a module's own resources look like outputs of a module in it.
        for step, name in OUTPUT.findall(text) if self.module.children else []:
            found.add(("output", name, modules[(*self.module.path, f"module.{step}")]))
        found = {(kind, name, owner) for kind, name, owner in found if name not in owner.wanted[kind] | {PROBE}}
        for kind, name, owner in found:
            owner.wanted[kind].add(name)
        return len(found)

    def content(self) -> Json:
        """The file of the module."""
        module = self.module
        documents = {
            block.name: self.rewrite(without_meta(block.arguments)) for block in module.data if block.type == DOCUMENT
        }
        steps = [child.path[-1].removeprefix("module.") for child in module.children]
        facts = f"${{jsonencode(local.{PROBE})}}"
        probe: Any = facts if module.path else [facts, *(f"${{module.{step}.{PROBE}}}" for step in steps)]
        outputs = {name: {"value": self.rewrite(module.outputs[name]["value"])} for name in self.wanted["output"]}
        locals_ = {name: self.rewrite(module.locals[name]) for name in self.wanted["local"]}
        calls = dict(zip(steps, map(self.call, module.children), strict=True))
        locals_[PROBE] = {block.address: self.facts(block) for block in module.resources}
        for block in module.data:
            if "arn" in self.samples.get(block.type, {}):
                address = ".".join([*module.path, "data", block.type, block.name])
                locals_[PROBE][address] = {"arn": f"${{{self.stand_in(True, block.type, block.name, 'arn')}.arn}}"}
        content: Json = {
            "terraform": {"required_providers": {"aws": {"source": "hashicorp/aws"}}},
            "data": {DOCUMENT: documents} if documents else {},
            "output": {**outputs, PROBE: {"value": probe}},
            "module": calls,
            "variable": self.variables(),
            "locals": {**locals_, **self.stand_ins()},
        }
        return {key: value for key, value in content.items() if value}

    def call(self, child: Module) -> Json:
        """The call of a module, with the values that its policies need."""
        given = {name: self.rewrite(value) for name, value in child.inputs.items() if name in self.inputs_of(child)}
        return {"source": child.inputs["source"], **given}

    def inputs_of(self, child: Module) -> set[str]:
        """The variables of a child that something needs."""
        return self.below[child.path].wanted["var"]

    def variables(self) -> Json:
        """The declarations of the needed variables; those of the root that have no default get a sample."""
        kept = {name: without_meta(self.module.variables[name]) for name in self.wanted["var"]}
        if not self.module.path:
            for name, body in kept.items():
                body.setdefault("default", variable_value(name, body.get("type", "string"), self.words["account"]))
        return kept

    def facts(self, block: Block) -> Json:
        """What the proof needs of a resource."""
        sample = self.samples.get(block.type, {}).get("arn")
        facts: Json = {}
        if sample is not None and "for_each" not in block.arguments:
            facts["arn"] = f"${{{self.stand_in(False, block.type, block.name, 'arn')}.arn}}"
        for word, attribute in OTHERS.get(block.type, {}).items():
            local = self.stand_in(False, block.type, block.name, ATTRIBUTE.findall(f".{attribute}")[0])
            facts[word] = f"${{{local}.{attribute}}}"
        if block.arguments.get("global_secondary_index"):
            facts["index"] = f"{facts['arn']}/index/*"
        if block.type == "aws_ecs_task_definition":
            text = json.dumps(block.arguments)
            text += json.dumps([self.module.locals.get(name) for name in LOCAL.findall(text)])
            images = REPOSITORY.findall(text)
            facts["repositories"] = sorted(f"arn:aws:ecr:{region}:{owner}:repository/{name}" for owner, region, name in set(images))
        said = {key: value for key, value in block.arguments.items() if key in self.said.get(block.type, ())}
        # What an instance has of its own names nothing of the platform.
        facts["said"] = {key: self.rewrite(v) for key, v in said.items() if not INSTANCE.search(json.dumps(v))}
        facts["holds"] = [key for key, value in block.arguments.items() if DOCUMENT in json.dumps(value)]
        if block.type in POLICY_TYPES:
            for argument in (*POLICY_ARGUMENTS, *OWNERS):
                if argument in block.arguments:
                    facts.setdefault(argument, self.rewrite(block.arguments[argument]))
        return facts

    def rewrite(self, value: Any) -> Any:
        """The value with references to resources led to local values."""
        if isinstance(value, dict):
            return {key: self.rewrite(inner) for key, inner in value.items() if key != COMMENT}
        if isinstance(value, list):
            return [self.rewrite(inner) for inner in value]
        return REFERENCE.sub(self.led, value) if isinstance(value, str) and "${" in value else value

    def led(self, match: re.Match[str]) -> str:
        """The local value for one reference."""
        is_data, kind, name = bool(match[1]), match[2], match[3]
        if is_data and kind == DOCUMENT:
            return match[0]
        attribute = ATTRIBUTE.search(match.string, match.end())
        return self.stand_in(is_data, kind, name, attribute[1] if attribute else "id")

    def stand_in(self, is_data: bool, kind: str, name: str, attribute: str) -> str:
        """The name of the local value of a resource, which then has the attribute."""
        local = f"{'data-' if is_data else ''}{kind}-{name}"
        self.references.setdefault(local, (is_data, kind, name, set()))[3].add(attribute)
        return f"local.{local}"

    def stand_ins(self) -> Json:
        """The local values of all resources that something refers to. One may refer to another in turn."""
        made: Json = {}
        while True:
            missing = {
                local: [attribute for attribute in sorted(of[3]) if attribute not in made.get(local, {})]
                for local, of in self.references.items()
            }
            missing = {local: attributes for local, attributes in missing.items() if attributes}
            if not missing:
                return made
            for local, attributes in missing.items():
                is_data, kind, name, _ = self.references[local]
                for attribute in attributes:
                    made.setdefault(local, {})[attribute] = self.attribute(is_data, kind, name, attribute)

    def attribute(self, is_data: bool, kind: str, name: str, attribute: str) -> Any:
        """The argument of that name, else the sample, else a text that says what it stands for."""
        block = (self.data if is_data else self.blocks)[(kind, name)]
        if attribute in block.arguments:
            return self.rewrite(block.arguments[attribute])
        sample = self.samples.get(kind, {}).get(attribute)
        if sample is None:
            return f"{kind}.{name}.{attribute}"
        return self.filled(sample, block)

    def filled(self, sample: Any, block: Block) -> Any:
        """A sample with the account, the region, and arguments of the resource put in."""
        if isinstance(sample, list):
            return [self.filled(item, block) for item in sample]
        if isinstance(sample, dict):
            return {key: self.filled(item, block) for key, item in sample.items()}

        words = {**self.words, "region": self.regions.get(block.arguments.get("provider", ""), self.words["region"])}

        def word(match: re.Match[str]) -> str:
            if match[1] in words:
                return words[match[1]]
            if match[1] == "label":
                return self.label(block)
            return str(self.rewrite(block.arguments.get(match[1], self.label(block))))

        return re.sub(r"(?<!\$)\{([a-z_]+)\}", word, sample)

    def label(self, block: Block) -> str:
        """What the resource is called in the configuration, in letters that an ARN takes."""
        return "-".join(step.removeprefix("module.") for step in (*self.module.path, block.name)).replace("_", "-")


def without_meta(arguments: Json) -> Json:
    """The arguments of a block without those that speak to the engine."""
    return {key: value for key, value in arguments.items() if key not in (COMMENT, "depends_on", "provider", "validation")}
