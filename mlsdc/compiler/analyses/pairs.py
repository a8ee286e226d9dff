"""Endpoints and models in, what each pair was trained on and what it is served out, in order."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from mlsdc.compiler.design import Design
from mlsdc.compiler.model.consistency import Pin
from mlsdc.compiler.model.data import Lake, Source, Stream, Warehouse
from mlsdc.compiler.model.features import Dataset, Features
from mlsdc.compiler.model.learning import Model
from mlsdc.compiler.model.serving import Endpoint
from mlsdc.compiler.schedule import analysis
from mlsdc.diagnostics import Span


@dataclass(frozen=True)
class Version:
    """A version of a view or a model, as one side has it, and where that is said.

    `number` is None where the side follows whatever is newest.
    """

    number: int | None
    at: Span
    pinned: bool
    """Whether that side says so, rather than taking what is declared."""


@dataclass(frozen=True)
class Pair:
    """An endpoint, the model it serves, and the dataset that the model learned from."""

    endpoint: Endpoint
    model: Model
    dataset: Dataset | None

    @property
    def shared_views(self) -> tuple[str, ...]:
        """The views that both sides name, in the order of training."""
        served = frozenset(self.endpoint.features)
        return tuple(n for n in (self.dataset.features if self.dataset else ()) if n in served)

    @property
    def as_declared(self) -> bool:
        """Whether neither side says a word about versions: both take what is declared."""
        pinned = self.endpoint.pins or (self.dataset is not None and self.dataset.pins)
        return not pinned and self.endpoint.feature_versions is None


@dataclass(frozen=True)
class Pairs:
    """Every pair of an endpoint and a model that is declared, by the endpoint's name."""

    of: dict[str, Pair] = field(default_factory=dict[str, Pair])


@analysis
def pairs(design: Design) -> Pairs:
    """Find what every endpoint with a model serves."""
    return Pairs(
        {
            endpoint.name: Pair(endpoint, model, design.get(model.dataset, Dataset))
            for endpoint in design.of(Endpoint)
            if (model := design.get(endpoint.model, Model)) is not None
        }
    )


def trained_version(design: Design, dataset: Dataset, target: str) -> Version:
    """The version that made a dataset's values: pinned, else the declared one."""
    return _pinned(design, dataset, dataset.pins, target) or _declared(design, target)


def served_version(design: Design, pair: Pair, target: str) -> Version:
    """The version that an endpoint resolves."""
    endpoint = pair.endpoint
    pinned = _pinned(design, endpoint, endpoint.pins, target)
    if pinned is not None:
        return pinned
    place = design.place(endpoint, "feature_versions")
    if endpoint.feature_versions == "latest":
        return Version(None, place, True)
    if endpoint.feature_versions == "with_model" and pair.dataset is not None:
        return Version(trained_version(design, pair.dataset, target).number, place, True)
    return _declared(design, target)


def _pinned(
    design: Design, holder: Dataset | Endpoint, pins: Iterable[Pin], target: str
) -> Version | None:
    for at, pin in enumerate(pins):
        if pin.target == target:
            number = None if pin.version == "latest" else pin.version
            return Version(number, design.place(holder, "pins", at, "version"), True)
    return None


def _declared(design: Design, target: str) -> Version:
    found = design.components.get(target)
    number = found.version if isinstance(found, Features | Model) else None
    return Version(number, design.place(target, "version"), False)


def changed_between(view: Features, one: int, other: int) -> list[str] | None:
    """The features of a view that two of its versions do not share; None where nobody says."""
    low, high = min(one, other), max(one, other)
    if high > view.version:
        return None
    found = {name: column.version or view.version for name, column in view.columns.items()}
    return [name for name, version in found.items() if low < version <= high]


def view_columns(design: Design, names: Iterable[str]) -> Iterator[tuple[str, str]]:
    """The view and the name of every feature, in order."""
    for name in names:
        view = design.get(name, Features)
        for column in view.columns if view is not None else ():
            yield name, column


def unstated_spine(design: Design, dataset: Dataset) -> str:
    """What would tell the columns of a dataset's rows, where nothing does."""
    spine = design.components.get(dataset.spine or "")
    if isinstance(spine, Lake | Warehouse):
        return f"the events that land in {spine.name}"
    return f"{spine.name}.event" if spine is not None else f"{dataset.name}.spine"


def spine_columns(design: Design, dataset: Dataset | None) -> frozenset[str] | None:
    """The columns of the rows that a dataset begins with; None where they are not declared.

    A lake or warehouse has the columns of what is landed in it.
    """
    spine = design.components.get(dataset.spine or "") if dataset is not None else None
    origins = [spine.name] if isinstance(spine, Stream | Source) else []
    if isinstance(spine, Lake | Warehouse):
        origins = list(spine.origin)
    found: set[str] = set()
    for name in origins:
        origin = design.components.get(name)
        if not isinstance(origin, Stream | Source) or origin.event is None:
            return None
        found |= origin.event.columns.keys()
    return frozenset(found) if origins else None
