"""LAT023"""

from collections.abc import Iterator

from mlsdc.compiler.analyses.first_tokens import FirstTokens
from mlsdc.compiler.analyses.latency import RequestLatency
from mlsdc.compiler.checks.latency.path_over_budget import ROUNDING, ledger
from mlsdc.compiler.checks.typed import duration_at_least
from mlsdc.compiler.design import Design
from mlsdc.compiler.language.language_models import generates
from mlsdc.compiler.model.request import FIRST_TOKEN, Request
from mlsdc.compiler.model.serving import Endpoint
from mlsdc.compiler.schedule import Finding, check
from mlsdc.diagnostics import Label, Severity, Span
from mlsdc.units import Quantity, show, show_duration


@check(
    "LAT023",
    "late-first-token",
    Severity.ERROR,
    source="vLLM documentation, benchmarks: TTFT is the time from the request to its first token",
)
def late_first_token(design: Design, first_tokens: FirstTokens) -> Iterator[Finding]:
    """The first token of a streamed answer comes later than its budget.

    Why: who reads a streamed answer waits for its first word, not for its last. All that is done
    before it counts whole: encoding the question, the search, the ranking, reading the prompt.

    Bad:

        model assistant { architecture = "llama-3-8b" }
        endpoint chat {
          model      = assistant
          generation {
            ttft   { p50 = 400ms  p99 = 900ms  at = 2/s }
            tpot   { p50 = 20ms   p99 = 40ms }
            output { p50 = 300    p99 = 800 }
          }
        }
        request ask {
          rate = 1/s
          budget { ttft_p99 <= 800ms }
          call chat
        }

    Good:

        model assistant { architecture = "llama-3-8b" }
        endpoint chat {
          model      = assistant
          generation {
            ttft   { p50 = 200ms  p99 = 600ms  at = 2/s }
            tpot   { p50 = 20ms   p99 = 40ms }
            output { p50 = 300    p99 = 800 }
          }
        }
        request ask {
          rate = 1/s
          budget { ttft_p99 <= 800ms }
          call chat
        }
    """
    for request in design.of(Request):
        if request.budget is None or request.name in design.tainted:
            continue
        for at, objective in enumerate(request.budget.objectives):
            if objective.measure not in FIRST_TOKEN or not isinstance(objective.limit, Quantity):
                continue
            place = design.place(request, "budget", "objectives", at)
            first = first_tokens.requests.get(request.name)
            if first is None:
                yield _unstated(design, request, place)
            else:
                yield from _judge(request, first, place, objective.measure, objective.limit)


def _unstated(design: Design, request: Request, place: Span) -> Finding:
    silent = [one.name for one in design.of(Endpoint) if generates(one) and not one.generation]
    return Finding(
        place,
        f"when the first token of `{request.name}` comes is not known: nothing that is stated to "
        "speak token by token gives its last answer",
        subject=request.name,
        missing=tuple(f"{name}.generation" for name in silent) or (f"{request.name}.call",),
    )


def _judge(
    request: Request, first: RequestLatency, place: Span, measure: str, limit: Quantity
) -> Iterator[Finding]:
    reached, allowed = first.independent(FIRST_TOKEN[measure]), show(limit)
    least = "at least " if first.missing else ""
    if reached <= limit.value * ROUNDING:
        if first.missing:
            yield Finding(
                place,
                f"{measure} is at least {show_duration(reached)} of {allowed}; some hops are "
                "unknown",
                subject=request.name,
                missing=first.missing,
            )
        return
    slowest = sorted(first.hops, key=lambda hop: (-hop.p99, hop.component))
    yield Finding(
        place,
        f"{measure} is {least}{show_duration(reached)}, {show_duration(reached - limit.value)} "
        f"over its {allowed} budget",
        subject=request.name,
        labels=tuple(
            Label(hop.place, f"{hop.component}: p99 {show_duration(hop.p99)} ({hop.method})")
            for hop in slowest[:3]
        ),
        arithmetic=tuple(ledger(first.hops)),
        help=f"{measure} <= {duration_at_least(reached)} in the `budget` of `{request.name}`, or "
        "less to do before the answer, or a shorter prompt",
    )
