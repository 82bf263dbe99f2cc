"""The base of tests that talk to moto: one for each class of tests, and empty at the beginning of each test."""

from __future__ import annotations

import unittest
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, ClassVar

from .emulator import Emulator, Place, running_moto
from .fixtures import Target

ACCOUNT = "111122223333"


class OnMoto(unittest.TestCase):
    """Tests with an emulator that stands for one account."""

    emulator: ClassVar[Emulator]
    region: ClassVar[str] = "us-east-2"

    @classmethod
    def setUpClass(cls) -> None:
        folder = cls.enterClassContext(TemporaryDirectory())
        cls.emulator = cls.enterClassContext(running_moto(Place(Path(folder), ACCOUNT)))

    def setUp(self) -> None:
        self.emulator.reset()

    def client(self, service: str, region: str | None = None) -> Any:
        """An SDK client in the account and, unless another is named, the region of the tests."""
        return Target(self.emulator, ACCOUNT, region or self.region).client(service)
