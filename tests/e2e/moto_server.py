"""The emulator's own process: moto on a free loopback port, with what the AWS provider needs and moto lacks.

It prints its address once it listens, and ends when its standard input does. Run it as a module; its arguments
are the files that get one line per Lambda call and per message to a person.
"""

from __future__ import annotations

import os
import re
import sys
import threading
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from moto.core.config import default_user_config
from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app
from waitress import create_server

from . import event_sources, gaps, lambda_runs, outbox
from .emulator import HOST

THREADS = 64
SEND_BYTES = 65536
"""Answers leave in one piece, or the provider's SDK loses some of them.

smithy-go closes the request body when the response headers arrive. If the goroutine that wrote the body has
not run since, it takes that for a write error and closes the connection under the rest of the response.
"""

ACCOUNT_KEY = re.compile(r"Credential=(\d{12})/")
"""An access key that is an account number, in the signature of a request.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-authentication-methods.html
"""

Environment = dict[str, Any]
Application = Callable[[Environment, Any], Iterable[bytes]]


def main() -> None:
    """Serves until the process is stopped or its standard input ends."""
    server = create_server(
        adapted(DomainDispatcherApplication(create_backend_app)),
        host=HOST,
        port=0,
        threads=THREADS,
        send_bytes=SEND_BYTES,
        ident=None,
    )
    url = f"http://{HOST}:{server.effective_port}"
    configure(server.effective_port)
    gaps.install()
    lambda_runs.install(url, Path(sys.argv[1]))
    event_sources.install(url)
    outbox.install(Path(sys.argv[2]))
    threading.Thread(target=end_with_standard_input, daemon=True).start()
    print(url, flush=True)
    server.run()


def configure(port: int) -> None:
    """Runs state machines for real, and nothing in containers; tells moto where it is itself."""
    os.environ["MOTO_PORT"] = str(port)
    default_user_config["lambda"] = {"use_docker": False}
    default_user_config["batch"] = {"use_docker": False}
    default_user_config["stepfunctions"] = {"execute_state_machine": True}


def end_with_standard_input() -> None:
    """Waits until whoever started the emulator is gone, then ends the process."""
    sys.stdin.read()
    os._exit(0)


def adapted(moto: Application) -> Application:
    """Hands moto the two things that it does not find in a plain WSGI request."""

    def application(environment: Environment, start_response: Any) -> Iterable[bytes]:
        # moto reads the undecoded path, which the server of its choice calls RAW_URI.
        environment["RAW_URI"] = environment["REQUEST_URI"]
        account = ACCOUNT_KEY.search(environment.get("HTTP_AUTHORIZATION", ""))
        if account is not None:
            environment["HTTP_X_MOTO_ACCOUNT_ID"] = account[1]
        return moto(environment, start_response)

    return application


if __name__ == "__main__":
    main()
