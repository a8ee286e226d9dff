"""Feature views in, the age at which serving stops using a value, if anybody sees to it, out.

A `max_age` counts where the store honours it, or where every endpoint that reads the view compares
ages itself. An `expiry` deletes a key with all that it holds: it bounds the age of one view only
where no other view of the same entity lies in the same store.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from mlsdc.compiler.analyses.claims import Claims, Standing
from mlsdc.compiler.analyses.online_reads import OnlineReads, Read
from mlsdc.compiler.design import Design
from mlsdc.compiler.model.features import Features
from mlsdc.compiler.model.serving import Endpoint
from mlsdc.compiler.schedule import analysis
from mlsdc.units import Quantity


@dataclass(frozen=True)
class Lifetime:
    """How old a value may be that is read online; without `seconds`, of any age.

    `reason` says why nothing bounds it; `unknown` are the fields that would tell.
    """

    seconds: float | None = None
    place: tuple[str, str] = ("", "")
    """The component and the field that say so."""
    reason: str = ""
    unknown: tuple[str, ...] = ()

    @property
    def field(self) -> str:
        """The field that says so."""
        return self.place[1]


@dataclass(frozen=True)
class Lifetimes:
    """The lifetime of every view that is read online from a store."""

    online: dict[str, Lifetime] = field(default_factory=dict[str, Lifetime])


@analysis
def lifetimes(design: Design, reads: OnlineReads, claims: Claims) -> Lifetimes:
    """Look at every view that is read from a store."""
    sharing = Counter((view.store, view.entity) for view in design.of(Features) if view.store)
    return Lifetimes(
        {
            name: _lifetime(claims, found[0].view, _comparing(reads, name, found), sharing)
            for name, found in reads.of.items()
            if found[0].view.store in design.components
        }
    )


def _comparing(
    reads: OnlineReads, name: str, found: tuple[Read, ...]
) -> tuple[Endpoint | None, ...]:
    """Who could look at the age of the values: whoever reads them, else the endpoints that get
    them from a client. None where nobody is known to."""
    taking: tuple[Endpoint | None, ...] = tuple(reads.listed.get(name, ())) or (None,)
    return tuple(
        one for read in found for one in ((read.reader,) if read.reader is not None else taking)
    )


def _lifetime(
    claims: Claims,
    view: Features,
    comparing: tuple[Endpoint | None, ...],
    sharing: Counter[tuple[str, str | None]],
) -> Lifetime:
    age, expiry = claims.of(view.store, "max_age"), claims.of(view.store, "expiry")
    compared = bool(comparing) and all(one is not None and one.rejects_stale for one in comparing)
    bounds: list[Lifetime] = []
    if view.max_age is not None and (compared or (age is not None and age.honoured)):
        bounds.append(Lifetime(view.max_age.value, (view.name, "max_age")))
    kept = _key_lifetime(view, expiry)
    alone = sharing[view.store or "", view.entity] == 1
    if kept is not None and alone:
        bounds.append(kept)
    if bounds:
        return min(bounds, key=lambda one: one.seconds or 0.0)
    if (age is None and not compared) and (expiry is None or view.expiry is None):
        return Lifetime(unknown=(f"{view.store}: the system that runs it",))
    return Lifetime(reason=_reason(view, age, expiry, shared=kept is not None))


def _key_lifetime(view: Features, expiry: Standing | None) -> Lifetime | None:
    """How long the store keeps the key, where it deletes keys."""
    if expiry is None or not expiry.honoured:
        return None
    if isinstance(expiry.value, Quantity):
        return Lifetime(expiry.value.value, (view.store or "", expiry.capability.requires))
    return Lifetime(view.expiry.value, (view.name, "expiry")) if view.expiry else None


def _reason(view: Features, age: Standing | None, expiry: Standing | None, shared: bool) -> str:
    if shared and expiry is not None:
        return expiry.capability.limits
    if view.expiry is not None and view.max_age is None and expiry is not None:
        return expiry.reason
    return age.reason if age is not None else ""
