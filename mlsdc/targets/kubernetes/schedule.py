"""A period in, a cron schedule out; None where no cron line runs at that period.

A cron line starts over every hour, day and week, so only periods that divide one of them evenly
keep their distance. Jobs are spread over the minutes by their name, never by chance.
"""

from __future__ import annotations

from hashlib import sha256

MINUTE, HOUR, DAY, WEEK = 60, 3600, 86400, 604800
PERIODS = (
    *(minutes * MINUTE for minutes in range(1, 60) if 60 % minutes == 0),
    *(hours * HOUR for hours in range(1, 24) if 24 % hours == 0),
    DAY,
    WEEK,
)
"""Seconds between two runs that a cron line keeps exactly."""


def cron(period: float, name: str, starts: float | None = None) -> str | None:
    """The five fields for a period in seconds, in UTC; None for a period outside `PERIODS`.

    Daily and weekly jobs run between 01:00 and 05:59, when systems are least busy; with `starts`,
    so many seconds after midnight, or after the night to Sunday. None where that is no whole minute
    of the period.
    """
    seconds = round(period)
    if abs(period - seconds) > 1e-6 or seconds not in PERIODS:
        return None
    if starts is not None:
        return _stated(seconds, starts)
    spread = int(sha256(name.encode()).hexdigest()[:8], 16)
    if seconds < HOUR:
        step = seconds // MINUTE
        return "* * * * *" if step == 1 else f"{spread % step}-59/{step} * * * *"
    minute, spread = spread % 60, spread // 60
    if seconds < DAY:
        step = seconds // HOUR
        return f"{minute} * * * *" if step == 1 else f"{minute} {spread % step}-23/{step} * * *"
    hour, spread = 1 + spread % 5, spread // 5
    return f"{minute} {hour} * * *" if seconds == DAY else f"{minute} {hour} * * {spread % 7}"


def _stated(period: int, starts: float) -> str | None:
    """The fields for a run that starts at a stated time of its period."""
    if starts >= period or starts % MINUTE:
        return None
    day, minutes = divmod(round(starts) // MINUTE, DAY // MINUTE)
    hour, minute = divmod(minutes, 60)
    if period < HOUR:
        return f"{minute}-59/{period // MINUTE} * * * *"
    if period < DAY:
        return f"{minute} {hour}-23/{period // HOUR} * * *"
    return f"{minute} {hour} * * {'*' if period == DAY else day}"


def nearest_periods(period: float) -> tuple[float, ...]:
    """The longest period below and the shortest above that a cron line can express."""
    below = [p for p in PERIODS if p <= period]
    above = [p for p in PERIODS if p >= period]
    return tuple(dict.fromkeys([*below[-1:], *above[:1]]))
