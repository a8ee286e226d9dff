"""A plan in, what keeps its Pulumi program from being written out.

Law: a limit of the cloud is a diagnostic at the field that exceeds it, with both numbers.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from mlsdc.compiler import rules
from mlsdc.diagnostics import Diagnostic
from mlsdc.targets.base import Obstacle, Plan
from mlsdc.targets.pulumi.cloud import zone_count
from mlsdc.targets.pulumi.network import FEWEST_ZONES, MOST_ZONES
from mlsdc.targets.pulumi.nodes import pools
from mlsdc.targets.pulumi.program import faults


def complaints(plan: Plan) -> Iterator[Diagnostic]:
    """The limits first; the program is looked at only where it stays inside them."""
    found = [*_zones(plan), *_obstacles(plan), *_machines(plan)]
    yield from found
    if found or plan.placed("nowhere"):
        return
    for component, what in faults(plan):
        yield rules.EMITTER_FAULT.at(
            plan.design.place(component),
            what,
            subject=component,
            help="give one of the two another name",
        )


def _zones(plan: Plan) -> Iterator[Diagnostic]:
    zones, environment = zone_count(plan), plan.design.environment
    if environment.platform.cluster is None and not FEWEST_ZONES <= zones <= MOST_ZONES:
        yield rules.OUT_OF_RANGE.at(
            plan.design.place(environment, "platform", "zones"),
            f"a cluster on aws spans {FEWEST_ZONES} to {MOST_ZONES} zones, not {zones}",
            subject=environment.name,
            help="zones = 3",
        )


def _obstacles(plan: Plan) -> Iterator[Diagnostic]:
    for component in plan.placed("cloud"):
        find: Any = getattr(component, "aws_obstacles", None)
        obstacles: Iterator[Obstacle] = find(plan) if find is not None else iter(())
        for found in obstacles:
            yield rules.CANNOT_EMIT.at(
                plan.design.place(found.component, found.field),
                f"`{found.component}` cannot be realised: {found.why}",
                subject=found.component,
                help=found.help,
            )


def _machines(plan: Plan) -> Iterator[Diagnostic]:
    """Pods that no machine of the table holds."""
    if plan.design.environment.platform.cluster is not None or plan.placed("nowhere"):
        return
    for load in pools(plan)[1]:
        device = f", {load.gpus} x {load.gpu}" if load.gpus else ""
        yield rules.CANNOT_EMIT.at(
            plan.design.place(load.component, "gpus" if load.gpus else "memory"),
            f"no machine of the EC2 table holds a pod of `{load.component}`: {load.cores:g} cores, "
            f"{load.memory / 2**30:g} GiB{device}",
            subject=load.component,
            help='ask for less in one pod, or name an existing cluster: cluster = "..."',
        )
