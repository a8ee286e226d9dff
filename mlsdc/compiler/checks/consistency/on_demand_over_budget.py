"""TSC029"""

from collections.abc import Iterator
from dataclasses import dataclass

from mlsdc.compiler.analyses.lineage import mentioned_views, on_demand
from mlsdc.compiler.analyses.online_reads import OnlineReads
from mlsdc.compiler.checks.objectives import tail_objective
from mlsdc.compiler.design import Design
from mlsdc.compiler.model.features import Features
from mlsdc.compiler.model.request import Request
from mlsdc.compiler.model.serving import Endpoint
from mlsdc.compiler.schedule import Finding, check
from mlsdc.diagnostics import Label, Severity, Span
from mlsdc.units import show_duration

ROUNDING = 1 + 1e-9


@check(
    "TSC029",
    "on-demand-over-budget",
    Severity.ERROR,
    source="Feast documentation, on-demand feature views: transformed on read unless "
    "write_to_online_store is set",
)
def on_demand_over_budget(design: Design, reads: OnlineReads) -> Iterator[Finding]:
    """Features that are computed on demand take longer than there is time for features.

    Why: what is computed on read is paid by every request, once for each candidate. It is not in
    the latency of the store, nor in that of the model, and so in no budget.

    Bad:

        entity card { key card_id: string }
        features ratio {
          entity = card
          cost   = 30ms
          share: float64 = request.amount / 100
        }
        endpoint score { features = [ratio]  feature_budget = 15ms }

    Good:

        entity card { key card_id: string }
        features ratio {
          entity = card
          cost   = 3ms
          share: float64 = request.amount / 100
        }
        endpoint score { features = [ratio]  feature_budget = 15ms }
    """
    for endpoint in design.of(Endpoint):
        listed = [view for name in endpoint.features if (view := design.get(name, Features))]
        computed = _on_demand(design, listed)
        if computed:
            yield from _judge(design, reads, endpoint, computed)
    for found in reads.of.values():
        for read in found:
            timeout = read.call.timeout if read.call is not None else None
            if timeout is None or read.call is None or not on_demand(read.view):
                continue
            computed = _on_demand(design, [read.view])
            limit = _Limit(timeout.value, read.place, f"the look-up of `{read.view.name}` has")
            yield from _over(design, read.view.name, computed, read.call.batch, limit)


def _on_demand(design: Design, views: list[Features]) -> list[Features]:
    """The views that are computed on read, with those that they are computed from, each once."""
    found: dict[str, Features] = {}
    waiting = list(views)
    while waiting:
        view = waiting.pop()
        if view.name not in found and on_demand(view) and not view.computed_on_write:
            found[view.name] = view
            waiting += mentioned_views(design, view)
    return [found[name] for name in sorted(found)]


@dataclass(frozen=True)
class _Limit:
    """The time there is, where it is stated, and who has it."""

    seconds: float
    place: Span
    whose: str


def _judge(
    design: Design, reads: OnlineReads, endpoint: Endpoint, computed: list[Features]
) -> Iterator[Finding]:
    rows, own = reads.rows.get(endpoint.name, 1), endpoint.feature_budget
    if own is not None:
        place = design.place(endpoint, "feature_budget")
        limit = _Limit(own.value, place, f"`{endpoint.name}` has")
        silent = tuple(f"{view.name}.cost" for view in computed if view.cost is None)
        exceeded = list(_over(design, endpoint.name, computed, rows, limit))
        yield from exceeded
        if silent and not exceeded:
            yield Finding(
                place,
                f"whether `{endpoint.name}` computes its features in {show_duration(own.value)} is "
                "not known",
                subject=endpoint.name,
                missing=silent,
            )
        return
    if all(view.cost is None for view in computed):
        return
    over: list[Finding] = []
    chains = reads.chains.get(endpoint.name, ())
    for request in (design.get(name, Request) for name in sorted({c[0] for c in chains})):
        objective = tail_objective(design, request) if request is not None else None
        if request is not None and objective is not None:
            whole = f"`{request.name}` as a whole has"
            limit = _Limit(objective.limit, objective.place, whole)
            over += _over(design, endpoint.name, computed, rows, limit)
    yield from over
    if not over:
        yield Finding(
            design.place(endpoint, "features"),
            f"how long `{endpoint.name}` may take for its features is not stated",
            subject=endpoint.name,
            missing=(f"{endpoint.name}.feature_budget",),
        )


def _over(
    design: Design, subject: str, computed: list[Features], rows: int, limit: _Limit
) -> Iterator[Finding]:
    costs = {view.name: view.cost.value for view in computed if view.cost is not None}
    total = sum(costs.values()) * rows
    if total <= limit.seconds * ROUNDING:
        return
    terms = " + ".join(f"{show_duration(cost)} {name}" for name, cost in costs.items())
    dearest = max(costs, key=lambda name: costs[name])
    each = f" for {rows} rows" if rows > 1 else ""
    yield Finding(
        limit.place,
        f"features computed on demand take {show_duration(total)}{each}; {limit.whose} "
        f"{show_duration(limit.seconds)}",
        subject=subject,
        labels=tuple(Label(design.place(name, "cost"), "computed on demand") for name in costs),
        arithmetic=(
            f"({terms}) x {rows} = {show_duration(total)}" if rows > 1
            else f"{terms} = {show_duration(total)}",
        ),
        help=f"computed_on_write = true in `{dearest}`, or precompute what does not need the "
        "request",
    )  # fmt: skip
