"""The latency checks at their edges: just inside and outside, undecided, and what they say."""

from __future__ import annotations

import pytest

from mlsdc.diagnostics import Severity
from tests.compiler.checking import at, labelled, only, outcome, said, shown

FRONT = "endpoint front { latency { p50 = 2ms  p99 = 8ms  at = 900/s } }\n"
SCORE = "endpoint score { latency { p50 = 4ms  p99 = 12ms  at = 900/s } }\n"


def request(steps: str, budget: str = "p99 <= 80ms", rate: str = "50/s", more: str = "") -> str:
    lines = "\n".join(f"  {line}" for line in steps.splitlines())
    stated = f"  budget {{ {budget} }}\n" if budget else ""
    return f"request ask {{\n  rate = {rate}\n{stated}{more}{lines}\n}}\n"


def codes(text: str, *wanted: str) -> list[str]:
    return [d.code for d in said(text, *wanted)]


class TestLatencyWithoutLoad:
    """LAT001"""

    @pytest.mark.parametrize(
        ("latency", "lacks"),
        [
            ("p50 = 4ms  p99 = 12ms  at = 900/s", ""),
            ("p50 = 4ms  p99 = 12ms", "it holds at no stated load"),
            ("p99 = 12ms  at = 900/s", "only one quantile, p99 12ms is known"),
            ("mean = 5ms  at = 9/s", "only its mean is known"),
            ("p99 = 12ms", "only one quantile, p99 12ms is known and it holds at no stated load"),
        ],
    )
    def test_what_is_lacking_is_told(self, latency: str, lacks: str) -> None:
        text = f"endpoint score {{ latency {{ {latency} }} }}\n" + request("call score", "")
        found = said(text, "LAT001")

        assert [d.message.partition(": ")[2] for d in found] == ([lacks] if lacks else [])
        assert all(d.severity is Severity.NOTE and not d.undecided for d in found)

    def test_a_bare_duration_is_a_p99_that_is_told_of(self) -> None:
        text = "endpoint score { latency = 20ms }\n" + request("call score", "")
        assert "one quantile, p99 20ms" in only(text, "LAT001").message

    def test_waiting_that_is_computed_needs_no_load(self) -> None:
        text = "endpoint score { latency { p50 = 4ms  p99 = 12ms }  concurrency = 2 }\n"
        assert codes(text + request("call score", ""), "LAT001") == []

    def test_what_nobody_calls_is_not_judged(self) -> None:
        assert codes("endpoint score { latency { p99 = 12ms } }", "LAT001") == []

    def test_one_fault_is_one_finding(self) -> None:
        """Below the quantile of an objective, it is LAT018 alone."""
        text = "endpoint score { latency { p50 = 4ms  at = 9/s } }\n"
        assert codes(text + request("call score", ""), "LAT001", "LAT018") == ["LAT001"]
        assert codes(text + request("call score"), "LAT001", "LAT018") == ["LAT018"]


class TestStageOverBudget:
    """LAT004"""

    def test_a_hop_above_the_budget_is_told_instead_of_the_path(self) -> None:
        text = FRONT + SCORE + request("call front\ncall score", "p99 <= 11ms")
        found = only(text, "LAT004")

        assert codes(text, "LAT002") == []
        assert found.message == ("`score` alone takes 12ms at p99, more than the whole 11ms budget")
        assert at(found, text) == "score"
        assert labelled(found, text) == ["p99 <= 11ms"]

    def test_at_the_budget_it_is_the_path(self) -> None:
        text = FRONT + SCORE + request("call front\ncall score", "p99 <= 12ms")
        assert codes(text, "LAT002", "LAT004") == ["LAT002"]

    @pytest.mark.parametrize(
        "steps",
        [
            "call front\nbranch 10% {\n  call score\n}",
            "call front\ncall score  timeout 5ms  fallback front",
            "call front\ncall score  hedge at 6ms",
            "call front\nparallel first 1 {\n  call score\n  call front\n}",
        ],
    )
    def test_what_not_every_request_waits_for_stands_not_alone(self, steps: str) -> None:
        text = FRONT + SCORE + request(steps, "p99 <= 10ms")
        assert codes(text, "LAT004") == []

    @pytest.mark.parametrize(("limit", "over"), [("69ms", True), ("71ms", False)])
    def test_the_way_alone(self, limit: str, over: bool) -> None:
        text = SCORE + request("call score  across regions", f"p99 <= {limit}")
        found = said(text, "LAT004")

        assert bool(found) is over
        assert codes(text, "LAT002") == ([] if over else ["LAT002"])
        if over:
            assert found[0].message == (
                "the way alone takes 70ms, more than the whole 69ms budget for p99"
            )

    def test_bytes_over_bandwidth_are_part_of_the_way(self) -> None:
        network = "environment prod { platform = kubernetes { network { bandwidth = 10MB/s } } }\n"
        text = SCORE + request("call score  payload 1MB", "p99 <= 99ms") + network
        assert "the way alone takes 100ms" in only(text, "LAT004").message


