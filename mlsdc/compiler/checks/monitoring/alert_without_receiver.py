"""MON006"""

from collections.abc import Iterator

from mlsdc.compiler.design import Design
from mlsdc.compiler.model.operations import Monitor
from mlsdc.compiler.schedule import Finding, check
from mlsdc.diagnostics import Label, Severity


@check(
    "MON006",
    "alert-without-receiver",
    Severity.ERROR,
    source="Zinkevich, Rules of Machine Learning, rule 10: watch for silent failures; Google, Site "
    "Reliability Workbook, chapter 5",
)
def alert_without_receiver(design: Design) -> Iterator[Finding]:
    """A threshold that tells nobody when it is passed.

    Why: a limit nobody hears of is a number on a page: the alert fires, and the model stays wrong.

    Bad:

        endpoint rank { }
        monitor health {
          watches = rank
          drift   = psi { warn = 0.1 }
        }

    Good:

        endpoint rank { }
        monitor health {
          watches = rank
          drift   = psi { warn = 0.1 }
          alerts  = "ranking"
        }
    """
    for monitor in design.of(Monitor):
        drift = monitor.drift
        if monitor.alerts is not None or drift is None:
            continue
        if drift.warn is None and drift.critical is None:
            continue
        yield Finding(
            design.place(monitor),
            f"nobody is told when `{monitor.name}` passes its threshold",
            subject=monitor.name,
            labels=(Label(design.place(monitor, "drift"), "the threshold"),),
            help=f'alerts = "{monitor.owner or design.system.owner or "team"}"',
        )
