"""The pods of a plan in, the node groups that hold them out.

Sizes are those of the manifests' resource requests and, for what an operator runs, the component's
own fields. Law: what states no size is named as not counted, and never counted as nothing.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, cast

from mlsdc.compiler.bindings import slug
from mlsdc.targets.base import Plan
from mlsdc.targets.pulumi.cloud import zone_count
from mlsdc.targets.pulumi.hardware import GIB, Machine, fitting
from mlsdc.units import Accelerators

USABLE = 0.85
"""Share of a machine that pods get; the rest is the kubelet's, the system's and the daemons'.

Assumption, above the reservation of EKS's own formula for machines of 4 cores and more."""
HEADROOM = 1.25
"""Room for rolling updates and for the operators."""
SMALLEST = (4.0, 16 * GIB)


@dataclass(frozen=True)
class Load:
    """What one component asks of the nodes."""

    component: str
    pods: int
    cores: float
    memory: float
    gpus: int = 0
    gpu: str = ""


@dataclass(frozen=True)
class Pool:
    """One node group."""

    name: str
    machine: Machine
    nodes: int
    gpu: str = ""
    purchase: str = "on_demand"

    @property
    def disk(self) -> int:
        """GiB of one node's disk; images with the libraries of accelerators are large."""
        return 200 if self.gpu else 100


def loads(plan: Plan) -> tuple[list[Load], list[str]]:
    """What each component asks for, and the components whose size nothing states.

    A component whose pods an operator makes tells them itself: `asks` gives pods, cores, bytes.
    """
    from mlsdc.targets.kubernetes.assemble import manifests

    found: dict[str, list[Load]] = {}
    for manifest in manifests(plan):
        for replicas, pod in _pods(manifest.content):
            load = _load(plan, manifest.component, replicas, pod)
            if load is not None:
                found.setdefault(manifest.component, []).append(load)
    unknown: list[str] = []
    for component in plan.placed("cluster"):
        if component.name in found:
            continue
        ask: Any = getattr(component, "asks", None)
        if ask is not None:
            asked: list[tuple[int, float, float]] = list(ask(plan))
            found[component.name] = [Load(component.name, *one) for one in asked]
            continue
        cores, memory = getattr(component, "cpu", None), getattr(component, "memory", None)
        if cores is None or memory is None:
            unknown.append(component.name)
            continue
        gpus: Accelerators | None = getattr(component, "gpus", None)
        pods = getattr(component, "parallelism", None) or getattr(component, "nodes", None) or 1
        count, model = (gpus.count, gpus.model) if gpus else (0, "")
        one = Load(component.name, int(pods), float(cores), memory.value, count, model)
        found[component.name] = [one]
    return [load for name in sorted(found) for load in found[name]], sorted(unknown)


def _pods(content: Any, replicas: int = 1) -> Iterator[tuple[int, dict[str, Any]]]:
    if isinstance(content, dict):
        body = cast("dict[str, Any]", content)
        replicas = int(body.get("replicas", replicas)) if _is_count(body) else replicas
        if isinstance(body.get("containers"), list):
            yield replicas, body
            return
        for value in body.values():
            yield from _pods(value, replicas)
    elif isinstance(content, list):
        for value in cast("list[Any]", content):
            yield from _pods(value, replicas)


def _is_count(body: dict[str, Any]) -> bool:
    return isinstance(body.get("replicas"), int)


def _load(plan: Plan, component: str, replicas: int, pod: dict[str, Any]) -> Load | None:
    requests: list[dict[str, Any]] = [
        container.get("resources", {}).get("requests", {}) for container in pod["containers"]
    ]
    if not all("cpu" in request and "memory" in request for request in requests):
        return None
    gpus = sum(int(request.get("nvidia.com/gpu", 0)) for request in requests)
    owner = plan.design.components.get(component)
    asked: Accelerators | None = getattr(owner, "gpus", None)
    return Load(
        component,
        replicas,
        sum(cores_of(str(request["cpu"])) for request in requests),
        sum(bytes_of(str(request["memory"])) for request in requests),
        gpus,
        asked.model if asked is not None and gpus else "",
    )


def cores_of(quantity: str) -> float:
    """`500m` in cores."""
    return float(quantity[:-1]) / 1000 if quantity.endswith("m") else float(quantity)


def bytes_of(quantity: str) -> float:
    """`4Gi` in bytes."""
    units = {"Ki": 2.0**10, "Mi": 2.0**20, "Gi": 2.0**30, "Ti": 2.0**40}
    factor = units.get(quantity[-2:])
    return float(quantity[:-2]) * factor if factor else float(quantity)


def pools(plan: Plan, asked: list[Load] | None = None) -> tuple[list[Pool], list[Load]]:
    """The node groups of a plan, and the loads that no machine of the tables can hold.

    `asked` are the plan's loads, where they are known already.
    """
    asked = loads(plan)[0] if asked is None else asked
    misfits: list[Load] = []
    found: list[Pool] = []
    # The operators and the cluster's own pods need machines also where no component does.
    for gpu in sorted({"", *(load.gpu for load in asked)}):
        group = [load for load in asked if load.gpu == gpu]
        machine = _machine(group, gpu)
        if machine is None:
            misfits += group
            continue
        fewest = 1 if gpu else zone_count(plan)
        name = f"gpu-{slug(gpu)}" if gpu else "general"
        found.append(Pool(name, machine, max(fewest, _count(group, machine)), gpu,
                          _purchase(plan, group)))  # fmt: skip
    return found, misfits


def _purchase(plan: Plan, group: list[Load]) -> str:
    """How a node group is bought: as all of its users say, else as the environment does."""
    users = [plan.design.components.get(load.component) for load in group]
    said: set[str | None] = {getattr(user, "purchase", None) for user in users}
    stated = said.pop() if len(said) == 1 else None
    return stated or plan.design.environment.purchase


def _machine(group: list[Load], gpu: str) -> Machine | None:
    """The smallest machine that holds the largest pod."""
    cores = max((load.cores for load in group), default=0.0) / USABLE
    memory = max((load.memory for load in group), default=0.0) / USABLE
    if not gpu:
        cores, memory = max(cores, SMALLEST[0]), max(memory, SMALLEST[1])
    gpus = max((load.gpus for load in group), default=0)
    return fitting("ec2", cores=cores, memory=memory, gpu=gpu.lower(), gpus=gpus)


def _count(group: list[Load], machine: Machine) -> int:
    """Machines by the scarcest of cores, memory and devices, with headroom for all but devices."""
    cores = sum(load.pods * load.cores for load in group) * HEADROOM / (machine.cores * USABLE)
    memory = sum(load.pods * load.memory for load in group) * HEADROOM / (machine.memory * USABLE)
    devices = sum(load.pods * load.gpus for load in group) / machine.gpus if machine.gpus else 0.0
    return math.ceil(max(cores, memory, devices))
