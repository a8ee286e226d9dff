"""`gpus = auto`: the cheapest hardware that was measured and meets the budgets, or nothing."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mlsdc.compiler.analyses.capacity import Capacity
from mlsdc.compiler.analyses.costs import Costs
from mlsdc.compiler.capacity.choices import Choice, Choices, Option, picked
from mlsdc.compiler.figures import Figure, Unknown
from mlsdc.compiler.model.serving import Endpoint
from mlsdc.diagnostics import Source
from mlsdc.pipeline import Compiled, check, emit
from mlsdc.stdlib.find import standard_catalog
from mlsdc.targets.kubernetes import KubernetesTarget
from tests.compiler.checking import compiled, said

US = 'aws { region = "us-east-1" }'
DESIGN = """
    system s {{ tier = internal }}
    environment prod {{ platform = {platform} }}
    model m {{ size = {size} }}
    endpoint score: triton {{
      model  = m
      gpus   = {gpus}
      cpu    = 3
      memory = 12GiB
      {measured}
    }}
    request ask {{ rate = 500/s  budget {{ p99 <= {limit} }}  call score }}
"""
THREE = """
      measured l4    p50 18ms  p99 40ms  at 60/s
      measured a10g  p50 12ms  p99 30ms  at 90/s
      measured h100  p50 4ms   p99 11ms  at 400/s
"""


def design(limit: str = "60ms", measured: str = THREE, **other: str) -> Compiled:
    fields = {"platform": US, "size": "3GiB", "gpus": "auto", **other}
    return compiled(DESIGN.format(limit=limit, measured=measured, **fields))


def chosen(made: Compiled, name: str = "score") -> Choice:
    return made.facts.get(Choices).of[name]


def endpoint(made: Compiled, name: str = "score") -> Endpoint:
    found = made.design.components[name]
    assert isinstance(found, Endpoint)
    return found


def test_a_fault_of_the_choice_is_a_finding_like_any_other(monkeypatch: pytest.MonkeyPatch) -> None:
    """The checks still run, on the design as it is written."""

    def broken(*_: object) -> None:
        raise ZeroDivisionError("no money")

    monkeypatch.setattr("mlsdc.pipeline.choose", broken)
    text = DESIGN.format(limit="60ms", measured=THREE, platform=US, size="3GiB", gpus="auto")
    found = said(text)

    assert [d.message for d in found if d.code == "INT001"] == [
        "the choice of accelerators failed: ZeroDivisionError: no money"
    ]
    assert any(d.code != "INT001" for d in found)


def test_the_cheapest_that_meets_the_budget() -> None:
    """All three do; six a10g cost less than nine l4 and than two h100."""
    made = design()
    choice = chosen(made)
    assert choice.chosen is not None
    assert choice.runner_up is not None
    assert (choice.chosen.hardware, choice.runner_up.hardware) == ("1 x a10g", "1 x l4")
    assert str(endpoint(made).gpus) == "1 x a10g"
    assert made.facts.get(Capacity).replicas("score") == 6
    first, second, third = choice.because
    assert first.startswith("6 replicas on 1 x a10g: ask p99 30ms <= 60ms; ")
    assert second.startswith("runner-up: 9 replicas on 1 x l4: ask p99 40ms <= 60ms; ")
    assert second.endswith(" USD more")
    assert third.startswith("2 replicas on 1 x h100: ")


@pytest.mark.parametrize("limit", ["60ms", "35ms", "20ms"])
def test_stating_it_by_hand_gives_no_cheaper_bill(limit: str) -> None:
    """An oracle: the same design with each accelerator written down, whole and by itself."""
    bills: dict[str, float] = {}
    for name, quantiles in (
        ("l4", "p50 = 18ms  p99 = 40ms  at = 60/s"),
        ("a10g", "p50 = 12ms  p99 = 30ms  at = 90/s"),
        ("h100", "p50 = 4ms   p99 = 11ms  at = 400/s"),
    ):
        made = design(limit, f"latency {{ {quantiles} }}", gpus=name)
        if not [d for d in made.diagnostics if d.code == "LAT002"]:
            bills[name] = made.facts.get(Costs).bill.most
    auto = design(limit)
    assert auto.facts.get(Costs).bill.most == pytest.approx(min(bills.values()))
    gpus = endpoint(auto).gpus
    assert gpus is not None
    assert bills[gpus.model] == min(bills.values())


def test_a_tighter_budget_leaves_out_what_is_too_slow() -> None:
    """Each limit, and what is left."""
    assert str(endpoint(design("35ms")).gpus) == "1 x a10g"
    made = design("20ms")
    assert str(endpoint(made).gpus) == "1 x h100"
    assert "ask p99 30ms over 20ms" in " ".join(chosen(made).because)


def test_where_nothing_is_fast_enough_the_fastest_shows_it() -> None:
    """The budget's own check says what is missed."""
    made = design("5ms")
    assert str(endpoint(made).gpus) == "1 x h100"
    assert [d.code for d in made.diagnostics if d.code == "LAT002"]


