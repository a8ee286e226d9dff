"""SEC002"""

from collections.abc import Iterator

from mlsdc.compiler.design import Design
from mlsdc.compiler.model.component import Component
from mlsdc.compiler.schedule import Finding, check
from mlsdc.diagnostics import Label, Severity

EXAMPLES = {"eu": "eu-west-1", "us": "us-east-1", "ap": "ap-southeast-1", "europe": "europe-west1",
            "asia": "asia-east1"}  # fmt: skip


@check(
    "SEC002",
    "outside-its-regions",
    Severity.ERROR,
    source="GDPR, chapter V: transfers of personal data to third countries",
)
def outside_its_regions(design: Design) -> Iterator[Finding]:
    """Data is processed in a region that it may not enter.

    Why: a promise or a law about where data lies is broken by the one environment that runs
    somewhere else, however briefly.

    Bad:

        source patients { residency = ["eu"] }
        environment prod { platform = aws { region = "us-east-1" } }

    Good:

        source patients { residency = ["eu"] }
        environment prod { platform = aws { region = "eu-west-1" } }
    """
    environment = design.environment
    region, where = environment.platform.region, f"environment {environment.name}"
    bound: list[tuple[str, Component]] = [("system", design.system)]
    bound += [(one.name, one) for one in design.components.values()]
    for name, component in bound:
        regions: tuple[str, ...] = getattr(component, "residency", ())
        if not regions:
            continue
        place, words = design.place(name, "residency"), " or ".join(regions)
        if region is None:
            yield Finding(
                place,
                f"whether `{component.name}` stays in {words} is not known",
                subject=name,
                missing=(f"{environment.name}.platform.region",),
            )
        elif not any(region == one or region.startswith(f"{one}-") for one in regions):
            yield Finding(
                design.place(where, "platform", "region"),
                f"`{environment.name}` runs in {region}, data of `{component.name}` may lie in "
                f"{words}",
                subject=name,
                labels=(Label(place, "where it may lie"),),
                help=f'region = "{EXAMPLES.get(regions[0], regions[0])}" in the `platform` of '
                f"`{environment.name}`",
            )
