"""The fraud example is clean, and each fault put into one of its lines is found on that line."""

from __future__ import annotations

from pathlib import Path

import pytest

from mlsdc.compiler.schedule import standard_checks
from mlsdc.diagnostics import Diagnostic, Severity, Source
from mlsdc.pipeline import Outcome, check
from mlsdc.stdlib.find import standard_catalog
from tests.damage import Damage
from tests.damages_capacity import CAPACITY
from tests.damages_consistency import STRUCTURE
from tests.damages_experiments import EXPERIMENTS, MONITORING
from tests.damages_language import LANGUAGE
from tests.damages_latency import LATENCY
from tests.damages_reliability import RELIABILITY, SECURITY
from tests.damages_serving import SERVING
from tests.damages_transforms import OPERATIONS, TRANSFORMS

DESIGN = Path(__file__).parents[1] / "examples" / "fraud" / "design.mlsd"
FILE = "design.mlsd"


JOIN = "  join       = point_in_time\n"
SPINE = "  features   = [card_activity, card_profile, ticket]\n"
ENDPOINT = "  features    = [card_activity, card_profile, ticket]\n"
SCORE = (
    ENDPOINT + "  latency     { p50 = 4ms  p99 = 12ms  at = 150/s }  # measured on one replica\n"
)
DECIDE = "  latency     { p50 = 0.8ms  p99 = 3ms  at = 600/s }\n"
PARTITIONS = "  payments { partitions = 96 }\n"
RULES = "  latency     { p50 = 0.5ms  p99 = 2ms  at = 1500/s }\n  concurrency = 4\n"
BUDGET = "  budget { p50 <= 20ms  p99 <= 50ms }\n"
MATERIALIZE = "  materialize { every = 1d  runtime = 90m  delay = 30m  load = 20m }\n"

DAMAGES = [
    Damage(
        "LAT002", DECIDE, DECIDE.replace("p99 = 3ms", "p99 = 45ms"), line=BUDGET,
        says=("p99", "50ms"), labels=("  call decide {\n",),
    ),
    Damage(
        "LAT003", BUDGET, BUDGET.replace("50ms", "40ms"), severity=Severity.WARNING,
        says=("40ms", "certain"), labels=("    call score  timeout 25ms  fallback rules\n",),
        follows=frozenset({"LAT022"}),  # nothing is left for a dependency that hangs
    ),
    Damage(
        "LAT006", "  call decide {\n", "  call decide  timeout 20ms  fallback rules {\n",
        line="    call score  timeout 25ms  fallback rules\n", says=("25ms", "20ms"),
    ),
    Damage(
        "LAT007", "  call decide {\n    call card_activity  timeout 15ms\n",
        "  call decide  timeout 40ms  fallback rules {\n"
        "    call card_activity  timeout 15ms retry 3\n",
        line="    call card_activity  timeout 15ms retry 3\n", says=("40ms",),
        follows=frozenset({"LAT002", "LAT003"}),
    ),
    Damage(
        "LAT008", "    call score  timeout 25ms  fallback rules\n",
        "    call score  timeout 25ms\n",
        severity=Severity.WARNING, says=("score",),
        follows=frozenset({"LAT002", "REL010", "CAP003"}),
    ),
    Damage(
        "CAP001", SCORE, SCORE + "  replicas    = 4\n", line="  replicas    = 4\n",
        environments=("prod",), says=("4 replicas carry 600/s", "1200/s arrive"),
        labels=("    call score  timeout 25ms  fallback rules\n", "  rate   = peak\n"),
    ),
    Damage(
        "CAP011", PARTITIONS, PARTITIONS + "  budget   { cost <= 1_000USD/month }\n",
        environments=("prod",), line="  budget   { cost <= 1_000USD/month }\n",
        says=("a month costs at least", "over its budget of 1_000 USD"),
        labels=("endpoint score: triton {\n", "training nightly: kubeflow {\n"),
    ),
    Damage(
        "CAP012", RULES, RULES + "  gpus        = 1 x l4\n", line="  gpus        = 1 x l4\n",
        severity=Severity.WARNING, environments=("prod",), says=("`rules`", "busy at peak"),
        labels=("    call score  timeout 25ms  fallback rules\n",),
        follows=frozenset({"MON011"}),  # nobody measures GPUs in a design that has none
    ),
    Damage(
        "CAP013", "    call score  timeout 25ms  fallback rules\n",
        "    call score  timeout 25ms  fallback rules  payload 20KiB  answer 1KiB  across zones\n",
        severity=Severity.WARNING, environments=("prod",),
        says=("the calls of `score`", "GB a month between zones", "USD"),
        labels=("  rate   = peak\n",),
    ),
    Damage(
        "CAP014", PARTITIONS, PARTITIONS + "  quota    { endpoints = 3 }\n",
        line="endpoint scorer_next: triton {\n", environments=("prod",),
        says=("4 endpoints are deployed, 3 are granted",),
        labels=("  quota    { endpoints = 3 }\n",),
    ),
    Damage(
        "TSC001", SPINE, "  features   = [card_profile, ticket]\n", line=SCORE,
        says=("`card_activity`", "`scorer`", "`history`"),
        labels=("  features   = [card_profile, ticket]\n",),
    ),
    Damage(
        "TSC002", SCORE, SCORE.replace("card_activity, ", ""), says=("`card_activity`", "`score`"),
        labels=(SPINE,),
    ),
    Damage(
        "TSC009", MATERIALIZE,
        MATERIALIZE[:-1] + '  offline { timezone = "UTC" }  online { timezone = "Europe/Paris" }\n',
        says=("UTC", "Europe/Paris"), labels=("offline { timezone",),
    ),
    Damage(
        "TSC011", JOIN, "  join       = latest\n", says=("180d", "`card_activity`"),
        labels=(SPINE,),
    ),
    Damage(
        "TSC017", "  max_age     = 3d\n", "  max_age     = 1d\n", says=("1d", "26h20m"),
        labels=(MATERIALIZE,),
        follows=frozenset({"TSC049"}),  # training still looks back as far as before
    ),
    Damage(
        "TSC017", "  max_age     = 3d\n", "  max_age     = 2d\n", severity=Severity.WARNING,
        says=("2d", "50h20m", "one failed run"), labels=(MATERIALIZE,),
        follows=frozenset({"TSC049"}),
    ),
    Damage(
        "TSC019", "  freshness   = 30h\n", "  freshness   = 20h\n",
        says=("20h", "26h20m", "1d period", "1h30m run", "20m load", "30m source delay"),
        labels=(MATERIALIZE,),
    ),
    Damage(
        "TSC019", "  watermark   = 2s\n", "  watermark   = 20s\n", line="  freshness = 5s\n",
        says=("5s", "20s watermark"), labels=("  watermark   = 20s\n",),
    ),
    Damage(
        "TSC022", "mean(amount) over 30d", "count(disputed_at) over 30d",
        says=("chargebacks.disputed_at -> history_lake -> profile -> card_profile",),
        labels=("  from    = [chargebacks, cases]\n", "  label      = fraud_label\n"),
    ),
    Damage(
        "SEC009", "  reviewers  = 60\n", "  reviewers  = 40\n", environments=("prod",),
        says=("4.8/s cases", "40 reviewers decide 4/s"), labels=("  throughput = 6/m\n",),
    ),
    Damage(
        "REL013", "    call score  timeout 25ms  fallback rules\n",
        "    call score  timeout 25ms  fallback rules { call decide }\n",
        line="    call score  timeout 25ms  fallback rules", says=("decide -> score -> decide",),
        follows=frozenset({"LAT003", "LAT008"}),  # the second `decide` makes the path longer
    ),
    Damage(
        "REL013", "  writes      = features_online\n  parallelism = 8\n",
        "  writes      = [features_online, payments]\n  parallelism = 8\n",
        says=("activity -> payments -> activity",), labels=("  reads       = payments\n",),
        follows=frozenset({"REL014"}),  # a log keeps what is written twice
    ),
    *STRUCTURE,
    *EXPERIMENTS,
    *LATENCY,
    *MONITORING,
    *RELIABILITY,
    *SECURITY,
    *SERVING,
    *CAPACITY,
    *TRANSFORMS,
    *OPERATIONS,
]  # fmt: skip
NAMES = [f"{d.code}-{(d.new or d.old).strip().splitlines()[-1][:40]}" for d in DAMAGES]


