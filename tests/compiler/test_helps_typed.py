"""A help line that can be typed is typed into the page's bad design, and the finding is gone.

Only plain lines are: `field = value`, several of them, or a block, for the subject of the finding.
What stands behind `, or` is another way, and is not tried.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from mlsdc.compiler.schedule import Check, standard_checks
from mlsdc.diagnostics import Diagnostic
from mlsdc.dsl import ast
from mlsdc.dsl.parse import parse
from tests.compiler.checking import outcome, shown
from tests.compiler.test_check_pages import sections, wrong

EXEMPT = {
    "CAP005": "how many accelerators a replica has follows: the next finding says so",
}
"""Helps that do not end the findings of their code, and why."""

CHECKS = [one for one in standard_checks() if one.rule.code not in EXEMPT]
PART = re.compile(r",? or |;|: ")
IN = re.compile(r" in (?:the `\w+` of )?`(\w+)`$")
"""Where it is typed, if that is not the subject of the finding."""


def typed(help_line: str) -> list[ast.Statement]:
    """The statements of a help line; none where it is prose."""
    first = PART.split(help_line)[0]
    first = IN.sub("", first)
    tree, said = parse(first + "\n", "help")
    fields = [s for s in tree.statements if isinstance(s, ast.Assignment) or _is_block(s)]
    return fields if not said and len(fields) == len(tree.statements) else []


def _is_block(statement: ast.Statement) -> bool:
    return (
        isinstance(statement, ast.Declaration)
        and statement.head is not None
        and statement.body is not None
        and not statement.words
        and statement.name is None
    )


def _key(statement: ast.Statement) -> str:
    if isinstance(statement, ast.Assignment):
        return statement.key.text
    return statement.head.text if isinstance(statement, ast.Declaration) and statement.head else ""


def _named(statement: ast.Statement) -> str:
    if not isinstance(statement, ast.Declaration) or statement.head is None:
        return ""
    if statement.head.text == "system":
        return "system"
    if statement.name is not None:
        return statement.name.text
    first = statement.words[0] if statement.words else None
    return first.name if isinstance(first, ast.Reference) else ""


def type_into(design: str, help_line: str, found: Diagnostic) -> str:
    """The design with the help's fields in the subject: in the place of theirs, else beside it."""
    first = PART.split(help_line)[0]
    where = IN.search(first)
    subject = where[1] if where else found.subject
    for wanted in typed(help_line):
        text = first[wanted.span.start : wanted.span.end]
        tree, _ = parse(design, "design.mlsd")
        (owner,) = [s for s in tree.statements if _named(s) == subject]
        start, end = _place(owner, _key(wanted), found)
        if _is_block(wanted) and start < end:
            text = _joined(text, wanted, design, owner)
        design = f"{design[:start]}{text} {design[end:]}"
    return design


def _joined(text: str, wanted: ast.Statement, design: str, owner: ast.Statement) -> str:
    """A block with those of its fields that stand in the design and are not typed anew."""
    anew = {_key(s) for block in ast.blocks(wanted) for s in block.statements}
    stood = next(s for b in _blocks(owner) for s in b.statements if _key(s) == _key(wanted))
    kept = [s for block in ast.blocks(stood) for s in block.statements if _key(s) not in anew]
    return text[:-1] + "".join(f" {design[s.span.start : s.span.end]}" for s in kept) + " }"


def _place(owner: ast.Statement, key: str, found: Diagnostic) -> tuple[int, int]:
    around = [b for b in _blocks(owner) if _holds(b.span, found)] or list(_blocks(owner))[:1]
    for block in (*reversed(around), *_blocks(owner)):
        for statement in block.statements:
            if _key(statement) == key:
                return statement.span.start, statement.span.end
    return around[-1].span.start + 1, around[-1].span.start + 1


def _holds(outer: ast.Span, found: Diagnostic) -> bool:
    return outer.start <= found.span.start and found.span.end <= outer.end


def _blocks(statement: ast.Statement) -> Iterator[ast.Block]:
    for block in ast.blocks(statement):
        yield block
        for inner in block.statements:
            yield from _blocks(inner)


def tries(one: Check) -> list[tuple[str, Diagnostic]]:
    """The bad design with each finding whose help can be typed."""
    bad = sections(one.rule.page)["Bad"]
    found = [d for d in outcome(bad).diagnostics if d.code == one.rule.code and not d.undecided]
    return [(bad, d) for d in found if typed(d.help)]


@pytest.mark.parametrize("one", CHECKS, ids=[one.rule.code for one in CHECKS])
def test_a_typed_help_ends_the_finding(one: Check) -> None:
    """Nothing new of this code is found, at most asked, and the design is still one."""
    for bad, found in tries(one):
        design = type_into(bad, found.help, found)

        assert list(wrong(design)) == [], design
        others = {d.message for d in outcome(bad).diagnostics} - {found.message}
        left = [d for d in outcome(design).diagnostics if d.code == found.code]
        assert [shown(d) for d in left if not (d.undecided or d.message in others)] == [], design


def test_most_helps_can_be_typed() -> None:
    """The test tries something."""
    assert sum(bool(tries(one)) for one in CHECKS) > 60


SERVED = """
system shop {{ tier = production }}
lake raw {{ }}
dataset rows {{ spine = raw }}
training nightly {{ image = "registry.example.com/shop/train:1.0.0" }}
model first {{ dataset = rows  training = nightly }}
model second {{ dataset = rows  training = nightly }}
endpoint rank {{ model = first }}
endpoint score {{ model = second }}
request ask {{
  rate = 10/s
  call rank
}}
request tell {{
  rate = 10/s
  call score
}}
{more}
"""


def helps(code: str, more: str = "") -> list[str]:
    """The helps of a code in a design with two of everything."""
    found = outcome(SERVED.format(more=more)).diagnostics
    return [d.help for d in found if d.code == code]


def test_one_metrics_for_all_endpoints() -> None:
    """Each finding shows the same line, which answers all of them."""
    first, second = helps("MON011")
    assert first == second == "metrics telemetry { scrapes = [rank, score] }"
    assert helps("MON011", first) == []

    (rest,) = helps("MON011", "metrics telemetry { scrapes = [rank] }")
    assert rest == "scrapes = [rank, score] in `telemetry`"


def test_monitors_and_experiments_have_names_of_their_own() -> None:
    """Typing the helps of several endpoints declares nothing twice."""
    monitors = helps("MON001")
    assert [one.split()[1] for one in monitors] == ["rank_health", "score_health"]
    assert helps("MON001", "\n".join(monitors)) == []

    nexts = [f"endpoint {name}_next {{ model = first }}" for name in ("rank", "score")]
    stages = helps("REL007")
    assert len(stages) == 2
    assert helps("REL007", "\n".join([*stages, *nexts])) == []


def test_rows_are_told_once_for_all_models() -> None:
    """They are kept or not, whoever learns from them."""
    found = [d for d in outcome(SERVED.format(more="")).diagnostics if d.code == "REL018"]
    assert [d.message for d in found] == [
        "the rows that trained `first`, `second` are not kept: `raw` holds no earlier state of a "
        "table"
    ]
