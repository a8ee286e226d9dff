"""The YAML form: what each shape means, where complaints point, and what is refused."""

from __future__ import annotations

import re
import time
import tracemalloc
from pathlib import Path

import pytest

from mlsdc.compiler.catalog import roles
from mlsdc.compiler.model.part import Part, clause_classes, shape
from mlsdc.diagnostics import Diagnostic
from mlsdc.dsl import ast
from mlsdc.dsl.parse import parse
from mlsdc.dsl.yaml_nodes import DEEPEST, LARGEST_EXPANSION, MOST_ALIASES, MOST_NODES
from mlsdc.dsl.yaml_reader import is_yaml, read_yaml
from mlsdc.dsl.yaml_words import FILLERS, FLAGS, MEMBER_BLOCKS
from mlsdc.dsl.yaml_writer import to_yaml
from mlsdc.stdlib.find import standard_catalog

SHAPES = {
    'system: {name: fraud, title: "Scores", owner: "risk-ml"}': (
        'system fraud "Scores" { owner = "risk-ml" }'
    ),
    "params: {peak: {type: rate, value: 1200/s}}": "param peak: rate = 1200/s",
    "lets: {share: 0.4%}": "let share = 0.4%",
    "components: {payments: {role: stream, system: kafka, rate: 8000/s}}": (
        "stream payments: kafka { rate = 8000/s }"
    ),
    "components: {card: {role: entity, key card_id: {type: string}}}": (
        "entity card { key card_id: string }"
    ),
    "components: {card: {role: entity, block: }}": "entity card",
    "components: {s: {role: stream, event: {at: {type: timestamp, event_time: true}}}}": (
        "stream s { event { at: timestamp event_time } }"
    ),
    "components: {f: {role: features, n: {type: int64, value: count(), over: 1h, default: 0}}}": (
        "features f { n: int64 = count() over 1h default 0 }"
    ),
    "components: {m: {role: monitor, drift: {is: psi, warn: 0.1}}}": (
        "monitor m { drift = psi { warn = 0.1 } }"
    ),
    "components: {r: {role: request, budget: [p50 <= 20ms, p99 <= 50ms]}}": (
        "request r { budget { p50 <= 20ms  p99 <= 50ms } }"
    ),
    "components: {r: {role: request, steps: [{call: a, timeout: 9ms, steps: [{call: b}]}]}}": (
        "request r { call a timeout 9ms { call b } }"
    ),
    "components: {r: {role: request, steps: [{call: a, asynchronous: true, hedge: at 3ms}]}}": (
        "request r { call a asynchronous hedge at 3ms }"
    ),
    "components: {r: {role: request, steps: [{parallel: [{call: a}, {call: b}]}]}}": (
        "request r { parallel { call a\n call b } }"
    ),
    "components: {l: {role: label, type: bool, from: [a, b]}}": (
        "label l { type = bool  from = [a, b] }"
    ),
    "environments: {prod: {peak: 20/s, payments: {partitions: 96}}}": (
        "environment prod { peak = 20/s  payments { partitions = 96 } }"
    ),
    'statements: [{import: "./x.mlsd"}, a = 1]': 'import "./x.mlsd"\na = 1',
    'lets: {a: {text: no}, b: {expression: "x + 1"}, c: [1.10, no, 12h]}': (
        'let a = "no"\nlet b = x + 1\nlet c = [1.10, no, 12h]'
    ),
    "- lets: {a: 1}\n- params: {b: 2}\n- lets: {c: 3}": "let a = 1\nparam b = 2\nlet c = 3",
}


@pytest.mark.parametrize(("yaml", "mlsd"), SHAPES.items())
def test_shapes(yaml: str, mlsd: str) -> None:
    """Each YAML form is the statement beside it, in both directions."""
    read, complaints = read_yaml(yaml, "f.yaml")
    expected, _ = parse(mlsd, "f.yaml")

    assert complaints == []
    assert read == expected
    assert read_yaml(to_yaml(expected, mlsd), "f.yaml")[0] == expected


def test_a_dollar_makes_a_word_of_the_form_a_name() -> None:
    """`$role` is a field called `role`, and its place is that of the name."""
    text = "components: {l: {role: label, $role: x}}"
    tree, _ = read_yaml(text, "f.yaml")
    declared = tree.statements[0]
    assert isinstance(declared, ast.Declaration)
    assert declared.body is not None
    field = declared.body.statements[0]

    assert isinstance(field, ast.Assignment)
    assert (field.key.text, text[field.key.span.start : field.key.span.end]) == ("role", "role")


