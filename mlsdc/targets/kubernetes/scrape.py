"""A component in, the PodMonitor that scrapes its pods out.

Pods are found by the labels and the metrics port that their own system publishes. Requires the
Prometheus Operator in the namespace that network policies let in.
"""

from __future__ import annotations

from mlsdc.compiler.bindings import slug
from mlsdc.compiler.model.component import Component
from mlsdc.targets.base import Plan, Requirement
from mlsdc.targets.kubernetes.network import MONITORING_NAMESPACE, pods_of
from mlsdc.targets.kubernetes.objects import Manifest, made

PROMETHEUS_OPERATOR = Requirement(
    name="prometheus-operator",
    versions=">=0.80,<1",
    kinds=("monitoring.coreos.com/v1 PodMonitor", "monitoring.coreos.com/v1 PrometheusRule"),
    chart="kube-prometheus-stack",
    repository="https://prometheus-community.github.io/helm-charts",
    chart_version="88.2.0",
    namespace=MONITORING_NAMESPACE,
    settings=(
        ("prometheus.prometheusSpec.podMonitorSelectorNilUsesHelmValues", "false"),
        ("prometheus.prometheusSpec.ruleSelectorNilUsesHelmValues", "false"),
    ),
)


def pod_monitor(plan: Plan, owner: Component, target: str, interval: str) -> Manifest | None:
    """What scrapes a component's pods; None where they run elsewhere or expose nothing."""
    pods = pods_of(plan, target)
    if pods is None or pods.metrics is None:
        return None
    name = slug(target) if target == owner.name else f"{slug(owner.name)}-{slug(target)}"
    relabeling = {"targetLabel": "component", "replacement": target}
    endpoint = {
        "portNumber": pods.metrics.number,
        "path": pods.metrics_path,
        "interval": interval,
        "relabelings": [relabeling],
    }
    spec = {
        "selector": {"matchLabels": pods.selector},
        "podMetricsEndpoints": [endpoint],
    }
    return made(plan, owner, "monitoring.coreos.com/v1", "PodMonitor", spec, name=name)
