"""TSC043"""

from collections.abc import Iterator

from mlsdc.compiler.analyses.pairs import Pair, Pairs
from mlsdc.compiler.design import Design
from mlsdc.compiler.model.learning import Training
from mlsdc.compiler.schedule import Finding, check
from mlsdc.diagnostics import Label, Severity

PACKAGES = {"sklearn": "scikit-learn", "pytorch": "torch"}
"""Frameworks whose package is called otherwise."""


@check(
    "TSC043",
    "library-skew",
    Severity.WARNING,
    source="Breck et al., The ML Test Score (2017), Monitor 1: dependency changes are noticed",
)
def library_skew(design: Design, pairs: Pairs) -> Iterator[Finding]:
    """Training and serving run other versions of one library.

    Why: a new version reads an old model file with new defaults: how missing values are routed, how
    a text is cut into tokens, how ties are broken. It loads, and answers a little differently.

    Bad:

        training nightly { libraries = ["xgboost==2.1.1"] }
        model scorer { training = nightly }
        endpoint score { model = scorer  libraries = ["xgboost==1.7.6"] }

    Good:

        training nightly { libraries = ["xgboost==2.1.1"] }
        model scorer { training = nightly }
        endpoint score { model = scorer  libraries = ["xgboost==2.1.1"] }
    """
    for pair in pairs.of.values():
        training = design.get(pair.model.training, Training)
        if training is not None and (training.libraries or pair.endpoint.libraries):
            yield from _judge(design, pair, training)


def _judge(design: Design, pair: Pair, training: Training) -> Iterator[Finding]:
    endpoint = pair.endpoint
    learned, served = _versions(training.libraries), _versions(endpoint.libraries)
    if not learned or not served:
        silent = endpoint.name if learned else training.name
        yield Finding(
            design.place(training if learned else endpoint, "libraries"),
            f"whether `{endpoint.name}` runs the versions that `{training.name}` trained "
            f"`{pair.model.name}` with is not stated",
            subject=endpoint.name,
            missing=(f"{silent}.libraries",),
        )
        return
    for name, (at, version) in served.items():
        if name in learned and learned[name][1] != version:
            place, trained = learned[name]
            yield Finding(
                design.place(endpoint, "libraries", at),
                f"`{endpoint.name}` runs {name} {version}, `{training.name}` trained "
                f"`{pair.model.name}` with {trained}",
                subject=endpoint.name,
                labels=(Label(design.place(training, "libraries", place), f"{trained} here"),),
                help=f'"{name}=={trained}" in the image of `{endpoint.name}`, or retrain with '
                f"{version}",
            )
    framework = pair.model.framework or ""
    framework = PACKAGES.get(framework, framework)
    if (framework in learned) != (framework in served):
        silent = endpoint if framework in learned else training
        yield Finding(
            design.place(silent, "libraries"),
            f"which {framework} `{silent.name}` runs is not stated",
            subject=endpoint.name,
            missing=(f"{framework} in {silent.name}.libraries",),
        )


def _versions(libraries: tuple[str, ...]) -> dict[str, tuple[int, str]]:
    """Name to where it stands and its version; names are told apart as package indexes do."""
    found: dict[str, tuple[int, str]] = {}
    for at, pinned in enumerate(libraries):
        name, _, version = pinned.partition("==")
        found[name.lower().replace("_", "-").replace(".", "-")] = (at, version)
    return found
