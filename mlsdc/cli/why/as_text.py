"""Numbers in, their derivations as text out: each line with the places in the design it rests on.

Environments that say the same are told once.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from mlsdc.cli.cells import safe, width
from mlsdc.cli.origin_text import origin_text
from mlsdc.cli.terminal import BOLD, CYAN, Style
from mlsdc.cli.value_text import value_text
from mlsdc.cli.why.inquiry import Inquiry
from mlsdc.cli.why.meaning import meaning, missing_text
from mlsdc.compiler.figures import Step, Unknown
from mlsdc.compiler.named_figures import Named
from mlsdc.compiler.provenance import Row, leaves

_WIDEST = 34


def derivations(found: Sequence[tuple[Inquiry, list[Named]]], style: Style) -> str:
    """Every number with the lines that made it."""
    told: dict[str, list[str]] = {}
    for inquiry, numbers in found:
        for named in numbers:
            lines = "\n".join(_body(named, inquiry, style))
            head = f"{style.paint(named.target, BOLD)} {_verdict(named, style)}"
            told.setdefault(f"{head}\0{lines}", []).append(inquiry.compiled.environment)
    blocks: list[str] = []
    for text, environments in told.items():
        head, _, lines = text.partition("\0")
        where = f"  (environment {', '.join(environments)})" if environments != [""] else ""
        blocks.append(f"{head}{where}\n{lines}" if lines else f"{head}{where}")
    return "\n\n".join(blocks)


def _verdict(named: Named, style: Style) -> str:
    if isinstance(named.known, Unknown):
        return "is unknown"
    return f"= {style.paint(str(named), BOLD, CYAN)}"


def _body(named: Named, inquiry: Inquiry, style: Style) -> Iterator[str]:
    if text := meaning(named):
        yield f"  {safe(text)}"
    needs = named.known.missing if isinstance(named.known, Unknown) else named.missing
    for name in needs:
        yield f"  needs {safe(missing_text(name, inquiry))}"
    because = () if isinstance(named.known, Unknown) else named.known.because
    for step in because:
        yield f"    {safe(step)}"
        yield from (style.paint(f"        {line}", CYAN) for line in _rests_on(step, inquiry))
    for word, text in (
        ("formula", named.formula),
        ("source", named.source),
        ("analysis", named.analysis),
    ):
        if text:
            yield f"  {word + ':':<9} {safe(text)}"


def _rests_on(step: str, inquiry: Inquiry) -> Iterator[str]:
    for path, row in inquiry.inputs(step):
        code = safe(stated(path, row))
        pad = " " * max(2, _WIDEST - width(code))
        yield f"{code}{pad}{safe(origin_text(row, inquiry.report.spot))}"
    if isinstance(step, Step) and step.row:
        yield f"catalogue: {safe(step.row)}"


def stated(path: str, row: Row) -> str:
    """`score.latency { p50 = 4ms  p99 = 12ms }`, or `score.replicas = 8`."""
    if not row.rows:
        return f"{path} = {value_text(row.value, row.field, row.expression)}"
    inner = [each for each in leaves(row.rows) if each.origin.kind == "written"]
    words = [f"{each.name} = {value_text(each.value, each.field, each.expression)}"
             for each in inner]  # fmt: skip
    return f"{path} {{ {'  '.join(words)} }}"


def listing(inquiries: Sequence[Inquiry], style: Style) -> str:
    """Everything that can be asked, with its value in each environment and what it means."""
    named: dict[str, Named] = {}
    for inquiry in inquiries:
        named = {**inquiry.figures, **named}
    environments = [one.compiled.environment for one in inquiries]
    rows = [("TARGET", *(name.upper() or "VALUE" for name in environments), "WHAT")]
    for target, one in named.items():
        values = [str(each.figures.get(target, "-")) for each in inquiries]
        rows.append((safe(target), *map(safe, values), safe(meaning(one))))
    widths = [max(map(width, column)) for column in zip(*rows, strict=True)]
    lines = [
        "  ".join(cell + " " * (w - width(cell)) for cell, w in zip(row, widths, strict=True))
        for row in rows
    ]
    first, *rest = [line.rstrip() for line in lines]
    return "\n".join([style.paint(first, BOLD), *rest])
