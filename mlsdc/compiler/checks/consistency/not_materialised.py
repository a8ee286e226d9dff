"""TSC015"""

from collections.abc import Iterator

from mlsdc.compiler.analyses.lineage import on_demand
from mlsdc.compiler.analyses.online_reads import OnlineReads, Read
from mlsdc.compiler.analyses.refresh import serving_job, writes_online
from mlsdc.compiler.design import Design
from mlsdc.compiler.model.data import FeatureStore, OnlineStore, Pipeline
from mlsdc.compiler.model.features import Features
from mlsdc.compiler.schedule import Finding, check
from mlsdc.diagnostics import Label, Severity, Span


@check(
    "TSC015",
    "not-materialised",
    Severity.ERROR,
    source="Feast documentation, feature view `online` and push sources",
)
def not_materialised(design: Design, reads: OnlineReads) -> Iterator[Finding]:
    """A feature is read online, and nothing writes it to the online store.

    Why: training reads history and is content. Online the key is there at best with last year's
    value, else never: the model gets its default at every prediction, and nothing fails.

    Bad:

        online_store kv { }
        online_store other { }
        feature_store features { online = kv }
        stream clicks { rate = 10/s }
        pipeline counting { reads = clicks  writes = other }
        features recent { store = features  computed = counting  n: int64 = count() over 1d }
        endpoint rank { features = [recent] }

    Good:

        online_store kv { }
        online_store other { }
        feature_store features { online = kv }
        stream clicks { rate = 10/s }
        pipeline counting { reads = clicks  writes = kv }
        features recent { store = features  computed = counting  n: int64 = count() over 1d }
        endpoint rank { features = [recent] }
    """
    for found in reads.of.values():
        view = found[0].view
        store = design.get(view.store, FeatureStore)
        if store is not None and not on_demand(view):
            yield from _judge(design, view, store, found[0])


def _judge(design: Design, view: Features, store: FeatureStore, read: Read) -> Iterator[Finding]:
    job, runs = serving_job(design, view), view.materialize
    if view.push in ("online", "both") or (runs is not None and runs.online):
        return
    if job is not None and writes_online(design, view, job):
        return
    place, why, missing = _gap(design, view, store, job)
    if missing:
        yield Finding(
            place,
            f"how values of `{view.name}` come to the online store of `{store.name}` is not stated",
            subject=view.name,
            missing=(missing,),
        )
        return
    target = store.online or store.name
    yield Finding(
        place,
        f"`{view.name}` is read online, and {why}",
        subject=view.name,
        labels=(Label(read.place, "read here"), *_elsewhere(design, job)),
        help=f"writes = {target} in `{job.name}`, or materialize {{ every = 1d }} in `{view.name}`"
        if job is not None and view.push is None
        else "push = both"
        if view.push is not None
        else f"materialize {{ every = 1d }} in `{view.name}`",
    )


def _gap(
    design: Design, view: Features, store: FeatureStore, job: Pipeline | None
) -> tuple[Span, str, str]:
    """Where the way to the online store ends, what is wrong there, or what is not stated."""
    online = f"the online store of `{store.name}`" if store.online is None else f"`{store.online}`"
    if view.push is not None:
        return design.place(view, "push"), "new values are pushed to history only", ""
    if view.materialize is not None:
        return design.place(view, "materialize", "online"), "its runs only keep history", ""
    if job is not None and not job.writes:
        return design.place(view, "computed"), "", f"{job.name}.writes"
    if job is not None:
        written = ", ".join(f"`{name}`" for name in job.writes)
        return design.place(job, "writes"), f"`{job.name}` writes {written}, not {online}", ""
    if view.computed is None:
        return design.place(view), "", f"{view.name}.computed"
    return (
        design.place(view, "computed"),
        f"nothing brings it from `{view.computed}` to {online}: no job, no schedule, no push",
        "",
    )


def _elsewhere(design: Design, job: Pipeline | None) -> Iterator[Label]:
    """Online stores that the job writes instead."""
    for name in job.writes if job is not None else ():
        if isinstance(design.components.get(name), OnlineStore):
            yield Label(design.place(name), "written instead")
