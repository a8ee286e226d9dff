"""The text format, character by character."""

from __future__ import annotations

from textwrap import dedent

import pytest

from mlsdc.cli.formats.text import MOST, render
from mlsdc.cli.report import Report
from mlsdc.cli.terminal import Style, style_of
from mlsdc.compiler.schedule import Verdicts
from mlsdc.diagnostics import NOWHERE, Diagnostic, Label, Rule, Severity, Source, Span

RULE = Rule("LAT002", "path-over-budget", "A request is slower than its budget")
DESIGN = "request rank {\n  budget { p99 <= 50ms }\n  call score\n}\n"
OTHER = "# another file\nendpoint score {}\n"


def span(text: str, part: str, file: str = "d.mlsd") -> Span:
    start = text.index(part)
    return Span(file, start, start + len(part))


def report(*found: Diagnostic, **texts: str) -> Report:
    named = {"d.mlsd": DESIGN, **{f"{name}.mlsd": text for name, text in texts.items()}}
    sources = {file: Source(file, text) for file, text in named.items()}
    names = {file: f"app/{file}" for file in named}
    return Report(found, sources, names, {"prod": Verdicts([], 33, 3, 5)})


def text(*found: Diagnostic, style: Style | None = None, **texts: str) -> str:
    return render(report(*found, **texts), style or Style())


def test_a_finding_with_all_there_is_to_say() -> None:
    found = RULE.at(
        span(DESIGN, "p99 <= 50ms"),
        "p99 is 63ms, 13ms over its 50ms budget",
        subject="rank",
        labels=[
            Label(span(DESIGN, "score"), "score: p99 60ms"),
            Label(span(OTHER, "endpoint score", "o.mlsd"), "declared here"),
        ],
        arithmetic=["score: p99 60ms", "edge: p99 3ms"],
        help="make it faster",
    )
    assert text(found, o=OTHER) == dedent(
        """\
        app/d.mlsd:2:12: error[LAT002] rank: p99 is 63ms, 13ms over its 50ms budget
          |
        2 |   budget { p99 <= 50ms }
          |            ^^^^^^^^^^^
        3 |   call score
          |        ----- score: p99 60ms
          ::: app/o.mlsd:2:1
          |
        2 | endpoint score {}
          | -------------- declared here
          = arithmetic: score: p99 60ms
                        edge: p99 3ms
          = help: make it faster
          = see: mlsdc explain LAT002

        41 checks: 33 pass, 3 fail, 5 undecided · 1 error, 0 warnings
        """
    )


def test_lines_far_apart_and_an_undecided_finding_of_one_environment() -> None:
    design = "a\n" * 9 + "last\n"
    found = Diagnostic(
        code="CAP001",
        slug="overloaded",
        severity=Severity.NOTE,
        subject="score",
        message="whether `score` carries its load is unknown",
        span=span(design, "last", "x.mlsd"),
        labels=(Label(Span("x.mlsd", 0, 1), "from here"),),
        missing=("score.latency", "score.concurrency"),
        environments=("dev", "prod"),
    )
    assert text(found, x=design) == dedent(
        """\
        app/x.mlsd:10:1: note[CAP001] whether `score` carries its load is unknown
           |
         1 | a
           | - from here
        ...
        10 | last
           | ^^^^
           = undecided: needs score.latency, score.concurrency
           = environments: dev, prod
           = see: mlsdc explain CAP001

        41 checks: 33 pass, 3 fail, 5 undecided · 0 errors, 0 warnings, 1 note
        """
    )


def quoted(design: str, part: str, style: Style | None = None) -> list[str]:
    """The quoted line and the one below it."""
    found = RULE.at(span(design, part, "x.mlsd"), "m")
    return text(found, style=style, x=design).splitlines()[2:4]


@pytest.mark.parametrize(
    ("line", "part", "shown"),
    [
        ("\tx = y", "y", ["1 |     x = y", "  |         ^"]),
        ("a\tb", "b", ["1 | a   b", "  |     ^"]),
        ('世界 = "é"', '"', ['1 | 世界 = "é"', "  |        ^"]),
        ("a\x1b[0m bad", "bad", ["1 | a␛[0m bad", "  |       ^^^"]),
        ("x = 世界", "世界", ["1 | x = 世界", "  |     ^^^^"]),
        ("x = 1\r", "1", ["1 | x = 1", "  |     ^"]),
    ],
)
def test_carets_stand_under_what_they_mean(line: str, part: str, shown: list[str]) -> None:
    assert quoted(line + "\n", part) == shown


def test_a_span_over_several_lines_is_shown_by_its_first() -> None:
    assert quoted("ab {\n  c\n}\n", "{\n  c\n}") == ["1 | ab {", "  |    ^"]


