"""Parts of memory, layouts, budgets, energy and experiments of other kinds, each by hand."""

from __future__ import annotations

import math
from typing import Any

import pytest

from benchmarks.estimation import Result, run_case
from mlsdc.compiler.estimates.refusal import Refusal
from tests.compiler.estimates.asking import value


def asked(family: str, unit: str, expected: float, **given: Any) -> Result:
    return run_case(
        {"family": family, "inputs": given, "expected": {"value": expected, "unit": unit},
         "tolerance": {"rel": 1e-3}}
    )  # fmt: skip


@pytest.mark.parametrize(
    ("unit", "expected", "given"),
    [
        ("GB optimizer states", 24, {"params": 3e9, "optimizer": "adamw"}),
        ("GB optimizer states", 36, {"params": 3e9, "optimizer": "adamw", "precision": "bf16"}),
        ("GB optimizer states", 6, {"params": 3e9, "optimizer": "adam 8-bit"}),
        ("MB logits", 1e-6 * 2 * 10 * 100 * 4,
         {"batch": 2, "seq_len": 10, "vocab": 100, "dtype": "fp32"}),
        ("KB largest layer", 1e-3 * 2 * 100_000 * 64, {"vocab": 100_000, "hidden": 64,
         "dtype": "fp16"}),
        ("KB largest layer", 1e-3 * 2 * (12 * 64**2 + 13 * 64), {"vocab": 10, "hidden": 64,
         "dtype": "fp16"}),
        ("trainable parameters", 8 * 2 * (8192 + 5120), {"layers": 2, "hidden": 4096, "heads": 32,
         "kv_heads": 8, "lora_rank": 8, "target_modules": "q,v"}),
        ("GB per sequence", 2 * 2 * 8 * 128 * 4096 * 2 / 1e9, {"layers": 2, "kv_heads": 8,
         "head_dim": 128, "dtype": "fp16", "tokens": 32768, "sliding_window": 4096}),
        ("GB", 2 * 2 * 8 * 128 * 1000 / 1e9, {"layers": 2, "kv_heads": 8, "head_dim": 128,
         "dtype": "int8", "tokens": 1000}),
        ("blocks", 1e9 / (16 * 1000), {"kv_cache_gb": 1, "block_size": 16,
         "kv_bytes_per_token": 1000}),
        ("concurrent requests", (72e9 - 20e9) / (1000 * 1e5), {"gpu_memory_gb": 80,
         "gpu_memory_utilization": 0.9, "weights_gb": 15, "activation_gb": 4, "non_torch_gb": 1,
         "kv_bytes_per_token": 1e5, "tokens_per_request": 1000}),
        ("MiB", 826.34, {"params": 108310272, "dtype": "float16", "optimizer": "adam",
         "quantity": "training"}),
    ],
)  # fmt: skip
def test_parts_of_memory(unit: str, expected: float, given: dict[str, Any]) -> None:
    result = asked("memory", unit, expected, **given)
    assert result.outcome == "pass", result.said


def test_adapters_of_a_module_nobody_knows_are_refused() -> None:
    with pytest.raises(Refusal, match="target_modules: some of q, k, v, o"):
        value("memory", "adapter_params", layers=2, hidden=64, lora_rank=8, target_modules="x")


