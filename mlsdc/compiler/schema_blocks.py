"""A class of blocks in, the JSON Schema of its YAML form out.

Law: a field is named and described in one place, the class. Overlays say only what differs, so in
them nothing is required, and a component's fields stand as in any other block.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from inspect import cleandoc
from typing import Any, get_args

from pydantic_core import PydanticUndefined

from mlsdc.compiler.model.component import Component
from mlsdc.compiler.model.part import Field, Part, clause_classes, shape
from mlsdc.compiler.model.request import SHARES, Objective
from mlsdc.compiler.quantity_text import quantity_text
from mlsdc.compiler.schema_values import (
    DATA_TYPE_PATTERN,
    EXPRESSION_PATTERN,
    NAME_PATTERN,
    Schema,
    ref,
    text_of,
    union,
    unit_pattern,
    value_schema,
)
from mlsdc.dsl.yaml_words import IN_BLOCK, IN_COMPONENT, MEMBER_BLOCKS
from mlsdc.units import Quantity

Describe = Callable[[type[Part]], Mapping[str, str]]
"""The text of each field of a class, by the field's name."""
STEPS, STATEMENT = "steps", "statement"
_LATENCIES = "p50|p90|p95|p99|p999|mean|ttft_p50|ttft_p90|ttft_p95|ttft_p99"


@dataclass
class BlockSchemas:
    """Makes the definitions of blocks, each once; `definitions` grows as they are asked for."""

    describe: Describe
    definitions: dict[str, Schema] = field(default_factory=dict[str, Schema])

    def component(self, cls: type[Component], words: Sequence[str]) -> Schema:
        """The mapping of a component; `words` are the keys that its section has besides."""
        made = self._object(cls, IN_COMPONENT.union(words), partial=False)
        return {**made, "properties": {**dict.fromkeys(words, True), **made["properties"]}}

    def fields(self, cls: type[Part], partial: bool) -> dict[str, Schema]:
        """The schema of every entry of a block, by key, without those of its members."""
        return self._object(cls, IN_BLOCK, partial)["properties"]

    def _object(self, cls: type[Part], reserved: frozenset[str], partial: bool) -> Schema:
        texts, fields = self.describe(cls), shape(cls).fields
        made: Schema = {"type": "object", "description": summary(cls), "properties": {}}
        required: list[str] = []
        for name, each in fields.items():
            if each.members or each.clauses or each.objectives:
                continue
            if name in ("name", "title", cls.choice):
                continue
            key = f"${name}" if name in reserved else name
            made["properties"][key] = self._property(cls, each, texts.get(name, ""), partial)
            if each.info.is_required() and not partial:
                required.append(key)
        made["properties"][STEPS] = self._steps(cls)
        made.update(self._members(cls))
        made.setdefault("additionalProperties", False)
        if required:
            made["required"] = required
        return made

    def _property(self, cls: type[Part], each: Field, text: str, partial: bool) -> Schema:
        made: Schema = {"description": text} if text else {}
        value: object = each.info.get_default(call_default_factory=False)
        if value is not PydanticUndefined and value not in (None, (), "", {}):
            shown = _plain(value)
            if shown is not None:
                made["default"] = shown
        if each.free_form and each.part is None:
            return {**made, **ref("scalar")}
        if each.free_form:
            return {**made, "type": "object", "additionalProperties": ref("scalar")}
        if each.part is not None:
            return {**made, **self._block(each.part, each.name, partial)}
        noise = cls.noise.get(each.name)
        found = value_schema(each)
        if noise:
            found = {"anyOf": [found, text_of(rf"{noise}\s+\S.*")]}
        return {**made, **found}

    def _block(self, part: type[Part], name: str, partial: bool) -> Schema:
        """A nested block, a list of objectives, or the value that alone stands for it."""
        key = f"{'overlay' if partial else 'block'}.{part.__name__}"
        if name in MEMBER_BLOCKS and "" in shape(part).members:
            key += ".members"
        if key not in self.definitions:
            self.definitions[key] = {}  # a block may hold itself
            self.definitions[key] = self._alternatives(part, name, partial)
        return ref(key)

    def _alternatives(self, part: type[Part], name: str, partial: bool) -> Schema:
        made = self._object(part, IN_BLOCK, partial)
        others: list[Schema] = []
        objectives = shape(part).objectives
        if objectives is not None and objectives.part is not None:
            items = text_of(_objective(objectives.part))
            others.append({"type": "array", "items": items, "description": summary(part)})
        if part.choice:
            chosen = value_schema(shape(part).fields[part.choice])
            made["properties"] = {"is": chosen, **made["properties"]}
            if shape(part).fields[part.choice].info.is_required() and not partial:
                made["required"] = ["is", *made.get("required", [])]
            others += [chosen, text_of(r".*\{.*\}")]
        elif "p99" in shape(part).fields:
            others.append(value_schema(shape(part).fields["p99"]))
        if name in MEMBER_BLOCKS and "" in shape(part).members:
            made["additionalProperties"] = self._member(shape(part).members[""], short=True)
        return union([*others, made])

    # Members -----------------------------------------------------------------------------------

    def _members(self, cls: type[Part]) -> Schema:
        made: Schema = {}
        for qualifier, each in shape(cls).members.items():
            if qualifier:
                pattern = rf"^{qualifier} +{NAME_PATTERN}$"
                made["patternProperties"] = {pattern: self._member(each, short=True)}
            else:
                made["additionalProperties"] = self._member(each, short=False)
        return made

    def _member(self, each: Field, short: bool) -> Schema:
        """`{type: float64, unit: EUR}`, or the type alone where that is enough."""
        assert each.part is not None
        key = f"member.{each.part.__name__}"
        if key not in self.definitions:
            self.definitions[key] = self._member_object(each.part)
        typed = text_of(rf"{DATA_TYPE_PATTERN}(\s.*)?")
        return {"anyOf": [typed, ref(key)]} if short else ref(key)

    def _member_object(self, part: type[Part]) -> Schema:
        texts = self.describe(part)
        typed = {**text_of(rf"{DATA_TYPE_PATTERN}(\s.*)?"), "examples": ["float64"]}
        properties: dict[str, Schema] = {"type": typed}
        for name, each in shape(part).fields.items():
            text: Schema = {"description": texts[name]} if texts.get(name) else {}
            if each.definition:
                properties["value"] = {**text, **ref("scalar")}
            elif name != "type":
                properties[name] = {**text, **_option(each)}
        properties["block"] = {"type": ["object", "array"]}
        return {
            "type": "object",
            "description": summary(part),
            "properties": properties,
            "required": ["type"],
            "additionalProperties": False,
        }

    # Statements --------------------------------------------------------------------------------

    def _steps(self, cls: type[Part]) -> Schema:
        """The statements in order: those of a request, or any where a block has none of its own."""
        words = sorted(shape(cls).clauses)
        if not words:
            return ref(STATEMENT)
        key = f"steps.{'.'.join(words)}"
        if key not in self.definitions:
            self.definitions[key] = {}
            heads: list[Schema] = [{"required": [word]} for word in (*words, "statement")]
            self.definitions[key] = {
                "type": "array",
                "items": {
                    "anyOf": [{"type": "string"}, {"type": "object", "anyOf": heads}],
                    "allOf": [
                        {
                            "if": {"type": "object", "required": [word]},
                            "then": self._clause(word, clause_classes()[word]),
                        }
                        for word in words
                    ],
                },
            }
        return ref(key)

    def _clause(self, word: str, cls: type[Part]) -> Schema:
        """`{call: score, timeout: 20ms}`"""
        key = f"clause.{word}"
        if key not in self.definitions:
            texts, own = self.describe(cls), shape(cls).fields
            steps = self._steps(cls)
            subject: Schema = {"type": ["string", "number"]}
            if not cls.positional:
                subject = {"type": ["string", "null", "array", "object"]}
            properties: dict[str, Schema] = {word: {"description": summary(cls), **subject}}
            for name, each in own.items():
                if name in cls.positional or each.clauses:
                    continue
                text: Schema = {"description": texts[name]} if texts.get(name) else {}
                noise = cls.noise.get(name)
                made = _option(each)
                if noise:
                    made = {"anyOf": [made, text_of(rf"{noise}\s+\S.*")]}
                properties[name] = {**text, **made}
            self.definitions[key] = {
                "type": "object",
                "properties": {**properties, STEPS: steps},
                "additionalProperties": False,
            }
        return ref(key)


