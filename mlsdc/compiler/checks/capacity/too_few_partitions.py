"""CAP008"""

from collections.abc import Iterator

from mlsdc.compiler.analyses.partitions import Needed, Partitions, Reason
from mlsdc.compiler.checks.tiers import of_production
from mlsdc.compiler.design import Design
from mlsdc.compiler.model.data import Stream
from mlsdc.compiler.schedule import Finding, check
from mlsdc.diagnostics import Label, Severity


@check(
    "CAP008",
    "too-few-partitions",
    Severity.ERROR,
    source="Apache Kafka documentation, consumer groups; Amazon Kinesis Data Streams Developer "
    "Guide, Quotas and limits",
)
def too_few_partitions(design: Design, partitions: Partitions) -> Iterator[Finding]:
    """A stream has fewer partitions than its load or its consumers need.

    Why: a partition is read by one task of a consumer at a time, and carries so much and no more.
    With fewer partitions than tasks some of them never get an event; with fewer than the rate needs
    the consumer falls behind, or the producer is refused.

    Bad:

        stream clicks: kafka {
          rate       = 4000/s
          event_size = 500B
          partitions = 4
        }
        pipeline counts {
          reads       = clicks
          parallelism = 8
        }

    Good:

        stream clicks: kafka {
          rate       = 4000/s
          event_size = 500B
          partitions = 8
        }
        pipeline counts {
          reads       = clicks
          parallelism = 8
        }
    """
    for stream in design.of(Stream):
        needed = partitions.of[stream.name]
        have, path = _stated(stream, needed)
        if have is None:
            continue  # derived: as many as are needed
        short = [reason for reason in needed.reasons if reason.count > have]
        if short:
            yield _short(design, stream, needed, short, have, path)
        elif needed.missing:
            noun = needed.limits.noun if needed.limits else "partition"
            unknown = Finding(
                design.place(stream, path),
                f"whether {_count(have, noun)} of `{stream.name}` carry its load is not known",
                subject=stream.name,
                missing=needed.missing,
            )
            yield from of_production(design, [unknown])


def _stated(stream: Stream, needed: Needed) -> tuple[int | None, str]:
    path = needed.limits.field if needed.limits else "partitions"
    have: object = getattr(stream, path, None)
    return (have if isinstance(have, int) else None), path


def _count(count: int, noun: str) -> str:
    return f"{count} {noun}{'s' if count != 1 else ''}"


def _short(
    design: Design, stream: Stream, needed: Needed, short: list[Reason], have: int, path: str
) -> Finding:
    worst = max(short, key=lambda reason: reason.count)
    noun = needed.limits.noun if needed.limits else "partition"
    said = f"{_count(have, noun)}, {worst.what} at {worst.carried} need {worst.count}"
    if worst.idle:
        idle = worst.count - have
        stays = "stays" if idle == 1 else "stay"
        said = f"{_count(have, noun)} for {worst.what}: {idle} of them {stays} idle"
    labels = [Label(design.place(name, *field), "needs more") for name, field in
              dict.fromkeys(reason.place for reason in short)]  # fmt: skip
    source = (f"limits: {needed.limits.source}",) if needed.limits and not worst.idle else ()
    return Finding(
        design.place(stream, path),
        f"`{stream.name}` has {said}",
        subject=stream.name,
        labels=tuple(labels),
        arithmetic=(*(reason.line for reason in needed.reasons), *source),
        help=f"{path} = {needed.count}",
    )
