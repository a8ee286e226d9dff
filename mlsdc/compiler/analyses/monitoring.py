"""Monitors in, what they watch and how much chance there is in it.

The reference of a monitor is taken to have at least the rows of one window: a training set covers
months, a window an hour or a day.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field

from mlsdc.compiler.analyses.workload import Workload
from mlsdc.compiler.design import Design
from mlsdc.compiler.figures import Figure, Known, Step, Unknown
from mlsdc.compiler.model.features import Features
from mlsdc.compiler.model.learning import Model
from mlsdc.compiler.model.operations import Drift, Monitor
from mlsdc.compiler.model.serving import Endpoint
from mlsdc.compiler.model.types import DataType
from mlsdc.compiler.schedule import analysis
from mlsdc.units import DAY, NUMBER, digits, show

BINNED = ("psi", "kl", "jensen_shannon")
MONTH = 30 * DAY
MOST = 1_000_000_000_000
"""Rows and bins beyond this are counted as so many: no number is worth an overflow."""


@dataclass(frozen=True)
class Watched:
    """A feature that a monitor compares: its view, its name and its type."""

    view: str
    name: str
    type: DataType


@dataclass(frozen=True)
class Watch:
    """What one monitor sees."""

    endpoints: tuple[Endpoint, ...]
    models: tuple[Model, ...]
    features: tuple[Watched, ...]
    rows: Known
    """Rows of one window."""
    false_alarm: Known
    """The chance that one test passes the warning threshold without any drift, at least: with a
    reference without end."""
    false_alarm_at_most: Known
    """The same with a reference as large as the window."""
    per_month: Known
    """False alarms a month, at least; each feature is one test in each window."""
    per_month_at_most: Known


@dataclass(frozen=True)
class Monitoring:
    """Every monitor, and who watches what."""

    of: dict[str, Watch] = field(default_factory=dict[str, Watch])
    watching: dict[str, tuple[Monitor, ...]] = field(
        default_factory=dict[str, "tuple[Monitor, ...]"]
    )
    """Endpoint or model to the monitors that watch it, an endpoint's model included."""


@analysis
def monitoring(design: Design, workload: Workload) -> Monitoring:
    """What every monitor sees."""
    found: dict[str, Watch] = {}
    watching: dict[str, list[Monitor]] = {}
    for monitor in design.of(Monitor):
        watch = _watch(design, workload, monitor)
        found[monitor.name] = watch
        for name in {*monitor.watches, *(one.name for one in watch.models)}:
            watching.setdefault(name, []).append(monitor)
    return Monitoring(found, {name: tuple(monitors) for name, monitors in watching.items()})


def _watch(design: Design, workload: Workload, monitor: Monitor) -> Watch:
    watched = [design.components.get(name) for name in monitor.watches]
    endpoints = tuple(one for one in watched if isinstance(one, Endpoint))
    models = [one for one in watched if isinstance(one, Model)]
    views = [one for one in watched if isinstance(one, Features)]
    for endpoint in endpoints:
        served = design.get(endpoint.model, Model)
        models += [served] if served else []
        views += [view for name in endpoint.features if (view := design.get(name, Features))]
    features = tuple(
        Watched(view.name, name, column.type)
        for view in {view.name: view for view in views}.values()
        for name, column in view.columns.items()
    )
    rows = _rows(workload, monitor, endpoints)
    least = _chance(monitor, rows, math.inf)
    most = _chance(monitor, rows, rows.value if isinstance(rows, Figure) else math.inf)
    return Watch(
        endpoints, tuple({one.name: one for one in models}.values()), features, rows, least, most,
        _per_month(monitor, features, least), _per_month(monitor, features, most),
    )  # fmt: skip


