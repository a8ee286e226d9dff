"""Memory and token times of language models: published vectors, a second derivation, laws."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mlsdc.compiler.analyses.model_memory import Fit, ModelMemory
from mlsdc.compiler.analyses.token_times import TokenTime, TokenTimes
from mlsdc.compiler.figures import Figure, Known, Unknown
from mlsdc.stdlib.hardware_tables import standard_hardware
from tests.compiler.checking import compiled, fact
from tests.compiler.estimates.asking import value

CASES = Path(__file__).parents[3] / "shared" / "estimation-cases" / "memory.json"
KV_CASES = [
    ("opt-13b", 40, 40, 128, 1, 800 * 2**10, 0.03),
    ("opt-13b, 2048 tokens", 40, 40, 128, 2048, 1.6e9, 0.06),
    ("llama-3-8b, 128k tokens", 32, 8, 128, 128_000, 15.62 * 2**30, 0.01),
    ("llama-3-70b, 4096 tokens", 80, 8, 128, 4096, 1_342_177_280, 0.001),
]
"""Published bytes of the KV cache in 16 bits: the cases `mem-kv-*` of the estimation cases."""

ENDPOINT = """
model m {{
  architecture {{ {shape} }}
  precision = {precision}
}}
endpoint chat {{
  model       = m
  gpus        = {count} x {gpu}
  parallelism {{ tensor = {tensor}  pipeline = {pipeline} }}
  engine      {{ max_model_len = 4096  {engine} }}
}}
"""


def design(
    shape: str = 'shape = "llama-3-8b"', precision: str = "bf16", gpu: str = "h100",
    tensor: int = 1, pipeline: int = 1, engine: str = "",
) -> str:  # fmt: skip
    return ENDPOINT.format(
        shape=shape, precision=precision, gpu=gpu, tensor=tensor, pipeline=pipeline, engine=engine,
        count=tensor * pipeline,
    )  # fmt: skip


def fit(**given: Any) -> Fit:
    return fact(design(**given), ModelMemory).of["chat"]


def times(**given: Any) -> TokenTime:
    return fact(design(**given), TokenTimes).of["chat"]


def number(known: Known) -> float:
    assert isinstance(known, Figure), known
    return known.value


@pytest.mark.parametrize(("name", "layers", "kv", "dim", "tokens", "size", "within"), KV_CASES)
def test_published_kv_caches(
    name: str, layers: int, kv: int, dim: int, tokens: int, size: float, within: float
) -> None:
    """2 x layers x KV heads x head dimension x 2 bytes, as published."""
    shape = f"layers = {layers}  kv_heads = {kv}  head_dim = {dim}  params = 1e9"

    assert number(fit(shape=shape).per_token) * tokens == pytest.approx(size, rel=within), name


@pytest.mark.skipif(not CASES.exists(), reason="the case files lie beside the repository")
def test_the_vectors_are_those_of_the_case_file() -> None:
    """The table above is a copy of what the case file says."""
    units = {"KiB per token": 2**10, "GB per request": 1e9, "GiB": 2**30, "bytes": 1}
    cases: list[Any] = json.loads(CASES.read_text())
    found = {
        (c["inputs"]["layers"], c["inputs"]["kv_heads"], c["inputs"].get("tokens", 1),
         c["expected"]["value"] * units[c["expected"]["unit"]])
        for c in cases if c["id"].startswith("mem-kv-")
    }  # fmt: skip

    assert found == {(case[1], case[2], case[4], case[5]) for case in KV_CASES}


@settings(max_examples=40, deadline=None)
@given(
    layers=st.integers(1, 12).map(lambda n: n * 8),
    kv=st.sampled_from([1, 2, 4, 8, 16]),
    params=st.integers(1, 60).map(lambda n: n * 10**9),
    tensor=st.sampled_from([1, 2, 4, 8]),
    pipeline=st.sampled_from([1, 2, 4]),
    share=st.sampled_from([80, 85, 90, 95]),
    overhead=st.integers(1, 6),
)
def test_capacity_by_counting_each_device(
    layers: int, kv: int, params: int, tensor: int, pipeline: int, share: int, overhead: int
) -> None:
    """Tokens of one device, counted layer by layer and head by head, are those of the fact."""
    found = fit(
        shape=f"params = {params}  layers = {layers}  heads = 16  kv_heads = {kv}  head_dim = 128",
        tensor=tensor, pipeline=pipeline,
        engine=f"gpu_utilisation = {share}%  overhead = {overhead}GiB",
    )  # fmt: skip
    kept = sum(1 for head in range(kv) if head * tensor // kv == 0) if kv > tensor else 1
    cached = sum(2 * kept * 128 * 2 for _ in range(layers // pipeline))
    left = 80e9 * share / 100 - params * 2 / tensor / pipeline - overhead * 2**30

    assert found.room is not None
    assert found.tokens is not None
    assert found.room.value == pytest.approx(left)
    assert number(found.per_token) == pytest.approx(cached)
    expected = max(0, math.floor(left / cached + 1e-9))
    assert found.tokens.value == pytest.approx(expected, abs=1)
    assert found.tokens.least == found.tokens.value == found.tokens.most


def test_an_assumed_runtime_makes_a_range() -> None:
    """Nothing is exact before the runtime's memory is stated; then all three are one."""
    assumed, stated = fit(), fit(engine="overhead = 2GB")

    assert assumed.room is not None
    assert stated.room is not None
    assert assumed.room.least < assumed.room.value < assumed.room.most
    assert stated.room.least == stated.room.value == stated.room.most
    assert stated.room.value == pytest.approx(assumed.room.value)


