"""CAP014"""

from collections.abc import Iterator

from mlsdc.compiler.analyses.capacity import Capacity
from mlsdc.compiler.capacity.accelerators import Asked, asked_for
from mlsdc.compiler.design import Design
from mlsdc.compiler.figures import Figure, Unknown
from mlsdc.compiler.model.component import Component
from mlsdc.compiler.model.data import Stream
from mlsdc.compiler.model.learning import Training
from mlsdc.compiler.model.serving import Endpoint
from mlsdc.compiler.model.spending import Quota
from mlsdc.compiler.model.types import AUTO
from mlsdc.compiler.schedule import Finding, check
from mlsdc.diagnostics import Label, Severity, Span

MOST_TOLD = 5
"""How many further components a finding points at."""


@check(
    "CAP014",
    "over-quota",
    Severity.ERROR,
    source="Kueue, ClusterQueue: a workload beyond the nominal quota is never admitted",
)
def over_quota(design: Design, capacity: Capacity) -> Iterator[Finding]:
    """More is asked for than the environment grants.

    Why: what is over a quota stays pending, and a training job that starts all of its nodes at once
    waits for ever where its node pool cannot grow that far.

    Bad:

        environment prod {
          platform = kubernetes
          quota    { gpus = 4 x l4 }
        }
        endpoint score {
          gpus     = 2 x l4
          replicas = 3
        }

    Good:

        environment prod {
          platform = kubernetes
          quota    { gpus = 8 x l4 }
        }
        endpoint score {
          gpus     = 2 x l4
          replicas = 3
        }
    """
    quota = design.environment.quota
    if quota is None:
        return
    yield from _accelerators(design, capacity, quota)
    yield from _endpoints(design, quota)
    yield from _shards(design, quota)
    yield from _gangs(design, quota)


def _place(design: Design, *path: str | int) -> Span:
    return design.place(f"environment {design.environment.name}", "quota", *path)


def _granted(design: Design, *path: str | int) -> Label:
    return Label(_place(design, *path), "the quota")


def _accelerators(design: Design, capacity: Capacity, quota: Quota) -> Iterator[Finding]:
    if not quota.gpus:
        return
    granted: dict[str, int] = {}
    for gpus in quota.gpus:
        granted[gpus.model.lower()] = granted.get(gpus.model.lower(), 0) + gpus.count
    by_model: dict[str, list[Asked]] = {}
    for asked in asked_for(design, capacity):
        by_model.setdefault(asked.model, []).append(asked)
    for one in by_model.pop(AUTO, []):
        yield Finding(
            design.place(one.component, "gpus"),
            f"whether the quota is enough for `{one.component.name}` is not known",
            subject=one.component.name,
            labels=(_granted(design, "gpus"),),
            missing=(f"{one.component.name}.measured",),
        )
    for model, all_asked in by_model.items():
        if model not in granted:
            yield _unstated(design, model, all_asked[0])
            continue
        known = [one for one in all_asked if isinstance(one.count, Figure)]
        total = int(sum(one.count.value for one in known if isinstance(one.count, Figure)))
        if total > granted[model]:
            yield _over(design, model, granted[model], total, known)
        elif len(known) < len(all_asked):
            missing = [m for one in all_asked if isinstance(one.count, Unknown)
                       for m in one.count.missing]  # fmt: skip
            subject = next(one for one in all_asked if isinstance(one.count, Unknown)).component
            yield Finding(
                design.place(subject, "gpus"),
                f"whether the {granted[model]} x {model} of the quota are enough is not known",
                subject=subject.name,
                labels=(_granted(design, "gpus"),),
                missing=tuple(dict.fromkeys(missing)),
            )


def _over(design: Design, model: str, granted: int, total: int, asked: list[Asked]) -> Finding:
    largest = max(asked, key=lambda one: one.count.value if isinstance(one.count, Figure) else 0)
    others = [one for one in asked if one is not largest]
    lines = [line for one in asked if isinstance(one.count, Figure) for line in one.count.because]
    summed = [f"{total} x {model} in all"] if others else []
    return Finding(
        design.place(largest.component, "gpus"),
        f"{total} x {model} are asked for, {granted} are granted",
        subject=largest.component.name,
        labels=(
            _granted(design, "gpus"),
            *(
                Label(design.place(one.component, "gpus"), "asked for as well")
                for one in others[:MOST_TOLD]
            ),
        ),
        arithmetic=(*lines, *summed),
        help=f"quota {{ gpus = {total} x {model} }} in `{design.environment.name}`, or fewer "
        "replicas",
    )


def _unstated(design: Design, model: str, asked: Asked) -> Finding:
    return Finding(
        design.place(asked.component, "gpus"),
        f"whether the environment grants any {model} is not known",
        subject=asked.component.name,
        labels=(_granted(design, "gpus"),),
        missing=(f"a quota of {model}",),
    )


def _endpoints(design: Design, quota: Quota) -> Iterator[Finding]:
    deployed = [one for one in design.of(Endpoint) if one.existing is None]
    if quota.endpoints is None or len(deployed) <= quota.endpoints:
        return
    beyond = deployed[quota.endpoints :]
    yield Finding(
        design.place(beyond[0]),
        f"{len(deployed)} endpoints are deployed, {quota.endpoints} are granted",
        subject=beyond[0].name,
        labels=(
            _granted(design, "endpoints"),
            *(Label(design.place(one), "one more") for one in beyond[1:MOST_TOLD]),
        ),
        arithmetic=(", ".join(one.name for one in deployed),),
        help=f"quota {{ endpoints = {len(deployed)} }} in `{design.environment.name}`, or "
        "several models behind one endpoint",
    )


def _shards(design: Design, quota: Quota) -> Iterator[Finding]:
    streams = [one for one in design.of(Stream) if one.existing is None]
    if quota.shards is None or not streams:
        return
    stated: list[tuple[Component, int]] = [(s, s.partitions) for s in streams if s.partitions]
    total = sum(count for _, count in stated)
    missing = tuple(f"{s.name}.partitions" for s in streams if not s.partitions)
    if total > quota.shards:
        widest = max(stated, key=lambda pair: pair[1])[0]
        yield Finding(
            design.place(widest, "partitions"),
            f"{total} partitions are asked for, {quota.shards} are granted",
            subject=widest.name,
            labels=(_granted(design, "shards"),),
            arithmetic=(" + ".join(f"{s.name} {n}" for s, n in stated) + f" = {total}",),
            help=f"quota {{ shards = {total} }} in `{design.environment.name}`, or fewer "
            "partitions",
        )
    elif missing:
        yield Finding(
            _place(design, "shards"),
            f"whether {quota.shards} partitions are enough is not known",
            subject=missing[0].partition(".")[0],
            missing=missing,
        )


def _gangs(design: Design, quota: Quota) -> Iterator[Finding]:
    if quota.nodes is None:
        return
    for job in design.of(Training):
        if job.existing is None and job.nodes > quota.nodes:
            yield Finding(
                design.place(job, "nodes"),
                f"`{job.name}` starts {job.nodes} nodes at once, its node pool has {quota.nodes} "
                "at the most",
                subject=job.name,
                labels=(_granted(design, "nodes"),),
                help=f"nodes = {quota.nodes}, or quota {{ nodes = {job.nodes} }} where it can be "
                "raised",
            )