def test_an_empty_span_and_one_at_the_end_of_the_file_have_a_caret() -> None:
    found = RULE.at(Span("x.mlsd", 3, 3), "m")
    assert text(found, x="abc").splitlines()[2:4] == ["1 | abc", "  |    ^"]


def test_a_long_line_is_cut_around_the_span() -> None:
    line = "a" * 300 + " here " + "b" * 300
    style = Style(width=60)
    above, below = quoted(line, "here", style)
    assert len(above) <= 60
    assert above.startswith("1 | …")
    assert above.endswith("…")
    assert above[below.index("^") : below.index("^") + 4] == "here"


def test_an_enormous_line_is_cut_too() -> None:
    above, below = quoted("é" * 400_000 + "here" + "é" * 400_000, "here")
    assert above[below.index("^") : below.index("^") + 4] == "here"
    assert len(above) <= 120


def test_marks_that_a_cut_line_hides_are_left_out() -> None:
    design = "first" + " " * 500 + "last"
    found = RULE.at(
        span(design, "first", "x.mlsd"), "m", labels=[Label(span(design, "last", "x.mlsd"), "far")]
    )
    assert "far" not in text(found, style=Style(width=60), x=design)


def test_a_finding_in_no_file() -> None:
    found = RULE.at(NOWHERE, "it broke")
    assert text(found).splitlines()[:2] == [
        "mlsdc: error[LAT002] it broke",
        "  = see: mlsdc explain LAT002",
    ]


def test_a_finding_in_a_file_that_could_not_be_read() -> None:
    found = RULE.at(Span("gone.mlsd", 0, 0), "there is no such file")
    assert text(found).startswith("gone.mlsd: error[LAT002] there is no such file\n  = see")


def test_messages_cannot_act_on_the_terminal() -> None:
    found = RULE.at(
        span(DESIGN, "call"),
        "evil \x1b[2J\nfake.mlsd:1:1: error[X] forged",
        labels=[Label(span(DESIGN, "score"), "\x1b[31m")],
        arithmetic=["\x07"],
        help="\u202e",
    )
    printed = text(found)
    assert "\x1b" not in printed
    assert "\x07" not in printed
    assert "\u202e" not in printed
    assert not any(line.startswith("fake") for line in printed.splitlines())


def test_environments_that_differ_are_told_apart_in_the_summary() -> None:
    verdicts = {
        "dev": Verdicts([], 9, 1, 0),
        "prod": Verdicts([], 8, 2, 0),
        "stage": Verdicts([], 9, 1, 0),
    }
    assert render(Report([], verdicts=verdicts), Style()) == (
        "10 checks · dev, stage: 9 pass, 1 fail, 0 undecided · prod: 8 pass, 2 fail, 0 undecided"
        " · 0 errors, 0 warnings\n"
    )


def test_the_summary_says_when_the_checks_did_not_see_everything() -> None:
    found = Rule("SYN001", "unexpected-text", "x").at(span(DESIGN, "call"), "m")
    assert "41 checks of what could be understood: 33 pass" in text(found)


def test_very_many_findings_are_cut_and_the_worst_are_kept() -> None:
    notes = [
        RULE.at(span(DESIGN, "call"), f"note {n}", severity=Severity.NOTE) for n in range(MOST + 7)
    ]
    printed = text(*notes, RULE.at(span(DESIGN, "call"), "the one error"))
    assert "the one error" in printed
    assert "... and 8 more; `-o json` lists all of them" in printed
    assert printed.endswith(f"1 error, 0 warnings, {MOST + 7} notes\n")


class _Terminal:
    closed = False

    def __init__(self, terminal: bool) -> None:
        self.terminal = terminal

    def isatty(self) -> bool:
        return self.terminal


@pytest.mark.parametrize(
    ("terminal", "environ", "colour"),
    [
        (True, {}, True),
        (False, {}, False),
        (True, {"TERM": "dumb"}, False),
        (True, {"NO_COLOR": "1"}, False),
        (True, {"NO_COLOR": ""}, True),
        (False, {"FORCE_COLOR": "1"}, True),
        (False, {"FORCE_COLOR": "0"}, False),
        (True, {"TERM": "dumb", "FORCE_COLOR": "1"}, True),
        (False, {"NO_COLOR": "1", "FORCE_COLOR": "1"}, False),
    ],
)
def test_when_colours_are_used(terminal: bool, environ: dict[str, str], colour: bool) -> None:
    assert style_of(_Terminal(terminal), environ).colour is colour  # type: ignore[arg-type]


def test_colours_change_nothing_but_colours() -> None:
    import re

    found = RULE.at(span(DESIGN, "p99"), "m", labels=[Label(span(DESIGN, "score"), "l")], help="h")
    coloured = text(found, style=Style(colour=True))
    assert "\x1b[31;1merror[LAT002]\x1b[0m" in coloured
    assert re.sub(r"\x1b\[[0-9;]*m", "", coloured) == text(found)
