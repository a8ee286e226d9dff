"""The JSON Schema accepts sound designs in YAML and refuses damaged ones."""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from inspect import cleandoc
from pathlib import Path
from textwrap import dedent
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator

from mlsdc.cli.commands.schema import field_texts, schema_text
from mlsdc.compiler.catalog import roles
from mlsdc.compiler.model.part import shape
from mlsdc.compiler.schema_values import value_definitions
from mlsdc.dsl.parse import parse
from mlsdc.dsl.yaml_writer import to_yaml
from mlsdc.stdlib.find import standard_catalog
from mlsdc.units import parse_quantity

PAGES = Path(__file__).parents[2] / "docs" / "checks"
FRAUD = Path(__file__).parents[2] / "examples" / "fraud" / "design.mlsd"


@cache
def validator() -> Draft202012Validator:
    """The schema of everything installed."""
    made = json.loads(schema_text())
    Draft202012Validator.check_schema(made)
    return Draft202012Validator(made)


@cache
def _fraud() -> Any:
    text = FRAUD.read_text()
    tree, said = parse(text, "design.mlsd")
    assert said == []
    return _load(to_yaml(tree, text))


class Yaml12(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]
    """As editors read YAML today: `on` and `no` are words and no truths."""


Yaml12.yaml_implicit_resolvers = {
    first: [(tag, form) for tag, form in resolvers if not tag.endswith(":bool")]
    for first, resolvers in Yaml12.yaml_implicit_resolvers.items()
}
Yaml12.add_implicit_resolver(
    "tag:yaml.org,2002:bool", re.compile("true|false", re.IGNORECASE), list("tTfF")
)


def _load(text: str) -> Any:
    return yaml.load(text, Yaml12)


def fraud() -> Any:
    """The fraud example as data."""
    return copy.deepcopy(_fraud())


def accepted(document: Any) -> bool:
    """Whether the schema accepts a document."""
    return validator().is_valid(document)


def component(**fields: Any) -> dict[str, Any]:
    """A design with one component."""
    return {"components": {"it": fields}}


def test_the_fraud_example_is_accepted() -> None:
    assert [error.message for error in validator().iter_errors(fraud())] == []


GONE = object()


@dataclass(frozen=True)
class Damage:
    """One place of the document, and what is put there."""

    path: tuple[str | int, ...]
    value: Any

    def apply(self, document: Any) -> None:
        """Change the document."""
        for key in self.path[:-1]:
            document = document[key]
        if self.value is GONE:
            del document[self.path[-1]]
        else:
            document[self.path[-1]] = self.value

    def explains(self, path: Iterable[str | int]) -> bool:
        """Whether an error at this path is about the damage: it lies on the way to it."""
        return all(a == b for a, b in zip(path, self.path, strict=False))


def _at(*path: str | int, value: Any) -> Damage:
    return Damage(path, value)


def _without(*path: str | int) -> Damage:
    return Damage(path, GONE)