@pytest.mark.parametrize("value", ["no", "yes", "on", "null", "1.10", "12h", "1_000", "2024", "NO"])
def test_plain_scalars_keep_their_text(value: str) -> None:
    """Nothing is read as YAML 1.1 would: the design means what is written."""
    tree, _ = read_yaml(f"lets: {{a: {value}}}", "f.yaml")
    expected, _ = parse(f"let a = {value}", "f.yaml")

    assert tree.statements == expected.statements


PLACES = {
    "lets:\n  a: 20mz\n": ("SYN007", "20mz"),
    "lets:\n  a: [1, 2, 30mz]\n": ("SYN007", "30mz"),
    "lets:\n  é: 1\n": ("SYN037", "é"),
    "lets:\n  😀😀: 20ms\n": ("SYN037", "😀😀"),
    "lets:\n  a: '😀'\n  b: 20mz # x\n": ("SYN007", "20mz"),
    "lets:\n  a: 1\n  b: 2\n  a: 3\n": ("SYN031", "a"),
    "components:\n  a: {role: model, framework: {x: 1, x: 2}}\n": ("SYN031", "x"),
    "component: {}\n": ("SYN038", "component"),
    "components: {a: {system: kafka}}\n": ("SYN036", "a"),
    "lets:\n  a: !!str b\n": ("SYN032", "!!str b"),
    "lets:\n  a: &x 1\n  <<: *x\n": ("SYN034", "<<"),
    "lets:\n  a: *missing\n": ("SYN034", "*missing"),
    "lets: {a: 1}\n---\nlets: {b: 1}\n": ("SYN035", "---"),
    "lets:\n\ta: 1\n": ("SYN039", "\t"),
    "lets:\n  a: \x07\n": ("SYN039", "\x07"),
    "lets:\n  a: \x00\n": ("SYN039", "\x00"),
    "lets:\n  a: \ufeff1\n": ("SYN039", "\ufeff"),
    "lets:\n  a: \ud800\n": ("SYN039", "\ud800"),
    'lets:\n  a: "\u202e"\n': ("SYN039", "\u202e"),
    'lets:\n  a: "\\0"\n': ("SYN039", '"\\0"'),
    'lets:\n  a: "\\u202e"\n': ("SYN039", '"\\u202e"'),
    'lets:\n  a: "\\r"\n': ("SYN039", '"\\r"'),
    "lets:\n  a: [1\n": ("SYN030", ""),
    "lets:\n  a: b: c\n": ("SYN030", ":"),
    "just a text\n": ("SYN036", "just a text"),
    "components:\n  r: {role: request, steps: [call edge { ]}\n": ("SYN030", None),
}


@pytest.mark.parametrize(("text", "expected"), PLACES.items())
def test_complaints_point_into_the_yaml(text: str, expected: tuple[str, str | None]) -> None:
    """The first complaint has this code and stands at this text."""
    code, place = expected
    _, complaints = read_yaml(text, "f.yaml")
    first = complaints[0]

    assert first.code == code
    assert first.span.file == "f.yaml"
    if place is not None:
        assert text[first.span.start : first.span.end] == place


def test_duplicate_keys_name_both_places() -> None:
    """The second key is the complaint, the first its label."""
    text = "lets:\n  a: 1\n  a: 2\n"
    (said,) = read_yaml(text, "f.yaml")[1]

    assert said.span.start == text.rindex("a:")
    assert said.labels[0].span.start == text.index("a:")


def test_a_byte_order_mark_shifts_no_place() -> None:
    """A mark at the beginning is accepted, and places count it."""
    text = "\ufefflets: {a: 20mz}"
    (said,) = read_yaml(text, "f.yaml")[1]

    assert text[said.span.start : said.span.end] == "20mz"


def test_unreadable_entries_leave_their_names() -> None:
    """A component that cannot be read is not reported missing afterwards."""
    tree, complaints = read_yaml("components: {score: [1]}", "f.yaml")

    assert len(complaints) == 1
    assert tree.statements == [ast.Broken(["score"], None, complaints[0].span)]


def test_aliases_stand_for_their_values() -> None:
    """A few aliases are followed."""
    tree, complaints = read_yaml("lets: {a: &x [1, 2], b: *x}", "f.yaml")
    expected, _ = parse("let a = [1, 2]\nlet b = [1, 2]", "f.yaml")

    assert complaints == []
    assert tree.statements == expected.statements


