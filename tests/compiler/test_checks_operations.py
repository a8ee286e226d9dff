"""The latency, capacity, security and reliability checks at their edges."""

from __future__ import annotations

import pytest

from mlsdc.diagnostics import Severity
from tests.compiler.checking import at, labelled, only, outcome, said

PATH = """
    endpoint a {
      latency  { p50 = 5ms  p99 = 14ms  at = 100/s }
      replicas = 1
    }
    endpoint b {
      latency  { p50 = 5ms  p99 = 14ms  at = 100/s }
      replicas = 1
    }
    request ask {
      rate = 50/s
      budget { BUDGET }
      call a
      call b
    }
    """


def path(budget: str) -> str:
    return PATH.replace("BUDGET", budget)


class TestPathOverBudget:
    """LAT002: two such hops reach p50 11.1 ms, p99 22.2 ms independently of each other."""

    @pytest.mark.parametrize(
        ("objective", "over"),
        [
            ("p50 <= 12ms", False), ("p50 <= 10ms", True), ("p90 <= 17ms", False),
            ("p90 <= 14ms", True), ("p95 <= 19ms", False), ("p95 <= 16ms", True),
            ("p99 <= 23ms", False), ("p99 <= 21ms", True), ("p999 <= 32ms", False),
            ("p999 <= 27ms", True), ("mean <= 13ms", False), ("mean <= 11ms", True),
            ("p99 < 21ms", True), ("availability >= 99.9%", False), ("errors <= 1%", False),
        ],
    )  # fmt: skip
    def test_every_measure(self, objective: str, over: bool) -> None:
        text = path(objective)
        found = said(text, "LAT002")

        assert [at(d, text) for d in found] == ([objective] if over else [])

    def test_message_and_ledger(self) -> None:
        text = path("p99 <= 20ms")
        found = only(text, "LAT002")

        assert found.message.startswith("p99 is 22.")
        assert "over its 20ms budget" in found.message
        assert labelled(found, text) == ["a", "b"]
        assert found.arithmetic[0] == ("a: p50 5ms, p99 14ms (measured), 50% of the sum of p99s")
        assert "all slow together: 28ms" in found.arithmetic

    def test_each_objective_is_judged(self) -> None:
        text = path("p50 <= 6ms  p90 <= 50ms  p99 <= 15ms")

        assert [at(d, text) for d in said(text, "LAT002")] == ["p50 <= 6ms", "p99 <= 15ms"]

    def test_proposed_budget_passes(self) -> None:
        found = only(path("p99 <= 20ms"), "LAT002")
        proposed = found.help.rpartition("or ")[2]

        assert proposed.startswith("p99 <= ")
        assert said(path(proposed), "LAT002") == []

    def test_unknown_hop_is_undecided(self) -> None:
        text = path("p99 <= 20ms").replace(
            "      latency  { p50 = 5ms  p99 = 14ms  at = 100/s }\n", "", 1
        )
        found = only(text, "LAT002")

        assert found.missing == ("a.latency",)
        assert "at least 14ms of 20ms" in found.message

    def test_lower_bound_over_budget_is_decided(self) -> None:
        text = path("p99 <= 10ms").replace(
            "      latency  { p50 = 5ms  p99 = 14ms  at = 100/s }\n", "", 1
        )
        found = only(text, "LAT002")

        assert not found.undecided
        assert "p99 is at least 14ms, 4ms over its 10ms budget" in found.message

    def test_request_without_a_budget_is_not_judged(self) -> None:
        assert said(PATH.replace("      budget { BUDGET }\n", ""), "LAT002", "LAT003") == []

    @pytest.mark.parametrize("objective", ["p99 >= 20ms", "availability <= 99%"])
    def test_objective_the_wrong_way_round(self, objective: str) -> None:
        assert "asks for the opposite" in only(path(objective), "TYP002").message


