"""The catalogue in, the JSON Schema (draft 2020-12) of designs written as YAML out.

Law: everything comes from the classes of roles and systems, in a stable order; the same catalogue
gives the same bytes. A component is told apart by `role` and `system`, so that an editor offers
the fields of just that one.
"""

from __future__ import annotations

from typing import Any

from mlsdc.compiler.catalog import Catalog, roles
from mlsdc.compiler.model.component import Component
from mlsdc.compiler.model.environment import Environment, System
from mlsdc.compiler.schema_blocks import STATEMENT, BlockSchemas, Describe, summary
from mlsdc.compiler.schema_values import (
    EXPLICIT,
    NAME_PATTERN,
    Schema,
    ref,
    union,
    value_definitions,
)

DIALECT = "https://json-schema.org/draft/2020-12/schema"
IDENTITY = "urn:mlsdc:schema:design:1"
_SECTIONED = ("system", "environment")
"""Roles that have a section of their own."""
_ONLY_NAMES = {"pattern": rf"^\$?{NAME_PATTERN}$"}


def design_schema(catalog: Catalog, describe: Describe) -> Schema:
    """The schema of a whole design.

    `describe` gives the text of each field of a class, by the field's name.
    """
    blocks = BlockSchemas(describe)
    definitions = value_definitions()
    definitions[STATEMENT] = {
        "description": "Statements that fit no entry, in order.",
        "type": ["array", "object"],
        "items": {"type": ["string", "object"]},
    }
    for role in _component_roles():
        definitions |= _role(role, catalog, blocks)
    sections = _sections(catalog, blocks)
    overlay = _overlay(catalog, blocks)
    definitions |= {"component": _component(), "overlay": overlay, **blocks.definitions}
    return {
        "$schema": DIALECT,
        "$id": IDENTITY,
        "title": "mlsdc design",
        "description": "A machine-learning system, as `mlsdc check` and `mlsdc compile` read it.",
        "type": ["object", "array"],
        "properties": sections,
        "additionalProperties": False,
        "items": {"type": "object", "properties": sections, "additionalProperties": False},
        "$defs": {name: definitions[name] for name in sorted(definitions)},
    }


def _component_roles() -> list[type[Component]]:
    return [cls for name, cls in roles().items() if name not in _SECTIONED]


def _sections(catalog: Catalog, blocks: BlockSchemas) -> dict[str, Schema]:
    system = blocks.component(System, ("name", "title", "block"))
    system["properties"] |= {"name": ref("name"), "title": ref("text")}
    values: Schema = {
        "type": "object",
        "propertyNames": _ONLY_NAMES,
        "additionalProperties": {
            "anyOf": [
                {"type": ["string", "number", "boolean", "array"]},
                {
                    "type": "object",
                    "properties": {
                        "type": {"type": "string"},
                        "value": ref("scalar"),
                        "block": {"type": ["array", "object"]},
                    },
                    "additionalProperties": False,
                    "minProperties": 1,
                },
                {"type": "object", "properties": {"text": {"type": "string"}},
                 "required": ["text"], "additionalProperties": False},
                ref(EXPLICIT),
            ]
        },
    }  # fmt: skip
    named: Schema = {"type": "object", "propertyNames": _ONLY_NAMES}
    return {
        "system": {**system, "required": ["name"]},
        "params": {"description": "Values that an environment or --set may change.", **values},
        "lets": {"description": "Values with a name.", **values},
        "components": {**named, "additionalProperties": ref("component")},
        "environments": {**named, "additionalProperties": _environment(blocks)},
        "statements": ref(STATEMENT),
    }


def _component() -> Schema:
    """`name: {role: ..., system: ...}`: the role tells the rest."""
    names = [cls.role for cls in _component_roles()]
    return {
        "type": "object",
        "properties": {
            "role": {"description": "What the component is for.", "enum": names},
            "system": {"description": "What runs it."},
        },
        "required": ["role"],
        "allOf": [
            {
                "if": {"properties": {"role": {"const": name}}, "required": ["role"]},
                "then": ref(f"role.{name}"),
            }
            for name in names
        ],
    }


def _role(role: type[Component], catalog: Catalog, blocks: BlockSchemas) -> dict[str, Schema]:
    """A role, and the fields it has by itself and with each system that can run it."""
    systems = catalog.for_role(role.role) if role.runs else ()
    bare = f"fields.{role.role}"
    made: dict[str, Schema] = {bare: _fields(role, blocks)}
    cases: list[Schema] = [{"if": {"not": {"required": ["system"]}}, "then": ref(bare)}]
    for name in systems:
        key = f"{bare}.{name}"
        made[key] = _fields(catalog.systems(name)[role.role], blocks)
        named = {"properties": {"system": {"const": name}}, "required": ["system"]}
        cases.append({"if": named, "then": ref(key)})
    allowed: Schema | bool = {"enum": list(systems)} if systems else False
    made[f"role.{role.role}"] = {
        "description": summary(role),
        "properties": {"system": allowed},
        "allOf": cases,
    }
    return made


def _fields(cls: type[Component], blocks: BlockSchemas) -> Schema:
    made = blocks.component(cls, ("role", "system", "title", "block"))
    made["properties"]["title"] = {**ref("text"), "description": "A sentence about it."}
    return made


def _environment(blocks: BlockSchemas) -> Schema:
    """Its own fields, values for parameters, and what differs in a component."""
    made = blocks.component(Environment, ("title", "block"))
    made["properties"]["title"] = ref("text")
    value = {"type": ["string", "number", "boolean", "array"]}
    return {**made, "additionalProperties": {"anyOf": [value, ref("overlay")]}}


def _overlay(catalog: Catalog, blocks: BlockSchemas) -> Schema:
    """What differs in a component whose role the schema cannot know here."""
    known: dict[str, list[Schema]] = {}
    for cls in [*_component_roles(), *catalog.all()]:
        for key, schema in blocks.fields(cls, partial=True).items():
            plain: dict[str, Any] = {k: v for k, v in schema.items() if k not in _TELLING}
            known.setdefault(key, []).append(plain)
    members = [d for name, d in blocks.definitions.items() if name.startswith("member.")]
    return {
        "description": "What differs in a component in this environment.",
        "type": "object",
        "properties": {key: union(known[key]) for key in sorted(known)},
        "patternProperties": {rf"^key +{NAME_PATTERN}$": ref("scalar")},
        "additionalProperties": union([{**each, "required": ["type"]} for each in members]),
    }


_TELLING = ("description", "default")
