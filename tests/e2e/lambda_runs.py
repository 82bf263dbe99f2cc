"""Runs Lambda functions of moto as child processes of the local `node` or Python; no container is involved.

Functions run from their zip file, and talk to the emulator as they would to AWS. Every call is appended to a
file as one JSON line: function, payload, result, error.
"""

from __future__ import annotations

import base64
import io
import json
import os
import subprocess
import sys
import tempfile
import threading
import uuid
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3
from moto.awslambda.models import LambdaBackend, LambdaFunction
from moto.awslambda_simple.models import LambdaSimpleBackend

RUNTIMES = Path(__file__).with_name("runtimes")
DEFAULT_TIMEOUT_SECONDS = 3
"""https://docs.aws.amazon.com/lambda/latest/dg/configuration-timeout.html"""

START_SECONDS = 2
"""What a child process may take beyond the function's own limit."""

ERROR_CHARACTERS = 500
LOG_BYTES = 4096
"""https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html#API_Invoke_ResponseElements"""


@dataclass(frozen=True)
class Outcome:
    """What one run gave: the returned or thrown value, whether it was thrown, and the printed text."""

    value: Any
    failed: bool
    logs: str


def install(endpoint: str, invocations: Path) -> None:
    """Replaces moto's invocation, which needs containers; call once, before the server starts."""
    lock = threading.Lock()

    def invoke(self: Any, body: Any, request_headers: Any = None, response_headers: Any = None) -> bytes:
        event = body.decode() if isinstance(body, bytes) else (body or "{}")
        outcome = run_handler(self, event, endpoint)
        record = {"function": self.function_name, "payload": event, "result": outcome.value, "error": outcome.failed}
        with lock, invocations.open("a") as log:
            log.write(json.dumps(record) + "\n")
        add_headers({} if response_headers is None else response_headers, self, outcome)
        if outcome.failed and is_asynchronous(request_headers):
            bury(self, event, endpoint)
        self.logs_backend.ensure_log_group(self.logs_group_name)
        self.save_logs(outcome.logs)
        return json.dumps(outcome.value).encode()

    LambdaSimpleBackend.invoke = LambdaBackend.invoke
    LambdaFunction.invoke = invoke
    # There is no container engine: reading the attribute must not fail.
    LambdaFunction.docker_client = None


def add_headers(headers: dict[str, str], function: Any, outcome: Outcome) -> None:
    """Adds to an answer what Lambda says of the run."""
    headers["x-amz-log-result"] = base64.b64encode(outcome.logs.encode()[-LOG_BYTES:]).decode()
    headers["x-amz-executed-version"] = str(function.version)
    if outcome.failed:
        headers["x-amz-function-error"] = "Unhandled"


def is_asynchronous(headers: Any) -> bool:
    """Whether a call does not wait for its result."""
    sent = {key.lower(): value for key, value in dict(headers or {}).items()}
    return sent.get("x-amz-invocation-type") == "Event"


def bury(function: Any, event: str, endpoint: str) -> None:
    """Delivers a failed event to the function's dead-letter queue, if it has one."""
    queue = function.kept_settings.get("DeadLetterConfig", {}).get("TargetArn", "")
    if ":sqs:" in queue:
        arguments = (queue, function.region, event, endpoint)
        threading.Thread(target=send_to_queue, args=arguments, daemon=True).start()


def send_to_queue(arn: str, region: str, body: str, endpoint: str) -> None:
    """Sends one message to a queue, in the account of the queue."""
    account, name = arn.split(":")[4:6]
    sqs = boto3.client(
        "sqs", region_name=region, endpoint_url=endpoint, aws_access_key_id=account, aws_secret_access_key="testing"
    )
    sqs.send_message(QueueUrl=sqs.get_queue_url(QueueName=name)["QueueUrl"], MessageBody=body)


def run_handler(function: Any, event: str, endpoint: str) -> Outcome:
    """Unpacks the function's zip file and runs its handler once."""
    command = command_for(function.run_time or "")
    if command is None:
        return failure("Runtime.Unsupported", f"cannot run {function.run_time} here")
    with tempfile.TemporaryDirectory(prefix="platgen-e2e-lambda-") as folder:
        zipfile.ZipFile(io.BytesIO(function.code_bytes)).extractall(folder)
        result = Path(folder, ".result.json")
        limit = int(function.timeout or DEFAULT_TIMEOUT_SECONDS)
        try:
            child = subprocess.run(
                command,
                cwd=folder,
                env=environment_of(function, Path(folder), endpoint, result),
                input=event,
                text=True,
                capture_output=True,
                timeout=limit + START_SECONDS,
                check=False,
            )
        except subprocess.TimeoutExpired:
            return failure("Sandbox.Timedout", f"Task timed out after {limit} seconds")
        logs = child.stdout + child.stderr
        if not result.exists():
            return failure("Runtime.ExitError", logs[-ERROR_CHARACTERS:], logs)
        return Outcome(json.loads(result.read_text()), child.returncode != 0, logs)


def failure(kind: str, message: str, logs: str = "") -> Outcome:
    """A run that the runtime itself ends."""
    return Outcome({"errorType": kind, "errorMessage": message}, True, logs)


def command_for(runtime: str) -> list[str] | None:
    """The child process that runs a handler, or None for a runtime that is not served here."""
    if runtime.startswith("nodejs"):
        return ["node", str(RUNTIMES / "node.cjs")]
    if runtime.startswith("python"):
        return [sys.executable, str(RUNTIMES / "python.py")]
    return None


def environment_of(function: Any, folder: Path, endpoint: str, result: Path) -> dict[str, str]:
    """The environment of a run: the function's own variables, and what the runtime adds to them."""
    module, handler = function.handler.rsplit(".", 1)
    context = {
        "functionName": function.function_name,
        "awsRequestId": str(uuid.uuid4()),
        "invokedFunctionArn": function.function_arn,
        "memoryLimitInMB": str(function.memory_size),
    }
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "NODE_PATH") if name in os.environ}
    return {
        **kept,
        **{name: str(value) for name, value in (function.environment_vars or {}).items()},
        "AWS_REGION": function.region,
        "AWS_DEFAULT_REGION": function.region,
        "AWS_ACCESS_KEY_ID": function.function_arn.split(":")[4],
        "AWS_SECRET_ACCESS_KEY": "testing",
        "AWS_ENDPOINT_URL": endpoint,
        "AWS_LAMBDA_FUNCTION_NAME": function.function_name,
        "LAMBDA_TASK_ROOT": str(folder),
        "HANDLER_MODULE": str(folder / module),
        "HANDLER_NAME": handler,
        "HANDLER_CONTEXT": json.dumps(context),
        "RESULT_FILE": str(result),
    }
