"""Prometheus: what it scrapes, and the alerts of every objective.

The Prometheus itself, with its operator and Alertmanager, is the cluster's: the design adds
PodMonitors and PrometheusRules to it. Source of the alerts: Google SRE Workbook, "Alerting on
SLOs".
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, ClassVar

from mlsdc.compiler.bindings import Binding, BindingField, Port, slug
from mlsdc.compiler.model.operations import Metrics, Slo
from mlsdc.compiler.model.request import Objective, Request
from mlsdc.compiler.model.types import Period, Text
from mlsdc.targets.base import Obstacle, Plan, Prerequisite
from mlsdc.targets.kubernetes.alerts import (
    DAYS_30,
    alert,
    camel,
    indicator_rules,
    prometheus_duration,
)
from mlsdc.targets.kubernetes.indicators import QUANTILES, indicators, measured
from mlsdc.targets.kubernetes.network import pods_of
from mlsdc.targets.kubernetes.objects import Manifest, Object, made
from mlsdc.targets.kubernetes.scrape import PROMETHEUS_OPERATOR, pod_monitor
from mlsdc.units import DURATION, Quantity, show_duration


class Prometheus(Metrics):
    """Metrics collected by the cluster's Prometheus, with burn-rate alerts for each SLO.

    Example:

        metrics telemetry: prometheus {
          scrapes   = [score, payments]
          retention = 30d
        }
    """

    system = "prometheus"
    summary = "metrics and alerts"
    requires: ClassVar[tuple[Any, ...]] = (PROMETHEUS_OPERATOR,)
    cloud_ports: ClassVar[tuple[Port, ...]] = ()

    interval: Period = Quantity(30, DURATION)
    """Time between two samples."""
    service: Text = "prometheus-operated"
    """The Service of the cluster's Prometheus, in the namespace `monitoring`."""

    def binding(self, plan: Plan) -> Binding:
        """Where queries are answered."""
        host = f"{self.service}.{PROMETHEUS_OPERATOR.namespace}.svc"
        return Binding((BindingField("url", f"http://{host}:9090", type="url"),))

    def prerequisites(self, plan: Plan) -> Iterator[Prerequisite]:
        """A Prometheus that keeps samples for as long as the design says."""
        kept = ""
        if self.retention is not None:
            kept = f", keeping samples for {show_duration(self.retention.value)}"
        kind = "monitoring.coreos.com/v1 Prometheus"
        yield Prerequisite(self.name, kind, self.service, f"scrapes and evaluates rules{kept}")

    def asks(self, plan: Plan) -> Iterator[tuple[int, float, float]]:
        """No pods of its own: it is a Prometheus that is there already, with objects for it."""
        yield from ()

    def obstacles(self, plan: Plan) -> Iterator[Obstacle]:
        """SLOs whose request nothing measures."""
        for slo in self._slos(plan):
            if slo.target is not None and not list(indicators(plan, slo)):
                why = (
                    f"nothing measures request `{slo.request}`: it enters neither through a "
                    "gateway run by envoy nor by one call of an endpoint run by container"
                )
                yield Obstacle(slo.name, "request", why, "call edge    # in the request")

    def kubernetes(self, plan: Plan) -> Iterator[Manifest]:
        """A PodMonitor for each thing it scrapes, and the rules."""
        every = prometheus_duration(self.interval.value)
        seen: list[dict[str, str]] = []
        for edge in plan.graph.out(self):
            pods = pods_of(plan, edge.target)
            if edge.verb != "scrapes" or pods is None or pods.selector in seen:
                continue  # streams of one cluster share its brokers
            seen.append(pods.selector)
            monitor = pod_monitor(plan, self, edge.target, every)
            if monitor is not None:
                yield monitor
        for slo in self._slos(plan):
            yield from self._objective(plan, slo)
        rules = [rule for r in plan.design.of(Request) for rule in _budget(plan, r)]
        if rules:
            group = {"name": f"{slug(self.name)}-budgets", "rules": rules}
            yield self._rules(plan, f"{slug(self.name)}-budgets", [group])

    def _slos(self, plan: Plan) -> list[Slo]:
        return [slo for slo in plan.design.of(Slo) if slo.metrics == self.name]

    def _objective(self, plan: Plan, slo: Slo) -> Iterator[Manifest]:
        window = slo.window.value if slo.window else DAYS_30
        groups = [
            {
                "name": f"{slug(self.name)}-{slug(slo.name)}-{found.objective}",
                "rules": list(indicator_rules(found, window, slo.alerts)),
            }
            for found in indicators(plan, slo)
        ]
        request = plan.design.get(slo.request, Request)
        source = measured(plan, request) if request else None
        if source is None or not groups:
            return
        silent = alert(
            f"{camel(slo.name)}NotMeasured",
            f"absent({source.total}{{{source.selector}}})",
            f"{slo.name}: no sample of {source.total} arrives; the objective is not measured",
            "ticket", slo.alerts, "15m",
        )  # fmt: skip
        groups.append({"name": f"{slug(self.name)}-{slug(slo.name)}-measured", "rules": [silent]})
        yield self._rules(plan, f"{slug(self.name)}-{slug(slo.name)}", groups)

    def _rules(self, plan: Plan, name: str, groups: list[Object]) -> Manifest:
        return made(plan, self, "monitoring.coreos.com/v1", "PrometheusRule",
                    {"groups": groups}, name=name)  # fmt: skip


def _budget(plan: Plan, request: Request) -> Iterator[Object]:
    """An alert for each quantile of a request's latency budget."""
    source = measured(plan, request)
    objectives: tuple[Objective, ...] = request.budget.objectives if request.budget else ()
    for objective in objectives:
        limit, quantile = objective.limit, QUANTILES.get(objective.measure)
        if source is None or quantile is None or not isinstance(limit, Quantity):
            continue
        scale = 1000 if source.milliseconds else 1
        rate = f"sum by (le) (rate({source.duration}_bucket{{{source.selector}}}[10m]))"
        text = f"{objective.measure} of {request.name}"
        yield alert(
            f"{camel(request.name)}{camel(objective.measure)}OverBudget",
            f"histogram_quantile({quantile:g}, {rate}) > {limit.value * scale:g}",
            f"{text} has been over its budget of {show_duration(limit.value)}",
            "ticket", None, "10m", {"request": request.name},
        )  # fmt: skip
