"""TSC041"""

from collections.abc import Iterator

from mlsdc.compiler.analyses.pairs import Pair, Pairs, Version, served_version, trained_version
from mlsdc.compiler.design import Design
from mlsdc.compiler.model.features import Dataset, Features
from mlsdc.compiler.model.learning import Model
from mlsdc.compiler.model.serving import Endpoint
from mlsdc.compiler.schedule import Finding, check
from mlsdc.diagnostics import Label, Severity


@check(
    "TSC041",
    "cascade-skew",
    Severity.ERROR,
    source="Sculley et al., Hidden Technical Debt in Machine Learning Systems (2015), correction "
    "cascades; Zinkevich, Rules of Machine Learning, rule 40",
)
def cascade_skew(design: Design, pairs: Pairs) -> Iterator[Finding]:
    """A model takes in the scores of another version of a model than it learned from.

    Why: the second model has learned to correct the first one's errors. A better first model makes
    other errors, and the two together get worse.

    Bad:

        model risk { version = 5 }
        features risk_scores { scored_by = risk  score: float64 }
        dataset history {
          features = [risk_scores]
          pin risk version 3
        }
        model limit { dataset = history }
        endpoint decide { model = limit  features = [risk_scores] }

    Good:

        model risk { version = 5 }
        features risk_scores { scored_by = risk  score: float64 }
        dataset history {
          features = [risk_scores]
          pin risk version 5
        }
        model limit { dataset = history }
        endpoint decide { model = limit  features = [risk_scores] }
    """
    aliased = {
        one.model: one
        for one in design.of(Endpoint)
        if one.model is not None and one.alias is not None
    }
    for pair in pairs.of.values():
        for name in pair.dataset.features if pair.dataset else ():
            view = design.get(name, Features)
            upstream = design.get(view.scored, Model) if view is not None else None
            if upstream is not None and view is not None and pair.dataset is not None:
                moving = aliased.get(upstream.name)
                yield from _judge(design, pair, pair.dataset, view, upstream, moving)


def _judge(
    design: Design, pair: Pair, dataset: Dataset, view: Features, upstream: Model,
    moving: Endpoint | None,
) -> Iterator[Finding]:  # fmt: skip
    trained = trained_version(design, dataset, upstream.name)
    served = served_version(design, pair, upstream.name)
    if not trained.pinned or trained.number is None:
        yield Finding(
            design.place(dataset, "features", dataset.features.index(view.name)),
            f"which version of `{upstream.name}` made the scores that `{pair.model.name}` learned "
            "from is not stated",
            subject=dataset.name,
            labels=(Label(design.place(view, "scored_by"), "scored here"),),
            missing=(f"a version of {upstream.name} in {dataset.name}",),
        )
    elif served.number is None:
        yield _skew(design, pair, dataset, view, trained, served, "whatever version is newest")
    elif moving is not None and not served.pinned:
        at = Version(None, design.place(moving, "alias"), False)
        what = f"whatever version alias `{moving.alias}` of `{moving.name}` stands for"
        yield _skew(design, pair, dataset, view, trained, at, what)
    elif served.number != trained.number:
        what = f"version {served.number}"
        yield _skew(design, pair, dataset, view, trained, served, what)


def _skew(
    design: Design, pair: Pair, dataset: Dataset, view: Features, trained: Version,
    served: Version, what: str,
) -> Finding:  # fmt: skip
    number, other = trained.number, served.number
    retrain = f"pin {view.scored} version {other}" if other is not None else "another pin"
    return Finding(
        served.at,
        f"`{pair.model.name}` learned from scores of `{view.scored}` version {number}, and "
        f"`{pair.endpoint.name}` hands it those of {what}",
        subject=pair.endpoint.name,
        labels=(
            Label(trained.at, f"trained on scores of version {number}"),
            Label(design.place(view, "scored_by"), "scored here"),
        ),
        help=f"pin {view.scored} version {number} in `{pair.endpoint.name}`; or {retrain} in "
        f"`{dataset.name}`, and retrain `{pair.model.name}`",
    )
