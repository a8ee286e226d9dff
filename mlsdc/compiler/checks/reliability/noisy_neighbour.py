"""REL016"""

from collections.abc import Iterator

from mlsdc.compiler.analyses.callers import Callers
from mlsdc.compiler.design import Design
from mlsdc.compiler.model.component import Component
from mlsdc.compiler.model.data import FeatureStore, OnlineStore, Stream
from mlsdc.compiler.model.features import Features
from mlsdc.compiler.model.request import Request
from mlsdc.compiler.model.serving import Cache, Endpoint, Gateway, Index
from mlsdc.compiler.schedule import Finding, check
from mlsdc.diagnostics import Label, Severity

SHARED = OnlineStore | FeatureStore | Stream | Cache | Index | Endpoint


@check(
    "REL016",
    "noisy-neighbour",
    Severity.WARNING,
    source="AWS Well-Architected, SaaS Lens: noisy neighbours; Apache Kafka, client quotas",
)
def noisy_neighbour(design: Design, callers: Callers) -> Iterator[Finding]:
    """Tenants share what answers them, and nothing limits one of them.

    Why: a limit for all together is used up by whoever sends most. One customer's batch job then
    makes every other customer wait, and each of them was promised the same.

    Bad:

        system shop { tenant = shop_id }
        gateway edge { limit = 1000/s }
        endpoint rank { replicas = 3 }
        request ask {
          rate = 100/s
          call edge
          call rank
        }

    Good:

        system shop { tenant = shop_id }
        gateway edge { limit = 1000/s  tenant_limit = 50/s }
        endpoint rank { replicas = 3 }
        request ask {
          rate = 100/s
          call edge
          call rank
        }
    """
    if design.system.tenant is None:
        return
    shared, every = _shared(design, callers), design.of(Gateway)
    written = {one.name for found in shared.values() for one in found}
    for name, found in shared.items():
        request = design.get(name, Request)
        gateways = [g for g in every if callers.fetched(g.name, (name,))]
        if request is None or not found or any(g.tenant_limit is not None for g in gateways):
            continue
        yield _unlimited(design, request, found, gateways)
    for stream in design.of(Stream):
        columns = stream.event.columns if stream.event is not None else {}
        if design.system.tenant in columns and stream.name not in written and not stream.quota:
            yield Finding(
                design.place(stream),
                f"`{stream.name}` holds the events of every {design.system.tenant}, and admits any "
                "number of one of them",
                subject=stream.name,
                labels=(_tenant(design),),
                help="quota = 100/s: the events it admits of one",
            )


def _shared(design: Design, callers: Callers) -> dict[str, list[Component]]:
    """What each request of a client reaches that others use as well."""
    found: dict[str, dict[str, Component]] = {}
    for name, component in design.components.items():
        if isinstance(component, SHARED | Features):
            for chain in callers.of(name):
                known = found.setdefault(chain[0], {})
                if isinstance(component, SHARED):
                    known[name] = component
    return {request: list(known.values()) for request, known in found.items()}


def _tenant(design: Design) -> Label:
    return Label(design.place("system", "tenant"), "whose data a row is")


def _unlimited(
    design: Design, request: Request, found: list[Component], gateways: list[Gateway]
) -> Finding:
    names = ", ".join(f"`{one.name}`" for one in found[:3])
    more = f" and {len(found) - 3} more" if len(found) > 3 else ""
    place = design.place(gateways[0]) if gateways else design.place(request)
    before = f"`{gateways[0].name}`" if gateways else "no gateway"
    return Finding(
        place,
        f"one {design.system.tenant} may take all of {names}{more}: {before} limits "
        f"`{request.name}` for each of them"
        if not gateways
        else f"one {design.system.tenant} may take all of {names}{more}: {before} limits all of "
        "them together only",
        subject=gateways[0].name if gateways else request.name,
        labels=(_tenant(design), Label(design.place(request), "how they are reached")),
        help=f"tenant_limit = 50/s in `{gateways[0].name}`"
        if gateways
        else design.proposed("gateway", "edge", "auth = jwt  tenant_limit = 50/s")
        + f"; and call edge, first in `{request.name}`",
    )
