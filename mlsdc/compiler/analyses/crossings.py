"""Calls that say how far their callee is in, the bytes they carry over zones and regions out."""

from __future__ import annotations

from dataclasses import dataclass

from mlsdc.compiler.analyses.paths import Paths
from mlsdc.compiler.analyses.workload import Workload
from mlsdc.compiler.called_steps import calls_of
from mlsdc.compiler.design import Design
from mlsdc.compiler.figures import Figure, Known, Unknown
from mlsdc.compiler.latency.flows import Flow, Visit, visits
from mlsdc.compiler.model.request import Call, Request
from mlsdc.compiler.schedule import analysis
from mlsdc.units import DATA_RATE, MONTH, digits, show, show_bytes

FAR = ("zones", "regions")


@dataclass(frozen=True)
class Crossing:
    """One call of one request that leaves its zone or region; `bytes` are those of a second."""

    request: str
    call: Call
    sent: Known
    """Towards the callee."""
    received: Known
    """Back from it."""

    @property
    def moved(self) -> Known:
        """Both directions together."""
        missing = [m for part in (self.sent, self.received) if isinstance(part, Unknown)
                   for m in part.missing]  # fmt: skip
        if missing or isinstance(self.sent, Unknown) or isinstance(self.received, Unknown):
            return Unknown(tuple(dict.fromkeys(missing)))
        because = tuple(dict.fromkeys((*self.sent.because, *self.received.because)))
        return Figure(self.sent.value + self.received.value, DATA_RATE, because)

    @property
    def ends(self) -> int:
        """How often a byte is paid: between zones at both ends, between regions by the sender."""
        return 2 if self.call.across == "zones" else 1

    @property
    def row(self) -> str:
        """The row of a price list that prices it."""
        return f"network.{self.call.across}"


def gigabytes(moved: Figure) -> float:
    """GB of a month at this rate."""
    return moved.value * MONTH / 2**30


@dataclass(frozen=True)
class Crossings:
    """Every call that crosses a border of which the design speaks."""

    calls: tuple[Crossing, ...] = ()


@analysis
def crossings(design: Design, paths: Paths, workload: Workload) -> Crossings:
    """What calls carry over zones and regions at the peak rate of their requests."""
    far = [r for r in design.of(Request) if any(made.call.across in FAR for made in calls_of(r))]
    found: list[Crossing] = []
    for request in far:
        for visit in visits(design, paths.of[request.name], Flow(1.0), workload.outcomes):
            call = visit.call
            if call is not None and call.across in FAR and call.target == visit.component:
                found.append(_crossing(request, visit, call))
    return Crossings(tuple(found))


def _crossing(request: Request, visit: Visit, call: Call) -> Crossing:
    missing = [] if request.rate is not None else [f"{request.name}.rate"]
    missing += visit.flow.missing

    def carried(field: str) -> Known:
        size = getattr(call, field)
        lacking = [*missing, *([] if size else [f"{field} of `call {call.target}`"])]
        if lacking or request.rate is None:
            return Unknown(tuple(lacking))
        value = request.rate.value * visit.flow.factor * size.value
        why = (
            f"{request.name}: {show(request.rate)}{visit.flow.path} x {show_bytes(size.value)} "
            f"{field} = {digits(value / 2**20)} MiB/s"
        )
        return Figure(value, DATA_RATE, (why,))

    return Crossing(request.name, call, carried("payload"), carried("answer"))
