"""`mlsdc estimate`: the founding document's examples, JSON, and everything typed wrong."""

from __future__ import annotations

import io
import json
import re
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from mlsdc.cli.commands.estimate import WORKED
from mlsdc.compiler.estimates.kinds import KINDS, questions
from tests.cli.conftest import Ended

Mlsdc = Callable[..., Ended]


def test_the_founding_document_training(mlsdc: Mlsdc) -> None:
    ended = mlsdc("estimate", *WORKED[0][0].split())
    assert (ended.code, ended.err) == (0, "")
    assert "optimiser steps: 3125000 steps" in ended.out
    assert "training time: 3.62d (86.8 h)" in ended.out
    assert "training time: 10h51m" in mlsdc("estimate", *WORKED[1][0].split()).out


def test_the_founding_document_serving(mlsdc: Mlsdc) -> None:
    alone = mlsdc("estimate", *WORKED[2][0].split()).out
    assert "requests one replica takes: 25/s" in alone
    assert "replicas: 400 replicas" in alone
    assert "replicas: 100 replicas" in mlsdc("estimate", *WORKED[3][0].split()).out


def test_help_shows_them(mlsdc: Mlsdc) -> None:
    page = mlsdc("estimate", "--help")
    assert (page.code, page.err) == (0, "")
    assert all(f"mlsdc estimate {line}\n      {says}\n" in page.out for line, says in WORKED)
    for kind in ("training", "serving"):
        own = mlsdc("estimate", kind, "--help").out
        assert all(says in own for line, says in WORKED if line.startswith(kind))
    assert all(re.search(rf"^  {kind} ", page.out, re.M) for kind in KINDS)
    nothing = mlsdc("estimate")
    assert (nothing.code, nothing.out) == (2, page.out)


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_has_a_page_whose_examples_run(mlsdc: Mlsdc, kind: str) -> None:
    page = mlsdc("estimate", kind, "--help")
    assert (page.code, page.err) == (0, "")
    assert all(f"--{name.replace('_', '-')}" in page.out for name in questions(kind).inputs)
    for example in questions(kind).examples:
        ended = mlsdc("estimate", kind, *example.split())
        assert (ended.code, ended.err) == (0, ""), example
        assert "not used" not in ended.out
        assert "not answered" not in ended.out


def test_json_holds_the_arithmetic(mlsdc: Mlsdc) -> None:
    words = ("training", "--params", "7B", "--tokens", "1T", "--gpu", "a100", "--gpus", "64")
    told = json.loads(mlsdc("estimate", *words, "--json").out)
    assert (told["schema_version"], told["kind"]) == (1, "training")
    assert told["inputs"] == {"gpu": "a100", "gpus": 64, "params": 7e9, "tokens": 1e12}
    time = next(one for one in told["estimates"] if one["quantity"] == "training_time")
    assert time["unit"] == "s"
    assert time["low"] < time["value"] < time["high"]
    assert time["assumed"][0]["field"] == "mfu"
    assert {"name", "formula", "value", "unit", "source"} == set(time["steps"][0])
    assert not time["exact"]


def test_text_says_what_was_assumed(mlsdc: Mlsdc) -> None:
    words = ("training", "--params", "7B", "--tokens", "1T", "--gpu", "a100", "--gpus", "64")
    ended = mlsdc("estimate", *words)
    assert "MFU on A100: 0.46 (0.3 to 0.6); --mfu replaces it" in ended.out
    stated = mlsdc("estimate", *words, "--mfu", "40%")
    assert "assumed" not in stated.out


def test_inputs_from_a_file_and_what_is_typed_wins(mlsdc: Mlsdc, here: Path) -> None:
    (here / "load.json").write_text('{"usd_per_gpu_hour": 2, "n_gpus": 400}', "utf-8")
    ended = mlsdc("estimate", "cost", "--from", "load.json")
    assert "cost of a month: 584,000.00 USD" in ended.out
    ended = mlsdc("estimate", "cost", "--from=load.json", "--n-gpus", "100")
    assert "cost of a month: 146,000.00 USD" in ended.out


