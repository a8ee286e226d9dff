"""SEC001"""

from collections.abc import Iterator

from mlsdc.compiler.analyses.sensitivity import LEVELS, PERSONAL, Held, Sensitivities
from mlsdc.compiler.checks.tiers import of_production
from mlsdc.compiler.design import Design
from mlsdc.compiler.model.component import Component
from mlsdc.compiler.model.data import Entity, Lake, OnlineStore, Source, Stream, Warehouse
from mlsdc.compiler.schedule import Finding, check
from mlsdc.diagnostics import Label, Severity


@check(
    "SEC001",
    "sensitive-data-spills",
    Severity.ERROR,
    source="GDPR, articles 5(1)(b) and 25; Breck et al., The ML Test Score (2017), Data 5: the "
    "data pipeline has appropriate privacy controls",
)
def sensitive_data_spills(design: Design, sensitivity: Sensitivities) -> Iterator[Finding]:
    """A store comes to hold data more sensitive than it may.

    Why: who may read a log or a table is decided by what it is thought to hold. A column about
    persons that arrives by way of a job, a feature or a request is read by all of them.
    `deidentifies` of a job on the way ends it.

    Bad:

        stream visits { event { user_id: string  sensitivity pii } }
        lake statistics { classification = internal }
        pipeline daily { reads = visits  writes = statistics }

    Good:

        stream visits { event { user_id: string  sensitivity pii } }
        lake statistics { classification = internal }
        pipeline daily { reads = visits  writes = statistics  deidentifies = [user_id] }
    """
    for store in design.components.values():
        if not isinstance(store, Stream | Lake | Warehouse | OnlineStore):
            continue
        held = sensitivity.of.get(store.name, ())
        if store.classification is None:
            yield from of_production(design, _unclassified(design, store, held))
            continue
        allowed = LEVELS.index(store.classification)
        spilt = [one for one in held if one.level > allowed]
        if spilt:
            yield _spilt(design, store, store.classification, spilt)
    if not sensitivity.stated:
        yield from of_production(design, _unstated(design))


def _spilt(design: Design, store: Component, allowed: str, spilt: list[Held]) -> Finding:
    worst = spilt[0]
    others = f" and {len(spilt) - 1} more" if len(spilt) > 1 else ""
    return Finding(
        design.place(store, "classification"),
        f"`{store.name}` may hold {allowed} data and gets {worst.sensitivity}: {worst.way}{others}",
        subject=store.name,
        labels=tuple(Label(one.place, f"`{one.column}` is {one.sensitivity}") for one in spilt[:3]),
        arithmetic=tuple(f"{one.sensitivity}: {one.way}" for one in spilt),
        help=f"classification = {worst.sensitivity}, or deidentifies = [{worst.column}] in a "
        "pipeline on the way",
    )


def _unclassified(design: Design, store: Component, held: tuple[Held, ...]) -> Iterator[Finding]:
    if held and held[0].level >= PERSONAL:
        yield Finding(
            design.place(store),
            f"whether `{store.name}` may hold {held[0].sensitivity} is not known: {held[0].way}",
            subject=store.name,
            missing=(f"{store.name}.classification",),
        )


def _unstated(design: Design) -> Iterator[Finding]:
    """Data comes in, and no column says whether it is about persons."""
    columns = [f"{one.name}.{key}" for one in design.of(Entity) for key in one.keys]
    columns += [
        f"{one.name}.{column}"
        for one in [*design.of(Stream), *design.of(Source)]
        for column in (one.event.columns if one.event else {})
    ]
    if columns:
        yield Finding(
            design.place("system"),
            "which columns are about persons is not known",
            subject="system",
            missing=(f"{columns[0]}.sensitivity",),
        )
