"""LLM016"""

from collections.abc import Iterator

from mlsdc.compiler.called_steps import Made, calls_made
from mlsdc.compiler.design import Design
from mlsdc.compiler.model.features import Dataset
from mlsdc.compiler.model.request import Request
from mlsdc.compiler.model.serving import Cache, Endpoint
from mlsdc.compiler.schedule import Finding, check
from mlsdc.diagnostics import Label, Severity

LOCALES = frozenset({"locale", "language", "lang", "user_locale", "accept_language"})
PROMPT = "prompt_version"


@check(
    "LLM016",
    "unproven-semantic-cache",
    Severity.WARNING,
    source="GPTCache documentation, similarity evaluation; Regmi and Pun 2024, GPT Semantic Cache: "
    "similarity threshold against wrong hits",
)
def unproven_semantic_cache(design: Design) -> Iterator[Finding]:
    """A cache answers a question with the answer to another one.

    Why: "cancel my order" and "do not cancel my order" are near each other. Where the line is drawn
    has to be tried on pairs of questions; and an answer in another language, or of another prompt,
    is wrong however near the question is. (That tenants are kept apart is SEC017.)

    Bad:

        cache answers {
          key      = [question]
          semantic { threshold = 0.9 }
        }

    Good:

        dataset pairs { }
        cache answers {
          key      = [question]
          semantic { threshold = 0.9  evaluation = pairs }
        }
    """
    semantic = [cache for cache in design.of(Cache) if cache.semantic is not None]
    if not semantic:
        return
    made = list(calls_made(design))
    for cache in semantic:
        if cache.name not in design.tainted:
            yield from _unproven(design, cache)
            yield from _unseparated(design, cache, made)


def _unproven(design: Design, cache: Cache) -> Iterator[Finding]:
    semantic = cache.semantic
    assert semantic is not None
    if semantic.threshold is None:
        yield Finding(
            design.place(cache, "semantic"),
            f"how near two questions are that `{cache.name}` takes for one is not known",
            subject=cache.name,
            missing=(f"{cache.name}.semantic.threshold",),
        )
    if semantic.evaluation is None:
        yield Finding(
            design.place(cache, "semantic", "threshold"),
            f"the line between one question and another in `{cache.name}` was tried on nothing",
            subject=cache.name,
            labels=(Label(design.place(cache), "answers by it"),),
            help=_evaluated(design),
        )


def _unseparated(design: Design, cache: Cache, every: list[Made]) -> Iterator[Finding]:
    behind = [made for made in every if cache.name in made.cached]
    if not behind:
        return
    if not cache.key:
        yield Finding(
            design.place(cache),
            f"what `{cache.name}` tells answers apart by is not known",
            subject=cache.name,
            missing=(f"{cache.name}.key",),
        )
        return
    key = set(cache.key)
    for made in behind:
        prompt = _prompt(design, made.call.target)
        if prompt is not None and not key & {PROMPT, prompt, "prompt"}:
            yield _lacks(design, cache, f"the version of `{prompt}`", PROMPT,
                         Label(made.place(design), "answers by it"))  # fmt: skip
            break
    for name in dict.fromkeys(made.request for made in behind):
        request = design.get(name, Request)
        spoken = sorted(LOCALES & set(request.body.columns)) if request and request.body else []
        if request is not None and spoken and not key & LOCALES:
            label = Label(design.place(request, "body"), "what a person asks in")
            yield _lacks(design, cache, f"`{spoken[0]}`", spoken[0], label)
            break


def _prompt(design: Design, name: str) -> str | None:
    endpoint = design.get(name, Endpoint)
    return endpoint.prompt if endpoint is not None else None


def _lacks(design: Design, cache: Cache, what: str, word: str, label: Label) -> Finding:
    return Finding(
        design.place(cache, "key"),
        f"`{cache.name}` finds answers without {what}",
        subject=cache.name,
        labels=(label,),
        help=f"key = [{', '.join((*cache.key, word))}]",
    )


def _evaluated(design: Design) -> str:
    """A dataset of pairs of questions that mean the same or do not."""
    declared = "" if design.get("questions", Dataset) else ", and dataset questions { }"
    pairs = "pairs of questions that mean the same or do not"
    return f"semantic {{ evaluation = questions }}{declared}: {pairs}"
