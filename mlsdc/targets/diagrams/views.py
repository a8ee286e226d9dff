"""A plan in, drawings out: the running system, and the lineage of its features."""

from __future__ import annotations

from mlsdc.compiler.analyses.capacity import Capacity
from mlsdc.compiler.analyses.latency import Latencies
from mlsdc.compiler.analyses.workload import Workload
from mlsdc.compiler.figures import Figure
from mlsdc.compiler.model.component import Component
from mlsdc.compiler.model.features import Features
from mlsdc.compiler.model.operations import Metrics
from mlsdc.compiler.model.request import Call, Request, Step
from mlsdc.targets.base import Plan
from mlsdc.targets.diagrams.drawing import Drawing, Edge, Group, Node, State
from mlsdc.units import Quantity, show_duration

GROUPS = (
    Group("online", "Online path", 0),
    Group("data", "Data and features", 1),
    Group("learning", "Learning", 2),
    Group("watching", "Watching and reviewing", 3),
)
_GROUP_OF = {
    "request": "online", "gateway": "online", "endpoint": "online", "explainer": "online",
    "cache": "online", "index": "online",
    "source": "data", "stream": "data", "lake": "data", "warehouse": "data", "pipeline": "data",
    "feature_store": "data", "online_store": "data", "features": "data", "entity": "data",
    "label": "learning", "dataset": "learning", "model": "learning", "training": "learning",
    "registry": "learning", "tracking": "learning",
    "monitor": "watching", "metrics": "watching", "review": "watching", "feedback": "watching",
    "experiment": "watching", "slo": "watching",
}  # fmt: skip
_LINEAGE = ("reads", "writes", "describes", "served_by", "computed_by", "trains_on", "trained_by",
            "kept_in", "serves", "resolves")  # fmt: skip
_LINEAGE_ROLES = ("source", "stream", "lake", "warehouse", "pipeline", "features", "label",
                  "dataset", "model", "training", "endpoint", "feedback", "review")  # fmt: skip
_AGAINST = {
    "reads": "feeds", "consumes": "feeds", "loads": "loaded by", "computed_by": "computes",
    "trains_on": "teaches", "trained_by": "fits", "serves": "served by", "resolves": "read by",
}  # fmt: skip
"""Verbs whose data flows against the reference, with the caption of the arrow along the data."""


def system_view(plan: Plan) -> Drawing:
    """Everything that runs, who talks to whom, and how it is sized."""
    design = plan.design
    shown = {c.name: c for c in design.components.values() if c.runs or isinstance(c, Request)}
    nodes = [_node(plan, c) for c in shown.values()]
    awaited = _awaited(plan)
    edges: list[Edge] = []
    for edge in plan.graph.edges:
        if edge.rule.synchronous:
            main = {edge.source, edge.target} <= awaited
            edges.append(Edge(edge.source, edge.target, edge.verb, emphasised=main))
        elif edge.rule.access != "observe":
            edges.append(_along_the_data(edge.source, edge.target, edge.verb))
    for request in design.of(Request):
        first = next((m.target for m in design.mentions if m.source == request.name), None)
        if first in shown:
            edges.append(Edge(request.name, str(first), "calls", emphasised=True))
    return Drawing(
        design.system.title or design.system.name,
        f"{design.system.name}, environment {plan.environment}: what runs and who talks to whom",
        tuple(nodes),
        tuple(edges),
        _groups(nodes),
    )


def lineage_view(plan: Plan) -> Drawing:
    """Where every feature and label comes from, and which model learns from it."""
    design = plan.design
    shown = {c.name: c for c in design.components.values() if c.role in _LINEAGE_ROLES}
    edges: dict[tuple[str, str], Edge] = {}
    for mention in design.mentions:
        verb = mention.refers.verb
        if verb not in _LINEAGE or not {mention.source, mention.target} <= shown.keys():
            continue
        ends = (mention.source, mention.target)
        if mention.refers.inward:
            ends = (mention.target, mention.source)
        made = _along_the_data(*ends, verb)
        edges.setdefault((made.source, made.target), made)
    linked = {name for ends in edges for name in ends}
    nodes = [_node(plan, c) for c in shown.values() if c.name in linked]
    return Drawing(
        f"Lineage of {design.system.name}",
        f"environment {plan.environment}: from what arrives to what is served",
        tuple(nodes),
        tuple(edges.values()),
        _groups(nodes),
    )


def _along_the_data(source: str, target: str, verb: str) -> Edge:
    if verb in _AGAINST:
        return Edge(target, source, _AGAINST[verb], style="dashed")
    return Edge(source, target, verb.replace("_", " "), style="dashed")


def _awaited(plan: Plan) -> set[str]:
    """What the answers of requests wait for."""
    found: set[str] = set()

    def walk(steps: tuple[Step, ...]) -> None:
        for step in steps:
            if isinstance(step, Call):
                if step.asynchronous:
                    continue
                view = plan.design.get(step.target, Features)
                found.add((view.store if view else None) or step.target)
            inner: tuple[Step, ...] = getattr(step, "steps", ())
            walk(inner)

    for request in plan.design.of(Request):
        walk(request.steps)
    return found


def _groups(nodes: list[Node]) -> tuple[Group, ...]:
    used = {node.group for node in nodes}
    return tuple(group for group in GROUPS if group.id in used)


def _node(plan: Plan, component: Component) -> Node:
    state: State = "existing" if component.existing is not None else "normal"
    if component.runs and component.system is None and component.existing is None:
        state = "planned"
    return Node(
        component.name,
        component.name,
        component.role,
        component.system or "",
        tuple(_facts(plan, component)),
        _GROUP_OF.get(component.role),
        state,
    )


def _facts(plan: Plan, component: Component) -> list[str]:
    lines: list[str] = []
    if isinstance(component, Request):
        return _request_facts(plan, component)
    arriving = plan.facts.get(Workload).of(component)
    if isinstance(arriving, Figure) and component.role != "feature_store":
        lines.append(str(arriving))
    replicas = plan.facts.get(Capacity).replicas(component)
    if replicas is not None:
        lines.append(f"{replicas} replicas")
    latency = getattr(component, "latency", None)
    if latency is not None and latency.p99 is not None:
        lines.append(f"p99 {latency.p99}")
    if isinstance(component, Metrics) and component.scrapes:
        lines.append(f"scrapes {len(component.scrapes)} components")
    if isinstance(component, Features):
        lines.append(f"{len(component.columns)} features")
        if component.freshness is not None:
            lines.append(f"fresh within {component.freshness}")
    return lines


def _request_facts(plan: Plan, request: Request) -> list[str]:
    lines = [str(request.rate)] if request.rate is not None else []
    latency = plan.facts.get(Latencies).requests.get(request.name)
    if latency is None:
        return lines
    least = "at least " if latency.missing else ""
    reached = f"p99 {least}{show_duration(latency.independent(0.99))}"
    limit = _limit(request)
    return [*lines, f"{reached} of {limit}" if limit else reached]


def _limit(request: Request) -> str:
    objectives = request.budget.objectives if request.budget else ()
    for objective in objectives:
        if objective.measure == "p99" and isinstance(objective.limit, Quantity):
            return str(objective.limit)
    return ""
