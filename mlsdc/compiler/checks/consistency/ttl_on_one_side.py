"""TSC049"""

from collections.abc import Iterator
from dataclasses import dataclass
from math import isclose

from mlsdc.compiler.analyses.lifetimes import Lifetime, Lifetimes
from mlsdc.compiler.analyses.monitoring import Monitoring
from mlsdc.compiler.analyses.online_reads import OnlineReads
from mlsdc.compiler.checks.tiers import of_production
from mlsdc.compiler.design import Design
from mlsdc.compiler.model.data import FeatureStore
from mlsdc.compiler.model.features import Features
from mlsdc.compiler.schedule import Finding, check
from mlsdc.diagnostics import Label, Severity
from mlsdc.units import show_duration


@check(
    "TSC049",
    "ttl-on-one-side",
    Severity.ERROR,
    source="feast-dev/feast issues 1802 and 6821: a view's ttl is not applied to online reads",
)
def ttl_on_one_side(
    design: Design, reads: OnlineReads, lifetimes: Lifetimes, monitoring: Monitoring
) -> Iterator[Finding]:
    """Training drops values of an age at which serving still uses them, or the reverse.

    Why: the offline join puts nothing where a value is too old. A store that does not look at the
    age returns the same value as present: the model sees in serving what it never saw in training,
    for exactly the users who have been away.

    Bad:

        entity user { key user_id: string }
        online_store kv { }
        feature_store store: feast { online = kv }
        features clicks { entity = user  store = store  lookback = 2h  ctr: float64 }
        endpoint rank { features = [clicks] }

    Good:

        entity user { key user_id: string }
        online_store kv { }
        feature_store store: feast { online = kv }
        features clicks { entity = user  store = store  lookback = 2h  max_age = 2h  ctr: float64 }
        endpoint rank { features = [clicks]  rejects_stale = true }
    """
    watched = {
        name
        for name, monitors in monitoring.watching.items()
        if any("features" in one.staleness for one in monitors)
    }
    for name, found in reads.of.items():
        view = found[0].view
        bound = lifetimes.online.get(name)
        if bound is None:
            continue  # no store, and so no word about what it does
        endpoints = [r.reader.name for r in found if r.reader is not None]
        endpoints += [one.name for one in reads.listed.get(name, ())]
        seen = bool(watched & {name, *endpoints})
        readers = next(iter(endpoints), "serving")
        yield from _View(design, view, bound, readers, seen).judge()


@dataclass(frozen=True)
class _View:
    """One view that is read online: its lookback, and what bounds the age of what is read."""

    design: Design
    view: Features
    bound: Lifetime
    reader: str
    watched: bool
    """Whether somebody is told when values grow old."""

    def judge(self) -> Iterator[Finding]:
        """Compare the two bounds."""
        back = self.view.lookback.value if self.view.lookback else None
        stated = next((f for f in ("max_age", "expiry") if getattr(self.view, f) is not None), None)
        if self.bound.seconds is None and self.bound.unknown:
            if back is not None or stated is not None:
                yield from of_production(self.design, [self._unknown(stated)])
        elif self.bound.seconds is None:
            if back is not None or stated is not None:
                yield self._unbounded(back, stated)
        elif back is None:
            yield Finding(
                self.design.place(self.view, self.bound.field),
                f"serving uses `{self.view.name}` for {show_duration(self.bound.seconds)}; how far "
                "back training looks is not stated",
                subject=self.view.name,
                missing=(f"{self.view.name}.lookback",),
            )
        elif not isclose(self.bound.seconds, back):
            yield self._differ(back, self.bound.seconds)

    def _unknown(self, stated: str | None) -> Finding:
        return Finding(
            self.design.place(self.view, stated or "lookback"),
            f"whether values of `{self.view.name}` that are too old are still served is not known",
            subject=self.view.name,
            missing=self.bound.unknown,
        )

    def _unbounded(self, back: float | None, stated: str | None) -> Finding:
        field = "lookback" if back is not None else stated or ""
        why = f": {self.bound.reason}" if self.bound.reason else ""
        if back is not None:
            said = (
                f"training sees nothing after {show_duration(back)}; `{self.reader}` gets a value "
                f"of `{self.view.name}` of any age{why}"
            )
        else:
            said = f"{stated} of `{self.view.name}` does nothing{why}"
        store = self.design.get(self.view.store, FeatureStore)
        labels = [Label(self.design.place(store), "read from here")] if store else []
        if stated is not None and stated != field:
            labels.append(Label(self.design.place(self.view, stated), "not honoured"))
        age = f"max_age = {show_duration(back)} in `{self.view.name}`, and " if back else ""
        return Finding(
            self.design.place(self.view, field),
            said,
            subject=self.view.name,
            labels=tuple(labels),
            help=f"{age}rejects_stale = true in `{self.reader}`; or no `lookback`"
            if self.reader in self.design.components
            else f"no `lookback`, or an endpoint that takes `{self.view.name}` with "
            "rejects_stale = true",
            severity=Severity.WARNING if self.watched else None,
        )

    def _differ(self, back: float, served: float) -> Finding:
        holder, field = self.bound.place
        longer = served > back
        sides = (
            f"training sees nothing after {show_duration(back)}; `{self.reader}` gets a value of "
            f"`{self.view.name}` of up to {show_duration(served)}"
            if longer
            else f"training uses a value of `{self.view.name}` for {show_duration(back)}; "
            f"`{self.reader}` drops it after {show_duration(served)}"
        )
        return Finding(
            self.design.place(self.view, "lookback"),
            sides,
            subject=self.view.name,
            labels=(Label(self.design.place(*self.bound.place), "how long it is served"),),
            arithmetic=(f"{show_duration(back)} {'<' if longer else '>'} {show_duration(served)}",),
            help=f"lookback = {show_duration(served)}, or {field} = {show_duration(back)} in "
            f"`{holder}`",
            severity=Severity.WARNING if self.watched or not longer else None,
        )
