"""LAT010"""

from collections.abc import Iterator

from mlsdc.compiler.analyses.capacity import Capacity
from mlsdc.compiler.analyses.workload import Workload
from mlsdc.compiler.checks.typed import duration_at_least
from mlsdc.compiler.design import Design
from mlsdc.compiler.figures import Unknown, rate
from mlsdc.compiler.model.serving import Batching, Endpoint
from mlsdc.compiler.schedule import Finding, check
from mlsdc.diagnostics import Label, Severity
from mlsdc.units import digits, show_duration

FEWEST = 2.0
"""Requests within the delay; with fewer, most batches hold one."""


@check(
    "LAT010",
    "batch-never-fills",
    Severity.WARNING,
    source="Triton, dynamic batcher: delay only where it makes batches larger",
)
def batch_never_fills(design: Design, workload: Workload, capacity: Capacity) -> Iterator[Finding]:
    """A batch waits for requests that do not come.

    Why: where fewer than two requests reach an instance within the delay, almost every request
    waits all of it for nobody: the delay is paid in latency and buys no throughput.

    Bad:

        endpoint score {
          latency     { p50 = 4ms  p99 = 12ms  at = 100/s }
          concurrency = 2
          batching    { size = 8  delay = 5ms }
        }
        request rank {
          rate = 300/s
          call score
        }

    Good:

        endpoint score {
          latency     { p50 = 4ms  p99 = 12ms  at = 100/s }
          concurrency = 2
          batching    { size = 8 }
        }
        request rank {
          rate = 300/s
          call score
        }
    """
    for endpoint in design.of(Endpoint):
        batching, arriving = endpoint.batching, workload.of(endpoint)
        delay = batching.delay if batching is not None else None
        if batching is None or delay is None or not delay.value or arriving is None:
            continue
        replicas = capacity.sizings[endpoint.name].replicas
        unknown = [m for known in (arriving, replicas) if isinstance(known, Unknown)
                   for m in known.missing]  # fmt: skip
        if isinstance(arriving, Unknown) or isinstance(replicas, Unknown):
            yield Finding(
                design.place(endpoint, "batching", "delay"),
                f"whether the batches of `{endpoint.name}` fill is not known",
                subject=endpoint.name,
                missing=tuple(dict.fromkeys(unknown)),
            )
        elif batching.size > 1:
            instances = replicas.value * (endpoint.concurrency or 1)
            yield from _judge(design, endpoint, batching, delay.value, arriving.value, instances)


def _judge(
    design: Design, endpoint: Endpoint, batching: Batching, delay: float, arriving: float,
    instances: float,
) -> Iterator[Finding]:  # fmt: skip
    each = arriving / instances
    gathered = each * delay
    if gathered >= FEWEST * (1 - 1e-9):
        return
    enough = FEWEST / each if each else 0.0
    yield Finding(
        design.place(endpoint, "batching", "delay"),
        f"{digits(gathered)} requests reach an instance of `{endpoint.name}` within the "
        f"{show_duration(delay)} that a batch waits",
        subject=endpoint.name,
        labels=(Label(design.place(endpoint, "batching", "size"), f"up to {batching.size} fit"),),
        arithmetic=(
            f"{rate(arriving)} / {digits(instances)} instances x {show_duration(delay)} "
            f"= {digits(gathered)} < {digits(FEWEST)}",
            *((f"two come within {show_duration(enough)}",) if each else ()),
        ),
        help="remove `delay`: requests that wait anyway still form batches"
        + (f"; or delay = {duration_at_least(enough)}" if 0 < enough < 0.02 else ""),
    )
