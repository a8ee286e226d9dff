"""Every number of a design can be asked for by name, whichever fact holds it."""

from __future__ import annotations

import re
import sys
from dataclasses import dataclass, field, fields, is_dataclass

import pytest

from mlsdc.compiler import named_figures as module
from mlsdc.compiler.capacity import sizing
from mlsdc.compiler.consistency.age import Age, Stage, batch_age
from mlsdc.compiler.figures import Figure, Known, Step, Unknown, rate
from mlsdc.compiler.named_figures import Named, Naming, named_figures, of_age
from mlsdc.compiler.reasons.names import ALIASES, NAMES
from mlsdc.compiler.schedule import Analysis, standard_analyses
from mlsdc.diagnostics import Source
from mlsdc.pipeline import Compiled, check
from mlsdc.stdlib.find import standard_catalog
from mlsdc.units import DURATION

DESIGN = """
stream clicks { rate = 300/s  event_size = 100B  lag = 2s }
features profile { computed = clicks }
endpoint score { latency { p50 = 8ms  p99 = 30ms  at = 100/s }  availability = 99% }
endpoint other { }
request rank {
  rate = 250/s
  call score
}
request slow {
  rate = 1/s
  call score
  call other
}
experiment trial { metric = ctr { baseline = 0.1  minimum_effect = 5% }  share = 50%  units = 900/d
  duration = 14d }
"""


def compiled(text: str = DESIGN) -> Compiled:
    return check([Source("d.mlsd", text)], standard_catalog()).compiled[0]


def numbers(text: str = DESIGN) -> dict[str, Named]:
    one = compiled(text)
    return named_figures(one.design, one.facts)


def lines(named: Named) -> list[tuple[str, tuple[object, ...]]]:
    assert isinstance(named.known, Figure)
    return [(str(s), s.inputs if isinstance(s, Step) else ()) for s in named.known.because]


def test_replicas_rest_on_the_rate_and_the_measurement() -> None:
    named = numbers()["score.replicas"]
    assert str(named) == "3"
    assert lines(named) == [
        ("rank: 250/s", (("rank", "rate"),)),
        ("slow: 1/s", (("slow", "rate"),)),
        ("latency measured at 100/s", (("score", "latency", "at"),)),
        ("ceil(251/s / 100/s) = 3", ()),
    ]
    assert named.analysis == "capacity"
    assert "ceil" in named.formula


def test_what_is_not_known_is_there_and_names_what_is_missing() -> None:
    found = numbers()
    assert found["other.replicas"].known == Unknown(("other.latency",))
    assert str(found["other.replicas"]) == "unknown"


def test_a_latency_with_an_unknown_hop_is_a_lower_bound() -> None:
    found = numbers()
    assert (found["rank.p99"].missing, str(found["rank.p99"])) == ((), "30ms")
    assert found["slow.p99"].missing == ("other.latency",)
    assert str(found["slow.p99"]) == "at least 30ms"
    assert lines(found["rank.p99"])[0] == (
        "score: p50 8ms, p99 30ms (measured)",
        (("score", "latency"),),
    )


def test_shares_are_said_in_percent() -> None:
    assert str(numbers()["score.availability"]) == "99%"


def test_experiments_tell_their_size() -> None:
    named = numbers()["trial.size"]
    assert isinstance(named.known, Figure)
    assert named.known.value > 10_000
    assert any(place == ("trial", "metric") for _, places in lines(named) for place in places)


def test_numbers_come_in_the_order_of_components() -> None:
    one = compiled()
    order = [*one.design.components, "system"]
    places = [order.index(n.component) for n in named_figures(one.design, one.facts).values()]
    assert places == sorted(places)


def test_an_age_is_a_number_with_its_stages() -> None:
    known, missing = of_age(batch_age(86400.0, 5400.0, 0.0, 0.0))
    assert isinstance(known, Figure)
    assert (known.value, known.dimension, missing) == (91800.0, DURATION, ())
    assert known.because[-1] == "1d + 1h30m = 25h30m"
    assert of_age(Age((), ("v.computed",))) == (Unknown(("v.computed",)), ())
    part, missing = of_age(Age((Stage("period", 60.0, (("v", "every"),)),), ("v.runtime",)))
    assert isinstance(part, Figure)
    assert (part.because, missing) == (("1m period",), ("v.runtime",))


@dataclass(frozen=True)
class _Bill:
    monthly: Known
    unpriced: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Costs:
    of: dict[str, _Bill] = field(default_factory=dict[str, _Bill])
    memory: dict[str, Known] = field(default_factory=dict[str, Known])
    total: Known = field(default_factory=lambda: Unknown(("prices",)))
    ages: dict[str, Age] = field(default_factory=dict[str, Age])
    by_zone: dict[str, Known] = field(default_factory=dict[str, Known])
    pairs: dict[tuple[str, str], Known] = field(default_factory=dict[tuple[str, str], Known])