BOMB = "lets:\n  a0: &a0 [x]\n" + "".join(
    f"  a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 10)
)
HUGE = {
    "alias bomb": (BOMB, "SYN033"),
    "alias within itself": ("lets: {a: &x [*x]}", "SYN034"),
    "many aliases": ("lets: {a: &x 1, b: [" + "*x, " * 2000 + "]}", "SYN033"),
    "deep lists": ("lets: {a: " + "[" * 10_000 + "]" * 10_000 + "}", "SYN033"),
    "deep mappings": ("".join(" " * n + "a:\n" for n in range(1500)), "SYN033"),
    "long name": ("lets:\n  a: " + "x" * 1_000_000, "SYN033"),
    "long sum": ("lets:\n  a: " + "1 + " * 250_000 + "1", "SYN033"),
    "long text": ('lets:\n  a: "' + "x" * 1_000_000 + '"', ""),
    "long block": ("lets:\n  a: |\n" + "    aaaa bbbb\n" * 70_000, ""),
    "long key": ("lets:\n  ? " + "x" * 1_000_000 + "\n  : 1", "SYN037"),
    "many minus signs": ("lets:\n  a: " + "-" * 30_000 + "1", "SYN009"),
    "nine mebibytes": ("#" * (9 * 2**20), "SYN009"),
    "bytes, not characters": ("#" + "é" * (5 * 2**20), "SYN009"),
}


@pytest.mark.parametrize("name", HUGE)
def test_huge_inputs_cost_little(name: str) -> None:
    """Each ends within two seconds and little memory, refused where it is beyond a limit."""
    text, code = HUGE[name]
    started = time.perf_counter()
    _, complaints = read_yaml(text, "f.yaml")
    assert time.perf_counter() - started < 2

    assert _codes(complaints) == ({code} if code else set())


def test_the_alias_bomb_needs_no_memory() -> None:
    """It is refused on the stream of events, before anything is multiplied."""
    parse("a = 1", "warm")
    read_yaml("lets: {a: 1}", "warm")
    tracemalloc.start()
    read_yaml(BOMB, "f.yaml")
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()

    assert peak < 4 * 2**20


def _codes(complaints: list[Diagnostic]) -> set[str]:
    return {d.code for d in complaints}


def test_file_names() -> None:
    """The name tells the form."""
    assert all(is_yaml(name) for name in ("a.mlsd.yaml", "a.mlsd.yml", "a.yaml", "A.YML"))
    assert not is_yaml("a.mlsd")
    assert not is_yaml("<stdin>")


def test_the_vocabulary_is_that_of_the_model() -> None:
    """The reader's small tables say what the classes of the model say."""
    parts: set[type[Part]] = set()
    blocks: set[str] = set()
    stack: list[type[Part]] = [
        *clause_classes().values(),
        *roles().values(),
        *standard_catalog().all(),
    ]
    while stack:
        part = stack.pop()
        if part in parts:
            continue
        parts.add(part)
        for name, field in shape(part).fields.items():
            if field.part is not None:
                stack.append(field.part)
                inner = shape(field.part)
                if "" in inner.members and not field.members:
                    blocks.add(name)
    flags = {
        name
        for part in parts
        if part in clause_classes().values() or "type" in part.model_fields
        for name, field in shape(part).fields.items()
        if field.info.annotation is bool
    }

    assert {name for name in blocks if name.islower()} == set(MEMBER_BLOCKS)
    assert flags <= FLAGS
    assert {k: v for part in parts for k, v in part.noise.items()} == FILLERS


DOCUMENT = (Path(__file__).parents[2] / "docs" / "yaml.md").read_text("utf-8")


def test_documented_design_can_be_read() -> None:
    """The snippet of the document is a design, and survives being written again."""
    (snippet,) = re.findall(r"```yaml\n(.*?)```", DOCUMENT, re.S)
    tree, complaints = read_yaml(snippet, "f.yaml")

    assert complaints == []
    assert len(tree.statements) == 7
    assert read_yaml(to_yaml(tree), "f.yaml")[0] == tree


ROWS = re.findall(r"^\| `(.*?)`.*? \| `(.*)` \|$", DOCUMENT, re.M)


@pytest.mark.parametrize(("yaml", "mlsd"), ROWS)
def test_documented_forms_agree(yaml: str, mlsd: str) -> None:
    """Each row of the document's table says the same in both columns."""
    if yaml.startswith("- "):
        written = f"components: {{x: {{role: request, steps: [{yaml[2:]}]}}}}"
        around = "request x {{ {} }}"
    elif yaml == mlsd:
        written, around = f"components: {{x: {{role: stream, event: {{{yaml}}}}}}}", (
            "stream x {{ event {{ {} }} }}"
        )  # fmt: skip
    else:
        written, around = f"components: {{x: {{role: monitor, {yaml}}}}}", "monitor x {{ {} }}"
    tree, complaints = read_yaml(written, "f.yaml")

    assert complaints == []
    assert tree == parse(around.format(mlsd), "f.yaml")[0]


def test_documented_limits_are_the_real_ones() -> None:
    """The document names the numbers of the code."""
    for number in (MOST_NODES, MOST_ALIASES, LARGEST_EXPANSION, DEEPEST):
        assert f"{number:,}" in DOCUMENT
