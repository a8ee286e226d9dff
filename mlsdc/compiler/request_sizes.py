"""Requests in, those out that are too large to be looked at, each told of once.

A request that calls a request is written out in full wherever time and rates are computed, so that
a few levels that each call the next one twice would make more calls than anything can hold.
"""

from __future__ import annotations

from mlsdc.compiler import composition_rules
from mlsdc.compiler.called_steps import Made, calls_of
from mlsdc.compiler.design import Design
from mlsdc.compiler.model.request import Request
from mlsdc.diagnostics import Diagnostic

MOST_CALLS = 1_000
"""Calls of one request, those of the requests that it calls included."""


def too_large(design: Design, said: list[Diagnostic]) -> frozenset[str]:
    """The requests that make more calls than are looked at, with those that call them."""
    sizes: dict[str, int | None] = {}
    for request in design.of(Request):
        _size(design, request, sizes, said)
    return frozenset(name for name, size in sizes.items() if size is None)


def _size(
    design: Design, request: Request, sizes: dict[str, int | None], said: list[Diagnostic]
) -> int | None:
    """How many calls a request makes; None where they are too many."""
    if request.name in sizes:
        return sizes[request.name]
    sizes[request.name] = 0  # what leads back to here stops here, and is a finding of its own
    total = 0
    for made in calls_of(request):
        total += 1
        for name in (made.call.target, made.call.fallback):
            inner = design.get(name, Request)
            size = _size(design, inner, sizes, said) if inner is not None else 0
            if size is None:
                sizes[request.name] = None
                return None
            total += size
        if total > MOST_CALLS:
            said.append(_complaint(design, made, total))
            sizes[request.name] = None
            return None
    sizes[request.name] = total
    return total


def _complaint(design: Design, made: Made, total: int) -> Diagnostic:
    inner = design.get(made.call.target, Request)
    counted = " with what the requests that it calls make" if inner is not None else ""
    return composition_rules.TOO_MUCH.at(
        made.place(design, "target"),
        f"up to here `{made.request}` makes {total:,} calls{counted}, {MOST_CALLS:,} are the most",
        subject=made.request,
        help=f"call {made.call.target} times N, in place of one call after the other",
    )
