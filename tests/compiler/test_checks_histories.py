"""CAP017, CAP018 and CAP019 at their edges."""

from __future__ import annotations

import pytest

from mlsdc.compiler.analyses.backfills import Backfills
from mlsdc.compiler.analyses.logs import Logs
from mlsdc.compiler.figures import Figure
from tests.compiler.checking import at, fact, labelled, only, said

PRODUCTION = 'system shop { tier = production  owner = "ml"  contact = "#ml" }\n'
HISTORY = """
stream clicks { rate = 100/s }
pipeline job { JOB }
features people { computed = job  a: int64 = count() over 1d }
dataset rows { features = people  DATA }
dataset fewer { features = people  window = 1d }
"""


def history(job: str, data: str = "window = 365d") -> str:
    """One job and what training reads of it."""
    return HISTORY.replace("JOB", job).replace("DATA", data)


class TestBackfills:
    """CAP017."""

    @pytest.mark.parametrize(
        ("job", "days"),
        [
            ("every = 1d  runtime = 1h", 365 / 24),
            (
                "every = 1d  runtime = 1h  backfill_parallel = 10",
                37 / 24,
            ),  # the last round is short
            ("every = 12h  runtime = 1h", 730 / 24),
            ("every = 7d  runtime = 24h", 53),  # a part of a period is a run
            ("reads = clicks  replay = 1000/s", 36.5),
        ],
    )
    def test_time(self, job: str, days: float) -> None:
        """Of the dataset that looks back furthest."""
        found = fact(history(job), Backfills).of["job"]
        assert found.dataset.name == "rows"
        assert isinstance(found.time, Figure)
        assert found.time.value / 86400 == pytest.approx(days)

    @pytest.mark.parametrize(
        ("job", "data", "found"),
        [
            ("every = 1d  runtime = 1h", "window = 336d", 0),
            ("every = 1d  runtime = 1h", "window = 337d", 1),
            ("every = 1d  runtime = 1h  backfill_within = 7d", "window = 168d", 0),
            ("every = 1d  runtime = 1h  backfill_within = 7d", "window = 169d", 1),
            (
                "every = 1d  runtime = 1h  backfill_within = 7d  backfill_parallel = 2",
                "window = 169d",
                0,
            ),
            ("reads = clicks  replay = 1000/s", "window = 140d", 0),
            ("reads = clicks  replay = 1000/s", "window = 141d", 1),
            ("every = 1d  runtime = 1h", "", 0),
            ("every = 1d", "window = 900d", 0),
            ("reads = clicks", "window = 900d", 0),
        ],
    )
    def test_edges(self, job: str, data: str, found: int) -> None:
        assert len(said(history(job, data), "CAP017")) == found

    def test_the_text_of_a_finding(self) -> None:
        text = history("every = 1d  runtime = 2h")
        one = only(text, "CAP017")
        assert one.message == "a backfill of `job` takes 30.4d, 14d is usual"
        assert (at(one, text), labelled(one, text)) == ("2h", ["365d"])
        assert one.help == "backfill_parallel = 3, or backfill_within = 31d if that is accepted"
        for remedy in ("backfill_parallel = 3", "backfill_within = 31d"):
            assert said(text.replace("2h", f"2h  {remedy}"), "CAP017") == []
        assert one.arithmetic == ("365d / 1d = 365 runs", "365 runs x 2h = 30.4d")

    @pytest.mark.parametrize(
        ("job", "data", "missing"),
        [
            ("every = 1d  backfill_within = 1d", "window = 9d", ("job.runtime",)),
            ("reads = clicks  backfill_within = 1d", "window = 9d", ("job.replay",)),
            ("reads = clicks  backfill_within = 1d  replay = 0/s", "window = 9d", ("job.replay",)),
        ],
    )
    def test_undecided(self, job: str, data: str, missing: tuple[str, ...]) -> None:
        assert [d.missing for d in said(history(job, data), "CAP017")] == [missing]


LOGGED = """
stream served { SERVED }
lake history { from = served  LAKE }
endpoint rank { }
request search {
  rate = 1000/s
  call rank
  call served  asynchronous
}
"""


def logged(served: str, lake: str) -> str:
    """One log and where it is kept."""
    return LOGGED.replace("SERVED", served).replace("LAKE", lake)


