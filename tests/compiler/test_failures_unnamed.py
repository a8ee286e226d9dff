"""Failures that a design does not name: which are told, and that none is passed over unseen."""

from __future__ import annotations

from pathlib import Path

import pytest

from mlsdc.compiler.analyses.latency import Latencies
from mlsdc.compiler.analyses.modes import Modes
from mlsdc.compiler.analyses.paths import Paths
from mlsdc.compiler.analyses.workload import Flowing, Workload
from mlsdc.compiler.latency.circumstances import FAILURES, silent
from mlsdc.compiler.latency.failing import Failing
from mlsdc.compiler.latency.longest import longest
from mlsdc.compiler.latency.path import attempts
from mlsdc.compiler.latency.reach import Reach
from mlsdc.compiler.latency.settle import Loop
from mlsdc.compiler.model.request import Request
from mlsdc.diagnostics import Severity
from mlsdc.pipeline import Compiled
from tests.compiler.checking import compiled, only, said, shown
from tests.compiler.request_graphs import Cached, Call, Graphs, design, every
from tests.compiler.test_modes import MEASURED, served

QUEUED = "at = 1000000/s }\n  replicas = 1"
"""What every hop of a random graph states; with workers instead, its load makes it slower."""
LEVELS = (0.5, 0.9, 0.99, 0.999)


def graph(seed: int) -> str:
    """A random graph, some of whose components wait for a worker."""
    graphs = Graphs(seed, again=0.2)
    steps = graphs.steps()
    cached = {step.by for step in every(steps) if isinstance(step, Cached)}
    if any(step.hop in cached for step in every(steps) if isinstance(step, Call) and step.body):
        return graph(seed + 1000)  # a cache calls nobody
    text = design(graphs.hops, steps, rate="300/s")
    parts = text.split(QUEUED)
    joints = ["}\n  concurrency = 20\n  replicas = 3" if (seed + at) % 3 == 0 else QUEUED
              for at in range(len(parts) - 1)]  # fmt: skip
    return "".join(a + b for a, b in zip(parts, [*joints, ""], strict=True))


def asked(one: Compiled) -> str:
    return next(request.name for request in one.design.of(Request))


class TestToldInEveryRun:
    """LAT022"""

    TEXT = MEASURED.format(workers="concurrency = 1", more="")

    def test_one_note_tells_each_failure_with_its_figure(self) -> None:
        found = only(self.TEXT, "LAT022")

        assert found.severity is Severity.NOTE
        assert found.message.startswith(
            "`ask` breaks p99 <= 25ms in 3 failures that it does not name: one zone lost "
        )
        assert len(found.arithmetic) == 3
        assert any("a with 1 replica: p99 10ms -> " in line for line in found.arithmetic)
        assert found.help.startswith("withstands = [zone_lost, double_traffic, rollout]; ")

    def test_a_failure_that_is_named_is_told_once(self) -> None:
        named = MEASURED.format(workers="concurrency = 1", more="withstands = [zone_lost]")
        found = said(named, "LAT021", "LAT022")

        assert [d.code for d in found] == ["LAT022", "LAT021"]
        assert "one zone lost" not in found[0].message
        every = self.TEXT.replace(
            "budget", "withstands = [zone_lost, double_traffic, rollout]\n  budget"
        )
        assert said(every, "LAT022") == []

    def test_room_is_silence(self) -> None:
        assert said(self.TEXT.replace("replicas = 2", "replicas = 6"), "LAT022") == []

    def test_it_can_be_accepted(self) -> None:
        reason = '# mlsdc: allow(failure-not-withstood) because "a demo"\n'
        text = self.TEXT.replace("request ask", f"{reason}request ask")
        assert said(text, "LAT022", "SUP001", "SUP003") == []

    @pytest.mark.parametrize(
        "changed",
        [
            ("p99 <= 25ms", "p99 <= 5ms"),  # over budget as it is: LAT002
            ("rate = 100/s", "rate = 1000/s"),  # overloaded as it is: CAP001
            ("  budget { p99 <= 25ms }\n", ""),
            ("p99 <= 25ms", "availability >= 90%"),
        ],
    )
    def test_what_breaks_without_a_failure_is_no_failure(self, changed: tuple[str, str]) -> None:
        assert said(self.TEXT.replace(*changed), "LAT022") == []

    def test_a_cold_start_is_told_by_its_own_check(self) -> None:
        cold = served(more="cold_start = 2m").replace("timeout 60ms   fallback rules", "")
        assert all("cold start" not in d.message for d in said(cold, "LAT022"))

    def test_a_slow_miss_is_told_by_its_own_check(self) -> None:
        """Behind the cache it is too slow at any load (LAT015), or only at the load of all."""
        slow = served(replicas="60", hit="99.9%").replace("p99 <= 200ms", "p99 <= 15ms")
        late = "\n".join(d.message for d in said(slow, "LAT022"))
        few = served(replicas="1", hit="95%", rate="500/s").replace(
            "timeout 60ms   fallback rules", ""
        )

        assert [d.code for d in said(slow, "LAT015")] == ["LAT015"]
        assert "caches cold" not in late
        assert said(few, "LAT015") == []
        assert "caches cold no answer" in only(few, "LAT022").message

    def test_dependencies_that_time_out(self) -> None:
        text = served().replace("p99 <= 200ms", "p99 <= 55ms")
        assert "score times out 64" in only(text, "LAT022").message


