"""A request in, each of its steps out, with its place and the steps that it stands in.

Law: what a step holds follows it at once, so that the order is that of the text.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from mlsdc.compiler.design import Design
from mlsdc.compiler.model.request import Cached, Call, Request, Step
from mlsdc.diagnostics import Span

Path = tuple[str | int, ...]


@dataclass(frozen=True)
class Placed:
    """A step, its path in the request, and the steps around it, the outermost first."""

    step: Step
    path: Path
    around: tuple[Placed, ...] = ()


@dataclass(frozen=True)
class Made:
    """One call of a request."""

    request: str
    call: Call
    path: Path
    around: tuple[Placed, ...] = ()

    @property
    def callers(self) -> Iterator[Call]:
        """The calls in whose body it stands, the innermost first."""
        return (one.step for one in reversed(self.around) if isinstance(one.step, Call))

    @property
    def cached(self) -> Iterator[str]:
        """The caches that stand before it."""
        return (one.step.by for one in self.around if isinstance(one.step, Cached))

    def place(self, design: Design, *below: str) -> Span:
        """Where it stands, or one of its fields."""
        return design.place(self.request, *self.path, *below)


def walk(
    steps: tuple[Step, ...], path: Path = ("steps",), around: tuple[Placed, ...] = ()
) -> Iterator[Placed]:
    """Every step, and all that it holds."""
    for at, step in enumerate(steps):
        here = Placed(step, (*path, at), around)
        yield here
        inner: tuple[Step, ...] = getattr(step, "steps", ())
        if inner:
            yield from walk(inner, (*here.path, "steps"), (*around, here))


def calls_of(request: Request) -> Iterator[Made]:
    """The calls of a request in their order; what a call calls itself follows it."""
    for one in walk(request.steps):
        if isinstance(one.step, Call):
            yield Made(request.name, one.step, one.path, one.around)


def calls_made(design: Design) -> Iterator[Made]:
    """The calls of all requests."""
    for request in design.of(Request):
        yield from calls_of(request)
