"""TSC027"""

from collections.abc import Iterator

from mlsdc.compiler.design import Design
from mlsdc.compiler.language.retrieval import Encoder, built_by, queried_by, serving
from mlsdc.compiler.model.serving import Index
from mlsdc.compiler.schedule import Finding, check
from mlsdc.diagnostics import Label, Severity


@check(
    "TSC027",
    "embedding-space-mismatch",
    Severity.ERROR,
    source="Milvus, pgvector and Qdrant documentation: one collection holds vectors of one "
    "size and distance; Yi et al. 2019, Sampling-Bias-Corrected Neural Modeling (two towers)",
)
def embedding_space_mismatch(design: Design) -> Iterator[Finding]:
    """Queries and items are turned into vectors that cannot be compared.

    Why: two training runs place the same text at unrelated points, even with the same code and
    data. A search across two versions returns neighbours that mean nothing, and no error at all.

    Bad:

        model encoder { version = 2 }
        endpoint embed { model = encoder }
        index documents {
          encoder         = encoder
          encoder_version = 1
          query_encoder   = embed
        }

    Good:

        model encoder { version = 2 }
        endpoint embed { model = encoder }
        index documents {
          encoder         = encoder
          encoder_version = 2
          query_encoder   = embed
        }
    """
    indexes = design.of(Index)
    if not indexes:
        return
    served = serving(design)
    called = {m.target for m in design.mentions if m.refers.verb == "calls"}
    for index in indexes:
        built = built_by(design, index)
        if built is None or index.name in design.tainted:
            continue
        queried = queried_by(design, index, served)
        yield from _sizes(design, index, built, queried)
        if queried is None:
            if index.name in called:
                yield Finding(
                    design.place(index, "encoder"),
                    f"what encodes the queries of `{index.name}` is not known",
                    subject=index.name,
                    missing=(f"{index.name}.query_encoder",),
                )
        elif built.space != queried.space:
            yield _spaces(index, built, queried)


def _spaces(index: Index, built: Encoder, queried: Encoder) -> Finding:
    return Finding(
        built.place,
        f"`{index.name}` holds vectors of {built}, its queries are vectors of {queried}",
        subject=index.name,
        labels=(Label(queried.place, "encodes its queries"),),
        arithmetic=(f"spaces: {built.space} and {queried.space}",),
        help=f"build a second index with {queried}, fill both, then switch"
        if built.model.name == queried.model.name
        else "one encoder for both, or the same `embedding { space = ... }` where they were "
        "trained together",
    )


def _sizes(
    design: Design, index: Index, built: Encoder, queried: Encoder | None
) -> Iterator[Finding]:
    for encoder in dict.fromkeys(one.model.name for one in (built, queried) if one is not None):
        embedding = next(
            one.model.embedding for one in (built, queried) if one and one.model.name == encoder
        )
        size = embedding.dimensions if embedding is not None else None
        if size is not None and index.dimensions is not None and size != index.dimensions:
            yield Finding(
                design.place(index, "dimensions"),
                f"`{index.name}` holds vectors of {index.dimensions} numbers, `{encoder}` makes "
                f"{size}",
                subject=index.name,
                labels=(Label(design.place(encoder, "embedding", "dimensions"), "what it makes"),),
                help=f"dimensions = {size}",
            )
