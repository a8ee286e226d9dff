"""The bill of a month: amounts are those that are deployed, and nothing unknown counts as zero."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mlsdc.compiler.analyses.costs import Bill, Costs, Item, billed
from mlsdc.compiler.capacity.prices import HOURS, Price, Prices, listed
from mlsdc.compiler.capacity.provisions import Need, Unsized
from mlsdc.compiler.figures import Figure, Unknown
from mlsdc.compiler.named_figures import named_figures
from mlsdc.diagnostics import Source
from mlsdc.pipeline import check
from mlsdc.stdlib.find import standard_catalog
from mlsdc.stdlib.prices import standard_prices
from mlsdc.targets.base import Plan
from mlsdc.targets.pulumi.nodes import pools
from mlsdc.units import MONTH
from tests.compiler.checking import compiled

SMALL = """
    system shop {{ tier = {tier} }}
    environment prod {{ platform = {platform} }}
    endpoint score: container {{
      image    = "registry.example.com/score:1.0.0"
      replicas = 2
      cpu      = 2
      memory   = 4GiB
    }}
"""
US = 'aws { region = "us-east-1" }'


def bill(text: str = SMALL, tier: str = "internal", platform: str = US) -> Bill:
    return compiled(text.format(tier=tier, platform=platform)).facts.get(Costs).bill


def row(made: Bill, name: str) -> list[Item]:
    return [item for item in made.items if item.need.row == name]


def test_a_small_design_by_hand() -> None:
    """3 machines of 8 cores would do for 2 x 2 cores; 3 zones want 3 machines of 4."""
    made = bill()
    nodes = row(made, "m7i.xlarge")
    assert sum(item.need.most for item in nodes) == pytest.approx(3)
    assert sum(item.most for item in nodes) == pytest.approx(3 * 0.2016 * 730)
    (own,) = [item for item in nodes if item.need.component == "score"]
    assert own.need.most == pytest.approx(2 * 2 / 4)  # by its cores, the scarcer of the two
    by_hand = 3 * 0.2016 * 730 + 0.10 * 730 + 0.045 * 730 + 3 * 100 * 0.08
    assert (made.least, made.most) == pytest.approx((by_hand, by_hand))
    assert made.unpriced == ()
    assert isinstance(made.total, Figure)
    assert made.total.value * MONTH == pytest.approx(by_hand)


def test_every_line_cites_its_row_and_date() -> None:
    """A number can be asked why."""
    for item in bill().items:
        assert any(item.price.date in line and item.need.row in line for line in item.because)
        assert item.because[-1].endswith("USD/month")


def test_production_has_a_way_out_in_each_zone() -> None:
    """As the network that is emitted for it."""
    (internal,), (production,) = (row(bill(tier=t), "nat.gateway")
                                  for t in ("internal", "production"))  # fmt: skip
    assert (internal.need.most, production.need.most) == (1, 3)


def test_spot_is_a_range_below_the_list_price() -> None:
    """What spot costs is not listed: at least a tenth, at most all."""
    spot = bill(SMALL.replace("}} }}\n", "}}  }}\n").replace("{platform} }}", "{platform}\n"
                "      purchase = spot }}"))  # fmt: skip
    listed_at = bill()
    assert spot.most == pytest.approx(listed_at.most)
    nodes = sum(item.most for item in row(listed_at, "m7i.xlarge"))
    assert listed_at.least - spot.least == pytest.approx(0.9 * nodes)
    assert isinstance(spot.total, Unknown)


def test_another_region_has_no_price() -> None:
    """A price of one region is none of another."""
    made = bill(platform='aws { region = "ap-south-1" }')
    assert made.items == ()
    assert "a price of `m7i.xlarge` in ap-south-1" in made.missing
    assert isinstance(made.total, Unknown)


def test_ones_own_cluster_has_no_prices() -> None:
    """Cores and memory are what a list of one's own would price."""
    made = bill(platform="kubernetes")
    assert made.items == ()
    assert made.missing == ("a price of `core`", "a price of `memory`")


