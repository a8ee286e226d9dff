"""TSC006"""

from collections.abc import Iterator

from mlsdc.compiler.analyses.hops import Hop, Hops
from mlsdc.compiler.consistency.dtypes import fits, varying
from mlsdc.compiler.schedule import Finding, check
from mlsdc.diagnostics import Label, Severity


@check(
    "TSC006",
    "shape-mismatch",
    Severity.ERROR,
    source="NVIDIA Triton, model configuration: dims; KServe open inference protocol, shape",
)
def shape_mismatch(hops: Hops) -> Iterator[Finding]:
    """A feature has another number of values than the input it is fed into.

    Why: a tensor of another shape is refused by the server, or worse, broadcast. A list of no fixed
    length is cut or padded by whoever comes first, and training and serving have different ones.

    Bad:

        entity user { key user_id: string }
        features taste { entity = user  vector: float32[128] }
        dataset history { features = [taste] }
        model ranker { dataset = history  signature { vector: float32[256] } }
        endpoint rank { model = ranker  features = [taste] }

    Good:

        entity user { key user_id: string }
        features taste { entity = user  vector: float32[256] }
        dataset history { features = [taste] }
        model ranker { dataset = history  signature { vector: float32[256] } }
        endpoint rank { model = ranker  features = [taste] }
    """
    for hop in hops.all:
        if not fits(hop.source.type.dimensions, hop.target.type.dimensions):
            yield _finding(hop)


def _finding(hop: Hop) -> Finding:
    source, target = hop.source, hop.target
    loose = varying(source.type) and not varying(target.type)
    said = "has no fixed length" if loose else f"is {source.type}"
    return Finding(
        target.at,
        f"{source.what} {said}, {target.what} is {target.type}",
        subject=hop.subject,
        labels=(Label(source.at, f"{source.type} here"),),
        arithmetic=(f"{_shape(source.type.dimensions)} against {_shape(target.type.dimensions)}",),
        help=f"pad or cut it to {target.type} where the feature is computed"
        if loose
        else f"{source.type} on both sides",
    )


def _shape(dimensions: tuple[int, ...]) -> str:
    return f"[{', '.join('any' if d < 0 else str(d) for d in dimensions)}]" if dimensions else "one"