def _option(each: Field) -> Schema:
    """A word behind a member or a statement; a flag is only ever raised."""
    return {"const": True} if each.info.annotation is bool else value_schema(each)


def _objective(part: type[Part]) -> str:
    """One comparison of a budget, with the limit that its measure allows."""
    if not issubclass(part, Objective):
        operators = "|".join(get_args(part.model_fields["operator"].annotation))
        return rf"{NAME_PATTERN}\s*({operators})\s*\S.*"
    duration, portion = unit_pattern("duration"), unit_pattern("share")
    return (
        rf"(({_LATENCIES})\s*<=?\s*({duration}|{EXPRESSION_PATTERN})"
        rf"|{SHARES[1]}\s*<=?\s*({portion}|{EXPRESSION_PATTERN})"
        rf"|{SHARES[0]}\s*>=?\s*({portion}|{EXPRESSION_PATTERN}))\s*"
    )


def summary(cls: type[Part]) -> str:
    """What a class is, in its first sentence."""
    return cleandoc(cls.__doc__ or "").partition("\n\n")[0].replace("\n", " ")


def _plain(value: Any) -> object:
    """A default as data; None where it has no such form."""
    if isinstance(value, Quantity):
        return quantity_text(value)
    if isinstance(value, Part):
        return getattr(value, value.choice) if value.choice else None
    return value if isinstance(value, str | int | float | bool) else None
