"""What a month costs, by component and in all: each line with its price, source and date."""

from __future__ import annotations

from collections.abc import Iterator

from mlsdc.compiler.analyses.costs import DOLLARS, Bill, Costs, Item, span, who_pays
from mlsdc.compiler.capacity.provisions import SHARED
from mlsdc.compiler.figures import Figure, Known, Step, Unknown
from mlsdc.compiler.named_figures import Named, tells
from mlsdc.units import MONTH

FORMULA = "amount x price of each x hours of a month, summed over what is rented"


@tells
def costs(costs: Costs) -> Iterator[Named]:
    """The bill of every component, of what all of them share, and of the whole design."""
    bill = costs.bill
    every = [*(item.need.component for item in bill.items), *(u.component for u in bill.unpriced)]
    for name in dict.fromkeys(every):
        part = bill.of(name)
        owner = "shared" if name == SHARED else name
        yield _told(owner, part, [line for item in part.items for line in _lines(item)])
    if every:
        yield _told("system", bill, [_sum(bill, name) for name, _ in bill.drivers])


def _told(owner: str, part: Bill, lines: list[str]) -> Named:
    known: Known = Unknown(part.missing)
    if part.items:
        if part.most > part.least * (1 + 1e-9):
            lines.append(f"{span(part.least, part.most)} USD/month, as the amounts are not exact")
        value = part.least if part.missing else part.most
        known = Figure(value / MONTH, DOLLARS, tuple(lines))
    return Named(
        f"{owner}.cost",
        known,
        part.missing if part.items else (),
        meaning="what it costs in a month, at the most where amounts are not exact",
        formula=FORMULA,
        source="the price list, row by row with its date",
        analysis="costs",
    )


def _lines(item: Item) -> Iterator[str]:
    *others, last = item.because
    cited = item.price.cited
    yield from (line for line in others if line != cited)
    yield Step(last, row=f"{item.need.row}: {cited}")


def _sum(bill: Bill, name: str) -> str:
    part = bill.of(name)
    return f"{who_pays(name)}: {span(part.least, part.most)} USD/month"
