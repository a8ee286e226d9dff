"""Checks of money: budgets, quotas, traffic, accelerators that idle."""

from __future__ import annotations

import pytest

from mlsdc.diagnostics import Severity
from tests.compiler.checking import at, labelled, only, said

US = 'aws { region = "us-east-1" }'
SCORE = """
    endpoint score: container {
      image    = "registry.example.com/score:1.0.0"
      replicas = 2
      cpu      = 2
      memory   = 4GiB
    }
"""
EXACT = 3 * 0.2016 * 730 + 0.10 * 730 + 0.045 * 730 + 3 * 100 * 0.08


def budget(limit: str, platform: str = US, more: str = "") -> str:
    return (
        f"""
    system shop {{ tier = internal  budget {{ cost <= {limit} }} }}
    environment prod {{ platform = {platform} }}
    {more}
    """
        + SCORE
    )


def test_the_budget_is_met_exactly() -> None:
    """A cent above the bill is enough, a cent below is not."""
    assert said(budget(f"{EXACT + 0.01:.2f}USD/month"), "CAP011") == []
    assert said(budget(f"{EXACT - 0.01:.2f}USD/month"), "CAP011")


def test_over_budget_is_told_with_its_drivers() -> None:
    """The dearest first, each with its share, and a number to type."""
    text = budget("200USD/month")
    found = only(text, "CAP011")
    assert found.message == "a month costs 571 USD, 371 USD over its budget of 200 USD"
    assert at(found, text) == "cost <= 200USD/month"
    assert labelled(found, text) == ["score"]
    shared, score, whole = found.arithmetic
    assert shared.startswith("(shared): 424 USD/month, 74.2% (eks.control-plane, nat.gateway")
    assert score == "score: 147 USD/month, 25.8% (m7i.xlarge)"
    assert whole == "all of it: 571 USD/month"
    assert "cost <= 572USD/month" in found.help


def test_what_has_no_price_never_passes_and_never_fails_alone() -> None:
    """Undecided, with what is missing; over budget already, it is an error with "at least"."""
    raw = "lake raw: s3 { retention = 1d }"
    open_ = only(budget("2000USD/month", more=raw), "CAP011")
    assert open_.undecided
    assert open_.missing == ("raw.size",)
    assert open_.message == (
        "whether a month costs more than 2_000 USD is not known: at least 571 USD"
    )
    over = only(budget("200USD/month", more=raw), "CAP011")
    assert over.severity is Severity.ERROR
    assert over.message.startswith("a month costs at least 571 USD, 371 USD over")
    assert "not counted without raw.size: storage of raw" in over.arithmetic


def test_a_cluster_of_ones_own_has_no_known_price() -> None:
    """What a core costs there nobody lists."""
    found = only(budget("200USD/month", platform="kubernetes"), "CAP011")
    assert found.missing == ("a price of `core`", "a price of `memory`")


def test_spot_may_be_anywhere_below_the_list_price() -> None:
    """Between the two the check cannot tell."""
    spot = US + "  purchase = spot"
    least = EXACT - 0.9 * 3 * 0.2016 * 730
    assert said(budget(f"{EXACT + 1:.0f}USD/month", spot), "CAP011") == []
    assert only(budget("400USD/month", spot), "CAP011").missing == ("what `m7i.xlarge` costs",)
    assert not only(budget(f"{least - 1:.0f}USD/month", spot), "CAP011").undecided


def test_the_environments_own_budget_wins() -> None:
    """What production may cost is not what a trial may cost."""
    text = budget("1USD/month", US + "  budget { cost <= 600USD/month }")
    assert said(text, "CAP011") == []


def test_another_currency_needs_its_rate() -> None:
    """Rates change by the day and are in no list of mlsdc."""
    assert only(budget("200EUR/month"), "CAP011").missing == ("a price of `EUR` in USD",)


@pytest.mark.parametrize("limit", ["200USD", "3", "10s", "5/s"])
def test_a_budget_is_money_for_a_time(limit: str) -> None:
    """Anything else is refused where it stands."""
    assert said(budget(limit), "TYP002")


def test_a_design_without_a_budget_is_left_alone() -> None:
    """Nothing is priced, and nothing said."""
    assert said("system shop { tier = production }" + SCORE, "CAP011") == []


def test_a_component_called_budget_is_still_overlaid() -> None:
    """The environment's blocks take no name from anybody."""
    text = """
    endpoint budget: container { image = "registry.example.com/a/b:1.0.0"  replicas = 2 }
    environment prod { platform = kubernetes  budget { replicas = 3 } }
    """
    assert said(text, "SYN020", "SYN024", "TYP002") == []


def quota(granted: str, components: str) -> str:
    return f"""
    environment prod {{ platform = kubernetes  quota {{ {granted} }} }}
    {components}
    """


TWO = """
    endpoint score { gpus = 2 x l4  replicas = 3 }
    training nightly { gpus = 4 x L4  nodes = 2 }
"""


