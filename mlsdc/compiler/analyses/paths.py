"""A design in, the path of every request out."""

from __future__ import annotations

from dataclasses import dataclass, field

from mlsdc.compiler.design import Design
from mlsdc.compiler.latency.path import Series, path_of
from mlsdc.compiler.model.request import Request
from mlsdc.compiler.schedule import analysis


@dataclass(frozen=True)
class Paths:
    """The path of each request, by its name."""

    of: dict[str, Series] = field(default_factory=dict[str, Series])


@analysis
def paths(design: Design) -> Paths:
    """Write out the steps of every request."""
    return Paths({request.name: path_of(design, request) for request in design.of(Request)})
