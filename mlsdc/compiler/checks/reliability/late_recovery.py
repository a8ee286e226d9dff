"""REL011"""

from collections.abc import Iterator

from mlsdc.compiler.checks.typed import duration_at_least
from mlsdc.compiler.design import Design
from mlsdc.compiler.model.data import Lake, OnlineStore, Warehouse
from mlsdc.compiler.model.learning import Registry
from mlsdc.compiler.schedule import Finding, check
from mlsdc.diagnostics import Label, Severity
from mlsdc.units import Quantity, show

MEASURES = {
    "recovery_time": ("restore", "is back after {given}, {wanted} is promised"),
    "recovery_point": ("backup", "may lose the last {given}, {wanted} is promised"),
}
"""The promise to the field of each store that keeps it, and what is said where it does not."""


@check(
    "REL011",
    "late-recovery",
    Severity.WARNING,
    source="AWS, Well-Architected Framework, REL 13: plan for disaster recovery",
)
def late_recovery(design: Design) -> Iterator[Finding]:
    """After a disaster a store is back later, or with less, than is promised.

    Why: a system is back when the slowest of its stores is. A store that is rebuilt by computing
    all features again, or that is copied once a day, decides what may be promised.

    Bad:

        system shop { recovery_time = 2h }
        lake raw { restore = 6h }

    Good:

        system shop { recovery_time = 6h }
        lake raw { restore = 6h }
    """
    for promise, (field, words) in MEASURES.items():
        wanted: Quantity | None = getattr(design.system, promise)
        if wanted is None:
            continue
        for store in design.components.values():
            kept = isinstance(store, Lake | Warehouse | OnlineStore | Registry)
            if kept and store.existing is None:
                yield from _judge(design, store, field, wanted, promise, words)


def _judge(
    design: Design, store: Lake | Warehouse | OnlineStore | Registry, field: str, wanted: Quantity,
    promise: str, words: str,
) -> Iterator[Finding]:  # fmt: skip
    given: Quantity | None = getattr(store, field)
    promised = Label(design.place("system", promise), "what is promised")
    if given is None:
        yield Finding(
            design.place(store),
            f"whether `{store.name}` keeps the {promise.replace('_', ' ')} of {show(wanted)} is "
            "not known",
            subject=store.name,
            labels=(promised,),
            missing=(f"{store.name}.{field}",),
        )
    elif given.value > wanted.value * (1 + 1e-9):
        said = words.format(given=show(given), wanted=show(wanted))
        yield Finding(
            design.place(store, field),
            f"`{store.name}` {said}",
            subject=store.name,
            labels=(promised,),
            help=f"{field} = {show(wanted)}, or "
            f"{promise} = {duration_at_least(given.value)} in the system",
        )
