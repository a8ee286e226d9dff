"""Serving: the founding document's example, roofline laws, batches."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlsdc.compiler.estimates import throughput
from mlsdc.compiler.estimates.llm_serving import Instance, crossover
from mlsdc.compiler.estimates.refusal import Missing, Refusal
from tests.compiler.estimates.asking import ask, value

LOAD = {"qps": "10000/s", "service_time": "20ms", "utilisation": "50%"}
LLAMA = {"model": "llama-3-8b", "precision": "bf16", "gpu": "h100"}


def test_the_founding_document() -> None:
    alone = ask("serving", **LOAD)
    assert alone["requests_per_replica"].value == 25
    assert alone["replicas"].value == 400
    assert value("serving", "replicas", **LOAD, batching_factor=4) == 100


def test_a_batch_needs_its_time_or_its_gain() -> None:
    """A batch of 8 that takes twice as long gains 4, not 8; nothing is assumed of it."""
    with pytest.raises(Missing, match="batching_gain"):
        ask("serving", **LOAD, batch_size=8)
    timed = value("serving", "replicas", qps="10000/s", utilisation="50%", batch_size=8,
                  latency_ms_batch1=20, latency_ms_batch8=40)  # fmt: skip
    assert timed == 100


@given(st.floats(1, 1e6), st.floats(1e-4, 1.0), st.floats(0.05, 1.0))
def test_replicas_are_the_fewest_that_keep_the_utilisation(
    rate: float, seconds: float, busy: float
) -> None:
    found = value("serving", "replicas", qps=f"{rate:.6f}/s", service_time_s=seconds,
                  utilisation=busy)  # fmt: skip
    assert rate * seconds / found <= busy * (1 + 1e-6)
    assert found == 1 or rate * seconds / (found - 1) > busy * (1 - 1e-6)


@given(st.dictionaries(st.integers(1, 512), st.floats(1e-4, 10.0), min_size=2, max_size=8))
def test_the_batch_line_is_the_least_squares_line(points: dict[int, float]) -> None:
    base, each = throughput.batch_line({float(n): t for n, t in points.items()})
    slope, intercept = np.polyfit(list(points), list(points.values()), 1)
    assert base == pytest.approx(intercept, rel=1e-6, abs=1e-8)
    assert each == pytest.approx(slope, rel=1e-6, abs=1e-8)


INSTANCES = st.builds(
    Instance,
    params=st.just(8e9), active=st.sampled_from([8e9, 2e9]), weight_bytes=st.just(16e9),
    kv_per_token=st.floats(1e3, 1e6), compute=st.floats(1e13, 1e16),
    bandwidth=st.floats(1e11, 1e13),
)  # fmt: skip


@given(INSTANCES, st.integers(1, 512), st.integers(1, 8192), st.integers(1, 2048))
def test_roofline_laws(one: Instance, batch: int, prompt: int, output: int) -> None:
    faster = Instance(one.params, one.active, one.weight_bytes, one.kv_per_token, one.compute,
                      2 * one.bandwidth)  # fmt: skip
    assert faster.step(batch, prompt) <= one.step(batch, prompt)
    assert faster.output_rate(prompt, output, batch) >= one.output_rate(prompt, output, batch)
    assert one.step(batch + 1, prompt) >= one.step(batch, prompt)
    assert one.prefill(prompt + 1) >= one.prefill(prompt)
    # Never above either roof.
    assert one.output_rate(prompt, output, batch) <= batch / one.step(batch, 0)
    assert one.prefill(prompt) >= 2 * one.active * prompt / one.compute


def test_decoding_reads_all_weights_for_every_token() -> None:
    found = value("serving", "tpot", params="7B", precision="bf16", gpu="a100-80gb",
                  bandwidth_efficiency="70%", compute_efficiency="60%")  # fmt: skip
    assert found == pytest.approx(14e9 / (2039e9 * 0.7))


def test_prefill_is_bound_by_compute() -> None:
    found = value(
        "serving",
        "ttft",
        params="7B",
        precision="bf16",
        gpu="a100-80gb",
        input_tokens=2048,
        bandwidth_efficiency="70%",
        compute_efficiency="60%",
    )
    assert found == pytest.approx(2 * 7e9 * 2048 / (312e12 * 0.6))


@pytest.mark.parametrize("quantity", ["output_rate", "answer_rate"])
def test_a_better_gpu_serves_more(quantity: str) -> None:
    load = {"input_tokens": 1000, "output_tokens": 500}
    rates = [
        value("serving", quantity, **{**LLAMA, "gpu": gpu}, **load)
        for gpu in ("l40s", "a100-80gb", "h100", "h200")
    ]
    assert rates == sorted(rates)


def test_a_model_that_does_not_fit_is_refused() -> None:
    with pytest.raises(Refusal, match="do not hold"):
        ask("serving", model="llama-3-70b", precision="bf16", gpu="h100", input_tokens=100,
            output_tokens=100)  # fmt: skip


def test_crossover_batch() -> None:
    assert crossover(312e12, 2039e9, 2) == pytest.approx(153, rel=0.001)
    assert value("serving", "crossover", gpu="h100", precision="bf16") == pytest.approx(
        295, rel=1e-2
    )


@pytest.mark.parametrize(
    ("given", "quantity", "expected"),
    [
        ({"qps": "100/s", "mean_latency": "250ms"}, "in_flight", 25.0),
        ({"concurrency": 25, "qps": "100/s"}, "time_in_system", 0.25),
        ({"concurrency": 25, "mean_latency": "250ms"}, "throughput", 100.0),
    ],
)
def test_little(given: dict[str, object], quantity: str, expected: float) -> None:
    assert value("serving", quantity, **given) == pytest.approx(expected)


@pytest.mark.parametrize("technique", ["caching", "quantization", "GPU inference", "batching"])
def test_techniques_are_ranges(technique: str) -> None:
    found = ask("serving", technique=technique)["multiplier"]
    assert found.low <= found.value <= found.high
    assert found.assumed[0].source


def test_a_technique_nobody_knows() -> None:
    with pytest.raises(Refusal, match="caching"):
        ask("serving", technique="magic")