class TestNothingIsPassedOver:
    @pytest.mark.parametrize("seed", range(40))
    def test_what_is_not_composed_holds(self, seed: int) -> None:
        """Against every failure composed exactly, with a limit just above what is usual."""
        one = compiled(graph(seed))
        name, modes = asked(one), one.facts.get(Modes)
        usual = one.facts.get(Latencies).requests.get(name)
        for level in LEVELS if usual is not None else ():
            assert usual is not None
            limit = usual.independent(level) * 1.02 + 1e-6
            suspects = modes.suspects(name, level, limit, frozenset())
            given = {(mode.change.failure, mode.change.silent) for mode in suspects}
            for mode in modes.of(name):
                reached = mode.reached(level)
                if reached is None or reached > limit * 1.001:
                    told = (mode.change.failure, mode.change.silent)
                    assert told in given, (seed, level, mode.told)

    @pytest.mark.parametrize("seed", range(40))
    def test_what_is_not_reached_answers_as_ever(self, seed: int) -> None:
        one = compiled(graph(seed))
        name, modes = asked(one), one.facts.get(Modes)
        usual = one.facts.get(Latencies).requests.get(name)
        reach = reach_of(one)
        for failure in FAILURES if usual is not None else ():
            for mode in modes.during(name, failure):
                names = reach.of(mode.change).names
                assert usual is not None
                for leaf, time in usual.times.items():
                    if leaf.answering not in names:
                        assert mode.latency.times[leaf] is time, (seed, mode.told, leaf.answering)

    @pytest.mark.parametrize("seed", range(40))
    @pytest.mark.parametrize("level", LEVELS)
    def test_no_quantile_is_longer_than_the_longest(self, seed: int, level: float) -> None:
        one = compiled(graph(seed))
        usual = one.facts.get(Latencies).requests.get(asked(one))
        if usual is None:
            return
        bound = longest(usual.path, lambda leaf, each: usual.times[leaf].quantile(each), level)
        assert usual.independent(level) <= bound * 1.002


def reach_of(one: Compiled) -> Reach:
    """How far failures reach in a design."""
    modes = one.facts.get(Modes)
    return Reach(
        one.design, one.graph, modes.paths, modes.workload, modes.capacity, modes.responses
    )


CROWD = """
endpoint rules {{
  latency {{ p50 = 1ms  p99 = 2ms }}
  concurrency = 2
  replicas = 4
}}
{cells}
"""
CELL = """
endpoint score_{n} {{
  latency {{ p50 = 8ms  p99 = 20ms }}
  concurrency = 2
  replicas = 6
}}
request ask_{n} {{
  rate = {rate}/s
  budget {{ p99 <= 200ms }}
  cached by answers_{n} hit 50% {{
    call score_{n}  timeout 30ms  retry {n}  fallback rules
  }}
  call score_{other}  timeout 60ms  retry 1
}}
cache answers_{n} {{ latency {{ p50 = 0.3ms  p99 = 1ms  at = 9000/s }} }}
"""


