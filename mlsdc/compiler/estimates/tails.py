"""What fan-out, retries, caches and replicas in series do to slow answers and to load.

Source: Dean and Barroso 2013, The Tail at Scale. Tails of whole requests are computed with
`mlsdc.compiler.latency.distribution`.
"""

from __future__ import annotations


def any_slow(probability: float, leaves: float) -> float:
    """The probability that at least one of several independent leaves is slow."""
    return 1.0 - (1.0 - probability) ** leaves


def leaf_level(level: float, leaves: float) -> float:
    """The quantile each leaf must keep so that all of them keep `level`."""
    return level ** (1.0 / leaves)


def attempts_per_request(failure: float, attempts: float) -> float:
    """Expected attempts with independent failures: 1 + p + p^2 ..., at most `attempts` terms."""
    if failure >= 1.0:
        return attempts
    return (1.0 - failure**attempts) / (1.0 - failure)


def success(failure: float, attempts: float) -> float:
    """The probability that one of the attempts succeeds."""
    return 1.0 - failure**attempts


def cached_mean(hit_ratio: float, hit: float, miss: float) -> float:
    """Mean time of a read through a cache."""
    return hit_ratio * hit + (1.0 - hit_ratio) * miss


def in_series(availability: float, components: float) -> float:
    """Availability of components that are all needed."""
    return availability**components
