"""REL008"""

from collections.abc import Iterator

from mlsdc.compiler.called_steps import calls_made
from mlsdc.compiler.design import Design
from mlsdc.compiler.graph import Graph
from mlsdc.compiler.model.operations import Experiment
from mlsdc.compiler.schedule import Finding, check
from mlsdc.diagnostics import Label, Severity, Span

ROUTED = ("shadow", "canary", "ab")


@check(
    "REL008",
    "unroutable-experiment",
    Severity.ERROR,
    source="Kubernetes Gateway API, HTTPRoute: weights and mirrors hold for traffic through the "
    "gateway",
)
def unroutable_experiment(design: Design, graph: Graph) -> Iterator[Finding]:
    """A gateway has to split traffic that does not pass through it.

    Why: a route splits or mirrors what the gateway forwards. Where the client calls the control
    itself, the treatment gets nothing, and the experiment ends with one arm.

    Bad:

        gateway edge { }
        endpoint rank { }
        endpoint next { }
        request search {
          rate = 10/s
          call rank
        }
        experiment stage { kind = canary  control = rank  treatment = next  gateway = edge }

    Good:

        gateway edge { }
        endpoint rank { }
        endpoint next { }
        request search {
          rate = 10/s
          call edge
          call rank
        }
        experiment stage { kind = canary  control = rank  treatment = next  gateway = edge }
    """
    for one in design.of(Experiment):
        if one.kind not in ROUTED or one.gateway is None or one.control is None:
            continue
        if any(edge.verb == "calls" for edge in graph.into(one.control)):
            continue  # a caller inside the system is sent by way of the gateway
        called = list(_calling(design, one.control))
        if called:
            yield Finding(
                design.place(one, "gateway"),
                f"`{one.gateway}` is to split the traffic of `{one.control}`, which does not pass "
                "through it",
                subject=one.name,
                labels=tuple(Label(place, "called past the gateway") for place in called),
                help=f"call {one.gateway}, before `call {one.control}`",
            )


def _calling(design: Design, name: str) -> Iterator[Span]:
    return (made.place(design, "target") for made in calls_made(design) if made.call.target == name)
