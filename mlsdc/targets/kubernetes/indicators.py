"""A request's objectives in, what each is measured by out.

Behind a gateway, the gateway measures: Envoy's statistics of the routes to the endpoints that the
request calls through it. Without one, the endpoint measures itself, and its image has to expose
`request_duration_seconds` (a histogram) and `requests_total` with a label `code`.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass

from mlsdc.compiler.bindings import slug
from mlsdc.compiler.model.operations import Slo
from mlsdc.compiler.model.request import Call, Objective, Request
from mlsdc.compiler.model.serving import Endpoint, Gateway
from mlsdc.targets.base import Plan
from mlsdc.targets.kubernetes.alerts import Indicator
from mlsdc.units import Quantity

ENVOY_BUCKETS = (0.5, 1, 5, 10, 25, 50, 100, 250, 500, 1000, 2500, 5000, 10000, 30000, 60000)
"""Milliseconds; Envoy's default histogram buckets (Envoy documentation, "Statistics")."""
QUANTILES = {"p50": 0.5, "p90": 0.9, "p95": 0.95, "p99": 0.99, "p999": 0.999}


@dataclass(frozen=True)
class Measured:
    """Where a request is measured, as PromQL names and selectors."""

    duration: str
    """The histogram's name without `_bucket`."""
    total: str
    failed: str
    """Name and selector of failed requests."""
    selector: str
    milliseconds: bool
    namespace: str


def measured(plan: Plan, request: Request) -> Measured | None:
    """What measures a request; None where nothing in the cluster does."""
    gateway: Gateway | None = None
    called: list[str] = []
    for step in request.steps:
        if not isinstance(step, Call):
            continue
        found = plan.design.components.get(step.target)
        if isinstance(found, Gateway):
            gateway = found
        elif isinstance(found, Endpoint) and not step.asynchronous:
            called.append(found.name)
    if not called:
        return None
    if gateway is not None and gateway.system == "envoy" and plan.where(gateway) == "cluster":
        names = "|".join(slug(name) for name in called)
        routes = f"httproute/{plan.namespace}/({names})/rule/.*"
        selector = f'namespace="{plan.namespace}", envoy_cluster_name=~"{routes}"'
        return Measured(
            "envoy_cluster_upstream_rq_time", "envoy_cluster_upstream_rq_completed",
            f'envoy_cluster_upstream_rq_xx{{{selector}, envoy_response_code_class="5"}}',
            selector, True, plan.namespace,
        )  # fmt: skip
    entry = plan.design.components[called[0]]
    if len(called) > 1 or entry.system != "container" or plan.where(entry) != "cluster":
        return None
    selector = f'namespace="{plan.namespace}", component="{entry.name}"'
    return Measured("request_duration_seconds", "requests_total",
                    f'requests_total{{{selector}, code=~"5.."}}', selector,
                    False, plan.namespace)  # fmt: skip


def indicators(plan: Plan, slo: Slo) -> Iterator[Indicator]:
    """The indicators of one SLO; none for what cannot be measured."""
    request = plan.design.get(slo.request, Request)
    source = measured(plan, request) if request is not None else None
    if source is None or slo.target is None:
        return
    for objective in slo.target.objectives:
        made = _indicator(slo.name, objective, source)
        if made is not None:
            yield made


def _indicator(name: str, objective: Objective, source: Measured) -> Indicator | None:
    where, limit = source.selector, objective.limit
    if objective.measure in QUANTILES and isinstance(limit, Quantity):
        total = f"sum(rate({source.duration}_count{{{where}}}[{{window}}]))"
        bucket = f"{source.duration}_bucket{{{where}, {_within(limit.value, source)}}}"
        bad = f"{total} - sum(rate({bucket}[{{window}}]))"
        allowed = round(1 - QUANTILES[objective.measure], 6)
        return Indicator(name, objective.measure, allowed, bad, total, source.namespace)
    if objective.measure == "availability" and not isinstance(limit, Quantity):
        total = f"sum(rate({source.total}{{{where}}}[{{window}}]))"
        # Where nothing has failed yet the series of failures is absent; that is 0, not unknown.
        bad = f"(sum(rate({source.failed}[{{window}}])) or 0 * {total})"
        return Indicator(name, objective.measure, round(1 - limit, 9), bad, total,
                         source.namespace)  # fmt: skip
    return None


def bucket_limit(seconds: float, milliseconds: bool) -> float:
    """The bucket that stands for a limit: Envoy's largest one within it, or the limit itself."""
    if not milliseconds:
        return seconds
    at = bisect_right(ENVOY_BUCKETS, seconds * 1000 + 1e-9)
    return ENVOY_BUCKETS[max(0, at - 1)]


def _within(seconds: float, source: Measured) -> str:
    """The matcher of the bucket; Prometheus 3 writes whole numbers as `50.0`, 2 as `50`."""
    bucket = bucket_limit(seconds, source.milliseconds)
    text = f"{bucket:g}".replace(".", "\\\\.")
    return f'le=~"{text}(\\\\.0)?"'
