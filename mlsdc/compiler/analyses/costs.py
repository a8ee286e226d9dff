"""What a design rents and what each unit costs in, the bill of a month out.

Law: what has no price or no amount is on the bill as such, and makes its total an "at least"; it is
never counted as zero. Nothing is priced until somebody asks: a design without a budget pays nothing
for this.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property

from mlsdc.compiler.analyses.crossings import Crossing, Crossings, gigabytes
from mlsdc.compiler.capacity.prices import HOURS, PER_HOUR, Price, Prices
from mlsdc.compiler.capacity.provisions import SHARED, Need, Provisions, Unsized
from mlsdc.compiler.design import Design
from mlsdc.compiler.figures import Figure, Known, Unknown
from mlsdc.compiler.schedule import analysis
from mlsdc.units import MONTH, TIME, Dimension, digits

DOLLARS = Dimension((("USD", 1), (TIME, -1)))


@dataclass(frozen=True, slots=True)
class Item:
    """One priced line of a bill; `least` and `most` are USD of a month."""

    need: Need
    price: Price
    least: float
    most: float
    because: tuple[str, ...]

    @property
    def exact(self) -> bool:
        """Whether least and most are the same."""
        return self.most - self.least <= 1e-9 * self.most


@dataclass(frozen=True)
class Bill:
    """A month in one environment: what is priced, and what is not."""

    items: tuple[Item, ...] = ()
    unpriced: tuple[Unsized, ...] = ()

    @cached_property
    def least(self) -> float:
        """USD a month that it costs at least."""
        return sum(item.least for item in self.items)

    @cached_property
    def most(self) -> float:
        """USD a month that what is priced costs at most."""
        return sum(item.most for item in self.items)

    @property
    def missing(self) -> tuple[str, ...]:
        """What the design or the price list would have to say."""
        return tuple(dict.fromkeys(m for one in self.unpriced for m in one.missing))

    def of(self, component: str) -> Bill:
        """The part of one component."""
        return Bill(
            tuple(item for item in self.items if item.need.component == component),
            tuple(one for one in self.unpriced if one.component == component),
        )

    @property
    def drivers(self) -> list[tuple[str, float]]:
        """Components (and what all of them share) with what each costs at most, dearest first."""
        found: dict[str, float] = {}
        for item in self.items:
            found[item.need.component] = found.get(item.need.component, 0.0) + item.most
        return sorted(found.items(), key=lambda pair: (-pair[1], pair[0]))

    @property
    def total(self) -> Known:
        """The one figure, where there is one: everything has a price, and no line is a range."""
        if self.unpriced:
            return Unknown(self.missing)
        if not all(item.exact for item in self.items):
            return Unknown(tuple(i.need.row for i in self.items if not i.exact))
        because = tuple(line for item in self.items for line in item.because)
        return Figure(self.least / MONTH, DOLLARS, because)


@dataclass(frozen=True)
class Costs:
    """The bill of a design, made when it is first asked for."""

    region: str | None
    provisions: Provisions
    traffic: Crossings = field(default_factory=Crossings)

    @cached_property
    def prices(self) -> Prices:
        """The price list in force."""
        return self.provisions.prices()

    @cached_property
    def bill(self) -> Bill:
        """Everything that is rented for a month."""
        needs, unsized = self.provisions.find()
        for crossing in self.traffic.calls:
            found = _moved(crossing)
            needs.append(found) if isinstance(found, Need) else unsized.append(found)
        return billed(needs, unsized, self.prices, self.region)


@analysis
def costs(design: Design, provisions: Provisions, crossings: Crossings) -> Costs:
    """The costs of a design where it is placed."""
    platform = design.environment.platform
    # The network of one's own cluster is paid for as a whole.
    traffic = Crossings() if platform.name == "kubernetes" else crossings
    return Costs(platform.region, provisions, traffic)


def _moved(crossing: Crossing) -> Need | Unsized:
    """What a call carries over a border: at most what it carries at the peak rate."""
    target, moved = crossing.call.target, crossing.moved
    what = f"traffic between {crossing.call.across}"
    if isinstance(moved, Unknown):
        return Unsized(target, what, moved.missing)
    most = gigabytes(moved) * crossing.ends
    return Need(target, what, crossing.row, 0.0, most, moved.because)


def billed(
    needs: Iterable[Need], unsized: Iterable[Unsized], prices: Prices, region: str | None
) -> Bill:
    """The bill of what is needed."""
    items: list[Item] = []
    unpriced = list(unsized)
    for need in needs:
        found = priced(need, prices, region)
        if isinstance(found, Item):
            items.append(found)
        else:
            unpriced.append(found)
    return Bill(tuple(items), tuple(unpriced))


def priced(need: Need, prices: Prices, region: str | None) -> Item | Unsized:
    """A need with its price, or what is not known of it."""
    where = f" in {region}" if region else ""
    bought = prices.of(f"{need.row} {need.purchase}", region)
    price = bought or prices.of(need.row, region)
    if price is None:
        return Unsized(need.component, need.what, (f"a price of `{need.row}`{where}",))
    discount = 1.0
    lines = [*need.because, price.cited]
    if need.purchase != "on_demand" and bought is None and price.unit == PER_HOUR:
        least = prices.of(f"purchase.{need.purchase}", region)
        if least is not None:
            discount = least.value
            lines.append(
                f"{need.purchase}: between {digits(discount * 100)}% and all of the on-demand price"
                f" ({least.source}, {least.date})"
            )
    low, high = need.least * price.monthly * discount, need.most * price.monthly
    hours = f" x {digits(HOURS)} h" if price.unit == PER_HOUR else ""
    amount = span(need.least, need.most)
    who = need.component or "all"
    lines.append(f"{who}: {amount} x {price.each}{hours} = {span(low, high)} USD/month")
    return Item(need, price, low, high, tuple(lines))


def span(low: float, high: float) -> str:
    """`12`, or `3 to 12`."""
    if high - low <= 1e-9 * max(abs(high), 1e-300):
        return _shown(high)
    return f"{_shown(low)} to {_shown(high)}"


def _shown(value: float) -> str:
    return digits(round(value)) if value >= 1000 else digits(value)


def who_pays(component: str) -> str:
    """A component as a table names it."""
    return "(shared)" if component == SHARED else component
