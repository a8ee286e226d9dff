"""TSC016"""

from collections.abc import Iterator

from mlsdc.compiler.analyses.lineage import Lineage
from mlsdc.compiler.analyses.refresh import scheduled, serving_job, writes_online
from mlsdc.compiler.design import Design
from mlsdc.compiler.model.data import Lake, Pipeline, Stream, Warehouse
from mlsdc.compiler.model.features import Dataset, Features
from mlsdc.compiler.schedule import Finding, check
from mlsdc.diagnostics import Label, Severity


@check(
    "TSC016",
    "stream-without-history",
    Severity.WARNING,
    source="Feast documentation, push sources: a push goes to the online store unless told "
    "otherwise",
)
def stream_without_history(design: Design, lineage: Lineage) -> Iterator[Finding]:
    """Values are pushed to the online store only, and nothing keeps what was served.

    Why: training needs the value of last March. Where neither the values nor the events they were
    computed from are kept, it has to make do with something else, and learns from that.

    Bad:

        online_store kv { }
        feature_store features { online = kv }
        stream clicks { rate = 10/s }
        lake history { }
        pipeline counting { reads = clicks  writes = kv }
        features recent { store = features  computed = counting  n: int64 = count() over 1d }
        dataset rows { features = [recent] }

    Good:

        online_store kv { }
        feature_store features { online = kv }
        stream clicks { rate = 10/s }
        lake history { from = clicks }
        pipeline counting { reads = clicks  writes = kv }
        features recent { store = features  computed = counting  n: int64 = count() over 1d }
        dataset rows { features = [recent] }
    """
    landed = {
        name
        for kind in (Lake, Warehouse)
        for one in design.of(kind)
        for name in one.origin
    }  # fmt: skip
    judged: set[str] = set()
    for dataset in design.of(Dataset):
        for at, name in enumerate(dataset.features):
            view = design.get(name, Features)
            if view is None or name in judged or dataset.join == "logged":
                continue
            judged.add(name)
            job = serving_job(design, view)
            if not _pushed(design, view, job) or _kept(design, lineage, view, job, landed):
                continue
            stated = view.push is not None
            yield Finding(
                design.place(view, "push") if stated else design.place(job or view, "writes"),
                f"values of `{name}` go to the online store only, and `{dataset.name}` has nothing "
                "to read what was served from",
                subject=name,
                labels=(Label(design.place(dataset, "features", at), "trained on"),),
                help="push = both, or from = <stream> in a lake that keeps its events",
            )


def _pushed(design: Design, view: Features, job: Pipeline | None) -> bool:
    """Whether a streaming job, and nothing else, brings its values online."""
    if view.push is not None:
        return view.push == "online"
    streams = job is not None and not scheduled(design, view)
    return streams and job is not None and writes_online(design, view, job)


def _kept(
    design: Design, lineage: Lineage, view: Features, job: Pipeline | None, landed: set[str]
) -> bool:
    """Whether values are logged or written to history, or can be computed anew from it."""
    if view.logged or view.offline is not None or view.materialize is not None:
        return True
    written = job.writes if job is not None else ()
    if any(isinstance(design.components.get(name), Lake | Warehouse) for name in written):
        return True
    origins = next((lineage.features[view.name, c].origins for c in view.columns), ())
    streams = [name for name in origins if isinstance(design.components.get(name), Stream)]
    return bool(streams) and all(name in landed for name in streams)
