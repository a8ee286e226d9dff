"""Every row of the ML Test Score, with its mechanism and without."""

from __future__ import annotations

import pytest

from mlsdc.compiler.policies.policy import Policy
from mlsdc.compiler.schedule import Verdicts
from mlsdc.compiler.score.rubric import SECTIONS, TESTS
from mlsdc.compiler.score.score import MECHANISMS, Score, Scored, score
from mlsdc.compiler.score.view import View
from mlsdc.compiler.undecided_checks import CATALOGUE
from mlsdc.diagnostics import NOWHERE, Diagnostic, Severity, Source
from mlsdc.pipeline import check
from mlsdc.stdlib.find import standard_catalog

CODES = [f"{family}{n:03d}" for family, last in CATALOGUE.items() for n in range(1, last + 1)]
WHOLE = """
system shop { tier = production  owner = "rank" }
entity user { key user_id: string  sensitivity pii }
source profiles {
  contract = "profiles-v2"
  expects  { nulls = 1% }
  event { user_id: string  sex: string  protected  at: timestamp  event_time }
}
stream shown { event { user_id: string  score: float64  at: timestamp  event_time } }
lake history { format = iceberg  from = [profiles, shown] }
pipeline job { reads = profiles  every = 1d  runtime = 1h  tests = "git:features/tests@v4" }
features profile {
  entity    = user
  computed  = job
  freshness = 2d
  visits: int64 = count() over 30d  default 0
}
label clicked { from = shown  matures = 1d }
dataset rows { spine = shown  features = profile  label = clicked  join = point_in_time
  snapshot = "rows@1" }
training nightly { every = 1d  image = "registry.example.com/train:1.0.0"  tests = "git:t@v1" }
registry models { keep = 3 }
model ranker {
  dataset       = rows
  training      = nightly
  registry      = models
  max_staleness = 3d
  gate = auc { at_least = 0.8  baseline = "popular"  moves = clicks  slices = [sex] }
}
endpoint rank {
  model    = ranker
  features = profile
  latency  { p50 = 2ms  p99 = 9ms  at = 50/s }
}
endpoint rank_next { latency { p50 = 2ms  p99 = 9ms  at = 50/s } }
request ask {
  rate = 10/s
  budget { p99 <= 50ms }
  call rank {
    call shown  asynchronous
  }
}
experiment next { kind = canary  control = rank  treatment = rank_next  share = 5% }
monitor health {
  watches = rank  reference = rows  every = 1h  quality = auc  slices = [sex]
  drift   = psi { warn = 0.1  bins = 10 }
  staleness = [model]
}
metrics telemetry { scrapes = [rank, rank_next] }
test "the load is carried" { expect no CAP001 }
"""
WITHOUT: dict[str, tuple[str, str]] = {
    "Data1": ("  visits: int64 = count() over 30d  default 0\n", ""),
    "Data3": ("  budget { p99 <= 50ms }\n", ""),
    "Data4": ("sex: string  protected", "sex: string"),
    "Data5": ("user_id: string  sensitivity pii", "user_id: string"),
    "Data6": ("  computed  = job\n", "  offline { computed = job }\n  online { computed = job }\n"),
    "Data7": ('  tests = "git:features/tests@v4"', ""),
    "Model1": ('image = "registry.example.com/train:1.0.0"', ""),
    "Model2": ("moves = clicks", ""),
    "Model4": ("  max_staleness = 3d\n", ""),
    "Model5": ('baseline = "popular"', ""),
    "Model6": ("quality = auc  slices = [sex]", "quality = auc"),
    "Model7": ("moves = clicks  slices = [sex]", "moves = clicks  slices = [user_id]"),
    "Infra1": ('image = "registry.example.com/train:1.0.0"', ""),
    "Infra2": ('  tests = "git:t@v1"', ""),
    "Infra3": ('test "the load is carried" { expect no CAP001 }\n', ""),
    "Infra4": ('at_least = 0.8  baseline = "popular"', ""),
    "Infra5": (" {\n    call shown  asynchronous\n  }", ""),
    "Infra6": ("control = rank ", ""),
    "Infra7": ("keep = 3", "keep = 1"),
    "Mon1": ('  contract = "profiles-v2"\n', ""),
    "Mon2": ("  expects  { nulls = 1% }\n", ""),
    "Mon3": ("  reference = rows", ""),
    "Mon4": ("  staleness = [model]\n", ""),
    "Mon5": ("scrapes = [rank, rank_next]", "scrapes = [rank_next]"),
    "Mon6": ("scrapes = [rank, rank_next]", "scrapes = [rank_next]"),
    "Mon7": ("  quality = auc", ""),
}  # fmt: skip
"""What is taken away from the whole design."""
PARTLY_LEFT = {"Mon4", "Mon6"}
"""One of two mechanisms is left: half a point."""


def verdicts(failing: tuple[str, ...] = (), undecided: tuple[str, ...] = ()) -> Verdicts:
    said = [
        Diagnostic(code, "slug", Severity.ERROR, "", "it fails", NOWHERE, missing=missing)
        for codes, missing in ((failing, ()), (undecided, ("a.field",)))
        for code in codes
    ]
    return Verdicts(said, 0, 0, 0)


