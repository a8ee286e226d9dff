"""Feature views in, how each of the two paths computes them, and whether that is one function, out.

Two implementations are one where their code is the same, by a digest or by its text, run by the
same engine in the same language with the same parameters.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal

from mlsdc.compiler.design import Design
from mlsdc.compiler.model.data import Pipeline
from mlsdc.compiler.model.features import Dataset, Features, Implementation
from mlsdc.compiler.schedule import analysis
from mlsdc.diagnostics import Span

ATTRIBUTES = ("code", "engine", "language", "parameters")


@dataclass(frozen=True)
class Transform:
    """How one path computes a view."""

    job: str | None
    values: dict[str, str]
    """Those of code, engine, language and parameters that are known."""
    places: dict[str, Span]

    @property
    def digest(self) -> bool:
        """Whether its code is named so that it cannot change."""
        return "@" in self.values.get("code", "")

    @property
    def words(self) -> str:
        """`spark, git:features/spend.sql@a1`"""
        said = [self.values[name] for name in ("engine", "language", "code") if name in self.values]
        if "parameters" in self.values:
            said.append(f"parameters {self.values['parameters']}")
        return ", ".join(said) or (self.job or "")


@dataclass(frozen=True)
class Twin:
    """The two implementations of one view.

    `differs` are attributes that are known on both sides and are not the same; `missing` are fields
    that would tell whether they are.
    """

    offline: Transform
    online: Transform
    kind: Literal["logged", "one", "unstated", "two"]
    """Training reads what serving logged; one implementation; nothing says which; two of them."""
    differs: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()


@dataclass(frozen=True)
class Twins:
    """The implementations of every view, by its name."""

    of: dict[str, Twin] = field(default_factory=dict[str, Twin])


@analysis
def twins(design: Design) -> Twins:
    """Compare both implementations of every view."""
    joins: dict[str, set[str | None]] = {}
    for dataset in design.of(Dataset):
        for name in dataset.features:
            joins.setdefault(name, set()).add(dataset.join)
    return Twins(
        {
            view.name: _twin(design, view, view.logged or joins.get(view.name) == {"logged"})
            for view in design.of(Features)
        }
    )


def _twin(design: Design, view: Features, logged: bool) -> Twin:
    offline, online = (_transform(design, view, path) for path in ("offline", "online"))
    if logged:
        return Twin(offline, online, "logged")
    split = offline.job != online.job or any(
        getattr(side, name) is not None
        for side in (view.offline, view.online)
        if side is not None
        for name in (*ATTRIBUTES, "transform")
    )
    if not split:
        return Twin(offline, online, "one" if offline.job or view.scored else "unstated")
    one, other = offline.values, online.values
    differs = tuple(n for n in ATTRIBUTES if n in one and n in other and not _same(n, one, other))
    missing = tuple(_missing(view, offline, online)) if not differs else ()
    return Twin(offline, online, "two" if differs or missing else "one", differs, missing)


def _same(name: str, one: dict[str, str], other: dict[str, str]) -> bool:
    if name in ("engine", "language"):
        return one[name].casefold() == other[name].casefold()
    return one[name] == other[name]


def _transform(design: Design, view: Features, path: str) -> Transform:
    side: Implementation | None = getattr(view, path)
    job = (side.computed if side is not None else None) or view.computed
    values: dict[str, str] = {}
    places: dict[str, Span] = {}
    for name in ATTRIBUTES:
        value: str | None = getattr(side, name) if side is not None else None
        if value is not None:
            values[name], places[name] = value, design.place(view, path, name)
    pipeline = design.get(job, Pipeline)
    _written_out(design, view, path, pipeline, values, places)
    if "engine" not in values and pipeline is not None and pipeline.system is not None:
        values["engine"] = pipeline.system
        own = side is not None and side.computed is not None
        places["engine"] = design.place(view, *((path, "computed") if own else ("computed",)))
    return Transform(job, values, places)


def _written_out(
    design: Design,
    view: Features,
    path: str,
    pipeline: Pipeline | None,
    values: dict[str, str],
    places: dict[str, Span],
) -> None:
    """A text in the design is code of its own: the path's, else its job's."""
    side: Implementation | None = getattr(view, path)
    text, place = (side.transform if side is not None else None), design.place(view, path)
    if text is None and pipeline is not None and pipeline.transform is not None:
        text, place = pipeline.transform, design.place(pipeline, "transform")
    if text is None or "code" in values:
        return
    for language, written in (("SQL", text.sql), ("Python", text.python)):
        if written is not None:
            from hashlib import sha256

            values["code"] = f"{language}@{sha256(written.encode()).hexdigest()[:8]}"
            places["code"] = place


def _missing(view: Features, offline: Transform, online: Transform) -> Iterator[str]:
    """What one side leaves open: its code, always, and what only the other side states."""
    for name in ATTRIBUTES:
        silent = [
            path
            for path, side in (("offline", offline), ("online", online))
            if name not in side.values
        ]
        if len(silent) == 1 or (name == "code" and silent):
            yield from (f"{view.name}.{path}.{name}" for path in silent)
    if offline.job != online.job and "code" in offline.values and not offline.digest:
        yield f"a digest in {view.name}.offline.code"
