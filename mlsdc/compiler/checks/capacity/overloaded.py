"""CAP001"""

import math
from collections.abc import Iterator

from mlsdc.compiler.analyses.capacity import Capacity
from mlsdc.compiler.analyses.workload import Workload
from mlsdc.compiler.design import Design
from mlsdc.compiler.figures import Figure, Unknown
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
        arriving, sizing = workload.of(component), capacity.sizings[component.name]
        if arriving is None:
            continue
        place = design.place(component, "replicas")
        use = sizing.utilisation
        if isinstance(use, Unknown):
            if isinstance(component, Endpoint):
                yield Finding(
                    place,
                    f"whether `{component.name}` carries its load is {use}",
                    subject=component.name,
                    missing=use.missing,
                )
            continue
        if use.value <= 1 + 1e-9:
            continue
        assert isinstance(arriving, Figure)
        assert isinstance(sizing.per_replica, Figure)
        assert isinstance(sizing.replicas, Figure)
        have = int(sizing.replicas.value)
        needed = math.ceil(round(arriving.value / sizing.per_replica.value, 9))
        yield Finding(
            place,
            f"{have} replicas carry {_times(have, sizing.per_replica)}, {arriving} arrive",
            subject=component.name,
            arithmetic=(
                *arriving.because,
                *sizing.per_replica.because,
                f"ceil({arriving} / {sizing.per_replica}) = {needed} replicas",
            ),
            help=f"replicas = {needed}, or replicas = auto",
        )


def _times(replicas: int, each: Figure) -> str:
    return str(Figure(replicas * each.value, each.dimension))
