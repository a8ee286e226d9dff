"""A help line that can be typed is typed into the page's bad design, and the finding is gone.

Only plain lines are: `field = value`, several of them, a block or a column, for the subject of the
finding or for what `in` names; a declaration; the clauses of a call. What stands behind `, and` is
typed as well, what stands behind `, or` is another way, and is not tried.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

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
OR = re.compile(r",? or |;")
AND = re.compile(r", and ")
IN = re.compile(r" in (?:the `(\w+)` of )?`(\w+)`$")
"""Where it is typed, if that is not the subject of the finding: a block of it, and its name."""
CLAUSES = re.compile(r"(timeout|fallback|retry) (\S+)")
"""What is typed behind the call that a finding points at."""


CLAUSE_HEADS = ("pin",)


@dataclass(frozen=True)
class Line:
    """One line to type: its text, its statements, and the block and the component it names."""

    text: str
    statements: tuple[ast.Statement, ...]
    block: str | None = None
    component: str | None = None

    @property
    def declares(self) -> bool:
        """Whether it makes a component of its own."""
        first = self.statements[0] if self.statements else None
        return isinstance(first, ast.Declaration) and bool(first.body and _named(first))


def lines(help_line: str) -> list[Line]:
    """What a help proposes first: one line, or several that belong together; none for prose."""
    found = [_line(part) for part in AND.split(OR.split(help_line)[0])]
    return [one for one in found if one is not None] if None not in found else []


def _line(text: str) -> Line | None:
    while True:
        where = IN.search(text)
        own = text[: where.start()] if where else text
        block, component = (where[1], where[2]) if where else (None, None)
        if CLAUSES.match(own) and not CLAUSES.sub("", own).strip():
            return Line(own, (), block, component)
        tree, said = parse(own + "\n", "help")
        if not said and tree.statements and all(map(_fits, tree.statements)):
            return Line(own, tuple(tree.statements), block, component)
        if ": " not in text:
            return None
        text = text.rpartition(": ")[0]  # what follows says why


def _fits(statement: ast.Statement) -> bool:
    if not isinstance(statement, ast.Declaration):
        return isinstance(statement, ast.Assignment | ast.Comparison)
    column = statement.head is None and statement.type is not None
    clause = statement.head is not None and statement.head.text in CLAUSE_HEADS
    return (
        column
        or clause
        or (statement.body is not None and (_is_block(statement) or bool(_named(statement))))
    )


def _is_block(statement: ast.Statement) -> bool:
    return (
        isinstance(statement, ast.Declaration)
        and statement.head is not None
        and statement.body is not None
        and not statement.words
        and statement.name is None
    )


def _key(statement: ast.Statement) -> str:
    if isinstance(statement, ast.Assignment | ast.Comparison):
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
    """The design with the help's lines: fields in the place of theirs, else beside them."""
    for line in lines(help_line):
        if line.declares:
            design = f"{design}\n{line.text}\n"
        elif not line.statements:
            design = _clauses(design, line.text, found)
        else:
            design = _fields(design, line, found)
    return design


def _clauses(design: str, text: str, found: Diagnostic) -> str:
    """A clause in the place of the call's own, else behind its target."""
    begin = max(design.rfind("call ", 0, found.span.end), design.rfind("\n", 0, found.span.end) + 1)
    end = design.find("\n", found.span.end)
    call, behind = design[begin:end], found.span.end - begin
    for word, value in CLAUSES.findall(text):
        stated = re.compile(rf"\b{word} \S+")
        call = stated.sub(f"{word} {value}", call) if stated.search(call) else (
            f"{call[:behind]} {word} {value}{call[behind:]}"
        )  # fmt: skip
    return design[:begin] + call + design[end:]


def _fields(design: str, line: Line, found: Diagnostic) -> str:
    subject = line.component or found.subject
    for wanted in line.statements:
        text = line.text[wanted.span.start : wanted.span.end]
        tree, _ = parse(design, "design.mlsd")
        (owner,) = [s for s in tree.statements if _named(s) == subject]
        if line.block is not None:
            inner = [s for b in _blocks(owner) for s in b.statements if _key(s) == line.block]
            (block, *_) = ast.blocks(inner[0])
            stated = [s.span for s in block.statements if _key(s) and _key(s) == _key(wanted)]
            start, end = block.span.start + 1, block.span.start + 1
            if stated:
                start, end = stated[0].start, stated[0].end
        else:
            start, end = _place(owner, _key(wanted), found)
        if _is_block(wanted) and start < end:
            text = _joined(text, wanted, design, owner)
        design = f"{design[:start]} {text}\n{design[end:]}"
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
            if key and _key(statement) == key:
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
    return [(bad, d) for d in found if lines(d.help)]


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
    assert first == second == "metrics telemetry: prometheus { scrapes = [rank, score] }"
    assert helps("MON011", first) == []

    (rest,) = helps("MON011", "metrics telemetry { scrapes = [rank] }")
    assert rest == "scrapes = [rank, score] in `telemetry`"


def test_monitors_and_experiments_have_names_of_their_own() -> None:
    """Typing the helps of several endpoints declares nothing twice."""
    monitors = helps("MON001")
    assert [one.split()[1] for one in monitors] == ["rank_health:", "score_health:"]
    assert helps("MON001", "\n".join(monitors)) == []

    stages = helps("REL007")
    assert len(stages) == 2
    assert helps("REL007", "\n".join(stages)) == []


def test_rows_are_told_once_for_all_models() -> None:
    """They are kept or not, whoever learns from them."""
    found = [d for d in outcome(SERVED.format(more="")).diagnostics if d.code == "REL018"]
    assert [d.message for d in found] == [
        "the rows that trained `first`, `second` are not kept: `raw` holds no earlier state of a "
        "table"
    ]