def test_ones_own_cluster_with_prices_of_ones_own() -> None:
    """Cores by the hour, memory by the GiB and hour."""
    one = compiled(SMALL.format(tier="internal", platform="kubernetes"))
    costs = one.facts.get(Costs)
    needs, unsized = costs.provisions.find()
    own = listed([Price("core", "*", 0.02, "USD/h", "us", "2026-01-01"),
                  Price("memory", "*", 0.003, "USD/h", "us", "2026-01-01")])  # fmt: skip
    made = billed(needs, unsized, own, None)
    assert made.most == pytest.approx((2 * 2 * 0.02 + 2 * 4 * 0.003) * 730)


def test_what_has_no_system_or_no_size_is_named() -> None:
    """An early design is priced as far as it goes."""
    text = SMALL + "    cache answers {{ memory = 1GiB }}\n    lake raw: s3 {{ retention = 1d }}\n"
    made = bill(text)
    assert [u.component for u in made.unpriced] == ["answers", "raw"]
    assert "raw.size" in made.missing
    assert made.least == pytest.approx(bill().least)


def test_what_is_there_already_costs_nothing_here() -> None:
    """Somebody else pays for it."""
    text = SMALL + '    index raw {{ existing {{ host = "raw.svc"  port = 6333 }} }}\n'
    assert not bill(text).of("raw").items
    assert not bill(text).of("raw").unpriced