def test_a_latent_cache_is_copied_to_every_device() -> None:
    """Multi-head latent attention keeps one latent for all heads: tensor parallelism saves none."""
    alone, divided = (
        number(fit(shape='shape = "deepseek-v2"', precision="fp8", tensor=n).per_token)
        for n in (1, 8)
    )

    assert alone == divided == 60 * 576 * 2


def test_what_is_not_known_is_named() -> None:
    """No shape, no precision, no accelerator of the tables, no parallelism: each by its field."""
    unknown = fit(shape="layers = 4")
    unheard = fit(gpu="abacus")
    several = "endpoint chat { model = m  gpus = 2 x l4  engine { max_model_len = 9 } }"
    loose = fact('model m { architecture = "llama-3-8b" }' + "\n" + several, ModelMemory)

    assert isinstance(unknown.weights, Unknown)
    assert unknown.missing == ("m.architecture.params",)
    assert unheard.missing == ("chat.gpus",)
    assert loose.of["chat"].missing == ("m.precision", "chat.parallelism")
    assert loose.of["chat"].tokens is None


def test_the_size_of_the_artifact_stands_in_for_parameters() -> None:
    """A model of any kind is as large as its artifact; nobody keeps a share free for it."""
    found = fact(
        "model m { size = 6GiB }\nendpoint e { model = m  gpus = 1 x l4 }", ModelMemory
    ).of["e"]

    assert number(found.weights) == 6 * 2**30
    assert number(found.memory) == 24e9


def test_designs_without_language_models_read_no_table() -> None:
    """Nothing is looked up where nothing has accelerators."""
    made = compiled("endpoint e { cpu = 2 }")

    assert made.facts.get(ModelMemory).of == {}
    assert made.facts.get(TokenTimes).of == {}


@settings(max_examples=25, deadline=None)
@given(
    gpu=st.sampled_from(["h100", "h200", "a100", "l4", "l40s"]),
    precision=st.sampled_from(["bf16", "fp8", "int4"]),
    tensor=st.sampled_from([1, 2, 4, 8]),
)
def test_no_estimate_is_under_the_floor(gpu: str, precision: str, tensor: int) -> None:
    """No token is expected sooner than the floor, which halves with twice the devices."""
    one = times(gpu=gpu, precision=precision, tensor=tensor)
    twice = times(gpu=gpu, precision=precision, tensor=2 * tensor)
    bytes_each = {"bf16": 2.0, "fp8": 1.0, "int4": 0.5}[precision]
    device = standard_hardware().accelerator(gpu)

    assert number(one.tpot) > number(one.floor)
    assert number(one.floor) == pytest.approx(8.03e9 * bytes_each / (tensor * device.bandwidth))
    assert number(twice.floor) == pytest.approx(number(one.floor) / 2)


def test_70_gb_on_one_h100_take_21_ms() -> None:
    """The example of the catalogue of checks."""
    found = times(shape='shape = "llama-3-70b"', precision="fp8")

    assert number(found.floor) == pytest.approx(0.0211, abs=1e-4)


def test_a_draft_lowers_the_floor() -> None:
    """Three proposed tokens make four of one reading."""
    plain, drafted = times(), times(engine="speculative = 3")

    assert number(drafted.floor) == pytest.approx(number(plain.floor) / 4)


def test_only_active_experts_are_read() -> None:
    """A mixture of experts reads for one token what one token uses."""
    found = times(shape='shape = "mixtral-8x7b"', precision="fp8", tensor=2)
    shape = standard_hardware().shape("mixtral-8x7b")

    assert shape is not None
    assert shape.active < shape.params / 3
    assert number(found.floor) == pytest.approx(shape.active / (2 * 3.35e12))


def test_pipeline_stages_do_not_hurry_a_token() -> None:
    """Each token passes all stages one after the other."""
    assert number(times(pipeline=2).floor) == number(times().floor)


@pytest.mark.parametrize(("gpu", "tensor"), [("h100", 1), ("h100", 4), ("l4", 2), ("a100", 8)])
@pytest.mark.parametrize("precision", ["bf16", "fp8", "int4"])
def test_a_design_and_an_estimate_give_one_answer(gpu: str, tensor: int, precision: str) -> None:
    """What `mlsdc estimate` says of the same model is what the facts of a design say."""
    asked: dict[str, object] = {
        "model": "llama-3-8b", "precision": precision, "gpu": gpu, "tensor_parallel": tensor,
        "kv_precision": "bf16",
    }  # fmt: skip
    prompt = {"input_tokens": 1000}
    text = design(precision=precision, gpu=gpu, tensor=tensor, engine="overhead = 2GB")
    text = text.replace("  engine ", "  prompt = p\n  engine ")
    made = compiled(text + "prompt p { part all tokens 1000 }")
    memory, time = made.facts.get(ModelMemory).of["chat"], made.facts.get(TokenTimes).of["chat"]

    assert number(memory.weights) == pytest.approx(value("memory", "weights", **asked))
    assert number(memory.per_token) == pytest.approx(value("memory", "kv_token", **asked))
    assert number(time.ttft) == pytest.approx(value("serving", "ttft", **asked, **prompt))
    assert number(time.tpot) == pytest.approx(value("serving", "tpot", **asked, **prompt))
    assert memory.tokens is not None
    held = value(
        "memory", "sequences", **asked, tokens=1000, memory_share=0.9, memory_overhead="2GB"
    )
    assert memory.tokens.value / 1000 == pytest.approx(held, abs=1)
