"""Facts in, every number among them by the name it is asked for: `score.replicas`.

A fact publishes a number by holding it: as a `Figure`, an `Unknown` or an `Age`, under the name of
a component, by itself or in a field of a record. What is no such number (a quantile of a
distribution) comes from a function marked `@tells` in `reasons/`. How a number is called, and the
formula that is printed with it, may be declared in `reasons/names.py`.

Law: a number that is not known is there, with what is missing; it is never left out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass, replace
from functools import cache
from typing import Any, cast

from mlsdc.compiler.consistency.age import Age
from mlsdc.compiler.design import Design
from mlsdc.compiler.figures import Figure, Known, Step, Unknown
from mlsdc.compiler.schedule import Facts, import_all, signature, standard_analyses
from mlsdc.units import DURATION, show_duration, show_percent


@dataclass(frozen=True, slots=True)
class Named:
    """One number that can be asked why.

    While `missing` names fields, a known number is only a lower bound. `holder` and `field` are the
    class and the field that hold it, whose text says what it means; `analysis` derives it.
    """

    target: str
    known: Known
    missing: tuple[str, ...] = ()
    share: bool = False
    """Whether it is said in percent."""
    meaning: str = ""
    formula: str = ""
    source: str = ""
    holder: type | None = None
    field: str = ""
    analysis: str = ""

    def __str__(self) -> str:
        """`8`, `at least 31ms`, `99.9%`, `unknown`"""
        if isinstance(self.known, Unknown):
            return "unknown"
        said = show_percent(self.known.value) if self.share else str(self.known)
        return f"at least {said}" if self.missing else said

    @property
    def component(self) -> str:
        """The component it is a number of."""
        return self.target.partition(".")[0]

    @property
    def name(self) -> str:
        """Its name, without that of the component."""
        return self.target.partition(".")[2]


@dataclass(frozen=True, slots=True)
class Naming:
    """How the number in a field of a fact is asked for, and what is told with it.

    An empty `name` leaves the number out, because another one tells it.
    """

    name: str
    meaning: str = ""
    formula: str = ""
    source: str = ""
    share: bool = False
    """Whether it is said in percent."""


Teller = Callable[..., Iterator[Named]]
_TELLERS: list[tuple[Teller, tuple[type, ...]]] = []


def tells(function: Teller) -> Teller:
    """Register a generator over the facts it names as the one that tells certain numbers."""
    _TELLERS.append((function, signature(function)[0]))
    return function


@cache
def _tellers() -> tuple[tuple[Teller, tuple[type, ...]], ...]:
    import_all("mlsdc.compiler.reasons")
    return tuple(_TELLERS)


def named_figures(design: Design, facts: Facts) -> dict[str, Named]:
    """Every number of a design by its name, in order of components."""
    found: dict[str, Named] = {}
    for teller, wants in _tellers():
        for named in teller(*(facts.get(want) for want in wants)):
            module = teller.__module__.rpartition(".")[2]
            found.setdefault(named.target, replace(named, analysis=named.analysis or module))
    for analysis in standard_analyses():
        name = analysis.function.__name__
        for named in _published(facts.get(analysis.gives), name, design):
            found.setdefault(named.target, replace(named, analysis=name))
    order = {name: at for at, name in enumerate(design.components)}
    return dict(
        sorted(found.items(), key=lambda item: order.get(item[1].component, len(order))),
    )


def _published(fact: Any, analysis: str, design: Design) -> Iterator[Named]:
    """The numbers that a fact holds."""
    if not is_dataclass(fact):
        return
    for field in fields(fact):
        value = getattr(fact, field.name)
        if isinstance(value, dict):
            for key, item in cast("dict[Any, Any]", value).items():
                if isinstance(key, str):
                    owner = _owner(key, analysis, design)
                    yield from _held(item, owner, type(fact), field.name)
        else:
            yield from _number(value, _owner("system", analysis, design), type(fact), field.name)


def _owner(key: str, analysis: str, design: Design) -> str:
    """The component of a key; what is no component is told under the name of the analysis."""
    known = key == "system" or key.partition(".")[0] in design.components
    return key if known else f"{analysis}.{key}"


def _held(item: Any, owner: str, holder: type, field: str) -> Iterator[Named]:
    """A number, or those in the fields of a record."""
    if isinstance(item, Figure | Unknown | Age) or not is_dataclass(item):
        yield from _number(item, owner, holder, field)
        return
    record = cast("Any", item)
    kind: type = record.__class__
    for each in fields(kind):
        yield from _number(getattr(record, each.name), owner, kind, each.name)


def _number(value: Any, owner: str, holder: type, field: str) -> Iterator[Named]:
    if not isinstance(value, Figure | Unknown | Age):
        return
    naming = _namings().get((holder.__name__, field), Naming(field))
    if not naming.name:
        return
    known, missing = of_age(value) if isinstance(value, Age) else (value, ())
    yield Named(
        f"{owner}.{naming.name}", known, missing, naming.share, naming.meaning, naming.formula,
        naming.source, holder, field,
    )  # fmt: skip


@cache
def _namings() -> Mapping[tuple[str, str], Naming]:
    from mlsdc.compiler.reasons.names import NAMES

    return NAMES


def of_age(age: Age) -> tuple[Known, tuple[str, ...]]:
    """An age as a number, and what would make it more than a lower bound."""
    if not age.stages and age.missing:
        return Unknown(age.missing), ()
    lines = [Step(f"{show_duration(s.seconds)} {s.name}", *s.inputs) for s in age.stages]
    if len(lines) > 1:
        parts = " + ".join(show_duration(stage.seconds) for stage in age.stages)
        lines.append(Step(f"{parts} = {show_duration(age.seconds)}"))
    return Figure(age.seconds, DURATION, tuple(lines)), age.missing
