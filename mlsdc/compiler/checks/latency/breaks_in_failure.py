"""LAT021"""

from collections.abc import Iterator

from mlsdc.compiler.analyses.latency import Latencies
from mlsdc.compiler.analyses.modes import Mode, Modes
from mlsdc.compiler.checks.objectives import TimeObjective, time_objectives
from mlsdc.compiler.design import Design
from mlsdc.compiler.latency.circumstances import TOLD
from mlsdc.compiler.model.request import Request
from mlsdc.compiler.schedule import Finding, check
from mlsdc.diagnostics import Label, Severity
from mlsdc.units import show_duration


@check(
    "LAT021",
    "breaks-in-failure",
    Severity.ERROR,
    source="Google SRE book, Addressing Cascading Failures: provision for N + 2, test at overload; "
    "AWS Well-Architected, static stability",
)
def breaks_in_failure(design: Design, latencies: Latencies, modes: Modes) -> Iterator[Finding]:
    """A request breaks its budget during a failure that it has to withstand.

    Why: a zone is lost, a cache is flushed, traffic doubles: the replicas that are left carry all
    of the load, fallbacks carry what they never carry otherwise, and queues grow. A design that
    promises to withstand a failure has to have the room before it happens.

    Bad:

        endpoint score {
          latency     { p50 = 8ms  p99 = 20ms  at = 90/s }
          concurrency = 1
          replicas    = 3
        }
        request rank {
          rate       = 260/s
          budget     { p99 <= 25ms }
          withstands = [zone_lost]
          call score
        }

    Good:

        endpoint score {
          latency     { p50 = 8ms  p99 = 20ms  at = 90/s }
          concurrency = 1
          replicas    = 6
        }
        request rank {
          rate       = 260/s
          budget     { p99 <= 25ms }
          withstands = [zone_lost]
          call score
        }
    """
    for request in design.of(Request):
        latency = latencies.requests.get(request.name)
        if latency is None or not request.withstands:
            continue
        objectives = list(time_objectives(design, request))
        for at, failure in enumerate(request.withstands):
            place = design.place(request, "withstands", at)
            if not objectives:
                yield Finding(
                    place,
                    f"`{request.name}` has no budget on time that {TOLD[failure]} could break",
                    subject=request.name,
                    missing=(f"{request.name}.budget",),
                )
                continue
            for mode in modes.during(request.name, failure):
                found = _judge(request, objectives, mode, latency.missing)
                if found is not None:
                    objective, message, missing = found
                    yield Finding(
                        place, message, subject=request.name,
                        labels=(Label(objective.place, f"the budget of `{request.name}`"),),
                        arithmetic=mode.because,
                        help=_help(mode),
                        missing=missing,
                    )  # fmt: skip
                    break


def _judge(
    request: Request, objectives: list[TimeObjective], mode: Mode, unknown: tuple[str, ...]
) -> tuple[TimeObjective, str, tuple[str, ...]] | None:
    """The first objective that breaks, or that cannot be decided."""
    for objective in objectives:
        reached = mode.at(objective.quantile)
        limit = show_duration(objective.limit)
        if reached is None:
            silent = ", ".join(f"`{name}`" for name in mode.silent)
            return objective, f"{mode.told}: `{request.name}` is not answered within " \
                f"{limit} at {objective.measure}; {silent} cannot answer", ()  # fmt: skip
        if not objective.within(reached):
            return objective, f"{mode.told}: {objective.measure} is {show_duration(reached)}, " \
                f"over its {limit} budget", ()  # fmt: skip
    if mode.missing or unknown:
        missing = tuple(dict.fromkeys([*mode.missing, *unknown]))
        return objectives[0], f"whether the budget holds with {mode.told} is not known", missing
    return None


def _help(mode: Mode) -> str:
    if mode.change.failure == "dependency_timeout":
        return "a shorter `timeout`, fewer attempts, or a `fallback` with room for all of the load"
    if mode.change.failure == "cold_start":
        return "scaling { minimum = 1 }, or a `timeout` with a `fallback`"
    names = ", ".join(f"`{name}`" for name in mode.silent) or "what has become slower"
    return f"more replicas of {names}, or a `timeout` with a `fallback` that carries the load"