def _rows(workload: Workload, monitor: Monitor, endpoints: tuple[Endpoint, ...]) -> Known:
    if monitor.drift is not None and monitor.drift.rows is not None:
        stated = Step("stated", (monitor.name, "drift", "rows"))
        return Figure(min(monitor.drift.rows, MOST), NUMBER, (stated,))
    if monitor.every is None:
        return Unknown((f"{monitor.name}.every",))
    arriving = [(one, known) for one in endpoints if (known := workload.of(one)) is not None]
    rates = [(one, known) for one, known in arriving if isinstance(known, Figure)]
    if not rates:
        missing = [m for _, known in arriving if isinstance(known, Unknown) for m in known.missing]
        return Unknown(tuple(dict.fromkeys(missing)) or (f"{monitor.name}.drift.rows",))
    endpoint, rate = min(rates, key=lambda pair: pair[1].value)
    rows = min(rate.value * monitor.every.value, MOST)
    line = f"{endpoint.name}: {rate} x {show(monitor.every)} = {digits(rows)} rows"
    return Figure(rows, NUMBER, (*rate.because, Step(line, (monitor.name, "every"))))


def _chance(monitor: Monitor, rows: Known, reference: float) -> Known:
    """P(statistic >= warn) without drift, for two samples of one distribution."""
    drift = monitor.drift
    if drift is None:
        return Unknown((f"{monitor.name}.drift",))
    place = f"{monitor.name}.drift"
    if drift.warn is None:
        return Unknown((f"{place}.warn",))
    if drift.by_p_value:
        line = Step("the p-value of the threshold", (monitor.name, "drift", "warn"))
        return Figure(min(max(drift.warn, 0.0), 1.0), NUMBER, (line,))
    if drift.statistic == "wasserstein":
        return Unknown((f"how far chance moves {place}",))
    if isinstance(rows, Unknown):
        return rows
    if rows.value <= 0:
        return Unknown((f"{place}.rows",))
    noise = 1.0 / rows.value + 1.0 / reference
    if drift.statistic == "ks":
        chance = min(1.0, 2.0 * math.exp(-2.0 * drift.warn * drift.warn / noise))
        line = f"2 exp(-2 x {digits(drift.warn)}^2 / {noise:.3g}) = {chance:.3g}"
        return _chance_of(monitor, rows, line, chance)
    if drift.bins is None or drift.bins < 2:
        return Unknown((f"{place}.bins",))
    from mlsdc.compiler.statistics.tails import chi_squared_survival

    index = _as_index(drift, drift.warn)
    chance = chi_squared_survival(index / noise, min(drift.bins, MOST) - 1)
    line = (
        f"P(chi-squared of {drift.bins - 1} degrees > {digits(index)} / {noise:.3g}) = {chance:.3g}"
    )
    return _chance_of(monitor, rows, line, chance)


def _chance_of(monitor: Monitor, rows: Figure, line: str, chance: float) -> Figure:
    """1 / rows (+ 1 / rows of the reference) is the noise of both samples."""
    return Figure(chance, NUMBER, (*rows.because, Step(line, (monitor.name, "drift"))))


def _as_index(drift: Drift, threshold: float) -> float:
    """The population stability index that belongs to a threshold, near no drift.

    psi = 2 KL = 8 JS to second order; the Jensen-Shannon distance is the root of JS in bits.
    """
    if drift.statistic == "kl":
        return 2.0 * threshold
    if drift.statistic == "jensen_shannon":
        return 8.0 * math.log(2.0) * threshold * threshold
    return threshold


def _per_month(monitor: Monitor, features: tuple[Watched, ...], chance: Known) -> Known:
    if isinstance(chance, Unknown):
        return chance
    if monitor.every is None:
        return Unknown((f"{monitor.name}.every",))
    runs = MONTH / monitor.every.value
    alarms = len(features) * runs * chance.value
    line = (
        f"{len(features)} features x {digits(runs)} windows in 30d x {chance.value:.3g} = "
        f"{digits(alarms)}"
    )
    return Figure(alarms, NUMBER, (*chance.because, Step(line, (monitor.name, "every"))))
