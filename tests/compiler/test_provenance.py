"""Every field of a component says who gave it: a statement, an overlay, a parameter, a default."""

from __future__ import annotations

from pathlib import Path

import pytest

from mlsdc.cli.component_text import component_text
from mlsdc.cli.terminal import Style
from mlsdc.compiler.analyses.capacity import Capacity
from mlsdc.compiler.figures import Figure, Unknown
from mlsdc.compiler.provenance import Row, leaves, provenance
from mlsdc.diagnostics import Severity, Source, Span
from mlsdc.dsl.parse import parse
from mlsdc.pipeline import Compiled, check_environment, read
from mlsdc.stdlib.find import standard_catalog

FRAUD = Path(__file__).parents[2] / "examples" / "fraud" / "design.mlsd"
TEXT = """\
system shop { owner = "team" }
param peak: rate = 100/s
let double = 2 * peak
let limit = 30ms
stream clicks: kafka { rate = double  retention = 7d }
endpoint score: triton {
  latency { p50 = 5ms  p99 = 20ms  at = 100/s }
  cpu     = 4
}
endpoint slow { replicas = auto }
request rank {
  rate   = peak
  budget { p99 <= limit }
  call score  timeout limit
  call slow
}
environment base { platform = kubernetes  peak = 10/s  score { memory = 8GiB } }
environment dev {
  extends = base
  score   { cpu = 2  latency { p99 = 15ms } }
}
"""


def rows(name: str, environment: str = "dev", *, given: str = "") -> dict[str, Row]:
    """The rows of a component of `TEXT`, by dotted path."""
    return {".".join(map(str, row.path)): row for row in leaves(_rows(name, environment, given))}


def _rows(name: str, environment: str, given: str) -> tuple[Row, ...]:
    written = read([Source("a.mlsd", TEXT)], standard_catalog())
    tree, _ = parse(given, "<command line>")
    values = {s.key.text: s.value for s in tree.statements}  # type: ignore[union-attr]
    one = check_environment(written.collected, environment, values)
    return provenance(one.design, written.collected, name, values, one.facts.get(Capacity))


def text_at(span: Span | None) -> str:
    """What stands at a place of `TEXT`."""
    assert span is not None
    return TEXT[span.start : span.end]


def test_a_statement_is_the_origin_of_what_it_says() -> None:
    found = rows("score")["latency.p50"].origin
    assert (found.kind, found.environment, text_at(found.span)) == ("written", "", "5ms")


@pytest.mark.parametrize(
    ("path", "environment", "text"),
    [("cpu", "dev", "2"), ("latency.p99", "dev", "15ms"), ("memory", "base", "8GiB"),
     ("latency.at", "", "100/s")],
)  # fmt: skip
def test_the_overlay_that_wins_is_named(path: str, environment: str, text: str) -> None:
    found = rows("score")[path].origin
    assert (found.environment, text_at(found.span)) == (environment, text)


def test_without_an_overlay_the_declaration_is_the_origin() -> None:
    found = rows("score", "base")["cpu"].origin
    assert (found.environment, text_at(found.span)) == ("", "4")


@pytest.mark.parametrize(
    ("name", "path", "of"),
    [("score", "utilisation", "endpoint"), ("score", "image", "triton"),
     ("score", "replicas", "endpoint"), ("clicks", "brokers", "kafka")],
)  # fmt: skip
def test_a_default_names_the_role_or_the_system(name: str, path: str, of: str) -> None:
    found = rows(name)[path].origin
    assert (found.kind, found.of, found.span) == ("default", of, None)


def test_what_nobody_gives_is_unset() -> None:
    row = rows("score")["gpus"]
    assert (row.origin.kind, row.value) == ("unset", None)


def test_the_owner_is_the_systems() -> None:
    row = rows("score")["owner"]
    assert (row.origin.kind, row.value, text_at(row.origin.span)) == ("system", "team", '"team"')


def test_parameters_are_followed_through_lets() -> None:
    through = rows("clicks")["rate"].through
    assert [(t.name, t.kind, str(t.value), t.given_by, t.environment) for t in through] == [
        ("double", "let", "20/s", "declaration", ""),
        ("peak", "param", "10/s", "environment", "base"),
    ]
    assert text_at(through[1].span) == "10/s"


def test_the_command_line_wins() -> None:
    (peak,) = rows("rank", given="peak = 7/s")["rate"].through
    assert (peak.given_by, str(peak.value), peak.span.file) == (
        "command line", "7/s", "<command line>",
    )  # fmt: skip


def test_values_inside_statements_are_followed() -> None:
    found = rows("rank")
    assert [t.name for t in found["steps.0.timeout"].through] == ["limit"]
    assert [t.name for t in found["budget.objectives.0.limit"].through] == ["limit"]


def test_replicas_that_the_compiler_chose_carry_the_arithmetic() -> None:
    derived = rows("score")["replicas"].derived
    assert isinstance(derived, Figure)
    assert derived.value == 2
    assert derived.because[-1] == "ceil(10/s / 100/s) = 1, at least 2"


def test_replicas_that_cannot_be_derived_say_what_is_missing() -> None:
    derived = rows("slow")["replicas"].derived
    assert isinstance(derived, Unknown)
    assert derived.missing == ("slow.latency",)


# The text is a design --------------------------------------------------------------------------


def _compiled(text: str, environment: str) -> tuple[Compiled, list[str]]:
    written = read([Source("a.mlsd", text)], standard_catalog())
    one = check_environment(written.collected, environment, checks=[])
    errors = [d.message for d in [*written.diagnostics, *one.diagnostics]
              if d.severity is Severity.ERROR]  # fmt: skip
    return one, errors


@pytest.mark.parametrize("environment", ["dev", "prod"])
def test_what_is_shown_reads_back_as_the_same_components(environment: str) -> None:
    source = Source("design.mlsd", FRAUD.read_text())
    written = read([source], standard_catalog())
    one = check_environment(written.collected, environment, checks=[])
    capacity = one.facts.get(Capacity)

    def place(span: Span) -> str:
        return f"{span.file}:{span.start}"

    shown = [
        component_text(
            component,
            provenance(one.design, written.collected, name, None, capacity),
            place,
            "",
            Style(),
        )
        for name, component in one.design.components.items()
    ]
    again, errors = _compiled("\n".join(shown), "default")
    assert errors == []
    assert again.design.components.keys() == one.design.components.keys()
    for name, component in one.design.components.items():
        owned = component.model_copy(update={"owner": "risk-ml"})
        assert again.design.components[name] == owned
