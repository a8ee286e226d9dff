"""A call in, what it pays on the way out: the round trip, the mesh, the bytes.

What the design states is taken as it stands. What it names without a number (the reach of a call, a
mesh) is a default with its source, and is told as one; what it does not name adds nothing.

Sources: round trips: measurements of availability zones of AWS (bitsand.cloud 2023, FlashGrid
2023: 0.5 to 1.5 ms between most zones, well below 0.5 ms inside one), 50 to several hundred ms
between regions. Mesh: Istio's performance page, two sidecars add 2.65 ms at p90 (1.9 to 1.12);
ztunnel's part is an assumption of a fifth of that.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from mlsdc.compiler.design import Design
from mlsdc.compiler.model.request import Call
from mlsdc.units import show_duration

if TYPE_CHECKING:
    from mlsdc.compiler.latency.distribution import Distribution

ROUND_TRIPS = {"nodes": (0.0002, 0.0006), "zones": (0.0010, 0.0025), "regions": (0.070, 0.110)}
"""Seconds at p50 and p99 of a round trip, by how far the callee is."""
MESHES = {"sidecar": (0.0015, 0.0045), "ambient": (0.0003, 0.0009)}
"""Seconds at p50 and p99 that the proxies of a mesh add to one call."""
ASSUMED_HOP = (0.001, 0.003)
"""Seconds at p50 and p99 of a hop whose cost nobody states: an assumption, for LAT016 alone."""


@dataclass(frozen=True)
class Crossing:
    """What one call pays on the way; `fixed` is certain, each of `varying` a (p50, p99)."""

    fixed: float
    varying: tuple[tuple[float, float], ...]
    notes: tuple[str, ...]

    @property
    def floor(self) -> float:
        """Seconds that no call is faster than: what is stated, and the medians of the rest."""
        return self.fixed + sum(p50 for p50, _ in self.varying)

    def distribution(self) -> Distribution:
        """All of it, one after the other."""
        return _distribution(self.fixed, self.varying)


@lru_cache(maxsize=1024)
def _distribution(fixed: float, varying: tuple[tuple[float, float], ...]) -> Distribution:
    from mlsdc.compiler.latency.distribution import Distribution

    parts = [Distribution.lognormal(p50=p50, p99=p99) for p50, p99 in varying]
    return Distribution.series([Distribution.constant(fixed), *parts])


def crossing(design: Design, call: Call | None) -> Crossing | None:
    """What a call pays on the way; None where the design says nothing about it."""
    network = design.environment.platform.network
    fixed, notes = 0.0, list[str]()
    varying: list[tuple[float, float]] = []
    stated = call.round_trip if call and call.round_trip else network and network.round_trip
    if call is not None and call.across is not None and call.round_trip is None:
        varying.append(ROUND_TRIPS[call.across])
        notes.append(f"round trip between {call.across}: {_shown(varying[-1])} (default)")
    elif stated:
        fixed += stated.value
        notes.append(f"round trip: {stated} (declared)")
    if network and network.mesh:
        varying.append(MESHES[network.mesh])
        notes.append(f"{network.mesh} mesh: {_shown(varying[-1])} (default)")
    size = sum(part.value for part in (call.payload, call.answer) if part) if call else 0.0
    if size and network:
        for what, speed in (("transfer", network.bandwidth), ("encoding", network.encoding)):
            if speed and speed.value:
                fixed += size / speed.value
                notes.append(f"{what}: {show_duration(size / speed.value)} (declared)")
    return Crossing(fixed, tuple(varying), tuple(notes)) if notes else None


def _shown(quantiles: tuple[float, float]) -> str:
    return f"p50 {show_duration(quantiles[0])}, p99 {show_duration(quantiles[1])}"
