"""Tests of Lambda functions as child processes: small zip files in both runtimes, called through the SDK."""

import io
import json
import zipfile
from typing import Any

from .on_moto import ACCOUNT, OnMoto

ROLE = f"arn:aws:iam::{ACCOUNT}:role/function"

NODE = """
export const echo = async (event) => ({ ...event, table: process.env.TABLE, account: process.env.AWS_ACCESS_KEY_ID });
export const called_back = (event, context, callback) => callback(null, context.functionName);
export const thrown = async () => { throw new TypeError('no such order'); };
export const endless = () => new Promise(() => setInterval(() => {}, 1000));
export const exits = () => process.exit(3);
"""

PYTHON = """
import os
def echo(event, context):
    return {**event, "table": os.environ["TABLE"], "account": os.environ["AWS_ACCESS_KEY_ID"]}
def thrown(event, context):
    raise TypeError("no such order")
"""


class Runs(OnMoto):
    def setUp(self) -> None:
        super().setUp()
        self.client("iam").create_role(RoleName="function", AssumeRolePolicyDocument="{}")
        self.functions = self.client("lambda")

    def call(self, runtime: str, handler: str, event: Any = None, file: str = "index.mjs", text: str = NODE) -> Any:
        """What a function returns, or its error."""
        archive = io.BytesIO()
        with zipfile.ZipFile(archive, "w") as content:
            content.writestr(file, text)
        self.functions.create_function(
            FunctionName="sample",
            Runtime=runtime,
            Handler=handler,
            Role=ROLE,
            Timeout=1,
            Code={"ZipFile": archive.getvalue()},
            Environment={"Variables": {"TABLE": "orders"}},
        )
        answer = self.functions.invoke(FunctionName="sample", Payload=json.dumps(event))
        self.failed = answer.get("FunctionError") == "Unhandled"
        return json.loads(answer["Payload"].read())

    def test_what_a_handler_returns(self) -> None:
        expected = {"order": 7, "table": "orders", "account": ACCOUNT}
        cases: list[tuple[str, str, str, str, Any]] = [
            ("nodejs22.x", "index.echo", "index.mjs", NODE, expected),
            ("nodejs22.x", "index.called_back", "index.mjs", NODE, "sample"),
            ("nodejs22.x", "src/index.echo", "src/index.js", "exports.echo = async (event) => event;", {"order": 7}),
            ("python3.13", "app.echo", "app.py", PYTHON, expected),
        ]
        for runtime, handler, file, text, result in cases:
            with self.subTest(runtime=runtime, handler=handler):
                self.assertEqual(self.call(runtime, handler, {"order": 7}, file, text), result)
                self.assertFalse(self.failed)
                self.functions.delete_function(FunctionName="sample")

    def test_how_a_run_fails(self) -> None:
        cases = [
            ("nodejs22.x", "index.thrown", "index.mjs", NODE, "TypeError"),
            ("nodejs22.x", "index.absent", "index.mjs", NODE, "Runtime.HandlerNotFound"),
            ("nodejs22.x", "absent.echo", "index.mjs", NODE, "Runtime.ImportModuleError"),
            ("nodejs22.x", "index.endless", "index.mjs", NODE, "Sandbox.Timedout"),
            ("nodejs22.x", "index.exits", "index.mjs", NODE, "Runtime.ExitError"),
            ("python3.13", "app.thrown", "app.py", PYTHON, "TypeError"),
            ("python3.13", "app.absent", "app.py", PYTHON, "Runtime.HandlerNotFound"),
            ("python3.13", "absent.echo", "app.py", PYTHON, "Runtime.ImportModuleError"),
            ("java21", "app.Echo", "app.class", "", "Runtime.Unsupported"),
        ]
        for runtime, handler, file, text, error in cases:
            with self.subTest(runtime=runtime, handler=handler):
                self.assertEqual(self.call(runtime, handler, {}, file, text)["errorType"], error)
                self.assertTrue(self.failed)
                self.functions.delete_function(FunctionName="sample")

    def test_every_call_is_recorded(self) -> None:
        self.call("nodejs22.x", "index.thrown", {"order": 7})
        assert self.emulator.invocations is not None
        [record] = map(json.loads, self.emulator.invocations.read_text().splitlines())
        self.assertEqual(
            (record["function"], json.loads(record["payload"]), record["error"]), ("sample", {"order": 7}, True)
        )
