"""What an endpoint may run on in; what each choice would cost and whether it is fast enough out.

Law: only what was measured is a choice, and a choice that has no price is never the cheapest.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from mlsdc.compiler.figures import Figure, Known, Unknown
from mlsdc.units import Accelerators, digits

CPU = "cpu"
"""What a measurement names that was made without an accelerator."""


@dataclass(frozen=True)
class Option:
    """One kind of hardware, judged with everything else as it is."""

    on: str
    count: int
    replicas: Known
    met: tuple[str, ...] = ()
    """Objectives that are kept: `authorise p99 41ms <= 50ms`."""
    failed: tuple[str, ...] = ()
    """Why it will not do: objectives that are missed, a model that does not fit."""
    cost: Known = field(default_factory=lambda: Unknown(()))
    """USD a month of the whole design on it, as far as the design has prices."""

    @property
    def works(self) -> bool:
        """Whether it is fast and large enough, as far as is known."""
        return not self.failed

    @property
    def hardware(self) -> str:
        """`1 x l4`, or `cpu`."""
        return CPU if self.on == CPU else f"{self.count} x {self.on}"

    @property
    def line(self) -> str:
        """The option as arithmetic tells it."""
        replicas = ""
        if isinstance(self.replicas, Figure):
            replicas = f"{digits(self.replicas.value)} replicas on "
        judged = self.failed or self.met or ("no latency budget",)
        if isinstance(self.cost, Figure):
            money = f"{digits(round(self.cost.value))} USD/month for the whole design"
        else:
            needs = ", ".join(self.cost.missing)
            money = f"cost unknown: needs {needs}" if needs else "cost not looked at"
        return f"{replicas}{self.hardware}: {', '.join(judged)}; {money}"


@dataclass(frozen=True)
class Choice:
    """What one endpoint may run on, and what is chosen for it."""

    component: str
    auto: bool
    options: tuple[Option, ...] = ()
    chosen: Option | None = None
    runner_up: Option | None = None
    missing: tuple[str, ...] = ()
    """What has to be stated before anything can be chosen."""

    @property
    def because(self) -> tuple[str, ...]:
        """The chosen one first, the runner-up next, then the others."""
        first = [one for one in (self.chosen, self.runner_up) if one is not None]
        lines = [one.line for one in first]
        if self.chosen is not None and self.runner_up is not None:
            lines[1] = f"runner-up: {lines[1]}{_dearer(self.chosen, self.runner_up)}"
        return (*lines, *(o.line for o in self.options if all(o is not one for one in first)))

    @property
    def figure(self) -> Known:
        """The accelerators of one replica."""
        if self.chosen is None:
            return Unknown(self.missing)
        count = 0 if self.chosen.on == CPU else self.chosen.count
        return Figure(count, because=self.because)

    @property
    def gpus(self) -> Accelerators | None:
        """What is chosen, as a design states it; None where that is the CPU."""
        if self.chosen is None or self.chosen.on == CPU:
            return None
        return Accelerators(self.chosen.count, self.chosen.on)


def _dearer(chosen: Option, other: Option) -> str:
    if isinstance(chosen.cost, Figure) and isinstance(other.cost, Figure):
        return f", {digits(round(other.cost.value - chosen.cost.value))} USD more"
    return ""


@dataclass(frozen=True)
class Choices:
    """The choices of all endpoints that have any, by name."""

    of: dict[str, Choice] = field(default_factory=dict[str, Choice])


def picked(component: str, auto: bool, options: Sequence[Option]) -> Choice:
    """The cheapest option that works.

    One that works alone needs no price. Where none works the first is taken, so that the checks
    say what it misses; where several do and none has a price, nothing is chosen.
    """
    working = [one for one in options if one.works]
    priced = sorted(
        (one for one in working if isinstance(one.cost, Figure)),
        key=lambda one: (one.cost.value if isinstance(one.cost, Figure) else 0.0, one.on),
    )
    ranked = [*priced, *(one for one in working if one not in priced)]
    all_options = tuple(options)
    if not options:
        return Choice(component, auto, missing=(f"{component}.measured",))
    if not working:
        return Choice(component, auto, all_options, options[0])
    if len(working) > 1 and not priced:
        needs = [m for one in working if isinstance(one.cost, Unknown) for m in one.cost.missing]
        return Choice(component, auto, all_options, missing=tuple(dict.fromkeys(needs)))
    runner_up = ranked[1] if len(ranked) > 1 else None
    return Choice(component, auto, all_options, ranked[0], runner_up)
