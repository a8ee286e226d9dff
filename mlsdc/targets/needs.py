"""A plan in, what is rented for it out: machines, disks, services of the cloud, ways out.

Amounts are those the Pulumi program asks for, machine by machine. In a cluster of one's own, or in
a cloud whose machines are not known here, pods are counted in cores, memory and accelerators, which
a price list of one's own may price.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from mlsdc.compiler.capacity.provisions import SHARED, Found, Need, Unsized
from mlsdc.targets.base import Plan
from mlsdc.targets.pulumi.cloud import gateway_count
from mlsdc.targets.pulumi.nodes import Load, Pool, loads, pools
from mlsdc.units import digits, show_bytes

GIB = 2.0**30


def needs(plan: Plan) -> Found:
    """Everything a plan rents, and what is rented in an amount that nobody states."""
    found: list[Need] = []
    unsized = [
        Unsized(c.name, f"{c.role} {c.name}", (f"a system that runs `{c.name}`",))
        for c in plan.placed("nowhere")
        if c.role != "source"
    ]
    for component in plan.placed("cloud"):
        ask: Any = getattr(component, f"{plan.platform}_needs", None)
        asked: Iterable[Need | Unsized] | None = ask(plan) if ask is not None else None
        if asked is None:
            unsized.append(Unsized(component.name, "the service", (f"{component.name}: its use",)))
            continue
        for one in asked:
            found.append(one) if isinstance(one, Need) else unsized.append(one)
    on_nodes, unstated = loads(plan)
    unsized += [Unsized(n, "pods", (f"{n}.cpu", f"{n}.memory")) for n in unstated]
    if plan.platform != "aws":
        found += _by_size(on_nodes)
    elif plan.design.environment.platform.cluster is None:
        found += _ways_in_and_out(plan)
        made, misfits = pools(plan, on_nodes)
        for pool in made:
            found += _pool(pool, on_nodes)
        unsized += [Unsized(one.component, "pods", (f"a machine of {_size(one)}",))
                    for one in misfits]  # fmt: skip
    else:
        unsized.append(Unsized(SHARED, "nodes", ("the machines of the existing cluster",)))
    return found, unsized


def _by_size(asked: Iterable[Load]) -> Iterator[Need]:
    """Pods by what they ask for, where no machines are known."""
    for load in asked:
        each = f"{load.component}: {load.pods} x "
        cores, memory = load.pods * load.cores, load.pods * load.memory / GIB
        said = f"{digits(load.cores)} cores"
        yield Need(load.component, said, "core", cores, cores, (each + said,))
        said = show_bytes(load.memory)
        yield Need(load.component, said, "memory", memory, memory, (each + said,))
        if load.gpus:
            said = f"{load.gpus} x {load.gpu}"
            count = load.pods * load.gpus
            yield Need(load.component, said, load.gpu.lower(), count, count, (each + said,))


def _ways_in_and_out(plan: Plan) -> Iterator[Need]:
    yield Need(SHARED, "control plane", "eks.control-plane", 1, 1, ("1 EKS cluster",))
    count = gateway_count(plan)
    yield Need(
        SHARED, "NAT gateways", "nat.gateway", count, count, (_counted(count, "NAT gateway"),)
    )
    for component in plan.placed("cluster"):
        if component.role == "gateway":
            said = f"{component.name}: 1 load balancer in front of it"
            yield Need(component.name, "load balancer", "load.balancer", 1, 1, (said,))


def _pool(pool: Pool, on_nodes: Iterable[Load]) -> Iterator[Need]:
    """The machines of a node group: each component's share, and the headroom that is left."""
    inside = [load for load in on_nodes if load.gpu == pool.gpu]
    shares = [_share(load, pool) for load in inside]
    scale = min(1.0, pool.nodes / sum(shares)) if sum(shares) else 1.0
    machine = pool.machine.name
    for load, share in zip(inside, shares, strict=True):
        part = share * scale
        said = (
            f"{load.component}: {load.pods} x {_size(load)} are "
            f"{digits(part)} of {pool.nodes} x {machine}"
        )
        what = f"pods on {machine}"
        yield Need(load.component, what, machine, part, part, (said,), pool.purchase)
    rest = pool.nodes - sum(shares) * scale
    if rest > 1e-9:
        said = f"{pool.nodes} x {machine} are held for the {pool.name} pods, with headroom"
        yield Need(SHARED, f"headroom of {machine}", machine, rest, rest, (said,), pool.purchase)
    disk = pool.nodes * pool.disk
    said = f"{pool.nodes} nodes x {pool.disk} GiB"
    yield Need(SHARED, f"disks of {pool.name} nodes", "ebs.gp3", disk, disk, (said,))


def _share(load: Load, pool: Pool) -> float:
    """Machines that a load takes by what it takes most of."""
    machine = pool.machine
    most = max(load.cores / machine.cores, load.memory / machine.memory)
    return load.pods * max(most, load.gpus / machine.gpus if machine.gpus else 0.0)


def _counted(count: int, what: str) -> str:
    return f"{count} {what}" if count == 1 else f"{count} {what}s"


def _size(load: Load) -> str:
    """`4 cores, 8GiB, 1 x l4`"""
    gpus = f", {load.gpus} x {load.gpu}" if load.gpus else ""
    return f"{digits(load.cores)} cores, {show_bytes(load.memory)}{gpus}"
