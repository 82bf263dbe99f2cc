"""Tests of finding engines, mirrors and the binary, on folders made for it."""

import os
import unittest
from pathlib import Path
from tempfile import TemporaryDirectory
from unittest import mock

from . import tools
from .faults import CannotRun


class Folder(unittest.TestCase):
    """A test with a folder of its own."""

    def setUp(self) -> None:
        temporary = TemporaryDirectory()
        self.addCleanup(temporary.cleanup)
        self.folder = Path(temporary.name)

    def make(self, path: str) -> Path:
        """An executable file."""
        file = self.folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text("#!/bin/sh\n")
        file.chmod(0o755)
        return file


class Programs(Folder):
    def test_an_engine_on_the_path_comes_first(self) -> None:
        self.make("target/tools/tofu")
        on_path = self.make("bin/tofu")
        with mock.patch.dict(os.environ, {"PATH": str(on_path.parent)}):
            self.assertEqual(tools.find_engine("tofu", self.folder), on_path)

    def test_opentofu_is_taken_from_where_it_is_built(self) -> None:
        built = self.make("target/tools/tofu")
        with mock.patch.dict(os.environ, {"PATH": ""}):
            self.assertEqual(tools.find_engine("tofu", self.folder), built)

    def test_a_missing_engine_is_said(self) -> None:
        self.make("target/tools/terraform")
        for name, remedy in (("tofu", "tools/tofu/build"), ("terraform", "put it there")):
            with (
                self.subTest(name),
                mock.patch.dict(os.environ, {"PATH": ""}),
                self.assertRaisesRegex(CannotRun, f"{name} is not on PATH; .*{remedy}"),
            ):
                tools.find_engine(name, self.folder)

    def test_the_binary_may_be_named(self) -> None:
        named = self.make("elsewhere/platgen")
        self.assertEqual(tools.find_product(self.folder, {"PLATGEN_BIN": str(named)}), named)

    def test_a_missing_binary_is_said(self) -> None:
        with self.assertRaisesRegex(CannotRun, "target/release/platgen is no program"):
            tools.find_product(self.folder, {})


class Mirrors(Folder):
    def test_where_a_mirror_is_looked_for(self) -> None:
        configuration = self.folder / "engine.tfrc"
        configuration.write_text('provider_installation {\n filesystem_mirror {\n path = "/named" }\n}\n')
        cases: list[tuple[dict[str, str], list[str]]] = [
            ({}, list(tools.MIRROR_PLACES)),
            ({"TF_CLI_CONFIG_FILE": "/not/there"}, list(tools.MIRROR_PLACES)),
            ({"TF_CLI_CONFIG_FILE": str(configuration)}, ["/named", *tools.MIRROR_PLACES]),
            ({"TF_CLI_CONFIG_FILE": str(configuration), "PLATGEN_PROVIDER_MIRROR": "/given"}, ["/given"]),
        ]
        for environment, expected in cases:
            with self.subTest(environment):
                self.assertEqual(tools.mirror_candidates(environment), expected)

    def test_a_folder_without_the_provider_is_no_mirror(self) -> None:
        self.make("registry.terraform.io/hashicorp/random/3.0.0/linux_amd64/provider")
        with self.assertRaisesRegex(CannotRun, "no provider mirror with hashicorp/aws"):
            tools.find_mirror({"PLATGEN_PROVIDER_MIRROR": str(self.folder)})

    def test_either_engine_finds_what_one_host_has(self) -> None:
        folder = self.make("mirror/registry.terraform.io/hashicorp/aws/5.100.0/linux_amd64/provider").parent
        archive = self.make("mirror/registry.opentofu.org/hashicorp/random/provider_3.0.0.zip")
        mirror = tools.find_mirror({"PLATGEN_PROVIDER_MIRROR": f"{self.folder}/mirror"})
        tools.link_mirror(mirror, self.folder / "links")
        for host in tools.REGISTRY_HOSTS:
            shown = self.folder / "links" / host / "hashicorp"
            self.assertEqual((shown / "aws/5.100.0/linux_amd64").resolve(), folder)
            self.assertEqual((shown / "random/provider_3.0.0.zip").resolve(), archive)
