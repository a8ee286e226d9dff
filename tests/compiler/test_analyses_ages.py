"""The age of feature values: by hand, against a simulated schedule, and in whole designs."""

from __future__ import annotations

import math
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mlsdc.compiler.analyses.ages import Ages
from mlsdc.compiler.consistency.age import (
    Age,
    Parent,
    Stage,
    availability_skew,
    batch_age,
    derived_age,
    effective_period,
    mean_batch_age,
    oldest,
    stream_age,
    update_gap,
    with_stage,
)
from tests.compiler.checking import fact

MINUTE, HOUR, DAY = 60, 3600, 86400


@pytest.mark.parametrize(
    ("age", "seconds", "words"),
    [
        (batch_age(HOUR, 480, 60, 180), 4320, "1h period + 8m run + 1m load + 3m source delay"),
        (batch_age(DAY, 5400, 1200, 0), 93_000, "1d period + 1h30m run + 20m load"),
        (batch_age(DAY, 5400, 0, 0, 1), 2 * DAY + 5400, "2d in 2 periods + 1h30m run"),
        (batch_age(DAY, 0, 0, 0, 3), 4 * DAY, "4d in 4 periods"),
        (stream_age(0.8, 2, 1, 0, 0.001), 3.801,
         "800ms source lag + 2s watermark + 1s slide + 1ms write"),
        (stream_age(0, 5, 60, 30, 0), 95, "5s watermark + 1m slide + 30s commit interval"),
        (with_stage(stream_age(0, 2, 1, 0, 0), "cache", 300), 303,
         "2s watermark + 1s slide + 5m cache"),
        (oldest([]), 0, "0s"),
        (oldest([batch_age(HOUR, 60, 0, 0), stream_age(0, 2, 0, 0, 0)]), 3660,
         "1h period + 1m run"),
    ],
)  # fmt: skip
def test_ages_by_hand(age: Age, seconds: float, words: str) -> None:
    """The sums of the definition, in words."""
    assert age.seconds == pytest.approx(seconds)
    assert age.words == words


def test_a_lower_bound_says_so() -> None:
    """What is not stated is named, and handed on to whatever is computed from it."""
    partly = Age((Stage("period", 3600.0),), ("view.materialize.runtime",))

    assert partly.words == "at least 1h period"
    assert oldest([batch_age(DAY, 0, 0, 0), partly]).missing == ("view.materialize.runtime",)
    assert with_stage(partly, "cache", 60).missing == ("view.materialize.runtime",)


seconds = st.integers(0, 5000)


@given(st.integers(1, 5000), seconds, seconds, seconds, st.integers(0, 3))
@settings(max_examples=150, deadline=None)
def test_batch_age_is_the_oldest_value_ever_read(
    period: int, runtime: int, load: int, delay: int, failed: int
) -> None:
    """Run a schedule in which so many runs in a row fail, and read just before every load."""
    runs = range(12)
    failing = set(range(4, 4 + failed))
    loads = [
        (start + runtime + load, start - delay)
        for start in (run * period for run in runs if run not in failing)
    ]
    oldest_read = max(
        loaded - cut_off for (loaded, _), (_, cut_off) in zip(loads[1:], loads, strict=False)
    )

    assert batch_age(period, runtime, load, delay, failed).seconds == oldest_read


@given(st.integers(0, 40), st.integers(0, 60), st.integers(1, 30), st.integers(0, 20))
@settings(max_examples=60, deadline=None)
def test_stream_age_is_never_exceeded_and_almost_reached(
    lag: int, watermark: int, slide: int, write: int
) -> None:
    """Read a simulated window job at every instant: its last emission is what is known."""
    step = 0.25
    worst = 0.0
    for tick in range(800, 1600):
        now = tick * step
        seen = now - write - lag - watermark
        included = math.floor(seen / slide) * slide
        worst = max(worst, now - included)

    age = stream_age(lag, watermark, slide, 0, write).seconds
    assert worst <= age
    assert worst >= age - step


