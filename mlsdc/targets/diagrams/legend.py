"""The legend of a diagram: only the signs that it uses.

In: a `Drawing` and the width there is. Out: SVG elements from (0, 0) downwards, and their height.
Law: a sign that occurs is explained, one that does not is not shown.
"""

from mlsdc.targets.diagrams.drawing import Drawing
from mlsdc.targets.diagrams.text import text_width
from mlsdc.targets.diagrams.xml_text import escape, number

_ROW = 24
_SAMPLE = 34
_GAP = 22


def legend(drawing: Drawing, width: float) -> tuple[list[str], int]:
    """The signs that a drawing uses, in rows no wider than `width`."""
    entries = _entries(drawing) if drawing.legend else []
    lines: list[str] = []
    x, y = 0.0, 30
    for sample, words in entries:
        room = _SAMPLE + 8 + text_width(words, 11)
        if x and x + room > width:
            x, y = 0.0, y + _ROW
        lines.append(
            f'<g transform="translate({number(x)},{y})">{sample}'
            f'<text class="muted" x="{_SAMPLE + 8}" y="4">{escape(words)}</text></g>'
        )
        x += room + _GAP
    return lines, y + 4 if lines else 0


def _entries(drawing: Drawing) -> list[tuple[str, str]]:
    signs = [
        (any(edge.emphasised for edge in drawing.edges), _line("emphasised"), "main path"),
        (_has_style(drawing, "solid"), _line(""), "call: the caller waits"),
        (_has_style(drawing, "dashed"), _line("dashed"), "data: flows in its own time"),
        (_has_state(drawing, "existing"), _box("existing"), "existing, not created"),
        (_has_state(drawing, "planned"), _box("planned"), "planned"),
        (_has_finding(drawing, "error"), _box("error"), "has errors"),
        (_has_finding(drawing, "warning"), _box("warning"), "has warnings"),
    ]
    return [(sample, words) for used, sample, words in signs if used]


def _has_style(drawing: Drawing, style: str) -> bool:
    return any(edge.style == style and not edge.emphasised for edge in drawing.edges)


def _has_state(drawing: Drawing, state: str) -> bool:
    return any(node.state == state for node in drawing.nodes)


def _has_finding(drawing: Drawing, finding: str) -> bool:
    return any(node.finding == finding for node in drawing.nodes)


def _line(extra: str) -> str:
    classes = f"edge {extra}".strip()
    return (
        f'<g class="{classes}"><path d="M0,0H{_SAMPLE - 8}"/>'
        f'<polygon points="{_SAMPLE},0 {_SAMPLE - 9},-4.5 {_SAMPLE - 9},4.5"/></g>'
    )


def _box(extra: str) -> str:
    return (
        f'<g class="node plain {extra}">'
        f'<rect class="shape" x="4" y="-8" width="{_SAMPLE - 8}" height="16" rx="4"/></g>'
    )
