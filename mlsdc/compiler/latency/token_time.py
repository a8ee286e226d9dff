"""The time of a language model's whole answer: the first token, then one token after another.

In: distributions of the time to the first token (seconds), of the time between tokens (seconds),
and of the number of tokens. Out: the distribution of the answer's time. Law: all three are
independent; a time between tokens belongs to a whole answer (vLLM's TPOT: the rest of the answer's
time over its tokens but one), so one draw of it is multiplied by the answer's length.

This module imports numpy; import it inside the function that needs it.
"""

from itertools import pairwise

from mlsdc.compiler.latency.distribution import Distribution

_LEVELS = (
    *(step / 40 for step in range(39)),
    0.975, 0.98, 0.985, 0.99, 0.9925, 0.995, 0.9975, 0.999, 0.9995, 0.9999, 1.0,
)  # fmt: skip
"""Answers are taken by length, in strata that are finer where the tail is made."""


def generated(first: Distribution, each: Distribution, length: Distribution) -> Distribution:
    """The first token, and `length - 1` times the time between two.

    Answers shorter than one token count as one. The strata of the length keep its mean within
    0.1 %.
    """
    strata: list[tuple[float, Distribution]] = []
    for low, high in pairwise(_LEVELS):
        tokens = length.between(low, high).mean()
        strata.append((high - low, each.scaled(max(tokens - 1.0, 0.0))))
    return first + Distribution.mixture(strata)
