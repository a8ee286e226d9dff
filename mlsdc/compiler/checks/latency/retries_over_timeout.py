"""LAT007"""

from collections.abc import Iterator

from mlsdc.compiler.analyses.paths import Paths
from mlsdc.compiler.checks.typed import duration_at_least
from mlsdc.compiler.design import Design
from mlsdc.compiler.latency.path import Attempt, enclosed
from mlsdc.compiler.model.request import Call, Request
from mlsdc.compiler.schedule import Finding, check
from mlsdc.diagnostics import Label, Severity
from mlsdc.units import show_duration


@check(
    "LAT007",
    "retries-over-timeout",
    Severity.ERROR,
    source="Google SRE book, Addressing Cascading Failures: retry budgets; deadline propagation",
)
def retries_over_timeout(design: Design, paths: Paths) -> Iterator[Finding]:
    """All attempts of a call take longer than its caller waits.

    Why: the last attempts load the callee when it is slow already, and their answers arrive after
    the caller has given up: three attempts of 30 ms do not fit into 60 ms.

    Bad:

        endpoint front { latency { p50 = 1ms  p99 = 3ms  at = 900/s } }
        endpoint score { latency { p50 = 4ms  p99 = 12ms  at = 900/s } }
        request rank {
          rate = 50/s
          call front timeout 60ms {
            call score timeout 30ms retry 2
          }
        }

    Good:

        endpoint front { latency { p50 = 1ms  p99 = 3ms  at = 900/s } }
        endpoint score { latency { p50 = 4ms  p99 = 12ms  at = 900/s } }
        request rank {
          rate = 50/s
          call front timeout 65ms {
            call score timeout 30ms retry 1
          }
        }
    """
    said: set[tuple[str, object]] = set()
    for request in design.of(Request):
        for inner, outer in enclosed(paths.of[request.name]):
            place = (inner.request, inner.place)
            if place not in said and _over(inner.call, outer.call):
                said.add(place)
                yield _finding(design, inner, outer)


def _over(inner: Call, outer: Call) -> bool:
    if inner.timeout is None or outer.timeout is None or not inner.retry or inner.asynchronous:
        return False
    # A first attempt that is too long by itself is another finding (LAT006).
    return inner.timeout.value < outer.timeout.value < worst(inner) * (1 - 1e-9)


def worst(call: Call) -> float:
    """Seconds until the last attempt has been given up."""
    assert call.timeout is not None
    pause = call.backoff.value if call.backoff else 0.0
    return (call.retry + 1) * call.timeout.value + call.retry * pause


def _finding(design: Design, inner: Attempt, outer: Attempt) -> Finding:
    call, deadline = inner.call, outer.call.timeout
    assert call.timeout is not None
    assert deadline is not None
    pause = call.backoff.value if call.backoff else 0.0
    fitting = int((deadline.value + pause) / (call.timeout.value + pause) + 1e-9) - 1
    fewer = f"retry {fitting}" if fitting > 0 else "no retry, but `hedge at` its p95"
    attempts = f"{call.retry + 1} x {show_duration(call.timeout.value)}"
    pauses = f" + {call.retry} x {show_duration(pause)} backoff" if pause else ""
    return Finding(
        design.place(inner.request, *inner.place, "retry"),
        f"{attempts}{pauses} = {show_duration(worst(call))} for `{call.target}`, its caller "
        f"`{outer.call.target}` waits {show_duration(deadline.value)}",
        subject=inner.request,
        labels=(
            Label(design.place(outer.request, *outer.place, "timeout"), "the caller gives up"),
            Label(design.place(inner.request, *inner.place, "timeout"), "each attempt"),
        ),
        help=f"{fewer}, or timeout {duration_at_least(worst(call))} for `{outer.call.target}`",
    )
