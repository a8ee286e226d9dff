"""A case's tolerance and a prediction in, a verdict out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from mlsdc.compiler.estimates.result import Estimate


class Unjudgeable(Exception):  # noqa: N818 - named for what happened
    """A case that says nothing a prediction can be held against."""


@dataclass(frozen=True)
class Verdict:
    """Whether the prediction is within the tolerance, and both numbers in the case's unit."""

    passed: bool
    said: str
    ratio: float | None


_ALIASES = {
    "relative": "rel", "rtol": "rel", "absolute": "abs", "atol": "abs", "within_factor": "factor",
    "minimum": "min", "at_least": "min", "maximum": "max", "at_most": "max",
    "upper_bound": "upper_bound_must_cover", "lower_bound": "lower_bound_must_cover",
}  # fmt: skip
_KNOWN = ("rel", "abs", "factor", "range", "min", "max", "upper_bound_must_cover",
          "lower_bound_must_cover")  # fmt: skip


def judge(
    found: Estimate, factor: float, expected: Mapping[str, Any], tolerance: Mapping[str, Any]
) -> Verdict:
    """Hold an estimate against the expected value; every form of the tolerance must hold.

    `rel` and `abs` together are met by either. Raises `Unjudgeable` for a form that is not known.
    """
    forms = {_ALIASES.get(name, name): value for name, value in tolerance.items()}
    low, high = _ends(expected)
    if low != high:
        forms.setdefault("range", [low, high])
    unknown = [name for name in forms if name not in _KNOWN]
    if unknown or not forms:
        raise Unjudgeable(f"tolerance {', '.join(unknown) or 'absent'} is not one of {_KNOWN}")
    value, bottom, top = (one / factor for one in (found.value, found.low, found.high))
    held = [_holds(name, size, value, (bottom, top), (low, high)) for name, size in forms.items()]
    if "rel" in forms and "abs" in forms:
        either = [held[list(forms).index(name)] for name in ("rel", "abs")]
        held = [one for name, one in zip(forms, held, strict=True) if name not in ("rel", "abs")]
        held.append(any(either))
    ratio = value / low if low == high and low else None
    error = f" ({(ratio - 1) * 100:+.2f} %)" if ratio is not None else ""
    spread = f" [{bottom:.4g} to {top:.4g}]" if bottom < top else ""
    shown = f"{low:.6g}" if low == high else f"{low:g} to {high:g}"
    limits = ", ".join(f"{name} {size}" for name, size in forms.items())
    return Verdict(all(held), f"{value:.6g}{spread}, expected {shown}{error}, {limits};", ratio)


def _ends(expected: Mapping[str, Any]) -> tuple[float, float]:
    value = expected.get("value")
    if isinstance(value, list) and len(value) == 2:
        return float(value[0]), float(value[1])
    if isinstance(value, int | float) and not isinstance(value, bool):
        return float(value), float(value)
    for first, last in (("low", "high"), ("min", "max"), ("lower", "upper")):
        if first in expected and last in expected:
            return float(expected[first]), float(expected[last])
    raise Unjudgeable(f"the expected value {value!r} is no number and no range")


def _holds(
    form: str, size: Any, value: float, ends: tuple[float, float], expected: tuple[float, float]
) -> bool:
    low, high = expected
    # The last bits of a product must not decide.
    slack = 1e-9 * max(abs(low), abs(high))
    gap = max(low - value, value - high, 0.0)
    if form == "rel":
        return gap <= float(size) * max(abs(low), abs(high)) + slack
    if form == "abs":
        return gap <= float(size) + slack
    if form == "factor":
        return value > 0 and low > 0 and max(value / high, low / value) <= float(size) + 1e-9
    if form == "min":
        return value >= float(size) - slack
    if form == "max":
        return value <= float(size) + slack
    if form == "upper_bound_must_cover":
        return ends[1] >= _target(size, high) - slack
    if form == "lower_bound_must_cover":
        return ends[0] <= _target(size, low) + slack
    bounds = size if isinstance(size, list) else [low, high]
    return float(bounds[0]) - slack <= value <= float(bounds[1]) + slack


def _target(size: Any, otherwise: float) -> float:
    return otherwise if isinstance(size, bool) else float(size)
