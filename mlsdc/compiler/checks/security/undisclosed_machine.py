"""SEC008"""

from collections.abc import Iterator

from mlsdc.compiler.analyses.callers import Callers
from mlsdc.compiler.checks.tiers import of_production
from mlsdc.compiler.design import Design
from mlsdc.compiler.model.request import Request
from mlsdc.compiler.model.serving import Endpoint
from mlsdc.compiler.schedule import Finding, check
from mlsdc.diagnostics import Label, Severity


@check(
    "SEC008",
    "undisclosed-machine",
    Severity.WARNING,
    source="EU AI Act (Regulation 2024/1689), article 50: transparency of systems that talk to "
    "people or generate content",
)
def undisclosed_machine(design: Design, callers: Callers) -> Iterator[Finding]:
    """A production system answers in generated words, and nobody is told so.

    Why: whoever talks to a machine has to know it, and what it generates has to be marked as such.
    That is the law in the European Union from August 2026 on, and costs one line of the interface.

    Bad:

        system help { tier = production }
        endpoint chat {
          generation {
            ttft   { p50 = 200ms  p99 = 600ms }
            tpot   { p50 = 20ms   p99 = 40ms }
            output { p50 = 150 }
          }
        }
        request talk {
          rate = 5/s
          call chat
        }

    Good:

        system help { tier = production }
        endpoint chat {
          generation {
            ttft   { p50 = 200ms  p99 = 600ms }
            tpot   { p50 = 20ms   p99 = 40ms }
            output { p50 = 150 }
          }
        }
        request talk {
          rate       = 5/s
          disclosure = notice
          call chat
        }
    """
    yield from of_production(design, _undisclosed(design, callers))


def _undisclosed(design: Design, callers: Callers) -> Iterator[Finding]:
    told: set[str] = set()
    for endpoint in design.of(Endpoint):
        if endpoint.generation is None:
            continue
        for chain in callers.of(endpoint.name):
            request = design.get(chain[0], Request)
            if request is None or request.disclosure is not None or request.name in told:
                continue
            told.add(request.name)
            yield Finding(
                design.place(request),
                f"`{request.name}` answers in words that `{endpoint.name}` generates; how people "
                "are told is not stated",
                subject=request.name,
                labels=(Label(design.place(endpoint, "generation"), "generates them"),),
                help="disclosure = notice, or label, or watermark",
            )
