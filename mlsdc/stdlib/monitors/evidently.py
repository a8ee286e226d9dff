"""Evidently: a service that compares what is served with what was trained on.

The image is yours: it uses the Evidently library, reads `/etc/monitor/monitor.json` (what to
compare, by which statistic, how often, with which limits, and what else the design says of the
monitor), listens on port 8080, answers /health/live and /health/ready, and exposes two gauges on
/metrics: `drift_score`, labelled `monitor` and `column`, and `drift_last_run_timestamp_seconds`,
labelled `monitor`. A column that is compared in several slices has its worst score there. With a
`cooldown`, the image leaves that much time between two retrainings that it asks for.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from mlsdc.compiler.bindings import Binding, BindingField, Port, slug
from mlsdc.compiler.model.capability import Capability
from mlsdc.compiler.model.features import Features
from mlsdc.compiler.model.learning import Model
from mlsdc.compiler.model.operations import Drift, Monitor
from mlsdc.compiler.model.serving import Endpoint
from mlsdc.compiler.model.types import Bytes, Cores
from mlsdc.targets.base import Obstacle, Plan
from mlsdc.targets.kubernetes.alerts import alert, camel
from mlsdc.targets.kubernetes.network import MONITORING_NAMESPACE
from mlsdc.targets.kubernetes.objects import Manifest, Object, Pods, made, selector
from mlsdc.targets.kubernetes.scrape import PROMETHEUS_OPERATOR, pod_monitor
from mlsdc.targets.kubernetes.workload import Container, Probe, application
from mlsdc.units import BYTES, Quantity, show_duration

HTTP = Port("http", 8080, "http")
CONFIGURATION = "/etc/monitor"


class Evidently(Monitor):
    """Drift of features and predictions, compared at a fixed pace.

    With `alerts`, Prometheus alerts when a column's score passes a limit; `then = retrain` is told
    to whoever is alerted, as the label `action`. It starts no training by itself.

    Example:

        monitor health: evidently {
          every  = 1h
          alerts = "risk-ml"
          drift  = psi { warn = 0.1  critical = 0.2 }
          image  = "registry.example.com/fraud/drift:1.2.0"
        }
    """

    system = "evidently"
    summary = "drift and data quality"
    requires: ClassVar[tuple[Any, ...]] = (PROMETHEUS_OPERATOR,)
    capabilities: ClassVar[Mapping[str, Capability]] = {
        "drift.wasserstein": Capability(True, "stattest `wasserstein`: a normed distance"),
        "drift.psi": Capability(True, "stattest `psi`: the index itself"),
        "drift.jensen_shannon": Capability(True, "stattest `jensenshannon`: a distance"),
        "drift.kl": Capability(True, "stattest `kl_div`: the divergence"),
        "drift.chi_squared": Capability(True, "stattest `chisquare`: a p-value"),
        "drift.ks": Capability(False, "its `ks` is a p-value, which falls as drift grows, and ks "
                                      "is a distance here"),
    }  # fmt: skip

    cpu: Cores = 1.0
    """Cores of the service."""
    memory: Bytes = Quantity(2 * 2.0**30, BYTES)
    """Memory of the service: both windows it compares are held in it."""

    def binding(self, plan: Plan) -> Binding:
        """Where its reports are."""
        url = f"http://{slug(self.name)}.{plan.namespace}.svc:{HTTP.number}"
        return Binding((BindingField("url", url, type="url"),))

    def pods(self, plan: Plan) -> Pods:
        """Its one pod."""
        return Pods(selector(self), (HTTP,), HTTP)

    def obstacles(self, plan: Plan) -> Iterator[Obstacle]:
        """A monitor without an image: Evidently is a library, and reads data only through yours."""
        if self.image is None:
            why = "it has no `image`; Evidently is a library, and the image that uses it is yours"
            line = f'image = "registry.example.com/{slug(plan.design.system.name)}/drift:1.0.0"'
            yield Obstacle(self.name, "image", why, line)

    def kubernetes(self, plan: Plan) -> Iterator[Manifest]:
        """The service with its configuration; alerts and their samples where someone is told."""
        if self.image is None:
            return
        name = f"{slug(self.name)}-config"
        content = json.dumps(self.configuration(plan), indent=2) + "\n"
        yield made(plan, self, "v1", "ConfigMap", name=name, data={"monitor.json": content})
        # One replica: two would report the same comparison twice.
        yield from application(
            plan,
            self,
            Container(
                image=self.image,
                ports=(HTTP,),
                cores=self.cpu,
                memory=self.memory.value,
                live=Probe("/health/live", HTTP.name),
                ready=Probe("/health/ready", HTTP.name),
                variables={"MONITOR_CONFIG": f"{CONFIGURATION}/monitor.json"},
                config=((name, CONFIGURATION),),
            ),
            replicas=1,
        )
        if self.alerts is not None:
            yield from self._alerting(plan, self.alerts)

    def configuration(self, plan: Plan) -> Object:
        """What the image reads: everything it has to know of the design."""
        stated = {
            "every_seconds": self.every and self.every.value,
            "drift": self.drift and _comparison(self.drift),
            "slices": list(self.slices) or None,
            "quality": self.quality,
            "proxies": list(self.proxies) or None,
            "staleness": list(self.staleness) or None,
        }
        return {
            "schema_version": 1,
            "monitor": self.name,
            "watches": list(self.watches),
            "reference": self.reference,
            "logs": self.logs,
            **_given(stated),
            "columns": self._columns(plan),
        }

    def _columns(self, plan: Plan) -> list[Object]:
        """The features behind what is watched, each once, in the order of the design."""
        views: dict[str, None] = {}
        for name in self.watches:
            found = plan.design.components.get(name)
            if isinstance(found, Model):
                served = [e for e in plan.design.of(Endpoint) if e.model == name]
                views.update({view: None for e in served for view in e.features})
            elif isinstance(found, Endpoint):
                views.update(dict.fromkeys(found.features))
            else:
                views[name] = None
        return [
            {"view": name, "column": column, "type": str(spec.type)}
            for name in views
            for view in (plan.design.get(name, Features),)
            if view is not None
            for column, spec in view.columns.items()
        ]

    def _alerting(self, plan: Plan, receiver: str) -> Iterator[Manifest]:
        scraped = [e for e in plan.graph.into(self) if e.verb == "scrapes"]
        if not scraped:
            yield from self._samples(plan)
        group = {"name": f"{slug(self.name)}-drift", "rules": list(self._rules(plan, receiver))}
        yield made(plan, self, "monitoring.coreos.com/v1", "PrometheusRule", {"groups": [group]},
                   origins={"spec.groups": ("drift",)})  # fmt: skip

    def _samples(self, plan: Plan) -> Iterator[Manifest]:
        """Its own scrape, and the way in, where no `metrics` of the design scrapes it."""
        monitor = pod_monitor(plan, self, self.name, "30s")
        if monitor is not None:
            yield monitor
        namespace = {"kubernetes.io/metadata.name": MONITORING_NAMESPACE}
        rule = {
            "from": [{"namespaceSelector": {"matchLabels": namespace}}],
            "ports": [{"protocol": "TCP", "port": HTTP.number}],
        }
        spec = {"podSelector": {"matchLabels": selector(self)}, "policyTypes": ["Ingress"],
                "ingress": [rule]}  # fmt: skip
        yield made(plan, self, "networking.k8s.io/v1", "NetworkPolicy", spec,
                   name=f"{slug(self.name)}-scrape")  # fmt: skip

    def _rules(self, plan: Plan, receiver: str) -> Iterator[Object]:
        where = f'namespace="{plan.namespace}", monitor="{self.name}"'
        name = camel(self.name)
        if self.drift is not None:
            for rule in _limits(self.drift, f"drift_score{{{where}}}"):
                yield alert(
                    f"{name}Drift{rule.level}",
                    rule.expression,
                    f"{self.name}: {rule.told}",
                    rule.severity, receiver, "5m", {"action": self.drift.then},
                )  # fmt: skip
        if self.every is not None:
            late = 2 * self.every.value
            last_run = f"drift_last_run_timestamp_seconds{{{where}}}"
            last = f"max({last_run})"
            yield alert(
                f"{name}NotRunning",
                f"time() - {last} > {late:g} or absent({last_run})",
                f"{self.name}: no comparison has ended for {show_duration(late)}",
                "ticket", receiver, "15m",
            )  # fmt: skip


@dataclass(frozen=True)
class _Limit:
    """One limit of the scores: its alert in PromQL, and what whoever is alerted reads."""

    level: str
    severity: str
    expression: str
    told: str


def _limits(drift: Drift, scores: str) -> Iterator[_Limit]:
    """The limits that are stated, each with its own alert.

    Evidently finds drift where a distance reaches its limit and where a p-value falls below it
    (its documentation, "Data drift algorithms": "p_value < threshold", "distance >= threshold"),
    so the worst score of a column is its largest distance, or its smallest p-value.
    """
    worst, over, side = ("min", "<", "under") if drift.by_p_value else ("max", ">", "over")
    by_column = f"{worst} by (column) ({scores})"
    levels = (("Warning", drift.warn, "ticket"), ("Critical", drift.critical, "page"))
    for level, limit, severity in levels:
        if limit is None:
            continue
        expression = f"{by_column} {over} {limit:g}"
        what = "{{ $labels.column }}"
        if drift.columns is not None:
            expression = f"count({expression}) / count({by_column}) >= {drift.columns:g}"
            what = "{{ $value | humanizePercentage }} of the columns"
        told = f"{drift.statistic} of {what} is {side} {limit:g}"
        yield _Limit(level, severity, expression, told)


def _comparison(drift: Drift) -> Object:
    """What the image has to know of the comparison."""
    return {
        "statistic": drift.statistic,
        **_given({
            "warn": drift.warn,
            "critical": drift.critical,
            "bins": drift.bins,
            "rows": drift.rows,
            "columns": drift.columns,
        }),
        "then": drift.then,
        **_given({"cooldown_seconds": drift.cooldown and drift.cooldown.value}),
    }  # fmt: skip


def _given(fields: Mapping[str, object]) -> Object:
    """Those that the design states."""
    return {name: value for name, value in fields.items() if value is not None}
