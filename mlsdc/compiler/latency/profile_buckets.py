"""Counts in buckets in, a service time in seconds out: histograms of JSON and of Prometheus.

Law: what lies above the last closed bucket is not made up: the quantiles below it are known, and
nothing else is.
"""

from __future__ import annotations

import math
import re
from bisect import bisect_left
from collections.abc import Mapping, Sequence
from typing import Any

from mlsdc.compiler.model.component import Histogram, ServiceTime

LEVELS = (0.5, 0.9, 0.95, 0.99, 0.999)
UNITS = {"ns": 1e-9, "us": 1e-6, "µs": 1e-6, "ms": 1e-3, "s": 1.0, "m": 60.0}


class WrongError(ValueError):
    """What is wrong with a file, as a reason."""


def counted(data: Mapping[str, Any], name: str) -> ServiceTime:
    unit = str(data.get("unit", "s"))
    if unit not in UNITS:
        raise WrongError(f"its unit is `{unit}`, not one of {', '.join(UNITS)}")
    edges = tuple(float(edge) * UNITS[unit] for edge in data["edges"])
    counts = tuple(float(count) for count in data["counts"])
    at = float(data["at"]) if data.get("at") is not None else None
    return _from_buckets(edges, counts, f"histogram in {name}", at)


def _from_buckets(
    edges: tuple[float, ...], counts: tuple[float, ...], source: str, at: float | None
) -> ServiceTime:
    if len(edges) != len(counts) + 1:
        raise WrongError(f"{len(counts)} counts need {len(counts) + 1} edges, not {len(edges)}")
    if any(not 0 <= edge < math.inf for edge in edges) or list(edges) != sorted(set(edges)):
        raise WrongError("its edges do not rise from 0")
    if any(not 0 <= count < math.inf for count in counts) or not sum(counts):
        raise WrongError("its counts are negative, or all 0")
    below, reached = 0.0, [0.0]
    for count in counts:
        below += count
        reached.append(below / sum(counts))
    quantiles = {level: between(reached, edges, level) for level in LEVELS}
    histogram: Histogram = (edges, counts)
    return ServiceTime(quantiles, "measured", source, at, histogram)


def between(shares: Sequence[float], times: Sequence[float], level: float) -> float:
    """The time at a share, linear between those that are known."""
    at = min(max(bisect_left(shares, level), 1), len(shares) - 1)
    low, high = shares[at - 1], shares[at]
    part = (level - low) / (high - low) if high > low else 1.0
    return times[at - 1] + (times[at] - times[at - 1]) * min(max(part, 0.0), 1.0)


def exposed(text: str) -> dict[str, float]:
    """The buckets of the exposition format, of all series of the metric together."""
    found: dict[str, float] = {}
    for line in text.splitlines():
        match = re.match(r'^\w+_bucket\{(?:.*,)?\s*le="([^"]+)".*\}\s+(\S+)', line)
        if match is not None:
            found[match[1]] = found.get(match[1], 0.0) + float(match[2])
    return found


def seconds_of_metric(text: str) -> float:
    return 1e-3 if re.search(r"\w*(milliseconds|_ms)_bucket\{", text) else 1.0


def cumulative_buckets(buckets: Mapping[str, float], scale: float, name: str) -> ServiceTime:
    """Cumulative buckets; those above the last closed one are beyond what was measured."""
    source = f"Prometheus histogram in {name}"
    sums = sorted((float(le), count) for le, count in buckets.items())
    closed = [(le * scale, count) for le, count in sums if math.isfinite(le)]
    whole = max((count for _, count in sums), default=0.0)
    if len(closed) < 2 or whole <= 0:
        raise WrongError("its histogram holds fewer than two buckets, or nothing")
    edges = (0.0, *(le for le, _ in closed)) if closed[0][0] > 0 else tuple(le for le, _ in closed)
    cumulative = [count for _, count in closed]
    if closed[0][0] <= 0:
        cumulative = cumulative[1:]
    counts = [after - before for before, after in zip([0.0, *cumulative], cumulative, strict=False)]
    if cumulative[-1] >= whole:
        return _from_buckets(edges, tuple(counts), source, None)
    shares = [0.0, *(count / whole for count in cumulative)]
    known = {level: between(shares, edges, level) for level in LEVELS if level <= shares[-1]}
    if len(known) < 2:
        raise WrongError("most of its requests lie above the last closed bucket")
    return ServiceTime(known, "measured", source)