def scored(
    text: str = WHOLE, judged: Verdicts | None = None, policy: Policy | None = None
) -> Score:
    outcome = check([Source("d.mlsd", text)], standard_catalog())
    assert [d.message for d in outcome.diagnostics if d.code[:3] in ("SYN", "TYP", "INT")] == []
    one = outcome.compiled[0]
    tests = len(one.resolved.collected.tests)
    view = View(one.design, one.facts, policy or Policy(), tests)
    return score(view, judged or verdicts(), CODES)


def of(id: str, found: Score) -> Scored:
    return next(one for one in found.tests if one.test.id == id)


@pytest.fixture(scope="module")
def whole() -> Score:
    return scored()


NEVER = ("Data2", "Model3")
"""Data2 needs data; nothing tunes in the first releases, see below."""


def test_the_table_is_that_of_the_catalogue() -> None:
    """13 decidable, 14 partly, one not; seven tests in each of four sections."""
    reach = [one.reach for one in TESTS]
    assert (reach.count("decided"), reach.count("partly"), reach.count("never")) == (13, 14, 1)
    assert [sum(1 for one in TESTS if one.section == name) for name in SECTIONS] == [7, 7, 7, 7]
    assert list(MECHANISMS) == [one.id for one in TESTS]
    known = {*CODES, "TSC*", "LAT*", "CAP*"}
    assert {code for one in TESTS for code in one.checks} <= known
    assert {*WITHOUT, *NEVER} == {one.id for one in TESTS}


@pytest.mark.parametrize("id", sorted(WITHOUT))
def test_with_the_mechanism(id: str, whole: Score) -> None:
    one = of(id, whole)
    assert one.found
    assert one.lacking == ()
    assert one.points == one.test.most


@pytest.mark.parametrize("id", sorted(WITHOUT))
def test_without_the_mechanism(id: str) -> None:
    before, after = WITHOUT[id]
    assert WHOLE.count(before) == 1
    one = of(id, scored(WHOLE.replace(before, after)))
    if id in PARTLY_LEFT:
        assert (one.points, bool(one.lacking)) == (0.5, True)
        return
    if id == "Data1":  # the events behind it still have a schema
        assert (one.points, one.lacking[0].component) == (0.5, "profile")
        return
    assert one.found == ()
    assert (one.points, one.word) == (0.0, "no mechanism")


def test_what_no_design_tells(whole: Score) -> None:
    assert (of("Data2", whole).points, of("Data2", whole).test.most) == (0.0, 0.0)


def test_the_final_score_is_the_least_section(whole: Score) -> None:
    assert whole.sections == {"Data": 4.5, "Model": 3.0, "Infra": 5.5, "Monitor": 6.5}
    assert whole.final == 3.0


def test_an_empty_design_has_nothing() -> None:
    found = scored("system empty {}\n")
    assert found.final == 0.0
    assert {one.points for one in found.tests} == {0.0}


@pytest.mark.parametrize(
    ("code", "id"),
    [
        (code, one.id)
        for one in TESTS
        for code in one.checks
        if one.reach == "decided" and "*" not in code
    ],
)
def test_a_check_that_fails_or_cannot_decide_halves_what_it_decides(code: str, id: str) -> None:
    outcome = check([Source("d.mlsd", WHOLE)], standard_catalog()).compiled[0]
    view = View(outcome.design, outcome.facts, Policy(), 1)
    for judged, word in ((verdicts((code,)), "fail"), (verdicts((), (code,)), "undecided")):
        one = of(id, score(view, judged, CODES))
        assert one.points == 0.5
        assert [c.outcome for c in one.checks if c.code == code] == [word]
    absent = of(id, score(view, verdicts(), [known for known in CODES if known != code]))
    assert (absent.points, [c.outcome for c in absent.checks if c.code == code]) == (
        0.5, ["undecided"],
    )  # fmt: skip


def test_a_family_tells_which_of_its_codes_fail() -> None:
    outcome = check([Source("d.mlsd", WHOLE)], standard_catalog()).compiled[0]
    view = View(outcome.design, outcome.facts, Policy(), 1)
    skew = of("Mon3", score(view, verdicts(("TSC011",)), CODES)).checks[0]
    assert (skew.code, skew.outcome, skew.failing) == ("TSC*", "fail", ("TSC011",))
    planned = of("Mon3", score(view, verdicts(), ["TSC001", "MON001"], ["TSC003"])).checks[0]
    assert (planned.outcome, planned.undecided) == ("undecided", ("TSC003",))
    none = of("Mon3", score(view, verdicts(), ["MON001"])).checks[0]
    assert none.outcome == "undecided"


def test_one_subject_without_it_leaves_half() -> None:
    found = of("Mon1", scored(WHOLE + "source other { }\npipeline more { reads = other }\n"))
    assert (found.points, found.lacking[0].component) == (0.5, "other")


def test_a_policy_is_a_list_of_requirements() -> None:
    text = WHOLE.replace("sex: string  protected", "sex: string")
    found = scored(text, policy=Policy(unsuppressible=frozenset({"SEC005"})))
    assert of("Data4", found).points == 1.0


def test_a_parity_test_tests_features() -> None:
    text = WHOLE.replace('  tests = "git:features/tests@v4"', "")
    text = text.replace("  freshness = 2d\n", '  freshness = 2d\n  parity = "visits_agree"\n')
    assert of("Data7", scored(text)).found[0].text == "parity test visits_agree"
