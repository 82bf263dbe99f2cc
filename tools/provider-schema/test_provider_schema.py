"""Tests of the tool: `python3 -m unittest` in this folder.

PROVIDER_SCHEMA=FILE lets the round trip run on a whole compact schema too.
"""

import gzip
import json
import os
import tempfile
import unittest

import compact
import functions
import removed
import schema_text

TIMEOUTS = {"attributes": {"create": {"type": "string", "optional": True}}}
SCHEMA = {
    "provider": "hashicorp/example",
    "version": "1.2.3",
    "provider_block": {"attributes": {"region": {"type": "string", "optional": True}}},
    "resources": {
        "example_alpha": {
            "attributes": {
                "id": {"type": "string", "optional": True, "computed": True},
                "name": {"type": "string", "required": True},
                "old": {"type": "bool", "optional": True, "deprecated": True},
                "secret": {"type": "number", "optional": True, "sensitive": True, "write_only": True},
                "anything": {"type": "dynamic", "computed": True},
                "rule": {
                    "type": ["list", ["object", {"to": "number", "ranges": ["set", "string"]}]],
                    "optional": True,
                },
                "weights": {"type": ["map", "number"], "optional": True},
                "nothing": {"type": ["object", {}], "computed": True},
            },
            "block_types": {
                "timeouts": {"nesting_mode": "single", "block": TIMEOUTS},
                "part": {"nesting_mode": "list", "min_items": 1, "block": TIMEOUTS},
                "most": {"nesting_mode": "set", "max_items": 12, "block": {}},
                "both": {"nesting_mode": "list", "min_items": 2, "max_items": 3, "block": {}},
            },
        },
        "example_beta": {"deprecated": True, "attributes": {}},
    },
    "data_sources": {"example_alpha": TIMEOUTS},
}
ENGINE_OUTPUT = {
    "provider_schemas": {
        "host.example/hashicorp/example": {
            "provider": {"block": {"attributes": {"region": {"type": "string", "optional": True}}}},
            "resource_schemas": {
                "example_alpha": {
                    "version": 3,
                    "block": {
                        "description_kind": "plain",
                        "attributes": {
                            "name": {"type": "string", "description": "x", "required": True}
                        },
                        "block_types": {
                            "part": {"nesting_mode": "list", "max_items": 1, "block": {}}
                        },
                    },
                }
            },
        }
    }
}


def without_empty_parts(schema):
    """A schema with the empty parts of its blocks left out, as a file has it."""
    if not isinstance(schema, dict):
        return schema
    return {
        key: without_empty_parts(value)
        for key, value in schema.items()
        if not (key in ("attributes", "block_types") and value == {})
    }


class TextTest(unittest.TestCase):
    def test_a_schema_comes_back_from_its_text(self):
        back = schema_text.decode(schema_text.encode(SCHEMA))
        self.assertEqual(back, without_empty_parts(SCHEMA))

    def test_the_same_block_is_one_line(self):
        lines = schema_text.encode(SCHEMA).splitlines()
        self.assertEqual(lines.count("b create=s"), 1)
        self.assertEqual(len(lines), len(set(lines)))

    def test_the_text_does_not_depend_on_the_order_of_the_input(self):
        shuffled = json.loads(json.dumps(SCHEMA, sort_keys=True))
        self.assertEqual(schema_text.encode(shuffled), schema_text.encode(SCHEMA))

    def test_a_whole_schema_comes_back_from_its_text(self):
        path = os.environ.get("PROVIDER_SCHEMA")
        if path is None:
            self.skipTest("PROVIDER_SCHEMA names no file")
        with gzip.open(path, "rt", encoding="utf-8") as file:
            schema = json.load(file)
        back = schema_text.decode(schema_text.encode(schema))
        for part in ("provider", "version", "provider_block", "resources", "data_sources"):
            self.assertEqual(back[part], schema[part], part)

    def test_a_type_without_a_text_form_is_refused(self):
        with self.assertRaises(ValueError):
            schema_text.encode_type(["tuple", ["string"]])


