"""A model and the accelerators of one replica in, its place in their memory out: see
`analyses/model_memory.py`."""

from __future__ import annotations

from collections.abc import Sequence

from mlsdc.compiler.analyses.model_memory import Divisible, Fit, Range
from mlsdc.compiler.estimates import defaults, inference_memory
from mlsdc.compiler.estimates.hardware import GIB_OVER_GB, Accelerator, Hardware
from mlsdc.compiler.estimates.methods import memory
from mlsdc.compiler.estimates.model_inputs import figure as model_figure
from mlsdc.compiler.estimates.model_inputs import kv_per_token
from mlsdc.compiler.estimates.refusal import Missing, Refusal
from mlsdc.compiler.estimates.working import Working
from mlsdc.compiler.figures import Figure, Known, Unknown
from mlsdc.compiler.language.language_models import generates, spread
from mlsdc.compiler.language.model_sheet import field_of, figure, working
from mlsdc.compiler.model.language import Parallelism
from mlsdc.compiler.model.learning import Model
from mlsdc.compiler.model.serving import Endpoint
from mlsdc.diagnostics import nearest
from mlsdc.units import BYTES, digits, show_bytes, show_percent


def fit_of(endpoint: Endpoint, model: Model, hardware: Hardware) -> Fit:
    """How a model lies in the memory of each accelerator of an endpoint."""
    sheet, parallelism = working(endpoint, model, hardware), spread(endpoint)
    device = _device(sheet)
    weights = _weights(sheet, endpoint, model, parallelism)
    usable = _usable(endpoint, device)
    per_token = _per_token(sheet, endpoint, model, parallelism)
    stated = endpoint.engine.overhead if endpoint.engine else None
    runtime = _runtime(stated.value if stated else None)
    room = None
    if isinstance(weights, Figure) and isinstance(usable, Figure):
        room = _room(usable.value, weights.value, runtime, stated is not None)
    figures = (model_figure(sheet, name) for name in ("heads", "kv_heads", "layers"))
    return Fit(
        model.name, device, parallelism, usable, weights, per_token, runtime, room,
        Divisible(*figures), _unheard(endpoint, model, device, hardware),
    )  # fmt: skip


def _device(sheet: Working) -> Accelerator | None:
    try:
        return sheet.accelerator()
    except (Missing, Refusal):
        return None


def _runtime(stated: float | None) -> Range:
    if stated is not None:
        return Range(stated, stated, stated)
    assumed = defaults.RUNTIME_MEMORY
    return Range(assumed.best, assumed.value, assumed.worst)


def _room(usable: float, weights: float, runtime: Range, stated: bool) -> Range:
    """Where the runtime is a guess, the memory of the device is taken with its doubt as well."""
    most = usable if stated else usable * GIB_OVER_GB
    return Range(
        usable - weights - runtime.most,
        usable - weights - runtime.value,
        most - weights - runtime.least,
    )


def _unheard(
    endpoint: Endpoint, model: Model, device: Accelerator | None, hardware: Hardware
) -> str:
    """A name that is in no table, with the nearest one that is; empty where there is none."""
    shape = model.architecture.shape if model.architecture else None
    if shape is not None and hardware.shape(shape) is None:
        known = [row.name for row in hardware.shapes.values()]
        return _not_listed(shape, "model", known)
    if device is None and endpoint.gpus is not None:
        known = [row.chip for row in hardware.accelerators]
        return _not_listed(endpoint.gpus.model, "accelerator", known)
    return ""


def _not_listed(word: str, what: str, known: Sequence[str]) -> str:
    near = nearest(word, known)
    hint = f"; did you mean `{near}`?" if near else ""
    return f"`{word}` is no {what} of the catalogue{hint}"


def _usable(endpoint: Endpoint, device: Accelerator | None) -> Known:
    if device is None:
        return Unknown((f"{endpoint.name}.gpus",))
    stated = endpoint.engine.gpu_utilisation if endpoint.engine else None
    default = defaults.MEMORY_SHARE.value if generates(endpoint) else 1.0
    share = default if stated is None else stated
    size = device.memory * share
    why = f"{device.name}: {show_bytes(device.memory)}"
    if share != 1:
        why += f" x {show_percent(share)} utilisation{'' if stated else ', the default of vLLM'}"
    return Figure(size, BYTES, (f"{why} = {show_bytes(size)} ({device.source})",))


def _weights(
    sheet: Working, endpoint: Endpoint, model: Model, parallelism: Parallelism | None
) -> Known:
    """Parameters times their bytes; the artifact's size where these are not known, or where scales
    and unquantised layers make it the truer number."""
    whole = figure(sheet, memory.weights, BYTES, field_of(endpoint, model))
    few_bits = model.precision in ("int4", "fp4") or model.quantisation is not None
    if model.size is not None and (few_bits or isinstance(whole, Unknown)):
        size = model.size.value
        whole = Figure(size, BYTES, (f"weights: {show_bytes(size)}, the size of {model.name}",))
    elif isinstance(whole, Unknown) and model.architecture is None:
        whole = Unknown((f"{model.name}.architecture", f"{model.name}.size"))
    if parallelism is None:
        unstated = (f"{endpoint.name}.parallelism",)
        return Unknown((*whole.missing, *unstated) if isinstance(whole, Unknown) else unstated)
    parts = parallelism.tensor * parallelism.pipeline
    if isinstance(whole, Unknown) or parts == 1:
        return whole
    share = whole.value / parts
    line = f"on each accelerator: {show_bytes(whole.value)} / {parts} = {show_bytes(share)}"
    return Figure(share, BYTES, (*whole.because, line))


def _per_token(
    sheet: Working, endpoint: Endpoint, model: Model, parallelism: Parallelism | None
) -> Known:
    whole = figure(sheet, kv_per_token, BYTES, field_of(endpoint, model))
    if isinstance(whole, Unknown) or parallelism is None:
        return whole if isinstance(whole, Unknown) else Unknown((f"{endpoint.name}.parallelism",))
    tensor, pipeline = parallelism.tensor, parallelism.pipeline
    share = _kept_share(sheet, tensor) / pipeline
    if share == 1:
        return whole
    size = whole.value * share
    line = f"on each accelerator: {show_bytes(whole.value)} x {digits(share)} = {show_bytes(size)}"
    return Figure(size, BYTES, (*whole.because, line))


def _kept_share(sheet: Working, tensor: int) -> float:
    """The share of the heads' cache on one of `tensor` devices; a latent cache is copied to all."""
    shape = sheet.shape()
    if sheet.has("kv_lora_rank") or (shape is not None and shape.latent is not None):
        return 1.0
    heads = model_figure(sheet, "kv_heads") or model_figure(sheet, "heads") or float(tensor)
    return inference_memory.kept_heads(heads, tensor) / heads
