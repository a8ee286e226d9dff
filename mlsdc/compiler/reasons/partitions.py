"""The partitions and shards that streams need, with every reason for so many."""

from __future__ import annotations

from collections.abc import Iterator

from mlsdc.compiler.analyses.partitions import Partitions
from mlsdc.compiler.figures import Figure, Step
from mlsdc.compiler.named_figures import Named, tells


@tells
def partitions(partitions: Partitions) -> Iterator[Named]:
    """Partitions of every stream of which something tells how many it needs."""
    for name, needed in partitions.of.items():
        if not needed.reasons and not needed.missing:
            continue
        lines = [Step(r.line, (r.place[0], *r.place[1])) for r in needed.reasons]
        count = Figure(needed.count, because=(*lines, f"the most of these: {needed.count}"))
        yield Named(
            f"{name}.partitions_needed",
            count,
            needed.missing,
            meaning="partitions that are enough for its consumers and for what it takes in",
            formula="the largest of: tasks of each consumer, bytes in and out over those of one",
            analysis="partitions",
        )
