"""SEC009"""

import math
from collections.abc import Iterator

from mlsdc.compiler.analyses.workload import Workload
from mlsdc.compiler.checks.typed import share_at_most
from mlsdc.compiler.design import Design
from mlsdc.compiler.figures import Figure, Known, Unknown, rate, total
from mlsdc.compiler.model.operations import Review
from mlsdc.compiler.model.request import Request
from mlsdc.compiler.schedule import Finding, check
from mlsdc.diagnostics import Label, Severity
from mlsdc.units import RATE, Quantity, show


@check(
    "SEC009",
    "reviewers-overloaded",
    Severity.ERROR,
    source="EU AI Act, article 14 (human oversight); Little's law",
)
def reviewers_overloaded(design: Design, workload: Workload) -> Iterator[Finding]:
    """More cases are sent to human review than the reviewers can decide.

    Why: the queue grows without end, cases time out or are waved through, and the oversight that
    the design promises exists in name only.

    Bad:

        endpoint score: container {
          image   = "registry.example.com/score:1.0.0"
          latency { p50 = 8ms  p99 = 30ms  at = 100/s }
        }
        request decide {
          rate = 1200/s
          call score
        }
        review cases {
          request    = decide
          fraction   = 1%
          reviewers  = 60
          throughput = 6/m
        }

    Good:

        endpoint score: container {
          image   = "registry.example.com/score:1.0.0"
          latency { p50 = 8ms  p99 = 30ms  at = 100/s }
        }
        request decide {
          rate = 1200/s
          call score
        }
        review cases {
          request    = decide
          fraction   = 0.5%
          reviewers  = 60
          throughput = 6/m
        }
    """
    for review in design.of(Review):
        arriving = _arriving(design, workload, review)
        stated = {
            "fraction": review.fraction,
            "reviewers": review.reviewers,
            "throughput": review.throughput,
        }
        missing = [f"{review.name}.{name}" for name, value in stated.items() if value is None]
        missing += arriving.missing if isinstance(arriving, Unknown) else ()
        if missing:
            yield Finding(
                design.place(review),
                f"whether the reviewers of `{review.name}` keep up is not known",
                subject=review.name,
                missing=tuple(missing),
            )
        elif isinstance(arriving, Figure):
            yield from _judge(design, review, arriving)


def _arriving(design: Design, workload: Workload, review: Review) -> Known:
    """Requests per second of which a share is reviewed."""
    request = design.get(review.request, Request)
    if request is not None:
        if request.rate is None:
            return Unknown((f"{request.name}.rate",))
        return rate(request.rate.value, f"{request.name}: {show(request.rate)}")
    if not review.origin:
        return Unknown((f"{review.name}.request",))
    sent = [workload.of(name) or Unknown((f"{name}.rate",)) for name in review.origin]
    return total(sent, RATE)


def _judge(design: Design, review: Review, arriving: Figure) -> Iterator[Finding]:
    assert review.fraction is not None
    assert review.reviewers is not None
    assert review.throughput is not None
    cases = arriving.value * review.fraction
    each, people = review.throughput.value, review.reviewers
    if cases <= people * each * (1 + 1e-9):
        return
    came, decided = _rate(cases), _rate(people * each)
    fewer = f"fraction = {share_at_most(people * each / arriving.value)}"
    needed = math.ceil(round(cases / each, 9)) if each else 0
    yield Finding(
        design.place(review, "reviewers"),
        f"{came} cases arrive, "
        + (f"{people} reviewers decide" if people > 1 else "1 reviewer decides")
        + f" {decided}",
        subject=review.name,
        labels=(
            Label(design.place(review, "fraction"), f"{came} cases"),
            Label(design.place(review, "throughput"), f"{_rate(each)} each"),
            *(
                (Label(design.place(review.request, "rate"), f"{arriving} requests"),)
                if review.request
                else ()
            ),
        ),
        arithmetic=(
            *arriving.because,
            f"{arriving} x {review.fraction * 100:.4g}% = {came}",
            f"{people} x {_rate(each)} = {decided}",
            *((f"ceil({came} / {_rate(each)}) = {needed} reviewers",) if needed else ()),
        ),
        help=f"reviewers = {needed}, or {fewer}" if needed else fewer,
    )


def _rate(per_second: float) -> str:
    return show(Quantity(per_second, RATE))
