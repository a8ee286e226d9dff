"""The response time of a batching server under load, followed from one batch to the next.

In: the batch's cost a + b * n, largest size, longest delay, arrivals per second. Out: a
`Distribution`. Law: a request waits for its batch to start, then for the whole batch.

While a batch is worked on, the next one gathers: its first request comes after an exponential
time, and it starts when the server is free and its delay over. The span from the first request to
that start decides the size of the batch and everyone's wait. Requests that do not fit into the
next batch wait for a whole full one more; how many do comes from a second chain, of the number
waiting at each start (N. T. J. Bailey, "On queueing processes with bulk service", 1954).

This module imports numpy; import it inside the function that needs it.
"""

import math

import numpy as np

from mlsdc.compiler.latency.distribution import Distribution
from mlsdc.compiler.latency.distribution_knots import Floats

_SPANS = 192
_TIMES = 300
_WAITING = 512
_LARGEST = 128
"""Larger batches are followed in parcels of equal size, so that no step grows with the batch."""


def batch_response(
    base: float, per_item: float, largest: int, max_delay: float, rate: float
) -> Distribution:
    """The response time of one server (seconds, arrivals per second, below its capacity)."""
    parcel = -(-largest // _LARGEST)
    sizes = parcel * np.arange(1, largest // parcel + 1, dtype=np.float64)
    sizes[-1] = largest
    service, rate = base + per_item * sizes, rate / parcel
    gathered = _gathered_response(service, max_delay, rate)
    return gathered + _left_over(service, max_delay, rate)


def _gathered_response(service: Floats, max_delay: float, rate: float) -> Distribution:
    """Of the requests that fit into the next batch: the wait for its start, and its service.

    In a batch of n + 1 that takes a span L to gather, one request waits for all of L and n for a
    part of it, any part alike.
    """
    busy, weights = _busy_spans(service, max_delay, rate)
    spans = np.maximum(busy, max_delay)
    sizes = weights[:, np.newaxis] * _batch_sizes(spans, service.size, rate)
    full_spans = np.maximum(busy, _filling_time(spans, service.size, rate))
    alone = max_delay + service
    times = np.linspace(0.0, float(spans.max() + service[-1]), _TIMES)
    times = np.sort(np.concatenate([times, alone * (1.0 - 1e-9), alone]))
    done, requests = np.zeros_like(times), 0.0
    durations: list[float] = service.tolist()
    for others, seconds in enumerate(durations):
        span = full_spans if others == service.size - 1 else spans
        done += _finished(times - seconds, span, sizes[:, others], others)
        requests += (1 + others) * float(sizes[:, others].sum())
    done = np.maximum.accumulate(np.clip(done / requests, 0.0, 1.0))
    done[-1] = 1.0
    points = zip(times.tolist(), done.tolist(), strict=True)
    return Distribution.from_points([(0.0, 0.0), *points])


def _finished(waited: Floats, spans: Floats, often: Floats, others: int) -> Floats:
    """Expected requests of a batch whose wait is at most `waited`: the first, and the others."""
    order = spans.argsort(kind="stable")
    span, share = spans.take(order), often.take(order)
    complete = np.concatenate([np.zeros(1), np.cumsum(share)])
    partial = np.concatenate([np.zeros(1), np.cumsum(share / np.maximum(span, 1e-290))])
    over = span.searchsorted(waited, "right")
    inside = np.maximum(waited, 0.0) * (partial[-1] - partial[over])
    return (1 + others) * complete[over] + others * inside


def _busy_spans(service: Floats, max_delay: float, rate: float) -> tuple[Floats, Floats]:
    """From the first request of a batch to the server being free: seconds, and how often."""
    largest = service.size
    steps = max(4, _SPANS // largest)
    idle = np.exp(-rate * service)
    middle = (np.arange(steps) + 0.5) / steps
    arrival = -np.log1p(-np.multiply.outer(1.0 - idle, middle)) / rate
    busy = (service[:, np.newaxis] - arrival).ravel()
    sizes = _batch_sizes(np.maximum(busy, max_delay), largest, rate)
    step_weight = (1.0 - idle) / steps
    change = sizes.reshape(largest, steps, largest).sum(axis=1) * step_weight[:, np.newaxis]
    change += np.multiply.outer(idle, _batch_sizes(np.array([max_delay]), largest, rate)[0])
    often = _stationary(change)
    weights = np.repeat(often * step_weight, steps)
    return np.append(busy, 0.0), np.append(weights, float((often * idle).sum()))


def _filling_time(spans: Floats, largest: int, rate: float) -> Floats:
    """Mean time from the first request to the one that fills the batch, if it is within the span.

    E[T; T <= L] of the k-th arrival T is k / rate times P(the next one is within L as well).
    """
    if largest == 1:
        return np.zeros_like(spans)
    before = _poisson(rate * spans, largest - 1)
    filled = np.maximum(1.0 - before[:, :-1].sum(axis=1), 1e-290)
    one_more = np.maximum(filled - before[:, -1], 0.0)
    return np.minimum(spans, (largest - 1) / rate * one_more / filled)


def _left_over(service: Floats, max_delay: float, rate: float) -> Distribution:
    """The extra wait, in whole full batches, of requests that find the next batches full."""
    largest = service.size
    most = max(2 * largest, min(8 * largest, _WAITING))
    change = np.zeros((most + 1, most + 1))
    arrivals = _poisson(rate * service, most)
    for waiting in range(1, most + 1):
        left = max(0, waiting - largest)
        row = arrivals[min(waiting, largest) - 1]
        change[waiting, left:] = row[: most + 1 - left]
        change[waiting, -1] += max(0.0, 1.0 - float(change[waiting].sum()))
    # With nobody waiting, the server waits for the next batch to form.
    empty, change[:, 0] = change[:, 0].copy(), 0.0
    formed = _batch_sizes(np.array([max_delay]), largest, rate)[0]
    change[:, 1 : largest + 1] += np.multiply.outer(empty, formed)
    often = _stationary(change[1:, 1:])
    waiting = np.arange(1, most + 1, dtype=np.float64)
    started = float((often * np.minimum(waiting, largest)).sum())
    beyond = [1.0]
    for batches in range(1, most // largest):
        queued = np.clip(waiting - batches * largest, 0.0, largest)
        beyond.append(min(beyond[-1], float((often * queued).sum()) / started))
    shares = [here - after for here, after in zip(beyond, [*beyond[1:], 0.0], strict=True)]
    whole = float(service[-1])
    return Distribution.mixture(
        [(share, Distribution.constant(n * whole)) for n, share in enumerate(shares)]
    )


def _batch_sizes(spans: Floats, largest: int, rate: float) -> Floats:
    """P(1 request), ..., P(`largest` or more), a row for each span."""
    sizes = np.empty((spans.size, largest))
    sizes[:, :-1] = _poisson(rate * spans, largest - 2)
    sizes[:, -1] = np.maximum(0.0, 1.0 - sizes[:, :-1].sum(axis=1))
    return sizes


def _poisson(means: Floats, last: int) -> Floats:
    """P(N = 0), ..., P(N = last), a row for each mean."""
    counts = np.arange(last + 1, dtype=np.float64)
    factorials = np.array([math.lgamma(count + 1.0) for count in counts.tolist()])
    logs = np.log(np.maximum(means, 1e-290))
    return np.exp(np.multiply.outer(logs, counts) - means[:, np.newaxis] - factorials)


def _stationary(change: Floats) -> Floats:
    """The long-run shares of a Markov chain with these transition probabilities."""
    size = change.shape[0]
    system = change.T - np.eye(size)
    system[-1] = 1.0
    target = np.zeros(size)
    target[-1] = 1.0
    return np.maximum(np.linalg.solve(system, target), 0.0)
