"""LAT011"""

import math
from collections.abc import Iterator

from mlsdc.compiler.analyses.capacity import Capacity
from mlsdc.compiler.analyses.latency import Latencies
from mlsdc.compiler.analyses.responses import Responses
from mlsdc.compiler.analyses.service import service_time
from mlsdc.compiler.analyses.workload import Workload
from mlsdc.compiler.checks.waited import Wait, first_waits
from mlsdc.compiler.design import Design
from mlsdc.compiler.figures import Figure
from mlsdc.compiler.latency.response import Response
from mlsdc.compiler.model.serving import Endpoint
from mlsdc.compiler.schedule import Finding, check
from mlsdc.diagnostics import Label, Severity
from mlsdc.units import show_duration, show_percent

BUSY = 0.7
"""Above this share the wait grows faster than the load: at 70 % it is 2.3 times the work of one
server, at 90 % nine times."""


@check(
    "LAT011",
    "near-saturation",
    Severity.WARNING,
    source="Kingman (1961): waiting grows with u / (1 - u); Kleinrock, Queueing Systems (1975)",
)
def near_saturation(
    design: Design,
    latencies: Latencies,
    workload: Workload,
    capacity: Capacity,
    responses: Responses,
) -> Iterator[Finding]:
    """An endpoint whose answers are waited for is more than 70 % busy at peak.

    Why: waiting grows with u / (1 - u). Above 70 % a burst, a lost replica or a slow minute more
    than doubles it, and the tail of every request that waits here moves with it.

    Bad:

        endpoint score {
          latency     { p50 = 8ms  p99 = 20ms }
          concurrency = 1
          utilisation = 95%
          replicas    = 2
        }
        request rank {
          rate = 190/s
          budget { p99 <= 300ms }
          call score
        }

    Good:

        endpoint score {
          latency     { p50 = 8ms  p99 = 20ms }
          concurrency = 1
          replicas    = 3
        }
        request rank {
          rate = 190/s
          budget { p99 <= 300ms }
          call score
        }
    """
    for wait in first_waits(design, latencies).values():
        answer, arriving = responses.of.get(wait.component.name), workload.of(wait.component)
        replicas = capacity.replicas(wait.component)
        if not (
            isinstance(wait.component, Endpoint) and isinstance(answer, Response)
            and isinstance(arriving, Figure) and replicas
        ):  # fmt: skip
            continue
        busy = _busy(design, wait.component, answer, arriving.value, replicas)
        planned = capacity.sizings[wait.component.name].utilisation
        if isinstance(planned, Figure) and planned.value > 1:
            continue  # more than it is planned for: another finding (CAP001)
        if busy is not None and BUSY * (1 + 1e-9) < busy < 1:
            yield _finding(design, wait, wait.component, answer, busy, replicas)


def _busy(
    design: Design, endpoint: Endpoint, answer: Response, rate: float, replicas: int
) -> float | None:
    """The share of the time that its workers work; None where nobody says how many there are."""
    if answer.utilisation is not None:
        return answer.utilisation
    service = service_time(design, endpoint)
    if endpoint.concurrency is None or service is None or not service.at:
        return None
    mean, workers = answer.own.mean(), endpoint.concurrency
    busy = rate * mean / (replicas * workers)
    if busy <= BUSY:
        return busy  # even if nothing of what was measured had been waiting
    from mlsdc.compiler.latency.load_beyond import work_share

    return busy * work_share(mean, answer.own.scv, service.at, workers)


def _finding(
    design: Design, wait: Wait, endpoint: Endpoint, answer: Response, busy: float, replicas: int
) -> Finding:
    needed = math.ceil(round(replicas * busy / BUSY, 9))
    waiting = answer.waiting
    lines = [f"utilisation {show_percent(busy)} with {replicas} replicas at peak"]
    if waiting is not None:
        p99, work = show_duration(waiting.quantile(0.99)), show_duration(answer.own.mean())
        lines.append(f"expected wait {show_duration(waiting.mean())}, p99 {p99}, on {work} of work")
    lines.append(f"ceil({replicas} x {show_percent(busy)} / {show_percent(BUSY)}) = {needed}")
    wait_told = f", a request waits {show_duration(waiting.mean())} on average" if waiting else ""
    planned = ("replicas",) if endpoint.replicas != "auto" else ("utilisation",)
    return Finding(
        design.place(endpoint, *planned),
        f"`{endpoint.name}` is {show_percent(busy)} busy at peak{wait_told}",
        subject=endpoint.name,
        labels=(
            Label(wait.leaf.place, "it is waited for here"),
            Label(wait.objective.place, f"the budget of `{wait.request.name}`"),
        ),
        arithmetic=tuple(lines),
        help=f"replicas = {needed}, or utilisation = 70% with replicas = auto",
    )
