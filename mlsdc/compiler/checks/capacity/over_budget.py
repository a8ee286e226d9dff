"""CAP011"""

import math
from collections.abc import Iterator

from mlsdc.compiler.analyses.costs import Bill, Costs, who_pays
from mlsdc.compiler.capacity.prices import Price
from mlsdc.compiler.design import Design
from mlsdc.compiler.model.spending import SpendingLimit
from mlsdc.compiler.schedule import Finding, check
from mlsdc.diagnostics import Label, Severity, Span
from mlsdc.units import MONTH, digits

DRIVERS = 5
"""How many of the dearest components a finding names."""


@check(
    "CAP011",
    "over-budget",
    Severity.ERROR,
    source="AWS, Machine Learning Lens, cost optimization pillar; list prices with their dates",
)
def over_budget(design: Design, costs: Costs) -> Iterator[Finding]:
    """A month costs more than the budget allows.

    Why: the bill comes after the design is built, and most of it is decided by a few lines of the
    design. What has no price is listed, and never counted as nothing.

    Bad:

        system shop { budget { cost <= 200USD/month } }
        environment prod { platform = aws { region = "us-east-1" } }
        endpoint score: container {
          image    = "registry.example.com/score:1.0.0"
          replicas = 6
          cpu      = 4
          memory   = 8GiB
        }

    Good:

        system shop { budget { cost <= 4000USD/month } }
        environment prod { platform = aws { region = "us-east-1" } }
        endpoint score: container {
          image    = "registry.example.com/score:1.0.0"
          replicas = 6
          cpu      = 4
          memory   = 8GiB
        }
    """
    for limit, place in _limits(design):
        rate = _rate(limit, costs)
        if rate is None:
            yield _undecided(design, place, limit, (f"a price of `{_currency(limit)}` in USD",))
            continue
        bill = costs.bill
        allowed = limit.limit.value * MONTH * rate.value
        if bill.least > allowed * (1 + 1e-9):
            yield _exceeded(design, place, limit, bill, rate)
        elif bill.unpriced:
            yield _undecided(design, place, limit, bill.missing, bill)
        elif bill.most > allowed * (1 + 1e-9):
            ranges = tuple(f"what `{i.need.row}` costs" for i in bill.items if not i.exact)
            yield _undecided(design, place, limit, tuple(dict.fromkeys(ranges)), bill)


def _limits(design: Design) -> Iterator[tuple[SpendingLimit, Span]]:
    """The limits of the environment, else those of the system."""
    name = f"environment {design.environment.name}"
    for subject, budget in ((name, design.environment.budget), ("system", design.system.budget)):
        if budget is not None:
            for at, limit in enumerate(budget.objectives):
                yield limit, design.place(subject, "budget", "objectives", at)
            return


def _holder(design: Design) -> str:
    return "system" if design.environment.budget is None else design.environment.name


def _currency(limit: SpendingLimit) -> str:
    return next(base for base, power in limit.limit.dimension.powers if power > 0)


def _rate(limit: SpendingLimit, costs: Costs) -> Price | None:
    """What one of the budget's currency is worth in USD, in which prices are listed."""
    currency = _currency(limit)
    if currency == "USD":
        return Price("USD", "*", 1.0, "USD", "", "")
    return costs.prices.rate(currency)


def _exceeded(
    design: Design, place: Span, limit: SpendingLimit, bill: Bill, rate: Price
) -> Finding:
    currency = _currency(limit)
    allowed, least = limit.limit.value * MONTH, bill.least / rate.value
    exact = not bill.unpriced and bill.most - bill.least <= 1e-9 * bill.most
    return Finding(
        place,
        f"a month costs {'' if exact else 'at least '}{_whole(least)} {currency}, "
        f"{_whole(least - allowed)} {currency} over its budget of {_whole(allowed)} {currency}",
        subject=design.system.name,
        labels=tuple(_dearest(design, bill)),
        arithmetic=(
            *_drivers(bill),
            f"all of it: {_whole(bill.least)} USD/month"
            + (f" = {_whole(least)} {currency}/month ({rate.cited})" if rate.source else ""),
            *_unpriced(bill),
        ),
        help=f"cost <= {math.ceil(least)}{currency}/month in the `budget` of "
        f"`{_holder(design)}`, or fewer, smaller or cheaper machines: "
        "mlsdc cost design.mlsd shows every line",
    )


def _undecided(
    design: Design,
    place: Span,
    limit: SpendingLimit,
    missing: tuple[str, ...],
    bill: Bill | None = None,
) -> Finding:
    currency = _currency(limit)
    known = f": at least {_whole(bill.least)} USD" if bill is not None and bill.items else ""
    return Finding(
        place,
        f"whether a month costs more than {_whole(limit.limit.value * MONTH)} {currency} is not "
        f"known{known}",
        subject=design.system.name,
        arithmetic=(*_drivers(bill), *_unpriced(bill)) if bill is not None else (),
        missing=missing,
    )


def _dearest(design: Design, bill: Bill) -> Iterator[Label]:
    for name, cost in bill.drivers[:DRIVERS]:
        if name in design.components:
            yield Label(design.place(name), f"{_whole(cost)} USD a month")


def _drivers(bill: Bill) -> Iterator[str]:
    for name, _ in bill.drivers[:DRIVERS]:
        part = bill.of(name)
        share = f", {digits(100 * part.least / bill.least)}%" if bill.least else ""
        rows = ", ".join(dict.fromkeys(item.need.row for item in part.items))
        yield f"{who_pays(name)}: {_whole(part.least)} USD/month{share} ({rows})"


def _unpriced(bill: Bill) -> Iterator[str]:
    """What is not counted, by what it needs."""
    lacking: dict[str, dict[str, None]] = {}
    for one in bill.unpriced:
        for needed in one.missing:
            lacking.setdefault(needed, {})[f"{one.what} of {who_pays(one.component)}"] = None
    for needed, found in lacking.items():
        named = ", ".join(list(found)[:DRIVERS])
        more = f" and {len(found) - DRIVERS} more" if len(found) > DRIVERS else ""
        yield f"not counted without {needed}: {named}{more}"


def _whole(value: float) -> str:
    return f"{round(value):,}".replace(",", "_") if value >= 100 else digits(value)
