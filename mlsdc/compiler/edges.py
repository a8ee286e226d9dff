"""The edge table: what may be joined to what, by which verb, and what that entails.

One row tells which access the target grants, whether the two talk over the network, whether the
target must be up first, and how long a caller waits by default. Everything that joins two
components derives from its row: removing the edge removes all of it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Access = Literal["read", "write", "read_write", "invoke", "observe"]


@dataclass(frozen=True)
class EdgeRule:
    """What an edge of this verb between these roles entails."""

    verb: str
    sources: tuple[str, ...]
    targets: tuple[str, ...]
    access: Access
    starts_after: bool = True
    """The target is up before the source starts."""
    synchronous: bool = False
    """The source waits for the answer."""
    timeout: float | None = None
    """Seconds a caller waits where the design does not say."""
    metrics: tuple[str, ...] = ()
    """What is measured on the edge."""


_CALL = ("request_duration_seconds", "requests_total", "request_errors_total")
_FLOW = ("records_total", "lag_seconds")
_APPLICATIONS = ("endpoint", "explainer", "review", "monitor")

EDGE_RULES: tuple[EdgeRule, ...] = (
    EdgeRule("calls", ("gateway",), ("endpoint",), "invoke", False, True, 15.0, _CALL),
    EdgeRule("calls", ("endpoint", "explainer"), ("endpoint", "explainer"), "invoke", False, True,
             1.0, _CALL),
    EdgeRule("calls", ("endpoint",), ("cache", "index"), "read_write", True, True, 0.05, _CALL),
    EdgeRule("reads", ("endpoint", "explainer"), ("feature_store", "online_store"), "read", True,
             True, 0.1, _CALL),
    EdgeRule("reads", ("endpoint",), ("warehouse", "lake"), "read", True, True, 30.0, _CALL),
    EdgeRule("loads", ("endpoint",), ("registry", "lake"), "read", True, metrics=("load_seconds",)),
    EdgeRule("reads", ("feature_store",), ("online_store", "lake", "warehouse"), "read_write", True,
             metrics=_CALL),
    EdgeRule("consumes", ("pipeline", "review", "monitor", "lake", "warehouse"), ("stream",),
             "read", True, metrics=_FLOW),
    EdgeRule("publishes", ("pipeline", "endpoint", "gateway"), ("stream",), "write", True,
             metrics=_FLOW),
    EdgeRule("reads", ("pipeline", "training", "monitor"), ("lake", "warehouse", "source"), "read",
             True, metrics=("bytes_read_total",)),
    EdgeRule("reads", ("training", "monitor"), ("feature_store",), "read", True,
             metrics=("bytes_read_total",)),
    EdgeRule("reads", ("lake", "warehouse", "review"), ("source", "review"), "read", True,
             metrics=_FLOW),
    EdgeRule("writes", ("pipeline",),
             ("lake", "warehouse", "online_store", "feature_store", "index"), "write", True,
             metrics=_FLOW),
    EdgeRule("writes", ("training", "registry", "tracking", "pipeline"), ("lake",), "read_write",
             True, metrics=("bytes_written_total",)),
    EdgeRule("checkpoints", ("pipeline",), ("lake",), "read_write", True,
             metrics=("bytes_written_total",)),
    EdgeRule("writes", ("review",), ("lake", "stream"), "write", True, metrics=_FLOW),
    EdgeRule("publishes", ("training",), ("registry",), "write", True, metrics=("requests_total",)),
    EdgeRule("logs_to", ("training",), ("registry", "tracking"), "write", True,
             metrics=("requests_total",)),
    EdgeRule("scrapes", ("metrics",),
             ("endpoint", "gateway", "pipeline", "stream", "online_store", "feature_store",
              "monitor", "registry", "explainer"), "observe", False),
    EdgeRule("watches", ("monitor",), ("endpoint",), "observe", False),
)  # fmt: skip


def edge_rule(verb: str, source: str, target: str) -> EdgeRule | None:
    """The row for a verb between two roles, or None where they cannot be joined."""
    return next(
        (
            rule
            for rule in EDGE_RULES
            if rule.verb == verb and source in rule.sources and target in rule.targets
        ),
        None,
    )


def nearest_pairs(verb: str, source: str, target: str) -> list[str]:
    """Known joins that share two of the three, as sentences."""
    return [
        f"{one} {rule.verb} {other}"
        for rule in EDGE_RULES
        for one in rule.sources
        for other in rule.targets
        if (one == source) + (other == target) + (rule.verb == verb) == 2
    ][:3]
