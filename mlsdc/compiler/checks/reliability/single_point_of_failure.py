"""REL012"""

from collections.abc import Iterator

from mlsdc.compiler.analyses.availability import Answered, Availability
from mlsdc.compiler.analyses.redundancy import Redundancy
from mlsdc.compiler.checks.tiers import of_production
from mlsdc.compiler.design import Design
from mlsdc.compiler.schedule import Finding, check
from mlsdc.diagnostics import Label, Severity
from mlsdc.units import show_percent


@check(
    "REL012",
    "single-point-of-failure",
    Severity.WARNING,
    source="Barlow and Proschan, Statistical Theory of Reliability and Life Testing (1975): cuts "
    "of size one; AWS, Well-Architected Framework, REL 10",
)
def single_point_of_failure(
    design: Design, availability: Availability, redundancy: Redundancy
) -> Iterator[Finding]:
    """Requests fail when one process, or one zone, does.

    Why: nodes are drained and processes are killed every week. What runs once, and what no fallback
    stands in for, takes the whole request with it each time.

    Bad:

        system shop { tier = production }
        endpoint rank { replicas = 1 }
        request search {
          rate = 10/s
          call rank
        }

    Good:

        system shop { tier = production }
        endpoint rank { replicas = 2 }
        request search {
          rate = 10/s
          call rank
        }
    """
    yield from of_production(design, _alone(design, availability, redundancy))
    yield from of_production(design, _one_zone(design, availability))


def _alone(design: Design, availability: Availability, redundancy: Redundancy) -> Iterator[Finding]:
    lost_without: dict[str, dict[str, Answered]] = {}
    for request, answered in availability.requests.items():
        for name, share in answered.without.items():
            if share > 0:
                lost_without.setdefault(name, {})[request] = answered
    for name, copies in redundancy.of.items():
        lost = lost_without.get(name, {})
        if copies.count > 1 or not lost:
            continue
        worst = max(lost, key=lambda request: lost[request].without[name])
        share = lost[worst].without[name]
        yield Finding(
            design.place(name, copies.field),
            f"`{name}` runs once, and {show_percent(share)} of the requests of `{worst}` fail "
            "without it",
            subject=name,
            labels=tuple(
                Label(answered.places.get(name, design.place(request)), "needs it")
                for request, answered in lost.items()
            ),
            help=f"{copies.field} = {1 if copies.field == 'followers' else 2}",
        )


def _one_zone(design: Design, availability: Availability) -> Iterator[Finding]:
    environment = design.environment
    requests = [name for name, one in availability.requests.items() if one.without]
    if environment.platform.zones < 2 and requests:
        yield Finding(
            design.place(f"environment {environment.name}", "platform", "zones"),
            f"everything runs in {environment.platform.zones} zone, and every request fails with "
            "it",
            subject=environment.name,
            labels=tuple(Label(design.place(name), "fails with the zone") for name in requests),
            help="zones = 3",
        )
