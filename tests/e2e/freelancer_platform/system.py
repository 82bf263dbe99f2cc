"""The running platform: the applied stack, MariaDB and Redis in place of the database and the cache, and the service.

Programs get the variables of the applied task definitions and functions. Exchanged are the places of what cannot run in
an emulator, database and cache, and added is what leads to the emulator and to local certificates; `Local` is the list.
"""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from .. import children
from ..configuration import Json
from ..emulator import DIRECT
from ..faults import CannotRun
from ..stack import PROJECT, Stack

EXAMPLE = PROJECT / "examples" / "freelancer-platform"
START_SECONDS = 120
ANSWER_SECONDS = 60
HOST = "127.0.0.1"
WEBHOOK_SECRET = "whsec of this run"
"""What the payment provider signs with; an operator puts it into the secret after the first apply."""


@dataclass(frozen=True)
class Answer:
    """The answer to a request."""

    status: int
    body: Any
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Local:
    """MariaDB and Redis on this machine, and how to ask the database."""

    child: children.Child
    places: Json

    @property
    def database(self) -> dict[str, str]:
        """The variables that lead to the database."""
        port = str(self.places["database"]["port"])
        authority = self.places["authority"]
        return {"MAIN_HOST": HOST, "MAIN_READER_HOST": HOST, "MAIN_PORT": port, "DATABASE_CA_FILE": authority}

    @property
    def cache(self) -> dict[str, str]:
        """The variables that lead to the cache."""
        return {"SESSIONS_URL": self.places["cacheUrl"], "CACHE_CA_FILE": self.places["authority"]}

    @property
    def login(self) -> str:
        """The name and password of the database's user, as the secret of a cluster has them."""
        database = self.places["database"]
        return json.dumps({"username": database["user"], "password": database["password"]})

    def query(self, sql: str, *parameters: object) -> list[Json]:
        """The rows of a statement."""
        self.child.tell(json.dumps({"sql": sql, "parameters": parameters}))
        said = json.loads(self.child.read(ANSWER_SECONDS))
        if "error" in said:
            raise RuntimeError(said["error"])
        rows: list[Json] = said["rows"]
        return rows


@dataclass
class System:
    """What the rows work with."""

    stack: Stack
    local: Local
    address: str = ""
    """Where the service listens."""

    people: dict[str, Any] = field(default_factory=dict)
    """Who has signed up (`people.py`)."""

    @cached_property
    def outputs(self) -> Json:
        """The outputs of the root."""
        return self.stack.outputs

    @cached_property
    def variables(self) -> dict[str, str]:
        """The variables that the service gets by its applied task definition."""
        return container(self.stack, self.values("aws_ecs_task_definition", "service__web"))[1]

    @cached_property
    def resources(self) -> list[Json]:
        """The managed resources of the state."""
        return self.stack.resources

    def values(self, kind: str, name: str) -> Json:
        """The values of the applied resource with a type and a name."""
        found = [item for item in self.resources if item["type"] == kind and item["name"] == name]
        if len(found) != 1:
            raise LookupError(f"the state has {len(found)} resources {kind}.{name}")
        values: Json = found[0]["values"]
        return values

    def call(self, token: str | None, method: str, path: str, body: object = None) -> Answer:
        """A request to the service."""
        headers = {"content-type": "application/json", **({"authorization": f"Bearer {token}"} if token else {})}
        return request(method, self.address + path, headers, None if body is None else json.dumps(body).encode())

    def done(self, token: str, method: str, path: str, body: object = None) -> Any:
        """The body of an answer that must be a good one."""
        answer = self.call(token, method, path, body)
        if answer.status >= 300:
            raise RuntimeError(f"{method} {path}: {answer.status} {answer.body}")
        return answer.body

    def outbox(self, **wanted: str) -> list[Json]:
        """What people received so far, by the values of some keys."""
        file = self.stack.emulator.outbox
        lines = file.read_text().splitlines() if file is not None and file.exists() else []
        return [said for said in map(json.loads, lines) if wanted.items() <= said.items()]


def request(method: str, address: str, headers: Mapping[str, str], body: bytes | None = None) -> Answer:
    """A request by HTTP; the body of the answer is read as JSON where it is."""
    sent = urllib.request.Request(address, data=body, method=method, headers=dict(headers))
    try:
        with DIRECT.open(sent, timeout=ANSWER_SECONDS) as answer:
            return read(answer)
    except urllib.error.HTTPError as answer:
        return read(answer)


def read(answer: Any) -> Answer:
    """An answer with its body."""
    text = answer.read()
    headers = {name.lower(): value for name, value in answer.headers.items()}
    is_json = "json" in headers.get("content-type", "")
    return Answer(answer.status, json.loads(text) if is_json and text else text, headers)


