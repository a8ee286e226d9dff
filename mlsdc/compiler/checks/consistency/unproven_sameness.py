"""TSC040"""

from collections.abc import Iterator

from mlsdc.compiler.analyses.evidence import Evidence, Level, ModelEvidence
from mlsdc.compiler.analyses.workload import Workload
from mlsdc.compiler.checks.tiers import of_production
from mlsdc.compiler.consistency.logging_volume import volume
from mlsdc.compiler.design import Design
from mlsdc.compiler.figures import Figure
from mlsdc.compiler.model.learning import Model
from mlsdc.compiler.model.serving import Endpoint
from mlsdc.compiler.schedule import Finding, check
from mlsdc.diagnostics import Label, Severity

SHOWN = 3


@check(
    "TSC040",
    "unproven-sameness",
    Severity.WARNING,
    source="Zinkevich, Rules of Machine Learning, rules 29 and 37",
)
def unproven_sameness(design: Design, evidence: Evidence, workload: Workload) -> Iterator[Finding]:
    """Nothing shows that a production model is served the values it was trained on.

    Why: that a feature is the same on both sides is shown by training on what serving logged, by
    one implementation for both, or by a test that compares two. A name on both sides is a hope.

    Bad:

        system shop { tier = production }
        entity user { key user_id: string }
        pipeline counting { }
        features clicks { entity = user  ctr_7d: float64 }
        dataset history { features = [clicks] }
        model ranker { dataset = history }
        endpoint rank { model = ranker  features = [clicks] }
        request ask {
          rate = 100/s
          call rank
        }

    Good:

        system shop { tier = production }
        entity user { key user_id: string }
        pipeline counting { }
        features clicks { entity = user  computed = counting  ctr_7d: float64 }
        dataset history { features = [clicks] }
        model ranker { dataset = history }
        endpoint rank { model = ranker  features = [clicks] }
        request ask {
          rate = 100/s
          call rank
        }
    """
    yield from of_production(design, _unproven(design, evidence, workload))


def _unproven(design: Design, evidence: Evidence, workload: Workload) -> Iterator[Finding]:
    for found in evidence.of.values():
        asserted = [one for one in found.features if one.level is Level.ASSERTED]
        if asserted:
            yield _finding(design, workload, found)


def _finding(design: Design, workload: Workload, found: ModelEvidence) -> Finding:
    pair = found.pair
    asserted = [one for one in found.features if one.level is Level.ASSERTED]
    names = ", ".join(f"`{one.name}`" for one in asserted[:SHOWN])
    more = f" and {len(asserted) - SHOWN} more" if len(asserted) > SHOWN else ""
    log = volume(design, workload, pair)
    lines = log.because if isinstance(log, Figure) else (str(log),)
    return Finding(
        design.place(pair.endpoint, "model"),
        f"{names}{more} at `{pair.endpoint.name}` {'is' if len(asserted) == 1 else 'are'} only "
        f"asserted to be what `{pair.model.name}` was trained on: {asserted[0].because}",
        subject=pair.endpoint.name,
        labels=tuple(Label(one.at, one.because) for one in asserted[:SHOWN]),
        arithmetic=(
            f"asserted: {len(asserted)} of {len(found.features)} features",
            *(f"to log them: {line}" for line in lines),
        ),
        help=_logged(design, pair.endpoint, pair.model)
        + "; or one `computed` for both paths, or a parity test",
    )


def _logged(design: Design, endpoint: Endpoint, model: Model) -> str:
    """What serving reads is written down, and training reads that."""
    parts = [f"join = logged in `{model.dataset}`"]
    if endpoint.logging is None or endpoint.logging.to is None:
        log = f"{endpoint.name}_log"
        parts.append(f"logging {{ to = {log} }} in `{endpoint.name}`")
        if log not in design.components:
            parts.append(design.proposed("stream", log))
    return ", and ".join(parts)
