"""Allowances: what each scope accepts, what is said of them, and that nothing disappears."""

from __future__ import annotations

from dataclasses import replace
from textwrap import dedent

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mlsdc.compiler.policies.allowance import Allowance, is_date, read_allowance
from mlsdc.compiler.policies.policy import NO_POLICY, Policy
from mlsdc.compiler.schedule import standard_checks
from mlsdc.diagnostics import Confidence, Diagnostic, Source, Span
from mlsdc.dsl.parse import parse
from mlsdc.dsl.yaml_writer import to_yaml
from mlsdc.pipeline import Outcome, check
from mlsdc.stdlib.find import standard_catalog

FILE = "design.mlsd"
DESIGN = """\
param peak: rate = 200/s
endpoint score {
  latency { p50 = 8ms  p99 = 30ms  at = 100/s }
  replicas = 2
}
request rank {
  rate = peak
  budget { p99 <= 20ms }
  call score
}
environment dev { platform = kubernetes }
environment prod { platform = kubernetes  peak = 900/s }
"""
"""LAT002 at the budget everywhere, CAP001 at the replicas in prod."""
LINE = '# mlsdc: allow(path-over-budget) because "accepted"'


def run(text: str, policy: Policy = NO_POLICY, today: str | None = None, **options: str) -> Outcome:
    source = Source(FILE, dedent(text))
    return check([source], standard_catalog(), policy=policy, today=today, **options)


def at_budget(comment: str) -> str:
    """The design with a comment behind the budget."""
    return DESIGN.replace("<= 20ms }", f"<= 20ms }} {comment}")


def above(line: str, comment: str) -> str:
    """The design with a comment on the line above another."""
    assert f"\n{line}" in DESIGN
    return DESIGN.replace(f"\n{line}", f"\n{comment}\n{line}", 1)


def codes(found: list[Diagnostic]) -> list[str]:
    return sorted(d.code for d in found)


def own(outcome: Outcome) -> list[Diagnostic]:
    """What is said of the allowances."""
    return [d for d in outcome.diagnostics if d.code.startswith("SUP")]


def only(outcome: Outcome) -> Diagnostic:
    (found,) = own(outcome)
    return found


def text_at(text: str, diagnostic: Diagnostic) -> str:
    return text[diagnostic.span.start : diagnostic.span.end]


def test_the_design_has_one_finding_everywhere_and_one_in_prod() -> None:
    outcome = run(DESIGN)
    found = {d.code: d.environments for d in outcome.diagnostics}
    assert found == {"LAT002": (), "CAP001": ("prod",)}


@pytest.mark.parametrize(
    "text",
    [
        at_budget(LINE),
        at_budget(LINE.replace("path-over-budget", "LAT002")),
        at_budget(LINE.replace("path-over-budget", "lat002")),
        above("  budget", f"  {LINE}"),
        above("  budget", f"  {LINE}\n  # another remark"),
        above("request rank", LINE),
        f"{LINE.replace('allow', 'allow-file')}\n\n{DESIGN}",
        at_budget('#mlsdc:allow( path-over-budget )  because  "accepted"  # remark'),
        at_budget(LINE).replace("\n", "\r\n"),
    ],
    ids=["trailing", "code", "lower", "above", "stacked", "block", "file", "blanks", "crlf"],
)
def test_every_scope_accepts(text: str) -> None:
    outcome = run(text)
    assert own(outcome) == []
    assert "LAT002" not in codes(outcome.diagnostics)
    (accepted,) = outcome.suppressed
    assert (accepted.diagnostic.code, accepted.reason, accepted.until) == (
        "LAT002",
        "accepted",
        None,
    )
    assert text[accepted.allowance.start :].startswith("#")


@pytest.mark.parametrize(
    "text",
    [
        DESIGN.replace("call score", f"call score {LINE}"),
        DESIGN.replace("request rank {", f"request rank {{ {LINE}"),
        above("  call score", LINE),
        above("endpoint score", LINE),
    ],
    ids=["other line", "line of the block", "next statement", "other component"],
)
def test_another_place_accepts_nothing_and_is_unused(text: str) -> None:
    outcome = run(text)
    assert "LAT002" in codes(outcome.diagnostics)
    assert outcome.suppressed == []
    assert only(outcome).code == "SUP003"


def test_an_allowance_reaches_no_other_file() -> None:
    first = Source("a.mlsd", DESIGN)
    second = Source("b.mlsd", f"{LINE.replace('allow', 'allow-file')}\nendpoint other {{ }}\n")
    outcome = check([first, second], standard_catalog())
    assert "LAT002" in codes(outcome.diagnostics)
    assert [d.span.file for d in own(outcome)] == ["b.mlsd"]


