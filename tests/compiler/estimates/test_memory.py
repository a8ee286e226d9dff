"""Memory: the ZeRO paper, DeepSpeed's estimators in another form, and laws."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlsdc.compiler.estimates import training_memory
from mlsdc.compiler.estimates.training_memory import LayerShape, StateBytes
from tests.compiler.estimates.asking import ask, value

ADAM = StateBytes(2.0, 2.0, 12.0)
GIB = 2.0**30


@pytest.mark.parametrize(
    ("stage", "ranks", "gigabytes"),
    [(0, 1, 120.0), (1, 64, 31.4), (2, 64, 16.6), (3, 64, 1.88)],
)
def test_the_zero_paper_figure_1(stage: int, ranks: int, gigabytes: float) -> None:
    found = value("memory", "model_states", params="7.5B", zero_stage=stage, data_parallel=ranks)
    assert found / 1e9 == pytest.approx(gigabytes, rel=0.005)


@given(st.floats(1e6, 1e12), st.integers(1, 4096))
def test_each_stage_takes_at_most_what_the_one_before_takes(params: float, ranks: int) -> None:
    sizes = [training_memory.model_states(params, stage, ranks, ADAM) for stage in range(4)]
    assert sizes == sorted(sizes, reverse=True)
    assert sizes[0] == 16 * params
    assert sizes[3] == pytest.approx(16 * params / ranks)


@pytest.mark.parametrize("strategy", ["fsdp", "zero3", "FULL_SHARD", "fsdp_full_shard"])
def test_fsdp_is_stage_3(strategy: str) -> None:
    given = {"params": "7B", "data_parallel": 16}
    sharded = value("memory", "model_states", **given, strategy=strategy)
    assert sharded == value("memory", "model_states", **given, zero_stage=3)


@pytest.mark.parametrize(
    ("given", "gib"),
    [
        ({"zero_stage": 2, "cpu_offload": False}, 15.93),
        ({"zero_stage": 2, "cpu_offload": True}, 5.31),
        ({"zero_stage": 3, "cpu_offload": False, "largest_layer_params": "32M"}, 6.09),
        ({"zero_stage": 3, "cpu_offload": True, "largest_layer_params": "32M"}, 0.12),
        ({"zero_stage": 3, "cpu_offload": "optimizer", "largest_layer_params": "32M"}, 0.78),
    ],
)
def test_deepspeed_prints_these(given: dict[str, object], gib: float) -> None:
    """The tables of DeepSpeed's documentation, Memory Requirements, 2,851M parameters, 8 GPUs."""
    found = value("memory", "model_states", params="2851M", n_gpus=8, **given)
    assert found / GIB == pytest.approx(gib, abs=0.006)


@given(
    tensor=st.sampled_from([1, 2, 4, 8]), length=st.integers(128, 32768),
    heads=st.sampled_from([8, 16, 64]), width=st.sampled_from([64, 128]),
)  # fmt: skip
def test_activations_fall_with_every_measure(
    tensor: int, length: int, heads: int, width: int
) -> None:
    shape = LayerShape(length, 1, heads * width, heads)

    def layer(**how: object) -> float:
        return training_memory.layer_activations(shape, **how)  # type: ignore[arg-type]

    assert layer(tensor=2 * tensor) < layer(tensor=tensor)
    assert layer(tensor=tensor, sequence_parallel=True) <= layer(tensor=tensor)
    assert layer(recompute="full") < layer(recompute="selective") < layer()
    assert layer(flash=True) == layer(recompute="selective")
    saved = training_memory.selective_saving(shape)
    assert layer(recompute="selective") == pytest.approx(layer() * (1 - saved))


def test_gpt3_saves_70_percent_by_selective_recomputation() -> None:
    found = value("memory", "selective_saving", heads=96, seq_len=2048, hidden=12288)
    assert found == pytest.approx(80 / 114)


