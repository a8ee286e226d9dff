"""Names, units and values of inputs, right and wrong."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlsdc.compiler.estimates.asked import read_unit
from mlsdc.compiler.estimates.fields import Kind, fields, names
from mlsdc.compiler.estimates.kinds import KINDS, questions
from mlsdc.compiler.estimates.read_inputs import meaning, read_inputs
from mlsdc.compiler.estimates.refusal import Refusal


@pytest.mark.parametrize(
    ("written", "name", "expected"),
    [
        ({"step_time_ms": 100}, "step_time", 0.1),
        ({"step_time": "100ms"}, "step_time", 0.1),
        ({"iteration_time_s": "0.1"}, "step_time", 0.1),
        ({"params": "7B"}, "params", 7e9),
        ({"params_b": 7}, "params", 7e9),
        ({"num_parameters": 7e9}, "params", 7e9),
        ({"qps": 10_000}, "arrival_rate", 10_000.0),
        ({"calls_per_hour": 3600}, "arrival_rate", 1.0),
        ({"arrival_rate": "600/m"}, "arrival_rate", 10.0),
        ({"utilisation": "50%"}, "utilisation", 0.5),
        ({"mfu_percent": 40}, "mfu", 0.4),
        ({"percentile": "p99.9"}, "percentile", 0.999),
        ({"percentile": 99}, "percentile", 0.99),
        ({"peak_tflops_bf16": 312}, "peak_flops", 312e12),
        ({"peak_flops": "312TFLOPS"}, "peak_flops", 312e12),
        ({"reported_bandwidth_gb_s": 1397}, "reported_bandwidth", 1397e9),
        ({"days": 2}, "hours", 48.0),
        ({"precision": "mixed fp16"}, "precision", "fp16"),
        ({"dtype": "bfloat16"}, "precision", "bf16"),
        ({"activation_checkpointing": True}, "recompute", "full"),
        ({"latency_ms_batch8": 40}, "time_at_batch", {8.0: 0.04}),
        ({"allocation": "0.9,0.1"}, "allocation", (0.9, 0.1)),
        ({"offload": "optimizer"}, "cpu_offload_params", False),
        ({"offload_optimizer": "cpu"}, "cpu_offload", True),
        ({"offload_optimizer": "cpu"}, "cpu_offload_params", False),
        ({"offload_optimizer": "none"}, "cpu_offload", False),
        ({"offload_param": "nvme"}, "cpu_offload_params", True),
        ({"expected_ratio": 0.3}, "planned", (0.3, 0.7)),
        ({"method": "CUPED", "rho": 0.6}, "cuped_correlation", 0.6),
        ({"rho": 0.6}, "utilisation", 0.6),
        ({"gradient_bytes": 14e9}, "gradient_size", 14e9),
        ({"gradient_bytes": 2}, "grad_bytes", 2.0),
        ({"index": "hnsw", "M": 16}, "graph_links", 16.0),
        ({"visitors": [100, 200]}, "arm_counts", (100.0, 200.0)),
        ({"p99_ms_features50": 2, "features": 80}, "time_at_batch", {50.0: 0.002}),
        ({"p99_ms_features50": 2, "features": 80}, "batch", 80.0),
        ({"target_modules": ["q_proj", "v_proj"]}, "target_modules", "q_proj,v_proj"),
        ({"usd_per_1k_prompt_tokens": 0.5}, "usd_per_million_input_tokens", 500.0),
        ({"kv_bits": 4}, "kv_bytes", 0.5),
        ({"visitors_per_week": 700}, "units_per_day", 100.0),
        ({"dtype": "fp16"}, "pure_precision", True),
    ],
)
def test_one_input_has_many_names(written: dict[str, object], name: str, expected: object) -> None:
    found = read_inputs(written).inputs[name]
    assert found == (pytest.approx(expected) if isinstance(expected, float) else expected)


def test_a_mixed_format_keeps_copies_in_32_bits() -> None:
    assert "pure_precision" not in read_inputs({"dtype": "mixed fp16"}).inputs
    assert "pure_precision" not in read_inputs({"precision": "fp16"}).inputs


@pytest.mark.parametrize(
    ("written", "says"),
    [
        ({"step_time": 100}, r"step_time: 100 has no unit.*step_time=100ms"),
        ({"pramas": 7}, "did you mean params"),
        ({"params": -1}, "a number above 0, not -1"),
        ({"utilisation": 3}, "a share from 0 to 1"),
        ({"gpus": 1.5}, "a whole number"),
        ({"gpus": True}, "a whole number"),
        ({"step_time": "100MB"}, "a duration"),
        ({"step_time": "100mss"}, "for example 100ms"),
        ({"precision": "bf17"}, "one of fp32"),
        ({"hops": [3]}, "p50 and p99"),
        ({"gpus": 8, "n_gpus": 4}, "gpus says the same thing"),
        ({"params": float("inf")}, "a number above 0"),
        ({"params": "lots"}, "a number above 0"),
        ({"reference_counts": []}, "a list of numbers"),
        ({"params": [1]}, "a number above 0"),
    ],
)
def test_wrong_inputs_are_refused(written: dict[str, object], says: str) -> None:
    with pytest.raises(Refusal, match=says):
        read_inputs(written)
    assert read_inputs(written, strict=False).inputs.keys() <= {"gpus"}


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3)
    ),
    max_leaves=5,
)


@given(st.dictionaries(st.sampled_from(sorted(names())) | st.text(max_size=10), JSON, max_size=4))
def test_anything_is_read_or_refused(document: dict[str, object]) -> None:
    found = read_inputs(document, strict=False)
    assert found.inputs.keys() <= fields().keys()


def test_no_name_means_two_fields() -> None:
    seen: dict[str, str] = {}
    for row in fields().values():
        for name in (row.name, *row.aliases, *(row.scaled or {})):
            assert seen.setdefault(name, row.name) == row.name


@pytest.mark.parametrize("name", sorted(fields()))
def test_every_example_can_be_typed(name: str) -> None:
    row = fields()[name]
    if row.kind in (Kind.POINTS, Kind.TABLE):
        return  # typed with a batch size in the name, or as JSON
    assert name in read_inputs({name: row.example}).inputs


def test_every_need_is_an_input() -> None:
    for kind in KINDS:
        asked = questions(kind)
        unless = {name for method in asked.methods for name in method.unless}
        assert {*asked.inputs, *unless} <= fields().keys()


@pytest.mark.parametrize(
    ("unit", "dimension", "factor"),
    [
        ("hours", "time", 3600), ("gpu_hours", "device time", 3600), ("ms p99 wait", "time", 1e-3),
        ("GiB per GPU", "bytes", 2**30), ("USD per month", "money", 1),
        ("percent MFU", "number", 0.01), ("achieved_tflops_per_gpu", "flops", 1e12),
        ("FLOP", "flop", 1), ("tokens_per_s (whole job)", "rate", 1), ("GPUs", "number", 1),
        ("petaflop_s_days", "flop", 8.64e19), ("seconds per iteration", "time", 1),
    ],
)  # fmt: skip
def test_units_of_questions(unit: str, dimension: str, factor: float) -> None:
    asked = read_unit(unit)
    assert (asked.dimension, asked.factor) == (dimension, factor)


def test_a_unit_in_a_name_is_never_taken_for_another_dimension() -> None:
    with pytest.raises(Refusal):
        meaning("params_ms")