@given(seconds, seconds, seconds)
def test_training_is_fresher_than_serving_by_the_skew(run: int, load: int, delay: int) -> None:
    """A join by event time sees a value R + L + D before serving can."""
    assert availability_skew(run, load, delay) == batch_age(0, run, load, delay).seconds


@given(seconds, st.integers(1, 5000), seconds, seconds)
def test_the_oldest_served_value_is_a_period_and_the_skew_old(
    run: int, period: int, load: int, delay: int
) -> None:
    """An offline join by event time sees ages from 0 to the period; serving, all of it later."""
    skew = availability_skew(run, load, delay)

    assert batch_age(period, run, load, delay).seconds == period + skew


@given(st.integers(1, 500), st.integers(0, 500), st.integers(0, 50), st.integers(0, 50))
@settings(max_examples=60, deadline=None)
def test_mean_age_over_a_period(period: int, run: int, load: int, delay: int) -> None:
    """Read at 500 instants, evenly spread between two loads."""
    loaded, cut_off = run + load, -delay
    read = [loaded + (at + 0.5) * period / 500 - cut_off for at in range(500)]

    assert mean_batch_age(period, run, load, delay) == pytest.approx(sum(read) / len(read))


@given(st.integers(1, 40), st.integers(0, 130))
@settings(max_examples=150, deadline=None)
def test_runs_that_may_not_overlap_are_left_out(period: int, run: int) -> None:
    """Start at each tick of the clock unless the last run is still going."""
    starts: list[int] = []
    for due in range(0, 12 * period * (1 + run // period), period):
        if not starts or starts[-1] + run <= due:
            starts.append(due)
    between = {later - start for start, later in pairwise(starts)}

    assert between == {effective_period(period, run, "forbid")}
    assert effective_period(period, run, "allow") == effective_period(period, run, None) == period
    assert effective_period(period, run, "replace") == (math.inf if run > period else period)


small = st.integers(0, 12)


@given(st.integers(1, 12), small, st.integers(1, 12), small, small, small)
@settings(max_examples=80, deadline=None)
def test_unchained_parent_adds_a_whole_period(
    theirs: int, their_run: int, period: int, run: int, load: int, delay: int
) -> None:
    """Shift the child's schedule against its parent's by every tick, and read before each load."""
    parent = batch_age(theirs, their_run, 0, delay)
    age = derived_age(batch_age(period, run, load, 0), [Parent(parent)]).seconds
    worst = 0
    for phase in range(theirs):
        for start in range(40 + phase, 40 + phase + theirs * period, period):
            newest = max(at for at in range(0, 400, theirs) if at + their_run <= start)
            worst = max(worst, start + period + run + load - (newest - delay))

    assert worst < age <= worst + 1  # one tick before the parent's next run ends


@given(st.integers(1, 500), seconds, seconds, seconds, seconds)
def test_chained_parent_adds_its_run(
    period: int, their_run: int, run: int, load: int, delay: int
) -> None:
    """The child starts when its parent ends: the cut-off is one run and one delay before."""
    start = 7 * period + their_run
    cut_off = 7 * period - delay
    next_load = start + period + run + load
    chained = Parent(batch_age(period, their_run, 0, delay), chained=True)

    age = derived_age(batch_age(period, run, load, 0), [chained])
    assert age.seconds == next_load - cut_off
    assert derived_age(age, []) == age


@given(st.lists(st.tuples(st.integers(1, 900), seconds), min_size=1, max_size=4), seconds)
def test_the_oldest_parent_counts(parents: list[tuple[int, int]], run: int) -> None:
    """Adding a parent never makes a value younger."""
    ages = [Parent(batch_age(period, theirs, 0, 0)) for period, theirs in parents]
    own = batch_age(60, run, 0, 0)

    assert derived_age(own, ages).seconds == own.seconds + max(p + r for p, r in parents)
    assert derived_age(own, ages).seconds >= derived_age(own, ages[1:]).seconds


@given(seconds, seconds)
def test_value_lives_as_long_as_it_may_hold(window: int, quiet: int) -> None:
    """Neither of the two is cut short."""
    assert update_gap(window, quiet) in (window, quiet)
    assert update_gap(window, quiet) >= max(window, quiet)


BATCH = """
    entity user { key user_id: string }
    lake events: s3 { }
    online_store kv: redis { nodes = 3  memory = 1GiB }
    feature_store store: feast { online = kv  offline = events }
    pipeline daily: flink { reads = events  every = 1d  runtime = 90m }
    features profile {
      entity      = user
      store       = store
      computed    = daily
      materialize { every = 6h  runtime = 40m  delay = 30m  load = 20m }
      visits: int64 = count() over 30d
    }
    """


def ages(text: str) -> Ages:
    return fact(text, Ages)


def test_view_with_a_schedule_of_its_own() -> None:
    """What the view states wins over its job; one failed run is tolerated by default."""
    found = ages(BATCH)

    assert found.worst["profile"].seconds == 6 * HOUR + 90 * MINUTE
    assert found.tolerated["profile"].seconds == 12 * HOUR + 90 * MINUTE


def test_tolerated_failures_are_counted() -> None:
    """k failed runs in a row add k periods."""
    found = ages(BATCH.replace("load = 20m", "load = 20m  tolerated_failures = 3"))

    assert found.tolerated["profile"].seconds == 24 * HOUR + 90 * MINUTE


def test_schedule_of_the_job_counts_where_the_view_has_none() -> None:
    """Period and run time of the job, and one failed run tolerated."""
    text = BATCH.replace("materialize { every = 6h  runtime = 40m  delay = 30m  load = 20m }", "")
    found = ages(text)

    assert found.worst["profile"].seconds == DAY + 90 * MINUTE
    assert found.worst["profile"].missing == ("profile.materialize.delay",
                                              "profile.materialize.load")  # fmt: skip
    assert found.tolerated["profile"].seconds == 2 * DAY + 90 * MINUTE


def test_job_that_writes_the_online_store_has_no_load() -> None:
    """It loads as it runs; how late its source is remains to be stated."""
    text = BATCH.replace("materialize { every = 6h  runtime = 40m  delay = 30m  load = 20m }", "")
    found = ages(text.replace("reads = events  every", "reads = events  writes = kv  every"))

    assert found.worst["profile"].missing == ("profile.materialize.delay",)


@pytest.mark.parametrize("name", ["every", "runtime", "delay", "load"])
def test_every_part_of_a_schedule_is_needed(name: str) -> None:
    """None is taken for zero; the job's own figures stand in where there are any."""
    parts = {"every": "6h", "runtime": "40m", "delay": "30m", "load": "20m"}
    stated = "  ".join(f"{n} = {v}" for n, v in parts.items() if n != name)
    text = BATCH.replace("every = 6h  runtime = 40m  delay = 30m  load = 20m", stated)
    alone = text.replace("  every = 1d  runtime = 90m }", " }")

    assert ages(alone).worst["profile"].missing == (f"profile.materialize.{name}",)
    if name in ("every", "runtime"):
        assert ages(text).worst["profile"].missing == ()


STREAM = """
    entity user { key user_id: string }
    stream clicks: kafka { rate = 10/s  lag = 2s }
    stream views: kafka { rate = 10/s  lag = 5s }
    pipeline counting: flink { reads = [clicks, views]  watermark = 10s  slide = 3s }
    features recent {
      entity   = user
      computed = counting
      clicks_10m: int64 = count() over 10m
      clicks_1h:  int64 = count() over 1h  slide 1m
    }
    """


def test_streaming_view() -> None:
    """The latest source, the watermark and the slowest window."""
    age = ages(STREAM).worst["recent"]

    assert age.seconds == 5 + 10 + 60
    assert age.missing == ()
    assert ages(STREAM).tolerated["recent"] == age


@pytest.mark.parametrize(
    ("old", "new", "missing"),
    [
        ("  lag = 5s", "", "views.lag"),
        ("watermark = 10s", "", "counting.watermark"),
        ("  slide = 3s", "", "counting.slide"),
    ],
)
def test_streaming_view_needs_its_parts(old: str, new: str, missing: str) -> None:
    """None is taken for zero."""
    assert ages(STREAM.replace(old, new)).worst["recent"].missing == (missing,)


def test_view_without_windows_waits_for_no_slide() -> None:
    """It emits at each event."""
    text = STREAM.replace("  slide = 3s", "").replace("count() over 10m", "amount")
    text = text.replace("count() over 1h  slide 1m", "currency")

    assert ages(text).worst["recent"].words == "5s source lag + 10s watermark"


def test_transactional_sink_adds_its_commits() -> None:
    """Exactly once means that readers wait for the next checkpoint."""
    text = STREAM.replace("slide = 3s", "slide = 3s  delivery = exactly_once")
    stated = text.replace("exactly_once", "exactly_once  checkpoint_every = 30s")
    nobodys = text.replace("pipeline counting: flink", "pipeline counting")

    assert ages(stated).worst["recent"].seconds == 5 + 10 + 60 + 30
    assert ages(nobodys).worst["recent"].missing == ("counting.checkpoint_every",)


ON_DEMAND = """
    features ratio {
      entity = user
      visits_ratio: float64 = request.amount / profile.visits
    }
    features other {
      entity = user
      twice: float64 = ratio.visits_ratio * 2
    }
    features plain {
      entity = user
      doubled: float64 = request.amount * 2
    }
    """


def test_on_demand_view_is_as_old_as_its_inputs() -> None:
    """Through other on-demand views; what the request brings is fresh."""
    found = ages(BATCH + ON_DEMAND)

    assert found.worst["other"] == found.worst["ratio"] == found.worst["profile"]
    assert found.tolerated["other"] == found.tolerated["profile"]
    assert found.worst["plain"].seconds == 0
    assert found.worst["plain"].missing == ()


def test_views_computed_from_each_other_end() -> None:
    """A cycle is another finding; it has no age."""
    text = """
        entity user { key user_id: string }
        features a { x: float64 = b.y + 1 }
        features b { y: float64 = a.x + 1 }
        """
    assert ages(text).worst["a"].seconds == 0


@pytest.mark.parametrize(
    ("columns", "missing"),
    [("visits: int64", ("early.computed",)), ("visits: int64 = count() over 1d",
                                              ("early.computed",))],
)  # fmt: skip
def test_view_that_nothing_computes_has_no_age(columns: str, missing: tuple[str, ...]) -> None:
    """It is not fresh by having no job."""
    text = f"entity user {{ key user_id: string }}\nfeatures early {{\n  {columns}\n}}\n"

    assert ages(text).worst["early"].missing == missing


def test_stream_that_answers_for_itself_needs_a_schedule() -> None:
    """A view that names a stream without a job does not say how values come online."""
    text = STREAM.replace("computed = counting", "computed = clicks")

    assert ages(text).worst["recent"].missing == ("recent.materialize",)


def test_streaming_implementation_serves_where_the_paths_differ() -> None:
    """The online path decides the age, the batch schedule serves training."""
    text = (
        STREAM
        + """
        lake history: s3 { }
        pipeline nightly: flink { reads = history  every = 1d  runtime = 1h }
        features both {
          entity  = user
          offline { computed = nightly }
          online  { computed = counting }
          clicks_1d: int64 = count() over 1d
        }
        """
    )
    assert ages(text).worst["both"].words == "5s source lag + 10s watermark + 3s slide"


CACHED = (
    STREAM
    + """
    cache answers { ttl = 5m }
    online_store kv: redis { nodes = 3  memory = 1GiB }
    feature_store store: feast { online = kv }
    features seen { entity = user  store = store  computed = counting  n: int64 = count() over 1d }
    endpoint score { replicas = 1 }
    request one {
      rate = 1/s
      call score { cached by answers hit 80% { call seen } }
    }
    """
)


def test_caches_on_the_path_add_their_time_to_live() -> None:
    """A cache hands out what was fresh when it was put there."""
    found = ages(CACHED)

    assert found.cached["seen"].seconds == pytest.approx(found.worst["seen"].seconds + 300)
    assert found.cached["recent"] == found.worst["recent"]
    assert ages(CACHED.replace("ttl = 5m", "")).cached["seen"].missing == ("answers.ttl",)


CHAIN = """
    lake raw { }
    lake clean { }
    pipeline cleaning { reads = raw  writes = clean  every = 4h  runtime = 1h }
    pipeline daily { reads = clean  every = 1d  runtime = 90m }
    features profile {
      computed    = daily
      materialize { every = 1d  runtime = 90m  delay = 0s  load = 20m }
      visits: int64 = count() over 30d
    }
    """


def test_job_that_reads_what_another_job_writes() -> None:
    """The other's period counts in full, unless its end starts the run."""
    text = CHAIN.replace("every = 1d  runtime = 90m }\n    feat",
                         "every = 1d  runtime = 90m  after = cleaning }\n    feat")  # fmt: skip

    assert ages(CHAIN).worst["profile"].words == (
        "1d period + 1h30m run + 20m load + 4h period upstream + 1h run upstream"
    )
    assert ages(text).worst["profile"].words == (
        "1d period + 1h30m run + 20m load + 1h run upstream"
    )
    assert ages(CHAIN).tolerated["profile"].seconds == ages(CHAIN).worst["profile"].seconds + DAY


def test_chain_of_jobs_is_followed_to_its_end() -> None:
    """And ends where jobs read each other's tables."""
    longer = CHAIN + "    pipeline landing { writes = raw  every = 2h  runtime = 10m }\n"
    circle = longer.replace("{ writes = raw", "{ reads = clean  writes = raw")

    found = ages(longer).worst["profile"]
    assert found.seconds == ages(CHAIN).worst["profile"].seconds + 130 * MINUTE
    assert ages(circle).worst["profile"].seconds == found.seconds


def test_unknown_run_of_a_parent() -> None:
    """It is named, and the age is a lower bound."""
    text = CHAIN.replace("every = 4h  runtime = 1h", "every = 4h")

    assert ages(text).worst["profile"].missing == ("cleaning.runtime",)


def test_batch_view_that_reads_another_view() -> None:
    """What another job computes comes on top; what the same run computes does not."""
    text = (
        BATCH
        + """
    pipeline scoring: flink { reads = events  every = 1d  runtime = 10m }
    features risk {
      entity      = user
      computed    = scoring
      materialize { every = 1d  runtime = 10m  delay = 0s  load = 0s }
      share: float64 = profile.visits / 10
    }
    """
    )
    found = ages(text)
    same = ages(text.replace("computed    = scoring", "computed    = daily"))

    own = DAY + 10 * MINUTE
    assert found.worst["risk"].seconds == own + found.worst["profile"].seconds
    assert same.worst["risk"].seconds == own


def test_runs_longer_than_their_period() -> None:
    """Runs that are left out make values older."""
    text = BATCH.replace("every = 6h  runtime = 40m", "every = 6h  runtime = 7h  overlap = forbid")

    assert ages(text).worst["profile"].seconds == 12 * HOUR + 7 * HOUR + 50 * MINUTE
    allowed = text.replace("forbid", "allow")
    assert ages(allowed).worst["profile"].seconds == 6 * HOUR + 7 * HOUR + 50 * MINUTE


def test_caches_behind_each_other_add_up_and_ways_do_not() -> None:
    """The longest way counts, with all caches on it."""
    text = CACHED.replace(
        "call score { cached by answers hit 80% { call seen } }",
        "call score { cached by answers hit 80% { cached by pages hit 10% { call seen } } }\n"
        "      cached by pages hit 10% { call seen }",
    )
    found = ages(text + "    cache pages { ttl = 2m }\n")

    assert found.cached["seen"].seconds == pytest.approx(found.worst["seen"].seconds + 420)


def test_skew_of_views_with_runs() -> None:
    """R + L + D, and what is not known of it."""
    found = ages(BATCH + STREAM.replace("    entity user { key user_id: string }\n", ""))

    assert found.skew["profile"].seconds == 90 * MINUTE
    assert "recent" not in found.skew
    assert ages(BATCH.replace("  delay = 30m", "")).skew["profile"].missing == (
        "profile.materialize.delay",
    )