class TestFanOut:
    """LAT005"""

    INDEXES = "".join(
        f"index {name} {{ latency {{ p50 = 4ms  p99 = 12ms  at = 900/s }} }}\n" for name in "abcdef"
    )

    def fan(self, count: int, first: str = "", call: str = "") -> str:
        calls = "\n".join(f"  call {name}  {call}" for name in "abcdef"[:count])
        return self.INDEXES + SCORE + request(f"parallel {first} {{\n{calls}\n}}")

    def test_the_power_is_told(self) -> None:
        found = only(self.fan(6), "LAT005")
        assert found.message.startswith("all of 6 calls are known at p99, so 94.1")
        assert found.arithmetic[0].startswith("0.99^6 = 0.941")

    def test_one_call_needs_no_power(self) -> None:
        assert codes(self.fan(1), "LAT005") == []

    @pytest.mark.parametrize(("first", "fires"), [("first 6", True), ("first 5", False)])
    def test_partial_results(self, first: str, fires: bool) -> None:
        """At least 5 of 6 at p99 are 99.85 %."""
        assert bool(codes(self.fan(6, first), "LAT005")) is fires

    @pytest.mark.parametrize("call", ["timeout 20ms  fallback score", "hedge at 8ms"])
    def test_a_cut_tail_is_no_tail(self, call: str) -> None:
        assert codes(self.fan(6, call=call), "LAT005") == []

    def test_higher_quantiles_are_enough(self) -> None:
        """0.999 to the sixth is 99.4 %."""
        text = self.fan(6).replace("p99 = 12ms", "p999 = 20ms")
        assert codes(text, "LAT005") == []

    def test_without_an_objective_nothing_is_asked(self) -> None:
        assert codes(self.fan(6).replace("p99 <= 80ms", "mean <= 80ms"), "LAT005") == []


class TestBatches:
    """LAT009 and LAT010"""

    def batched(self, batching: str, rate: str = "50/s", more: str = "") -> str:
        own = f"batching {{ size = 8  {batching} }}  {more}"
        score = SCORE.replace("at = 900/s } ", f"at = 900/s }}  {own}  replicas = 2 ")
        return FRONT + score + request("call front\ncall score", "p99 <= 50ms", rate)

    @pytest.mark.parametrize(("delay", "over"), [("30ms", False), ("31ms", True)])
    def test_the_share_of_the_budget(self, delay: str, over: bool) -> None:
        """50 ms x 12 / (8 + 12) = 30 ms."""
        text = self.batched(f"delay = {delay}")
        found = said(text, "LAT009")

        assert bool(found) is over
        for one in found:
            assert one.message == (
                "a batch of `score` waits up to 31ms, its share of the 50ms budget is 30ms"
            )

    def test_a_stated_part_wins(self) -> None:
        text = self.batched("delay = 9ms").replace("call score", "call score  within 8ms")
        assert "its share of the 50ms budget is 8ms" in only(text, "LAT009").message

    def test_a_slip_of_the_unit(self) -> None:
        found = only(self.batched("delay = 2us"), "LAT009")
        assert "waits 2us to fill" in found.message
        assert "delay = 2ms" in found.help

    @pytest.mark.parametrize(("rate", "fills"), [("2000/s", True), ("1999/s", False)])
    def test_two_within_the_delay(self, rate: str, fills: bool) -> None:
        """2,000/s over 2 replicas bring 2 within 2 ms."""
        found = said(self.batched("delay = 2ms", rate), "LAT010")
        assert bool(found) is not fills

    def test_instances_share_the_load(self) -> None:
        text = self.batched("delay = 2ms", "2000/s", "concurrency = 2")
        assert "2 requests" not in only(text, "LAT010").message
        assert "/ 4 instances x 2ms = 1 < 2" in only(text, "LAT010").arithmetic[0]

    def test_an_unknown_load_is_undecided(self) -> None:
        text = self.batched("delay = 2ms").replace("  rate = 50/s\n", "")
        assert only(text, "LAT010").missing == ("ask.rate",)

    def test_no_delay_is_never_paid(self) -> None:
        assert codes(self.batched(""), "LAT009", "LAT010") == []


