"""The quantiles of requests, with a line for every hop, and what is in flight at components."""

from __future__ import annotations

from collections.abc import Iterator

from mlsdc.compiler.analyses.first_tokens import FirstTokens
from mlsdc.compiler.analyses.latency import Hop, Latencies, RequestLatency
from mlsdc.compiler.analyses.responses import Responses
from mlsdc.compiler.design import Design
from mlsdc.compiler.figures import Figure, Known, Place, Step, Unknown, duration
from mlsdc.compiler.latency.path import leaves
from mlsdc.compiler.measured import QUANTILES
from mlsdc.compiler.model.request import FIRST_TOKEN
from mlsdc.compiler.model.serving import Endpoint
from mlsdc.compiler.named_figures import Named, tells
from mlsdc.units import show_duration

FORMULA = (
    "the distributions of the hops, composed along the path: series by convolution, parallel by "
    "the product, branches and caches by mixture"
)
SOURCE = "hops are slow independently of each other"


@tells
def quantiles(design: Design, latencies: Latencies) -> Iterator[Named]:
    """The quantiles and the mean of every request."""
    for name, latency in latencies.requests.items():
        ledger = tuple(_hop(design, latency, hop) for hop in latency.hops)
        for measure, quantile in {**QUANTILES, "mean": None}.items():
            target = f"{name}.{measure}"
            meaning = f"latency of the request, {measure}"
            if not latency.hops:
                unknown = Unknown(latency.missing or (f"{name}.call",))
                yield _of_request(target, unknown, (), meaning)
                continue
            value = latency.mean() if quantile is None else latency.independent(quantile)
            known = duration(value, *ledger, *_ends(latency, measure, quantile, value))
            yield _of_request(target, known, latency.missing, meaning)


@tells
def until_the_first_token(design: Design, first_tokens: FirstTokens) -> Iterator[Named]:
    """The quantiles of the time to the first token, of every request that streams its answer."""
    for name, latency in first_tokens.requests.items():
        ledger = tuple(_hop(design, latency, hop) for hop in latency.hops)
        for measure, quantile in FIRST_TOKEN.items():
            value = latency.independent(quantile)
            known = duration(value, *ledger, *_ends(latency, measure, quantile, value))
            meaning = f"time to the first token of the answer, {measure.removeprefix('ttft_')}"
            yield _of_request(f"{name}.{measure}", known, latency.missing, meaning)


def _of_request(target: str, known: Known, missing: tuple[str, ...], meaning: str) -> Named:
    return Named(
        target, known, missing, meaning=meaning, formula=FORMULA, source=SOURCE, analysis="latency"
    )


def _hop(design: Design, latency: RequestLatency, hop: Hop) -> Step:
    notes = "".join(f", {note}" for note in hop.notes)
    line = f"{hop.component}: p50 {show_duration(hop.p50)}, p99 {show_duration(hop.p99)} "
    answering = next(
        (leaf.answering for leaf in leaves(latency.path) if leaf.place == hop.place), hop.component
    )
    inputs: list[Place] = []
    if answering is not None and hop.method != "default":
        endpoint = design.get(answering, Endpoint)
        own = "generation" if endpoint is not None and endpoint.generation else "latency"
        field = "batching" if hop.source == "the design's batches" else own
        inputs.append((answering, field))
    row = f"{answering}: {hop.source}" if hop.method == "default" else ""
    return Step(f"{line}({hop.method}{notes})", *inputs, row=row)


def _ends(
    latency: RequestLatency, measure: str, quantile: float | None, value: float
) -> Iterator[str]:
    least = "at least " if latency.missing else ""
    yield f"slow independently of each other: {measure} {least}{show_duration(value)}"
    if quantile is not None:
        together, certain = latency.correlated(quantile), latency.certain(quantile)
        yield f"all slow together: {measure} {least}{show_duration(together)}"
        yield f"whatever depends on whatever: {measure} {least}{show_duration(certain)} at most"


@tells
def in_flight(design: Design, responses: Responses) -> Iterator[Named]:
    """Requests at one time at each component that answers, or could if it stated a latency."""
    reached = [name for name in responses.arrivals if name in design.components]
    could = [name for name in reached if hasattr(design.components[name], "latency")]
    for name in dict.fromkeys([*responses.of, *could]):
        known = responses.in_flight(name)
        if isinstance(known, Figure):
            last = Step(f"= {known} at one time", (name, "latency"))
            known = Figure(known.value, known.dimension, (*known.because, last))
        yield Named(
            f"{name}.in_flight",
            known,
            meaning="requests at it at one time, waiting ones included",
            formula="in flight = arrivals x mean time",
            source="Little's law",
            analysis="responses",
        )
