"""Replicas and zones in, how many answer after one loss, and how many are enough for it, out.

Replicas are spread as evenly as can be: over nodes one by one, over zones so that none holds more
than the rounded-up share. Source: AWS, Well-Architected Framework, REL 10 (static stability: what
is left in the other zones carries the peak).
"""

from __future__ import annotations

import math
from typing import Literal

Loss = Literal["node", "zone"]


def carriers(arriving: float, each: float) -> int:
    """The fewest replicas that carry a load, where each carries so much of it."""
    return max(1, math.ceil(round(arriving / each, 9)))


def left(replicas: int, loss: Loss, zones: int) -> int:
    """Replicas that answer after the loss of the node, or of the zone, that holds most of them."""
    if loss == "node":
        return max(0, replicas - 1)
    return replicas - -(-replicas // max(1, zones))


def enough(needed: int, loss: Loss, zones: int) -> int:
    """The fewest replicas of which `needed` answer after a loss.

    With one zone nothing is left when it is lost: as many as for a node.
    """
    if loss == "node" or zones <= 1:
        return needed + 1
    return needed + -(-needed // (zones - 1))
