"""LAT008"""

from collections.abc import Iterator

from mlsdc.compiler.analyses.latency import Latencies, RequestLatency
from mlsdc.compiler.analyses.paths import Paths
from mlsdc.compiler.checks.fallbacks import fallback
from mlsdc.compiler.checks.typed import duration_at_least
from mlsdc.compiler.design import Design
from mlsdc.compiler.latency.path import Attempt, Leaf, enclosed
from mlsdc.compiler.model.features import Features
from mlsdc.compiler.model.request import Request
from mlsdc.compiler.schedule import Finding, check
from mlsdc.diagnostics import Label, Severity


@check(
    "LAT008",
    "no-timeout",
    Severity.WARNING,
    source="Google SRE workbook, managing load; Nygard, Release It!: every wait has a limit",
)
def no_timeout(design: Design, paths: Paths, latencies: Latencies) -> Iterator[Finding]:
    """A component waits for another one without a time limit, or without an answer in its stead.

    Why: when the dependency hangs, everything that waits for it hangs as well, and its workers are
    soon all waiting. A limit frees them; a fallback, or defaults of features, still give an answer.

    Bad:

        endpoint front { latency { p50 = 1ms  p99 = 3ms  at = 900/s } }
        endpoint score { latency { p50 = 4ms  p99 = 12ms  at = 900/s } }
        endpoint rules { latency { p50 = 1ms  p99 = 2ms  at = 900/s } }
        request rank {
          rate = 50/s
          call front { call score }
        }

    Good:

        endpoint front { latency { p50 = 1ms  p99 = 3ms  at = 900/s } }
        endpoint score { latency { p50 = 4ms  p99 = 12ms  at = 900/s } }
        endpoint rules { latency { p50 = 1ms  p99 = 2ms  at = 900/s } }
        request rank {
          rate = 50/s
          call front { call score timeout 20ms fallback rules }
        }
    """
    said: set[tuple[str, object]] = set()
    for request in design.of(Request):
        latency = latencies.requests.get(request.name)
        for inner, outer in enclosed(paths.of[request.name]):
            place = (inner.request, inner.place)
            if place in said or inner.call.asynchronous:
                continue
            said.add(place)
            yield from _judge(design, inner, outer, latency)


def _judge(
    design: Design, inner: Attempt, outer: Attempt, latency: RequestLatency | None
) -> Iterator[Finding]:
    call = inner.call
    answered = call.fallback is not None or _defaults(design, call.target)
    if call.timeout is not None and answered:
        return
    caller = Label(
        design.place(outer.request, *outer.place, "target"), f"`{outer.call.target}` waits for it"
    )
    limit = duration_at_least(_usual(inner, latency) or 0.02)
    instead = "" if answered else fallback(design)
    if isinstance(design.components.get(call.target), Features) and not answered:
        instead = f"; a `default` for each feature of `{call.target}`"
    typed = f"timeout {limit} " if call.timeout is None else ""
    said = "has no timeout" if call.timeout is None else "has a timeout, but nothing in its stead"
    yield Finding(
        design.place(inner.request, *inner.place, "target"),
        f"the call of `{call.target}` {said}",
        subject=inner.request,
        labels=(caller,),
        help=f"{typed}{instead}".strip("; ").replace(" ;", ";"),
    )


def _defaults(design: Design, name: str) -> bool:
    """Whether every feature of a view has a value where none can be read."""
    view = design.get(name, Features)
    return view is not None and all(column.default is not None for column in view.columns.values())


def _usual(node: Attempt, latency: RequestLatency | None) -> float | None:
    """Twice the p99 of the callee, where it is known."""
    first = node.part.parts[0] if node.part.parts else None
    time = latency.times.get(first) if latency and isinstance(first, Leaf) else None
    return 2 * time.quantile(0.99) if time is not None else None
