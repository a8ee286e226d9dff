"""A model on its accelerators in, what the capacity calculator is told of it out.

The fields of a design become the inputs that the calculator knows, so that a check and
`mlsdc estimate` can never give two answers. Law: a field nobody stated is no input.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from mlsdc.compiler.estimates.hardware import Hardware
from mlsdc.compiler.estimates.precision import BYTES
from mlsdc.compiler.estimates.refusal import Missing, Refusal
from mlsdc.compiler.estimates.result import Step
from mlsdc.compiler.estimates.working import Scalar, Working
from mlsdc.compiler.figures import Figure, Known, Unknown
from mlsdc.compiler.model.learning import Model
from mlsdc.compiler.model.serving import Endpoint
from mlsdc.units import BYTES as SIZE
from mlsdc.units import DURATION, Dimension, Quantity, digits, show

SIXTEEN_BITS = 2.0
"""vLLM's `kv_cache_dtype = auto` keeps the cache in the format the model computes in, which is 16
bits whatever its weights are quantised to."""
_FIELDS = ("params", "layers", "hidden", "heads", "kv_heads", "head_dim")
_UNITS: dict[str, Dimension] = {"B": SIZE, "s": DURATION}
_RATES = {"B/s": "B/s", "FLOP/s": "FLOP/s"}


def inputs(endpoint: Endpoint, model: Model) -> dict[str, Scalar]:
    """What the calculator is told of a model on an endpoint's accelerators."""
    architecture, engine = model.architecture, endpoint.engine
    found: dict[str, Scalar] = {}
    if architecture is not None:
        stated = {name: getattr(architecture, name) for name in _FIELDS}
        stated |= {"params_active": architecture.active, "kv_lora_rank": architecture.latent}
        found |= {name: float(value) for name, value in stated.items() if value is not None}
        if architecture.shape is not None:
            found["model"] = architecture.shape
    if model.precision is not None:
        found["precision"] = model.precision
    wide = model.precision == "fp32"
    kept = engine.kv_cache if engine is not None else None
    found["kv_bytes"] = BYTES[kept] if kept else BYTES["fp32"] if wide else SIXTEEN_BITS
    if endpoint.gpus is not None:
        found["gpu"] = endpoint.gpus.model
    return found


def figure(
    working: Working,
    compute: Callable[[Working], float],
    dimension: Dimension,
    named: Callable[[str], str],
) -> Known:
    """What a calculation gives, with its lines; Unknown where an input is missing or unusable."""
    start = len(working.steps)
    try:
        value = compute(working)
    except Missing as missing:
        return Unknown(tuple(named(field) for field in missing.fields))
    except Refusal as refusal:
        return Unknown((named(refusal.field),))
    return Figure(value, dimension, lines(working.steps[start:]))


def lines(steps: Sequence[Step]) -> tuple[str, ...]:
    """The arithmetic of a calculation as a finding prints it."""
    return tuple(dict.fromkeys(_line(step) for step in steps))


def _line(step: Step) -> str:
    if step.value != step.value:  # a note has no number
        return f"{step.name}: {step.formula}"
    dimension = _UNITS.get(step.unit)
    if dimension is not None:
        shown = show(Quantity(step.value, dimension))
    else:
        shown = f"{digits(step.value)} {_RATES.get(step.unit, step.unit)}".strip()
    return f"{step.name}: {step.formula} = {shown}"


def field_of(endpoint: Endpoint, model: Model) -> Callable[[str], str]:
    """The field of the design that an input of the calculator stands for."""

    def named(field: str) -> str:
        if field in ("gpu", "gpus"):
            return f"{endpoint.name}.gpus"
        if field in ("precision", "bytes_per_param"):
            return f"{model.name}.precision"
        if field == "kv_lora_rank":
            return f"{model.name}.architecture.latent"
        if field == "params_active":
            return f"{model.name}.architecture.active"
        return f"{model.name}.architecture.{field}"

    return named


def working(endpoint: Endpoint, model: Model, hardware: Hardware) -> Working:
    """A sheet on which the calculator works on a model at an endpoint."""
    return Working(inputs(endpoint, model), hardware)
