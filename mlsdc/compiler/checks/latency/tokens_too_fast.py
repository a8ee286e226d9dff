"""LAT017"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from mlsdc.compiler.analyses.service import fitted, service_time
from mlsdc.compiler.analyses.token_times import TokenTimes
from mlsdc.compiler.checks.objectives import TimeObjective, time_objectives
from mlsdc.compiler.design import Design
from mlsdc.compiler.figures import Figure, Unknown
from mlsdc.compiler.model.component import ServiceTime
from mlsdc.compiler.model.request import Branch, Cached, Call, Parallel, Request, Step
from mlsdc.compiler.model.serving import Endpoint
from mlsdc.compiler.schedule import Finding, check
from mlsdc.diagnostics import Label, Severity
from mlsdc.units import digits, show_duration

if TYPE_CHECKING:
    from mlsdc.compiler.latency.distribution import Distribution

ROUNDING = 1 - 1e-9


@check(
    "LAT017",
    "tokens-too-fast",
    Severity.ERROR,
    source="Pope et al. 2022, Efficiently Scaling Transformer Inference; Williams et al. 2009, "
    "Roofline",
)
def tokens_too_fast(design: Design, times: TokenTimes) -> Iterator[Finding]:
    """An answer is promised faster than its tokens can come.

    Why: each token reads every weight once, so bytes of weights over memory bandwidth is a floor
    that no engine gets under; and an answer is as long as all of its tokens, one after the other.

    Bad:

        model assistant {
          architecture = "llama-3-70b"
          precision    = fp8
        }
        endpoint chat {
          model      = assistant
          gpus       = 1 x h200
          generation {
            ttft   { p50 = 200ms }
            tpot   { p50 = 5ms }
            output { p50 = 300 }
          }
        }

    Good:

        model assistant {
          architecture = "llama-3-70b"
          precision    = fp8
        }
        endpoint chat {
          model      = assistant
          gpus       = 1 x h200
          generation {
            ttft   { p50 = 200ms }
            tpot   { p50 = 23ms }
            output { p50 = 300 }
          }
        }
    """
    for endpoint in design.of(Endpoint):
        time = times.of.get(endpoint.name)
        if endpoint.generation is not None and time is not None:
            yield from _under_the_floor(design, endpoint, time.floor)
    generating = {e.name: e for e in design.of(Endpoint) if e.generation is not None}
    for request in design.of(Request) if generating else ():
        yield from _too_long(design, request, generating)


def _under_the_floor(
    design: Design, endpoint: Endpoint, floor: Figure | Unknown
) -> Iterator[Finding]:
    assert endpoint.generation is not None
    place = design.place(endpoint, "generation", "tpot")
    stated = endpoint.generation.tpot.quantiles
    if not stated:
        return
    if isinstance(floor, Unknown):
        yield Finding(
            place,
            f"how soon tokens of `{endpoint.name}` can come is not known",
            subject=endpoint.name,
            missing=floor.missing,
        )
        return
    under = {q: seconds for q, seconds in stated.items() if seconds < floor.value * ROUNDING}
    if under:
        quantile, seconds = max(under.items())
        yield Finding(
            place,
            f"a token of `{endpoint.name}` takes {show_duration(seconds)} at "
            f"p{digits(quantile * 100)}; reading its weights alone takes "
            f"{show_duration(floor.value)}",
            subject=endpoint.name,
            labels=(Label(design.place(endpoint, "gpus"), "what reads them"),),
            arithmetic=floor.because,
            help="more tensor parallelism, or a smaller `precision`",
        )


def _too_long(
    design: Design, request: Request, generating: dict[str, Endpoint]
) -> Iterator[Finding]:
    told: set[str] = set()
    for name, share in _waited(request.steps, 1.0):
        service = service_time(design, generating[name]) if name in generating else None
        own = fitted(service)
        if own is None or service is None or name in told:
            continue  # whoever asks for the latency says so
        for objective in time_objectives(design, request):
            reached = _reached(own, objective.quantile, share)
            if not objective.within(reached):
                told.add(name)
                yield _late(design, request, generating[name], objective, reached, service)
                break


def _reached(own: Distribution, quantile: float | None, share: float) -> float:
    """The least that a request can take of which only a share waits for the answer."""
    if quantile is None:
        return share * own.mean()
    return own.quantile(1 - (1 - quantile) / share) if share > 1 - quantile else 0.0


def _late(
    design: Design,
    request: Request,
    endpoint: Endpoint,
    objective: TimeObjective,
    reached: float,
    service: ServiceTime,
) -> Finding:
    return Finding(
        objective.place,
        f"answers of `{endpoint.name}` alone take `{request.name}` {show_duration(reached)} at "
        f"{objective.measure}, it promises {show_duration(objective.limit)}",
        subject=request.name,
        labels=(Label(design.place(endpoint, "generation"), "first token, then all others"),),
        arithmetic=_sum(service, objective),
        help="a shorter answer, faster tokens, or ttft_p99 in the place of "
        f"{objective.measure} where the answer is streamed",
    )


def _sum(service: ServiceTime, objective: TimeObjective) -> tuple[str, ...]:
    """The sum at the median, which can be checked by hand."""
    tokens, each = service.tokens or {}, service.per_token or {}
    if 0.5 not in tokens or 0.5 not in each or 0.5 not in service.quantiles:
        return (f"limit: {show_duration(objective.limit)}",)
    first = service.quantiles[0.5]
    whole = first + (tokens[0.5] - 1) * each[0.5]
    return (
        f"median: {show_duration(first)} + {digits(tokens[0.5] - 1)} x {show_duration(each[0.5])}"
        f" = {show_duration(whole)}",
    )


def _waited(steps: tuple[Step, ...], share: float) -> Iterator[tuple[str, float]]:
    """What is called without a time limit and waited for, and by which share of the requests."""
    for step in steps:
        if isinstance(step, Call) and not step.asynchronous and step.timeout is None:
            yield step.target, share
            yield from _waited(step.steps, share)
        elif isinstance(step, Branch):
            yield from _waited(step.steps, share * step.share)
        elif isinstance(step, Cached):
            yield from _waited(step.steps, share * (1 - step.hit))
        elif isinstance(step, Parallel) and step.first is None:
            yield from _waited(step.steps, share)
