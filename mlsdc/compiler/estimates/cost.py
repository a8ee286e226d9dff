"""Money from hours, machines and volumes, at list prices: no taxes, no support."""

from __future__ import annotations

HOURS_PER_MONTH = 730.0
"""8,760 hours over 12 months, as cloud price lists count a month."""


def machine_hours(usd_per_hour: float, count: float, hours: float, discount: float = 0.0) -> float:
    """USD of machines (or GPUs) that run for so many hours."""
    return usd_per_hour * count * hours * (1.0 - discount)


def per_million(usd_per_hour: float, per_second: float) -> float:
    """USD for a million tokens or requests of a machine that does so many a second."""
    return usd_per_hour / (per_second * 3600.0) * 1e6
