"""CAP013"""

from collections.abc import Iterator

from mlsdc.compiler.analyses.costs import Costs
from mlsdc.compiler.analyses.crossings import Crossing, Crossings, gigabytes
from mlsdc.compiler.analyses.workload import Workload
from mlsdc.compiler.called_steps import calls_of
from mlsdc.compiler.capacity.prices import Price
from mlsdc.compiler.design import Design
from mlsdc.compiler.figures import Figure, Unknown
from mlsdc.compiler.model.request import Request
from mlsdc.compiler.schedule import Finding, check
from mlsdc.diagnostics import Label, Severity, Span
from mlsdc.units import digits

WORTH_TELLING = 10.0
"""USD a month below which a flow is not spoken of: less than anyone spends on moving it."""
SINGULAR = {"zones": "zone", "regions": "region"}


@check(
    "CAP013",
    "costly-crossing",
    Severity.WARNING,
    source="Amazon EC2, on-demand pricing, data transfer: each GB between zones and regions",
)
def costly_crossing(
    design: Design, workload: Workload, crossings: Crossings, costs: Costs
) -> Iterator[Finding]:
    """A call moves bytes between zones or regions that are paid by the gigabyte.

    Why: traffic inside a zone is free, and between zones both sides pay. The line appears on the
    bill under no component's name, and grows with every request.

    Bad:

        environment prod { platform = aws { region = "us-east-1" } }
        endpoint home { }
        endpoint rank { latency { p50 = 5ms  p99 = 20ms  at = 500/s } }
        request page {
          rate = 400/s
          call home {
            call rank  payload 200KiB  answer 40KiB  across zones
          }
        }

    Good:

        environment prod { platform = aws { region = "us-east-1" } }
        endpoint home { }
        endpoint rank { latency { p50 = 5ms  p99 = 20ms  at = 500/s } }
        request page {
          rate = 400/s
          call home {
            call rank  payload 200KiB  answer 40KiB
          }
        }
    """
    for crossing in crossings.calls:
        far = str(crossing.call.across)
        price = costs.prices.of(crossing.row, costs.region)
        if price is None and design.environment.platform.name == "kubernetes":
            continue  # the network of one's own cluster is paid for as a whole
        place = _place(design, crossing)
        moved = crossing.moved
        unpriced = (f"a price of `{crossing.row}`",) if price is None else ()
        missing = (*(moved.missing if isinstance(moved, Unknown) else ()), *unpriced)
        if isinstance(moved, Unknown) or price is None:
            yield Finding(
                place,
                f"what the calls of `{crossing.call.target}` between {far} cost is not known",
                subject=crossing.request,
                missing=missing,
            )
            continue
        monthly = gigabytes(moved) * price.value * crossing.ends
        if monthly >= WORTH_TELLING:
            yield _costly(design, crossing, place, price, moved, monthly)


def _costly(
    design: Design, crossing: Crossing, place: Span, price: Price, moved: Figure, monthly: float
) -> Finding:
    far = str(crossing.call.across)
    both = f" x {crossing.ends} ends" if crossing.ends > 1 else ""
    amount = f"{digits(round(gigabytes(moved)))} GB a month"
    return Finding(
        place,
        f"the calls of `{crossing.call.target}` move {amount} between {far} "
        f"at peak: {digits(round(monthly))} USD",
        subject=crossing.request,
        labels=(Label(design.place(crossing.request, "rate"), "this often"),),
        arithmetic=(
            *moved.because,
            f"x 730 h = {amount}",
            f"x {price.cited}{both} = {digits(round(monthly))} USD a month, at the peak rate",
        ),
        help=f"keep caller and callee in one {SINGULAR[far]} (topology-aware routing), or send "
        "less: payload",
    )


def _place(design: Design, crossing: Crossing) -> Span:
    """The call's own line."""
    request = design.get(crossing.request, Request)
    made = calls_of(request) if request is not None else ()
    path = next((one.path for one in made if one.call is crossing.call), ())
    return design.place(crossing.request, *path)
