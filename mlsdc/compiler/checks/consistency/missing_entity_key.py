"""TSC013"""

from collections.abc import Iterator

from mlsdc.compiler.analyses.carried import Carriage, Carried
from mlsdc.compiler.analyses.online_reads import OnlineReads, Read
from mlsdc.compiler.checks.tiers import of_production
from mlsdc.compiler.design import Design
from mlsdc.compiler.model.data import Entity
from mlsdc.compiler.schedule import Finding, check
from mlsdc.diagnostics import Label, Severity, nearest


@check(
    "TSC013",
    "missing-entity-key",
    Severity.ERROR,
    source="Feast documentation, feature retrieval: entity rows",
)
def missing_entity_key(design: Design, carried: Carried, reads: OnlineReads) -> Iterator[Finding]:
    """A feature is read by a key that the request does not carry.

    Why: training has the key in every row; serving has only what the request brings, what an
    answer on the way holds, and what a table tells of those. Without the key each look-up comes
    back empty, and the model gets the default at every prediction.

    Bad:

        entity merchant { key merchant_id: string }
        features merchant_risk { entity = merchant  disputes: int64 = count() over 30d }
        endpoint score { features = [merchant_risk] }
        request authorise {
          rate = 10/s
          body { card_id: string  amount: float64 }
          call score
        }

    Good:

        entity merchant { key merchant_id: string }
        features merchant_risk { entity = merchant  disputes: int64 = count() over 30d }
        endpoint score { features = [merchant_risk] }
        request authorise {
          rate = 10/s
          body { card_id: string  amount: float64  merchant_id: string }
          call score
        }
    """
    for found in reads.of.values():
        told: set[tuple[str, str]] = set()
        for read in found:
            entity = design.get(read.view.entity, Entity)
            if entity is None:
                continue
            for chain in read.chains:
                carriage = carried.of[chain]
                lacking = [key for key in entity.keys if key not in carriage.keys]
                if not lacking or (read.view.name, chain[-1]) in told:
                    continue
                told.add((read.view.name, chain[-1]))
                if carriage.silent:
                    yield from of_production(design, [_unknown(read, chain[-1], carriage)])
                else:
                    yield _lacking(design, read, entity, lacking, chain[-1], carriage)


def _unknown(read: Read, request: str, carriage: Carriage) -> Finding:
    return Finding(
        read.place,
        f"whether `{request}` carries the key of `{read.view.name}` is not stated",
        subject=read.view.name,
        missing=tuple(f"{name}.body" for name in carriage.silent),
    )


def _lacking(
    design: Design, read: Read, entity: Entity, lacking: list[str], request: str, carriage: Carriage
) -> Finding:
    keys = ", ".join(f"`{key}`" for key in lacking)
    names = sorted({name for _, name, _ in carriage.fields.values()})
    carries = ", ".join(names) or "nothing"
    near = nearest(lacking[0], names)
    members = "  ".join(f"{key}: {entity.keys[key].type}" for key in lacking)
    return Finding(
        read.place,
        f"`{read.view.name}` is keyed by {keys}; `{request}` carries {carries}, and nothing on its "
        "way tells the key",
        subject=read.view.name,
        labels=(
            Label(design.place(entity, "keys", lacking[0]), f"the key of `{entity.name}`"),
            Label(design.place(request, "body"), f"`{request}` carries these"),
        ),
        help=f"is it `{near}`? then `{near}: ...  carries {lacking[0]}` in this body"
        if near
        else f"{members} in the `body` of `{request}`, or known_from = ... at entity "
        f"`{entity.name}`",
    )
