"""LLM007"""

from collections.abc import Iterator

from mlsdc.compiler.checks.tiers import PRODUCTION
from mlsdc.compiler.design import Design
from mlsdc.compiler.language.retrieval import Writers, of_documents, origins, writers
from mlsdc.compiler.model.component import Component
from mlsdc.compiler.model.serving import Index
from mlsdc.compiler.schedule import Finding, check
from mlsdc.diagnostics import Label, Severity, Span

EVERYONE = "everyone"


@check(
    "LLM007",
    "readers-not-checked",
    Severity.ERROR,
    source="OWASP Top 10 for LLM Applications 2025, LLM08 Vector and Embedding Weaknesses, and "
    "LLM02 Sensitive Information Disclosure",
)
def readers_not_checked(design: Design) -> Iterator[Finding]:
    """Passages reach people who may not read the documents they come from.

    Why: a search finds what is near, not what is allowed. A language model repeats a passage in its
    own words, and no trace of the document is left by which anyone could refuse it afterwards.

    Bad:

        source wiki { acl = groups }
        lake pages { from = wiki }
        pipeline chunk {
          reads  = pages
          writes = manuals
        }
        index manuals {
          chunks    { tokens = 400 }
          retrieval { k = 8 }
        }

    Good:

        source wiki { acl = groups }
        lake pages { from = wiki }
        pipeline chunk {
          reads  = pages
          writes = manuals
        }
        index manuals {
          chunks    { tokens = 400  acl = groups }
          retrieval { k = 8  filter = before }
        }
    """
    indexes = of_documents(design)
    if not indexes:
        return
    written = writers(design)
    for index in indexes:
        if index.name not in design.tainted:
            yield from _judge(design, index, written)


def _judge(design: Design, index: Index, written: Writers) -> Iterator[Finding]:
    stated = {
        one.name: acl for one in origins(design, index, written) if (acl := _acl(one)) is not None
    }
    limited = {name: acl for name, acl in stated.items() if acl != EVERYONE}
    carried = index.chunks.acl if index.chunks else None
    lost = next(((n, acl) for n, acl in limited.items() if acl != carried), None)
    if lost is not None:
        yield _not_carried(design, index, *lost, carried)
    elif carried is not None and carried != EVERYONE:
        yield from _not_filtered(design, index, carried, next(iter(limited), None))
    elif carried is None and not stated and design.system.tier in PRODUCTION:
        yield Finding(
            _chunks(design, index),
            f"who may read the documents of `{index.name}` is not known",
            subject=index.name,
            missing=(f"{index.name}.chunks.acl",),
        )


def _acl(origin: Component) -> str | None:
    return getattr(origin, "acl", None)


def _not_carried(
    design: Design, index: Index, origin: str, acl: str, carried: str | None
) -> Finding:
    have = f"carry `{carried}`" if carried else "do not carry them"
    return Finding(
        _chunks(design, index),
        f"`{acl}` says who may read `{origin}`; the chunks of `{index.name}` {have}",
        subject=index.name,
        labels=(Label(design.place(origin, "acl"), "who may read it"),),
        help=f"chunks {{ acl = {acl} }}  retrieval {{ filter = before }}",
    )


def _not_filtered(
    design: Design, index: Index, carried: str, origin: str | None
) -> Iterator[Finding]:
    chosen = index.retrieval.filter if index.retrieval else None
    if chosen is None:
        yield Finding(
            _chunks(design, index),
            f"whether searches of `{index.name}` look at `{carried}` is not known",
            subject=index.name,
            missing=(f"{index.name}.retrieval.filter",),
        )
    elif chosen == "none":
        where = design.place(origin, "acl") if origin else design.place(index, "chunks", "acl")
        yield Finding(
            design.place(index, "retrieval", "filter"),
            f"searches of `{index.name}` return chunks whatever `{carried}` says",
            subject=index.name,
            labels=(Label(where, "who may read them"),),
            help="filter = before",
        )


def _chunks(design: Design, index: Index) -> Span:
    return design.place(index, "chunks") if index.chunks else design.place(index)
