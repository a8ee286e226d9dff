"""Objectives in, recording rules and burn-rate alerts out.

Source: Google SRE Workbook, "Alerting on SLOs" (multi-window, multi-burn-rate): 14.4x over 1h and
5m, 6x over 6h and 30m, 1x over 3d and 6h for 30 days. For another objective window the factors
stay and the alert windows scale with it, so that each alert means the same share of the budget.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from mlsdc.targets.kubernetes.objects import Object

DAYS_30 = 30 * 86400.0
SHORTEST_WINDOW = 120
"""Seconds; a rate needs several samples, and samples are 30 seconds apart."""


@dataclass(frozen=True)
class Burn:
    """One alert: the budget is spent `factor` times as fast as allowed, in both windows."""

    factor: float
    long: int
    short: int
    """Seconds."""
    severity: str


@dataclass(frozen=True)
class Indicator:
    """What one objective is measured by: PromQL for bad and all events, `{window}` left open."""

    slo: str
    objective: str
    """p99, availability"""
    allowed: float
    """The share of events that may be bad."""
    bad: str
    total: str
    namespace: str
    """Told apart by it, where environments share one Prometheus."""


def burns(window: float, allowed: float) -> list[Burn]:
    """The burn-rate alerts of a window in seconds; those that could never fire are left out."""
    scale = window / DAYS_30
    table = ((14.4, 3600, 300, "page"), (6, 21600, 1800, "page"), (1, 259200, 21600, "ticket"))
    found = [
        Burn(factor, _whole(long * scale), _whole(short * scale), severity)
        for factor, long, short, severity in table
    ]
    return [burn for burn in found if burn.factor * allowed < 1]


def _whole(seconds: float) -> int:
    """Whole minutes, not below the shortest window."""
    return max(SHORTEST_WINDOW, round(seconds / 60) * 60)


def prometheus_duration(seconds: float) -> str:
    """`5m`, `3d`: the largest unit that divides it, as Prometheus writes durations."""
    whole = max(1, round(seconds))
    for unit, size in (("d", 86400), ("h", 3600), ("m", 60)):
        if whole % size == 0:
            return f"{whole // size}{unit}"
    return f"{whole}s"


def record(window: int) -> str:
    """The name of the recorded share of bad events over one window."""
    return f"slo:bad_events:ratio_rate{prometheus_duration(window)}"


def indicator_rules(indicator: Indicator, window: float, receiver: str | None) -> Iterator[Object]:
    """Recording rules, then alerts, of one objective."""
    labels = {"slo": indicator.slo, "objective": indicator.objective,
              "namespace": indicator.namespace}  # fmt: skip
    wanted = burns(window, indicator.allowed)
    for seconds in sorted({s for burn in wanted for s in (burn.short, burn.long)}):
        span = prometheus_duration(seconds)
        bad, total = (text.replace("{window}", span) for text in (indicator.bad, indicator.total))
        yield {"record": record(seconds), "expr": f"({bad}) / ({total})", "labels": labels}
    pairs = [f'{key}="{value}"' for key, value in labels.items()]
    matching = "{" + ", ".join(pairs) + "}"
    for burn in wanted:
        limit = f"({burn.factor:g} * {indicator.allowed:g})"
        pair = [f"{record(w)}{matching} > {limit}" for w in (burn.long, burn.short)]
        yield {
            "alert": f"{camel(indicator.slo)}{camel(indicator.objective)}Burn",
            "expr": " and ".join(pair),
            "labels": {**labels, "severity": burn.severity, **_team(receiver),
                       "window": prometheus_duration(burn.long)},
            "annotations": {
                "summary": f"{indicator.slo}: the error budget of {indicator.objective} is spent "
                f"{burn.factor:g} times as fast as allowed",
            },
        }  # fmt: skip


def alert(
    name: str, expression: str, summary: str, severity: str, receiver: str | None,
    lasting: str = "5m", labels: dict[str, str] | None = None,
) -> Object:  # fmt: skip
    """One alert."""
    return {
        "alert": name,
        "expr": expression,
        "for": lasting,
        "labels": {"severity": severity, **_team(receiver), **(labels or {})},
        "annotations": {"summary": summary},
    }


def camel(name: str) -> str:
    """`challenger_p99` as alerts are named: `ChallengerP99`."""
    return "".join(word[:1].upper() + word[1:] for word in name.replace("-", "_").split("_"))


def _team(receiver: str | None) -> dict[str, str]:
    return {"team": receiver} if receiver else {}