def test_accelerators_of_all_components_count_together() -> None:
    """3 x 2 and 2 x 4 are 14, whatever the case of their name."""
    assert said(quota("gpus = 14 x l4", TWO), "CAP014") == []
    text = quota("gpus = [4 x l4, 9 x l4]", TWO)
    found = only(text, "CAP014")
    assert found.message == "14 x l4 are asked for, 13 are granted"
    assert found.arithmetic == (
        "score: 3 replicas x 2 x l4 = 6",
        "nightly: 2 nodes x 4 x L4 = 8",
        "14 x l4 in all",
    )
    assert at(found, text) == "4 x L4"
    assert labelled(found, text) == ["[4 x l4, 9 x l4]", "2 x l4"]


def test_an_autoscaler_asks_for_its_maximum() -> None:
    """What it may start has to be granted."""
    scaled = "endpoint score { gpus = l4  replicas = 2  scaling { maximum = 9 } }"
    assert said(quota("gpus = 9 x l4", scaled), "CAP014") == []
    assert only(quota("gpus = 8 x l4", scaled), "CAP014").message.startswith("9 x l4 are asked for")


def test_a_model_without_a_quota_and_a_number_nobody_knows_are_undecided() -> None:
    """Neither is taken for none."""
    assert only(quota("gpus = 8 x h100", "endpoint a { gpus = l4  replicas = 2 }"),
                "CAP014").missing == ("a quota of l4",)  # fmt: skip
    called = "endpoint a { gpus = l4 }  request r {\n rate = 5/s\n call a\n }"
    assert only(quota("gpus = 8 x l4", called), "CAP014").missing == ("a.latency",)


def test_endpoints_are_counted() -> None:
    """Those that are there already are not deployed."""
    three = "endpoint a { }  endpoint b { }  endpoint c { }"
    assert said(quota("endpoints = 3", three), "CAP014") == []
    found = only(quota("endpoints = 2", three), "CAP014")
    assert (found.subject, found.arithmetic) == ("c", ("a, b, c",))
    assert found.message == "3 endpoints are deployed, 2 are granted"


def test_partitions_are_counted() -> None:
    """All streams together; one that states none leaves it open."""
    two = "stream a { partitions = 96 }  stream b { partitions = 5 }"
    assert said(quota("shards = 101", two), "CAP014") == []
    found = only(quota("shards = 100", two), "CAP014")
    assert found.arithmetic == ("a 96 + b 5 = 101",)
    more = two + "  stream c { }"
    assert only(quota("shards = 101", more), "CAP014").missing == ("c.partitions",)
    assert not only(quota("shards = 100", more), "CAP014").undecided


def test_a_gang_is_no_larger_than_its_pool() -> None:
    """All of its nodes start at once, or none."""
    assert said(quota("nodes = 4", "training t { nodes = 4 }"), "CAP014") == []
    found = only(quota("nodes = 4", "training t { nodes = 5 }"), "CAP014")
    assert found.message == "`t` starts 5 nodes at once, its node pool has 4 at the most"


def test_no_quota_no_word() -> None:
    """A design that states none is not asked for one."""
    assert said(TWO, "CAP014") == []


def crossing(call: str, platform: str = US, rate: str = "10/s") -> str:
    return f"""
    environment prod {{ platform = {platform} }}
    endpoint home {{ }}
    endpoint rank {{ latency {{ p50 = 5ms  p99 = 20ms  at = 500/s }} }}
    request page {{
      rate = {rate}
      call home {{ {call} }}
    }}
    """


def test_traffic_between_zones_is_paid_at_both_ends() -> None:
    """10/s x 100 KiB all month, 0.01 USD a GB at either end."""
    text = crossing("call rank  payload 60KiB  answer 40KiB  across zones")
    found = only(text, "CAP013")
    gigabytes = 10 * 100 * 1024 * 730 * 3600 / 2**30
    monthly = gigabytes * 0.01 * 2
    assert found.message == (
        f"the calls of `rank` move {gigabytes:.0f} GB a month between zones at peak: "
        f"{monthly:.0f} USD"
    )
    assert at(found, text) == "call rank  payload 60KiB  answer 40KiB  across zones"
    assert labelled(found, text) == ["10/s"]
    assert found.severity is Severity.WARNING


def test_traffic_between_regions_is_paid_once_and_costs_more() -> None:
    """0.02 USD a GB, for every attempt."""
    text = crossing("call rank  times 3  payload 60KiB  answer 40KiB  across regions")
    gigabytes = 30 * 100 * 1024 * 730 * 3600 / 2**30
    assert only(text, "CAP013").message.endswith(f"at peak: {gigabytes * 0.02:.0f} USD")


def test_a_trickle_is_not_told() -> None:
    """Just below and just above ten dollars a month."""
    each = 10 / (0.02 * 730 * 3600 / 2**30)  # bytes a second that cost ten dollars
    call = "call rank  payload 60KiB  answer 40KiB  across zones"
    below, above = (each / (100 * 1024) * f for f in (0.99, 1.01))
    assert said(crossing(call, rate=f"{below:.4f}/s"), "CAP013") == []
    assert said(crossing(call, rate=f"{above:.4f}/s"), "CAP013")


