"""A request in one environment in, what is known of its latency out as plain data; seconds."""

from __future__ import annotations

import math

from mlsdc.cli.request_asked import Asked, asked
from mlsdc.compiler.analyses.modes import Mode, Modes
from mlsdc.compiler.latency.allotment import filled
from mlsdc.compiler.latency.leverage import room, worths
from mlsdc.compiler.model.request import Request
from mlsdc.pipeline import Compiled

Document = dict[str, object]


def latency_document(one: Compiled, request: Request) -> Document | None:
    """None for a request that waits for nothing."""
    about = asked(one, request)
    if about is None:
        return None
    latency, q = about.latency, about.quantile
    parts = None
    if about.limit is not None and latency.missing:
        found = filled(latency, q, about.limit)
        parts = None if found is None else [
            {"component": part.component, "seconds": part.seconds, "stated": part.stated}
            for part in found
        ]  # fmt: skip
    return {
        "measure": about.measure,
        "limit": about.limit,
        "independent": latency.independent(q),
        "correlated": latency.correlated(q),
        "certain": latency.certain(q),
        "missing": list(latency.missing),
        "hops": _hops(about),
        "holes": parts,
        "failures": [_failure(about, mode) for mode in one.facts.get(Modes).of(request.name)],
    }


def _hops(about: Asked) -> list[Document]:
    """The ledger; a room of None is no limit, an absent one is over the budget already."""
    worth = worths(about.latency, about.quantile)
    found: list[Document] = []
    for hop in about.latency.hops:
        row: Document = {
            "component": hop.component, "answered_by": hop.answering, "p50": hop.p50,
            "p99": hop.p99, "method": hop.method, "source": hop.source, "notes": list(hop.notes),
        }  # fmt: skip
        one = worth.get(hop.answering)
        if one is not None:
            row |= {"off": one.off, "bought": one.bought}
            may = None
            if about.limit is not None:
                may = room(about.latency, about.quantile, about.limit, one)
            if may is not None:
                row["room"] = None if math.isinf(may) else may
        found.append(row)
    return found


def _failure(about: Asked, mode: Mode) -> Document:
    reached = mode.reached(about.quantile)
    return {
        "failure": mode.change.failure,
        "told": mode.told,
        "seconds": reached,
        "budget": about.held(reached, bool(mode.missing)) or None,
        "silent": list(mode.silent),
        "missing": list(mode.missing),
        "because": list(mode.because),
    }
