"""A request in one environment in, what is known of its latency out, as lines of a comment.

The three tellings, a ledger of the hops with what each is worth, how its budget is divided, and
what becomes of it during each failure. Law: every line is a comment of the language, so that the
whole of `mlsdc show` stays a design.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

from mlsdc.cli.cells import safe, width
from mlsdc.cli.request_asked import Asked, asked
from mlsdc.cli.terminal import CYAN, Style
from mlsdc.compiler.analyses.modes import Mode, Modes
from mlsdc.compiler.latency.allotment import SPREAD, filled, holes
from mlsdc.compiler.latency.leverage import room, worths
from mlsdc.compiler.model.request import Request
from mlsdc.pipeline import Compiled
from mlsdc.units import digits, show_duration


def request_text(one: Compiled, request: Request, style: Style) -> str:
    """The lines; nothing for a request that calls nothing."""
    about = asked(one, request)
    if about is None:
        return ""
    lines = [*_tellings(about), *_ledger(about), *_parts(about)]
    lines += _failures(about, one.facts.get(Modes).of(request.name))
    return "".join(style.paint(safe(f"# {line}".rstrip()), CYAN) + "\n" for line in lines)


def _tellings(about: Asked) -> Iterator[str]:
    latency, q = about.latency, about.quantile
    least = "at least " if latency.missing else ""
    of = f" of {show_duration(about.limit)}" if about.limit is not None else ""
    independent, together = latency.independent(q), latency.correlated(q)
    yield f"{about.measure} {least}{show_duration(independent)}{of}, hops slow independently"
    moved = _by(independent, together)
    yield f"    {least}{show_duration(together)} if all are slow together ({moved})"
    yield f"    {least}{show_duration(latency.certain(q))} certain, whatever depends on whatever"
    if latency.missing:
        yield f"    needs {', '.join(latency.missing)}"


def _by(independent: float, together: float) -> str:
    """How far dependence moves it: `+31%`."""
    if not independent:
        return "dependence moves it"
    return f"dependence moves it by up to {100 * (together / independent - 1):+.0f}%"


def _ledger(about: Asked) -> Iterator[str]:
    """A row for each hop: quantiles, where they come from, its worth and its room."""
    latency, q = about.latency, about.quantile
    if not latency.hops:
        return
    worth = worths(latency, q)
    whole = sum(hop.p99 for hop in latency.hops)
    rows: list[tuple[str, ...]] = [
        ("hop", "p50", "p99", "share", "known", "off it", "buys", "may take")
    ]
    for hop in latency.hops:
        name = hop.answering
        one = worth.get(name)
        buys = (show_duration(one.off), show_duration(one.bought)) if one else ("", "")
        may = ""
        if one is not None and about.limit is not None:
            may = _room(room(latency, q, about.limit, one))
        called = hop.component if name == hop.component else f"{hop.component} ({name})"
        share = f"{100 * hop.p99 / whole:.0f}%" if whole else ""
        times = (show_duration(hop.p50), show_duration(hop.p99))
        rows.append((called, *times, share, hop.method, *buys, may))
    yield ""
    yield from _table(rows)
    for hop in latency.hops:
        yield from (f"  {hop.component}: {note}" for note in hop.notes)


def _room(seconds: float | None) -> str:
    if seconds is None:
        return "-"
    return "any time" if math.isinf(seconds) else show_duration(seconds)


def _parts(about: Asked) -> Iterator[str]:
    """The holes in the budget, and what is left for them."""
    unknown = holes(about.latency)
    if about.limit is None or not unknown:
        return
    found = filled(about.latency, about.quantile, about.limit)
    yield ""
    if found is None:
        yield f"nothing of {show_duration(about.limit)} is left for {_names(unknown)}"
        return
    yield f"left of the budget at {about.measure} (p99 of {digits(SPREAD)} times p50 assumed)"
    for part in found:
        why = "stated" if part.stated else "filled in"
        yield f"  {part.component}: within {show_duration(part.seconds)} ({why})"


def _names(unknown: Sequence[object]) -> str:
    return ", ".join(dict.fromkeys(str(getattr(leaf, "component", "")) for leaf in unknown))


def _failures(about: Asked, modes: Sequence[Mode]) -> Iterator[str]:
    if not modes:
        return
    yield ""
    rows = [("failure", about.measure, "budget", "what is different")]
    for mode in modes:
        reached = mode.reached(about.quantile)
        least = "at least " if mode.missing else ""
        time = "no answer" if reached is None else f"{least}{show_duration(reached)}"
        needs = [f"needs {', '.join(mode.missing)}"] if mode.missing else []
        held = about.held(reached, bool(mode.missing))
        rows.append((mode.told, time, held, "; ".join([*mode.because, *needs])))
    yield from _table(rows)


def _table(rows: Sequence[tuple[str, ...]]) -> Iterator[str]:
    widths = [max(map(width, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        cells = (cell + " " * (wide - width(cell)) for cell, wide in zip(row, widths, strict=True))
        yield "  ".join(cells).rstrip()
