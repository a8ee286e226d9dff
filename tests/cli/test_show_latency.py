"""`mlsdc show REQUEST`: the three tellings, the ledger, the holes of the budget, the failures."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

from mlsdc.dsl.parse import parse
from tests.cli.conftest import SOUND, Ended

Design = Callable[..., str]
Mlsdc = Callable[..., Ended]
CHAIN = """\
endpoint front {
  latency { p50 = 2ms  p99 = 8ms  at = 900/s }
  concurrency = 4
}
endpoint score {
  latency { p50 = 4ms  p99 = 12ms  at = 100/s }
  concurrency = 2
}
endpoint rules { latency { p50 = 1ms  p99 = 2ms  at = 900/s } }
request rank {
  rate   = 190/s
  budget { p99 <= 50ms }
  call front
  call score  timeout 30ms  fallback rules
}
"""


def told(ended: Ended) -> list[str]:
    """The lines behind the block, without the sign of a comment."""
    assert (ended.code, ended.err) == (0, "")
    return [line[2:] for line in ended.out.splitlines() if line.startswith("# ")]


def test_the_whole_stays_a_design(mlsdc: Mlsdc, design: Design) -> None:
    tree, said = parse(mlsdc("show", "rank", design(CHAIN)).out, "shown.mlsd")
    assert said == []
    assert len(tree.statements) == 1


def test_three_tellings(mlsdc: Mlsdc, design: Design) -> None:
    lines = told(mlsdc("show", "rank", design(CHAIN)))

    assert lines[0].startswith("p99 15.")
    assert lines[0].endswith("of 50ms, hops slow independently")
    assert "20ms if all are slow together (dependence moves it by up to +2" in lines[1]
    assert lines[2].endswith("certain, whatever depends on whatever")


def test_the_ledger_tells_worth_and_room(mlsdc: Mlsdc, design: Design) -> None:
    lines = told(mlsdc("show", "rank", design(CHAIN)))
    first = lines.index(next(line for line in lines if line.startswith("hop")))
    rows = {line.split()[0]: line.split() for line in lines[first : first + 3]}

    assert rows["hop"] == ["hop", "p50", "p99", "share", "known", "off", "it", "buys", "may",
                           "take"]  # fmt: skip
    assert rows["score"][1:6] == ["4ms", "12ms", "60%", "measured", "2ms"]
    assert rows["score"][-2:] == ["any", "time"]  # given up after 30 ms
    assert rows["front"][-1].endswith("ms")


def test_failures_are_told(mlsdc: Mlsdc, design: Design) -> None:
    lines = told(mlsdc("show", "rank", design(CHAIN)))
    failures = {line.partition("  ")[0] for line in lines}

    assert {"one zone lost", "twice the traffic", "rollout", "score times out"} <= failures
    (late,) = [line for line in lines if line.startswith("score times out")]
    assert "holds" in late
    assert late.endswith("score: does not answer")


def test_a_budget_with_holes(mlsdc: Mlsdc, design: Design) -> None:
    text = CHAIN.replace("  latency { p50 = 2ms  p99 = 8ms  at = 900/s }\n", "")
    lines = told(mlsdc("show", "rank", design(text)))

    assert "    needs front.latency" in lines
    (filled,) = [line for line in lines if line.startswith("  front: within ")]
    assert filled.endswith("(filled in)")


def test_a_budget_that_is_used_up(mlsdc: Mlsdc, design: Design) -> None:
    text = CHAIN.replace("  latency { p50 = 2ms  p99 = 8ms  at = 900/s }\n", "")
    lines = told(mlsdc("show", "rank", design(text.replace("50ms", "10ms"))))
    assert "nothing of 10ms is left for front" in lines


def test_the_same_as_data(mlsdc: Mlsdc, design: Design) -> None:
    ended = mlsdc("show", "rank", design(CHAIN), "--format", "json")
    latency = json.loads(ended.out)["component"]["latency"]

    assert latency["measure"] == "p99"
    assert latency["limit"] == 0.05
    assert latency["independent"] < latency["correlated"] < latency["certain"]
    assert [hop["component"] for hop in latency["hops"]] == ["front", "score"]
    assert latency["hops"][1]["room"] is None
    assert {one["failure"]: one["budget"] for one in latency["failures"]} == {
        "zone_lost": "holds", "double_traffic": "holds", "rollout": "holds",
        "dependency_timeout": "holds",
    }  # fmt: skip


def test_a_request_that_calls_nothing(mlsdc: Mlsdc, design: Design) -> None:
    name = design("request rank { rate = 5/s }\n")
    assert told(mlsdc("show", "rank", name)) == []
    ended = mlsdc("show", "rank", name, "--format", "json")
    assert "latency" not in json.loads(ended.out)["component"]


def test_other_components_are_as_they_were(mlsdc: Mlsdc, design: Design) -> None:
    assert told(mlsdc("show", "score", design(SOUND), "--env", "prod")) == []


def test_a_profile_is_read_from_the_folder_of_the_design(
    mlsdc: Mlsdc, design: Design, here: Path
) -> None:
    name = design(CHAIN.replace("p50 = 4ms  p99 = 12ms  at = 100/s", 'profile = "lat/score.json"'))
    (here / "lat").mkdir()
    histogram = {"unit": "ms", "edges": [0, 5, 10, 20], "counts": [80, 15, 5], "at": 120}
    (here / "lat" / "score.json").write_text(json.dumps(histogram))
    ended = mlsdc("show", "rank", name, "--format", "json")
    hop = json.loads(ended.out)["component"]["latency"]["hops"][1]

    assert hop["source"] == "histogram in lat/score.json"
    assert mlsdc("check", name).code == 0


def test_a_profile_outside_the_project_is_not_read(mlsdc: Mlsdc, design: Design) -> None:
    name = design(CHAIN.replace("p50 = 4ms  p99 = 12ms  at = 100/s", 'profile = "/etc/passwd"'))
    ended = mlsdc("check", name)

    assert ended.code == 1
    assert "error[TYP040] score: `/etc/passwd` is not a path below the project" in ended.out
