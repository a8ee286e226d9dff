"""A queue as people write it (M/M/c, M/D/1, G/G/c, M/M/c/K), and the finite one's formulas.

The waits themselves are in `mlsdc.compiler.latency.queueing`.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass

_KENDALL = re.compile(r"([a-z]\w*)/([a-z]\w*)/([0-9]+|[a-z]+)(?:/([0-9]+|[a-z]+))?(?:[/ (].*)?")
_VARIATION = {"m": 1.0, "d": 0.0}


@dataclass(frozen=True, slots=True)
class Notation:
    """Kendall's notation read: squared variations where the letters fix them, else None."""

    arrival_scv: float | None
    service_scv: float | None
    servers: int | None
    finite: bool
    loss: bool
    capacity: int | None


def read_notation(text: str) -> Notation | None:
    """`M/M/c`, `M/D/1`, `M/M/c/c` (loss), `M/M/1/20`; None where it is none of these.

    Source: Kendall 1953. GI is G; Ek are Erlang stages with variation 1/k.
    """
    named = {"erlangb": "m/m/c/c", "erlangc": "m/m/c", "erlanga": ""}
    written = re.sub(r"[\s_-]+", "", text.lower())
    match = _KENDALL.fullmatch(named.get(written, written))
    if not match:
        return None
    arrival, service, servers, capacity = match.groups()
    return Notation(
        arrival_scv=_variation(arrival),
        service_scv=_variation(service),
        servers=int(servers) if servers.isdigit() else None,
        finite=capacity is not None and not _endless(capacity),
        loss=capacity is not None and capacity == servers,
        capacity=int(capacity) if capacity and capacity.isdigit() else None,
    )


def _variation(letter: str) -> float | None:
    if stages := re.fullmatch(r"e([0-9]+)", letter):
        return 1.0 / int(stages[1])
    return _VARIATION.get(letter)


def _endless(word: str) -> bool:
    return word in ("inf", "infinity", "infinite")


def fewest_servers(load: float, most: float, *, waiting: bool) -> int:
    """Fewest servers with which at most a share of requests waits, or is turned away.

    One pass of the recursion of Erlang B; Erlang C follows from it. `load` is in erlangs.
    """
    blocked, servers = 1.0, 0
    while True:
        servers += 1
        blocked = load * blocked / (servers + load * blocked)
        share = blocked
        if waiting:
            busy = load / servers
            share = blocked / (1.0 - busy * (1.0 - blocked)) if busy < 1.0 else 1.0
        if share <= most:
            return servers


def finite_states(load: float, servers: int, capacity: int) -> list[float]:
    """P(0), ..., P(K) requests in an M/M/c/K system; `load` is in erlangs.

    Source: Gross and Harris, Fundamentals of Queueing Theory, section 2.5. Computed in logarithms.
    """
    logs = [0.0]
    for count in range(1, capacity + 1):
        logs.append(logs[-1] + math.log(load) - math.log(min(count, servers)))
    largest = max(logs)
    weights = [math.exp(one - largest) for one in logs]
    total = math.fsum(weights)
    return [weight / total for weight in weights]
