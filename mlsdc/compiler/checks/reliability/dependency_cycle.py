"""REL013"""

from collections.abc import Iterator

from mlsdc.compiler.analyses.cycles import Cycle, Cycles
from mlsdc.compiler.schedule import Finding, check
from mlsdc.diagnostics import Label, Severity


@check(
    "REL013",
    "dependency-cycle",
    Severity.ERROR,
    source="Nygard, Release It! (2018), cascading failures; graph theory",
)
def dependency_cycle(cycles: Cycles) -> Iterator[Finding]:
    """A chain of calls, or of data, leads back to where it started.

    Why: each waits for the other. Calls exhaust every worker of the ring and time out together;
    jobs and features that need each other's output can never be computed from scratch. A loop by
    way of a lake or a warehouse may be harmless (they hold many tables), so it is a warning.

    Bad:

        endpoint a: container {
          image   = "registry.example.com/a:1.0.0"
          latency { p50 = 1ms  p99 = 5ms  at = 100/s }
        }
        endpoint b: container {
          image   = "registry.example.com/b:1.0.0"
          latency { p50 = 1ms  p99 = 5ms  at = 100/s }
        }
        request rank {
          rate = 10/s
          call a { call b { call a } }
        }

    Good:

        endpoint a: container {
          image   = "registry.example.com/a:1.0.0"
          latency { p50 = 1ms  p99 = 5ms  at = 100/s }
        }
        endpoint b: container {
          image   = "registry.example.com/b:1.0.0"
          latency { p50 = 1ms  p99 = 5ms  at = 100/s }
        }
        request rank {
          rate = 10/s
          call a { call b }
        }
    """
    for cycle in cycles.calls:
        yield _finding(
            cycle,
            "each waits for the answer of the next",
            "remove one of these calls, or make it `asynchronous`",
        )
    for cycle in cycles.computations:
        yield _finding(cycle, "none of them can be computed first", "remove one of these links")
    for cycle in cycles.flows:
        yield _finding(cycle, "what is written comes back as input", "remove one of these links")
    for cycle in cycles.stores:
        yield _finding(
            cycle,
            "what is written may come back as input",
            "remove one of these links, or keep what is read and what is written in two stores",
            Severity.WARNING,
        )


def _finding(cycle: Cycle, why: str, help: str, severity: Severity | None = None) -> Finding:
    closing = max(cycle.places)  # what is written last closes the ring
    return Finding(
        closing,
        f"{' -> '.join(cycle.chain)}: {why}",
        subject=cycle.chain[0].partition(".")[0],
        labels=tuple(Label(span, ends) for span, ends in cycle.links if span != closing),
        help=help,
        severity=severity,
    )
