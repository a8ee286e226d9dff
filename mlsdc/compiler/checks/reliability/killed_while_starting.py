"""REL001"""

from collections.abc import Iterator

from mlsdc.compiler.checks.tiers import of_production
from mlsdc.compiler.checks.typed import duration_at_least
from mlsdc.compiler.design import Design
from mlsdc.compiler.model.serving import Endpoint
from mlsdc.compiler.schedule import Finding, check
from mlsdc.diagnostics import Label, Severity
from mlsdc.units import show


@check(
    "REL001",
    "killed-while-starting",
    Severity.ERROR,
    source="Kubernetes documentation, Configure Liveness, Readiness and Startup Probes: "
    "failureThreshold * periodSeconds has to cover the worst start",
)
def killed_while_starting(design: Design) -> Iterator[Finding]:
    """A replica is killed before its model is loaded.

    Why: the start-up probe gives up after `startup`. A replica that needs longer is started anew,
    needs as long again, and never answers. Every endpoint is run with readiness, liveness and
    start-up probes; what the design has to state is how long a start takes.

    Bad:

        endpoint score {
          cold_start = 4m
          startup    = 2m
        }

    Good:

        endpoint score {
          cold_start = 4m
          startup    = 5m
        }
    """
    for endpoint in design.of(Endpoint):
        if endpoint.existing is not None:
            continue
        start, allowed = endpoint.cold_start, endpoint.startup
        if start is None:
            yield from of_production(design, _unstated(design, endpoint))
        elif allowed is not None and allowed.value < start.value * (1 - 1e-9):
            yield Finding(
                design.place(endpoint, "startup"),
                f"`{endpoint.name}` needs {show(start)} to start and is killed after "
                f"{show(allowed)}",
                subject=endpoint.name,
                labels=(Label(design.place(endpoint, "cold_start"), "what a start takes"),),
                help=f"startup = {duration_at_least(1.25 * start.value)}",
            )


def _unstated(design: Design, endpoint: Endpoint) -> Iterator[Finding]:
    """Without a model there is little to load: the system's default is enough."""
    if endpoint.model is not None or endpoint.startup is not None:
        yield Finding(
            design.place(endpoint),
            f"whether `{endpoint.name}` is ready before its start-up probe gives up is not known",
            subject=endpoint.name,
            missing=(f"{endpoint.name}.cold_start",),
        )