C = "components"
DAMAGES: dict[str, Damage] = {
    "misspelt section": _at("component", value={}),
    "misspelt field": _at(C, "payments", "retension", value="7d"),
    "misspelt field of a system": _at(C, "payments", "broker", value=3),
    "misspelt field of a nested block": _at(C, "score", "batching", "sise", value=8),
    "field of another role": _at(C, "payments", "batching", value={"size": 8}),
    "field of another system": _at(C, "reasons", "brokers", value=3),
    "unknown role": _at(C, "payments", "role", value="strem"),
    "no role": _without(C, "payments", "role"),
    "unknown system": _at(C, "payments", "system", value="kafka2"),
    "system of another role": _at(C, "payments", "system", value="triton"),
    "role of another system": _at(C, "score", value={"role": "stream", "system": "triton"}),
    "system for what nothing runs": _at(C, "history", "system", value="kafka"),
    "wrong word": _at(C, "history_lake", "format", value="icebreg"),
    "wrong word of the system block": _at("system", "tier", value="prod"),
    "wrong word of a choice": _at(C, "health", "drift", "is", value="psy"),
    "wrong word inside a choice": _at(C, "health", "drift", "then", value="retrian"),
    "choice without its word": _without(C, "health", "drift", "is"),
    "required field missing": _without(C, "score", "batching", "size"),
    "system block without a name": _without("system", "name"),
    "rate where a duration stands": _at(C, "payments", "retention", value="7/s"),
    "size where a rate stands": _at(C, "payments", "rate", value="8000MB"),
    "duration where a size stands": _at(C, "score", "memory", value="4s"),
    "number where a duration stands": _at(C, "payments", "lag", value=800),
    "unknown unit": _at(C, "payments", "lag", value="800msec"),
    "share above 100%": _at(C, "challenger", "share", value="110%"),
    "share above 1": _at(C, "challenger", "share", value=1.5),
    "count below 1": _at(C, "activity", "parallelism", value=0),
    "fraction where a count stands": _at(C, "activity", "parallelism", value=2.5),
    "text where a count stands": _at(C, "activity", "parallelism", value="8 tasks"),
    "list where one name stands": _at(C, "scorer", "dataset", value=["history"]),
    "number where a name stands": _at(C, "scorer", "dataset", value=7),
    "image without a tag": _at(C, "activity", "image", value="registry.example.com/fraud/x"),
    "misspelt measure": _at(C, "authorise", "budget", 0, value="p55 <= 20ms"),
    "limit of another dimension": _at(C, "authorise", "budget", 0, value="p50 <= 20GiB"),
    "availability turned around": _at(C, "latency", "target", 1, value="availability <= 99%"),
    "budget as a number": _at(C, "authorise", "budget", value=50),
    "misspelt statement": _at(C, "authorise", "steps", 0, value={"cal": "edge"}),
    "misspelt option": _at(C, "authorise", "steps", 0, value={"call": "edge", "timout": "9ms"}),
    "option of another unit": _at(C, "authorise", "steps", 0,
                                  value={"call": "edge", "timeout": "9GiB"}),
    "misspelt option, deep down": _at(C, "authorise", "steps", 1, "steps", 0,
                                      value={"call": "card_activity", "retrys": 1}),
    "data type that does not exist": _at(C, "payments", "event", "amount", "type", value="money"),
    "short data type that does not exist": _at(C, "payments", "event", "country", value="str"),
    "member without a type": _without(C, "card_activity", "spend_1h", "type"),
    "misspelt option of a member": _at(C, "card_activity", "spend_1h", "ovr", value="1h"),
    "window of another dimension": _at(C, "card_activity", "spend_1h", "over", value="1GiB"),
    "key without its word": _at(C, "card", "card_id", value={"type": "string"}),
    "component that is a text": _at(C, "payments", value="kafka"),
    "name that is none": _at(C, "pay-ments", value={"role": "stream"}),
    "platform that does not exist": _at("environments", "prod", "platform", "is", value="azure"),
    "misspelt field of an overlay": _at("environments", "prod", "payments",
                                        value={"partitons": 96}),
    "overlay of another unit": _at("environments", "dev", "payments", value={"rate": "200B"}),
    "parameter that is nothing": _at("params", "peak", value={}),
}  # fmt: skip


@pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES.keys())
def test_damage_is_refused_where_it_is(damage: Damage) -> None:
    document = fraud()
    damage.apply(document)
    errors = list(validator().iter_errors(document))
    assert errors
    assert all(damage.explains(error.absolute_path) for error in errors)
    assert max(len(error.absolute_path) for error in errors) >= min(2, len(damage.path) - 1)


@pytest.mark.parametrize(
    "fields",
    [
        {"role": "stream", "rate": "peak"},
        {"role": "stream", "rate": "2 * peak"},
        {"role": "stream", "rate": "1200/s + peak"},
        {"role": "stream", "rate": "max(peak, 5/s)"},
        {"role": "stream", "rate": {"expression": "peak"}},
        {"role": "stream", "retention": "25h50m"},
        {"role": "stream", "partitions": "workers"},
        {"role": "stream", "partitions": "40_000"},
        {"role": "lake", "format": {"expression": "chosen"}},
        {"role": "lake", "from": "events"},
        {"role": "lake", "from": ["a", "b"]},
        {"role": "endpoint", "latency": "12ms"},
        {"role": "endpoint", "replicas": "auto"},
        {"role": "endpoint", "replicas": 3},
        {"role": "endpoint", "gpus": "2 x l4"},
        {"role": "endpoint", "gpus": "l4"},
        {"role": "endpoint", "cpu": "4cores"},
        {"role": "label", "type": "bool"},
        {"role": "monitor", "drift": "psi"},
        {"role": "dataset", "split": {"is": "random", "train": 0.8}},
        {"role": "source", "existing": {"host": "x", "port": 1}},
        {"role": "request", "steps": ["call a timeout 9ms", {"call": "b", "hedge": "at 5ms"}]},
        {"role": "request", "steps": [{"parallel": [{"call": "a"}]}]},
        {"role": "request", "steps": [{"branch": "10%", "steps": [{"call": "a"}]}]},
        {"role": "request",
         "steps": [{"cached": None, "by": "answers", "hit": "85%", "steps": [{"call": "a"}]}]},
        {"role": "request", "budget": ["p99 <= limit", "p50 < 2 * limit", "errors <= 0.1%"]},
        {"role": "experiment", "guardrails": ["approval_rate >= 94%"]},
        {"role": "features", "x": {"type": "float32[128]", "value": "embed(text)"}},
        {"role": "entity", "key user_id": "string"},
        {"role": "model", "architecture": {"params": 70.6e9}, "tokenizer": {"revision": "1"}},
        {"role": "model", "architecture": {"is": "llama-3-8b", "max_length": 8192}},
        {"role": "prompt", "version": 4, "steps": [{"part": "question", "varies": True}]},
        {"role": "prompt", "version": "2026-11-03", "steps": ["part question tokens 9"]},
    ],
)  # fmt: skip
def test_other_forms_are_accepted(fields: dict[str, Any]) -> None:
    errors = [error.message for error in validator().iter_errors(component(**fields))]
    assert errors == []


