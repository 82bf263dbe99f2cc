"""MiniStack as a child process of the run: on a free loopback port, and no longer than whoever started it.

It runs in MiniStack's own Python environment, so it imports nothing of this package. It prints its address once
it listens, and ends when its standard input does.
"""

import importlib
import os
import runpy
import socket
import sys
import threading
import time
import urllib.error
import urllib.request

HOST = "127.0.0.1"
PAUSE_SECONDS = 0.1


def main() -> None:
    """Serves until the process is stopped or its standard input ends."""
    port = free_port()
    url = f"http://{HOST}:{port}"
    os.environ["GATEWAY_PORT"] = str(port)
    # Standard output is for the address alone; what MiniStack prints goes to the log.
    announcement = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    threading.Thread(target=end_with_standard_input, daemon=True).start()
    threading.Thread(target=announce, args=(url, announcement), daemon=True).start()
    take_any_aurora_version()
    take_every_call_for_encrypted()
    sys.argv = ["ministack"]
    runpy.run_module("ministack", run_name="__main__")


def free_port() -> int:
    """A port that nothing listens on."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


def take_any_aurora_version() -> None:
    """MiniStack knows the versions of one day, and newer ones come every month."""
    rds = importlib.import_module("ministack.services.rds")
    rds._unsupported_aurora_engine_version_error = lambda *_arguments, **_settings: None


def take_every_call_for_encrypted() -> None:
    """Policies refuse whoever calls without TLS, as everybody calls an emulator on the loopback address."""
    evaluator = importlib.import_module("ministack.core.iam_evaluator")
    resolve = evaluator._resolve_condition_key
    evaluator._resolve_condition_key = lambda key, context: (
        "true" if key.lower() == "aws:securetransport" else resolve(key, context)
    )


def end_with_standard_input() -> None:
    """Waits until whoever started the emulator is gone, then ends the process."""
    sys.stdin.read()
    os._exit(0)


def announce(url: str, announcement: object) -> None:
    """Prints the address as soon as the server answers there."""
    while not answers(f"{url}/_ministack/health"):
        time.sleep(PAUSE_SECONDS)
    print(url, file=announcement, flush=True)  # type: ignore[call-overload]


def answers(url: str) -> bool:
    """Whether a server answers at an address, whatever it says."""
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(url, timeout=2):
            return True
    except urllib.error.HTTPError:
        return True
    except OSError:
        return False


if __name__ == "__main__":
    main()
