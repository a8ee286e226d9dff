"""TSC005"""

from collections.abc import Iterator

from mlsdc.compiler.analyses.hops import Hop, Hops
from mlsdc.compiler.consistency.dtypes import Relation, exact_up_to, family, relation
from mlsdc.compiler.schedule import Finding, check
from mlsdc.diagnostics import Label, Severity

SEVERITY = {
    "widening": Severity.NOTE,
    "inexact": Severity.WARNING,
    "narrowing": Severity.ERROR,
    "changed": Severity.ERROR,
}


@check(
    "TSC005",
    "dtype-mismatch",
    Severity.ERROR,
    source="Breck et al., The ML Test Score (2017), Data 1; TensorFlow Data Validation, schema; "
    "IEEE 754",
)
def dtype_mismatch(hops: Hops) -> Iterator[Finding]:
    """A value changes its type on the way from its source to the model.

    Why: each tool converts in its own way, or not at all, and the two paths use different tools.
    Digits are cut off, whole numbers above 2^24 become their neighbours, `true` becomes 1 on one
    side and "true" on the other.

    Bad:

        entity card { key card_id: string }
        stream payments { event { card_id: string  amount: float64  at: timestamp  event_time } }
        pipeline totals { reads = payments }
        features spending {
          entity   = card
          computed = totals
          spend_7d: int64 = sum(amount) over 7d
        }

    Good:

        entity card { key card_id: string }
        stream payments { event { card_id: string  amount: float64  at: timestamp  event_time } }
        pipeline totals { reads = payments }
        features spending {
          entity   = card
          computed = totals
          spend_7d: float64 = sum(amount) over 7d
        }
    """
    for hop in hops.all:
        found = _relation(hop)
        if found != "same" and not hop.cast:
            yield _finding(hop, found)


def _relation(hop: Hop) -> Relation:
    one, other = hop.source.type.name, hop.target.type.name
    found = relation(one, other)
    if hop.loose and (family(one) == family(other) or found in ("widening", "inexact")):
        return "same"
    return found


def _finding(hop: Hop, found: Relation) -> Finding:
    source, target = hop.source, hop.target
    one, other = source.type.name, target.type.name
    what = {
        "widening": "every value is kept",
        "inexact": f"{other} holds whole numbers exactly up to {exact_up_to(other)} only",
        "narrowing": "range or digits are lost",
        "changed": f"{other} is another kind of value",
    }[found]
    return Finding(
        target.at,
        f"{source.what} is {one}, {target.what} is {other}: {what}",
        subject=hop.subject,
        labels=(Label(source.at, f"{one} here"),),
        help=f"{one} on both sides, or `cast` behind the type where training and serving both "
        "convert",
        severity=SEVERITY[found],
    )