class CompactTest(unittest.TestCase):
    def read(self, document, version):
        with tempfile.NamedTemporaryFile("w", suffix=".json") as file:
            json.dump(document, file)
            file.flush()
            return compact.read(file.name, "hashicorp/example", version)

    def test_the_output_of_the_engine_is_made_compact(self):
        schema = self.read(ENGINE_OUTPUT, "1.2.3")
        part = {"nesting_mode": "list", "max_items": 1, "block": {}}
        alpha = {
            "attributes": {"name": {"type": "string", "required": True}},
            "block_types": {"part": part},
        }
        self.assertEqual(schema["resources"], {"example_alpha": alpha})
        self.assertEqual(schema["data_sources"], {})

    def test_a_compact_file_is_taken_as_it_is(self):
        self.assertEqual(self.read(SCHEMA, "1.2.3"), SCHEMA)

    def test_another_version_is_refused(self):
        with self.assertRaisesRegex(ValueError, "1.2.3, not hashicorp/example 1.2.4"):
            self.read(SCHEMA, "1.2.4")

    def test_a_nested_type_is_refused(self):
        with self.assertRaisesRegex(ValueError, "nested type"):
            compact.attribute({"nested_type": {"nesting_mode": "list"}})


class RemovedTest(unittest.TestCase):
    def newer(self, resources, data_sources=None):
        return {**SCHEMA, "resources": resources, "data_sources": data_sources or {}}

    def test_nothing_is_removed_between_equal_schemas(self):
        self.assertEqual(removed.removals(SCHEMA, SCHEMA), [])

    def test_missing_types_are_listed(self):
        paths = removed.removals(SCHEMA, self.newer({}))
        self.assertEqual(paths, ["data.example_alpha gone", "example_alpha gone", "example_beta gone"])

    def test_missing_and_read_only_arguments_and_blocks_are_listed(self):
        alpha = SCHEMA["resources"]["example_alpha"]
        attributes = {**alpha["attributes"], "name": {"type": "string", "computed": True}}
        del attributes["old"]
        del attributes["anything"]
        nested = {**alpha["block_types"], "part": {"nesting_mode": "list", "block": {}}}
        del nested["most"]
        newer = {"attributes": attributes, "block_types": nested}
        resources = {**SCHEMA["resources"], "example_alpha": newer}
        paths = removed.removals(SCHEMA, self.newer(resources, SCHEMA["data_sources"]))
        expected = ["anything gone", "most gone", "name read-only", "old gone", "part.create gone"]
        self.assertEqual(paths, ["example_alpha." + line for line in expected])

    def test_a_block_of_unknown_content_is_not_compared(self):
        alpha = SCHEMA["resources"]["example_alpha"]
        nested = {**alpha["block_types"], "part": {"unknown": "block"}}
        resources = {**SCHEMA["resources"], "example_alpha": {**alpha, "block_types": nested}}
        newer = self.newer(resources, SCHEMA["data_sources"])
        self.assertEqual(removed.removals(SCHEMA, newer), [])


class FunctionsTest(unittest.TestCase):
    def test_functions_are_lines_of_types(self):
        text = {"name": "x", "type": "string"}
        signatures = {
            "upper": {"return_type": "string", "parameters": [text]},
            "core::upper": {"return_type": "string", "parameters": [text]},
            "format": {
                "return_type": "dynamic",
                "parameters": [text],
                "variadic_parameter": {"name": "args", "type": "dynamic"},
            },
            "uuid": {"return_type": "string"},
            "keys": {"return_type": ["list", "string"], "parameters": [{"type": "dynamic"}]},
        }
        lines = functions.encode({"function_signatures": signatures}, "1.2").splitlines()
        expected = ["# functions of Terraform 1.2", "format=* s ...*", "keys=[s *", "upper=s s"]
        self.assertEqual(lines, expected)


if __name__ == "__main__":
    unittest.main()
