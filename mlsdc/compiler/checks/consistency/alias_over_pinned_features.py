"""TSC045"""

from collections.abc import Iterator

from mlsdc.compiler.analyses.pairs import Pairs
from mlsdc.compiler.design import Design
from mlsdc.compiler.schedule import Finding, check
from mlsdc.diagnostics import Label, Severity


@check(
    "TSC045",
    "alias-over-pinned-features",
    Severity.ERROR,
    source="MLflow, aliases of model versions; Feast, one feature service for each model version",
)
def alias_over_pinned_features(design: Design, pairs: Pairs) -> Iterator[Finding]:
    """An endpoint follows an alias to the next model, and keeps the features of the last one.

    Why: a promotion moves the alias and nothing else. From that second on the new model is handed
    the versions of features that the old one was trained on.

    Bad:

        entity user { key user_id: string }
        features clicks { entity = user  ctr: float64 }
        dataset history { features = [clicks] }
        model ranker { dataset = history }
        endpoint rank {
          model            = ranker
          alias            = champion
          features         = [clicks]
          feature_versions = pinned
        }

    Good:

        entity user { key user_id: string }
        features clicks { entity = user  ctr: float64 }
        dataset history { features = [clicks] }
        model ranker { dataset = history }
        endpoint rank {
          model            = ranker
          alias            = champion
          features         = [clicks]
          feature_versions = with_model
        }
    """
    for pair in pairs.of.values():
        endpoint = pair.endpoint
        if endpoint.alias is None or not endpoint.features:
            continue
        pinned = [at for at, pin in enumerate(endpoint.pins) if pin.version != "latest"]
        if endpoint.feature_versions == "pinned" or pinned:
            stated = [design.place(endpoint, "pins", at) for at in pinned]
            if endpoint.feature_versions == "pinned":
                stated.insert(0, design.place(endpoint, "feature_versions"))
            yield Finding(
                design.place(endpoint, "alias"),
                f"`{endpoint.name}` follows alias `{endpoint.alias}` of `{pair.model.name}`, and "
                "its features are pinned: a promotion changes the model and not the features",
                subject=endpoint.name,
                labels=tuple(Label(at, "pinned here") for at in stated),
                help="feature_versions = with_model; without pins, model and features by one tag "
                "of the registry; or a version instead of the alias",
            )
        elif endpoint.feature_versions is None:
            yield Finding(
                design.place(endpoint, "alias"),
                f"which versions of its features `{endpoint.name}` resolves when alias "
                f"`{endpoint.alias}` moves is not stated",
                subject=endpoint.name,
                missing=(f"{endpoint.name}.feature_versions",),
            )