@pytest.mark.parametrize(
    "text",
    [
        at_budget(LINE),
        above("  budget", f"  {LINE}"),
        above("request rank", LINE),
        f"{LINE.replace('allow', 'allow-file')}\n\n{DESIGN}",
    ],
    ids=["trailing", "above", "block", "file"],
)
def test_yaml_accepts_in_the_same_scopes(text: str) -> None:
    tree, said = parse(text, FILE)
    assert said == []
    yaml = Source("design.mlsd.yaml", to_yaml(tree, text))
    outcome = check([yaml], standard_catalog())
    assert own(outcome) == []
    assert [s.diagnostic.code for s in outcome.suppressed] == ["LAT002"]
    assert "LAT002" not in codes(outcome.diagnostics)


def test_several_rules_in_one_allowance() -> None:
    comment = '# mlsdc: allow-file(path-over-budget, CAP001) because "early"'
    outcome = run(f"{comment}\n{DESIGN}")
    assert codes([s.diagnostic for s in outcome.suppressed]) == ["CAP001", "LAT002"]
    assert not outcome.failed


def test_the_finding_of_one_environment_is_accepted() -> None:
    found = next(d for d in run(DESIGN).diagnostics if d.code == "CAP001")
    line = Source(FILE, DESIGN).position(found.span.start).line
    text = "\n".join(
        f'{row} # mlsdc: allow(overloaded) because "x"' if at == line else row
        for at, row in enumerate(DESIGN.splitlines(), 1)
    )
    outcome = run(text)
    assert [s.diagnostic.environments for s in outcome.suppressed] == [("prod",)]
    assert own(outcome) == []


def test_unused_is_judged_over_all_environments_only() -> None:
    text = '# mlsdc: allow-file(overloaded) because "x"\n' + DESIGN
    assert own(run(text, environment="dev")) == []
    assert own(run(text)) == []
    calm = text.replace("900/s", "90/s")
    assert own(run(calm, environment="dev")) == []
    assert only(run(calm)).code == "SUP003"


def test_unused_is_not_judged_where_not_all_checks_ran() -> None:
    few = [c for c in standard_checks() if c.rule.code != "LAT002"]
    source = Source(FILE, at_budget(LINE))
    assert own(check([source], standard_catalog(), checks=few)) != []
    assert all(d.code == "SUP004" for d in own(check([source], standard_catalog(), checks=few)))
    calm = Source(FILE, at_budget(LINE).replace("20ms", "90ms"))
    assert own(check([calm], standard_catalog(), checks=standard_checks())) == []


def test_unused_is_not_judged_where_the_design_is_not_understood() -> None:
    text = at_budget(LINE).replace("replicas = 2", "replicas = unknown_thing")
    outcome = run(text)
    assert any(d.code.startswith(("SYN", "TYP")) for d in outcome.diagnostics)
    assert own(outcome) == []


def test_an_unused_allowance_can_be_removed_safely() -> None:
    for text in (
        at_budget(LINE).replace("20ms", "90ms"),
        above("  budget", f"  {LINE}").replace("20ms", "90ms"),
    ):
        found = only(run(text))
        assert found.fix is not None
        assert found.fix.confidence is Confidence.SAFE
        (edit,) = found.fix.edits
        mended = text[: edit.span.start] + edit.text + text[edit.span.end :]
        assert mended == DESIGN.replace("20ms", "90ms")


def test_one_unused_name_of_several_is_pointed_at() -> None:
    text = at_budget(LINE.replace("budget)", "budget, overloaded)"))
    outcome = run(text)
    found = only(outcome)
    assert (found.code, text_at(text, found)) == ("SUP003", "overloaded")
    assert len(outcome.suppressed) == 1


@pytest.mark.parametrize(
    ("today", "expired"),
    [(None, False), ("2027-02-28", False), ("2027-03-01", False), ("2027-03-02", True)],
)
def test_an_allowance_holds_through_its_last_day(today: str | None, expired: bool) -> None:
    outcome = run(at_budget(f"{LINE} until 2027-03-01"), today=today)
    assert ("LAT002" in codes(outcome.diagnostics)) is expired
    assert codes(own(outcome)) == (["SUP002"] if expired else [])
    assert [s.until for s in outcome.suppressed] == ([] if expired else ["2027-03-01"])


def test_an_expired_allowance_of_nothing_is_unused() -> None:
    text = at_budget(f"{LINE} until 2027-03-01").replace("20ms", "90ms")
    assert only(run(text, today="2028-01-01")).code == "SUP003"


