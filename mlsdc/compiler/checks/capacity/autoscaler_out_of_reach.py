"""CAP002"""

import math
from collections.abc import Iterator

from mlsdc.compiler.analyses.capacity import Capacity
from mlsdc.compiler.analyses.surges import Surge, Surges
from mlsdc.compiler.analyses.workload import Workload
from mlsdc.compiler.capacity.spare import carriers
from mlsdc.compiler.design import Design
from mlsdc.compiler.figures import Figure, Known, Unknown
from mlsdc.compiler.model.serving import Endpoint
from mlsdc.compiler.schedule import Finding, check
from mlsdc.diagnostics import Label, Severity, Span
from mlsdc.units import RATE, Quantity, digits, show, show_duration


@check(
    "CAP002",
    "autoscaler-out-of-reach",
    Severity.ERROR,
    source="Kubernetes documentation, Horizontal Pod Autoscaling; KServe documentation, "
    "minReplicas and maxReplicas",
)
def autoscaler_out_of_reach(
    design: Design, surges: Surges, capacity: Capacity, workload: Workload
) -> Iterator[Finding]:
    """The bounds of an autoscaler do not let it carry the load.

    Why: an autoscaler adds replicas up to its maximum and no further, whatever arrives. Its minimum
    is what is there when the day begins: until the first new replica has started, that alone
    carries the load.

    Bad:

        endpoint rank {
          latency { p50 = 8ms  p99 = 30ms  at = 100/s }
          scaling { minimum = 2  maximum = 4 }
        }
        request search {
          rate = 600/s
          call rank
        }

    Good:

        endpoint rank {
          latency { p50 = 8ms  p99 = 30ms  at = 100/s }
          scaling { minimum = 2  maximum = 8 }
        }
        request search {
          rate = 600/s
          call rank
        }
    """
    for name, surge in surges.of.items():
        endpoint = design.components[name]
        least, most = surge.scaling.minimum, surge.scaling.maximum
        if not isinstance(endpoint, Endpoint) or endpoint.existing is not None:
            continue
        if least is not None and most is not None and least > most:
            yield _crossed(design, endpoint, least, most)
            continue
        each, arriving = capacity.sizings[name].per_replica, workload.of(name)
        if isinstance(each, Unknown) or isinstance(arriving, Unknown) or arriving is None:
            continue  # told by CAP001, or nothing calls it
        if most is not None:
            yield from _peak(design, endpoint, surge, most, each, arriving)
        if least is not None and surge.base is not None:
            yield from _base(design, endpoint, surge, least, each, surge.base)


def _crossed(design: Design, endpoint: Endpoint, least: int, most: int) -> Finding:
    return Finding(
        design.place(endpoint, "scaling", "minimum"),
        f"`{endpoint.name}` runs at least {least} replicas and at most {most}",
        subject=endpoint.name,
        labels=(Label(design.place(endpoint, "scaling", "maximum"), "the maximum"),),
        help=f"maximum = {least}",
    )


def _peak(
    design: Design, endpoint: Endpoint, surge: Surge, most: int, each: Figure, arriving: Figure
) -> Iterator[Finding]:
    if most * each.value < arriving.value * (1 - 1e-9):
        carried = show(Quantity(most * each.value, RATE))
        yield Finding(
            design.place(endpoint, "scaling", "maximum"),
            f"`{endpoint.name}` carries {carried} with its most replicas, {arriving} arrive",
            subject=endpoint.name,
            labels=tuple(_rates(design, endpoint, surge, "rate")),
            arithmetic=(*arriving.because, *each.because, f"{most} x {each} = {carried}"),
            help=f"maximum = {carriers(arriving.value, each.value)}",
        )  # fmt: skip


def _base(
    design: Design, endpoint: Endpoint, surge: Surge, least: int, each: Figure, base: Known
) -> Iterator[Finding]:
    place = design.place(endpoint, "scaling", "minimum")
    if isinstance(base, Unknown):
        yield _unknown(endpoint, place, "carries the base load with its least replicas", base)
        return
    grown = surge.growth(surge.start.value) if isinstance(surge.start, Figure) else None
    arriving = base.value * (1.0 if grown is None else grown)
    if least * each.value < arriving * (1 - 1e-9):
        carried, wanted = (show(Quantity(v, RATE)) for v in (least * each.value, arriving))
        rise: tuple[str, ...] = ()
        if grown is not None and isinstance(surge.start, Figure) and surge.doubles is not None:
            rise = (
                *surge.start.because,
                f"{base} x 2^({show_duration(surge.start.value)} / "
                f"{show_duration(surge.doubles)}) = {wanted}",
            )
        yield Finding(
            place,
            f"`{endpoint.name}` carries {carried} with its least replicas, {wanted} arrive "
            f"{'in quiet hours' if grown is None else 'before another one answers'}",
            subject=endpoint.name,
            labels=tuple(_rates(design, endpoint, surge, "base")),
            arithmetic=(*base.because, *rise, *each.because, f"{least} x {each} = {carried}"),
            help=f"minimum = {digits(carriers(arriving, each.value))}"
            if math.isfinite(arriving)
            else "a shorter cold_start",
        )
    elif grown is None:
        missing = surge.start.missing if isinstance(surge.start, Unknown) else ()
        yield _unknown(endpoint, place, "carries the base load until another replica answers",
                       Unknown((*missing, *surge.silent)))  # fmt: skip


def _rates(design: Design, endpoint: Endpoint, surge: Surge, field: str) -> Iterator[Label]:
    wrote = [request for request in surge.requests if design.wrote(request, field)]
    for request in wrote:
        yield Label(design.place(request, field), "what arrives")
    if not wrote:
        yield Label(design.place(endpoint), "what is called")


def _unknown(endpoint: Endpoint, place: Span, what: str, unknown: Unknown) -> Finding:
    return Finding(
        place,
        f"whether `{endpoint.name}` {what} is not known",
        subject=endpoint.name,
        missing=unknown.missing,
    )