class TestIndependenceAssumed:
    """LAT003: certain at p99 is 31.3 ms."""

    @pytest.mark.parametrize(
        ("objective", "codes"),
        [
            ("p99 <= 22ms", ["LAT002"]), ("p99 <= 23ms", ["LAT003"]), ("p99 <= 31ms", ["LAT003"]),
            ("p99 <= 32ms", []), ("p50 <= 12ms", []), ("p90 <= 17ms", ["LAT003"]),
        ],
    )  # fmt: skip
    def test_between_independent_and_certain(self, objective: str, codes: list[str]) -> None:
        assert [d.code for d in said(path(objective), "LAT002", "LAT003")] == codes

    def test_three_figures_are_shown(self) -> None:
        found = only(path("p99 <= 25ms"), "LAT003")

        assert found.severity is Severity.WARNING
        assert found.arithmetic == (
            "independent: 22.2ms",
            "all slow together: 28ms",
            "certain: 31.3ms, each of 2 hops at p99.5",
        )
        assert said(path(found.help.rpartition(": ")[2]), "LAT003") == []

    def test_time_limit_makes_it_certain(self) -> None:
        limited = (
            path("p99 <= 25ms")
            .replace("call a", "call a  timeout 10ms")
            .replace("call b", "call b  timeout 15ms")
        )
        assert said(limited, "LAT003") == []

    def test_unknown_hop_is_undecided(self) -> None:
        text = path("p99 <= 25ms").replace(
            "      latency  { p50 = 5ms  p99 = 14ms  at = 100/s }\n", "", 1
        )

        assert only(text, "LAT003").missing == ("a.latency",)
        assert said(text.replace("p99 <= 25ms", "p99 <= 5ms"), "LAT003") == []


LOAD = """
    endpoint a {
      latency  { p50 = 5ms  p99 = 14ms  at = 100/s }
      replicas = REPLICAS
    }
    request ask {
      rate = RATE
      call a
    }
    """


def load(replicas: str, rate: str) -> str:
    return LOAD.replace("REPLICAS", replicas).replace("RATE", rate)


