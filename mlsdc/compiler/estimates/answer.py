"""Inputs in, every figure that follows from them out; or the one that a unit in words asks for."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from mlsdc.compiler.estimates.asked import Asked
from mlsdc.compiler.estimates.hardware import Hardware
from mlsdc.compiler.estimates.refusal import Missing, Refusal, Undefined
from mlsdc.compiler.estimates.result import Estimate
from mlsdc.compiler.estimates.working import Inputs, Method, evaluate

_DIMENSIONS = {
    "s": "time", "GPU s": "device time", "B": "bytes", "FLOP": "flop", "FLOP/s": "flops",
    "/s": "rate", "B/s": "bandwidth", "J": "energy",
    "kg": "mass", "share": "number", "USD": "money",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Answer:
    """The figures, and the refusals of methods that applied but could not go through."""

    estimates: tuple[Estimate, ...]
    refusals: tuple[str, ...] = ()


def answers(methods: Sequence[Method], inputs: Inputs, hardware: Hardware) -> Answer:
    """Every quantity by the first method that applies.

    Raises `Refusal` where an input cannot be used, `Missing` with the least that would allow an
    answer where no method applies.
    """
    found: dict[str, Estimate] = {}
    refused: list[Undefined] = []
    lacking: list[tuple[str, ...]] = []
    for method in methods:
        if method.quantity in found or any(name in inputs for name in method.unless):
            continue
        if missing := method.missing(inputs):
            lacking.append(missing)
            continue
        if method.asked_only:
            continue
        try:
            found[method.quantity] = evaluate(method, inputs, hardware)
        except Missing as error:
            lacking.append(error.fields)
        except Undefined as error:
            refused.append(error)
    if not found:
        if refused:
            raise refused[0]
        raise Missing(*min(lacking, key=len, default=("other inputs",)))
    said = tuple(dict.fromkeys(str(error) for error in refused))
    return Answer(tuple(found.values()), said)


def answer(methods: Sequence[Method], inputs: Inputs, hardware: Hardware, asked: Asked) -> Estimate:
    """The figure that the question's unit and words ask for.

    Of the methods whose dimension fits and whose needs are stated, the one with most of its words
    in the question; of equals the one that uses more of the inputs, then the first in the table.
    Raises `Missing` or `Refusal` where there is none.
    """
    ranked = sorted(
        (method for method in methods if _fits(method, asked) and method.applies(inputs)),
        key=lambda m: (-_score(m, asked), -_specific(m, inputs)),
    )
    problem: Exception | None = None
    for method in ranked:
        bare = asked.dimension == "number"  # a count or a share of anything at all
        if asked.words and not _score(method, asked) and (len(ranked) > 1 or bare):
            break  # the words choose no figure of this dimension
        try:
            return evaluate(method, inputs, hardware)
        except Missing as error:
            problem = problem or error
    if problem:
        raise problem
    near = [m for m in methods if _fits(m, asked) and not m.applies(inputs)]
    if ranked or not near:
        raise Refusal("unit", asked.text, "no method answers in this unit with these inputs")
    if asked.dimension == "number" and not any(_score(m, asked) for m in near):
        raise Refusal("unit", asked.text, "no method answers in this unit")
    best = min(near, key=lambda m: (-_score(m, asked), len(m.missing(inputs))))
    raise Missing(*(best.missing(inputs) or (f"inputs without {', '.join(best.unless)}",)))


def _fits(method: Method, asked: Asked) -> bool:
    if _DIMENSIONS.get(method.unit, "number") != asked.dimension:
        return False
    if asked.dimension != "money" or "per" not in asked.words:
        return True
    # A price for a million is not one for a thousand, a saving is no cost, and a token no request.
    words = method.words.split()
    things, wanted = _named(_THINGS, words), _named(_THINGS, asked.words)
    if things and wanted and not things & wanted:
        return False
    return _named(_QUALIFIERS, words) == _named(_QUALIFIERS, asked.words)


_QUALIFIERS = {
    "million": "million", "1m": "million", "mtok": "million", "thousand": "thousand",
    "1000": "thousand", "1k": "thousand", "saved": "saved", "saving": "saved", "savings": "saved",
}  # fmt: skip


_THINGS = {
    **dict.fromkeys(("token", "tokens", "mtok"), "token"),
    **dict.fromkeys(("request", "requests", "query", "queries", "querie", "inference",
                     "inferences"), "request"),
}  # fmt: skip


def _named(table: Mapping[str, str], words: Iterable[str]) -> set[str]:
    return {table[word] for word in words if word in table}


def _score(method: Method, asked: Asked) -> int:
    words = {re.sub(r"s$", "", word) for word in f"{method.words} {method.quantity}".split()}
    return len(words & asked.words)


def _specific(method: Method, inputs: Inputs) -> int:
    needs = {name for need in method.needs for name in ((need,) if isinstance(need, str) else need)}
    return len(needs & inputs.keys())
