"""SEC003"""

from collections.abc import Iterator

from mlsdc.compiler.analyses.sensitivity import Sensitivities
from mlsdc.compiler.design import Design
from mlsdc.compiler.model.data import Lake, Stream, Warehouse
from mlsdc.compiler.schedule import Finding, check
from mlsdc.diagnostics import Label, Severity


@check(
    "SEC003",
    "kept-for-ever",
    Severity.WARNING,
    source="GDPR, article 5(1)(e): storage limitation",
)
def kept_for_ever(design: Design, sensitivity: Sensitivities) -> Iterator[Finding]:
    """Data about persons is kept without a limit.

    Why: what is kept longer than its purpose needs can only leak. A raw stream of thirty days does
    not help when the table behind it has no end.

    Bad:

        stream visits { event { user_id: string  sensitivity pii } }
        lake raw { from = visits }

    Good:

        stream visits { retention = 7d  event { user_id: string  sensitivity pii } }
        lake raw { from = visits  retention = 90d }
    """
    for store in design.components.values():
        if not isinstance(store, Stream | Lake | Warehouse):
            continue
        held = sensitivity.personal(store)
        if store.retention is None and held and store.existing is None:
            yield Finding(
                design.place(store),
                f"`{store.name}` keeps {held[0].sensitivity} for ever: {held[0].way}",
                subject=store.name,
                labels=(Label(held[0].place, "what is kept"),),
                help="retention = 90d",
            )
