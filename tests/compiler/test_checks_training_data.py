"""The checks of training data and of time at their edges: TSC023, TSC031 to 033, TSC036 to 039."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlsdc.diagnostics import Diagnostic, Severity
from tests.compiler.checking import at, only, shown
from tests.compiler.checking import said as heard

PRODUCTION = 'system shop { tier = production  owner = "ml"  contact = "#ml" }\n'
VISITS = "stream visits { event { user_id: string  at: timestamp  event_time } }\n"


def said(text: str, code: str) -> list[Diagnostic]:
    """The findings of a code about a design that is sound in itself."""
    wrong = [shown(d) for d in heard(text) if d.code[:3] in ("SYN", "TYP", "INT")]
    assert wrong == []
    return heard(text, code)


def outcome(text: str, code: str) -> str:
    """`pass`, `fail`, or what is missing."""
    found = said(text, code)
    if not found:
        return "pass"
    (one,) = found
    return " ".join(one.missing) or "fail"


class TestImmatureLabels:
    """TSC032."""

    @pytest.mark.parametrize(
        ("label", "dataset", "expected"),
        [
            ("matures = 45d", "cutoff = 45d", "pass"),
            ("matures = 45d", "cutoff = 1079h", "fail"),
            ("matures = 45d", "cutoff = 0s", "fail"),
            ("matures = 45d", "window = 90d", "rows.cutoff"),
            ("matures = 45d", "", "pass"),  # no time is spoken of yet
            ("matures = 0s", "window = 90d", "pass"),
            ("horizon = 7d", "cutoff = 6d", "fail"),  # it cannot be known before it is over
            ("horizon = 7d", "cutoff = 7d", "bought.matures"),
            ("", "window = 90d", "pass"),
            ("matures = 45d", "cutoff = 7d  delayed_feedback = true", "pass"),
        ],
    )
    def test_edges(self, label: str, dataset: str, expected: str) -> None:
        text = f"{VISITS}label bought {{ from = visits  {label} }}\n"
        assert outcome(text + f"dataset rows {{ label = bought  {dataset} }}", "TSC032") == expected

    def test_the_text_of_the_finding(self) -> None:
        text = (
            VISITS
            + "label bought { from = visits  matures = 45d }\n"
            + "dataset rows { label = bought  cutoff = 7d }\n"
        )
        found = only(text, "TSC032")

        assert found.message == (
            "the newest rows of `rows` are 7d old, and `bought` is known after 45d: what is still "
            "to come is learned as negative"
        )
        assert found.help == "cutoff = 45d, or delayed_feedback = true"
        assert at(found, text) == "7d"


class TestUnsoundSplit:
    """TSC033."""

    @pytest.mark.parametrize(
        ("dataset", "expected"),
        [
            ("spine = visits  split = random", "fail"),
            ("split = random  window = 90d", "fail"),
            ("split = random  join = point_in_time", "fail"),
            ("split = random  join = latest", "pass"),
            ("split = random", "pass"),  # pictures without a time
            ("spine = visits  split = entity", "pass"),
            ("spine = visits  split = time { embargo = 7d }", "pass"),
            ("spine = visits  split = time { embargo = 167h }", "fail"),
            ("spine = visits  split = time", "fail"),
            ("spine = visits", "pass"),
        ],
    )
    def test_edges(self, dataset: str, expected: str) -> None:
        text = f"{VISITS}label bought {{ from = visits  horizon = 7d }}\n"
        assert outcome(text + f"dataset rows {{ label = bought  {dataset} }}", "TSC033") == expected

    def test_an_unknown_horizon(self) -> None:
        text = (
            VISITS + "label bought { from = visits }\ndataset rows { label = bought  split = time }"
        )

        assert outcome(text, "TSC033") == "bought.horizon"

    @pytest.mark.parametrize(
        ("split", "expected"),
        [
            ("time { embargo = 1d }", "fail"),
            ("time { embargo = 1d  group = user }", "pass"),
            ("time { embargo = 1d  group = other }", "fail"),
            ("entity", "pass"),
        ],
    )
    def test_labels_of_entities(self, split: str, expected: str) -> None:
        text = (
            "entity user { key user_id: string }\nentity other { key id: string }\n"
            + VISITS
            + "label adult { from = visits  horizon = 0d  constant = user }\n"
            + f"dataset rows {{ label = adult  split = {split} }}"
        )
        assert outcome(text, "TSC033") == expected


class TestStaleTrainingWindow:
    """TSC031."""

    MODEL = "model ranker {{ dataset = rows  training = job  max_staleness = {}  rollout = 1d }}\n"

    def design(self, limit: str, rows: str = "cutoff = 7d", job: str = "every = 7d  runtime = 6h",
               more: str = "") -> str:  # fmt: skip
        return (
            f"dataset rows {{ {rows} }}\ntraining job {{ {job} }}\n"
            + self.MODEL.format(limit)
            + more
        )

    @pytest.mark.parametrize(
        ("limit", "expected"), [("366h", "pass"), ("365h", "fail"), ("366h1s", "pass")]
    )
    def test_the_sum(self, limit: str, expected: str) -> None:
        """7d + 7d + 6h + 1d = 366h."""
        assert outcome(self.design(limit), "TSC031") == expected

    @pytest.mark.parametrize(
        ("limit", "rows", "job", "expected"),
        [
            ("30d", "", "every = 7d  runtime = 6h", "rows.cutoff"),
            ("5d", "", "every = 7d  runtime = 6h", "fail"),  # too old even without the rows' age
            ("30d", "cutoff = 7d", "every = 7d", "job.runtime"),
            ("30d", "cutoff = 7d", "runtime = 6h", "fail"),  # nothing starts it
            ("30d", 'until = "2026-06-30"', "every = 7d", "fail"),
            ("30d", 'until = "2026-06-30"', "runtime = 6h", "pass"),
        ],
    )
    def test_what_is_not_stated(self, limit: str, rows: str, job: str, expected: str) -> None:
        assert outcome(self.design(limit, rows, job), "TSC031") == expected

    def test_drift_starts_it(self) -> None:
        """Then something trains it again, and how often is not known."""
        monitor = (
            "endpoint rank { model = ranker }\n"
            "monitor m { watches = rank  drift = psi { then = {} } }\n"
        )
        text = self.design("30d", job="runtime = 6h")

        assert outcome(text + monitor.replace("{}", "retrain"), "TSC031") == "job.every"
        assert outcome(text + monitor.replace("{}", "investigate"), "TSC031") == "fail"

    def test_a_model_that_may_grow_as_old_as_it_likes(self) -> None:
        assert said("dataset rows { }\nmodel ranker { dataset = rows }", "TSC031") == []

    def test_the_arithmetic(self) -> None:
        found = only(self.design("14d"), "TSC031")

        assert found.arithmetic == ("15.2d = 7d old rows + 7d period + 6h run + 1d rollout",)
        assert found.severity is Severity.WARNING

    @given(st.integers(0, 500), st.integers(1, 500), st.integers(0, 100), st.integers(0, 100))
    def test_against_a_calendar(self, cutoff: int, every: int, runtime: int, rollout: int) -> None:
        """Hour by hour, the model in service is never older than the sum, and gets that old."""
        worst = 0
        for now in range(cutoff + 3 * every + runtime + rollout):
            released = [
                start for start in range(0, now + 1, every) if start + runtime + rollout <= now
            ]
            if released and now + 1 < 10**9:
                newest = released[-1] - cutoff
                worst = max(worst, now + 1 - newest)
        text = (
            f"dataset rows {{ cutoff = {cutoff}h }}\n"
            f"training job {{ every = {every}h  runtime = {runtime}h }}\n"
            "model m { dataset = rows  training = job  max_staleness = LIMIT  "
            f"rollout = {rollout}h }}\n"
        )
        limit = cutoff + every + runtime + rollout
        assert outcome(text.replace("LIMIT", f"{limit}h"), "TSC031") == "pass"
        if worst:
            assert worst <= limit
            assert outcome(text.replace("LIMIT", f"{worst - 1}h"), "TSC031") == "fail"


class TestSeesTheFuture:
    """TSC023."""

    def design(self, column: str, dataset: str = "join = point_in_time", label: str = "") -> str:
        return (
            VISITS
            + "pipeline count { reads = visits }\n"
            + f"features activity {{ computed = count  seen: int64 = count() over 2d  {column} }}\n"
            + f"label bought {{ from = visits  horizon = 7d  {label} }}\n"
            + f"dataset rows {{ features = [activity]  label = bought  {dataset} }}\n"
        )

    @pytest.mark.parametrize(
        ("column", "dataset", "expected"),
        [
            ("", "", "pass"),
            ("window sliding", "", "pass"),
            ("window centered", "", "fail"),
            ("window centered  lag 1d", "", "pass"),
            ("window centered  lag 23h", "", "fail"),
            ("lead 1h", "", "fail"),
            ("lead 1h", "join = point_in_time  join_delay = 1h", "pass"),
            ("lead 1h", "join = latest  join_delay = 1h", "fail"),
            ("window calendar  stamped start", "", "fail"),
            ("window calendar  stamped end", "", "pass"),
            ("window calendar", "", "activity.seen.stamped"),
            ("window calendar", "join = point_in_time  join_delay = 2d", "pass"),
            ("window tumbling  stamped start", "join = point_in_time  join_delay = 2d", "pass"),
            ("window tumbling  stamped start", "join = point_in_time  join_delay = 47h", "fail"),
        ],
    )
    def test_edges(self, column: str, dataset: str, expected: str) -> None:
        assert outcome(self.design(column, dataset), "TSC023") == expected

    def test_a_delay_that_the_store_does_not_honour_counts_for_nothing(self) -> None:
        text = self.design("lead 1h", "join = point_in_time  join_delay = 1h")
        feast = "feature_store shop: feast { }\n" + text.replace(
            "features activity {", "features activity { store = shop "
        )
        found = only(feast, "TSC023")

        assert outcome(text, "TSC023") == "pass"
        assert found.arithmetic[-1].startswith("join_delay counts for nothing: ")

    @pytest.mark.parametrize(("own", "expected"), [("2h", "pass"), ("30m", "fail")])
    def test_the_delay_of_a_view_goes_before_that_of_the_dataset(
        self, own: str, expected: str
    ) -> None:
        text = self.design("lead 1h", "join = point_in_time  join_delay = 1h")
        delayed = text.replace("computed = count", f"computed = count  join_delay = {own}")
        assert outcome(delayed, "TSC023") == expected

    def test_both_intervals_are_drawn(self) -> None:
        found = only(self.design("window centered"), "TSC023")

        assert found.arithmetic == ("seen: (t - 1d, t + 1d]", "label: (t, t + 7d]")
        assert found.message == (
            "the window of `seen` ends 1d after the row that it is joined with"
        )

    def test_a_label_that_begins_before(self) -> None:
        found = only(self.design("", label="before = 3d"), "TSC023")

        assert found.arithmetic == ("label: (t - 3d, t + 7d]", "features: (..., t]")
        assert said(self.design("", label="before = 0s"), "TSC023") == []

    def test_a_view_that_nobody_learns_from(self) -> None:
        assert said(self.design("window centered", "features = []").replace(
            "features = [activity]  ", ""), "TSC023") == []  # fmt: skip

    def test_queries(self) -> None:
        sql = "SELECT user_id, LEAD(at) OVER (PARTITION BY user_id ORDER BY at) AS seen FROM visits"
        text = self.design("").replace(
            "reads = visits", f'reads = visits  transform {{ sql = "{sql}" }}'
        )

        assert at(only(text, "TSC023"), text) == "LEAD"
        assert said(text.replace("LEAD", "LAG"), "TSC023") == []


class TestShallowBackfill:
    """TSC036."""

    def design(self, view: str, dataset: str = "window = 90d  cutoff = 7d", head: str = "") -> str:
        return (
            head
            + VISITS
            + "pipeline count { reads = visits }\n"
            + f"features activity {{ computed = count  {view}  seen: int64 = count() over 30d }}\n"
            + f"dataset rows {{ features = [activity]  {dataset} }}\n"
        )

    @pytest.mark.parametrize(
        ("view", "dataset", "expected"),
        [
            ("backfill = 127d", "window = 90d  cutoff = 7d", "pass"),
            ("backfill = 126d", "window = 90d  cutoff = 7d", "fail"),
            ("backfill = 120d", "window = 90d", "pass"),
            ("backfill = 1d", "", "pass"),
            ("backfill = 1d", 'window = 90d  until = "2026-06-30"', "pass"),
            ("backfill = 1d", "window = 90d  join = logged", "pass"),
            ("backfill = 1d  logged = true", "window = 90d", "pass"),
            ("", "window = 90d", "pass"),
        ],
    )
    def test_edges(self, view: str, dataset: str, expected: str) -> None:
        assert outcome(self.design(view, dataset), "TSC036") == expected

    def test_production_has_to_state_it(self) -> None:
        assert outcome(self.design("", head=PRODUCTION), "TSC036") == "activity.backfill"

    def test_the_dataset_that_reaches_furthest(self) -> None:
        more = "dataset long { features = [activity]  window = 365d }\n"
        found = only(self.design("backfill = 100d") + more, "TSC036")

        assert found.arithmetic == ("395d = 365d rows + 30d before the first row",)
        assert found.help == "backfill = 395d"


class TestSampledWithoutWeights:
    """TSC037."""

    @pytest.mark.parametrize(
        ("sampling", "model", "expected"),
        [
            ("negatives { kept = 10% }", "output = probability", "fail"),
            ("negatives { kept = 10%  weighted = true }", "output = probability", "pass"),
            ("negatives { kept = 100% }", "output = probability", "pass"),
            ("rows { kept = 10% }", "output = probability", "pass"),
            ("positives { kept = 10% }", "output = probability", "fail"),
            ("negatives { kept = 10% }", "output = ranking", "pass"),
            ("negatives { kept = 10% }", "output = probability  calibration = prior", "pass"),
            ("negatives { kept = 10% }", "", "m.output"),
        ],
    )
    def test_edges(self, sampling: str, model: str, expected: str) -> None:
        text = f"dataset rows {{ sampling = {sampling} }}\nmodel m {{ dataset = rows  {model} }}\n"
        assert outcome(text, "TSC037") == expected

    @pytest.mark.parametrize(("what", "kept", "factor"), [("negatives", 0.1, 10.0),
                                                          ("positives", 0.25, 0.25)])  # fmt: skip
    def test_the_odds_by_sampling(self, what: str, kept: float, factor: float) -> None:
        """Counted among rows that are left out as the design says."""
        draw = random.Random(7)
        labels = [draw.random() < 0.2 for _ in range(200_000)]
        left = [y for y in labels if y == (what == "negatives") or draw.random() < kept]
        odds = sum(left) / (len(left) - sum(left)) / (sum(labels) / (len(labels) - sum(labels)))
        text = (
            f"dataset rows {{ sampling = {what} {{ kept = {kept * 100:g}% }} }}\n"
            "model m { dataset = rows  output = probability }\n"
        )
        assert odds == pytest.approx(factor, rel=0.05)
        assert f"{factor:g} times the real ones" in only(text, "TSC037").message


class TestPositions:
    """TSC038."""

    def design(self, column: str, event: str = "slot: int64  exposure") -> str:
        return (
            f"stream shown {{ event {{ item_id: string  {event} }} }}\n"
            "pipeline join { reads = shown }\n"
            f"features context {{ computed = join  {column} }}\n"
            "dataset rows { features = [context] }\nmodel ranker { dataset = rows }\n"
        )

    @pytest.mark.parametrize(
        ("column", "expected"),
        [
            ("slot: int64", "fail"),
            ("slot: int64  serving 1", "pass"),
            ("slot: int64  serving 0", "pass"),
            ("latest: int64 = last(slot) over 1d", "fail"),
            ("top: float64 = 1 / slot", "fail"),
            ("usual: float64 = mean(slot) over 30d", "pass"),
            ("usual: float64 = mean(slot) over 30d  half: float64 = usual / 2", "pass"),
            ("page: int64 = request.page  exposure", "fail"),
        ],
    )
    def test_edges(self, column: str, expected: str) -> None:
        assert outcome(self.design(column), "TSC038") == expected

    def test_other_columns(self) -> None:
        assert said(self.design("slot: int64", "slot: int64"), "TSC038") == []

    def test_nobody_learns_from_it(self) -> None:
        text = self.design("slot: int64").replace("model ranker { dataset = rows }", "")

        assert said(text, "TSC038") == []


class TestSelfSelectedData:
    """TSC039."""

    TEXT = """
        stream shown { event { user_id: string  at: timestamp  event_time } }
        stream other { event { user_id: string  at: timestamp  event_time } }
        label clicked { from = LABEL  horizon = 1h }
        dataset rows { spine = SPINE  label = clicked }
        model ranker { dataset = rows }
        endpoint rank { model = ranker }
        endpoint next { model = ranker }
        request page {
          rate = 10/s
          HOLDOUT
          call rank
          call shown  asynchronous
        }
        """

    def outcome(self, spine: str, label: str, holdout: str = "", more: str = "") -> str:
        text = self.TEXT.replace("SPINE", spine).replace("LABEL", label)
        return outcome(text.replace("HOLDOUT", holdout) + more, "TSC039")

    def test_edges(self) -> None:
        assert self.outcome("shown", "other") == "fail"
        assert self.outcome("other", "shown") == "fail"
        assert self.outcome("other", "other") == "pass"
        assert self.outcome("shown", "other", "holdout = 0.5%") == "pass"
        assert self.outcome("shown", "other", "holdout = 0%") == "fail"

    def test_a_bandit_explores(self) -> None:
        pad = " " * 8
        arms = f"{pad}experiment e {{ kind = KIND  control = rank  treatment = next }}\n"

        assert self.outcome("shown", "other", more=arms.replace("KIND", "bandit")) == "pass"
        assert self.outcome("shown", "other", more=arms.replace("KIND", "ab")) == "fail"


@pytest.mark.parametrize("day", ['"yesterday"', '"2026-13-01"', "today", "30d"])
def test_a_day_that_is_none(day: str) -> None:
    """`until` is a day of the calendar."""
    (found,) = heard(f"dataset rows {{ until = {day} }}\n")

    assert found.code[:3] in ("TYP", "SYN")
    assert '"2026-06-30"' in found.help
