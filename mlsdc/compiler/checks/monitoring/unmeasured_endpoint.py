"""MON011"""

from collections.abc import Iterator

from mlsdc.compiler.checks.tiers import of_production
from mlsdc.compiler.design import Design
from mlsdc.compiler.model.operations import Metrics
from mlsdc.compiler.model.serving import Endpoint
from mlsdc.compiler.schedule import Finding, check
from mlsdc.diagnostics import Label, Severity


@check(
    "MON011",
    "unmeasured-endpoint",
    Severity.WARNING,
    source="Breck et al., The ML Test Score (2017), Monitor 6: no regression in training speed, "
    "serving latency, throughput or RAM",
)
def unmeasured_endpoint(design: Design) -> Iterator[Finding]:
    """A production endpoint whose load nobody measures, or whose GPUs nobody does.

    Why: saturation, memory that fills and a GPU that slows down show in metrics hours before
    requests fail.

    Bad:

        system shop { tier = production }
        endpoint rank { gpus = 1 x l4 }
        metrics telemetry { scrapes = [rank] }

    Good:

        system shop { tier = production }
        endpoint rank { gpus = 1 x l4 }
        metrics telemetry { scrapes = [rank]  exporters = [dcgm] }
    """
    yield from of_production(design, _unmeasured(design))


def _unmeasured(design: Design) -> Iterator[Finding]:
    stores = design.of(Metrics)
    scraped = {name for store in stores for name in store.scrapes}
    missed = [e.name for e in design.of(Endpoint) if e.existing is None and e.name not in scraped]
    for endpoint in design.of(Endpoint):
        if endpoint.existing is not None:
            continue
        naming = design.mentions_of.get(endpoint.name, ())
        scraping = [
            one for m in naming if m.path[0] == "scrapes" and (one := design.get(m.source, Metrics))
        ]
        if not scraping:
            where = stores[0] if stores else None
            yield Finding(
                design.place(endpoint),
                f"nothing measures the load, the errors and the memory of `{endpoint.name}`",
                subject=endpoint.name,
                labels=(Label(design.place(where, "scrapes"), "not among these"),) if where else (),
                help=_scraped([*where.scrapes, *missed], where.name)
                if where
                else design.proposed("metrics", "telemetry", _scraped(missed)),
            )
        elif endpoint.gpus is not None and not any("dcgm" in one.exporters for one in scraping):
            yield Finding(
                design.place(endpoint, "gpus"),
                f"nothing measures the GPUs of `{endpoint.name}`",
                subject=endpoint.name,
                labels=(Label(design.place(scraping[0]), "measures it otherwise"),),
                help=f"exporters = [{', '.join((*scraping[0].exporters, 'dcgm'))}] "
                f"in `{scraping[0].name}`",
            )


def _scraped(names: list[str], where: str = "") -> str:
    """The list that holds every endpoint: typed once, it answers all of these findings."""
    return f"scrapes = [{', '.join(names)}]" + (f" in `{where}`" if where else "")