def test_a_wider_allowance_holds_where_a_narrower_one_is_over() -> None:
    wide = LINE.replace("allow", "allow-file")
    text = f"{wide}\n" + at_budget(f"{LINE} until 2027-03-01")
    outcome = run(text, today="2028-01-01")
    assert len(outcome.suppressed) == 1
    assert codes(own(outcome)) == ["SUP003"]


@pytest.mark.parametrize(
    "comment",
    [
        "# mlsdc: allow(path-over-budget)",
        '# mlsdc: allow(path-over-budget) because ""',
        '# mlsdc: allow(path-over-budget) because "  "',
        "# mlsdc: allow(path-over-budget) because",
        "# mlsdc: allow(path-over-budget) until 2027-03-01",
    ],
)
def test_a_reason_is_obligatory(comment: str) -> None:
    outcome = run(at_budget(comment))
    found = only(outcome)
    assert (found.code, found.severity.word) == ("SUP001", "error")
    assert "LAT002" in codes(outcome.diagnostics)
    assert own(run(at_budget(found.help))) == []


@pytest.mark.parametrize(
    ("comment", "works"),
    [
        ("# mlsdc allow(path-over-budget) because 'parity job'", True),
        ('# MLSDC: allow(path-over-budget) because "x"', True),
        ('# mlsdc: Allow(path-over-budget) because "x"', True),
        ("# mlsdc: allow(path-over-budget) because parity job until 2027-03-01", True),
        ("# mlsdc: allow(path-over-budget) because \u201cparity\u201d", True),
        ('# mlsdc: allow(path-over-budget) reason "x"', True),
        ('# mlsdc: allow(path-over-budget) because "x" until tomorrow', True),
        ('# mlsdc: allow(path-over-budget) because "x" because "y"', True),
        ('# mlsdc: allow(path-over-budget because "x"', False),
        ("# mlsdc: allow path-over-budget", False),
        ('# mlsdc: allow() because "x"', False),
        ("# mlsdc: ignore", False),
        ("# mlsdc:", False),
        ('# mlsdc: allow(path-over-budget) because "x" until 2027-02-29', False),
    ],
)
def test_what_cannot_be_read_is_told_with_an_example(comment: str, works: bool) -> None:
    found = only(run(at_budget(comment)))
    assert (found.code, found.severity.word) == ("SUP005", "error")
    example = read_allowance(found.help, Span(FILE, 0, len(found.help)))
    assert isinstance(example, Allowance)
    if works:
        assert own(run(at_budget(found.help))) == []


@pytest.mark.parametrize(
    "text",
    [
        above("request rank", f"{LINE}\n"),
        DESIGN.replace("  call score\n}", f"  call score\n  {LINE}\n}}"),
        DESIGN + LINE + "\n",
        above("request rank", LINE.replace("allow", "allow-file")),
        at_budget(LINE.replace("allow", "allow-file")),
    ],
    ids=["blank line", "above a brace", "end of file", "file in the middle", "file trailing"],
)
def test_an_allowance_about_nothing_is_misplaced(text: str) -> None:
    outcome = run(text)
    assert only(outcome).code == "SUP005"
    assert "LAT002" in codes(outcome.diagnostics)


@pytest.mark.parametrize("comment", ["# see mlsdc explain", "# mlsdc allows much", "# mlsdcx: a"])
def test_other_comments_are_left_alone(comment: str) -> None:
    assert own(run(at_budget(comment))) == []


def test_an_unknown_rule_is_pointed_at() -> None:
    text = at_budget(LINE.replace("path-over-budget", "path-over-buget"))
    outcome = run(text)
    found = only(outcome)
    assert (found.code, text_at(text, found)) == ("SUP004", "path-over-buget")
    assert found.help == "did you mean `path-over-budget`?"
    assert "LAT002" in codes(outcome.diagnostics)


@pytest.mark.parametrize("name", ["unknown-name", "TYP002", "EMT001", "INT001", "unused-allowance"])
def test_what_can_never_be_suppressed(name: str) -> None:
    text = at_budget(LINE.replace("path-over-budget", name)).replace("= peak", "= peek")
    outcome = run(text)
    assert only(outcome).code == "SUP006"
    assert "SYN020" in codes(outcome.diagnostics)


def test_a_warning_of_the_language_can_be_accepted() -> None:
    text = DESIGN + 'let spare = 1 # mlsdc: allow(unused-value) because "for the next release"\n'
    outcome = run(text)
    assert [s.diagnostic.code for s in outcome.suppressed] == ["SYN028"]