@pytest.mark.parametrize(
    ("given", "size"),
    [
        ({"layers": 32, "kv_heads": 8, "head_dim": 128, "precision": "fp16"}, 128 * 1024),
        ({"model": "llama-3-70b", "precision": "bf16"}, 320 * 1024),
        ({"layers": 40, "hidden": 5120, "heads": 40, "precision": "fp16"}, 800 * 1024),
        ({"layers": 32, "heads": 71, "kv_heads": 1, "head_dim": 64, "precision": "bf16"}, 8192),
        ({"layers": 61, "kv_lora_rank": 512, "rope_dim": 64, "precision": "bf16"}, 61 * 576 * 2),
        ({"model": "DeepSeek-V3", "precision": "bf16"}, 61 * 576 * 2),
    ],
)
def test_kv_cache_of_a_token(given: dict[str, object], size: float) -> None:
    assert value("memory", "kv_token", **given) == size


def test_tensor_parallelism_divides_kv_heads_while_there_are_any() -> None:
    sizes = [
        value("memory", "kv_token", model="llama-3-70b", precision="bf16", tensor_parallel=degree)
        for degree in (1, 2, 8, 16)
    ]
    assert sizes == [320 * 1024, 160 * 1024, 40 * 1024, 40 * 1024]


@given(st.floats(1e6, 1e12))
def test_fewer_bits_take_less(params: float) -> None:
    sizes = [
        value("memory", "weights", params=params, precision=name)
        for name in ("fp32", "bf16", "fp8", "int4")
    ]
    assert sizes == [4 * params, 2 * params, params, params / 2]


def test_optimisers() -> None:
    def states(**how: object) -> float:
        return value("memory", "training_states", params="1B", **how)

    assert states(optimizer="adam", precision="fp32") == 16e9
    assert states(optimizer="AdamW", precision="bf16") == 16e9
    assert states(optimizer="adam 8bit", precision="bf16") == 6e9
    assert states(optimizer="sgd", precision="fp32") == 8e9
    assert states(trainable_params="10M", precision="bf16") == 2e9 + 16 * 10e6


def test_sequences_fit_until_the_memory_is_full() -> None:
    given = {"model": "llama-3-8b", "precision": "bf16", "context_tokens": 8192}
    small, large = (
        ask("memory", **given, gpu=gpu)["sequences"] for gpu in ("a100-40gb", "a100-80gb")
    )
    free = 0.9 * 40e9 - 8.03e9 * 2 - 2e9
    assert small.value == pytest.approx(free / (8192 * 131072))
    assert large.value > 2 * small.value


SHAPE = {"params": "1.3B", "strategy": "ddp", "layers": 24, "hidden": 2048, "heads": 16,
         "seq_len": 2048, "micro_batch": 4, "vocab": 32_000}  # fmt: skip
TOKENS = 2048 * 4


def test_training_keeps_states_activations_and_the_scores_of_the_vocabulary() -> None:
    """By hand, with the coefficients of Korthikanti 2022: 34 sbh of a layer, attention fused."""
    found = ask("memory", **SHAPE)["training_memory"]
    expected = 16 * 1.3e9 + 24 * 34 * TOKENS * 2048 + TOKENS * 32_000 * 10

    assert found.value == pytest.approx(expected)
    assert found.high == pytest.approx(expected + 24 * 80 * TOKENS * 2048)
    stored = value("memory", "training_memory", **SHAPE, flash_attention=False)
    assert stored == pytest.approx(found.high)


def test_checkpointing_keeps_the_input_of_each_layer_and_one_whole_layer() -> None:
    found = value("memory", "training_memory", **SHAPE, recompute="full")
    held = (24 * 2 + 34) * TOKENS * 2048 + TOKENS * 32_000 * 10

    assert found == pytest.approx(16 * 1.3e9 + held)


def test_an_unknown_vocabulary_is_named() -> None:
    shape = {name: given for name, given in SHAPE.items() if name != "vocab"}
    steps = ask("memory", **shape)["training_memory"].steps

    assert [s.formula for s in steps if s.name == "scores of the vocabulary"] == [
        "not counted: vocab is not stated"
    ]
