"""Runs one Lambda handler once: the event is standard input, the result goes to the file RESULT_FILE."""

import importlib
import json
import os
import pathlib
import sys
import traceback
import types


def main() -> int:
    """Writes the handler's result, or the error that ended it; the status is 1 for an error."""
    outcome, status = outcome_of_run()
    pathlib.Path(os.environ["RESULT_FILE"]).write_text(json.dumps(outcome))
    return status


def outcome_of_run() -> tuple[object, int]:
    """The result or the error, and the status. Errors of the runtime itself have names of their own."""
    try:
        handler = getattr(load(), os.environ["HANDLER_NAME"])
    except AttributeError as error:
        return described(error, "Runtime.HandlerNotFound"), 1
    except Exception as error:
        return described(error, "Runtime.ImportModuleError"), 1
    settings = json.loads(os.environ["HANDLER_CONTEXT"])
    context = types.SimpleNamespace(**settings, get_remaining_time_in_millis=lambda: 30000)
    try:
        return handler(json.loads(sys.stdin.read() or "{}"), context), 0
    except Exception as error:
        return described(error, type(error).__name__), 1


def load() -> types.ModuleType:
    """The module with the handler."""
    sys.path.insert(0, os.getcwd())
    return importlib.import_module(os.path.relpath(os.environ["HANDLER_MODULE"]).replace("/", "."))


def described(error: Exception, name: str) -> dict[str, object]:
    """An error as Lambda reports it."""
    return {"errorType": name, "errorMessage": str(error), "stackTrace": traceback.format_exc().splitlines()}


if __name__ == "__main__":
    sys.exit(main())