def test_traffic_of_unknown_size_or_price_is_undecided() -> None:
    """Neither is taken for nothing."""
    assert only(crossing("call rank  payload 1KiB  across zones"), "CAP013").missing == (
        "answer of `call rank`",
    )
    sized = "call rank  payload 60KiB  answer 40KiB  across zones"
    assert only(crossing(sized, 'gcp { region = "europe-west1" }'), "CAP013").missing == (
        "a price of `network.zones`",
    )
    assert said(crossing(sized, "kubernetes"), "CAP013") == []


def test_calls_that_stay_are_not_spoken_of() -> None:
    """Between nodes of a zone nothing is paid."""
    for reach in ("across nodes", ""):
        assert said(crossing(f"call rank  payload 9MiB  answer 9MiB  {reach}"), "CAP013") == []


def gpu(rate: str, more: str = "", hardware: str = "1 x l4") -> str:
    return f"""
    endpoint score {{
      gpus        = {hardware}
      concurrency = 4
      replicas    = 2
      latency     {{ p50 = 10ms  p99 = 10ms  at = 400/s }}
      {more}
    }}
    request ask {{
      rate = {rate}
      call score
    }}
    """


def test_a_gpu_is_idle_below_thirty_percent() -> None:
    """2 x 4 at a time, 10 ms each: 240/s keep 2.4 of 8 busy."""
    assert said(gpu("240/s"), "CAP012") == []
    text = gpu("239/s")
    found = only(text, "CAP012")
    assert found.message == "the GPUs of `score` are 29.9% busy at peak, under 30%"
    assert found.arithmetic == (
        "ask: 239/s",
        "239/s x 10 ms mean = 2.39 requests at work",
        "2 replicas x 4 at a time = 8",
        "2.39 / 8 = 29.9%",
    )
    assert at(found, text) == "1 x l4"
    assert not found.help.startswith("replicas")  # two are the fewest


def test_fewer_replicas_are_proposed_where_there_are_more_than_two() -> None:
    """As many as are 70 % busy."""
    text = gpu("2000/s").replace("replicas    = 2", "replicas    = 20")
    assert only(text, "CAP012").help.startswith("replicas = 8, or ")


def test_how_busy_a_gpu_is_may_be_unknown() -> None:
    """Not where nothing calls it, and not where there is none."""
    unmeasured = "endpoint a { gpus = l4 }"
    assert said(unmeasured, "CAP012") == []
    called = unmeasured + "  request r {\n rate = 5/s\n call a\n }"
    assert only(called, "CAP012").missing == ("a.latency",)
    assert said(gpu("1/s").replace("gpus        = 1 x l4", ""), "CAP012") == []


SERVED = """
    environment prod {{ platform = aws {{ region = "us-east-1" }} }}
    endpoint score: triton {{
      gpus     = {hardware}
      cpu      = 3
      memory   = 8GiB
      measured l4  p50 5ms  p99 9ms  at {gpu}/s
      measured cpu  p50 20ms  p99 {cpu}ms  at 100/s
    }}
    request ask {{ rate = 300/s  budget {{ p99 <= 50ms }}  call score }}
"""


def served(cpu: int = 40, gpu: int = 170, hardware: str = "l4") -> str:
    return SERVED.format(cpu=cpu, gpu=gpu, hardware=hardware)


def test_a_gpu_is_needless_where_the_cpu_meets_the_budget_for_less() -> None:
    """3 machines of 4 cores cost less than 2 with a GPU."""
    found = only(served(), "CAP012")
    assert found.message.startswith("`score` has 1 x l4, and the CPU meets every budget, and ")
    assert "USD a month are saved" in found.message
    gpus, cpus = found.arithmetic
    assert gpus.startswith("2 replicas on 1 x l4: ask p99 9ms <= 50ms; ")
    assert cpus.startswith("3 replicas on cpu: ask p99 40ms <= 50ms; ")


def test_a_gpu_is_needed_where_the_cpu_is_too_slow() -> None:
    """60 ms are over the budget of 50 ms."""
    assert said(served(cpu=60), "CAP012") == []


def test_auto_leaves_nothing_to_say() -> None:
    """What is cheaper has been chosen."""
    assert said(served(hardware="auto"), "CAP012") == []


def test_auto_without_measurements_is_undecided() -> None:
    """Never a guess."""
    text = "endpoint score { gpus = auto }"
    found = only(text, "CAP012")
    assert found.missing == ("score.measured",)
    assert at(found, text) == "auto"
    assert only(quota("gpus = 4 x l4", text), "CAP014").missing == ("score.measured",)


def test_a_design_may_assert_what_a_component_costs() -> None:
    """147.17 USD a month are the share of the two pods."""
    assert said(budget("1000USD/month") + "assert score.cost <= 148USD/month\n", "TYP011") == []
    broken = said(budget("1000USD/month") + "assert score.cost <= 147USD/month\n")
    assert [d.code for d in broken] == ["TYP011"]
