"""`mlsdc cost`: a design in; what a month of it costs in one environment, line by line, out.

Law: what has no price is printed as such, and the total says "at least" as long as there is any.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from mlsdc.cli.cells import safe, width
from mlsdc.cli.complain import say_findings
from mlsdc.cli.examine import Question, examine
from mlsdc.cli.exits import Exit
from mlsdc.cli.fault import fault
from mlsdc.cli.outputs import say
from mlsdc.cli.terminal import BOLD, Style, style_of

if TYPE_CHECKING:
    from mlsdc.compiler.analyses.costs import Bill, Item
    from mlsdc.compiler.capacity.provisions import Unsized
    from mlsdc.pipeline import Compiled

SCHEMA_VERSION = 1
HEAD = ("COMPONENT", "WHAT", "COUNT", "EACH", "USD A MONTH")
_NUMBERS = (2, 4)
"""Columns that are aligned to the right."""


def cost(question: Question, format: str = "text", why: bool = False) -> Exit:
    """Print the bill of the environment asked for, or of the first."""
    from mlsdc.compiler.analyses.costs import Costs

    examined = examine(question)
    compiled = examined.outcome.compiled if examined.outcome is not None else []
    report = examined.report
    text = ""
    try:
        if compiled and not compiled[0].design.broken:
            one = compiled[0]
            bill = one.facts.get(Costs).bill
            if format == "json":
                text = json.dumps(_document(one, bill), indent=2)
            else:
                text = "\n".join(_text(one, bill, why, style_of(sys.stdout)))
    except Exception as error:
        report = examined.ended(Exit.FAULT, [fault(error)])
    if text:
        say(text, sys.stdout)  # a full disk is no fault of mlsdc
        return Exit.CLEAN
    say_findings(report)
    return report.exit or Exit.FINDINGS


def _text(one: Compiled, bill: Bill, why: bool, style: Style) -> Iterator[str]:
    platform = one.design.environment.platform
    where = f"{platform.name} {platform.region}" if platform.region else platform.name
    yield f"{one.design.system.name}, environment {one.environment}, {where}, list prices"
    yield ""
    rows = [HEAD]
    for name in dict.fromkeys([*(n for n, _ in bill.drivers),
                               *(u.component for u in bill.unpriced)]):  # fmt: skip
        part = bill.of(name)
        rows += [_priced(item) for item in sorted(part.items, key=lambda i: -i.most)]
        rows += [_unpriced(unsized) for unsized in part.unpriced]
    lines = _table(rows)
    yield style.paint(lines[0], BOLD)
    yield from lines[1:]
    yield ""
    yield style.paint(_total(bill), BOLD)
    if bill.unpriced:
        yield "not counted without:"
        yield from (f"  {needed}" for needed in bill.missing)
    if why:
        yield ""
        yield from dict.fromkeys(line for item in bill.items for line in item.because)


def _total(bill: Bill) -> str:
    from mlsdc.compiler.analyses.costs import span

    if bill.unpriced:
        return f"at least {span(bill.least, bill.least)} USD a month"
    return f"{span(bill.least, bill.most)} USD a month"


def _priced(item: Item) -> tuple[str, ...]:
    from mlsdc.compiler.analyses.costs import span, who_pays

    need = item.need
    count, month = span(need.least, need.most), span(item.least, item.most)
    return who_pays(need.component), need.what, count, f"{item.price.each}", month


def _unpriced(one: Unsized) -> tuple[str, ...]:
    from mlsdc.compiler.analyses.costs import who_pays

    return who_pays(one.component), one.what, "", "", "unknown"


def _table(rows: Sequence[tuple[str, ...]]) -> list[str]:
    cells = [[safe(cell) for cell in row] for row in rows]
    widths = [max(map(width, column)) for column in zip(*cells, strict=True)]
    return ["  ".join(_padded(row, widths)).rstrip() for row in cells]


def _padded(row: Sequence[str], widths: Sequence[int]) -> Iterator[str]:
    for at, (cell, wide) in enumerate(zip(row, widths, strict=True)):
        blank = " " * (wide - width(cell))
        yield blank + cell if at in _NUMBERS else cell + blank


def _document(one: Compiled, bill: Bill) -> dict[str, object]:
    platform = one.design.environment.platform
    return {
        "schema_version": SCHEMA_VERSION,
        "system": one.design.system.name,
        "environment": one.environment,
        "platform": platform.name,
        "region": platform.region,
        "currency": "USD",
        "month": {"least": bill.least, "most": None if bill.unpriced else bill.most},
        "lines": [
            {
                "component": item.need.component or None,
                "what": item.need.what,
                "price": item.price.name,
                "count": {"least": item.need.least, "most": item.need.most},
                "each": {"value": item.price.value, "unit": item.price.unit},
                "month": {"least": item.least, "most": item.most},
                "source": item.price.source,
                "date": item.price.date,
                "because": list(item.because),
            }
            for item in bill.items
        ],
        "unpriced": [
            {"component": u.component or None, "what": u.what, "needs": list(u.missing)}
            for u in bill.unpriced
        ],
    }
