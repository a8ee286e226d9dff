"""Quantiles measured under one load in, what they say about a higher one out.

A response that was measured at a load holds the work and the waiting at that load. The share of it
that is work is the one whose M/G/c response has the measured mean at the measured load
(Allen-Cunneen, so that it is exact for one worker); under another load the same work waits longer.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from mlsdc.compiler.latency.queueing import Unstable, wait_ggc

if TYPE_CHECKING:
    from mlsdc.compiler.latency.distribution import Distribution

_STEPS = 60
SAME_LOAD = 1 + 1e-9
"""Up to this many times its load a measurement holds."""


@lru_cache(maxsize=1024)
def work_share(mean: float, scv: float, rate: float, workers: int) -> float:
    """The share of a mean response (seconds, at `rate` per second) that is work, by bisection.

    Waiting rises with the work, so that there is exactly one such share. Raises ValueError for no
    worker or negative figures.
    """
    low, high = 0.0, 1.0
    for _ in range(_STEPS):
        middle = (low + high) / 2
        waiting = wait_ggc(rate, mean * middle, workers, service_scv=scv)
        whole = float("inf") if isinstance(waiting, Unstable) else mean * middle + waiting.mean
        low, high = (middle, high) if whole < mean else (low, middle)
    return low


@lru_cache(maxsize=1024)
def beyond_load(
    own: Distribution, at: float, workers: int, more: float
) -> tuple[Distribution, Distribution, float] | Unstable | None:
    """Work, waiting and utilisation at `more` times the load; None within what was measured."""
    if more <= SAME_LOAD:
        return None
    work = own.scaled(work_share(own.mean(), own.scv, at, workers))
    found = queued(at * more, work, workers)
    return found if isinstance(found, Unstable) else (work, *found)


@lru_cache(maxsize=1024)
def queued(rate: float, own: Distribution, servers: int) -> tuple[Distribution, float] | Unstable:
    """The wait for one of the servers, and how busy they are."""
    waiting = wait_ggc(rate, own.mean(), servers, service_scv=own.scv)
    if isinstance(waiting, Unstable):
        return waiting
    return waiting.distribution(), waiting.utilisation
