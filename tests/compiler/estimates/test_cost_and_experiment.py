"""Money, and the experiments whose statistics are tested in their own folder."""

from __future__ import annotations

import pytest

from mlsdc.compiler.estimates.refusal import Refusal
from mlsdc.compiler.statistics import sample_size
from mlsdc.stdlib.hardware_tables import standard_hardware
from tests.compiler.estimates.asking import ask, value


def test_400_gpus_for_a_month() -> None:
    assert value("cost", "cost_month", usd_per_gpu_hour=2, gpus=400) == 584_000


def test_gpu_hours_and_machines() -> None:
    assert value("cost", "cost", usd_per_gpu_hour=2, gpu_hours=2_788_000) == 5_576_000
    assert value("cost", "cost", usd_per_gpu_hour=1.5, n_gpus=512, days=24) == 442_368
    assert value("cost", "cost", node_usd_per_hour=14, hours=1.5) == 21
    assert value("cost", "cost", node_usd_per_hour=10, hours=10, discount="30%") == 70


def test_a_million_tokens() -> None:
    found = value("cost", "cost_million_tokens", usd_per_gpu_hour=3.6, tokens_rate="1000/s")
    assert found == pytest.approx(1.0)


def test_prices_come_from_the_dated_list() -> None:
    row = standard_hardware().prices["p5.48xlarge"]
    found = ask("cost", instance="p5.48xlarge", nodes=2, hours=10)["cost"]
    assert found.value == pytest.approx(20 * row.usd_per_hour)
    assert any(row.date in step.source for step in found.steps)


def test_an_unknown_price_is_never_guessed() -> None:
    with pytest.raises(Refusal, match="usd_per_node_hour"):
        ask("cost", instance="p9.huge", hours=1)


def test_every_row_of_the_tables_is_dated_and_sourced() -> None:
    hardware = standard_hardware()
    rows = [*hardware.accelerators, *hardware.prices.values()]
    assert rows
    assert all(row.source and len(row.date) == 10 for row in rows)
    assert all(shape.source for shape in hardware.shapes.values())
    assert all(p.gpu in {a.name for a in hardware.accelerators} for p in hardware.prices.values())


@pytest.mark.parametrize(
    ("written", "name"),
    [("h100", "h100-sxm-80gb"), ("NVIDIA H100 80GB HBM3", "h100-sxm-80gb"),
     ("A100-40GB-SXM4", "a100-sxm-40gb"), ("H100 PCIe", "h100-pcie-80gb"), ("T4", "t4"),
     ("8 x L40S", "l40s"), ("TPUv5e", "tpu-v5e"), ("MI250X (one GCD)", "mi250x-gcd")],
)  # fmt: skip
def test_names_of_accelerators(written: str, name: str) -> None:
    assert standard_hardware().accelerator(written).name == name


@pytest.mark.parametrize("written", ["h10", "abacus", "a100-60gb"])
def test_accelerators_nobody_sells(written: str) -> None:
    with pytest.raises(Refusal, match="for example"):
        standard_hardware().accelerator(written)


def test_units_of_an_experiment() -> None:
    found = ask("experiment", baseline="10%", mde_abs="1%", power="90%")
    exact = sample_size.proportions(0.1, 0.11, power=0.9)
    assert found["per_arm"].value == pytest.approx(exact.arms[1])
    assert found["total"].value == pytest.approx(sum(exact.arms))


def test_comparisons_share_alpha_once() -> None:
    corrected = value("experiment", "per_arm", baseline="10%", mde_abs="1%", comparisons=4)
    exact = sample_size.proportions(0.1, 0.11, comparisons=4).arms[1]
    assert corrected == pytest.approx(exact)


def test_looking_five_times() -> None:
    assert value("experiment", "peeking", looks=5) == pytest.approx(0.142, abs=5e-4)
    assert value("experiment", "boundary", looks=5, method="pocock") == pytest.approx(
        2.413, abs=1e-3
    )