class TestNearSaturation:
    """LAT011"""

    def served(self, rate: str, more: str = "") -> str:
        return (
            "endpoint score {\n  latency { p50 = 10ms  p99 = 10ms }\n  concurrency = 1\n"
            f"  replicas = 1\n  utilisation = 99%\n  {more}\n}}\n"
            + request("call score", "p99 <= 900ms", rate)
        )  # fmt: skip

    @pytest.mark.parametrize(("rate", "busy"), [("70/s", False), ("71/s", True), ("98/s", True)])
    def test_seventy_percent(self, rate: str, busy: bool) -> None:
        assert bool(codes(self.served(rate), "LAT011")) is busy

    def test_the_wait_is_told(self) -> None:
        """M/D/1 at 80 %: u / (1 - u) / 2 x 10 ms = 20 ms."""
        found = only(self.served("80/s"), "LAT011")
        assert found.message.startswith("`score` is 80% busy at peak, a request waits 20")
        assert found.help.startswith("replicas = 2")

    def test_overload_is_another_finding(self) -> None:
        assert codes(self.served("110/s"), "LAT011", "CAP001") == ["CAP001"]

    def test_a_measured_load_holds_its_own_waiting(self) -> None:
        """At 90/s a response of 10 ms on one worker is 6.9 ms of work: 62 % busy, not 90 %."""
        text = self.served("90/s").replace("p99 = 10ms", "p99 = 10ms  at = 90/s")
        assert codes(text, "LAT011") == []

    def test_only_what_is_waited_for_with_a_budget(self) -> None:
        assert codes(self.served("90/s").replace("budget { p99 <= 900ms }", ""), "LAT011") == []


class TestLookups:
    """LAT013 and LAT014"""

    STORE = (
        "online_store fast { }\nwarehouse history { }\n"
        "feature_store store { online = fast  offline = history }\nentity item { key id: string }\n"
        + "".join(
            f"features {name} {{\n  entity = item\n  store = store\n"
            f"  n_{name}: int64  default 0\n}}\n"
            for name in ("one", "two", "three")
        )
    )

    def test_each_candidate_by_itself(self) -> None:
        found = only(self.STORE + request("call one  times 400"), "LAT013")
        assert found.message == (
            "`one` is looked up 400 times one after the other, 400 round trips"
        )
        assert found.help == "call one  batch 400"

    @pytest.mark.parametrize(
        ("steps", "fires"),
        [
            ("call one  batch 400", False),
            ("call one\ncall two", False),
            ("call one\ncall two\ncall three", True),
            ("parallel {\n  call one\n  call two\n  call three\n}", False),
            ("call one  times 400  asynchronous", False),
        ],
    )
    def test_views_in_a_row(self, steps: str, fires: bool) -> None:
        assert bool(codes(self.STORE + request(steps), "LAT013")) is fires

    @pytest.mark.parametrize(
        ("steps", "what"),
        [
            ("call history", "a warehouse"), ("call one", ""), ("call history  asynchronous", ""),
            ("call store", ""),
        ],
    )  # fmt: skip
    def test_waiting_for_a_warehouse(self, steps: str, what: str) -> None:
        found = said(self.STORE + request(steps), "LAT014")
        assert [what in d.message for d in found] == ([True] if what else [])

    def test_a_store_without_an_online_side(self) -> None:
        text = self.STORE.replace("online = fast  ", "") + request("call one")
        found = only(text, "LAT014")
        assert "waits for `history` by way of `one`, the offline store" in found.message


