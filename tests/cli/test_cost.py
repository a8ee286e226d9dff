"""`mlsdc cost`: a bill that can be read, and a price list of one's own."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.conftest import Ended

Design = Callable[..., str]
Mlsdc = Callable[..., Ended]
PRICED = """\
system shop { tier = internal }
endpoint score: container {
  image    = "registry.example.com/score:1.0.0"
  replicas = 2
  cpu      = 2
  memory   = 4GiB
}
lake raw: s3 { retention = 1d }
environment prod { platform = aws { region = "us-east-1" } }
environment test { platform = kubernetes }
"""
OWN = """\
[[price]]
name   = "core"
value  = 0.02
unit   = "USD/h"
source = "our cluster, 2026"
date   = "2026-11-01"
"""


@pytest.fixture(autouse=True)
def _project(here: Path) -> None:
    """Nothing above the test's own folder is looked at."""
    (here / ".git").mkdir()


def test_the_bill_as_a_table(mlsdc: Mlsdc, design: Design) -> None:
    ended = mlsdc("cost", design(PRICED))
    assert (ended.code, ended.err) == (0, "")
    assert ended.out.splitlines() == [
        "shop, environment prod, aws us-east-1, list prices",
        "",
        "COMPONENT  WHAT                    COUNT  EACH               USD A MONTH",
        "(shared)   headroom of m7i.xlarge      2  0.2016 USD/h               294",
        "(shared)   control plane               1  0.1 USD/h                   73",
        "(shared)   NAT gateways                1  0.045 USD/h               32.9",
        "(shared)   disks of general nodes    300  0.08 USD/GB-month           24",
        "score      pods on m7i.xlarge          1  0.2016 USD/h               147",
        "raw        storage                                               unknown",
        "",
        "at least 571 USD a month",
        "not counted without:",
        "  raw.size",
    ]


def test_why_prints_every_row_with_its_date(mlsdc: Mlsdc, design: Design) -> None:
    out = mlsdc("cost", design(PRICED), "--why").out
    assert "score: 2 x 2 cores, 4GiB are 1 of 3 x m7i.xlarge" in out
    assert "m7i.xlarge in us-east-1: 0.2016 USD/h (Amazon EC2 on-demand list price; " in out
    assert "2025-03-02)" in out
    assert "score: 1 x 0.2016 USD/h x 730 h = 147 USD/month" in out


def test_the_bill_as_json(mlsdc: Mlsdc, design: Design) -> None:
    told = json.loads(mlsdc("cost", design(PRICED), "--format", "json").out)
    assert (told["environment"], told["region"], told["currency"]) == ("prod", "us-east-1", "USD")
    assert told["month"]["most"] is None
    assert told["month"]["least"] == pytest.approx(sum(one["month"]["least"] for one in
                                                       told["lines"]))  # fmt: skip
    assert all(one["source"] and one["date"] and one["because"] for one in told["lines"])
    assert told["unpriced"] == [{"component": "raw", "what": "storage", "needs": ["raw.size"]}]
    whole = json.loads(mlsdc("cost", design(PRICED.replace("retention = 1d", "size = 1TiB")),
                             "--format", "json").out)  # fmt: skip
    assert whole["month"]["most"] == pytest.approx(whole["month"]["least"])


def test_ones_own_prices(mlsdc: Mlsdc, design: Design, here: Path) -> None:
    """Named in the policy, relative to it; without them a core has no price."""
    path = design(PRICED)
    without = mlsdc("cost", path, "--env", "test").out
    assert "at least 0 USD a month" in without
    assert "a price of `core`" in without
    (here / "mlsdc.toml").write_text('prices = "lists/own.toml"\n')
    (here / "lists").mkdir()
    (here / "lists" / "own.toml").write_text(OWN)
    ended = mlsdc("cost", path, "--env", "test")
    assert "score      2 cores" in ended.out
    assert "a price of `core`" not in ended.out
    assert "a price of `memory`" in ended.out
    assert "prices                 lists/own.toml, 1 rows" in mlsdc("config", path).out


@pytest.mark.parametrize(
    ("policy", "text", "words"),
    [
        ('prices = "none.toml"', None, "no such file"),
        ('prices = "own.toml"', "= 3", "price list `own.toml`: "),
        ('prices = "own.toml"', OWN.replace("2026-11-01", "soon"), "row 1: `date`"),
        ('prices = "own.toml"', OWN.replace('"USD/h"', '"EUR/h"'), "row 1: `unit`"),
        ('prices = "own.toml"', "price = 3", "a list of tables"),
        ("prices = 3", None, "`prices` is the name of a file"),
    ],
)
def test_a_wrong_price_list_is_told_at_the_key(
    mlsdc: Mlsdc, design: Design, here: Path, policy: str, text: str | None, words: str
) -> None:
    (here / "mlsdc.toml").write_text(policy + "\n")
    if text is not None:
        (here / "own.toml").write_text(text)
    ended = mlsdc("check", design(PRICED))
    assert ended.code == 2
    assert words in ended.out
    assert "mlsdc.toml:1:1: error[POL012]" in ended.out


def test_a_price_list_of_any_bytes_is_told(mlsdc: Mlsdc, design: Design, here: Path) -> None:
    (here / "mlsdc.toml").write_text('prices = "own.toml"\n')
    for content in (b"\xff\xfe\x00", b"[" * 5000, b"price = [" + b"[" * 3000):
        (here / "own.toml").write_bytes(content)
        ended = mlsdc("check", design(PRICED))
        assert ended.code == 2
        assert "POL012" in ended.out


def test_what_cannot_be_understood_has_no_bill(mlsdc: Mlsdc, design: Design) -> None:
    ended = mlsdc("cost", design(PRICED.replace("replicas = 2", "replicas = x")))
    assert (ended.code, ended.out) == (1, "")
    assert "replicas" in ended.err


def test_an_environment_that_is_none(mlsdc: Mlsdc, design: Design) -> None:
    assert mlsdc("cost", design(PRICED), "--env", "stage").code == 2


def test_show_tells_the_choice_and_the_runner_up(mlsdc: Mlsdc, design: Design) -> None:
    text = PRICED.replace(
        "  replicas = 2\n",
        "  gpus     = auto\n  measured l4  p50 5ms  p99 9ms  at 90/s\n"
        "  measured a10g  p50 4ms  p99 8ms  at 100/s\n",
    ).replace("memory   = 4GiB", "memory   = 8GiB")
    ended = mlsdc("show", "score", design(text + "request ask {\n  rate = 150/s\n  call score\n}"))
    assert "gpus = 1 x l4" in " ".join(ended.out.split())
    told = [line.strip() for line in ended.out.splitlines()]
    assert any(line.startswith("#   2 replicas on 1 x l4: no latency budget; ") for line in told)
    runner_up = [line for line in told if line.startswith("#   runner-up: 2 replicas on 1 x a10g")]
    assert runner_up[0].endswith(" USD more")
