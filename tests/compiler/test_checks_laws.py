"""Laws that hold for every design: places, order, and what more of something can do."""

from __future__ import annotations

from collections import Counter
from functools import cache
from itertools import pairwise
from pathlib import Path
from random import Random

import pytest

from mlsdc.compiler.analyses.capacity import Capacity
from mlsdc.compiler.analyses.latency import Latencies
from mlsdc.compiler.figures import Figure
from mlsdc.diagnostics import Diagnostic, Severity, Span
from mlsdc.dsl.parse import parse
from tests.compiler.checking import FILE, fact, outcome, said
from tests.compiler.request_graphs import Graphs, design

FRAUD = (Path(__file__).parents[2] / "examples" / "fraud" / "design.mlsd").read_text()
LINES = FRAUD.splitlines(keepends=True)


@cache
def damaged(seed: int) -> str:
    """The fraud design with a few lines left out, doubled, moved, or with another number."""
    random = Random(seed)
    lines = list(LINES)
    for _ in range(random.randint(1, 4)):
        at = random.randrange(len(lines))
        kind = random.choice(["drop", "double", "move", "number", "word"])
        line = lines[at]
        if kind == "drop":
            del lines[at]
        elif kind == "double":
            lines.insert(at, line)
        elif kind == "move":
            lines.insert(random.randrange(len(lines)), lines.pop(at))
        elif kind == "number":
            lines[at] = "".join(random.choice("0123456789") if c.isdigit() else c for c in line)
        else:
            words = line.split(" ")
            random.shuffle(words)
            lines[at] = " ".join(words).replace("\n", "") + "\n"
    return "".join(lines)


def spans(diagnostic: Diagnostic) -> list[Span]:
    edits = diagnostic.fix.edits if diagnostic.fix else ()
    return [
        diagnostic.span,
        *(label.span for label in diagnostic.labels),
        *(edit.span for edit in edits),
    ]


@pytest.mark.parametrize("seed", range(60))
def test_every_place_lies_in_its_file(seed: int) -> None:
    """Every diagnostic stands somewhere, and no internal fault occurs."""
    text = damaged(seed)
    for diagnostic in outcome(text).diagnostics:
        assert diagnostic.code != "INT001", diagnostic.message
        for span in spans(diagnostic):
            assert span.file == FILE
            assert 0 <= span.start <= span.end <= len(text)


@pytest.mark.parametrize("seed", range(60))
def test_undecided_means_a_note_that_names_something(seed: int) -> None:
    """What could not be decided is never an error, and what was decided misses nothing."""
    for diagnostic in outcome(damaged(seed)).diagnostics:
        if diagnostic.undecided:
            assert diagnostic.severity is Severity.NOTE
            assert all("." in name or " " in name for name in diagnostic.missing)
        assert diagnostic.message
        assert "None" not in diagnostic.message


def telling(text: str) -> Counter[tuple[object, ...]]:
    """What is said, with the words its places cover instead of their offsets."""

    def word(span: Span) -> str:
        return text[span.start : span.end]

    return Counter(
        (
            d.code, d.subject, d.message, d.help, word(d.span), d.missing, d.arithmetic,
            d.environments, frozenset((word(label.span), label.text) for label in d.labels),
        )
        for d in outcome(text).diagnostics
    )  # fmt: skip


FAULTS = (
    ("p99 <= 50ms }\n  body", "p99 <= 20ms }\n  body"),
    ("max_age     = 3d", "max_age     = 1d"),
    ("freshness   = 30h", "freshness   = 20h"),
    ("reviewers  = 60", "reviewers  = 40"),
    ("join       = point_in_time", "join       = latest"),
    ("  features   = [card_activity, card_profile, ticket]\n  label",
     "  features   = [card_profile, ticket]\n  label"),
    ("writes      = features_online", "writes      = [features_online, payments]"),
    ("mean(amount) over 30d", "count(disputed_at) over 30d"),
)  # fmt: skip


