"""The sheet an estimator works on: it reads inputs, assumes defaults and writes its steps down.

A method runs on up to three sheets: with its defaults as they are, and with all of them at their
worst and at their best, which gives the range.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import Enum

from mlsdc.compiler.estimates.hardware import Accelerator, Hardware, ModelShape
from mlsdc.compiler.estimates.refusal import Missing, Refusal, Undefined
from mlsdc.compiler.estimates.result import Default, Estimate, Step

Scalar = float | str | bool
Value = Scalar | tuple[float, ...] | tuple[tuple[float, ...], ...] | Mapping[float, float]
Inputs = Mapping[str, Value]


class View(Enum):
    """Where in their ranges the defaults are taken."""

    EXPECTED = "value"
    WORST = "worst"
    BEST = "best"


@dataclass
class Working:
    """One computation. Inputs are in base units under their canonical names."""

    inputs: Inputs
    hardware: Hardware
    view: View = View.EXPECTED
    steps: list[Step] = field(default_factory=list[Step])
    assumed: dict[str, Default] = field(default_factory=dict[str, Default])
    used: set[str] = field(default_factory=set[str])

    def has(self, *names: str) -> bool:
        """Whether all of these inputs are stated."""
        return all(name in self.inputs for name in names)

    def number(self, name: str) -> float:
        """An input that must be stated; raises `Missing`."""
        found = self.maybe(name)
        if found is None:
            raise Missing(name)
        return found

    def maybe(self, name: str) -> float | None:
        """An input that may be absent."""
        found = self._get(name)
        if found is None or isinstance(found, bool):
            return None
        return float(found) if isinstance(found, int | float) else None

    def either(self, *names: str) -> float:
        """The first of these that is stated; raises `Missing`, naming the first."""
        for name in names:
            if (found := self.maybe(name)) is not None:
                return found
        raise Missing(names[0])

    def either_or(self, first: str, second: str, otherwise: float) -> float:
        """The first of two that is stated, or what holds where none is."""
        found = self.maybe(first)
        found = self.maybe(second) if found is None else found
        return otherwise if found is None else found

    def text(self, name: str) -> str:
        """Words, in lower case; empty where absent."""
        found = self._get(name)
        return found.lower() if isinstance(found, str) else ""

    def flag(self, name: str) -> bool:
        """Whether something is switched on; off where absent."""
        found = self._get(name)
        return found is True or found == "true"

    def numbers(self, name: str) -> tuple[float, ...]:
        """A list of numbers; raises `Missing`."""
        found = self._get(name)
        if not isinstance(found, tuple):
            raise Missing(name)
        return tuple(row for row in found if isinstance(row, int | float))

    def rows(self, name: str) -> tuple[tuple[float, ...], ...]:
        """A list of lists of numbers; raises `Missing`."""
        found = self._get(name)
        if not isinstance(found, tuple):
            raise Missing(name)
        return tuple(row for row in found if isinstance(row, tuple))

    def points(self, name: str) -> Mapping[float, float]:
        """Numbers by number, such as a time at each batch size; raises `Missing`."""
        found = self._get(name)
        if not isinstance(found, Mapping):
            raise Missing(name)
        return found

    def _get(self, name: str) -> Value | None:
        if name in self.inputs:
            self.used.add(name)
        return self.inputs.get(name)

    def accelerator(self) -> Accelerator:
        """The row of the stated device; raises `Missing` or `Refusal`."""
        wanted = self.text("gpu")
        if not wanted:
            raise Missing("gpu")
        found = self.hardware.accelerator(wanted)
        self.note("device", found.name, f"{found.source}, {found.date}")
        return found

    def holds_weights(self) -> bool:
        """Whether a question speaks of a model's weights, and not of a cache alone."""
        return any(name in self.inputs for name in ("params", "model", "weight_size", "gpu"))

    def shape(self) -> ModelShape | None:
        """The catalogue's row of the stated model, or None."""
        return self.hardware.shape(self.text("model"))

    def assume(self, default: Default) -> float:
        """The stated value of a default's field, else the default."""
        if default.field:
            stated = self.maybe(default.field)
            if stated is not None:
                return stated
        self.assumed[default.name] = default
        value = float(getattr(default, self.view.value))
        self.steps.append(Step(default.name, "assumed", value, "", default.source))
        return value

    def step(self, name: str, formula: str, value: float, unit: str, source: str = "") -> float:
        """Write a line down; the value itself."""
        self.steps.append(Step(name, formula, value, unit, source))
        return value

    def note(self, name: str, said: str, source: str = "") -> None:
        """A line without a number of its own: which row was read, which way was taken."""
        step = Step(name, said, math.nan, "", source)
        if step not in self.steps:
            self.steps.append(step)


@dataclass(frozen=True)
class Method:
    """One way to answer one question.

    `needs` are inputs that must be stated for it to apply; a tuple among them is satisfied by any
    of its members. `words` are those by which people ask for the quantity.
    """

    quantity: str
    title: str
    unit: str
    needs: tuple[str | tuple[str, ...], ...]
    words: str
    run: Callable[[Working], float]
    source: str = ""
    unless: tuple[str, ...] = ()
    """Inputs whose presence makes another method the right one."""
    asked_only: bool = False
    """Not shown unless asked for by name: a by-product of little interest."""

    def missing(self, inputs: Inputs) -> tuple[str, ...]:
        """The needs that are not stated."""
        return tuple(
            need if isinstance(need, str) else " or ".join(need)
            for need in self.needs
            if not any(name in inputs for name in ((need,) if isinstance(need, str) else need))
        )

    def applies(self, inputs: Inputs) -> bool:
        """Whether everything it needs is stated, and nothing that calls for another method."""
        return not self.missing(inputs) and not any(name in inputs for name in self.unless)


def evaluate(method: Method, inputs: Inputs, hardware: Hardware) -> Estimate:
    """Run a method; its figure with range.

    Raises `Missing` where it turns out to need more, `Refusal` where an input cannot be used.
    """
    sheet = _run(method, inputs, hardware, View.EXPECTED)
    value = sheet.value
    ends = [value]
    if sheet.working.assumed:
        ends += [_run(method, inputs, hardware, v).value for v in (View.WORST, View.BEST)]
    return Estimate(
        quantity=method.quantity,
        title=method.title,
        value=value,
        low=min(ends),
        high=max(ends),
        unit=method.unit,
        method=method.source,
        steps=tuple(sheet.working.steps),
        assumed=tuple(sheet.working.assumed.values()),
        used=frozenset(sheet.working.used),
    )


@dataclass(frozen=True)
class _Sheet:
    value: float
    working: Working


def _run(method: Method, inputs: Inputs, hardware: Hardware, view: View) -> _Sheet:
    working = Working(inputs, hardware, view)
    try:
        value = method.run(working)
    except Refusal:
        raise
    except (ValueError, OverflowError, ZeroDivisionError) as error:
        raise Undefined(method.title, None, str(error)) from error
    if not math.isfinite(value):
        raise Undefined(method.title, None, "the inputs give no finite number")
    if not working.steps:
        working.step(method.title, "as stated", value, method.unit)
    return _Sheet(value, working)
