"""Models and accelerators in, what a token takes out: the floor that no engine gets under, and what
a roofline with usual efficiencies expects of one request alone.

Floor: for each token every weight it uses is read once, so none comes sooner than those bytes over
the bandwidth of the accelerators that hold a layer together. Source: Pope et al. 2022, Efficiently
Scaling Transformer Inference. A draft that proposes n tokens can make n + 1 of one reading.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from mlsdc.compiler.capacity.hardware_tables import HardwareTables
from mlsdc.compiler.design import Design
from mlsdc.compiler.figures import Known
from mlsdc.compiler.language.language_models import base_of, generates
from mlsdc.compiler.model.learning import Model
from mlsdc.compiler.model.serving import Endpoint
from mlsdc.compiler.schedule import analysis


@dataclass(frozen=True)
class TokenTime:
    """What tokens of one endpoint take, in seconds."""

    floor: Known
    """The least time between two tokens."""
    ttft: Known
    """The first token of the whole prompt, on an idle replica."""
    tpot: Known
    """The time between two tokens of a request that is alone."""


@dataclass(frozen=True)
class TokenTimes:
    """What tokens take at every endpoint that makes some on accelerators of its own."""

    of: dict[str, TokenTime] = field(default_factory=dict[str, TokenTime])


@analysis
def token_times(design: Design, tables: HardwareTables) -> TokenTimes:
    """The token times of every language model that is served here."""
    found: dict[str, TokenTime] = {}
    for endpoint in design.of(Endpoint):
        model = base_of(design, design.get(endpoint.model, Model))
        if model is None or endpoint.gpus is None or not generates(endpoint):
            continue
        if endpoint.name not in design.tainted:
            from mlsdc.compiler.language.token_floor import times_of

            found[endpoint.name] = times_of(design, endpoint, model, tables.read())
    return TokenTimes(found)
