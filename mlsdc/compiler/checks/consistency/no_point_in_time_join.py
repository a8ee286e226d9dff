"""TSC011"""

from collections.abc import Iterator

from mlsdc.compiler.analyses.claims import Claims
from mlsdc.compiler.analyses.lineage import mentioned_views, on_demand
from mlsdc.compiler.design import Design
from mlsdc.compiler.model.features import Dataset, Features
from mlsdc.compiler.schedule import Finding, check
from mlsdc.diagnostics import Confidence, Edit, Fix, Label, Severity
from mlsdc.units import show


@check(
    "TSC011",
    "no-point-in-time-join",
    Severity.ERROR,
    source="Zinkevich, Rules of Machine Learning, rule 31; Feast, point-in-time joins",
)
def no_point_in_time_join(design: Design, claims: Claims) -> Iterator[Finding]:
    """A training set joins features by key only, without regard to time.

    Why: rows of January get the values of November. The model learns from what was not yet known,
    looks better offline than it ever will online, and no test on the same data can tell.

    Bad:

        entity user { key user_id: string }
        stream clicks { rate = 10/s }
        pipeline profiles { reads = clicks }
        features profile { entity = user  computed = profiles  visits: int64 = count() over 30d }
        dataset history { spine = clicks  features = [profile]  window = 180d  join = latest }

    Good:

        entity user { key user_id: string }
        stream clicks { rate = 10/s }
        pipeline profiles { reads = clicks }
        features profile { entity = user  computed = profiles  visits: int64 = count() over 30d }
        dataset history {
          spine    = clicks
          features = [profile]
          window   = 180d
          join     = point_in_time
        }
    """
    for dataset in design.of(Dataset):
        changing = [
            (at, view)
            for at, name in enumerate(dataset.features)
            if (view := design.get(name, Features)) is not None and _changes(design, view)
        ]
        if dataset.join == "point_in_time":
            yield from _refused(design, claims, dataset, changing)
        if not changing or dataset.join in ("point_in_time", "logged"):
            continue
        place = design.place(dataset, "join")
        names = ", ".join(f"`{view.name}`" for _, view in changing)
        if dataset.join is None:
            yield Finding(
                place,
                f"how `{dataset.name}` joins {names} is not stated",
                subject=dataset.name,
                missing=(f"{dataset.name}.join",),
            )
            continue
        old = f"a row that is {show(dataset.window)} old" if dataset.window else "an old row"
        yield Finding(
            place,
            f"`{dataset.name}` joins {names} by key only: {old} gets the values of today",
            subject=dataset.name,
            labels=tuple(
                Label(design.place(dataset, "features", at), f"`{view.name}` changes over time")
                for at, view in changing
            ),
            help="join = point_in_time",
            fix=Fix(
                "join by the time of each row",
                (Edit(place, "point_in_time"),),
                Confidence.UNSAFE,
            ),
        )


def _refused(
    design: Design, claims: Claims, dataset: Dataset, changing: list[tuple[int, Features]]
) -> Iterator[Finding]:
    """A store that is asked for a join by time and does not do it."""
    for at, view in changing:
        standing = claims.of(view.store, "point_in_time")
        if standing is None or standing.honoured:
            continue
        yield Finding(
            design.place(dataset, "join"),
            f"`{dataset.name}` joins `{view.name}` point in time, and `{view.store}` does not: "
            f"{standing.reason}",
            subject=dataset.name,
            labels=(
                Label(design.place(dataset, "features", at), "joined here"),
                Label(design.place(view.store or ""), "joined by this"),
            ),
            help=standing.capability.instead or "join = logged",
        )


def _changes(design: Design, view: Features) -> bool:
    """Whether values are kept and change; what comes with the row itself is as old as the row."""
    return not on_demand(view) or bool(mentioned_views(design, view))
