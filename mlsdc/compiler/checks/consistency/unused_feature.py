"""TSC048"""

from collections.abc import Iterator

from mlsdc.compiler.analyses.lineage import mentioned_views, on_demand
from mlsdc.compiler.analyses.online_reads import OnlineReads
from mlsdc.compiler.analyses.refresh import serving_job, writes_online
from mlsdc.compiler.design import Design
from mlsdc.compiler.model.features import Dataset, Features
from mlsdc.compiler.model.serving import Endpoint
from mlsdc.compiler.schedule import Finding, check
from mlsdc.diagnostics import Label, Severity, Span


@check(
    "TSC048",
    "unused-feature",
    Severity.NOTE,
    source="Zinkevich, Rules of Machine Learning, rule 22; Sculley et al., Hidden Technical Debt "
    "in Machine Learning Systems (2015), underutilised data dependencies",
)
def unused_feature(design: Design, reads: OnlineReads) -> Iterator[Finding]:
    """A feature is written online and read by nobody, or is deprecated and still in use.

    Why: what nobody reads still costs its job, its memory and its alarms. What is deprecated goes
    away one day, and takes with it whatever still reads it.

    Bad:

        entity user { key user_id: string }
        features clicks { entity = user  status = deprecated  ctr: float64 }
        dataset history { features = [clicks] }

    Good:

        entity user { key user_id: string }
        features clicks { entity = user  status = active  ctr: float64 }
        dataset history { features = [clicks] }
    """
    used = _used(design, reads)
    serving = bool(design.of(Endpoint))
    for view in design.of(Features):
        if view.name in used:
            yield from _deprecated(design, view, used[view.name])
        elif serving and _written(design, view):
            store = view.store or ""
            yield Finding(
                design.place(view),
                f"`{view.name}` is written online, and no endpoint and no request reads it",
                subject=view.name,
                labels=(Label(design.place(store), "kept here"),),
                help=f"features = [..., {view.name}] where it is needed, or remove it",
            )
    for dataset in design.of(Dataset):
        for at, name in enumerate(dataset.features):
            view = design.get(name, Features)
            if view is not None and name not in used:
                yield from _deprecated(design, view, design.place(dataset, "features", at))


def _used(design: Design, reads: OnlineReads) -> dict[str, Span]:
    """The views that serving reads, or that what it reads is computed from; each with a place."""
    found = {name: read[0].place for name, read in reads.of.items()}
    for name, endpoints in reads.listed.items():
        found.setdefault(name, design.place(endpoints[0], "features"))
    waiting = list(found)
    while waiting:
        view = design.get(waiting.pop(), Features)
        for other in mentioned_views(design, view) if view is not None else ():
            if other.name not in found:
                assert view is not None
                found[other.name] = design.place(view, "columns", next(iter(view.columns)))
                waiting.append(other.name)
    return found


def _written(design: Design, view: Features) -> bool:
    """Whether something keeps its values online."""
    if view.store is None or on_demand(view):
        return False
    if view.materialize is not None:
        return view.materialize.online
    job = serving_job(design, view)
    pushed = view.push in ("online", "both")
    return pushed or (job is not None and writes_online(design, view, job))


def _deprecated(design: Design, view: Features, place: Span) -> Iterator[Finding]:
    stated = [
        (("status",), f"`{view.name}`") for _ in [view] if view.status == "deprecated"
    ]  # fmt: skip
    stated += [
        (("columns", name, "status"), f"`{view.name}.{name}`")
        for name, column in view.columns.items()
        if column.status == "deprecated"
    ]
    for path, what in stated:
        yield Finding(
            place,
            f"{what} is deprecated, and still read here",
            subject=view.name,
            labels=(Label(design.place(view, *path), "deprecated"),),
            help="status = active, or read what takes its place, and retrain",
            severity=Severity.WARNING,
        )
