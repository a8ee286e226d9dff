"""REL017"""

from collections.abc import Iterator

from mlsdc.compiler.checks.tiers import of_production
from mlsdc.compiler.design import Design
from mlsdc.compiler.schedule import Finding, check
from mlsdc.diagnostics import Label, Severity


@check(
    "REL017",
    "nobody-answers",
    Severity.WARNING,
    source="Zinkevich, Rules of Machine Learning, rule 11: give feature columns owners; "
    "Google, Site Reliability Engineering (2016), chapter 11: being on-call",
)
def nobody_answers(design: Design) -> Iterator[Finding]:
    """A production system without an owner, or without a contact for the night it fails.

    Why: an alert that reaches nobody who may act is noise. What has no owner is changed by all and
    repaired by none.

    Bad:

        system shop { tier = production  owner = "ranking" }
        endpoint rank { }

    Good:

        system shop { tier = production  owner = "ranking"  contact = "#ranking-oncall" }
        endpoint rank { }
    """
    yield from of_production(design, _unanswered(design))


def _unanswered(design: Design) -> Iterator[Finding]:
    running = [one for one in design.components.values() if one.runs and one.existing is None]
    unowned = [one for one in running if one.owner is None and design.system.owner is None]
    place, tier = design.place("system"), design.place("system", "tier")
    if unowned:
        names = ", ".join(f"`{one.name}`" for one in unowned[:3])
        more = f" and {len(unowned) - 3} more" if len(unowned) > 3 else ""
        yield Finding(
            place,
            f"nobody owns {names}{more}",
            subject="system",
            labels=tuple(Label(design.place(one), "has no owner") for one in unowned[:3]),
            help='owner = "team"',
        )
    if running and design.system.contact is None:
        yield Finding(
            place,
            f"nobody is named who is called when {design.system.name} fails",
            subject="system",
            labels=(Label(tier, "it is in production"),),
            help='contact = "#team-oncall"',
        )