def _examples() -> Iterator[tuple[str, str]]:
    """The designs of the systems' documentation and the good ones of the checks' pages."""
    for cls in standard_catalog().all():
        before, marked, after = cleandoc(cls.__doc__ or "").partition("Example:\n")
        if marked:
            assert before
            yield f"{cls.role} {cls.system}", dedent(after)
    for page in sorted(PAGES.glob("*.md")):
        _, marked, after = page.read_text("utf-8").partition("\nGood:\n\n")
        block = re.match(r"(?: {4}.*\n|\n)+", after)
        if marked and block:
            yield page.stem, dedent(block.group())


EXAMPLES = dict(_examples())


@pytest.mark.parametrize("text", EXAMPLES.values(), ids=EXAMPLES.keys())
def test_documented_designs_are_accepted(text: str) -> None:
    tree, said = parse(text, "example.mlsd")
    assert said == []
    document = _load(to_yaml(tree, text))
    assert document
    assert [error.message for error in validator().iter_errors(document)] == []


def test_an_overlay_says_only_what_differs() -> None:
    overlay = {"score": {"batching": {"delay": "2ms"}}, "label": {"$type": "bool"}}
    assert accepted({"environments": {"prod": overlay}})


def test_sections_may_come_several_times_in_a_list() -> None:
    assert accepted([component(role="stream"), {"lets": {"a": 1}}, component(role="lake")])


# What is in it ---------------------------------------------------------------------------------


def test_every_role_and_system_has_its_fields() -> None:
    made = json.loads(schema_text())
    assert made["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert made["$id"]
    assert made["title"]
    catalog = standard_catalog()
    for name, role in roles().items():
        if name in ("system", "environment"):
            continue
        allowed = made["$defs"][f"role.{name}"]["properties"]["system"]
        systems = list(catalog.for_role(name)) if role.runs else []
        assert (allowed["enum"] if allowed else []) == systems
        for cls in [role, *(catalog.systems(system)[name] for system in systems)]:
            key = f"fields.{name}" + (f".{cls.system}" if cls.system else "")
            given = made["$defs"][key]["properties"]
            plain = {n for n, f in shape(cls).fields.items()
                     if not (f.members or f.clauses) and n != "name"}  # fmt: skip
            assert plain <= given.keys()


def test_descriptions_and_defaults_come_from_the_class() -> None:
    defs = json.loads(schema_text())["$defs"]
    brokers = defs["fields.stream.kafka"]["properties"]["brokers"]
    assert brokers["description"].startswith("Brokers of the cluster;")
    assert brokers["default"] == 3
    assert defs["fields.stream.kafka"]["properties"]["broker_memory"]["default"] == "4GiB"
    assert "default" not in defs["fields.stream"]["properties"]["rate"]


def test_every_field_is_described() -> None:
    missing = [
        f"{cls.__name__}.{name}"
        for cls in [*roles().values(), *standard_catalog().all()]
        for name, text in field_texts(cls).items()
        if not text
    ]
    assert missing == []


def _references(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        if isinstance(node.get("$ref"), str):
            yield node["$ref"]
        for value in node.values():
            yield from _references(value)
    elif isinstance(node, list):
        for value in node:
            yield from _references(value)


def test_every_reference_leads_somewhere_and_nothing_is_left_over() -> None:
    made = json.loads(schema_text())
    named = {reference.removeprefix("#/$defs/") for reference in _references(made)}
    assert named <= made["$defs"].keys()
    assert made["$defs"].keys() - named <= value_definitions().keys()


def test_the_same_bytes_every_time() -> None:
    assert schema_text() == schema_text()
    assert json.loads(schema_text(compact=True)) == json.loads(schema_text())


@pytest.mark.parametrize("kind", sorted(value_definitions()))
def test_examples_of_values_are_values(kind: str) -> None:
    schema = value_definitions()[kind]
    made = Draft202012Validator({"$ref": f"#/$defs/{kind}", "$defs": value_definitions()})
    for example in schema.get("examples", []):
        assert made.is_valid(example)
        if isinstance(example, str) and kind not in ("accelerators", "dataType", "image"):
            assert parse_quantity(example)
    assert made.is_valid("") is (kind in ("text", "scalar"))
