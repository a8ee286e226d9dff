"""TSC034"""

from collections.abc import Iterator

from mlsdc.compiler.analyses.ages import Ages, Skew
from mlsdc.compiler.analyses.claims import Claims, Standing
from mlsdc.compiler.analyses.lineage import on_demand
from mlsdc.compiler.checks.typed import duration_at_least, duration_at_most
from mlsdc.compiler.design import Design
from mlsdc.compiler.model.features import Dataset, Features
from mlsdc.compiler.model.learning import Model, Training
from mlsdc.compiler.schedule import Finding, check
from mlsdc.diagnostics import Label, Severity
from mlsdc.units import show_duration

ROUNDING = 1 + 1e-9


@check(
    "TSC034",
    "availability-skew",
    Severity.WARNING,
    source="Feast, get_historical_features with filter_by_created_timestamp (0.66); Sculley et "
    "al., Hidden Technical Debt in Machine Learning Systems (2015)",
)
def availability_skew(design: Design, ages: Ages, claims: Claims) -> Iterator[Finding]:
    """Training sees a value earlier, or later, than serving ever does.

    Why: a join by event time finds the result of a run the moment its data ends. Serving waits for
    the source, for the run and for the load. The model learns to rely on hours that it will not
    have.

    Bad:

        entity user { key user_id: string }
        pipeline profiles { every = 1d  runtime = 90m }
        features profile {
          entity   = user
          computed = profiles
          materialize { every = 1d  runtime = 90m  delay = 15m  load = 20m }
          visits: int64 = count() over 30d
        }
        dataset history { features = [profile]  join = point_in_time }

    Good:

        entity user { key user_id: string }
        pipeline profiles { every = 1d  runtime = 90m }
        features profile {
          entity   = user
          computed = profiles
          materialize { every = 1d  runtime = 90m  delay = 15m  load = 20m }
          visits: int64 = count() over 30d
        }
        dataset history { features = [profile]  join = point_in_time  join_delay = 125m }
    """
    for dataset in design.of(Dataset):
        if dataset.join != "point_in_time":
            continue
        for at, name in enumerate(dataset.features):
            view = design.get(name, Features)
            if view is None or view.logged or on_demand(view):
                continue
            filtered = dataset.availability == "created_time"
            refused = claims.of(view.store, "created_time") if filtered else None
            if filtered and (refused is None or refused.honoured):
                continue
            yield from _Join(design, ages, claims, dataset, at, view, refused).judge()


class _Join:
    """One view of a training set, joined by event time."""

    def __init__(
        self, design: Design, ages: Ages, claims: Claims, dataset: Dataset, at: int, view: Features,
        refused: Standing | None,
    ) -> None:  # fmt: skip
        self.design, self.ages, self.dataset, self.view = design, ages, dataset, view
        self.refused = refused
        self.place = design.place(dataset, "features", at)
        stated = dataset.delay_of(view)
        holder = dataset if view.join_delay is None else view
        self.stated = design.place(holder, "join_delay") if stated else None
        self.delay = stated.value if stated is not None else 0.0
        refusing = claims.no_delay(dataset, view)
        if self.delay and refusing is not None:
            self.refused, self.delay = refusing, 0.0

    def judge(self) -> Iterator[Finding]:
        """Compare the delay of the join with what serving waits for."""
        skew = self.ages.skew.get(self.view.name)
        age = self.ages.worst[self.view.name]
        if skew is not None and self.delay * ROUNDING < skew.seconds:
            yield self._early(skew)
        elif skew is not None and skew.missing:
            yield Finding(
                self.place,
                f"how much earlier training sees `{self.view.name}` than serving is not known",
                subject=self.dataset.name,
                missing=skew.missing,
            )
        elif self.delay > age.seconds * ROUNDING and not age.missing:
            yield self._late(age.seconds, age.words)

    def _early(self, skew: Skew) -> Finding:
        least = "at least " if skew.missing else ""
        parts = ("run", skew.runtime), ("load", skew.load), ("source delay", skew.delay)
        words = " + ".join(f"{show_duration(value)} {name}" for name, value in parts if value)
        refused = f": {self.refused.reason}" if self.refused else ""
        earlier = skew.seconds - self.delay
        labels = [Label(self.design.place(self.view, "materialize"), "what serving waits for")]
        if self.stated is not None:
            labels.append(Label(self.stated, "how much later training may use a value"))
        return Finding(
            self.place,
            f"`{self.dataset.name}` sees `{self.view.name}` {least}{show_duration(earlier)} "
            f"earlier than serving ever does{refused}",
            subject=self.dataset.name,
            labels=tuple(labels),
            arithmetic=(
                f"{show_duration(skew.seconds)} = {words}",
                f"{show_duration(self.delay)} < {show_duration(skew.seconds)}",
            ),
            help=self._delayed(self.refused.capability.instead) or "join = logged"
            if self.refused
            else f"join_delay = {duration_at_least(skew.seconds)} in `{self.view.name}`, or "
            "availability = created_time",
        )

    def _delayed(self, instead: str) -> str:
        """What the store has instead, in the training that learns from these rows."""
        models = (m for m in self.design.of(Model) if m.dataset == self.dataset.name)
        found = (self.design.get(model.training, Training) for model in models)
        idle = next((one.name for one in found if one and not one.delays_joins), None)
        return instead.replace("the training", f"`{idle}`") if idle else instead

    def _late(self, seconds: float, words: str) -> Finding:
        place = self.stated or self.place
        return Finding(
            place,
            f"training sees `{self.view.name}` {show_duration(self.delay)} late; in serving no "
            f"value is older than {show_duration(seconds)}",
            subject=self.dataset.name,
            labels=(Label(self.design.place(self.view), f"as old as {words} at most"),),
            arithmetic=(f"{show_duration(self.delay)} > {show_duration(seconds)} = {words}",),
            help=f"join_delay = {duration_at_most(seconds)} in `{self.view.name}`",
        )
