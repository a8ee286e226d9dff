"""REL010"""

import math
from collections.abc import Iterator

from mlsdc.compiler.analyses.availability import Answered, Availability
from mlsdc.compiler.availability.promises import promises
from mlsdc.compiler.checks.tiers import of_production
from mlsdc.compiler.design import Design
from mlsdc.compiler.figures import Figure, Unknown
from mlsdc.compiler.model.request import Request
from mlsdc.compiler.schedule import Finding, check
from mlsdc.diagnostics import Label, Severity, Span
from mlsdc.units import show_percent

ROUNDING = 1e-12


@check(
    "REL010",
    "availability-overstated",
    Severity.WARNING,
    source="Google, Site Reliability Workbook (2018), chapter 2; Treynor, Dahlin, Rau and Beyer, "
    "The Calculus of Service Availability (2017)",
)
def availability_overstated(design: Design, availability: Availability) -> Iterator[Finding]:
    """More availability is promised than what answers the request has.

    Why: a request that needs three components of 99.9% each is answered 99.7% of the time. A
    promise above that is broken in an ordinary month, without any incident to learn from.

    Bad:

        endpoint rank { availability = 99.9% }
        endpoint policy { availability = 99.9% }
        request search {
          rate = 10/s
          budget { availability >= 99.9% }
          call rank
          call policy
        }

    Good:

        endpoint rank { availability = 99.9% }
        endpoint policy { availability = 99.9% }
        request search {
          rate = 10/s
          budget { availability >= 99.8% }
          call rank
          call policy
        }
    """
    for request, promised, place in promises(design):
        answered = availability.requests.get(request.name)
        if answered is None or not request.steps:
            continue
        if answered.at_most < promised - ROUNDING:
            yield _broken(design, availability, answered, request, promised, place)
        elif isinstance(answered.availability, Unknown):
            unknown = Finding(
                place,
                f"whether `{request.name}` is answered {show_percent(promised)} of the time is "
                "not known",
                subject=request.name,
                missing=answered.availability.missing,
            )
            yield from of_production(design, [unknown])


def _broken(
    design: Design, availability: Availability, answered: Answered, request: Request,
    promised: float, place: Span,
) -> Finding:  # fmt: skip
    known = {
        name: figure
        for name in answered.without
        if isinstance(figure := availability.components[name], Figure)
    }
    # What loses most first: its own failures, times what fails with it.
    order = sorted(known, key=lambda n: (-(1 - known[n].value) * answered.without[n], n))
    complete = isinstance(answered.availability, Figure)
    proposed = math.floor(answered.at_most * 1e6) / 1e4
    return Finding(
        place,
        f"{show_percent(promised)} is promised, `{request.name}` is answered "
        f"{'' if complete else 'at most '}{show_percent(answered.at_most)} of the time",
        subject=request.name,
        labels=tuple(
            Label(answered.places.get(name, design.place(name)), show_percent(known[name].value))
            for name in order[:3]
        )
        or (Label(design.place(request), "what is promised"),),
        arithmetic=tuple(
            f"{name}: {show_percent(known[name].value)}, {show_percent(answered.without[name])} of "
            "the requests fail with it"
            for name in order
        ),
        help=f"availability >= {proposed:.10g}%"
        + (f", or a fallback of `{order[0]}`" if order else ""),
    )
