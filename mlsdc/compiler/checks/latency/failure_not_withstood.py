"""LAT022"""

from collections.abc import Iterator

from mlsdc.compiler.analyses.latency import Latencies
from mlsdc.compiler.analyses.modes import Mode, Modes
from mlsdc.compiler.checks.objectives import TimeObjective, reached, tail_objective
from mlsdc.compiler.design import Design
from mlsdc.compiler.model.request import Failure, Request
from mlsdc.compiler.schedule import Finding, check
from mlsdc.diagnostics import Label, Severity
from mlsdc.units import show_duration

MOST = 3
"""Failures that the message tells; the arithmetic tells all of them."""


@check(
    "LAT022",
    "failure-not-withstood",
    Severity.NOTE,
    source="Google SRE book, Addressing Cascading Failures: test until it breaks, and know where; "
    "AWS Well-Architected, static stability",
)
def failure_not_withstood(design: Design, latencies: Latencies, modes: Modes) -> Iterator[Finding]:
    """A request breaks its budget in failures that its design says nothing of.

    Why: caches are flushed, zones fail, traffic doubles, replicas go away in every rollout, and
    dependencies hang. A budget that breaks then may be accepted, but somebody has to have seen it.
    `withstands` makes a failure part of the budget (LAT021). The objective on the highest quantile
    is looked at; cold starts are told by LAT012, and a cache that hides a slow miss by LAT015.

    Bad:

        endpoint score {
          latency     { p50 = 8ms  p99 = 20ms  at = 90/s }
          concurrency = 1
          replicas    = 3
        }
        request rank {
          rate   = 260/s
          budget { p99 <= 25ms }
          call score
        }

    Good:

        endpoint score {
          latency     { p50 = 8ms  p99 = 20ms  at = 90/s }
          concurrency = 1
          replicas    = 6
        }
        request rank {
          rate   = 260/s
          budget { p99 <= 25ms }
          call score
        }
    """
    for request in design.of(Request):
        usual = latencies.requests.get(request.name)
        objective = tail_objective(design, request)
        # What is over budget as it is, is another finding (LAT002).
        if usual is None or objective is None or not objective.within(reached(usual, objective)):
            continue
        broken = list(_broken(request, objective, modes))
        if broken:
            yield _finding(design, request, objective, broken)


def _broken(request: Request, objective: TimeObjective, modes: Modes) -> Iterator[Mode]:
    """The failures that break the budget and that the design does not make part of it."""
    named = frozenset[Failure]((*request.withstands, "cold_start"))
    for mode in modes.suspects(request.name, objective.quantile, objective.limit, named):
        seconds = mode.at(objective.quantile)
        if seconds is not None and objective.within(seconds):
            continue
        if not (mode.change.misses and _told(request, objective, modes)):
            yield mode


def _told(request: Request, objective: TimeObjective, modes: Modes) -> bool:
    """Whether the way past the caches is too slow by itself, which LAT015 tells."""
    missed = modes.uncached(request.name)
    return missed is not None and not objective.within(reached(missed, objective))


def _finding(
    design: Design, request: Request, objective: TimeObjective, broken: list[Mode]
) -> Finding:
    measure, limit = objective.measure, show_duration(objective.limit)
    told = [f"{mode.told} {_time(mode, objective)}" for mode in broken[:MOST]]
    more = f" and {len(broken) - MOST} more" if len(broken) > MOST else ""
    failures = "a failure" if len(broken) == 1 else f"{len(broken)} failures"
    names = ", ".join(dict.fromkeys(mode.change.failure for mode in broken))
    changed = list(dict.fromkeys(name for mode in broken for name in mode.changed))[:MOST]
    room = ", ".join(f"`{name}`" for name in changed) or "what answers"
    return Finding(
        design.place(request),
        f"`{request.name}` breaks {measure} <= {limit} in {failures} that it does not name: "
        f"{', '.join(told)}{more}",
        subject=request.name,
        labels=(
            Label(objective.place, "its budget"),
            *(Label(design.place(name), "slower then, or silent") for name in changed),
        ),
        arithmetic=tuple(
            f"{mode.told}: {measure} {_time(mode, objective)} of {limit}; {'; '.join(mode.because)}"
            for mode in broken
        ),
        help=f"withstands = [{names}]; it then has to hold: more replicas of {room}, or a "
        "`timeout` with a `fallback` that carries the load",
    )


def _time(mode: Mode, objective: TimeObjective) -> str:
    seconds = mode.at(objective.quantile)
    return "no answer" if seconds is None else show_duration(seconds)
