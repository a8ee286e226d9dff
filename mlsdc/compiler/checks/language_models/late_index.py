"""LLM004"""

from collections.abc import Iterator

from mlsdc.compiler.checks.typed import duration_at_least, duration_at_most
from mlsdc.compiler.consistency.age import Age
from mlsdc.compiler.design import Design
from mlsdc.compiler.language.index_age import index_age
from mlsdc.compiler.language.retrieval import of_documents, writers
from mlsdc.compiler.model.serving import Index
from mlsdc.compiler.schedule import Finding, check
from mlsdc.diagnostics import Label, Severity, Span
from mlsdc.units import show_duration

ROUNDING = 1 + 1e-9


@check(
    "LLM004",
    "late-index",
    Severity.WARNING,
    source="GDPR, article 17 (erasure reaches every copy); Qdrant and Milvus documentation, upsert "
    "and delete",
)
def late_index(design: Design) -> Iterator[Finding]:
    """A changed document is found later than promised, or a deleted one is found for ever.

    Why: people are told what was true before the last change. A passage that somebody had deleted
    is quoted as long as its chunks lie in the index, which nobody looks into.

    Bad:

        index manuals {
          freshness = 1h
          chunks    { tokens = 400 }
          refresh   {
            every   = 6h
            ingest  = 5m
            chunk   = 2m
            embed   = 9m
            build   = 9m
            deletes = kept
          }
        }

    Good:

        index manuals {
          freshness = 1h
          chunks    { tokens = 400 }
          refresh   {
            every   = 20m
            ingest  = 5m
            chunk   = 2m
            embed   = 9m
            build   = 9m
            deletes = rebuilt
          }
        }
    """
    documents = {index.name for index in of_documents(design)}
    indexes = design.of(Index)
    if not indexes:
        return
    written = writers(design)
    for index in indexes:
        if index.name in design.tainted:
            continue
        age = index_age(index, written.get(index.name, ()))
        if index.freshness is not None and (age is not None or index.name in documents):
            yield from _late(design, index, age, index.freshness.value)
        if index.name in documents:
            yield from _deleted(design, index)


def _late(design: Design, index: Index, age: Age | None, promised: float) -> Iterator[Finding]:
    place = design.place(index, "freshness")
    if age is None or (age.missing and age.seconds <= promised * ROUNDING):
        yield Finding(
            place,
            f"how long after a change `{index.name}` finds it is not known"
            + (f": {age.words}" if age else ""),
            subject=index.name,
            missing=age.missing if age else (f"{index.name}.refresh",),
        )
        return
    if age.seconds <= promised * ROUNDING:
        return
    rest = promised - age.without("period")
    yield Finding(
        place,
        f"`{index.name}` finds a change within {show_duration(promised)}, as promised; it takes "
        f"{'at least ' if age.missing else ''}{show_duration(age.seconds)}",
        subject=index.name,
        labels=(Label(_refreshed(design, index), "from the change to the search"),),
        arithmetic=(f"{show_duration(age.seconds)} = {age.words}",),
        help=f"every = {duration_at_most(rest)}" if rest > 0
        else f"freshness = {duration_at_least(age.seconds)}, or shorter steps",
    )  # fmt: skip


def _refreshed(design: Design, index: Index) -> Span:
    return design.place(index, "refresh") if index.refresh else design.place(index)


def _deleted(design: Design, index: Index) -> Iterator[Finding]:
    if index.refresh is None:
        return
    place = design.place(index, "refresh")
    if index.refresh.deletes is None:
        yield Finding(
            place,
            f"what happens in `{index.name}` when a document is deleted is not known",
            subject=index.name,
            missing=(f"{index.name}.refresh.deletes",),
        )
    elif index.refresh.deletes == "kept":
        yield Finding(
            design.place(index, "refresh", "deletes"),
            f"`{index.name}` finds a document for ever, deleted or not",
            subject=index.name,
            labels=(Label(design.place(index, "chunks"), "what stays"),),
            help="deletes = propagated",
        )
