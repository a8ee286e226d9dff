"""CAP001"""

import math
from collections.abc import Iterator

from mlsdc.compiler.analyses.capacity import Capacity
from mlsdc.compiler.analyses.workload import Workload
from mlsdc.compiler.capacity.sizing import Sizing
from mlsdc.compiler.checks.load import load_labels
from mlsdc.compiler.design import Design
from mlsdc.compiler.figures import Figure, Known, Unknown
from mlsdc.compiler.model.serving import Endpoint, Gateway
from mlsdc.compiler.schedule import Finding, check
from mlsdc.diagnostics import Severity


@check(
    "CAP001",
    "overloaded",
    Severity.ERROR,
    source="Little's law; Erlang (1917): with utilisation of 1 or more the queue grows without end",
)
def overloaded(design: Design, workload: Workload, capacity: Capacity) -> Iterator[Finding]:
    """An endpoint has fewer replicas than its load needs.

    Why: more arrives than can be answered; the queue grows until requests time out.

    Bad:

        endpoint score: container {
          image    = "registry.example.com/score:1.0.0"
          latency  { p50 = 8ms  p99 = 30ms  at = 100/s }
          replicas = 2
        }
        request rank {
          rate = 450/s
          call score
        }

    Good:

        endpoint score: container {
          image    = "registry.example.com/score:1.0.0"
          latency  { p50 = 8ms  p99 = 30ms  at = 100/s }
          replicas = 5
        }
        request rank {
          rate = 450/s
          call score
        }
    """
    for component in [*design.of(Endpoint), *design.of(Gateway)]:
        arriving = workload.of(component)
        if arriving is None:
            continue  # nothing calls it
        sizing = capacity.sizings[component.name]
        if isinstance(sizing.utilisation, Unknown):
            yield Finding(
                design.place(component, "replicas"),
                f"whether `{component.name}` carries its load is not known",
                subject=component.name,
                missing=sizing.utilisation.missing,
            )
        elif sizing.utilisation.value > 1 + 1e-9:
            yield _overload(design, component, arriving, sizing)


def _overload(
    design: Design, component: Endpoint | Gateway, arriving: Known, sizing: Sizing
) -> Finding:
    assert isinstance(arriving, Figure)
    assert isinstance(sizing.per_replica, Figure)
    assert isinstance(sizing.replicas, Figure)
    have, each = int(sizing.replicas.value), sizing.per_replica
    needed = math.ceil(round(arriving.value / each.value, 9))
    carried = Figure(have * each.value, each.dimension)
    return Finding(
        design.place(component, "replicas"),
        f"{_replicas(have)} {carried}, {arriving} arrive",
        subject=component.name,
        labels=tuple(load_labels(design, component)),
        arithmetic=(
            *arriving.because,
            *each.because,
            f"{have} x {each} = {carried}",
            f"ceil({arriving} / {each}) = {needed} replicas",
        ),
        help=f"replicas = {needed}, or replicas = auto"
        if isinstance(component, Endpoint)
        else f"replicas = {needed}",
    )


def _replicas(count: int) -> str:
    return "1 replica carries" if count == 1 else f"{count} replicas carry"