def test_what_does_not_hold_the_model_is_no_choice() -> None:
    """40 GiB are more than an l4 or an a10g has."""
    made = design(size="40GiB")
    assert str(endpoint(made).gpus) == "1 x h100"
    assert "40GiB of m do not fit on each l4" in " ".join(chosen(made).because)


def test_the_cpu_is_a_choice_like_any_other() -> None:
    """Where it is cheapest, no accelerator is left."""
    made = design(measured=THREE + "      measured cpu  p50 20ms  p99 50ms  at 80/s\n")
    assert endpoint(made).gpus is None
    assert str(made.facts.get(Capacity).replicas("score")) == "7"


def test_nothing_measured_nothing_chosen() -> None:
    """Never a guess, and nothing is written for it."""
    made = design(measured="")
    choice = chosen(made)
    assert choice.chosen is None
    assert choice.figure == Unknown(("score.measured",))
    assert str(endpoint(made).gpus) == "auto"


def test_several_without_a_price_are_not_ranked() -> None:
    """In a cluster of one's own nobody knows what an accelerator costs."""
    choice = chosen(design(platform="kubernetes"))
    assert choice.chosen is None
    assert "a price of `l4`" in choice.missing
    assert endpoint(design(platform="kubernetes")).latency is None


def test_one_that_works_needs_no_price() -> None:
    """There is nothing to compare it with."""
    made = design("20ms", platform="kubernetes")
    assert str(endpoint(made).gpus) == "1 x h100"


def test_what_is_not_chosen_is_not_written() -> None:
    """No manifest asks for a GPU of the model `auto`."""
    text = DESIGN.format(platform="kubernetes", size="1GiB", gpus="auto", limit="1s", measured="")
    outcome = check([Source("design.mlsd", text)], standard_catalog())
    files, told = emit(outcome, [KubernetesTarget()])
    assert not files
    assert [d.code for d in told] == ["EMT001"]
    assert "its accelerator is not chosen, which needs score.measured" in told[0].message


def test_a_stated_accelerator_takes_its_own_measurement() -> None:
    """An environment may change the one line."""
    made = design(gpus="l4")
    latency = endpoint(made).latency
    assert latency is not None
    assert latency.on == "l4"
    assert made.facts.get(Capacity).replicas("score") == 9
    assert "score" not in made.facts.get(Choices).of  # nothing was to be chosen


def test_two_open_endpoints_are_both_settled() -> None:
    """One after the other, each as the cheapest for the same budget."""
    second = """
    endpoint rank: triton {{
      gpus = auto
      measured l4    p50 10ms  p99 20ms  at 500/s
      measured h100  p50 2ms   p99 5ms   at 900/s
    }}
    request both {{ rate = 10/s  budget {{ p99 <= 70ms }}  call score  }}
    """
    text = (DESIGN + second).replace("call score  }}", "call score\n    call rank }}")
    made = compiled(text.format(platform=US, size="3GiB", gpus="auto", limit="60ms",
                                measured=THREE))  # fmt: skip
    assert str(endpoint(made).gpus) == "1 x a10g"
    assert str(endpoint(made, "rank").gpus) == "1 x l4"


@pytest.mark.parametrize(
    "line",
    [
        "gpus = 2 x auto", "measured", "measured l4 p99 x", "measured l4 foo 3", "measured 3",
        "measured l4  p99 3", "measured l4 { p99 = 3ms  p99 = 4ms }", "measured = l4",
    ],
)  # fmt: skip
def test_nonsense_is_told_and_never_breaks(line: str) -> None:
    """Some finding of the language, and no fault."""
    found = said(f"endpoint score {{\n {line}\n}}")
    assert [d for d in found if d.code[:3] in ("SYN", "TYP")]
    assert not [d for d in found if d.code[:3] == "INT"]


costs = st.one_of(st.none(), st.integers(1, 9))
options = st.lists(st.tuples(costs, st.booleans()), max_size=6)


def option(at: int, cost: int | None, works: bool) -> Option:
    known: Any = Unknown((f"a price of {at}",)) if cost is None else Figure(cost)
    made = Option(f"chip{at}", 1, Figure(2), cost=known)
    return made if works else replace(made, failed=("too slow",))


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(options)
def test_no_working_option_is_cheaper_than_the_chosen(drawn: list[tuple[int | None, bool]]) -> None:
    """And the runner-up is the cheapest of the rest; unknown is never cheap."""
    given_ = [option(at, *one) for at, one in enumerate(drawn)]
    choice = picked("x", True, given_)
    working = [one for one in given_ if one.works]
    prices = sorted(one.cost.value for one in working if isinstance(one.cost, Figure))
    if not given_ or (not prices and len(working) > 1):
        assert choice.chosen is None
        assert choice.missing
        return
    assert choice.chosen is not None
    if not working:
        assert choice.chosen is given_[0]
        return
    assert choice.chosen.works
    if prices:
        assert isinstance(choice.chosen.cost, Figure)
        assert choice.chosen.cost.value == prices[0]
    if len(prices) > 1:
        assert choice.runner_up is not None
        assert isinstance(choice.runner_up.cost, Figure)
        assert choice.runner_up.cost.value == prices[1]
    assert (choice.runner_up is None) == (len(working) < 2)
    assert len(choice.because) == len(given_)