def checked(text: str, environment: str | None = None) -> Outcome:
    return check([Source(FILE, text)], standard_catalog(), environment=environment)


def shown(diagnostics: list[Diagnostic]) -> list[str]:
    return [f"{d.code} {d.subject}: {d.message}" for d in diagnostics]


def covered(text: str, piece: str) -> range:
    """The numbers of the lines that a text stands on."""
    assert text.count(piece) == 1, f"{piece!r} stands {text.count(piece)} times in the example"
    before = text[: text.index(piece)].count("\n") + 1
    return range(before, before + len(piece.rstrip("\n").split("\n")))


@pytest.mark.parametrize("environment", [None, "dev", "prod"])
def test_example_is_clean(environment: str | None) -> None:
    """Nothing is wrong with it, and every check could decide."""
    outcome = checked(DESIGN.read_text(), environment)

    assert shown(outcome.diagnostics) == []
    for compiled in outcome.compiled:
        assert compiled.verdicts.passed == len(standard_checks())


def test_every_check_is_damaged_once() -> None:
    """A check that no damage of an example can reach is not shown to work."""
    damaged = {d.code for d in [*DAMAGES, *LANGUAGE]}
    assert {one.rule.code for one in standard_checks()} <= damaged


@pytest.mark.parametrize("damage", DAMAGES, ids=NAMES)
def test_damage_is_found(damage: Damage) -> None:
    """Exactly the expected code appears, on the expected line, with both halves."""
    design = DESIGN.read_text()
    assert design.count(damage.old) == 1, f"{damage.old!r} stands {design.count(damage.old)} times"
    text = design.replace(damage.old, damage.new)
    outcome = checked(text)
    position = outcome.sources[FILE].position

    found = [d for d in outcome.diagnostics if d.code == damage.code]
    others = {d.code for d in outcome.diagnostics} - {damage.code}
    assert found, shown(outcome.diagnostics)
    assert others <= damage.follows, shown(outcome.diagnostics)

    lines = covered(text, damage.line or damage.new)
    pointed = [d for d in found if position(d.span.start).line in lines]
    assert pointed, [position(d.span.start) for d in found]
    one = pointed[0]
    assert one.severity is damage.severity
    assert one.environments == damage.environments
    assert not one.undecided
    assert one.help
    assert [word for word in damage.says if word not in one.message] == []
    others_at = {position(label.span.start).line for label in one.labels}
    for piece in damage.labels:
        assert others_at & set(covered(text, piece)), f"no secondary span on {piece!r}"
