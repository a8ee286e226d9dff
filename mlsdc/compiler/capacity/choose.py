"""A design that leaves accelerators to the compiler in; out, the same design on the cheapest ones
that meet its budgets, and why.

Each candidate is tried: the design with it is sized, its latency composed and its month priced like
any other. Endpoints are settled one after the other, those that are still open on their fastest.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

from mlsdc.compiler.analyses.capacity import Capacity
from mlsdc.compiler.analyses.costs import Costs
from mlsdc.compiler.analyses.latency import Latencies
from mlsdc.compiler.analyses.model_memory import ModelMemory
from mlsdc.compiler.capacity.choices import CPU, Choice, Choices, Option, picked
from mlsdc.compiler.checks.objectives import time_objectives
from mlsdc.compiler.design import Design
from mlsdc.compiler.figures import Figure, Known, Unknown
from mlsdc.compiler.model.component import Latency
from mlsdc.compiler.model.request import Request
from mlsdc.compiler.model.serving import Endpoint, Measured
from mlsdc.compiler.model.types import AUTO
from mlsdc.compiler.schedule import Facts
from mlsdc.units import Accelerators, show_bytes, show_duration

Derive = Callable[[Design], Facts]


def choose(design: Design, derive: Derive) -> tuple[Design, Choices]:
    """Settle what every endpoint runs on whose measurements, or whose `auto`, leave it open."""
    asking = [e for e in design.of(Endpoint) if e.measured or is_open(e)]
    if not asking:
        return design, Choices()
    settled = design
    for endpoint in asking:
        first = _first(endpoint)
        if first is not None:
            settled = _on(settled, endpoint, first)
    found: dict[str, Choice] = {}
    for endpoint in asking:
        candidates = _candidates(endpoint)
        if not is_open(endpoint) and not any(c.on == CPU for c in candidates):
            continue  # everything is stated, and nothing cheaper was measured
        options = _options(settled, endpoint, candidates, derive)
        choice = found[endpoint.name] = picked(endpoint.name, is_open(endpoint), options)
        if choice.auto and choice.chosen is not None:
            taken = next(c for c in candidates if _same(c, choice.chosen))
            settled = _on(settled, endpoint, taken)
    for name in (name for name, choice in found.items() if choice.auto and choice.chosen is None):
        settled = _as_written(settled, design, name)
    return settled, Choices(found)


def is_open(endpoint: Endpoint) -> bool:
    """Whether the design leaves the accelerator to the compiler."""
    return endpoint.gpus is not None and endpoint.gpus.model == AUTO


def _candidates(endpoint: Endpoint) -> tuple[Measured, ...]:
    """What was measured, the fastest first; the endpoint's own latency counts where it is known on
    what it was measured."""
    found = list(endpoint.measured)
    own, on, count = endpoint.latency, _stated(endpoint), 1
    if own is not None and own.on:
        on = own.on
    if endpoint.gpus is not None and on == endpoint.gpus.model:
        count = endpoint.gpus.count
    if own is not None and on and all(on.lower() != m.on.lower() for m in found):
        found.append(Measured(on=on, count=count, p50=own.p50, p90=own.p90, p95=own.p95,
                              p99=own.p99, p999=own.p999, at=own.at))  # fmt: skip
    return tuple(sorted(found, key=_tail))


def _stated(endpoint: Endpoint) -> str:
    """What the endpoint runs on; empty where that is to be chosen."""
    if endpoint.gpus is None:
        return CPU
    return "" if is_open(endpoint) else endpoint.gpus.model


def _tail(measured: Measured) -> tuple[float, str]:
    times = (measured.p999, measured.p99, measured.p95, measured.p90, measured.p50)
    return next((time.value for time in times if time), float("inf")), measured.on


def _first(endpoint: Endpoint) -> Measured | None:
    """The measurement to begin with: the fastest, or the one on the stated hardware."""
    candidates = _candidates(endpoint)
    if is_open(endpoint):
        return candidates[0] if candidates else None
    if endpoint.latency is not None:
        return None
    stated = endpoint.gpus
    on = CPU if stated is None else stated.model.lower()
    count = 1 if stated is None else stated.count
    return next((c for c in candidates if c.on.lower() == on and c.count == count), None)


def _same(measured: Measured, option: Option) -> bool:
    return (measured.on, measured.count) == (option.on, option.count)


def _on(design: Design, endpoint: Endpoint, measured: Measured) -> Design:
    """The design with an endpoint on the hardware of a measurement."""
    latency = Latency(p50=measured.p50, p90=measured.p90, p95=measured.p95, p99=measured.p99,
                      p999=measured.p999, at=measured.at, on=measured.on)  # fmt: skip
    gpus = None if measured.on.lower() == CPU else Accelerators(measured.count, measured.on)
    concurrency = measured.concurrency or endpoint.concurrency
    changed = {"latency": latency, "gpus": gpus, "concurrency": concurrency}
    placed = design.places.get(endpoint.name, {})
    if measured in endpoint.measured:
        at = ("measured", endpoint.measured.index(measured))
        inner = {("latency", *path[2:]): span for path, span in placed.items() if path[:2] == at}
        placed = {**placed, **inner}
    return replace(
        design,
        components={**design.components, endpoint.name: endpoint.model_copy(update=changed)},
        places={**design.places, endpoint.name: placed},
    )


def _as_written(settled: Design, design: Design, name: str) -> Design:
    """The design with an endpoint as it was: nothing is chosen for it."""
    return replace(
        settled,
        components={**settled.components, name: design.components[name]},
        places={**settled.places, name: design.places.get(name, {})},
    )


def _options(
    design: Design, endpoint: Endpoint, candidates: tuple[Measured, ...], derive: Derive
) -> list[Option]:
    """Every candidate judged; a price that only some of them lack keeps those from comparison."""
    if not candidates:
        return []
    judged = [_judged(_on(design, endpoint, c), endpoint, c, derive) for c in candidates]
    lacked = [needs for option, needs, _ in judged if option.works]
    common = frozenset(n for n in (lacked or [()])[0] if all(n in one for one in lacked))
    options: list[Option] = []
    for option, needs, own in judged:
        lacking = tuple(sorted((needs - common) | own))
        options.append(replace(option, cost=Unknown(lacking)) if lacking else option)
    return options


def _judged(
    design: Design, endpoint: Endpoint, measured: Measured, derive: Derive
) -> tuple[Option, frozenset[str], frozenset[str]]:
    """One candidate, what its bill lacks, and what the endpoint's own part of it lacks."""
    facts = derive(design)
    sizing = facts.get(Capacity).sizings[endpoint.name]
    met: list[str] = []
    failed = [*_unfit(endpoint, measured, facts)]
    if isinstance(sizing.utilisation, Figure) and sizing.utilisation.value > 1 + 1e-9:
        failed.append("its replicas do not carry the load")
    for kept, text in _objectives(design, endpoint, facts):
        (met if kept else failed).append(text)
    option = Option(measured.on, measured.count, sizing.replicas, tuple(met), tuple(failed))
    if failed:
        return option, frozenset(), frozenset()
    bill = facts.get(Costs).bill
    cost: Known = Figure(bill.most)
    own = frozenset(bill.of(endpoint.name).missing)
    return replace(option, cost=cost), frozenset(bill.missing), own


def _objectives(design: Design, endpoint: Endpoint, facts: Facts) -> Iterator[tuple[bool, str]]:
    """The latency objectives of every request that waits for the endpoint, and whether they are
    kept."""
    latencies = facts.get(Latencies).requests
    for request in design.of(Request):
        latency = latencies.get(request.name)
        if latency is None or all(hop.component != endpoint.name for hop in latency.hops):
            continue
        for one in time_objectives(design, request):
            q = one.quantile
            reached = latency.mean() if q is None else latency.independent(q)
            sign = "<=" if one.within(reached) else "over"
            limit = show_duration(one.limit)
            text = f"{request.name} {one.measure} {show_duration(reached)} {sign} {limit}"
            yield one.within(reached), text


def _unfit(endpoint: Endpoint, measured: Measured, facts: Facts) -> Iterator[str]:
    """A model that does not fit for certain; where nothing weighs it, nothing is said."""
    fit = facts.get(ModelMemory).of.get(endpoint.name)
    if fit is None or fit.room is None or not isinstance(fit.weights, Figure):
        return
    if fit.room.most < 0:
        weights = show_bytes(fit.weights.value)
        yield f"{weights} of {fit.model} do not fit on each {measured.on}"
