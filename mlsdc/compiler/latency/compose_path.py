"""A path and the time of each of its leaves in, one latency composition out.

Hops are independent of each other, but a component that is reached twice by one request is one
draw: it is slow both times. Reached twice in a row its quantiles add; reached in different parts of
the path, the composition is made for slices of its quantiles and mixed. Repeated attempts, hedges
and `times` are draws of their own.

This module imports numpy; import it inside the function that needs it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from itertools import pairwise

from mlsdc.compiler.latency import compose
from mlsdc.compiler.latency.compose import Composition
from mlsdc.compiler.latency.distribution import Distribution
from mlsdc.compiler.latency.path import Attempt, Chosen, Leaf, Node, Race, Series

Times = Callable[[Leaf], Distribution | None]
"""The time of a leaf; None where it is not known, which then counts as a lower bound of 0."""

_FINE = (
    0.0, 0.05, 0.12, 0.2, 0.28, 0.36, 0.44, 0.5, 0.56, 0.62, 0.68, 0.74, 0.79, 0.83, 0.87, 0.9,
    0.925, 0.945, 0.96, 0.97, 0.98, 0.987, 0.992, 0.995, 0.997, 0.9985, 0.9995, 1.0,
)  # fmt: skip
_COARSE = (0.0, 0.15, 0.3, 0.45, 0.6, 0.72, 0.82, 0.89, 0.94, 0.97, 0.985, 0.993, 0.997, 0.999, 1.0)
"""Slices of the most variable component, and of a second one. Two draws in one slice are taken for
independent, so that its width is the error: finer where requests are, and in the tail."""
_SLICED = 2
"""Components that are sliced by at most; further ones count as independent."""


def compose_path(node: Node, times: Times) -> Composition:
    """The composition of a path."""
    plain = _Composer(times, frozenset(_places(node)))
    whole = plain.node(node)
    scattered = [name for name, places in _places(node).items() if places > 1 and name in plain.met]
    scattered.sort(key=lambda name: (-plain.met[name].variance(), name))
    sliced = [name for name in scattered if plain.met[name].variance() > 0.0][:_SLICED]
    if not sliced or whole is compose.NOTHING:
        return whole
    made: list[tuple[float, Distribution]] = []
    for weight, bounds in _slices(sliced):
        composer = _Composer(times, plain.repeated, bounds, plain.anew)
        made.append((weight, composer.node(node).independent))
    return Composition(Distribution.mixture(made), whole.tail, whole.hops)


def _slices(names: list[str]) -> Iterable[tuple[float, Mapping[str, tuple[float, float]]]]:
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
        together: set[str] = set()
        for part in _flat(node):
            name = _sole(part)
            if name is None:
                found += _places(part)
            else:
                together.add(name)
        found.update(together)
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
    """Composes one path; `bounds` are the quantiles that sliced components lie between."""

    times: Times
    repeated: frozenset[str]
    bounds: Mapping[str, tuple[float, float]] | None = None
    anew: dict[Series, Composition] = field(default_factory=dict[Series, Composition])
    """What calls do that are made several times: it depends on no slice, and is composed once."""

    def __post_init__(self) -> None:
        self.met: dict[str, Distribution] = {}

    def node(self, node: Node) -> Composition:
        if isinstance(node, Leaf):
            return self._leaf(node)
        if isinstance(node, Series):
            return self._series(node)
        if isinstance(node, Race):
            return compose.parallel([self.node(part) for part in node.parts], node.first)
        if isinstance(node, Chosen):
            return compose.chosen(node.share, self.node(node.part))
        return self._attempt(node)

    def _leaf(self, leaf: Leaf, sliced: bool = True) -> Composition:
        time = self.times(leaf)
        if time is None:
            return compose.NOTHING
        if leaf.answering is not None:
            self.met.setdefault(leaf.answering, time)
            slice_ = (self.bounds or {}).get(leaf.answering) if sliced else None
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
