"""LAT006"""

from collections.abc import Iterator

from mlsdc.compiler.analyses.paths import Paths
from mlsdc.compiler.checks.typed import duration_at_most
from mlsdc.compiler.design import Design
from mlsdc.compiler.latency.path import Attempt, enclosed
from mlsdc.compiler.model.request import Request
from mlsdc.compiler.schedule import Finding, check
from mlsdc.diagnostics import Label, Severity
from mlsdc.units import show, show_duration


@check(
    "LAT006",
    "timeout-beyond-caller",
    Severity.ERROR,
    source="Google SRE workbook, managing load; gRPC, Deadlines: a deadline is passed on",
)
def timeout_beyond_caller(design: Design, paths: Paths) -> Iterator[Finding]:
    """A call is given up later than the call that waits for it.

    Why: the caller gives up first. The inner time limit never ends anything, its fallback is never
    used, and the work goes on for an answer that nobody waits for.

    Bad:

        endpoint front { latency { p50 = 1ms  p99 = 3ms  at = 900/s } }
        endpoint score { latency { p50 = 4ms  p99 = 12ms  at = 900/s } }
        endpoint rules { latency { p50 = 1ms  p99 = 2ms  at = 900/s } }
        request rank {
          rate = 50/s
          call front timeout 40ms {
            call score timeout 60ms fallback rules
          }
        }

    Good:

        endpoint front { latency { p50 = 1ms  p99 = 3ms  at = 900/s } }
        endpoint score { latency { p50 = 4ms  p99 = 12ms  at = 900/s } }
        endpoint rules { latency { p50 = 1ms  p99 = 2ms  at = 900/s } }
        request rank {
          rate = 50/s
          call front timeout 40ms {
            call score timeout 25ms fallback rules
          }
        }
    """
    said: set[tuple[str, object]] = set()
    for request in design.of(Request):
        for inner, outer in enclosed(paths.of[request.name]):
            if (inner.request, inner.place) not in said and _late(inner, outer):
                said.add((inner.request, inner.place))
                yield _finding(design, inner, outer)


def _late(inner: Attempt, outer: Attempt) -> bool:
    if inner.call.timeout is None or outer.call.timeout is None or inner.call.asynchronous:
        return False
    return inner.call.timeout.value >= outer.call.timeout.value


def _finding(design: Design, inner: Attempt, outer: Attempt) -> Finding:
    limit, deadline = inner.call.timeout, outer.call.timeout
    assert limit is not None
    assert deadline is not None
    place = design.place(outer.request, *outer.place, "timeout")
    return Finding(
        design.place(inner.request, *inner.place, "timeout"),
        f"the call of `{inner.call.target}` is given up after {show(limit)}, its caller "
        f"`{outer.call.target}` after {show(deadline)}",
        subject=inner.request,
        labels=(Label(place, f"`{outer.call.target}` is given up here"),),
        arithmetic=(f"{show_duration(limit.value)} >= {show_duration(deadline.value)}",),
        help=f"timeout {duration_at_most(deadline.value * 0.6)}, or a longer timeout of "
        f"`{outer.call.target}`",
    )
