"""Estimates in, text for a terminal or a JSON document out."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence

from mlsdc.cli.terminal import BOLD, CYAN, Style
from mlsdc.compiler.estimates.result import Default, Estimate, Step
from mlsdc.units import digits, show_bytes, show_duration, show_percent

SCHEMA_VERSION = 1
_LABEL, _FORMULA = 34, 58


def shown(value: float, unit: str) -> str:
    """A figure as people read it."""
    if unit == "GPU s":
        return f"{float(f'{value / 3600:.4g}'):,.10g} GPU hours"
    if unit == "s":
        # Trainings are spoken of in hours, however many they are.
        hours = f" ({digits(value / 3600)} h)" if value >= 2 * 86400 else ""
        return f"{show_duration(value)}{hours}"
    if unit == "B":
        decimal = f" ({digits(value / 1e9)} GB)" if value >= 1e9 else ""
        return f"{show_bytes(value)}{decimal}"
    if unit == "share":
        return show_percent(value)
    if unit == "USD":
        return f"{value:,.2f} USD"
    if unit in ("FLOP", "FLOP/s"):
        return f"{value:.4g} {unit}"
    if unit == "/s":
        return f"{digits(value)}/s"
    if unit in ("", "x"):
        return f"{value:.6g}{unit}"
    if unit in _WHOLE:
        return f"{math.ceil(value - 1e-9)} {unit}"
    return f"{digits(value)} {unit}"


_WHOLE = {"GPUs", "replicas", "servers", "units"}


def text(estimates: Sequence[Estimate], notes: Sequence[str], style: Style) -> str:
    """Each figure with its range and the arithmetic not shown before; then what they rest on."""
    seen: set[tuple[str, str]] = set()
    blocks = ["\n".join(_block(one, seen, style)) for one in estimates]
    assumed = {default.name: default for one in estimates for default in one.assumed}
    if assumed:
        rows = [_assumed(default) for default in assumed.values()]
        blocks.append("\n".join([style.paint("assumed, as nobody stated it", BOLD), *rows]))
    return "\n\n".join([*blocks, *(["\n".join(notes)] if notes else [])])


def _block(one: Estimate, seen: set[tuple[str, str]], style: Style) -> list[str]:
    figure = style.paint(shown(one.value, one.unit), BOLD, CYAN)
    spread = ""
    if one.low < one.high:
        spread = f"   from {shown(one.low, one.unit)} to {shown(one.high, one.unit)}"
    lines = [f"{style.paint(one.title, BOLD)}: {figure}{spread}"]
    assumed = {default.name for default in one.assumed}
    for step in one.steps:
        if step.name not in assumed and (step.name, step.formula) not in seen:
            seen.add((step.name, step.formula))
            lines.append(_step(step))
    return lines


def _step(step: Step) -> str:
    said = f"  {step.name:<{_LABEL}}{step.formula}"
    if not math.isnan(step.value):
        said = f"{said:<{_LABEL + 2 + _FORMULA}} = {shown(step.value, step.unit)}"
    return f"{said}   [{step.source}]" if step.source else said


def _assumed(default: Default) -> str:
    spread = f"{default.value:g} ({default.worst:g} to {default.best:g})"
    if default.worst == default.best:
        spread = f"{default.value:g}"
    instead = f"; --{default.field.replace('_', '-')} replaces it" if default.field else ""
    return f"  {default.name}: {spread}{instead}   [{default.source}]"


def document(
    kind: str, inputs: Mapping[str, object], estimates: Sequence[Estimate], notes: Sequence[str]
) -> str:
    """The same as JSON, in base units: seconds, bytes, FLOP, per second, USD, shares of 1."""
    told = {
        "schema_version": SCHEMA_VERSION,
        "kind": kind,
        "inputs": {name: _plain(value) for name, value in sorted(inputs.items())},
        "estimates": [_estimate(one) for one in estimates],
        "notes": list(notes),
    }
    return json.dumps(told, indent=2, allow_nan=False)


def _plain(value: object) -> object:
    if isinstance(value, Mapping):
        return {f"{key:g}": of for key, of in value.items()}  # pyright: ignore[reportUnknownVariableType, reportUnknownArgumentType]
    return value


def _estimate(one: Estimate) -> dict[str, object]:
    return {
        "quantity": one.quantity,
        "title": one.title,
        "value": one.value,
        "low": one.low,
        "high": one.high,
        "unit": one.unit,
        "exact": one.exact,
        "steps": [_step_document(step) for step in one.steps],
        "assumed": [
            {"name": d.name, "value": d.value, "worst": d.worst, "best": d.best,
             "source": d.source, "field": d.field or None}
            for d in one.assumed
        ],
    }  # fmt: skip


def _step_document(step: Step) -> dict[str, object]:
    value = None if math.isnan(step.value) else step.value
    return {"name": step.name, "formula": step.formula, "value": value, "unit": step.unit,
            "source": step.source or None}  # fmt: skip
