"""A design and a way to read files in, the same with what its files of measurements hold out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from mlsdc.compiler import rules
from mlsdc.compiler.design import Design
from mlsdc.compiler.model.component import Latency, ServiceTime
from mlsdc.diagnostics import Diagnostic, Source, Span

Load = Callable[[str, str, Span], Source | Diagnostic]
"""The file that names another, the name and where it stands in; the text or what is wrong out."""


def with_measurements(design: Design, load: Load | None) -> tuple[Design, list[Diagnostic]]:
    """Read every profile once. Without a way to read files they stay unknown."""
    if load is None:
        return design, []
    found: dict[str, ServiceTime] = {}
    said: list[Diagnostic] = []
    for component in design.components.values():
        latency: object = getattr(component, "latency", None)
        name = latency.profile if isinstance(latency, Latency) else None
        if name is None or name in found:
            continue
        place = design.place(component, "latency", "profile")
        read = _read(load, name, place)
        if isinstance(read, ServiceTime):
            found[name] = read
        else:
            said.append(replace(read, subject=component.name))
    return (replace(design, measurements=found) if found else design), said


def _read(load: Load, name: str, place: Span) -> ServiceTime | Diagnostic:
    from mlsdc.compiler.latency.profile_formats import KNOWN, read_profile

    text = load(place.file, name, place)
    if isinstance(text, Diagnostic):
        way = 'name it from the folder of this file: profile = "./latency/score.json"'
        return rules.UNREADABLE_PROFILE.at(place, text.message, help=way)
    read = read_profile(text.text, name)
    if isinstance(read, ServiceTime):
        return read
    return rules.UNREADABLE_PROFILE.at(
        place, f"nothing was measured in `{name}`: {read}", help=f"a profile is {KNOWN}"
    )
