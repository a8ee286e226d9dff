"""Machines: dated rows, the smallest that fits, and a finding where none does."""

from __future__ import annotations

import tomllib
from importlib.resources import files

import pytest

from mlsdc.targets.pulumi import PulumiTarget
from mlsdc.targets.pulumi.hardware import GIB, fitting
from mlsdc.targets.pulumi.nodes import bytes_of, cores_of, loads, pools
from tests.targets.pulumi_program import emitted, fraud, plan

DESIGN = """
system s {{ owner = "x" }}
stream t: kafka {{ rate = {rate}  event_size = 1KiB  retention = 7d }}
online_store o: redis {{ nodes = {nodes}  memory = {memory} }}
endpoint e: triton {{ gpus = {gpus}  cpu = 4  memory = 16GiB  replicas = 3 }}
environment prod {{ platform = aws {{ region = "eu-west-1"  zones = {zones} }} }}
"""


def _text(**given: str) -> str:
    usual = {"rate": "10/s", "nodes": "2", "memory": "4GiB", "gpus": "1 x l4", "zones": "3"}
    return DESIGN.format(**{**usual, **given})


@pytest.mark.parametrize("name", ["ec2", "elasticache", "msk"])
def test_every_row_has_unit_source_and_date(name: str) -> None:
    text = files("mlsdc.stdlib").joinpath("hardware", f"{name}.toml").read_text(encoding="utf-8")
    table = tomllib.loads(text)
    rows = [*table.pop("machine"), *table.values()]
    assert len(rows) > 5
    for row in rows:
        assert row["unit"]
        assert row["source"]
        assert row["date"].startswith("20")


def test_the_smallest_that_fits() -> None:
    small = fitting("elasticache", memory=13 * GIB)
    larger = fitting("elasticache", memory=13.1 * GIB)
    assert small is not None
    assert larger is not None
    assert (small.name, larger.name) == ("cache.r7g.large", "cache.r7g.xlarge")
    assert fitting("elasticache", memory=500 * GIB) is None


def test_quantities_of_kubernetes() -> None:
    assert (cores_of("500m"), cores_of("2")) == (0.5, 2.0)
    assert (bytes_of("4Gi"), bytes_of("512Mi"), bytes_of("1000")) == (4 * GIB, GIB / 2, 1000)


def test_pools_hold_what_the_design_asks_for() -> None:
    found = {pool.name: pool for pool in pools(plan(_text()))[0]}
    gpu = found["gpu-l4"]
    assert gpu.machine.gpu == "l4"
    assert gpu.nodes * gpu.machine.gpus >= 3
    text = emitted(plan(_text()))["operators.py"].content.decode()
    assert '"nvidia-device-plugin"' in text


def test_the_pool_of_the_example_holds_all_its_pods() -> None:
    (pool,), misfits = pools(fraud())
    asked, unknown = loads(fraud())
    assert not misfits
    assert pool.nodes * pool.machine.cores > sum(load.pods * load.cores for load in asked)
    assert pool.nodes * pool.machine.memory > sum(load.pods * load.memory for load in asked)
    counted = {load.component for load in asked}
    assert not counted & set(unknown)


@pytest.mark.parametrize(
    ("given", "code", "words"),
    [
        ({"memory": "500GiB"}, "EMT001", "ElastiCache has nodes up to 419.09 GiB"),
        ({"rate": "100_000/s"}, "EMT001", "a broker of MSK holds 16384 GiB"),
        ({"gpus": "4 x h900"}, "EMT001", "4 x h900"),
        ({"zones": "1"}, "TYP003", "2 to 6 zones, not 1"),
    ],
)
def test_what_the_cloud_cannot_hold_is_a_finding(
    given: dict[str, str], code: str, words: str
) -> None:
    said = list(PulumiTarget().complaints(plan(_text(**given))))
    assert [d.code for d in said] == [code]
    assert words in said[0].message
    assert said[0].help
