"""MON014"""

from collections.abc import Iterator

from mlsdc.compiler.checks.tiers import of_production
from mlsdc.compiler.design import Design
from mlsdc.compiler.graph import Graph
from mlsdc.compiler.model.data import Source
from mlsdc.compiler.schedule import Finding, check
from mlsdc.diagnostics import Label, Severity


@check(
    "MON014",
    "source-without-contract",
    Severity.WARNING,
    source="Breck et al., The ML Test Score (2017), Monitor 1: dependency changes result in "
    "notification",
)
def source_without_contract(design: Design, graph: Graph) -> Iterator[Finding]:
    """Data comes from owners who have agreed to announce no change.

    Why: a column that is renamed, or begins to count in cents, breaks every model behind it, and
    the first notice is the drift it causes.

    Bad:

        system shop { tier = production }
        source orders { rate = 5/s }
        pipeline daily { reads = orders }

    Good:

        system shop { tier = production }
        source orders { rate = 5/s  contract = "orders-v3" }
        pipeline daily { reads = orders }
    """
    yield from of_production(design, _unagreed(design, graph))


def _unagreed(design: Design, graph: Graph) -> Iterator[Finding]:
    for source in design.of(Source):
        readers = [edge.source for edge in graph.into(source)]
        if source.contract is None and readers:
            yield Finding(
                design.place(source),
                f"the owners of `{source.name}` have agreed to announce no change",
                subject=source.name,
                labels=(Label(design.place(readers[0]), "depends on it"),),
                help='contract = "NAME-v1"',
            )