def test_managed_services_by_hand() -> None:
    """Brokers with their disks, shards with their copies, a lake by its size."""
    text = (
        SMALL
        + """
    stream events: kafka {{ rate = 1000/s  event_size = 1KiB  retention = 1d }}
    online_store fast: redis {{ nodes = 3  memory = 10GiB }}
    lake raw: s3 {{ size = 2TiB }}
    """
    )
    made = bill(text)
    brokers, disks = made.of("events").items
    assert (brokers.need.row, brokers.need.most) == ("kafka.m7g.large", 3)
    stored = 1000 * 1024 * 86400 * 3 / 3 * 1.5 / 2**30
    assert disks.need.most == 3 * -(-stored // 1)
    (nodes,) = made.of("fast").items
    assert (nodes.need.row, nodes.need.most) == ("cache.r7g.large", 6)
    (held,) = made.of("raw").items
    assert held.most == pytest.approx(2048 * 0.023)


@pytest.mark.parametrize("example", ["fraud", "recommendation", "search_ranking"])
def test_machines_are_those_of_the_program(example: str) -> None:
    """Shares of components and headroom add up to the node groups that are emitted."""
    path = Path(__file__).parents[2] / "examples" / example / "design.mlsd"
    source = Source("design.mlsd", path.read_text())
    (one,) = check([source], standard_catalog(), environment="prod").compiled
    made = one.facts.get(Costs).bill
    plan = Plan(one.environment, one.design, one.graph, one.facts, {})
    for pool in pools(plan)[0]:
        held = sum(item.need.most for item in row(made, pool.machine.name))
        assert held == pytest.approx(pool.nodes)


def test_traffic_is_billed_up_to_the_peak() -> None:
    """Nobody says how much less flows at night."""
    text = (
        SMALL
        + """
    request page {{
      rate = 10/s
      call score {{ call rank  payload 60KiB  answer 40KiB  across zones }}
    }}
    endpoint rank: container {{ image = "registry.example.com/rank:1.0.0"  replicas = 2 }}
    """
    )
    (item,) = row(bill(text), "network.zones")
    assert (item.need.component, item.least) == ("rank", 0)
    assert item.most == pytest.approx(10 * 100 * 1024 * 730 * 3600 / 2**30 * 2 * 0.01)


amounts = st.floats(0, 1e6, allow_nan=False)


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(st.lists(st.tuples(amounts, amounts, st.sampled_from(["a", "b", "c"])), max_size=8))
def test_a_bill_is_the_sum_of_its_lines(drawn: list[tuple[float, float, str]]) -> None:
    """Least and most, over all components; what has no price adds to neither."""
    prices = listed([Price("a", "*", 2.0, "USD/h", "s", "d"), Price("b", "*", 3.0, "USD/GB", "s",
                    "d")])  # fmt: skip
    needs = [Need(f"x{at % 3}", "what", name, min(low, high), max(low, high))
             for at, (low, high, name) in enumerate(drawn)]  # fmt: skip
    made = billed(needs, [], prices, "here")
    each = {"a": 2.0 * HOURS, "b": 3.0}
    assert made.least == pytest.approx(sum(n.least * each[n.row] for n in needs if n.row in each))
    assert made.most == pytest.approx(sum(n.most * each[n.row] for n in needs if n.row in each))
    assert len(made.unpriced) == sum(n.row == "c" for n in needs)
    assert made.least <= made.most * (1 + 1e-12)
    assert sum(cost for _, cost in made.drivers) == pytest.approx(made.most)
    parts = [made.of(f"x{at}") for at in range(3)]
    assert sum(part.most for part in parts) == pytest.approx(made.most)


def test_an_own_price_for_spot_is_taken_as_it_stands() -> None:
    """A row of `m7i.xlarge spot` is no range."""
    prices = listed([Price("m spot", "*", 0.5, "USD/h", "s", "d"),
                     *standard_prices().rows.values()])  # fmt: skip
    made = billed([Need("x", "what", "m", 1, 1, (), "spot")], [], prices, None)
    assert made.least == made.most == 0.5 * 730


def test_nothing_is_known_of_nothing() -> None:
    """No price list, no price."""
    made = billed([Need("x", "what", "m", 1, 1)], [Unsized("y", "z", ("y.f",))], Prices(), None)
    assert made.missing == ("y.f", "a price of `m`")
    assert (made.least, made.most) == (0, 0)


@pytest.mark.parametrize("system", ["container", "triton"])
def test_accelerators_are_on_the_bill(system: str) -> None:
    """Whatever serves the model, its pods ask for them and land on machines that have them."""
    image = 'image = "registry.example.com/score:1.0.0"' if system == "container" else ""
    text = f"""
    environment prod {{{{ platform = {{platform}} }}}}
    endpoint score: {system} {{{{
      {image}
      gpus     = 1 x l4
      replicas = 3
      cpu      = 3
      memory   = 12GiB
    }}}}
    """
    made = bill(text)
    assert sum(item.need.most for item in row(made, "g6.xlarge")) == pytest.approx(
        max(3, -(-3 * 12 * 1.25 // (16 * 0.85)), -(-3 * 3 * 1.25 // (4 * 0.85)))
    )
    assert made.unpriced == ()


def test_every_bill_can_be_asked_why() -> None:
    """Of each component that rents something, and of all together; what is open is named."""
    one = compiled(
        SMALL.format(tier="internal", platform=US) + "    lake raw: s3 { retention = 1d }\n"
    )
    found = named_figures(one.design, one.facts)
    score, raw, whole = (found[f"{name}.cost"] for name in ("score", "raw", "system"))
    assert isinstance(score.known, Figure)
    assert score.known.value * MONTH == pytest.approx(0.2016 * 730)
    assert score.missing == ()
    assert str(score.known.because[-1]).endswith("= 147 USD/month")
    assert raw.known == Unknown(("raw.size",))
    assert str(whole) == "at least 571USD/month"
    assert whole.missing == ("raw.size",)


def test_a_job_without_edges_can_be_priced() -> None:
    """A pipeline that reads and writes nothing yet has pods all the same."""
    text = (
        SMALL
        + """
    pipeline tidy: flink {{ image = "registry.example.com/tidy:1.0.0"  parallelism = 4 }}
    """
    )
    made = bill(text)
    assert [item.need.component for item in made.of("tidy").items] == ["tidy", "tidy"]
