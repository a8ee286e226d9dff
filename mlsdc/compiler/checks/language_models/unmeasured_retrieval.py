"""LLM006"""

from collections.abc import Iterator

from mlsdc.compiler.called_steps import Made, calls_made
from mlsdc.compiler.design import Design
from mlsdc.compiler.language.retrieval import of_documents
from mlsdc.compiler.model.features import Dataset
from mlsdc.compiler.model.prompt import Prompt
from mlsdc.compiler.model.serving import Index
from mlsdc.compiler.schedule import Finding, check
from mlsdc.diagnostics import Label, Severity, Span


@check(
    "LLM006",
    "unmeasured-retrieval",
    Severity.WARNING,
    source="Thakur et al. 2021, BEIR; Es et al. 2023, RAGAS: context recall; ann-benchmarks: "
    "recall against queries per second",
)
def unmeasured_retrieval(design: Design) -> Iterator[Finding]:
    """Passages are chosen by a search whose quality or time nobody has measured.

    Why: a language model answers from what it is given, in the same confident words when it was
    given the wrong passages. Only questions with known passages tell a bad search from a bad model.

    Bad:

        index manuals {
          chunks    { tokens = 400 }
          retrieval { k = 8 }
        }

    Good:

        dataset questions { }
        index manuals {
          chunks    { tokens = 400 }
          retrieval { k = 8  evaluation = questions }
        }
    """
    indexes = of_documents(design)
    if not indexes:
        return
    made, reading = list(calls_made(design)), _reading(design)
    for index in indexes:
        if index.name in design.tainted:
            continue
        yield from _unevaluated(design, index, reading)
        yield from _approximate(design, index)
        yield from _unbounded(design, index, made)


def _unevaluated(design: Design, index: Index, reading: dict[str, Span]) -> Iterator[Finding]:
    if index.retrieval is not None and index.retrieval.evaluation is not None:
        return
    stated = index.retrieval is not None
    place = design.place(index, "retrieval") if stated else design.place(index)
    yield Finding(
        place,
        f"passages of `{index.name}` are chosen by a search that no questions were tried on",
        subject=index.name,
        labels=(Label(reading.get(index.name, design.place(index)), "what relies on it"),),
        help=_evaluated(design),
    )


def _reading(design: Design) -> dict[str, Span]:
    """The first part of a prompt that takes passages of each index."""
    found: dict[str, Span] = {}
    for prompt in design.of(Prompt):
        for at, part in enumerate(prompt.parts):
            if part.index is not None:
                found.setdefault(part.index, design.place(prompt, "parts", at))
    return found


def _approximate(design: Design, index: Index) -> Iterator[Finding]:
    kind = index.algorithm.kind if index.algorithm else "flat"
    wanted = index.retrieval.recall if index.retrieval else None
    if kind != "flat" and wanted is None:
        yield Finding(
            design.place(index, "algorithm"),
            f"{kind} of `{index.name}` finds a share of the nearest passages that nobody has set",
            subject=index.name,
            labels=(Label(design.place(index), "searched approximately"),),
            help="retrieval { recall = 95% }",
        )


def _unbounded(design: Design, index: Index, every: list[Made]) -> Iterator[Finding]:
    ranker = index.retrieval.reranker if index.retrieval else None
    if ranker is None:
        return
    made = [one for one in every if one.call.target == ranker]
    if not made:
        yield Finding(
            design.place(index, "retrieval", "reranker"),
            f"how long `{ranker}` may take to order passages is not known",
            subject=index.name,
            missing=(f"a call of {ranker}",),
        )
    for one in made:
        if one.call.timeout is None:
            yield Finding(
                one.place(design),
                f"`{ranker}` may take any time to order passages of `{index.name}`",
                subject=index.name,
                labels=(Label(design.place(index, "retrieval", "reranker"), "what it orders"),),
                help=f"call {ranker}  timeout 150ms",
            )


def _evaluated(design: Design) -> str:
    """A dataset of questions with their passages."""
    declared = "" if design.get("questions", Dataset) else ", and dataset questions { }"
    return f"retrieval {{ evaluation = questions }}{declared}: questions with their passages"