def test_inputs_from_standard_input(mlsdc: Mlsdc, monkeypatch: pytest.MonkeyPatch) -> None:
    def given(text: str) -> None:
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(text.encode())))

    given('{"hops": [{"p50_ms": 2, "p99_ms": 8}, {"p50_ms": 5, "p99_ms": 20}], "percentile": 99}')
    assert "percentile of all hops: " in mlsdc("estimate", "queue", "-").out
    given("[1]")
    ended = mlsdc("estimate", "queue", "-")
    assert (ended.code, ended.out) == (2, "")
    assert "standard input holds no JSON object" in ended.err


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ("trainning", "there is no kind 'trainning' to estimate; did you mean training?"),
        ("xyzzy", "kinds: training, memory, serving, queue, cost, drift"),
        ("training --exmples 3", "exmples: no input has this name; did you mean examples?"),
        ("training --step-time 100 --examples 3", "step_time: 100 has no unit"),
        ("training --step-time 100xs --examples 3", "not '100xs'; for example 100s"),
        ("training --batch 32", "needs examples (--examples 100M)"),
        ("training --gpus", "--gpus: a whole number, 1 or more is missing; for example --gpus 8"),
        ("training --gpus 0 --params 1B", "gpus: a whole number, 1 or more, not '0'"),
        ("training gpus 8", "gpus: an input is --name value or name=value"),
        ("training --gpus 8 --gpus 9", "--gpus: it is given twice"),
        ("training --params 1B --tokens 1T --gpu b300", "no accelerator of the catalogue"),
        ("training --from", "--from: names no file"),
        ("training --from none.json", "none.json: there is no such file"),
        ("training --from .", "--from: .: "),
        ("training --from a.json --from b.json", "one file or standard input"),
        ("training --from bad.json", "bad.json is not JSON"),
        ("training --from deep.json", "deep.json is not JSON"),
        ("training --from list.json", "list.json holds no JSON object"),
        ("training --from empty.json", "needs "),
        ("queue --rate 800/s --service-time 20ms --servers 4", "the queue grows without bound"),
        ("queue --model M/Q --rate 1/s --service-time 1s --servers 2", "Kendall's notation"),
        ("memory --params 7B --zero-stage 5", "0 (DDP), 1, 2 or 3"),
        ("memory --params 7B --precision fp17", "one of fp32"),
        ("drift --statistic psi --reference-counts 1,2 --current-counts 1,x", "current_counts"),
        ("cost --instance p9.huge --hours 3", "else state usd_per_node_hour"),
        ("experiment --baseline 120% --mde-abs 1%", "a share from 0 to 1"),
    ],
)
def test_typed_wrong(mlsdc: Mlsdc, here: Path, words: str, says: str) -> None:
    (here / "bad.json").write_text('{"gpus":', "utf-8")
    (here / "deep.json").write_text("[" * 100_000, "utf-8")
    (here / "list.json").write_text("[]", "utf-8")
    (here / "empty.json").write_text("{}", "utf-8")
    ended = mlsdc("estimate", *words.split())
    assert (ended.code, ended.out) == (2, "")
    assert ended.err.startswith("mlsdc: error: ")
    assert ended.err.count("\n") == 1
    assert says in ended.err


def test_what_is_not_used_is_said(mlsdc: Mlsdc) -> None:
    ended = mlsdc("estimate", "cost", "--usd-per-gpu-hour", "2", "--gpus", "4", "--layers", "3")
    assert "not used: layers" in ended.out


def test_a_formula_without_a_value_leaves_the_others(mlsdc: Mlsdc) -> None:
    ended = mlsdc("estimate", "drift", "--reference-counts", "1,0", "--current-counts", "1,2")
    assert ended.code == 0
    assert "PSI: " in ended.out
    assert "not answered: chi-squared: no bin of the reference is empty" in ended.out
