"""What an emulated account sends to people: e-mails and text messages, one JSON line each in a file.

Nothing is sent anywhere. A line says what somebody would have received, and by which way.
"""

from __future__ import annotations

import json
import threading
from pathlib import Path
from typing import Any

FILES: list[Path] = []
LOCK = threading.Lock()


def install(file: Path) -> None:
    """Names the file; call once, before the server starts."""
    FILES[:] = [file]


def put(channel: str, receiver: str, **content: Any) -> None:
    """Adds a line: the way it went (`email`, `sms`), who received it, and what."""
    line = json.dumps({"channel": channel, "to": receiver, **content})
    with LOCK, FILES[0].open("a") as file:
        file.write(line + "\n")