def test_a_new_fact_appears_without_being_declared(monkeypatch: pytest.MonkeyPatch) -> None:
    fact = _Costs(
        {"score": _Bill(rate(3.0, "line"))},
        {"score": Unknown(("score.model",)), "score.shard": rate(1.0)},
        Unknown(("prices",)),
        {"profile": Age((Stage("period", 5.0),))},
        {"west": rate(2.0)},
        {("a", "b"): rate(9.0)},
    )

    def ledger() -> _Costs:
        return fact

    extra = Analysis(ledger, (), _Costs)
    monkeypatch.setattr(module, "standard_analyses", lambda: (*standard_analyses(), extra))
    one = compiled()
    one.facts._known[_Costs] = fact  # pyright: ignore[reportPrivateUsage]
    found = named_figures(one.design, one.facts)
    told = {name for name, named in found.items() if named.analysis == "ledger"}
    assert told == {
        "score.monthly", "score.memory", "score.shard.memory", "system.total", "profile.ages",
        "ledger.west.by_zone",
    }  # fmt: skip
    assert found["score.monthly"].holder is _Bill
    assert str(found["score.memory"]) == "unknown"


def test_a_name_may_be_declared(monkeypatch: pytest.MonkeyPatch) -> None:
    names = {
        ("Sizing", "replicas"): Naming("copies", share=True),
        ("Sizing", "per_replica"): Naming(""),
    }
    monkeypatch.setattr(module, "_namings", lambda: names)
    found = numbers()
    assert str(found["score.copies"]) == "300%"
    assert "score.per_replica" not in found


def test_declared_names_are_those_of_facts() -> None:
    """A name whose field is gone would never be told."""
    held = {
        (kind.__name__, one.name)
        for analysis in standard_analyses()
        for module in (sys.modules[analysis.gives.__module__], sizing)
        for kind in vars(module).values()
        if isinstance(kind, type) and is_dataclass(kind)
        for one in fields(kind)
    }
    assert NAMES.keys() - held == set()
    assert not ALIASES.keys() & {naming.name for naming in NAMES.values()}


PRICED = """
stream clicks: kafka { rate = 3000/s  event_size = 1KiB  partitions = 4 }
pipeline job: flink { reads = clicks  parallelism = 6  image = "registry.example.com/a:1.0.0" }
endpoint score: container {
  image   = "registry.example.com/score:1.0.0"
  latency { p50 = 8ms  p99 = 30ms  at = 100/s }
  cpu     = 2
  memory  = 4GiB
}
request rank {
  rate = 250/s
  call score
}
environment prod { platform = aws { region = "eu-west-1"  account = "111122223333" } }
"""


def priced() -> dict[str, Named]:
    outcome = check([Source("d.mlsd", PRICED)], standard_catalog())
    one = outcome.compiled[0]
    return named_figures(one.design, one.facts)


def test_costs_cite_the_row_and_its_date() -> None:
    named = priced()["score.cost"]
    assert isinstance(named.known, Figure)
    assert str(named).endswith("USD/month")
    rows = [step.row for step in named.known.because if isinstance(step, Step) and step.row]
    assert rows
    assert all(re.search(r"20\d\d-\d\d", row) for row in rows)


def test_a_total_is_the_sum_of_what_is_known() -> None:
    found = priced()
    costs = {n: one for n, one in found.items() if n.endswith(".cost") and n != "system.cost"}
    whole = found["system.cost"]
    assert isinstance(whole.known, Figure)
    parts = [one.known.value for one in costs.values() if isinstance(one.known, Figure)]
    assert whole.known.value == pytest.approx(sum(parts))
    missing = [m for one in costs.values()
               for m in (one.missing or getattr(one.known, "missing", ()))]  # fmt: skip
    assert set(whole.missing) == set(missing)
    assert str(whole).startswith("at least ") == bool(missing)


def test_partitions_tell_every_reason() -> None:
    named = priced()["clicks.partitions_needed"]
    assert str(named) == "6"
    assert lines(named)[-1][0] == "the most of these: 6"
    assert any("6 tasks of `job`" in text for text, _ in lines(named))


def test_assertions_read_every_number() -> None:
    def said(condition: str) -> list[str]:
        outcome = check([Source("d.mlsd", f"{DESIGN}assert {condition}")], standard_catalog())
        return [d.message for d in outcome.diagnostics if "this" in d.message]

    assert said("rank.availability >= 98%") == []
    assert said("rank.availability >= 99.5%") == ["this does not hold"]
    assert said("score.in_flight <= 10") == []
    assert said("other.in_flight <= 10") == ["it cannot be told whether this holds"]


def test_the_memory_of_a_training() -> None:
    text = """
    training fit: kubeflow {
      every = 1d  runtime = 2h  strategy = fsdp  nodes = 2  gpus = 8 x h100
      image = "registry.example.com/t:1.0.0"
    }
    model llm {
      training = fit  framework = pytorch
      architecture { params = 7_000_000_000 }
    }
    """
    named = numbers(text)["fit.memory"]
    assert isinstance(named.known, Figure)
    assert named.known.value == 7e9 * 16 / 16  # bytes of a parameter over ranks
    assert "ZeRO" in named.source
