"""LLM003"""

from collections.abc import Iterator

from mlsdc.compiler.design import Design
from mlsdc.compiler.language.retrieval import built_by
from mlsdc.compiler.model.language import Embedding
from mlsdc.compiler.model.serving import Index
from mlsdc.compiler.schedule import Finding, check
from mlsdc.diagnostics import Label, Severity

LENGTHS_COUNT = ("dot", "l2")
"""Comparisons in which the length of a vector decides with its direction."""


@check(
    "LLM003",
    "metric-mismatch",
    Severity.ERROR,
    source="pgvector README, distance functions; Qdrant and Milvus documentation, metric types; "
    "sentence-transformers documentation, semantic search",
)
def metric_mismatch(design: Design) -> Iterator[Finding]:
    """An index compares vectors in another way than their encoder was trained for.

    Why: cosine looks at directions alone, a dot product and a distance at lengths too. With vectors
    that are not all of length 1 the three give three orders, and long texts win or lose by length.

    Bad:

        model encoder {
          embedding { dimensions = 768  metric = cosine  normalised = false }
        }
        index documents {
          encoder = encoder
          metric  = dot
        }

    Good:

        model encoder {
          embedding { dimensions = 768  metric = cosine  normalised = false }
        }
        index documents {
          encoder = encoder
          metric  = cosine
        }
    """
    for index in design.of(Index):
        built = built_by(design, index)
        embedding = built.model.embedding if built is not None else None
        if built is not None and index.name not in design.tainted:
            yield from _judge(design, index, built.model.name, embedding)


def _judge(
    design: Design, index: Index, encoder: str, embedding: Embedding | None
) -> Iterator[Finding]:
    trained, used = embedding.metric if embedding else None, index.metric
    unit = embedding.normalised if embedding else None
    if (trained is None and used is None) or unit:
        return  # vectors of length 1 have the same order in all three
    if trained is None or used is None:
        missing = f"{encoder}.embedding.metric" if trained is None else f"{index.name}.metric"
        yield Finding(
            design.place(index, "metric") if used else design.place(index, "encoder"),
            f"whether `{index.name}` compares vectors as `{encoder}` was trained is not known",
            subject=index.name,
            missing=(missing,),
        )
        return
    yield from _compared(design, index, encoder, trained, used, unit)


def _compared(
    design: Design, index: Index, encoder: str, trained: str, used: str, unit: bool | None
) -> Iterator[Finding]:
    label = Label(design.place(encoder, "embedding"), "how it was trained")
    if index.normalised:
        if trained in LENGTHS_COUNT and unit is False:
            yield Finding(
                design.place(index, "normalised"),
                f"`{index.name}` brings vectors to length 1, `{encoder}` says something by their "
                f"length ({trained})",
                subject=index.name,
                labels=(label,),
                help="normalised = false; build the index again",
            )
        return
    if trained == used:
        return
    if unit is None and index.normalised is None:
        yield Finding(
            design.place(index, "metric"),
            f"`{index.name}` compares by {used}, `{encoder}` was trained for {trained}: that is "
            "the same only for vectors of length 1",
            subject=index.name,
            missing=(f"{encoder}.embedding.normalised",),
        )
        return
    yield Finding(
        design.place(index, "metric"),
        f"`{index.name}` compares by {used} what `{encoder}` was trained to have compared by "
        f"{trained}",
        subject=index.name,
        labels=(label,),
        help=f"metric = {trained}; build the index again before the switch",
    )
