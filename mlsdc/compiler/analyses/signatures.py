"""Pairs in, the inputs that a model takes in and those that it is handed out, in order.

A column's name is enough where only one view has it; where several do, it is told by its view too.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from mlsdc.compiler.analyses.pairs import Pair, Pairs, view_columns
from mlsdc.compiler.design import Design
from mlsdc.compiler.model.features import Features
from mlsdc.compiler.model.types import DataType
from mlsdc.compiler.schedule import analysis
from mlsdc.diagnostics import Span


@dataclass(frozen=True)
class Slot:
    """One input: its name, its type where it is known, and where it is written."""

    name: str
    type: DataType | None
    optional: bool
    at: Span


@dataclass(frozen=True)
class Inputs:
    """The two sides of one pair."""

    taken: tuple[Slot, ...]
    """What the model takes in: by its signature, and by its dataset where that says more."""
    handed: tuple[Slot, ...]
    """What its endpoint hands over: by the server's declaration, else by the features it lists."""
    signed: bool
    """The model's order is that of a signature."""
    declared: bool
    """The endpoint's order is that of a declaration of its own."""

    @property
    def absent(self) -> list[Slot]:
        """What the model cannot do without, and nobody hands over."""
        handed = {slot.name for slot in self.handed}
        return [slot for slot in self.taken if slot.name not in handed and not slot.optional]

    @property
    def moved(self) -> list[tuple[int, Slot, Slot]]:
        """Positions at which the two orders differ, and what either side has there."""
        taken, handed = self.orders
        both = enumerate(zip(taken, handed, strict=False))
        return [(at, one, other) for at, (one, other) in both if one.name != other.name]

    @property
    def orders(self) -> tuple[list[Slot], list[Slot]]:
        """Both sides without the inputs that only one of them has."""
        names = {slot.name for slot in self.taken} & {slot.name for slot in self.handed}
        return (
            [slot for slot in self.taken if slot.name in names],
            [slot for slot in self.handed if slot.name in names],
        )


@dataclass(frozen=True)
class Signatures:
    """The inputs of those pairs whose two sides are written differently, by the endpoint's name.

    Where both list the same views in one order, and nobody writes a signature, there is nothing to
    compare.
    """

    of: dict[str, Inputs] = field(default_factory=dict[str, Inputs])


@analysis
def signatures(design: Design, pairs: Pairs) -> Signatures:
    """Write down both sides of every pair."""
    return Signatures(
        {name: _inputs(design, pair) for name, pair in pairs.of.items() if not _alike(pair)}
    )


def _alike(pair: Pair) -> bool:
    signed = pair.model.signature or pair.endpoint.signature or pair.endpoint.request_features
    return not signed and (pair.dataset is None or pair.dataset.features == pair.endpoint.features)


def _inputs(design: Design, pair: Pair) -> Inputs:
    endpoint, model = pair.endpoint, pair.model
    signed = _signed(design, model.name, model.signature)
    trained = _columns(design, pair.dataset.features if pair.dataset else ())
    names = {slot.name for slot in signed}
    taken = (*signed, *(slot for slot in trained if slot.name not in names))
    declared = _signed(design, endpoint.name, endpoint.signature)
    resolved = (
        *_columns(design, endpoint.features),
        *(
            Slot(name, None, False, design.place(endpoint, "request_features", at))
            for at, name in enumerate(endpoint.request_features)
        ),
    )
    return Inputs(taken, declared or resolved, bool(signed), bool(declared))


def _signed(design: Design, owner: str, signature: object) -> tuple[Slot, ...]:
    from mlsdc.compiler.model.consistency import Signature

    if not isinstance(signature, Signature):
        return ()
    return tuple(
        Slot(name, one.type, one.optional, design.place(owner, "signature", "columns", name))
        for name, one in signature.columns.items()
    )


def _columns(design: Design, views: Iterable[str]) -> tuple[Slot, ...]:
    return tuple(_slots(design, tuple(views)))


def _slots(design: Design, views: tuple[str, ...]) -> Iterator[Slot]:
    found = list(view_columns(design, views))
    shared = Counter(column for _, column in found)
    for name, column in found:
        view = design.get(name, Features)
        assert view is not None
        full = column if shared[column] == 1 else f"{name}.{column}"
        place = design.place(view, "columns", column)
        yield Slot(full, view.columns[column].type, False, place)
