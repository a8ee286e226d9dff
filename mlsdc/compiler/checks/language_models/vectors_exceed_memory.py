"""LLM005"""

from collections.abc import Iterator

from mlsdc.compiler.checks.tiers import PRODUCTION
from mlsdc.compiler.design import Design
from mlsdc.compiler.figures import Figure, Unknown
from mlsdc.compiler.language.vector_memory import holds_vectors, vector_memory
from mlsdc.compiler.model.serving import Index
from mlsdc.compiler.schedule import Finding, check
from mlsdc.diagnostics import Label, Severity
from mlsdc.units import show_bytes

IN_MEMORY = ("hnsw", "ivf", "flat")
"""Algorithms that are fast only while all vectors are in memory; diskann keeps them on disk."""


@check(
    "LLM005",
    "vectors-exceed-memory",
    Severity.ERROR,
    source="Malkov and Yashunin 2016, Hierarchical Navigable Small World graphs; faiss wiki, "
    "Guidelines to choose an index",
)
def vectors_exceed_memory(design: Design) -> Iterator[Finding]:
    """The vectors of an index and its graph are larger than the memory of its nodes.

    Why: a search follows links to places all over the memory. Where they are not in memory each
    step waits for a disk, and a node that has to hold them all is killed while it loads them.

    Bad:

        index manuals {
          vectors    = 40_000_000
          dimensions = 1024
          algorithm  = hnsw { m = 16 }
          memory     = 64GiB
        }

    Good:

        index manuals {
          vectors    = 40_000_000
          dimensions = 1024
          algorithm  = hnsw { m = 16 }
          memory     = 64GiB
          shards     = 4
        }
    """
    for index in design.of(Index):
        if not holds_vectors(index):
            continue  # it finds by words
        if index.memory is None:
            yield from _unstated(design, index)
            continue
        if index.algorithm is not None and index.algorithm.kind not in IN_MEMORY:
            continue
        yield from _judge(design, index)


def _judge(design: Design, index: Index) -> Iterator[Finding]:
    assert index.memory is not None
    place, needed = design.place(index, "memory"), vector_memory(index)
    if isinstance(needed, Unknown):
        yield Finding(
            place,
            f"whether the vectors of `{index.name}` fit its memory is not known",
            subject=index.name,
            missing=needed.missing,
        )
        return
    each = needed.value / index.shards
    if each <= index.memory.value:
        return
    yield Finding(
        place,
        f"a node of `{index.name}` holds {show_bytes(each)} of vectors in "
        f"{show_bytes(index.memory.value)} of memory",
        subject=index.name,
        labels=(Label(design.place(index, "vectors"), "what it has to hold"),),
        arithmetic=_arithmetic(index, needed, each),
        help=_help(index, needed),
    )


def _arithmetic(index: Index, needed: Figure, each: float) -> tuple[str, ...]:
    if index.shards == 1:
        return needed.because
    divided = f"{show_bytes(needed.value)} / {index.shards} shards = {show_bytes(each)}"
    return (*needed.because, divided)


def _help(index: Index, needed: Figure) -> str:
    assert index.memory is not None
    smaller = "" if index.storage in ("int8", "binary") else "storage = int8, or "
    if not index.memory.value:
        return f"memory = {show_bytes(needed.value)}"
    return f"{smaller}shards = {-(-needed.value // index.memory.value):.0f}"


def _unstated(design: Design, index: Index) -> Iterator[Finding]:
    """Vectors of an index of this design in production, on nodes of unknown size."""
    if index.existing is not None or index.vectors is None:
        return
    if design.system.tier in PRODUCTION:
        yield Finding(
            design.place(index, "vectors"),
            f"whether the vectors of `{index.name}` fit its memory is not known",
            subject=index.name,
            missing=(f"{index.name}.memory",),
        )
