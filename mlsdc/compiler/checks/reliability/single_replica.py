"""REL002"""

from collections.abc import Iterator

from mlsdc.compiler.analyses.availability import Availability
from mlsdc.compiler.analyses.redundancy import Redundancy
from mlsdc.compiler.analyses.workload import Workload
from mlsdc.compiler.checks.tiers import of_production
from mlsdc.compiler.design import Design
from mlsdc.compiler.model.learning import Explainer
from mlsdc.compiler.model.serving import Endpoint, Gateway
from mlsdc.compiler.schedule import Finding, check
from mlsdc.diagnostics import Label, Severity


@check(
    "REL002",
    "single-replica",
    Severity.WARNING,
    source="kube-linter, minimum-three-replicas; Kubernetes documentation, Disruptions",
)
def single_replica(
    design: Design, availability: Availability, redundancy: Redundancy, workload: Workload
) -> Iterator[Finding]:
    """What a production system calls runs as one replica.

    Why: one replica is none while a node is drained, a new version starts or the process is killed.
    Requests that cannot be answered without it are told by REL012; this is about the rest: what has
    a fallback, is called asynchronously, or is compared in an experiment.

    Bad:

        system shop { tier = production }
        endpoint rank { replicas = 1 }
        endpoint popular { replicas = 2 }
        request search {
          rate = 10/s
          call rank  timeout 20ms  fallback popular
        }

    Good:

        system shop { tier = production }
        endpoint rank { replicas = 2 }
        endpoint popular { replicas = 2 }
        request search {
          rate = 10/s
          call rank  timeout 20ms  fallback popular
        }
    """
    found = _alone(design, availability, redundancy, workload)
    yield from of_production(design, found)


def _alone(
    design: Design, availability: Availability, redundancy: Redundancy, workload: Workload
) -> Iterator[Finding]:
    needed = {
        name
        for request in availability.requests.values()
        for name, lost in request.without.items()
        if lost > 0
    }
    for component in design.components.values():
        copies = redundancy.of.get(component.name)
        if not isinstance(component, Endpoint | Gateway | Explainer) or copies is None:
            continue
        if copies.count > 1 or component.name in needed or workload.of(component) is None:
            continue
        calls = [
            Label(request.places[component.name], "who calls it")
            for request in availability.requests.values()
            if component.name in request.places
        ]
        yield Finding(
            design.place(component, "replicas"),
            f"`{component.name}` has 1 replica, and none while that one is replaced",
            subject=component.name,
            labels=tuple(calls) or (Label(design.place(component), "what runs alone"),),
            help="replicas = 2",
        )
