"""REL004"""

from collections.abc import Iterator

from mlsdc.compiler.checks.tiers import of_production
from mlsdc.compiler.design import Design
from mlsdc.compiler.model.learning import Model, Training
from mlsdc.compiler.model.serving import Endpoint
from mlsdc.compiler.schedule import Finding, check
from mlsdc.diagnostics import Label, Severity
from mlsdc.units import show


@check(
    "REL004",
    "memory-too-small",
    Severity.ERROR,
    source="Kubernetes documentation, Resource Management for Pods and Containers; kube-linter, "
    "unset-cpu-requirements and unset-memory-requirements",
)
def memory_too_small(design: Design) -> Iterator[Finding]:
    """The limits of a container are below what it loads, or nobody stated them.

    Why: a process over its memory limit is killed, and one that has to hold its model is killed at
    every start. What a production system runs without stated cores and memory gets a guess.

    Bad:

        model ranker { size = 6GiB }
        endpoint rank {
          model  = ranker
          cpu    = 4
          memory = 4GiB
        }

    Good:

        model ranker { size = 6GiB }
        endpoint rank {
          model  = ranker
          cpu    = 4
          memory = 12GiB
        }
    """
    for endpoint in design.of(Endpoint):
        model = design.get(endpoint.model, Model)
        if endpoint.gpus is not None or endpoint.existing is not None:
            continue  # weights on a GPU need not lie in the container's memory as a whole
        if model is None or model.size is None or endpoint.memory is None:
            continue
        if model.size.value >= endpoint.memory.value:
            yield Finding(
                design.place(endpoint, "memory"),
                f"`{endpoint.name}` has {show(endpoint.memory)} of memory, `{model.name}` alone "
                f"takes {show(model.size)}",
                subject=endpoint.name,
                labels=(Label(design.place(model, "size"), "what it has to hold"),),
                help=f"memory = {max(1, round(2 * model.size.value / 2**30))}GiB",
            )
    yield from of_production(design, _unstated(design))


def _unstated(design: Design) -> Iterator[Finding]:
    for component in [*design.of(Endpoint), *design.of(Training)]:
        if component.existing is not None or component.system is None:
            continue
        stated = {"cpu": component.cpu, "memory": component.memory}
        missing = [name for name, value in stated.items() if value is None]
        if missing:
            yield Finding(
                design.place(component),
                f"`{component.name}` runs on a guess of its {' and '.join(missing)}",
                subject=component.name,
                labels=(Label(design.place("system", "tier"), "in production"),),
                help="  ".join({"cpu": "cpu = 2", "memory": "memory = 4GiB"}[m] for m in missing),
                severity=Severity.WARNING,
            )
