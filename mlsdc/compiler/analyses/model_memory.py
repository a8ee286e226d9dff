"""Models and accelerators in, what lies in the memory of each accelerator out.

Weights and KV cache are divided over tensor and pipeline parallelism; what is left of the share
that the engine may use is the KV cache, in tokens. Two numbers are not exact before anything runs:
the memory of a device (a data sheet's GB are GiB on some) and what the runtime takes (1 to 4 GB).
They make ranges: `least` with the unlucky ends, `most` with the lucky ones.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from mlsdc.compiler.capacity.hardware_tables import HardwareTables
from mlsdc.compiler.design import Design
from mlsdc.compiler.figures import Figure, Known, Unknown
from mlsdc.compiler.language.language_models import base_of, generates
from mlsdc.compiler.model.language import Parallelism
from mlsdc.compiler.model.learning import Model
from mlsdc.compiler.model.serving import Endpoint
from mlsdc.compiler.schedule import analysis
from mlsdc.units import show_bytes

if TYPE_CHECKING:
    from mlsdc.compiler.estimates.hardware import Accelerator


@dataclass(frozen=True)
class Range:
    """A number with what it is at least and at most; the three are equal where it is exact."""

    least: float
    value: float
    most: float


@dataclass(frozen=True)
class Divisible:
    """What is divided among accelerators; None where not known."""

    heads: float | None
    kv_heads: float | None
    layers: float | None


@dataclass(frozen=True)
class Fit:
    """One model on one accelerator of one replica. Bytes are those of one accelerator."""

    model: str
    device: Accelerator | None
    parallelism: Parallelism | None
    memory: Known
    """What may be used of it."""
    weights: Known
    per_token: Known
    """The KV cache of one token."""
    runtime: Range
    """What the runtime takes; a range where nobody states it."""
    room: Range | None
    """What weights and runtime leave for the KV cache; less than 0 where they do not fit. None
    where memory or weights are not known."""
    divisible: Divisible
    unheard: str
    """What is said of a name that is in no table."""

    @property
    def missing(self) -> tuple[str, ...]:
        """What would have to be stated to know whether the weights fit."""
        unknown = [k for k in (self.memory, self.weights) if isinstance(k, Unknown)]
        return tuple(dict.fromkeys(name for one in unknown for name in one.missing))

    @property
    def tokens(self) -> Range | None:
        """Tokens that the KV cache of one replica holds."""
        if self.room is None or isinstance(self.per_token, Unknown):
            return None
        each = self.per_token.value
        low, value, high = (
            max(0.0, room) // each for room in (self.room.least, self.room.value, self.room.most)
        )
        return Range(low, value, high)

    @property
    def because(self) -> tuple[str, ...]:
        """The arithmetic of the weights' place."""
        known = [k for k in (self.weights, self.memory) if isinstance(k, Figure)]
        return (*(line for one in known for line in one.because), self._runtime_line)

    @property
    def _runtime_line(self) -> str:
        least, most = self.runtime.least, self.runtime.most
        if least == most:
            return f"runtime: {show_bytes(most)} stated"
        return f"runtime: {show_bytes(least)} to {show_bytes(most)}, assumed"


@dataclass(frozen=True)
class ModelMemory:
    """How the model of each endpoint with accelerators lies in their memory."""

    of: dict[str, Fit] = field(default_factory=dict[str, Fit])


@analysis
def model_memory(design: Design, tables: HardwareTables) -> ModelMemory:
    """Weigh the model of every endpoint that has accelerators."""
    found: dict[str, Fit] = {}
    for endpoint in design.of(Endpoint):
        model = base_of(design, design.get(endpoint.model, Model))
        if endpoint.gpus is None or model is None or endpoint.name in design.tainted:
            continue
        speaks = generates(endpoint) or model.architecture is not None
        if speaks or model.size is not None:
            from mlsdc.compiler.language.model_fit import fit_of

            found[endpoint.name] = fit_of(endpoint, model, tables.read())
    return ModelMemory(found)
