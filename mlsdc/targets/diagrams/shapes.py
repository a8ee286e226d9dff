"""The outlines of nodes: what to draw, and where an edge meets them.

In: a shape and a box. Out: SVG elements, and the distance from the box to the outline. Law: every
outline touches its box on all four sides, so that an edge led on by `inset` ends exactly on it.
"""

from math import sqrt
from typing import Literal

from mlsdc.targets.diagrams.kinds import Shape
from mlsdc.targets.diagrams.layered.geometry import Box
from mlsdc.targets.diagrams.xml_text import number

Side = Literal["left", "right", "top", "bottom"]

_ELLIPSE = 6.0
_QUEUE_END = 8.0
_POINT = 12.0
_FOLD = 11.0
_STADIUM_RADIUS = 24.0


def outline(shape: Shape, box: Box) -> list[str]:
    """SVG elements of an outline, the filled one first."""
    left, top, right, bottom = box.x, box.y, box.right, box.bottom
    match shape:
        case "box":
            return [_rect(box, 8)]
        case "stadium":
            return [_rect(box, _stadium_radius(box))]
        case "card":
            bars = f"M{_at(left + 5, top)}V{number(bottom)}M{_at(right - 5, top)}V{number(bottom)}"
            return [_rect(box, 2), f'<path class="detail" d="{bars}"/>']
        case "cylinder":
            arc = f"A{_at(box.width / 2, _ELLIPSE)} 0 0"
            upper, lower = top + _ELLIPSE, bottom - _ELLIPSE
            body = (
                f"M{_at(left, upper)}{arc} 1 {_at(right, upper)}V{number(lower)}"
                f"{arc} 1 {_at(left, lower)}Z"
            )
            return [
                _path("shape", body),
                _path("detail", f"M{_at(left, upper)}{arc} 0 {_at(right, upper)}"),
            ]
        case "queue":
            arc = f"A{_at(_QUEUE_END, box.height / 2)} 0 0"
            near, far = left + _QUEUE_END, right - _QUEUE_END
            body = (
                f"M{_at(near, top)}H{number(far)}{arc} 1 {_at(far, bottom)}"
                f"H{number(near)}{arc} 1 {_at(near, top)}Z"
            )
            return [
                _path("shape", body),
                _path("detail", f"M{_at(far, top)}{arc} 0 {_at(far, bottom)}"),
            ]
        case "hexagon":
            middle = top + box.height / 2
            body = (
                f"M{_at(left, middle)}L{_at(left + _POINT, top)}H{number(right - _POINT)}"
                f"L{_at(right, middle)}L{_at(right - _POINT, bottom)}H{number(left + _POINT)}Z"
            )
            return [_path("shape", body)]
        case "document":
            body = (
                f"M{_at(left, top)}H{number(right - _FOLD)}L{_at(right, top + _FOLD)}"
                f"V{number(bottom)}H{number(left)}Z"
            )
            fold = f"M{_at(right - _FOLD, top)}V{number(top + _FOLD)}H{number(right)}"
            return [_path("shape", body), _path("detail", fold)]


def inset(shape: Shape, box: Box, side: Side, offset: float) -> float:
    """How far inside the box the outline is, on a side, `offset` pixels from the side's middle."""
    along, across = (
        (box.height, box.width) if side in ("left", "right") else (box.width, box.height)
    )
    half = along / 2
    upright = side in ("top", "bottom")
    match shape:
        case "cylinder":
            return _elliptic(_ELLIPSE, half, offset) if upright else 0.0
        case "queue":
            return 0.0 if upright else _elliptic(_QUEUE_END, half, offset)
        case "hexagon":
            if not upright:
                return _POINT * abs(offset) / half
            beyond = max(0.0, abs(offset) - (half - _POINT))
            return beyond * across / 2 / _POINT
        case "stadium":
            radius = _stadium_radius(box)
            beyond = max(0.0, abs(offset) - (half - radius))
            return radius - sqrt(max(0.0, radius * radius - beyond * beyond))
        case "document":
            folded = offset - (half - _FOLD) if side == "top" else -offset - (half - _FOLD)
            return max(0.0, folded) if side in ("top", "right") else 0.0
        case _:
            return 0.0


def text_shift(shape: Shape) -> float:
    """How far right of the middle of its box the text of a shape stands."""
    return -_QUEUE_END / 2 if shape == "queue" else 0.0


def _stadium_radius(box: Box) -> float:
    return min(box.height / 2, box.width / 2, _STADIUM_RADIUS)


def _elliptic(depth: float, half: float, offset: float) -> float:
    return depth * (1 - sqrt(max(0.0, 1 - (offset / half) ** 2)))


def _rect(box: Box, radius: float) -> str:
    size = f'width="{number(box.width)}" height="{number(box.height)}" rx="{number(radius)}"'
    return f'<rect class="shape" x="{number(box.x)}" y="{number(box.y)}" {size}/>'


def _path(role: str, data: str) -> str:
    return f'<path class="{role}" d="{data}"/>'


def _at(x: float, y: float) -> str:
    return f"{number(x)},{number(y)}"
