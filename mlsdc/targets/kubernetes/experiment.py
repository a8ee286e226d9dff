"""Experiments in, the routes that split or mirror their traffic out.

Where the gateway calls the control itself, its own route splits. Where another endpoint behind it
calls the control, a second gateway of the same kind, reachable from inside only, stands in between:
that caller is handed its address instead of the control's. Weights fall per request: a route
knows nothing of the design's randomisation unit.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from mlsdc.compiler.bindings import Port, slug
from mlsdc.compiler.model.component import Component
from mlsdc.compiler.model.operations import Experiment
from mlsdc.targets.base import Obstacle, Plan
from mlsdc.targets.kubernetes.network import pods_of
from mlsdc.targets.kubernetes.objects import Object

ROUTED = ("shadow", "canary", "ab")
DEFAULT_SHARE = {"shadow": 1.0, "canary": 0.05, "ab": 0.5}


@dataclass(frozen=True)
class Split:
    """One experiment that a route can carry."""

    experiment: Experiment
    control: str
    treatment: str

    @property
    def share(self) -> float:
        """The treatment's share of the traffic, between 0 and 1."""
        stated = self.experiment.share
        return DEFAULT_SHARE[self.experiment.kind] if stated is None else stated


def splits(plan: Plan, gateway: Component) -> list[Split]:
    """The experiments that a gateway carries, by name."""
    return [
        Split(e, e.control, e.treatment)
        for e in plan.design.of(Experiment)
        if e.gateway == gateway.name and e.kind in ROUTED and e.control and e.treatment
        and http_port(plan, e.control) and http_port(plan, e.treatment)
    ]  # fmt: skip


def unrouted(plan: Plan, gateway: Component) -> Iterator[Obstacle]:
    """Experiments that name the gateway and that no route can carry."""
    carried = {split.experiment.name for split in splits(plan, gateway)}
    taken: dict[str, str] = {}
    for experiment in plan.design.of(Experiment):
        if experiment.gateway != gateway.name:
            continue
        name, control = experiment.name, experiment.control or ""
        if experiment.kind not in ROUTED:
            why = f"a route cannot carry an experiment of kind {experiment.kind}"
            yield Obstacle(name, "kind", why, "kind = ab")
        elif name not in carried:
            why = "control and treatment must both be endpoints that speak HTTP in the cluster"
            yield Obstacle(name, "treatment", why, "treatment = scorer_next")
        elif control in taken:
            why = f"`{taken[control]}` splits the traffic of `{control}` already"
            yield Obstacle(name, "control", why, "control = another_endpoint")
        taken.setdefault(control, name)


def direct(plan: Plan, gateway: Component, split: Split) -> bool:
    """Whether the gateway calls the control itself."""
    return any(edge.target == split.control for edge in plan.graph.out(gateway))


def callers(plan: Plan, split: Split) -> list[str]:
    """Endpoints whose calls to the control pass through the internal route, by name."""
    return [
        edge.source
        for edge in plan.graph.into(split.control)
        if edge.verb == "calls" and plan.design.components[edge.source].role == "endpoint"
    ]


def http_port(plan: Plan, endpoint: str) -> Port | None:
    """Where an endpoint in the cluster speaks HTTP."""
    pods = pods_of(plan, endpoint)
    return next((p for p in pods.ports if p.protocol == "http"), None) if pods else None


def backends(plan: Plan, endpoint: str, split: Split | None) -> tuple[list[Object], list[Object]]:
    """The backends of a route to an endpoint, and the filter that mirrors its requests."""
    if split is None:
        return [_backend(plan, endpoint)], []
    treatment = _backend(plan, split.treatment)
    percent = round(split.share * 100, 4)
    if split.experiment.kind == "shadow":
        fraction: Object = (
            {"percent": int(percent)}
            if percent == int(percent)
            else {"fraction": {"numerator": round(split.share * 1_000_000),
                               "denominator": 1_000_000}}
        )  # fmt: skip
        mirror = {"type": "RequestMirror", "requestMirror": {"backendRef": treatment, **fraction}}
        return [_backend(plan, endpoint)], [mirror]
    weight = round(split.share * 10_000)
    return [
        {**_backend(plan, endpoint), "weight": 10_000 - weight},
        {**treatment, "weight": weight},
    ], []


def _backend(plan: Plan, endpoint: str) -> Object:
    port = http_port(plan, endpoint)
    assert port is not None, endpoint
    return {"name": slug(endpoint), "port": port.number}
