"""Servers for a load, with and without batching, and the time of a batch.

Sources: Little 1961; the founding document's worked example (1 / service time x utilisation);
Crankshaw et al. 2017 (Clipper: the time of a batch is linear in its size).
"""

from __future__ import annotations

from collections.abc import Mapping


def per_server(service_time: float, utilisation: float, gain: float = 1.0) -> float:
    """Requests per second one server takes: utilisation / service time x what batching gains."""
    return utilisation / service_time * gain


def batch_line(points: Mapping[float, float]) -> tuple[float, float]:
    """Intercept and slope (seconds) of the least-squares line of batch time over batch size.

    Raises ValueError for fewer than two sizes.
    """
    if len(points) < 2:
        raise ValueError("a line needs the time at two batch sizes at least")
    mean_size = sum(points) / len(points)
    mean_time = sum(points.values()) / len(points)
    spread = sum((size - mean_size) ** 2 for size in points)
    slope = sum((s - mean_size) * (t - mean_time) for s, t in points.items()) / spread
    return mean_time - slope * mean_size, slope


def batching_gain(points: Mapping[float, float], size: float) -> float:
    """Throughput at a batch size over that of single requests, from the line of batch times."""
    base, each = batch_line(points)
    return size * (base + each) / (base + each * size)


def in_flight(rate: float, latency: float) -> float:
    """Little's law: L = lambda W."""
    return rate * latency
