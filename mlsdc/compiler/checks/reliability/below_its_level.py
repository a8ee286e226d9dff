"""REL021"""

from collections.abc import Iterator

from mlsdc.compiler.analyses.automation import Automation, Missing
from mlsdc.compiler.design import Design
from mlsdc.compiler.schedule import Finding, check
from mlsdc.diagnostics import Label, Severity


@check(
    "REL021",
    "below-its-level",
    Severity.NOTE,
    source="Google Cloud, MLOps: continuous delivery and automation pipelines in machine learning: "
    "levels 0 to 2",
)
def below_its_level(design: Design, automation: Automation) -> Iterator[Finding]:
    """A system is automated less than it says.

    Why: the level tells others what they can rely on: that a model is trained, judged and released
    without anybody's help, and that its pipelines are tested before they run. What is missing for
    it is known from the design.

    Bad:

        system shop { mlops_level = 1 }
        training nightly { runtime = 2h }
        registry models { keep = 5 }
        model ranker { training = nightly  registry = models  gate = ndcg { at_least = 0.5 } }
        endpoint rank { model = ranker }
        monitor health { watches = rank }

    Good:

        system shop { mlops_level = 1 }
        training nightly { runtime = 2h  every = 1d }
        registry models { keep = 5 }
        model ranker { training = nightly  registry = models  gate = ndcg { at_least = 0.5 } }
        endpoint rank { model = ranker }
        monitor health { watches = rank }
    """
    wanted = design.system.mlops_level
    if wanted is None or automation.level >= wanted:
        return
    lacks = [one for level in range(1, wanted + 1) for one in automation.lacks.get(level, ())]
    named = ", ".join(dict.fromkeys(_words(one) for one in lacks[:4]))
    more = f" and {len(lacks) - 4} more" if len(lacks) > 4 else ""
    yield Finding(
        design.place("system", "mlops_level"),
        f"{design.system.name} is held to level {wanted} and is at level {automation.level}: "
        f"{named}{more}",
        subject="system",
        labels=tuple(Label(design.place(one.component), one.what) for one in lacks[:4]),
        help=_typed(lacks[0]),
    )


def _typed(one: Missing) -> str:
    """What states it; where, if it is a field of another component than the system."""
    field = one.help.split()[1] == "="
    return f"{one.help} in `{one.component}`" if field and one.component != "system" else one.help


def _words(one: Missing) -> str:
    return one.what if one.component == "system" else f"`{one.component}` has {one.what}"
