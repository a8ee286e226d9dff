"""Requests in, the caches behind which each component is called out."""

from __future__ import annotations

from dataclasses import dataclass, replace

from mlsdc.compiler.analyses.refresh import seconds
from mlsdc.compiler.called_steps import Made, calls_of
from mlsdc.compiler.consistency.age import Age, with_stage
from mlsdc.compiler.design import Design
from mlsdc.compiler.model.data import OnlineStore
from mlsdc.compiler.model.request import Cached, Request
from mlsdc.compiler.model.serving import Cache
from mlsdc.diagnostics import Span
from mlsdc.units import Quantity


@dataclass(frozen=True)
class Hold:
    """A cache, the step of a request that asks it, and the place of that step."""

    cache: Cache | OnlineStore
    step: Cached
    request: str
    path: tuple[str | int, ...]

    @property
    def ttl(self) -> Quantity | None:
        """How long an entry is used here."""
        return self.step.ttl or (self.cache.ttl if isinstance(self.cache, Cache) else None)

    @property
    def key(self) -> tuple[str, ...]:
        """What an entry is found by here; empty where nobody says."""
        return self.step.key or (self.cache.key if isinstance(self.cache, Cache) else ())

    def place(self, design: Design, field: str) -> Span:
        """Where a field is stated, at the step or at the cache."""
        if getattr(self.step, field):
            return design.place(self.request, *self.path, field)
        return design.place(self.cache, field)


def caches(design: Design) -> dict[str, list[tuple[Hold, ...]]]:
    """The caches, one behind the other, that hold a component's answers on each way to a client."""
    found: dict[str, list[tuple[Hold, ...]]] = {}
    for request in design.of(Request):
        for made in calls_of(request):
            holds = _holds(design, made)
            ways = found.setdefault(made.call.target, []) if holds else []
            if holds and holds not in ways:
                ways.append(holds)
    return found


def _holds(design: Design, made: Made) -> tuple[Hold, ...]:
    """The caches around a call."""
    return tuple(
        Hold(cache, one.step, made.request, one.path)
        for one in made.around
        if isinstance(one.step, Cached)
        and isinstance(cache := design.components.get(one.step.by), Cache | OnlineStore)
    )


def behind(age: Age, ways: list[tuple[Hold, ...]]) -> Age:
    """The age behind the caches; one that states no time to live may keep a value for ever."""
    if not ways:
        return age
    missing = dict.fromkeys(
        f"{hold.cache.name}.ttl" for way in ways for hold in way if hold.ttl is None
    )
    longest = max(ways, key=lambda way: sum(seconds(hold.ttl) for hold in way))
    held = sum(seconds(hold.ttl) for hold in longest)
    inputs = [(hold.request, *hold.path, "ttl") if hold.step.ttl else (hold.cache.name, "ttl")
              for hold in longest]  # fmt: skip
    return replace(with_stage(age, "cache", held, *inputs), missing=(*age.missing, *missing))
