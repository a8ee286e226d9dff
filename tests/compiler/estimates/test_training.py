"""Training: the founding document's example, published runs, and laws."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlsdc.compiler.estimates import training_time
from mlsdc.compiler.estimates.refusal import Missing
from tests.compiler.estimates.asking import ask, value

BATCH = {"examples": 100_000_000, "batch": 32, "step_time": "100ms"}


def test_the_founding_document_one_gpu() -> None:
    found = ask("training", **BATCH)
    assert found["steps"].value == 3_125_000
    assert found["training_time"].value / 3600 == pytest.approx(86.8, abs=0.05)
    assert found["training_time"].exact


def test_the_founding_document_eight_gpus() -> None:
    perfect = ask("training", **BATCH, gpus=8, scaling_efficiency=1.0)["training_time"]
    assert perfect.value / 3600 == pytest.approx(10.85, abs=0.005)
    usual = ask("training", **BATCH, gpus=8)["training_time"]
    assert not usual.exact
    assert usual.low > perfect.value
    assert [default.field for default in usual.assumed] == ["scaling_efficiency"]


@pytest.mark.parametrize(
    ("layers", "hidden", "gpus", "batch", "seconds", "mfu"),
    [(48, 6144, 8, 4, 1.10, 0.415), (96, 12288, 64, 64, 13.75, 0.514)],
)
def test_mfu_agrees_with_korthikanti_2022_table_5(
    layers: int, hidden: int, gpus: int, batch: int, seconds: float, mfu: float
) -> None:
    found = value(
        "training", "mfu", layers=layers, hidden=hidden, seq_len=2048, vocab=51200,
        n_gpus=gpus, global_batch_sequences=batch, gpu="a100", iteration_time_s=seconds,
    )  # fmt: skip
    assert found == pytest.approx(mfu, rel=0.01)


def test_gpt3_on_1024_gpus_takes_34_days() -> None:
    """Narayanan et al. 2021: 8 T P / (n X)."""
    days = value(
        "training", "training_time", params="175B", tokens="300B", n_gpus=1024,
        achieved_tflops_per_gpu=140, recompute="full",
    ) / 86400  # fmt: skip
    assert days == pytest.approx(8 * 300e9 * 175e9 / (1024 * 140e12) / 86400)
    assert days == pytest.approx(34, rel=0.01)


@given(
    layers=st.integers(1, 200), hidden=st.integers(64, 20000), length=st.integers(1, 200_000),
    vocab=st.integers(1000, 300_000),
)  # fmt: skip
def test_the_whole_transformer_is_its_matrices(
    layers: int, hidden: int, length: int, vocab: int
) -> None:
    """72 B s l h^2 (...) against a count of every matrix product, backward twice forward."""
    shape = training_time.Transformer(layers, hidden, length, vocab)
    attention = 2 * (4 * hidden * hidden) * length + 2 * 2 * length * length * hidden
    feed_forward = 2 * (2 * 4 * hidden * hidden) * length
    forward = layers * (attention + feed_forward) + 2 * hidden * vocab * length
    assert training_time.step_model_flops(shape, 1) == pytest.approx(3 * forward)
    recomputed = 4 * layers * (attention + feed_forward) + 3 * 2 * hidden * vocab * length
    # The layers are computed once more, the output layer is not.
    assert training_time.step_hardware_flops(shape, 1) == pytest.approx(recomputed)


@given(st.integers(1, 6), st.floats(1e9, 1e12), st.floats(1e9, 1e13))
def test_more_gpus_never_take_longer(power: int, params: float, tokens: float) -> None:
    few, many = (
        value("training", "training_time", params=params, tokens=tokens, gpu="h100", gpus=count)
        for count in (2**power, 2 ** (power + 1))
    )
    assert many < few


def test_the_range_covers_the_figure_and_names_its_source() -> None:
    found = ask("training", params="7B", tokens="1T", gpu="a100", gpus=512)["training_time"]
    assert found.low < found.value < found.high
    assert all(default.source for default in found.assumed)
    stated = ask("training", params="7B", tokens="1T", gpu="a100", gpus=512, mfu="40%")
    assert stated["training_time"].exact
    assert stated["training_time"].value == pytest.approx(6 * 7e9 * 1e12 / (512 * 312e12 * 0.4))


def test_long_contexts_cost_more_than_6nd() -> None:
    shape = {"params": "7B", "layers": 32, "hidden": 4096, "gpu": "h100", "gpus": 8}
    short, long = (
        value("training", "token_rate", **shape, seq_len=length) for length in (2048, 65536)
    )
    assert long < 0.6 * short


def test_a_pipeline_has_a_bubble() -> None:
    assert value("training", "bubble", pp=8, microbatches=64) == 7 / 64
    assert value("training", "bubble", pp=8, microbatches=64, interleaving=2) == 7 / 128


def test_ring_all_reduce_by_simulation() -> None:
    """Each rank sends one of n chunks in 2 (n - 1) rounds."""
    ranks, size = 8, 4096
    sent = sum(size / ranks for _ in range(2 * (ranks - 1)))
    assert training_time.all_reduce_bytes(size, ranks) == sent


def test_what_is_missing_is_named() -> None:
    with pytest.raises(Missing) as error:
        ask("training", step_time="100ms")
    assert any("examples" in name for name in error.value.fields)
    assert math.isfinite(value("training", "training_time", step_time="1s", steps=10))
