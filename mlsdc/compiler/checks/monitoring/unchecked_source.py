"""MON007"""

from collections.abc import Iterator

from mlsdc.compiler.checks.tiers import of_production
from mlsdc.compiler.design import Design
from mlsdc.compiler.graph import Graph
from mlsdc.compiler.model.data import Source, Stream
from mlsdc.compiler.schedule import Finding, check
from mlsdc.diagnostics import Label, Severity


@check(
    "MON007",
    "unchecked-source",
    Severity.WARNING,
    source="Breck et al., The ML Test Score (2017), Monitor 2: data invariants hold in "
    "training and serving inputs",
)
def unchecked_source(design: Design, graph: Graph) -> Iterator[Finding]:
    """Data from outside comes in, and nothing tests what it has to look like.

    Why: an empty partition, a new code or a unit that changed passes through every job and comes
    out as a plausible feature.

    Bad:

        system shop { tier = production }
        source orders { rate = 5/s }
        pipeline daily { reads = orders }

    Good:

        system shop { tier = production }
        source orders { rate = 5/s  expects { volume = 1/s  nulls = 1% } }
        pipeline daily { reads = orders }
    """
    yield from of_production(design, _untested(design, graph))


def _untested(design: Design, graph: Graph) -> Iterator[Finding]:
    """Sources, and streams that something outside fills, that are read and have no expectation."""
    for origin in [*design.of(Source), *design.of(Stream)]:
        readers = [edge for edge in graph.into(origin) if edge.rule.access == "read"]
        writers = [edge for edge in graph.into(origin) if edge.rule.access == "write"]
        if origin.expects is not None or not readers or writers:
            continue
        reader = readers[0].source
        yield Finding(
            design.place(origin),
            f"nothing tests what `{origin.name}` brings in",
            subject=origin.name,
            labels=(Label(design.place(reader), "reads it"),),
            help="expects { volume = 1/s  nulls = 1% }",
        )
