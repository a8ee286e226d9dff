"""A path and the time of each of its leaves in, one latency composition out.

Hops are independent of each other, but a component that is reached twice by one request is one
draw: it is slow both times. Reached twice in a row its quantiles add; reached in different parts of
the path, the composition is made for slices of its quantiles and mixed. Repeated attempts, hedges
and `times` are draws of their own.

This module imports numpy; import it inside the function that needs it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from itertools import pairwise

from mlsdc.compiler.latency import compose
from mlsdc.compiler.latency.compose import Composition
from mlsdc.compiler.latency.distribution import Distribution
from mlsdc.compiler.latency.likeness import Times, likeness
from mlsdc.compiler.latency.path import Attempt, Chosen, Leaf, Node, Race, Series, leaves

Slice = tuple[float, float]
"""Two quantiles that a draw lies between."""

_FINE = (
    0.0, 0.05, 0.12, 0.2, 0.28, 0.36, 0.44, 0.5, 0.56, 0.62, 0.68, 0.74, 0.79, 0.83, 0.87, 0.9,
    0.925, 0.945, 0.96, 0.97, 0.98, 0.987, 0.992, 0.995, 0.997, 0.9985, 0.9995, 1.0,
)  # fmt: skip
_COARSE = (0.0, 0.15, 0.3, 0.45, 0.6, 0.72, 0.82, 0.89, 0.94, 0.97, 0.985, 0.993, 0.997, 0.999, 1.0)
"""Slices of the most variable component, and of a second one. Two draws in one slice are taken for
independent, so that its width is the error: finer where requests are, and in the tail."""
_SLICED = 2
"""Components that are sliced by at most; further ones count as independent."""


@dataclass(eq=False)
class _Asked:
    """A path to compose; equal to another where the composition is equal."""

    key: Hashable
    path: tuple[Node, Times] | None

    def __hash__(self) -> int:
        return hash(self.key)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Asked) and self.key == other.key


def compose_path(node: Node, times: Times) -> Composition:
    """The composition of a path; equal paths with equal times share one."""
    asked = _Asked(likeness(node, times), (node, times))
    found = _composed(asked)
    asked.path = None  # the key alone is kept
    return found


@lru_cache(maxsize=1024)
def _composed(asked: _Asked) -> Composition:
    assert asked.path is not None
    node, times = asked.path
    places = _places(node)
    plain = _Composer(times)
    whole = plain.node(node)
    scattered = [name for name, count in places.items() if count > 1 and name in plain.met]
    scattered.sort(key=lambda name: -plain.met[name].variance())
    sliced = [name for name in scattered if plain.met[name].variance() > 0.0][:_SLICED]
    if not sliced or whole is compose.NOTHING:
        return whole
    made: list[tuple[float, Distribution]] = []
    for weight, bounds in _slices(sliced):
        made.append((weight, plain.within(bounds).node(node).independent))
    return Composition(Distribution.mixture(made), whole.tail, whole.hops)


def _slices(names: list[str]) -> Iterable[tuple[float, Mapping[str, Slice]]]:
    """Every combination of slices, with its probability."""
    (first, *rest) = names
    for low, high in pairwise(_FINE):
        if not rest:
            yield high - low, {first: (low, high)}
        for least, most in pairwise(_COARSE) if rest else ():
            yield (high - low) * (most - least), {first: (low, high), rest[0]: (least, most)}


def _places(node: Node) -> Counter[str]:
    """In how many separate places of the path each component draws; one after the other is one."""
    found: Counter[str] = Counter()
    if isinstance(node, Leaf):
        if node.answering is not None:
            found[node.answering] += 1
    elif isinstance(node, Series):
        together: dict[str, None] = {}
        for part in _flat(node):
            name = _sole(part)
            if name is None:
                found += _places(part)
            else:
                together[name] = None
        found.update(together.keys())
    elif isinstance(node, Race):
        for part in node.parts:
            found += _places(part)
    elif isinstance(node, Chosen) or not (node.call.asynchronous or _draws_again(node)):
        found += _places(node.part)
    return found


def _draws_again(node: Attempt) -> bool:
    call = node.call
    return call.times > 1 or call.retry > 0 or call.hedge is not None


def _flat(node: Series) -> Iterable[Node]:
    for part in node.parts:
        if isinstance(part, Series):
            yield from _flat(part)
        else:
            yield part


def _sole(node: Node) -> str | None:
    """The component whose single draw decides all of the node's time, where there is one."""
    if isinstance(node, Leaf):
        return node.answering
    if isinstance(node, Attempt) and len(node.part.parts) == 1:
        call = node.call
        plain = not (_draws_again(node) or call.asynchronous or call.errors or call.tied)
        timed = call.timeout is not None and node.fallback is not None
        return _sole(node.part.parts[0]) if plain and not timed else None
    return None