@pytest.mark.parametrize("seed", range(12))
def test_declaration_order_changes_no_diagnostic(seed: int) -> None:
    """A design with many faults, its declarations shuffled."""
    text = FRAUD
    for old, new in FAULTS:
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    tree, _ = parse(text, FILE)
    pieces = [text[s.span.start : s.span.end] for s in tree.statements]
    Random(seed).shuffle(pieces)

    expected = telling(text)
    assert len(expected) >= len(FAULTS)
    assert telling("\n\n".join(pieces) + "\n") == expected


ASKED = """
    endpoint score {
      latency  { p50 = 8ms  p99 = 30ms }
      replicas = REPLICAS
      concurrency = 2
    }
    request ask {
      rate = 900/s
      budget { p99 <= BUDGET }
      call score
    }
    """


def asked(replicas: int, budget: str) -> str:
    return ASKED.replace("REPLICAS", str(replicas)).replace("BUDGET", budget)


def test_more_replicas_never_lower_capacity_nor_add_an_error() -> None:
    """Utilisation falls, waiting falls, findings vanish and do not come back."""
    uses: list[float] = []
    tails: list[float] = []
    errors: list[set[str]] = []
    for replicas in range(5, 16):
        text = asked(replicas, "33ms")
        use = fact(text, Capacity).sizings["score"].utilisation
        assert isinstance(use, Figure)
        uses.append(use.value)
        tails.append(fact(text, Latencies).requests["ask"].independent(0.99))
        found = said(text)
        errors.append({d.code for d in found if d.severity is Severity.ERROR})

    assert uses == sorted(uses, reverse=True)
    assert all(later <= before * 1.001 for before, later in pairwise(tails))
    assert all(later <= before for before, later in pairwise(errors))
    assert errors[0] == {"CAP001", "LAT002"}
    assert errors[-1] == set()


@pytest.mark.parametrize("seed", range(12))
def test_higher_budget_never_adds_an_error(seed: int) -> None:
    """Over budget, then within it by assumption, then within it for certain."""
    graphs = Graphs(seed)
    steps = graphs.steps(2)
    text = design(graphs.hops, steps).replace(
        "  rate = 10/s\n", "  rate = 10/s\n  budget { p99 <= BUDGET }\n"
    )
    ranks: list[int] = []
    for budget in ("1us", "1ms", "5ms", "10ms", "20ms", "50ms", "100ms", "200ms", "500ms", "10s"):
        codes = {d.code for d in said(text.replace("BUDGET", budget), "LAT002", "LAT003", "LAT004")}
        assert len(codes) <= 1
        ranks.append({"LAT002": 2, "LAT004": 2, "LAT003": 1}.get("".join(codes), 0))

    assert ranks == sorted(ranks, reverse=True)
    assert ranks[0] == 2
    assert ranks[-1] == 0


def test_higher_rate_never_removes_an_error() -> None:
    """Load only adds findings."""
    before: set[str] = set()
    for rate in (1, 100, 400, 700, 1000, 2000):
        text = asked(6, "33ms").replace("900/s", f"{rate}/s")
        found = {d.code for d in said(text) if d.severity is Severity.ERROR}
        assert before <= found
        before = found
    assert before


def test_longer_lifetime_and_shorter_period_never_add_an_error() -> None:
    """The age grows with the period, and a lifetime only ever covers more."""
    text = """
        stream events { rate = 10/s }
        pipeline daily { reads = events  every = 1d  runtime = 1h }
        features profile {
          computed    = daily
          max_age     = LIFETIME
          freshness   = LIFETIME
          materialize { every = PERIOD  runtime = 1h  delay = 10m  load = 5m }
          visits: int64 = count() over 30d
        }
        """

    def badness(lifetime: int, period: int) -> int:
        design = text.replace("LIFETIME", f"{lifetime}h").replace("PERIOD", f"{period}h")
        return sum(d.severity for d in said(design, "TSC017", "TSC019"))

    table = [[badness(lifetime, period) for lifetime in range(1, 60, 6)] for period in (1, 6, 24)]
    for row in table:
        assert row == sorted(row, reverse=True)
    for shorter, longer in pairwise(table):
        assert all(a <= b for a, b in zip(shorter, longer, strict=True))
    assert table[0][-1] == 0
    assert table[-1][0] > 0