def test_a_policy_makes_a_rule_unsuppressible() -> None:
    text = at_budget(LINE)
    outcome = run(text, Policy(unsuppressible=frozenset({"LAT002"})))
    found = only(outcome)
    assert (found.code, text_at(text, found)) == ("SUP006", "path-over-budget")
    assert "LAT002" in codes(outcome.diagnostics)


def test_a_suppressed_error_lets_files_be_made() -> None:
    from mlsdc.pipeline import emit
    from mlsdc.targets.diagrams import DiagramsTarget

    text = DESIGN.replace("peak = 900/s", "")
    assert not list(emit(run(text), [DiagramsTarget()])[0])
    accepted = text.replace("<= 20ms }", f"<= 20ms }} {LINE}")
    files, said = emit(run(accepted), [DiagramsTarget()])
    assert list(files)
    assert said == []


@pytest.mark.parametrize(
    ("text", "valid"),
    [
        ("2027-03-01", True),
        ("2028-02-29", True),
        ("2000-02-29", True),
        ("2027-02-29", False),
        ("1900-02-29", False),
        ("2027-13-01", False),
        ("2027-00-10", False),
        ("2027-04-31", False),
        ("0000-01-01", False),
        ("2027-3-1", False),
        ("\u0662027-03-01", False),
    ],
)
def test_days_of_the_calendar(text: str, valid: bool) -> None:
    assert is_date(text) is valid


NAMES = st.sampled_from(
    ["path-over-budget", "LAT002", "overloaded", "unknown-name", "nonsense", ""]
)
COMMENTS = st.builds(
    lambda word, names, reason, until: f"# mlsdc: {word}({', '.join(names)}){reason}{until}",
    st.sampled_from(["allow", "allow-file", "alow"]),
    st.lists(NAMES, max_size=3),
    st.sampled_from([' because "x"', ' because ""', "", " because x"]),
    st.sampled_from(["", " until 2020-01-01", " until 2030-01-01", " until 2027-02-30"]),
)
Key = tuple[str, str, str, tuple[str, ...]]


def keys(found: list[Diagnostic]) -> list[Key]:
    return sorted((d.code, d.subject, d.message, d.environments) for d in found)


@settings(max_examples=60, deadline=None)
@given(COMMENTS, st.integers(0, 12), st.booleans(), st.sampled_from([None, "2026-11-23"]))
def test_an_allowance_changes_nothing_but_what_it_names(
    comment: str, line: int, trailing: bool, today: str | None
) -> None:
    lines = DESIGN.splitlines()
    if trailing and line < len(lines):
        lines[line] += f" {comment}"
    else:
        lines.insert(line, comment)
    before, after = run(DESIGN), run("\n".join(lines) + "\n", today=today)
    heard = [d for d in after.diagnostics if not d.code.startswith("SUP")]
    accepted = [s.diagnostic for s in after.suppressed]

    assert keys([*heard, *accepted]) == keys(before.diagnostics)
    inside = comment.partition("(")[2].partition(")")[0]
    assert all(d.code in inside or d.slug in inside for d in accepted)
    assert all(s.reason for s in after.suppressed)


@settings(max_examples=200, deadline=None)
@given(st.text(alphabet="#mlsdc: alow-fie()\"'\\,2027-13 until because\u0661\t", max_size=80))
def test_any_comment_is_read_or_told(text: str) -> None:
    comment = f"# mlsdc: {text}"
    found = read_allowance(comment, Span(FILE, 0, len(comment)))
    assert isinstance(found, Allowance | Diagnostic)
    if isinstance(found, Allowance):
        assert found.reason
        assert found.names
        assert all(comment[n.span.start : n.span.end] == n.text for n in found.names)


def test_an_enormous_comment_is_read_quickly() -> None:
    for comment in ("# mlsdc: " + "(a" * 500_000, "# mlsdc: allow(" + "a " * 500_000 + ")"):
        found = read_allowance(comment, Span(FILE, 0, len(comment)))
        assert isinstance(found, Diagnostic)


def test_the_order_of_files_does_not_matter() -> None:
    one, two = Source("a.mlsd", at_budget(LINE)), Source("b.mlsd", f"{LINE}\nendpoint o {{ }}\n")
    forth = check([one, two], standard_catalog())
    back = check([two, one], standard_catalog())
    assert forth.diagnostics == back.diagnostics
    assert forth.suppressed == back.suppressed
    assert replace(forth.suppressed[0], reason="y") != forth.suppressed[0]
