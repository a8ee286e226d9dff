"""Looking as often as one likes: the mixture sequential probability ratio test (mSPRT).

Source: Johari, Koomen, Pekelis and Walsh 2017, Peeking at A/B tests, section 4: the likelihood
ratio of a normal estimate, mixed over a normal prior of effects around 0. An error rate holds for
every stopping rule.
"""

from __future__ import annotations

import math

from mlsdc.compiler.statistics.comparison import require_positive, require_share


def mixture_ratio(difference: float, standard_error: float, spread: float) -> float:
    """The logarithm of the mixture likelihood ratio against no difference.

    `spread` is the standard deviation of effects expected beforehand, fixed before the first look
    and in the unit of the difference; a wrong one costs speed, never validity.
    """
    noise = require_positive("the standard error", standard_error) ** 2
    prior = require_positive("the spread", spread) ** 2
    gain = prior * difference**2 / (2.0 * noise * (noise + prior))
    return gain - 0.5 * math.log1p(prior / noise)


def always_valid_p(difference: float, standard_error: float, spread: float) -> float:
    """The p-value of this look; over several looks the smallest one counts."""
    return min(1.0, math.exp(-mixture_ratio(difference, standard_error, spread)))


def half_width(standard_error: float, spread: float, alpha: float = 0.05) -> float:
    """Half the width of the confidence sequence at this look.

    The sequence covers the true difference at all looks together with probability 1 - alpha.
    """
    require_share("alpha", alpha)
    noise = require_positive("the standard error", standard_error) ** 2
    prior = require_positive("the spread", spread) ** 2
    reach = 2.0 * math.log(1.0 / alpha) + math.log1p(prior / noise)
    return math.sqrt(noise * (noise + prior) / prior * reach)
