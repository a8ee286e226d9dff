"""A model and its accelerators in, the times of its tokens out: see `analyses/token_times.py`."""

from __future__ import annotations

from mlsdc.compiler.analyses.token_times import TokenTime
from mlsdc.compiler.design import Design
from mlsdc.compiler.estimates import inference_memory
from mlsdc.compiler.estimates.hardware import Hardware
from mlsdc.compiler.estimates.methods.serving import time_per_token, time_to_first_token
from mlsdc.compiler.estimates.model_inputs import figure as model_figure
from mlsdc.compiler.estimates.model_inputs import needed, weight_bytes
from mlsdc.compiler.estimates.working import Working
from mlsdc.compiler.figures import Figure, Known, Unknown
from mlsdc.compiler.language.language_models import spread
from mlsdc.compiler.language.model_sheet import field_of, figure, inputs
from mlsdc.compiler.language.prompt_tokens import prompt_of, prompt_tokens
from mlsdc.compiler.model.learning import Model
from mlsdc.compiler.model.serving import Endpoint
from mlsdc.units import DURATION


def times_of(design: Design, endpoint: Endpoint, model: Model, hardware: Hardware) -> TokenTime:
    """What tokens of an endpoint take."""
    parallelism, named = spread(endpoint), field_of(endpoint, model)
    if parallelism is None:
        unknown = Unknown((f"{endpoint.name}.parallelism",))
        return TokenTime(unknown, unknown, unknown)
    tensor = parallelism.tensor
    given = {**inputs(endpoint, model), "tensor_parallel": float(tensor)}
    drafted = (endpoint.engine.speculative or 0) if endpoint.engine else 0

    def least(sheet: Working) -> float:
        return _floor(sheet, tensor, drafted)

    floor = figure(Working(given, hardware), least, DURATION, named)
    prompt = prompt_of(design, endpoint)
    length = prompt_tokens(design, prompt) if prompt else Unknown((f"{endpoint.name}.prompt",))
    if isinstance(length, Unknown):
        return TokenTime(floor, length, figure(Working(given, hardware), time_per_token, DURATION,
                                               named))  # fmt: skip
    given["input_tokens"] = length.value
    ttft = figure(Working(given, hardware), time_to_first_token, DURATION, named)
    tpot = figure(Working(given, hardware), time_per_token, DURATION, named)
    return TokenTime(floor, _with(ttft, length), tpot)


def _with(known: Known, length: Figure) -> Known:
    if isinstance(known, Unknown):
        return known
    return Figure(known.value, known.dimension, (*length.because, *known.because))


def _floor(sheet: Working, tensor: int, drafted: int) -> float:
    device, each = sheet.accelerator(), weight_bytes(sheet)
    params = needed(sheet, "params")
    active = model_figure(sheet, "params_active") or params
    read = inference_memory.weights(active, each)
    sheet.step("weights of a token", f"{active:.4g} params x {each:g} B", read, "B")
    bandwidth = tensor * device.bandwidth
    tokens = drafted + 1
    formula = f"{read:.4g} B / ({tensor} x {device.bandwidth:.4g} B/s)"
    formula += f" / {tokens} tokens" if drafted else ""
    return sheet.step("least time of a token", formula, read / bandwidth / tokens, "s", "roofline")
