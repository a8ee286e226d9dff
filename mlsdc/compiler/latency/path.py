"""A request's steps in, its path out: a tree that time and rates can both be read from.

Nested requests are written out; a request that leads back to itself stops there (a finding of its
own). Law: every node knows the place in the text that made it, and nothing is computed here.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from mlsdc.compiler.analyses.service import answering
from mlsdc.compiler.design import Design
from mlsdc.compiler.model.request import Branch, Cached, Call, Parallel, Request, Step
from mlsdc.diagnostics import Span

Place = tuple[str | int, ...]


@dataclass(frozen=True, eq=False)
class Leaf:
    """One component answering once."""

    component: str
    """What is called."""
    answering: str | None
    """What answers: a feature view's store, else the component; None where nobody says."""
    place: Span
    call: Call | None = None
    """The statement, with what it sends; None for the look-up of a cache."""
    aside: bool = False
    """A fallback: answered instead of the component that was asked."""


@dataclass(frozen=True, eq=False)
class Series:
    """One after the other."""

    parts: tuple[Node, ...]


@dataclass(frozen=True, eq=False)
class Race:
    """All at once; done when all, or the first few, have answered."""

    parts: tuple[Node, ...]
    first: int | None
    place: Span


@dataclass(frozen=True, eq=False)
class Chosen:
    """A part that a share of the requests takes: a branch, or the misses of a cache."""

    share: float
    part: Series
    place: Span
    cached: Cached | None = None


@dataclass(frozen=True, eq=False)
class Attempt:
    """A call with all it does to get an answer; its own answer comes first in `part`."""

    call: Call
    part: Series
    fallback: Node | None
    request: str
    """The request that holds the statement."""
    place: Place
    """Where in that request."""


Node = Leaf | Series | Race | Chosen | Attempt


def path_of(design: Design, request: Request) -> Series:
    """The path of a request."""
    return _series(design, request, request.steps, ("steps",), (request.name,))


def _series(
    design: Design, request: Request, steps: tuple[Step, ...], place: Place, seen: tuple[str, ...]
) -> Series:
    return Series(tuple(_nodes(design, request, steps, place, seen)))


def _nodes(
    design: Design, request: Request, steps: tuple[Step, ...], path: Place, seen: tuple[str, ...]
) -> Iterator[Node]:
    for at, step in enumerate(steps):
        place = (*path, at)
        inside = (*place, "steps")
        if isinstance(step, Call):
            yield _attempt(design, request, step, place, seen)
        elif isinstance(step, Parallel):
            parts = tuple(_nodes(design, request, step.steps, inside, seen))
            yield Race(parts, step.first, design.place(request, *place))
        elif isinstance(step, Branch):
            body = _series(design, request, step.steps, inside, seen)
            yield Chosen(step.share, body, design.place(request, *place, "share"))
        elif isinstance(step, Cached):
            found = _leaf(design, request, step.by, (*place, "by"), None)
            body = _series(design, request, step.steps, inside, seen)
            missed = Chosen(1 - step.hit, body, design.place(request, *place, "hit"), step)
            yield Series((*found, missed))


def _attempt(
    design: Design, request: Request, call: Call, place: Place, seen: tuple[str, ...]
) -> Attempt:
    own = _answers(design, request, call, call.target, (*place, "target"), seen)
    body = _series(design, request, call.steps, (*place, "steps"), seen)
    fallback: Node | None = None
    if call.fallback:
        other = (*place, "fallback")
        fallback = Series(_answers(design, request, call, call.fallback, other, seen, aside=True))
    return Attempt(call, Series((*own, *body.parts)), fallback, request.name, place)


def _answers(
    design: Design, request: Request, call: Call, name: str, place: Place, seen: tuple[str, ...],
    aside: bool = False,
) -> tuple[Node, ...]:  # fmt: skip
    """A component answering once, or a nested request with all its steps."""
    inner = design.get(name, Request)
    if inner is None:
        return _leaf(design, request, name, place, call, aside)
    if inner.name in seen:
        return ()
    return (_series(design, inner, inner.steps, ("steps",), (*seen, inner.name)),)


def _leaf(
    design: Design, request: Request, name: str, place: Place, call: Call | None,
    aside: bool = False,
) -> tuple[Leaf, ...]:  # fmt: skip
    component = design.components.get(name)
    if component is None:
        return ()  # it could not be understood, which was reported
    serving = answering(design, component)
    answer = serving.name if serving is not None else None
    return (Leaf(name, answer, design.place(request, *place), call, aside),)


def nodes(node: Node | None, waited: bool = False) -> Iterator[Node]:
    """Every node of a path, outer before inner and in order, fallbacks included.

    With `waited`, those whose answer is waited for: nothing that an asynchronous call does, and no
    fallback of a call that nothing makes fall back. Every other walk over a path is made of this
    one, so that all agree on what a request meets.
    """
    left: list[Node | None] = [node]
    while left:
        one = left.pop()
        if isinstance(one, Series | Race):
            left.extend(reversed(one.parts))
        elif isinstance(one, Chosen):
            left.append(one.part)
        elif isinstance(one, Attempt):
            if waited and one.call.asynchronous:
                continue
            if not waited or falls_back(one.call):
                left.append(one.fallback)
            left.append(one.part)
        if one is not None:
            yield one


def falls_back(call: Call) -> bool:
    """Whether anything can make the call answer from its fallback."""
    return call.timeout is not None or call.errors > 0


def leaves(node: Node | None, waited: bool = False) -> Iterator[Leaf]:
    """Every component that answers, in order."""
    return (one for one in nodes(node, waited) if isinstance(one, Leaf))


def attempts(node: Node | None, waited: bool = False) -> Iterator[Attempt]:
    """Every call statement of a path, outer before inner."""
    return (one for one in nodes(node, waited) if isinstance(one, Attempt))


def lookups(node: Node | None, waited: bool = False) -> Iterator[Chosen]:
    """What lies behind each cache of a path: the share of the requests that misses it."""
    return (one for one in nodes(node, waited)
            if isinstance(one, Chosen) and one.cached is not None)  # fmt: skip


def enclosed(node: Node | None, outer: Attempt | None = None) -> Iterator[tuple[Attempt, Attempt]]:
    """Every call that another one waits for, with the nearest call around it.

    A call that is made asynchronously has nobody waiting, so that nothing encloses what it does.
    """
    if isinstance(node, Attempt):
        if outer is not None:
            yield node, outer
        around = None if node.call.asynchronous else node
        yield from enclosed(node.part, around)
        yield from enclosed(node.fallback, outer)
    elif isinstance(node, Series | Race):
        for part in node.parts:
            yield from enclosed(part, outer)
    elif isinstance(node, Chosen):
        yield from enclosed(node.part, outer)