class TestOverloaded:
    """CAP001"""

    @pytest.mark.parametrize(
        ("replicas", "rate", "needed"),
        [("1", "100/s", None), ("1", "101/s", 2), ("4", "400/s", None), ("4", "401/s", 5),
         ("4", "1200/s", 12), ("auto", "5000/s", None)],
    )  # fmt: skip
    def test_threshold(self, replicas: str, rate: str, needed: int | None) -> None:
        text = load(replicas, rate)
        found = said(text, "CAP001")

        assert [d.help for d in found] == (
            [f"replicas = {needed}, or replicas = auto"] if needed else []
        )
        for one in found:
            assert at(one, text) == replicas
            assert labelled(one, text) == ["a", rate]
            carry = "1 replica carries" if replicas == "1" else f"{replicas} replicas carry"
            assert one.message == f"{carry} {replicas}00/s, {rate} arrive"
            assert said(load(str(needed), rate), "CAP001") == []

    def test_unknown_load_of_a_replica_is_undecided(self) -> None:
        found = only(load("2", "10/s").replace("  at = 100/s", ""), "CAP001")

        assert found.missing == ("a.latency.at", "a.concurrency")

    def test_unknown_rate_is_undecided(self) -> None:
        found = only(load("2", "10/s").replace("rate = 10/s", ""), "CAP001")

        assert found.missing == ("ask.rate",)

    def test_what_nothing_calls_is_not_judged(self) -> None:
        text = load("2", "10/s").replace("call a", "").replace("  at = 100/s", "")

        assert said(text, "CAP001") == []

    def test_gateways_are_judged(self) -> None:
        text = """
            gateway edge {
              latency  { p50 = 1ms  p99 = 2ms  at = 100/s }
              replicas = 2
            }
            request ask {
              rate = 300/s
              call edge
            }
            """
        assert only(text, "CAP001").help == "replicas = 3"
        assert only(text.replace("  at = 100/s", ""), "CAP001").missing == ("edge.latency.at",)

    def test_more_replicas_never_carry_less(self) -> None:
        for rate in (50, 150, 450, 777):
            failing = [bool(said(load(str(n), f"{rate}/s"), "CAP001")) for n in range(1, 10)]
            assert failing == sorted(failing, reverse=True)
            assert failing.count(True) == -(-rate // 100) - 1

    def test_environments_are_told_apart(self) -> None:
        text = (
            load("1", "peak")
            + """
            param peak: rate = 500/s
            environment small { peak = 10/s }
            environment large {}
            """
        )
        assert only(text, "CAP001").environments == ("large",)


REVIEW = """
    endpoint a { replicas = 1 }
    request ask {
      rate = 100/s
      call a
    }
    review cases {
      request    = ask
      fraction   = 1%
      reviewers  = 10
      throughput = 6/m
    }
    """


class TestReviewersOverloaded:
    """SEC009: one case a second arrives, ten reviewers decide one a second."""

    @pytest.mark.parametrize(
        ("old", "new", "over"),
        [
            ("10", "10", False), ("= 10\n", "= 9\n", True), ("1%", "1.01%", True),
            ("6/m", "5.9/m", True), ("100/s", "101/s", True), ("6/m", "360/h", False),
            ("6/m", "0/s", True),
        ],
    )  # fmt: skip
    def test_threshold(self, old: str, new: str, over: bool) -> None:
        found = said(REVIEW.replace(old, new), "SEC009")

        assert [d.severity for d in found] == ([Severity.ERROR] if over else [])

    def test_both_halves_and_a_way_out(self) -> None:
        text = REVIEW.replace("1%", "2%")
        found = only(text, "SEC009")

        assert at(found, text) == "10"
        assert labelled(found, text) == ["2%", "6/m", "100/s"]
        assert found.message == "2/s cases arrive, 10 reviewers decide 1/s"
        assert found.help == "reviewers = 20, or fraction = 1%"
        assert said(text.replace("= 10\n", "= 20\n"), "SEC009") == []

    def test_proposed_fraction_passes(self) -> None:
        text = REVIEW.replace("1%", "7%").replace("100/s", "123/s")
        proposed = only(text, "SEC009").help.rpartition("fraction = ")[2]

        assert said(text.replace("7%", proposed), "SEC009") == []

    def test_cases_may_come_from_a_stream_or_an_endpoint(self) -> None:
        stream = REVIEW.replace("request    = ask", "from = decided").replace("= 10\n", "= 9\n")
        stream += "    stream decided { rate = 100/s }\n"
        endpoint = REVIEW.replace("request    = ask", "from = a").replace("= 10\n", "= 9\n")

        assert only(stream, "SEC009").message == "1/s cases arrive, 9 reviewers decide 54/m"
        assert only(endpoint, "SEC009").message == "1/s cases arrive, 9 reviewers decide 54/m"

    @pytest.mark.parametrize(
        ("line", "missing"),
        [("request    = ask", "cases.request"), ("fraction   = 1%", "cases.fraction"),
         ("reviewers  = 10", "cases.reviewers"), ("throughput = 6/m", "cases.throughput"),
         ("rate = 100/s", "ask.rate")],
    )  # fmt: skip
    def test_every_figure_is_needed(self, line: str, missing: str) -> None:
        found = only(REVIEW.replace(line, ""), "SEC009")

        assert found.missing == (missing,)
        assert found.severity is Severity.NOTE


class TestDependencyCycle:
    """REL013; the kinds of cycles are in the tests of the analysis."""

    def test_calls(self) -> None:
        text = PATH.replace("call a\n", "call a { call b { call a } }\n").replace("BUDGET", "")
        found = only(text, "REL013")

        assert found.message == "a -> b -> a: each waits for the answer of the next"
        assert found.severity is Severity.ERROR
        assert [at(found, text), *labelled(found, text)] == ["a", "b"]
        assert "asynchronous" in found.help

    def test_requests(self) -> None:
        text = """
            endpoint a { replicas = 1 }
            request one {
              rate = 1/s
              call a
              call two
            }
            request two { call one }
            """
        found = only(text, "REL013")

        assert found.message.startswith("one -> two -> one:")
        assert [at(found, text), *labelled(found, text)] == ["one", "two"]

    def test_way_by_a_store_is_a_warning(self) -> None:
        text = """
            lake raw: s3 { }
            lake gold: s3 { }
            pipeline up { reads = raw  writes = gold }
            pipeline down { reads = gold  writes = raw }
            """
        found = only(text, "REL013")

        assert found.severity is Severity.WARNING
        assert found.message.startswith("down -> raw -> up -> gold -> down:")
        assert len(found.labels) == 3

    def test_cycle_does_not_break_other_checks(self) -> None:
        text = PATH.replace("call a\n", "call a { call b { call a } }\n").replace(
            "BUDGET", "p99 <= 16ms"
        )
        text = text.replace("rate = 50/s", "rate = 60/s")
        assert {d.code for d in outcome(text).diagnostics} == {
            "LAT002", "LAT008", "CAP001", "REL013",
        }  # fmt: skip
