"""REL014"""

from collections.abc import Iterator

from mlsdc.compiler.analyses.claims import Claims
from mlsdc.compiler.checks.tiers import of_production
from mlsdc.compiler.checks.typed import duration_at_least
from mlsdc.compiler.design import Design
from mlsdc.compiler.model.data import Lake, Pipeline, Stream, Warehouse
from mlsdc.compiler.schedule import Finding, check
from mlsdc.diagnostics import Label, Severity
from mlsdc.units import show


@check(
    "REL014",
    "lost-or-doubled-events",
    Severity.WARNING,
    source="Kleppmann, Designing Data-Intensive Applications (2017), chapter 11: fault tolerance; "
    "Apache Kafka documentation, Message Delivery Semantics",
)
def lost_or_doubled_events(design: Design, claims: Claims) -> Iterator[Finding]:
    """After a failure of a streaming job, events are missing or counted twice.

    Why: a job that is down longer than its stream remembers has lost what came in between. One that
    delivers at least once writes some rows again after each restart: a key-value store does not
    mind, a log or a table keeps both. An event that cannot be read stops the job, or is gone.

    Bad:

        stream clicks { retention = 1h }
        pipeline sessions { reads = clicks  recovery = 4h }

    Good:

        stream clicks { retention = 1d }
        pipeline sessions { reads = clicks  recovery = 4h }
    """
    for pipeline in design.of(Pipeline):
        streams = [s for name in pipeline.reads if (s := design.get(name, Stream)) is not None]
        if pipeline.every is not None or not streams:
            continue
        for stream in streams:
            yield from _forgotten(design, pipeline, stream)
        yield from _doubled(design, pipeline)
        yield from _claimed(design, claims, pipeline)
        yield from of_production(design, _unprocessable(design, pipeline, streams))


def _forgotten(design: Design, pipeline: Pipeline, stream: Stream) -> Iterator[Finding]:
    kept, needed = stream.retention, pipeline.recovery
    if kept is None or needed is None:
        missing = tuple(
            f"{holder.name}.{name}"
            for holder, name, value in ((stream, "retention", kept), (pipeline, "recovery", needed))
            if value is None
        )
        unknown = Finding(
            design.place(pipeline, "reads"),
            f"whether `{stream.name}` remembers what `{pipeline.name}` misses while it is down is "
            "not known",
            subject=pipeline.name,
            missing=missing,
        )
        yield from of_production(design, [unknown])
    elif kept.value < needed.value * (1 - 1e-9):
        yield Finding(
            design.place(stream, "retention"),
            f"`{stream.name}` keeps {show(kept)}, `{pipeline.name}` may be down for {show(needed)}",
            subject=stream.name,
            labels=(Label(design.place(pipeline, "recovery"), "how long it is down"),),
            help=f"retention = {duration_at_least(2 * needed.value)}",
        )


def _doubled(design: Design, pipeline: Pipeline) -> Iterator[Finding]:
    if pipeline.delivery != "at_least_once":
        return
    for at, name in enumerate(pipeline.writes):
        if isinstance(design.components.get(name), Stream | Lake | Warehouse):
            yield Finding(
                design.place(pipeline, "delivery"),
                f"after a restart `{pipeline.name}` writes some rows into `{name}` twice",
                subject=pipeline.name,
                labels=(Label(design.place(pipeline, "writes", at), "keeps both"),),
                help="delivery = exactly_once",
            )


def _claimed(design: Design, claims: Claims, pipeline: Pipeline) -> Iterator[Finding]:
    """Exactly once is a claim that the job has to honour, and each log or table it writes."""
    if pipeline.delivery != "exactly_once":
        return
    own = claims.of(pipeline, "exactly_once")
    if own is not None and not own.honoured:
        yield Finding(
            design.place(pipeline, "delivery"),
            f"`{pipeline.name}` does not deliver exactly once: {own.reason}",
            subject=pipeline.name,
            labels=(Label(design.place(pipeline), f"run by {pipeline.system}"),),
            help=own.capability.instead or "delivery = at_least_once",
        )
    for at, name in enumerate(pipeline.writes):
        sink = design.components.get(name)
        standing = claims.of(name, "transactions")
        if standing is None or standing.honoured or not isinstance(sink, Stream | Lake | Warehouse):
            continue  # a key-value store that gets a row again holds the same as before
        yield Finding(
            design.place(pipeline, "delivery"),
            f"`{pipeline.name}` does not deliver exactly once into `{name}`: {standing.reason}",
            subject=pipeline.name,
            labels=(Label(design.place(pipeline, "writes", at), "keeps both"),),
            help=standing.capability.instead or "delivery = at_least_once",
        )


def _unprocessable(design: Design, pipeline: Pipeline, streams: list[Stream]) -> Iterator[Finding]:
    if pipeline.dead_letter is not None or pipeline.on_error == "stop":
        return
    lost = "are dropped" if pipeline.on_error == "drop" else "go nowhere that is stated"
    yield Finding(
        design.place(pipeline, "on_error"),
        f"events that `{pipeline.name}` cannot process {lost}",
        subject=pipeline.name,
        labels=tuple(Label(design.place(stream), "where they come from") for stream in streams),
        help=f"dead_letter = {pipeline.name}_rejected, and "
        f"{design.proposed('stream', f'{pipeline.name}_rejected')}; or on_error = stop",
    )