@dataclass
class _Composer:
    """Composes one path; `bounds` are the quantiles that sliced components lie between.

    What lies below a node depends on the slices of the components in it alone, so that it is
    composed once for each of those, however many slices the rest of the path has.
    """

    times: Times
    bounds: Mapping[str, Slice] = field(default_factory=dict[str, Slice])
    anew: dict[Series, Composition] = field(default_factory=dict[Series, Composition])
    """What calls do that are made several times: it depends on no slice, and is composed once."""
    kept: dict[tuple[object, ...], Composition] = field(
        default_factory=dict[tuple[object, ...], Composition]
    )
    met: dict[str, Distribution] = field(default_factory=dict[str, Distribution])
    """The time of each component, where it is reached first."""
    inside: dict[Node, tuple[str, ...]] = field(default_factory=dict[Node, tuple[str, ...]])

    def within(self, bounds: Mapping[str, Slice]) -> _Composer:
        """The same path, where components lie between these quantiles."""
        return replace(self, bounds=bounds)

    def node(self, node: Node) -> Composition:
        key = (node, *(self.bounds.get(name) for name in self._inside(node)))
        if key not in self.kept:
            self.kept[key] = self._made(node)
        return self.kept[key]

    def _inside(self, node: Node) -> tuple[str, ...]:
        """The components in a node, sliced or not."""
        if node not in self.inside:
            found = (leaf.answering for leaf in leaves(node))
            self.inside[node] = tuple(dict.fromkeys(name for name in found if name is not None))
        return self.inside[node]

    def _made(self, node: Node) -> Composition:
        if isinstance(node, Leaf):
            return self._leaf(node)
        if isinstance(node, Series):
            return self._series(node)
        if isinstance(node, Race):
            return compose.parallel([self.node(part) for part in node.parts], node.first)
        if isinstance(node, Chosen):
            return compose.chosen(node.share, self.node(node.part))
        return self._attempt(node)

    def _leaf(self, leaf: Leaf) -> Composition:
        time = self.times(leaf)
        if time is None:
            return compose.NOTHING
        if leaf.answering is not None:
            self.met.setdefault(leaf.answering, time)
            slice_ = self.bounds.get(leaf.answering)
            if slice_ is not None:
                time = time.between(*slice_)
        return compose.leaf(time)

    def _series(self, node: Series) -> Composition:
        parts = list(_flat(node))
        sole = [_sole(part) for part in parts]
        often = Counter(name for name in sole if name is not None)
        if all(count == 1 for count in often.values()):
            return compose.series([self.node(part) for part in parts])
        groups: dict[object, list[Composition]] = {}
        for at, (part, name) in enumerate(zip(parts, sole, strict=True)):
            groups.setdefault(at if name is None else name, []).append(self.node(part))
        return compose.series([compose.one_draw(group) for group in groups.values()])

    def _once(self, part: Series) -> Composition:
        """What one of several attempts does: a draw of its own, and one for all of its parts."""
        if part not in self.anew:
            self.anew[part] = compose_path(part, self.times)
        return self.anew[part]

    def _attempt(self, node: Attempt) -> Composition:
        call = node.call
        if call.asynchronous:
            return compose.NOTHING
        made = self._once(node.part) if _draws_again(node) else self.node(node.part)
        if made is not compose.NOTHING and call.hedge is not None:
            made = compose.hedged(made, call.hedge.value)
        limit = call.timeout.value if call.timeout is not None else None
        fallback = self.node(node.fallback) if node.fallback is not None else None
        pause = call.backoff.value if call.backoff else 0.0
        if call.errors:
            made = compose.attempted(made, call.retry + 1, limit, pause, call.errors, fallback)
        elif limit is not None and call.retry:
            made = compose.retried(made, call.retry + 1, limit, pause, fallback)
        elif limit is not None:
            made = compose.limited(made, limit, fallback)
        return compose.repeated(made, call.times)
