"""CAP003"""

from collections.abc import Iterator

from mlsdc.compiler.analyses.availability import Availability
from mlsdc.compiler.analyses.capacity import Capacity
from mlsdc.compiler.analyses.workload import Workload
from mlsdc.compiler.availability.promises import promises
from mlsdc.compiler.capacity.sizing import Sizing
from mlsdc.compiler.capacity.spare import Loss, carriers, enough, left
from mlsdc.compiler.design import Design
from mlsdc.compiler.figures import Figure, Known
from mlsdc.compiler.model.serving import Endpoint, Gateway
from mlsdc.compiler.schedule import Finding, check
from mlsdc.diagnostics import Label, Severity, Span
from mlsdc.units import RATE, Quantity, show, show_percent

Promise = tuple[str, float, Span]


@check(
    "CAP003",
    "no-headroom-for-a-loss",
    Severity.ERROR,
    source="AWS, Well-Architected Framework, REL 10 and 11: static stability, the zones that are "
    "left carry the peak",
)
def no_headroom_for_a_loss(
    design: Design, availability: Availability, capacity: Capacity, workload: Workload
) -> Iterator[Finding]:
    """Losing one node or one zone leaves less than the peak needs.

    Why: zones and nodes fail, and nothing new starts fast enough when they do: everybody asks for
    machines at the same time. An availability is promised truthfully only by what is left running.
    What has a fallback is not needed, and is not judged.

    Bad:

        endpoint rank {
          latency  { p50 = 8ms  p99 = 30ms  at = 100/s }
          replicas = 6
        }
        request search {
          rate = 600/s
          budget { availability >= 99.9% }
          call rank
        }

    Good:

        endpoint rank {
          latency  { p50 = 8ms  p99 = 30ms  at = 100/s }
          replicas = 9
        }
        request search {
          rate = 600/s
          budget { availability >= 99.9% }
          call rank
        }
    """
    promised: dict[str, Promise] = {}
    for request, share, place in promises(design):
        answered = availability.requests.get(request.name)
        for name, lost in answered.without.items() if answered else ():
            if lost > 0 and share > promised.get(name, ("", 0.0, place))[1]:
                promised[name] = (request.name, share, place)
    for component in [*design.of(Endpoint), *design.of(Gateway)]:
        promise, arriving = promised.get(component.name), workload.of(component)
        if promise is None or component.existing is not None or arriving is None:
            continue
        sizing = capacity.sizings[component.name]
        # What is unknown or overloaded without any loss is told by CAP001.
        if isinstance(sizing.utilisation, Figure) and sizing.utilisation.value <= 1 + 1e-9:
            yield from _judge(design, component, sizing, arriving, promise)


def _judge(
    design: Design, component: Endpoint | Gateway, sizing: Sizing, arriving: Known,
    promise: Promise,
) -> Iterator[Finding]:  # fmt: skip
    assert isinstance(sizing.replicas, Figure)
    assert isinstance(sizing.per_replica, Figure)
    assert isinstance(arriving, Figure)
    zones, each = design.environment.platform.zones, sizing.per_replica
    have = int(sizing.replicas.value)
    # With one zone, nothing can be left of it.
    losses: tuple[Loss, ...] = ("node", "zone") if zones > 1 else ("node",)
    for loss in losses:
        stay = left(have, loss, zones)
        if stay * each.value >= arriving.value * (1 - 1e-9):
            continue
        carried = show(Quantity(stay * each.value, RATE))
        where = f" over {zones} zones" if loss == "zone" else ""
        needed = carriers(arriving.value, each.value)
        replicas = f"replicas = {enough(needed, losses[-1], zones)}"
        request, share, place = promise
        yield Finding(
            design.place(component, "replicas"),
            f"`{component.name}` without one {loss} carries {carried}, {arriving} arrive",
            subject=component.name,
            labels=(Label(place, f"{show_percent(share)} of `{request}` is promised"),),
            arithmetic=(
                *arriving.because,
                *each.because,
                f"{have} replicas{where}, {stay} left: {stay} x {each} = {carried}",
            ),
            help=f"survives = {losses[-1]}" if sizing.derived else replicas,
        )
        return
