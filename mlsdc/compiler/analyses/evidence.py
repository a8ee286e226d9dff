"""Pairs in, how well it is shown that training and serving see the same values of each feature out.

The levels are those of static evidence for the same function and the same information, strongest
first: the training rows are what serving logged; both sides read one version of one feature that
one implementation computes; a test compares the two implementations; somebody says so.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from enum import IntEnum

from mlsdc.compiler.analyses.callers import Callers
from mlsdc.compiler.analyses.lineage import feature_named, on_demand, read_names
from mlsdc.compiler.analyses.pairs import (
    Pair,
    Pairs,
    changed_between,
    served_version,
    spine_columns,
    trained_version,
)
from mlsdc.compiler.analyses.twins import Twins
from mlsdc.compiler.design import Design
from mlsdc.compiler.model.features import Features
from mlsdc.compiler.schedule import analysis
from mlsdc.diagnostics import Span


class Level(IntEnum):
    """How well sameness is shown."""

    NONE = 0
    """It is shown that the two differ, or one of them is not there."""
    ASSERTED = 1
    PARITY_TESTED = 2
    SHARED = 3
    LOGGED = 4

    @property
    def words(self) -> str:
        """`parity-tested`"""
        return self.name.lower().replace("_", "-")


@dataclass(frozen=True)
class FeatureEvidence:
    """The evidence for one feature of a pair, and the reason."""

    name: str
    """`view.feature`, or the name of what the request carries."""
    level: Level
    because: str
    at: Span


@dataclass(frozen=True)
class ModelEvidence:
    """The evidence for all features of a pair."""

    pair: Pair
    features: tuple[FeatureEvidence, ...]

    @property
    def level(self) -> Level | None:
        """That of the weakest feature; None where no feature is known."""
        return min((one.level for one in self.features), default=None)

    @property
    def weakest(self) -> tuple[FeatureEvidence, ...]:
        """The features of the lowest level."""
        return tuple(one for one in self.features if one.level == self.level)


@dataclass(frozen=True)
class Evidence:
    """The evidence of every pair, by its endpoint's name."""

    of: dict[str, ModelEvidence] = field(default_factory=dict[str, ModelEvidence])


@analysis
def evidence(design: Design, pairs: Pairs, twins: Twins, callers: Callers) -> Evidence:
    """Weigh every feature of every pair."""
    return Evidence(
        {
            name: ModelEvidence(pair, tuple(_Weighing(design, twins, callers, pair).all()))
            for name, pair in pairs.of.items()
        }
    )


Weighed = tuple[Level, str]


@dataclass
class _Weighing:
    """One pair's features; a view is weighed once."""

    design: Design
    twins: Twins
    callers: Callers
    pair: Pair
    _views: dict[str, Weighed] = field(default_factory=dict[str, Weighed])
    _open: set[tuple[str, str]] = field(default_factory=set[tuple[str, str]])

    def all(self) -> Iterator[FeatureEvidence]:
        """Every input of the model that a view or the request gives."""
        for name in dict.fromkeys(self.pair.dataset.features if self.pair.dataset else ()):
            view = self.design.get(name, Features)
            for column in view.columns if view is not None else ():
                assert view is not None
                level, why = self.feature(view, column)
                place = self.design.place(view, "columns", column)
                yield FeatureEvidence(f"{name}.{column}", level, why, place)
        for at, name in enumerate(self.pair.endpoint.request_features):
            level, why = self._carried(name)
            place = self.design.place(self.pair.endpoint, "request_features", at)
            yield FeatureEvidence(name, level, why, place)

    def feature(self, view: Features, column: str) -> Weighed:
        """The evidence for one feature: of its version, and of what computes it."""
        versions = self._versions(view, column)
        if versions is not None:
            return versions
        if not on_demand(view):
            if view.name not in self._views:
                self._views[view.name] = self._view(view)
            return self._views[view.name]
        if self._logged():
            return Level.LOGGED, "training reads what serving logged"
        if (view.name, column) in self._open:
            return Level.SHARED, "one expression"  # a feature computed from itself (REL013)
        self._open.add((view.name, column))
        found = self._weakest(self._read(view, column))
        self._open.discard((view.name, column))
        return found

    def _read(self, view: Features, column: str) -> Iterator[Weighed]:
        yield Level.SHARED, "one expression for both paths"
        for name in read_names(view, column):
            head, _, tail = name.partition(".")
            inner = feature_named(self.design, view, column, name)
            if head == "request" and tail:
                yield self._carried(tail)
            elif inner is not None:
                yield self.feature(*inner)

    def _weakest(self, found: Iterable[Weighed]) -> Weighed:
        return min(found, key=lambda one: one[0])

    def _versions(self, view: Features, column: str) -> Weighed | None:
        """Two versions of a feature are two features."""
        if self.pair.as_declared or self.pair.dataset is None:
            return None
        if view.name not in self.pair.shared_views:
            return None
        trained = trained_version(self.design, self.pair.dataset, view.name).number
        served = served_version(self.design, self.pair, view.name).number
        if served is None or trained is None:
            side = "serving" if served is None else "training"
            return Level.NONE, f"the version in {side} may be any"
        changed = changed_between(view, trained, served) if trained != served else []
        if changed is None or column in changed:
            return Level.NONE, f"version {trained} in training, {served} in serving"
        return None

    def _view(self, view: Features) -> Weighed:
        twin = self.twins.of[view.name]
        if twin.kind == "logged" or self._logged():
            return Level.LOGGED, "training reads what serving logged"
        if twin.kind == "one":
            if view.scored is not None:
                return Level.SHARED, f"scored by `{view.scored}`"
            what = twin.offline.job or view.name
            both = f"`{what}`" if twin.offline.job == twin.online.job else twin.online.words
            return Level.SHARED, f"computed by {both} for both paths"
        if twin.kind == "unstated":
            return Level.ASSERTED, f"what computes `{view.name}` is not stated"
        if view.parity is not None and view.parity.tolerance is not None:
            return Level.PARITY_TESTED, f"compared by `{view.parity.test}`"
        if twin.differs:
            return Level.NONE, f"{twin.offline.words} offline, {twin.online.words} online"
        return Level.ASSERTED, "whether the code of both paths is the same is not stated"

    def _logged(self) -> bool:
        return self.pair.dataset is not None and self.pair.dataset.join == "logged"

    def _carried(self, name: str) -> Weighed:
        """What the request carries: the training row has it from the same request, or another."""
        if self._logged():
            return Level.LOGGED, "training reads what serving logged"
        columns = spine_columns(self.design, self.pair.dataset)
        if columns is None:
            return Level.ASSERTED, f"where training has `{name}` from is not stated"
        spine = self.pair.dataset.spine if self.pair.dataset else ""
        if name not in columns:
            return Level.NONE, f"the rows of `{spine}` have no `{name}`"
        if spine in self._written():
            return Level.LOGGED, f"the request writes it to `{spine}`"
        return Level.ASSERTED, f"`{name}` of the request is taken for that of `{spine}`"

    def _written(self) -> set[str]:
        """What the requests that reach the endpoint write to, and the endpoint itself."""
        log = self.pair.endpoint.logging
        found = {log.to} if log is not None and log.to else set[str]()
        for chain in self.callers.of(self.pair.endpoint.name):
            for request in chain:
                found |= self.callers.called.get(request, frozenset())
        return found
