"""SEC004"""

from collections.abc import Iterator

from mlsdc.compiler.analyses.lineage import event_columns
from mlsdc.compiler.analyses.sensitivity import Held, Sensitivities
from mlsdc.compiler.design import Design
from mlsdc.compiler.model.data import Lake, Warehouse
from mlsdc.compiler.schedule import Finding, check
from mlsdc.diagnostics import Label, Severity
from mlsdc.units import DAY, show

IN_TIME = 30 * DAY
"""A request is answered within one month (GDPR, article 12(3)): shorter retention answers it."""


@check(
    "SEC004",
    "no-erasure",
    Severity.WARNING,
    source="GDPR, articles 12(3) and 17: right to erasure, within one month",
)
def no_erasure(design: Design, sensitivity: Sensitivities) -> Iterator[Finding]:
    """One person's rows cannot be found and deleted.

    Why: a person may ask to be forgotten. Rows that do not carry the person's key, or a store that
    nobody thought of deleting from, keep them until the retention ends.

    Bad:

        stream visits { retention = 7d  event { user_id: string  sensitivity pii } }
        lake raw { from = visits  retention = 365d }

    Good:

        stream visits { retention = 7d  event { user_id: string  sensitivity pii } }
        lake raw { from = visits  retention = 365d  erasure = user_id }
    """
    for store in design.components.values():
        if not isinstance(store, Lake | Warehouse) or store.existing is not None:
            continue
        if store.retention is not None and store.retention.value <= IN_TIME * (1 + 1e-9):
            continue
        held = sensitivity.personal(store)
        kept = f"{show(store.retention)}" if store.retention else "for ever"
        if held and store.erasure is None:
            yield Finding(
                design.place(store),
                f"`{store.name}` keeps {held[0].sensitivity} {kept}, and nothing tells how one "
                "person's rows are deleted",
                subject=store.name,
                labels=(Label(held[0].place, "what is kept"),),
                help=f"erasure = {held[0].column}",
            )
        for one in _unfound(design, held, store.erasure):
            yield Finding(
                design.place(store, "erasure"),
                f"rows of `{one.origin[0]}` in `{store.name}` have no `{store.erasure}` to be found"
                " by",
                subject=store.name,
                labels=(Label(one.place, "what stays"),),
                help=f"{store.erasure}: string in the `event` of `{one.origin[0]}`",
            )


def _unfound(design: Design, held: tuple[Held, ...], key: str | None) -> Iterator[Held]:
    """The first column of each origin whose rows do not carry the key."""
    told: set[str] = set()
    for one in held if key else ():
        columns = event_columns(design.components.get(one.origin[0]))
        if columns and key not in columns and one.origin[0] not in told:
            told.add(one.origin[0])
            yield one
