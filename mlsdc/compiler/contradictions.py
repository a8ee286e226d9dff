"""A design in, complaints about statements that cannot both hold, or that nothing can meet, out.

Each value is possible by itself, so that its type accepts it; what is wrong is the pair of them.
Nothing here is measured or assumed: it is what the text says twice, in two ways.
"""

from __future__ import annotations

from collections.abc import Iterator

from mlsdc.compiler import rules
from mlsdc.compiler.called_steps import calls_of, walk
from mlsdc.compiler.design import Design
from mlsdc.compiler.model.component import Component
from mlsdc.compiler.model.operations import Experiment, Monitor, Slo
from mlsdc.compiler.model.request import Budget, Objective, Parallel, Request
from mlsdc.diagnostics import Diagnostic, Label, Span
from mlsdc.units import Quantity, digits, show, show_percent

QUANTILES = ("p50", "p90", "p95", "p99", "p999")
LARGEST = {"ks": 1.0, "jensen_shannon": 1.0, "chi_squared": 1.0}
"""The largest value of a statistic that has one: distances of distributions, and a p-value."""


def check_contradictions(design: Design) -> list[Diagnostic]:
    """Every contradiction in what could be understood."""
    said: list[Diagnostic] = []
    for request in design.of(Request):
        said += _budget(design, request, request.budget, "budget")
        said += _steps(design, request)
    for slo in design.of(Slo):
        said += _budget(design, slo, slo.target, "target")
        said += _no_room(design, slo)
    for monitor in design.of(Monitor):
        said += _thresholds(design, monitor)
    for experiment in design.of(Experiment):
        said += _variants(design, experiment)
    return said


# Objectives ------------------------------------------------------------------------------------


def _budget(
    design: Design, owner: Component, budget: Budget | None, field: str
) -> Iterator[Diagnostic]:
    first: dict[str, tuple[Objective, Span]] = {}
    for at, objective in enumerate(budget.objectives if budget else ()):
        place = design.place(owner, field, "objectives", at)
        before, where = first.setdefault(objective.measure, (objective, place))
        if before is not objective:
            floor = objective.measure == "availability"
            strict = (max if floor else min)(before, objective, key=_number)
            yield rules.DUPLICATE.at(
                place,
                f"`{objective.measure}` is limited twice, to {_limit(before)} and to "
                f"{_limit(objective)}",
                subject=owner.name,
                labels=[Label(where, "the first time")],
                help=f"keep {_written(strict)}",
            )
    stated = [first[name] for name in QUANTILES if name in first]
    for at, (lower, where) in enumerate(stated):
        stricter = [one for one in stated[at + 1 :] if _number(one[0]) < _number(lower)]
        if stricter:
            upper, place = min(stricter, key=lambda one: _number(one[0]))
            yield rules.IDLE_OBJECTIVE.at(
                where,
                f"{_written(lower)} decides nothing: whatever meets {_written(upper)} meets it too",
                subject=owner.name,
                labels=[Label(place, f"{upper.measure} is never below {lower.measure}")],
                help=f"{lower.measure} <= {_limit(upper)}, or less",
            )


def _no_room(design: Design, slo: Slo) -> Iterator[Diagnostic]:
    """An objective of all requests leaves no error budget to burn."""
    for at, objective in enumerate(slo.target.objectives if slo.target else ()):
        limit = _number(objective)
        full = {"availability": 1.0, "errors": 0.0}.get(objective.measure)
        if full is not None and limit == full:
            yield rules.OUT_OF_RANGE.at(
                design.place(slo, "target", "objectives", at),
                f"{_written(objective)} leaves an error budget of 0: the first failure breaks it, "
                "and no rate of burning it can be told",
                subject=slo.name,
                help="availability >= 99.9%" if full else "errors <= 0.1%",
            )


def _number(objective: Objective) -> float:
    limit = objective.limit
    return limit.value if isinstance(limit, Quantity) else limit


def _limit(objective: Objective) -> str:
    limit = objective.limit
    return show(limit) if isinstance(limit, Quantity) else show_percent(limit)


def _written(objective: Objective) -> str:
    return f"{objective.measure} {objective.operator} {_limit(objective)}"


# Calls -----------------------------------------------------------------------------------------


def _steps(design: Design, request: Request) -> Iterator[Diagnostic]:
    for one in walk(request.steps):
        step = one.step
        if isinstance(step, Parallel) and step.first is not None and step.first > len(step.steps):
            steps = len(step.steps)
            yield rules.OUT_OF_RANGE.at(
                design.place(request, *one.path, "first"),
                f"`first {step.first}` waits for {step.first} answers, and "
                f"{steps} {'step stands' if steps == 1 else 'steps stand'} in the block",
                subject=request.name,
                help=f"parallel first {steps}" if steps else "parallel first 1 { call NAME }",
            )
    for made in calls_of(request):
        if made.call.fallback == made.call.target:
            yield rules.CONTRADICTION.at(
                made.place(design, "fallback"),
                f"`{made.call.target}` is asked again by its own fallback, after it has failed",
                subject=request.name,
                labels=[Label(made.place(design, "target"), "what is called")],
                help="retry 1, or fallback <another endpoint>",
            )


# Monitors and experiments ----------------------------------------------------------------------


def _thresholds(design: Design, monitor: Monitor) -> Iterator[Diagnostic]:
    drift = monitor.drift
    if drift is None:
        return
    most = LARGEST.get(drift.statistic)
    for name, value in (("warn", drift.warn), ("critical", drift.critical)):
        if value is not None and (value < 0 or (most is not None and value > most)):
            bounds = "at least 0" if most is None else f"between 0 and {digits(most)}"
            yield rules.OUT_OF_RANGE.at(
                design.place(monitor, "drift", name),
                f"`{name}` is {digits(value)}; {drift.statistic} is always {bounds}",
                subject=monitor.name,
                help=f"{name} = 0.1",
            )
            return
    if drift.warn is None or drift.critical is None or drift.warn == drift.critical:
        return
    if (drift.warn < drift.critical) == drift.by_p_value:
        warn, critical = digits(drift.critical), digits(drift.warn)
        comes = "falls" if drift.by_p_value else "rises"
        yield rules.CONTRADICTION.at(
            design.place(monitor, "drift", "warn"),
            f"`warn = {digits(drift.warn)}` is passed after `critical = {digits(drift.critical)}`: "
            f"{drift.statistic} {comes} as drift grows",
            subject=monitor.name,
            labels=[Label(design.place(monitor, "drift", "critical"), "this comes first")],
            help=f"drift = {drift.statistic} {{ warn = {warn}  critical = {critical} }}",
        )


def _variants(design: Design, experiment: Experiment) -> Iterator[Diagnostic]:
    if experiment.control is not None and experiment.control == experiment.treatment:
        yield rules.CONTRADICTION.at(
            design.place(experiment, "treatment"),
            f"`{experiment.control}` is compared with itself: control and treatment are one "
            "endpoint, and no route can tell them apart",
            subject=experiment.name,
            labels=[Label(design.place(experiment, "control"), "the control")],
            help="treatment = NAME, a second endpoint (with the same model for an A/A test)",
        )
    if experiment.share == 0:
        yield rules.OUT_OF_RANGE.at(
            design.place(experiment, "share"),
            "`share` is 0%: nobody gets the treatment",
            subject=experiment.name,
            help="share = 10%",
        )
    if experiment.share == 1 and experiment.kind == "ab":
        yield rules.OUT_OF_RANGE.at(
            design.place(experiment, "share"),
            "`share` is 100%: nobody gets the control, and there is nothing to compare with",
            subject=experiment.name,
            help="share = 50%",
        )