class TestHitRatio:
    """LAT015"""

    def cached(self, hit: str, limit: str) -> str:
        cache = "cache answers { latency { p50 = 0.3ms  p99 = 1ms  at = 9000/s } }\n"
        steps = f"cached by answers hit {hit} {{\n  call score\n}}"
        return cache + SCORE + request(steps, f"p99 <= {limit}")

    def test_what_only_hits_meet(self) -> None:
        found = only(self.cached("99.5%", "8ms"), "LAT015")
        assert found.message.startswith("p99 is ")
        assert "of 8ms only while 99.5% of look-ups hit; a miss takes 12" in found.message

    @pytest.mark.parametrize(
        ("hit", "limit", "code"),
        [("99.5%", "20ms", []), ("10%", "8ms", ["LAT002"]), ("99.5%", "8ms", ["LAT015"])],
    )
    def test_one_finding(self, hit: str, limit: str, code: list[str]) -> None:
        assert codes(self.cached(hit, limit), "LAT002", "LAT015") == code

    def test_the_mixture_is_shown(self) -> None:
        found = only(self.cached("90%", "10ms"), "LAT015")
        assert any("is p90 of the miss path" in line for line in found.arithmetic)


class TestCrossings:
    """LAT016"""

    SYSTEM = 'system s { owner = "o"  tier = production  contact = "#c" }\n'

    def test_production_counts_its_ways(self) -> None:
        text = self.SYSTEM + FRONT + SCORE + request("call front\ncall score")
        found = only(text, "LAT016")
        assert found.message.startswith("2 calls cross the network for nothing")
        assert not found.undecided

    @pytest.mark.parametrize(
        ("system", "steps", "environment"),
        [
            ("", "call score", ""),
            (SYSTEM, "call score  across zones", ""),
            (SYSTEM, "call score  round_trip 1ms", ""),
            (SYSTEM, "call score", "{ platform = kubernetes { network { mesh = ambient } } }"),
        ],
    )
    def test_what_is_counted_or_early(self, system: str, steps: str, environment: str) -> None:
        prod = f"environment prod {environment}\n" if environment else ""
        assert codes(system + SCORE + request(steps) + prod, "LAT016") == []

    @pytest.mark.parametrize(
        ("limit", "fires"), [("50ms", True), ("300ms", True), ("301ms", False)]
    )
    def test_what_does_not_matter(self, limit: str, fires: bool) -> None:
        """3 ms of 300 ms are one hundredth."""
        steps = request("call score", f"p99 <= {limit}")
        assert bool(codes(self.SYSTEM + SCORE + steps, "LAT016")) == fires


class TestComparable:
    """LAT018"""

    @pytest.mark.parametrize(
        ("latency", "more", "fires"),
        [
            ("on = l4", "gpus = 1 x l4", False),
            ("on = L4", "gpus = 1 x l4", False),
            ("on = h100", "gpus = 1 x l4", True),
            ("on = h100", "", False),
            ("batch = 8", "batching { size = 8 }", False),
            ("batch = 1", "batching { size = 8 }", True),
            ("batch = 8", "", True),
        ],
    )
    def test_conditions(self, latency: str, more: str, fires: bool) -> None:
        text = SCORE.replace("at = 900/s }", f"at = 900/s  {latency} }}  {more}")
        assert bool(codes(text + request("call score"), "LAT018")) is fires

    def test_a_mean_says_nothing_of_a_tail(self) -> None:
        text = "endpoint score { latency { mean = 5ms  at = 9/s } }\n" + request("call score")
        found = only(text, "LAT018")
        assert found.message == (
            "only its mean of 5ms is known of `score`, and the budget asks for p99"
        )