class TestLogs:
    """CAP018."""

    DAILY = 1000 * 1024 * 86400

    def test_sizes(self) -> None:
        text = logged("event_size = 1KiB  retention = 3d", "retention = 100d")
        kept = fact(text, Logs).kept
        sizes = {k.keeper.name: k.size.value for k in kept if isinstance(k.size, Figure)}
        assert sizes == {"served": 3 * self.DAILY, "history": 100 * self.DAILY}

    def test_what_nothing_logs_is_no_log(self) -> None:
        text = logged("event_size = 1KiB  retention = 3d", "retention = 100d")
        assert fact(text.replace("  call served  asynchronous\n", ""), Logs).kept == ()

    @pytest.mark.parametrize(
        ("lake", "found"),
        [
            ("retention = 99d  size = 8158GiB", 0),
            ("retention = 99d  size = 8157GiB", 1),
            (f"retention = {2**50 // (1000 * 1024 * 86400)}d", 0),
            (f"retention = {2**50 // (1000 * 1024 * 86400) + 1}d", 1),
        ],
    )
    def test_edges(self, lake: str, found: int) -> None:
        text = logged("event_size = 1KiB  retention = 1d", lake)
        assert len(said(text, "CAP018")) == found

    def test_the_text_of_a_finding(self) -> None:
        text = logged("event_size = 2KiB  retention = 1d", "retention = 400d  size = 10TiB")
        one = only(text, "CAP018")
        assert one.message == (
            "`history` comes to hold 64.4TiB of the log `served`, more than 10TiB"
        )
        assert (at(one, text), labelled(one, text)) == ("400d", ["2KiB", "10TiB"])
        assert one.help == "retention = 62d, or a sample of 15.5%"
        assert said(text.replace("400d", "62d"), "CAP018") == []

    def test_undecided(self) -> None:
        text = logged("retention = 1d", "")
        assert said(text, "CAP018") == []
        (one,) = said(PRODUCTION + text, "CAP018")
        assert one.missing == ("served.event_size", "history.retention")


class TestBatchSizes:
    """CAP019."""

    @pytest.mark.parametrize(
        ("batching", "messages"),
        [
            ("size = 8", []),
            ("size = 8  preferred = [4, 8]", []),
            ("size = 8  preferred = [4, 9]",
             ["`rank` prefers batches of 9, and the largest is 8"]),
            ("size = 8  allowed = [1, 2, 4, 8]", []),
            ("size = 8  allowed = [1, 4, 4, 8]",
             ["`rank` allows sizes that do not rise: 4 follows 4"]),
            ("size = 8  allowed = [8, 4]",
             ["`rank` allows sizes that do not rise: 4 follows 8"]),
            ("size = 8  allowed = [1, 2, 4]",
             ["`rank` allows sizes up to 4, and batches of 8 are run"]),
            ("size = 8  allowed = [1, 16]",
             ["`rank` allows sizes up to 16, and batches of 8 are run"]),
            ("size = 32  split = 8  allowed = [1, 8]", []),
            ("size = 32  split = 8  allowed = [1, 32]",
             ["`rank` allows sizes up to 32, and batches of 8 are run"]),
            ("size = 8  split = 16", ["`rank` splits batches above 16, and the largest is 8"]),
            ("size = 8  threads = 1", []),
            ("size = 8  threads = 0", ["`rank` has batches, and no thread that runs them"]),
        ],
    )  # fmt: skip
    def test_edges(self, batching: str, messages: list[str]) -> None:
        text = f"endpoint rank {{ batching {{ {batching} }} }}"
        assert [d.message for d in said(text, "CAP019")] == messages

    @pytest.mark.parametrize(
        ("batching", "help"),
        [
            ("size = 8  preferred = [4, 9, 16]", "preferred = [4], or size = 16"),
            ("size = 8  preferred = [9]", "preferred = [8], or size = 9"),
            ("size = 8  allowed = [8, 4]", "allowed = [4, 8]"),
            ("size = 8  allowed = [1, 2, 16]", "allowed = [1, 2, 8]"),
        ],
    )
    def test_help(self, batching: str, help: str) -> None:
        assert only(f"endpoint rank {{ batching {{ {batching} }} }}", "CAP019").help == help

    def test_a_largest_batch_of_nothing(self) -> None:
        """Triton's `max_batch_size: 0` with batching cannot be written."""
        text = "endpoint rank { batching { size = 0 } }"
        assert [d.code[:3] for d in said(text)] == ["TYP"]
