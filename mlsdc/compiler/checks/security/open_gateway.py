"""SEC014"""

from collections.abc import Iterator

from mlsdc.compiler.checks.tiers import of_production
from mlsdc.compiler.design import Design
from mlsdc.compiler.model.serving import Gateway
from mlsdc.compiler.schedule import Finding, check
from mlsdc.diagnostics import Label, Severity


@check(
    "SEC014",
    "open-gateway",
    Severity.ERROR,
    source="OWASP, API Security Top 10 (2023), API2 broken authentication and API4 unrestricted "
    "resource consumption",
)
def open_gateway(design: Design) -> Iterator[Finding]:
    """The edge of a production system lets in anybody, or as much as anybody sends.

    Why: without authentication every answer is public, and a model can be copied by asking it.
    Without a limit one client takes what all the others were planned to have.

    Bad:

        system shop { tier = production }
        gateway edge { auth = none  limit = 100/s }

    Good:

        system shop { tier = production }
        gateway edge { auth = jwt  limit = 100/s }
    """
    yield from of_production(design, _open(design))


def _open(design: Design) -> Iterator[Finding]:
    for gateway in design.of(Gateway):
        if gateway.existing is not None:
            continue
        edge = Label(design.place(gateway), "the edge of the system")
        if gateway.auth == "none":
            yield Finding(
                design.place(gateway, "auth"),
                f"`{gateway.name}` asks nobody who they are",
                subject=gateway.name,
                labels=(edge,),
                help="auth = jwt",
            )
        if gateway.auth is None:
            yield Finding(
                design.place(gateway),
                f"whether `{gateway.name}` asks who calls is not known",
                subject=gateway.name,
                missing=(f"{gateway.name}.auth",),
            )
        if gateway.limit is None:
            yield Finding(
                design.place(gateway),
                f"`{gateway.name}` admits as many requests as are sent",
                subject=gateway.name,
                labels=(Label(design.place("system", "tier"), "in production"),),
                help="limit = 1000/s",
                severity=Severity.WARNING,
            )
