"""LAT009"""

from collections.abc import Iterator

from mlsdc.compiler.analyses.latency import Latencies, RequestLatency
from mlsdc.compiler.analyses.responses import Responses
from mlsdc.compiler.checks.typed import duration_at_most
from mlsdc.compiler.checks.waited import Wait, waits
from mlsdc.compiler.design import Design
from mlsdc.compiler.latency.response import Response
from mlsdc.compiler.model.serving import Endpoint
from mlsdc.compiler.schedule import Finding, check
from mlsdc.diagnostics import Label, Severity
from mlsdc.units import show_duration

SHORTEST = 1e-5
"""Seconds below which a delay gathers nothing: Triton counts it in microseconds, and `2us` is what
2 ms become where the unit slips."""


@check(
    "LAT009",
    "batch-delay-over-budget",
    Severity.ERROR,
    source="Triton, dynamic batcher: no delay by default; TensorFlow Serving, batching guide: "
    "start near 0 and try 1 to 10 ms",
)
def batch_delay_over_budget(
    design: Design, latencies: Latencies, responses: Responses
) -> Iterator[Finding]:
    """A batch waits longer to fill than its endpoint has time for, or far too short to fill.

    Why: the first request of a batch waits for the others on top of its own work. A delay beyond
    the endpoint's share of the budget spends the time of the other hops; one of some microseconds
    is a slip of the unit, as Triton's field counts microseconds.

    Bad:

        endpoint front { latency { p50 = 2ms  p99 = 8ms  at = 900/s } }
        endpoint score {
          latency { p50 = 4ms  p99 = 12ms  at = 900/s }
          batching { size = 8  delay = 40ms }
        }
        request rank {
          rate = 500/s
          budget { p99 <= 50ms }
          call front
          call score
        }

    Good:

        endpoint front { latency { p50 = 2ms  p99 = 8ms  at = 900/s } }
        endpoint score {
          latency { p50 = 4ms  p99 = 12ms  at = 900/s }
          batching { size = 8  delay = 10ms }
        }
        request rank {
          rate = 500/s
          budget { p99 <= 50ms }
          call front
          call score
        }
    """
    said: set[str] = set()
    for wait in waits(design, latencies):
        endpoint = wait.component
        if not isinstance(endpoint, Endpoint) or endpoint.name in said:
            continue
        delay = endpoint.batching.delay if endpoint.batching else None
        if delay is None or delay.value == 0.0:
            continue
        if delay.value < SHORTEST:
            said.add(endpoint.name)
            yield _slip(design, endpoint, delay.value)
            continue
        share, line = _share(wait, responses)
        if share is not None and delay.value > share * (1 + 1e-9):
            said.add(endpoint.name)
            yield _finding(design, wait, endpoint, delay.value, share, line)


def _share(wait: Wait, responses: Responses) -> tuple[float | None, str]:
    """What the endpoint may take of the budget: as stated, else by its part of the work."""
    call, quantile = wait.leaf.call, wait.objective.quantile or 0.0
    if call is not None and call.within is not None:
        return call.within.value, f"within {call.within} is stated"
    whole = _works(wait.latency, responses, quantile)
    own = whole.get(wait.component.name)
    if own is None or wait.leaf.aside:
        return None, ""
    total = sum(whole.values())
    share = wait.objective.limit * own / total
    return share, (
        f"{show_duration(wait.objective.limit)} x {show_duration(own)} / {show_duration(total)} "
        f"of work at {wait.objective.measure} = {show_duration(share)}"
    )


def _works(latency: RequestLatency, responses: Responses, quantile: float) -> dict[str, float]:
    """The work of each hop at a quantile, waiting and batching left out."""
    found: dict[str, float] = {}
    for leaf in latency.times:
        answer = responses.of.get(leaf.answering or "")
        if isinstance(answer, Response) and not leaf.aside:
            seconds = answer.own.quantile(quantile)
            found[leaf.answering or ""] = found.get(leaf.answering or "", 0.0) + seconds
    return found


def _finding(
    design: Design, wait: Wait, endpoint: Endpoint, delay: float, share: float, line: str
) -> Finding:
    return Finding(
        design.place(endpoint, "batching", "delay"),
        f"a batch of `{endpoint.name}` waits up to {show_duration(delay)}, its share of the "
        f"{show_duration(wait.objective.limit)} budget is {show_duration(share)}",
        subject=endpoint.name,
        labels=(Label(wait.objective.place, f"the budget of `{wait.request.name}`"),),
        arithmetic=(line,),
        help=f"delay = {duration_at_most(max(share / 5, 1e-4))}, or no delay at all",
    )


def _slip(design: Design, endpoint: Endpoint, delay: float) -> Finding:
    return Finding(
        design.place(endpoint, "batching", "delay"),
        f"a batch of `{endpoint.name}` waits {show_duration(delay)} to fill, less than any two "
        "requests are apart",
        subject=endpoint.name,
        help=f"delay = {round(delay * 1e6)}ms, if milliseconds were meant, or no delay at all",
    )
