"""TSC014"""

from collections.abc import Iterator

from mlsdc.compiler.analyses.carried import Carried
from mlsdc.compiler.analyses.lineage import Lineage
from mlsdc.compiler.analyses.online_reads import OnlineReads
from mlsdc.compiler.design import Design
from mlsdc.compiler.model.data import Entity, FeatureStore, Pipeline, Source, Stream
from mlsdc.compiler.model.features import Dataset, Features
from mlsdc.compiler.schedule import Finding, check
from mlsdc.diagnostics import Label, Severity, Span


@check(
    "TSC014",
    "entity-key-mismatch",
    Severity.ERROR,
    source="Feast, entity_key_serialization_version; Feast specification of the online store "
    "format: a key holds type, order and value of its parts",
)
def entity_key_mismatch(
    design: Design, lineage: Lineage, carried: Carried, reads: OnlineReads
) -> Iterator[Finding]:
    """A key is written in one form and read in another.

    Why: the text "17" and the number 17 are two keys, and so are (user, item) and (item, user).
    Every look-up comes back empty, which looks like a user whom nobody has seen before.

    Bad:

        entity user { key user_id: int64 }
        features clicks { entity = user  ctr: float64 = mean(clicked) over 1d }
        endpoint rank { features = [clicks] }
        request ask {
          rate = 10/s
          body { user_id: string }
          call rank
        }

    Good:

        entity user { key user_id: int64 }
        features clicks { entity = user  ctr: float64 = mean(clicked) over 1d }
        endpoint rank { features = [clicks] }
        request ask {
          rate = 10/s
          body { user_id: int64 }
          call rank
        }
    """
    yield from _requested(design, carried, reads)
    yield from _computed(design, lineage)
    for view in design.of(Features):
        entity = design.get(view.entity, Entity)
        store = design.get(view.store, FeatureStore)
        for name in dict.fromkeys(_jobs(view)):
            job = design.get(name, Pipeline)
            if job is not None and store is not None and {store.name, store.online} & {*job.writes}:
                yield from _laid_out(design, view, entity, store, job)


def _requested(design: Design, carried: Carried, reads: OnlineReads) -> Iterator[Finding]:
    """The type that requests carry a key in."""
    told: set[tuple[str, str]] = set()
    for found in reads.of.values():
        for read in found:
            entity = design.get(read.view.entity, Entity)
            if entity is None:
                continue
            for chain in read.chains:
                fields = carried.of[chain].fields
                for key, column in entity.keys.items():
                    request, name, field = fields.get(key, ("", "", None))
                    if field is None or field.type == column.type or (request, name) in told:
                        continue
                    told.add((request, name))
                    place = design.place(request, "body", "columns", name)
                    yield _types(
                        design, place, f"`{request}` carries", entity, key, str(field.type)
                    )


def _computed(design: Design, lineage: Lineage) -> Iterator[Finding]:
    """The type of a key in the events that a view, or the rows of a training set, are made of."""
    told: set[tuple[str, str]] = set()
    for view in design.of(Features):
        origins = next((lineage.features[view.name, c].origins for c in view.columns), ())
        for name in origins:
            yield from _typed(design, view, name, told)
    for dataset in design.of(Dataset):
        for view in (design.get(name, Features) for name in dataset.features):
            if view is not None and dataset.spine is not None:
                yield from _typed(design, view, dataset.spine, told)


def _typed(
    design: Design, view: Features, name: str, told: set[tuple[str, str]]
) -> Iterator[Finding]:
    origin, entity = design.components.get(name), design.get(view.entity, Entity)
    if entity is None or not isinstance(origin, Stream | Source) or origin.event is None:
        return
    for key, column in entity.keys.items():
        found = origin.event.columns.get(key)
        if found is not None and found.type != column.type and (name, key) not in told:
            told.add((name, key))
            place = design.place(origin, "event", "columns", key)
            yield _types(design, place, f"`{name}` has", entity, key, str(found.type))


def _types(
    design: Design, place: Span, has: str, entity: Entity, key: str, found: str
) -> Finding:  # fmt: skip
    wanted = entity.keys[key].type
    return Finding(
        place,
        f"{has} `{key}` as {found}; the key of `{entity.name}` is {wanted}",
        subject=entity.name,
        labels=(Label(design.place(entity, "keys", key), f"{wanted} here"),),
        help=f"{key}: {wanted} in both, converted where it comes in",
    )


def _jobs(view: Features) -> Iterator[str]:
    named = (view.computed, view.offline and view.offline.computed,
             view.online and view.online.computed)  # fmt: skip
    return (name for name in named if name)


def _laid_out(
    design: Design, view: Features, entity: Entity | None, store: FeatureStore, job: Pipeline
) -> Iterator[Finding]:
    """Order and version of the keys that a job writes past the feature store."""
    keys = tuple(entity.keys) if entity is not None else ()
    if entity is not None and job.key_order and job.key_order != keys:
        yield Finding(
            design.place(job, "key_order"),
            f"`{job.name}` writes keys of `{view.name}` as {', '.join(job.key_order)}; "
            f"`{store.name}` reads them as {', '.join(keys)}",
            subject=job.name,
            labels=(Label(design.place(entity), "the order of its keys"),),
            help=f"key_order = [{', '.join(keys)}]",
        )
    written, read = job.key_version, store.key_version
    if written is None and read is None:
        return
    if written is None or read is None:
        silent = job if written is None else store
        yield Finding(
            design.place(store if written is None else job, "key_version"),
            f"whether `{job.name}` writes the keys that `{store.name}` reads is not known",
            subject=view.name,
            missing=(f"{silent.name}.key_version",),
        )
    elif written != read:
        yield Finding(
            design.place(job, "key_version"),
            f"`{job.name}` writes keys of version {written}, `{store.name}` reads version {read}",
            subject=job.name,
            labels=(Label(design.place(store, "key_version"), "read here"),),
            help=f"key_version = {read} in `{job.name}`, and write all keys anew",
        )