@pytest.mark.parametrize(
    ("family", "unit", "expected", "given"),
    [
        ("training", "GPUs", 2, {"deadline_hours": 10, "gpu_hours": 11}),
        ("training", "percent HFU", 40, {"mfu_percent": 30, "activation_recompute": "full"}),
        ("training", "data parallel size", 4, {"gpus": 64, "tp": 8, "pp": 2}),
        ("training", "percent MFU", 50, {"params": 1e9, "tokens": 1e9, "gpu_hours": 1e4 / 3600,
         "peak_tflops": 1200}),
        ("training", "hours between interruptions", 2, {"interruptions": 12, "days": 1}),
        ("training", "kWh", 10, {"gpu_hours": 20, "tdp_w": 500}),
        ("training", "kg CO2", 4, {"gpu_hours": 20, "tdp_w": 500, "kg_co2_per_kwh": 0.4}),
        ("training", "MB per s", 50, {"images_per_s": 1000, "bytes_per_image": 5e4}),
        ("cost", "USD", 220, {"usd_per_gpu_hour": 2, "gpus": 10, "hours": 10,
         "interruption_overhead": 0.1}),
        ("cost", "percent saved", 75, {"usd_per_gpu_hour": 4, "spot_price": 1}),
        ("cost", "USD per 1000 tokens", 0.001, {"usd_per_gpu_hour": 3.6, "tokens_per_s": 1000}),
        ("cost", "USD per request", 0.001, {"usd_per_gpu_hour": 3.6, "qps": 1}),
        ("queueing", "probability sojourn exceeds", math.exp(-2), {"model": "M/M/1",
         "lambda_per_s": 80, "service_ms": 10, "threshold_ms": 100}),
        ("queueing", "minutes of error budget", 43.2, {"slo": {"availability": 0.999},
         "window_days": 30}),
        ("queueing", "probability the quorum is slow", 0.028, {"fanout": 3, "quorum": 2,
         "per_server_slow_probability": 0.1}),
        ("queueing", "partitions", 4, {"messages_per_s": 100, "consumer_rate_per_s": 30}),
        ("queueing", "x relative capacity", 4, {"nodes": 4, "contention": 0, "coherency": 0}),
        ("serving", "replicas", 4, {"qps": 100, "latency_ms": 100, "target_utilisation": 0.8,
         "concurrency_per_replica": 4}),
        ("serving", "GPUs", 5, {"qps": 10, "output_tokens": 100, "tokens_per_s_per_gpu": 400,
         "utilisation": 0.5}),
        ("serving", "expected tokens per step", 1.75, {"acceptance_rate": 0.5, "draft_tokens": 2}),
        ("serving", "percent bandwidth utilisation", 50, {"params": 1e9, "bytes_per_param": 2,
         "tokens_per_s": 500, "memory_bandwidth_gb_s": 2000}),
        ("serving", "x multiplier", 4, {"technique": "caching", "hit_ratio": 0.75}),
        ("drift", "standard deviations", -0.5, {"reference_mean": 5, "reference_std": 2,
         "current_mean": 4}),
        ("abtest", "effective sample size", 500, {"n": 1000, "cluster_size": 11, "icc": 0.1}),
    ],
)  # fmt: skip
def test_a_figure_by_hand(family: str, unit: str, expected: float, given: dict[str, Any]) -> None:
    result = asked(family, unit, expected, **given)
    assert result.outcome == "pass", result.said


@pytest.mark.parametrize(
    ("family", "unit", "given"),
    [
        ("training", "GPUs", {"mfu": 0.4, "gpu": "h100", "peak_tflops": 989}),
        ("memory", "bananas", {"params": 7e9, "dtype": "fp16", "gpu_memory_gb": 80}),
        ("cost", "USD saved per month", {"usd_per_gpu_hour": 2, "gpus": 4}),
        ("cost", "USD per million tokens", {"usd_per_gpu_hour": 2, "qps": 4}),
        ("queueing", "s to drain", {"backlog": 10, "consume_rate_per_s": 2, "qps": 3}),
        ("training", "data parallel size", {"gpus": 10, "tp": 8}),
    ],
)  # fmt: skip
def test_no_other_figure_is_given_instead(family: str, unit: str, given: dict[str, Any]) -> None:
    assert asked(family, unit, 1.0, **given).outcome == "unsupported"


def test_a_pipelines_bubble_and_the_loss_at_scale_are_taken_off_once() -> None:
    """Llama 3 405B on 8,192 and 16,384 H100 (Llama 3 paper, table 4): 430 and 400 TFLOP/s."""
    for gpus, published in ((8192, 430e12), (16384, 400e12)):
        found = value(
            "training", "model_flops", gpu="H100-80GB-SXM", gpus=gpus, tensor_parallel=8,
            pipeline_parallel=16, layers=126, seq_len=8192, global_batch_tokens=16e6,
        )  # fmt: skip
        assert found == pytest.approx(published, rel=0.05)


def test_devices_that_decode_together_wait_by_layer() -> None:
    """gpt-fast's README, Llama 2 on 8 A100: a small model gains less from more devices."""

    def rate(model: str, devices: int) -> float:
        return value("serving", "output_rate", model=model, gpu="A100-80GB-SXM", precision="bf16",
                     tensor_parallel=devices, batch=1, context_tokens=200)  # fmt: skip

    gains = [rate(model, 8) / rate(model, 2) for model in ("llama-2-7b", "llama-2-70b")]
    assert gains[0] < gains[1] < 4
    assert rate("llama-2-70b", 8) == pytest.approx(62.5, rel=0.1)


def test_a_short_prompt_takes_the_launches_of_every_layer() -> None:
    given = {"params": 6.74e9, "gpu": "H100-80GB-SXM", "precision": "fp8", "input_tokens": 128}
    with_shape = value("serving", "ttft", **given, layers=32)
    assert with_shape - value("serving", "ttft", **given) == pytest.approx(32e-4)


def test_experts_compute_less() -> None:
    given = {"params": 235e9, "gpu": "H200-141GB-SXM", "tensor_parallel": 8, "precision": "fp8",
             "input_tokens": 8000}  # fmt: skip
    dense = value("serving", "ttft", **given)
    experts = value("serving", "ttft", **given, params_active=235e9 * 0.999)
    assert experts == pytest.approx(2 * dense, rel=0.01)