class TestNeedlessWait:
    """LAT019"""

    REASONS = SCORE + "explainer reasons { explains = score }\n"

    @pytest.mark.parametrize(
        ("steps", "more", "fires"),
        [
            ("call score\ncall reasons", "", True),
            ("call score\ncall reasons  asynchronous", "", False),
            ("call score\ncall reasons", "  reasons = true\n", False),
        ],
    )
    def test_reasons(self, steps: str, more: str, fires: bool) -> None:
        text = self.REASONS + request(steps, more=more)
        assert bool(codes(text, "LAT019")) is fires

    def test_a_shadow(self) -> None:
        shadow = "experiment e {\n  kind = shadow\n  control = score\n  treatment = front\n}\n"
        text = FRONT + SCORE + request("call score\ncall front") + shadow
        assert "`front`, compared in the shadow by `e`" in only(text, "LAT019").message


class TestStreamingObjective:
    """LAT020"""

    def job(self, fields: str) -> str:
        return (
            "stream clicks {\n  rate = 100/s\n  lag = 1s\n}\n"
            f"pipeline alerts {{\n  reads = clicks\n  {fields}\n}}\n"
        )

    @pytest.mark.parametrize(("within", "over"), [("8s", False), ("7.9s", True)])
    def test_the_sum(self, within: str, over: bool) -> None:
        text = self.job(f"watermark = 5s  slide = 2s  within = {within}")
        found = said(text, "LAT020")
        assert bool(found) is over
        for one in found:
            assert "1s source lag + 5s watermark + 2s slide" in one.message

    def test_what_is_not_stated(self) -> None:
        assert only(self.job("watermark = 5s  within = 9s"), "LAT020").missing == ("alerts.slide",)

    def test_what_is_stated_is_enough_to_fail(self) -> None:
        assert not only(self.job("watermark = 5s  within = 5s"), "LAT020").undecided

    def test_without_an_objective(self) -> None:
        assert codes(self.job("watermark = 5s  slide = 2s"), "LAT020") == []


class TestParts:
    """LAT002 of a part of the budget (`within`)"""

    @pytest.mark.parametrize(("part", "over"), [("12.1ms", False), ("11ms", True)])
    def test_a_part_is_held(self, part: str, over: bool) -> None:
        text = FRONT + SCORE + request(f"call front\ncall score  within {part}")
        found = said(text, "LAT002")
        assert bool(found) is over
        for one in found:
            assert one.message == (
                "the call of `score` takes 12ms at p99, over its 11ms part of the budget"
            )

    def test_with_all_that_it_calls(self) -> None:
        text = FRONT + SCORE + request("call front  within 12ms {\n  call score\n}")
        assert "the call of `front` takes 1" in only(text, "LAT002").message


CONTRADICTIONS = {
    "p99 below p50": (SCORE.replace("p99 = 12ms", "p99 = 2ms"), "TYP010", "2ms"),
    "a hit ratio of 120 %": (
        "cache c { }\n" + SCORE + request("cached by c hit 120% {\n  call score\n}"),
        "TYP003", "120%",
    ),
    "a negative rate": (SCORE + request("call score", rate="-5/s"), "TYP003", "-5/s"),
    "a request that calls itself": (SCORE + request("call score\ncall ask"), "REL013", "ask"),
    "more than it can do": (
        SCORE.replace("} }", "}\n  replicas = 1 }") + request("call score", rate="2000/s"),
        "CAP001", "1",
    ),
}  # fmt: skip
OTHER = """
endpoint slow { latency { p50 = 90ms  p99 = 300ms  at = 900/s } }
request other {
  rate = 5/s
  budget { p99 <= 200ms }
  call slow
}
"""


@pytest.mark.parametrize("name", CONTRADICTIONS)
def test_a_contradiction_is_one_error_and_hides_nothing(name: str) -> None:
    """Each is told at its place; what does not depend on it is still judged."""
    text, code, place = CONTRADICTIONS[name]
    found = [d for d in outcome(text + OTHER).diagnostics if d.severity is Severity.ERROR]

    assert sorted(d.code for d in found) == sorted([code, "LAT002"]), [shown(d) for d in found]
    (wrong,) = [d for d in found if d.code == code]
    assert at(wrong, text + OTHER) == place
    assert next(d for d in found if d.code == "LAT002").subject == "other"