@contextmanager
def running(stack: Stack) -> Iterator[System]:
    """The whole system for the length of a `with` block."""
    if not (EXAMPLE / "node_modules").is_dir():
        raise CannotRun(f"the packages of the example are missing; run npm ci in {EXAMPLE}")
    with ExitStack() as opened:
        system = System(stack, opened.enter_context(local_servers()))
        fill_secrets(system)
        migrate(system)
        lead_function_home(system)
        command = ["node", "--enable-source-maps", "src/main.mjs"]
        service = opened.enter_context(children.running(command, EXAMPLE / "web", surroundings(system)))
        system.address = f"http://{HOST}:{port_of(service)}"
        yield system


@contextmanager
def local_servers() -> Iterator[Local]:
    """MariaDB and Redis for the length of a `with` block."""
    with children.running(["node", "testing/serve.mjs"], EXAMPLE, {"NODE_NO_WARNINGS": "1"}) as child:
        try:
            places = json.loads(child.read(START_SECONDS))
        except RuntimeError as problem:
            raise CannotRun(f"the local servers do not start: {problem}") from None
        yield Local(child, places)


def fill_secrets(system: System) -> None:
    """Puts into the applied secrets what RDS and an operator put there."""
    manager = system.stack.client("secretsmanager")
    manager.put_secret_value(SecretId=system.variables["MAIN_SECRET_ARN"], SecretString=system.local.login)
    provider = system.values("aws_secretsmanager_secret", "payment_provider")["arn"]
    manager.put_secret_value(SecretId=provider, SecretString=json.dumps({"webhook_secret": WEBHOOK_SECRET}))


def container(stack: Stack, definition: Json) -> tuple[list[str], dict[str, str]]:
    """The command and the variables of the one container of an applied task definition, as ECS has them."""
    found = stack.client("ecs").describe_task_definition(taskDefinition=definition["arn"])["taskDefinition"]
    [content] = found["containerDefinitions"]
    variables = {item["name"]: item.get("value", "") for item in content["environment"]}
    return content.get("command", []), variables


def surroundings(system: System, variables: Mapping[str, str] | None = None) -> dict[str, str]:
    """The variables of a task here: those of its definition, with what must be exchanged and added."""
    given = system.variables if variables is None else variables
    emulator, stack = system.stack.emulator, system.stack
    keys = {
        f"{pool}_JWKS_URL": f"{emulator.url}/{given[f'{pool}_USER_POOL_ID']}/.well-known/jwks.json"
        for pool in ("FREELANCERS", "CLIENTS")
    }
    account = {
        "AWS_ENDPOINT_URL": emulator.url,
        "AWS_REGION": stack.region,
        "AWS_ACCESS_KEY_ID": emulator.access_key(stack.account),
        "AWS_SECRET_ACCESS_KEY": emulator.secret_key,
    }
    here = {"PORT": "0", "NODE_NO_WARNINGS": "1"}
    return {**given, **system.local.database, **system.local.cache, **keys, **account, **here}


def migrate(system: System) -> None:
    """Runs the applied job that brings the schema up to date, by its own command."""
    command, variables = container(system.stack, system.values("aws_ecs_task_definition", "job__migrate"))
    with children.running(command, EXAMPLE / "web", surroundings(system, variables)) as child:
        status = child.process.wait(START_SECONDS)
    if status != 0:
        raise RuntimeError(f"{' '.join(command)} ended with {status}:\n" + "\n".join(child.said))


def lead_function_home(system: System) -> None:
    """Publishes a version of the applied function that finds the local database, and nothing else changed."""
    functions = system.stack.client("lambda")
    name = system.values("aws_lambda_function", "payment_webhook")["function_name"]
    variables = functions.get_function_configuration(FunctionName=name)["Environment"]["Variables"]
    moved = {**variables, **system.local.database}
    functions.update_function_configuration(FunctionName=name, Environment={"Variables": moved})
    version = functions.publish_version(FunctionName=name)["Version"]
    alias = system.values("aws_lambda_alias", "payment_webhook")["name"]
    functions.update_alias(FunctionName=name, Name=alias, FunctionVersion=version)


def port_of(service: children.Child) -> int:
    """The port that the service says it listens on."""
    while True:
        said = json.loads(service.read(START_SECONDS))
        if said.get("event") == "service.started":
            return int(said["port"])
        if said.get("level") == "ERROR":
            raise RuntimeError(f"the service does not start: {said}")


def path_of(name: str) -> Path:
    """The rendered root of an environment."""
    return PROJECT / "generated" / EXAMPLE.name / name
