"""`mlsdc why`: the derivation of a number, with the lines of the design behind it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from mlsdc.cli.commands.why import inquiries
from mlsdc.cli.examine import Question, examine
from mlsdc.cli.terminal import Style
from mlsdc.cli.why.as_text import derivations
from mlsdc.cli.why.inquiry import ask
from tests.cli.conftest import SOUND, UNDECIDED, Ended

Design = Callable[..., str]
Mlsdc = Callable[..., Ended]
BATCH = """\
features profile {
  computed = job
  materialize { every = 1d  runtime = 90m  delay = 30m  load = 20m }
  spend: float64 = sum(amount) over 30d
}
pipeline job { every = 1d  runtime = 80m  reads = clicks }
stream clicks { rate = 5/s  event { amount: float64 } }
"""


def test_replicas(mlsdc: Mlsdc, design: Design) -> None:
    ended = mlsdc("why", "score.replicas", design(), "--env", "prod")
    assert (ended.code, ended.err) == (0, "")
    assert ended.out.splitlines() == [
        "score.replicas = 2  (environment prod)",
        "  replicas it runs",
        "    rank: 200/s",
        "        rank.rate = 200/s                 design.mlsd:9:10, parameter peak = 200/s "
        "(design.mlsd:2:20)",
        "    latency measured at 100/s",
        "        score.latency.at = 100/s          design.mlsd:5:41",
        "    ceil(200/s / 100/s) = 2",
        "  formula:  replicas = ceil(arrivals / arrivals that one replica carries), at least 2",
        "  source:   Little's law, N = rate x time",
        "  analysis: capacity",
    ]


def test_each_environment_has_its_own_derivation(mlsdc: Mlsdc, design: Design) -> None:
    out = mlsdc("why", "score.replicas", design()).out
    assert out.count("score.replicas = 2") == 2
    assert "(environment dev)" in out
    assert "parameter peak = 5/s (environment dev, design.mlsd:13:49)" in out


def test_environments_that_agree_are_told_once(mlsdc: Mlsdc, design: Design) -> None:
    out = mlsdc("why", "score.per_replica", design()).out
    assert out.splitlines()[0] == "score.per_replica = 100/s  (environment dev, prod)"
    assert out.count("score.per_replica = ") == 1


def test_a_quantile_tells_its_hops_and_three_tellings(mlsdc: Mlsdc, design: Design) -> None:
    out = mlsdc("why", "rank.p99", design(), "--env", "prod").out
    assert "score.latency { p50 = 8ms  p99 = 30ms  at = 100/s }  design.mlsd:5:3" in out
    assert "slow independently of each other: p99 30ms" in out
    assert "all slow together: p99 30ms" in out


def test_an_age_tells_its_stages(mlsdc: Mlsdc, design: Design) -> None:
    out = mlsdc("why", "profile.age", design(SOUND + BATCH), "--env", "prod").out
    assert out.startswith("profile.age = 26h20m")
    assert "profile.materialize.runtime = 90m  design.mlsd:17:39" in out
    assert "1d + 1h30m + 20m + 30m = 26h20m" in out
    job = BATCH.replace("  runtime = 90m  delay", "  delay")
    out = mlsdc("why", "profile.age", design(SOUND + job), "--env", "prod").out
    assert "job.runtime = 80m " in out


def test_what_is_unknown_says_what_to_state(mlsdc: Mlsdc, design: Design) -> None:
    name = design(UNDECIDED)
    ended = mlsdc("why", "rank.availability", name, "--env", "prod")
    assert ended.code == 0
    assert ended.out.startswith("rank.availability is unknown  (environment prod)\n")
    assert "needs score.availability: the share of time in which it answers" in ended.out
    assert "(endpoint score, design.mlsd:4:10)" in ended.out
    bound = mlsdc("why", "rank.p99", name, "--env", "prod").out
    assert bound.startswith("rank.p99 = at least 30ms")
    assert "  needs other.latency" in bound


def test_a_component_tells_all_its_numbers(mlsdc: Mlsdc, design: Design) -> None:
    out = mlsdc("why", "score", design(), "--env", "prod").out
    for name in ("arrivals", "replicas", "per_replica", "utilisation", "in_flight"):
        assert f"score.{name} = " in out


def test_a_stated_number_tells_where(mlsdc: Mlsdc, design: Design) -> None:
    out = mlsdc("why", "score.latency.p50", design(), "--env", "prod").out
    assert out.startswith("score.latency.p50 = 8ms")
    assert "design.mlsd:5:19" in out
    default = mlsdc("why", "score.cold_start", design())
    assert (default.code, default.out) == (2, "")  # nobody states it


def test_other_words_for_a_number(mlsdc: Mlsdc, design: Design) -> None:
    assert mlsdc("why", "score.rate", design(), "--env", "prod").out.startswith("score.arrivals = ")
    assert mlsdc("why", "rank.rate", design(), "--env", "prod").out.startswith("rank.rate = 200/s")


def test_the_list(mlsdc: Mlsdc, design: Design) -> None:
    ended = mlsdc("why", "--list", design())
    assert ended.code == 0
    first, *rest = [line.split() for line in ended.out.splitlines()]
    assert first == ["TARGET", "DEV", "PROD", "WHAT"]
    by_name = {row[0]: row[1:] for row in rest}
    assert by_name["score.arrivals"] == ["5/s", "200/s", "arrivals", "per", "second"]
    assert by_name["rank.p99"][:2] == ["30ms", "30ms"]
    one = mlsdc("why", "--list", design(), "--env", "dev").out.splitlines()[0]
    assert one.split() == ["TARGET", "DEV", "WHAT"]
    assert mlsdc("why", design(), "--env", "dev").out.splitlines()[0] == one


def test_json(mlsdc: Mlsdc, design: Design) -> None:
    ended = mlsdc("why", "score.replicas", design(), "--format", "json")
    document: Any = json.loads(ended.out)
    assert (document["schema_version"], document["target"]) == (1, "score.replicas")
    dev, prod = document["environments"]
    assert (dev["name"], prod["name"]) == ("dev", "prod")
    figure = prod["figures"][0]
    assert (figure["value"], figure["text"], figure["missing"]) == (2, "2", [])
    assert figure["declared"] == {"file": "design.mlsd", "line": 4, "column": 10}
    first = figure["steps"][0]
    assert first["text"] == "rank: 200/s"
    assert first["inputs"][0]["path"] == "rank.rate"
    assert first["inputs"][0]["origin"] == {
        "kind": "written", "file": "design.mlsd", "line": 9, "column": 10,
    }  # fmt: skip
    assert first["inputs"][0]["through"][0]["name"] == "peak"
    listed: Any = json.loads(mlsdc("why", "-l", design(), "--format", "json").out)
    names = [each["target"] for each in listed["environments"][0]["figures"]]
    assert "score.replicas" in names
    unknown: Any = json.loads(mlsdc("why", "rank.availability", design(), "--format", "json").out)
    told = unknown["environments"][0]["figures"][0]
    assert (told["value"], told["text"]) == (None, "unknown")
    assert told["missing"] == ["score.availability"]


@pytest.mark.parametrize(
    ("target", "says"),
    [
        ("score.replica", "score has no number 'replica'; did you mean score.replicas?"),
        ("score.colour", "score has no number 'colour'; it has: "),
        ("scor.replicas", "did you mean score.replicas?"),
        ("nothing", "mlsdc why --list DESIGN lists what can be asked"),
        ("nothing.at.all", "nothing is called 'nothing.at.all'"),
        ("deploy/x.yaml#spec.replicas", "mlsdc.manifest.json"),
        ("score..replicas", "score has no number '.replicas'"),
    ],
)
def test_unknown_targets(mlsdc: Mlsdc, design: Design, target: str, says: str) -> None:
    ended = mlsdc("why", target, design())
    assert (ended.code, ended.out) == (2, "")
    assert says in ended.err
    assert ended.err.count("\n") == 1


def test_the_usual_design_where_none_is_named(mlsdc: Mlsdc, design: Design, here: Path) -> None:
    missing = mlsdc("why", "score.replicas")
    assert missing.code == 2
    assert "which design? mlsdc why score.replicas design.mlsd" in missing.err
    assert mlsdc("why").code == 2
    design()
    assert mlsdc("why", "score.replicas").out.startswith("score.replicas = 2")
    assert mlsdc("why", "--list").out.startswith("TARGET")


def test_what_cannot_be_understood(mlsdc: Mlsdc, design: Design) -> None:
    broken = design(SOUND.replace("p50 = 8ms", "p50 = 8GiB"))
    ended = mlsdc("why", "score.replicas", broken)
    assert ended.code == 2
    assert "`score` cannot be understood; mlsdc check says why" in ended.err
    assert mlsdc("why", "score.replicas", "absent.mlsd").code == 2
    assert mlsdc("why", "score.replicas", design(""), "--env", "prod").code == 1
    ended = mlsdc("why", "score.replicas", design(), "--env", "prd")
    assert ended.code == 2
    assert "did you mean `prod`?" in ended.err


@pytest.mark.parametrize("name", ["fraud", "recommendation", "search_ranking"])
def test_every_number_of_the_examples_can_be_asked(name: str) -> None:
    path = Path(__file__).parents[2] / "examples" / name / "design.mlsd"
    question = Question([str(path)])
    found = inquiries(examine(question), question)
    assert len(found) > 1
    for target in dict.fromkeys(name for one in found for name in one.figures):
        text = derivations(ask(found, target), Style())
        assert text.startswith(f"{target} ")
        assert "  analysis: " in text
        assert "nan" not in text