def test_only_what_is_near_flows_anew_and_settles_the_same() -> None:
    """Arrivals while a dependency is silent, against all rates settled anew."""
    cells = "".join(CELL.format(n=n, rate=200 + 30 * n, other=(n + 1) % 4) for n in range(4))
    one = compiled(CROWD.format(cells=cells))
    modes, reach = one.facts.get(Modes), reach_of(one)
    for name in ("score_0", "score_2", "rules"):
        failing = Failing(
            one.design, one.graph, modes.paths, modes.workload, modes.capacity, reach, silent(name)
        )
        flowing = Flowing(one.design, one.graph, one.facts.get(Paths))
        calls = list(reach.calls)
        loop = Loop(one.design, calls, flowing.arrivals, failing._answer)  # pyright: ignore[reportPrivateUsage]
        whole = flowing.arrivals(loop.settle({}).outcomes)

        assert failing.arrivals.keys() == whole.keys()
        for component, arriving in whole.items():
            near = failing.arrivals[component]
            assert near.value == pytest.approx(arriving.value, rel=1e-6), (name, component)  # type: ignore[union-attr]
    assert one.facts.get(Workload).arrivals.keys() == whole.keys()


EXAMPLES = sorted((Path(__file__).parents[2] / "examples").glob("*/design.mlsd"))


@pytest.mark.parametrize("path", EXAMPLES, ids=[path.parent.name for path in EXAMPLES])
def test_the_examples_withstand_what_they_do_not_name(path: Path) -> None:
    assert [shown(d) for d in said(path.read_text(), "LAT022")] == []


class TestOneWalk:
    """All that walks over a path meets fallbacks alike, and nothing that nobody waits for."""

    STORES = (
        "online_store fast { }\nfeature_store store { online = fast }\n"
        "entity item { key id: string }\n"
        + "".join(
            f"features {name} {{\n  entity = item\n  store = store\n  n: int64  default 0\n}}\n"
            for name in ("one", "two", "three")
        )
        + "cache answers { latency { p50 = 0.3ms  p99 = 1ms  at = 9000/s } }\n"
        "endpoint score {\n  latency { p50 = 4ms  p99 = 90ms  at = 900/s }\n}\n"
        "endpoint late {\n  latency { p50 = 4ms  p99 = 90ms  at = 900/s }\n}\n"
        "request aside {\n  rate = 1/s\n  call one\n  call two\n  call three\n"
        "  cached by answers hit 99% { call late }\n}\n"
    )

    @pytest.mark.parametrize(
        ("call", "met"),
        [
            ("call score  timeout 20ms  fallback aside", True),
            ("call score  fallback aside", False),  # nothing makes it fall back
            ("call score  asynchronous { call aside }", False),
            ("call aside", True),
        ],
    )
    def test_fallbacks(self, call: str, met: bool) -> None:
        text = (
            self.STORES + f"request ask {{\n  rate = 5/s\n  budget {{ p99 <= 1s }}\n  {call}\n}}\n"
        )
        one = compiled(text)
        path = one.facts.get(Paths).of["ask"]
        during = one.facts.get(Modes).during("ask", "cache_cold")

        assert bool(during) is met
        assert ("late" in {leaf.call.target for leaf in attempts(path, waited=True)}) is met
        assert len(said(text, "LAT013")) == 1  # of `aside` itself, or of its place in `ask`

    def test_a_cache_behind_a_fallback_hides_a_slow_miss(self) -> None:
        text = self.STORES + (
            "request ask {\n  rate = 5/s\n  budget { p99 <= 30ms }\n"
            "  call score  timeout 20ms  fallback aside\n}\n"
        )
        assert [d.subject for d in said(text, "LAT015")] == ["ask"]
