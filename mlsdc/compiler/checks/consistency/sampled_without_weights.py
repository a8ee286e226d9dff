"""TSC037"""

from collections.abc import Iterator

from mlsdc.compiler.design import Design
from mlsdc.compiler.model.features import Dataset, Sampling
from mlsdc.compiler.model.learning import Model
from mlsdc.compiler.schedule import Finding, check
from mlsdc.diagnostics import Label, Severity
from mlsdc.units import digits


@check(
    "TSC037",
    "sampled-without-weights",
    Severity.WARNING,
    source="Zinkevich, Rules of Machine Learning, rule 30; He et al., Practical Lessons from "
    "Predicting Clicks on Ads at Facebook (2014), section 6.3: re-calibration",
)
def sampled_without_weights(design: Design) -> Iterator[Finding]:
    """Rows of one label are left out, and the score is taken for a probability all the same.

    Why: with a tenth of the negatives the model believes that positives are up to ten times as
    likely as they are. An order stays right; a threshold, a bid and an expected cost do not.

    Bad:

        dataset rows { sampling = negatives { kept = 10% } }
        model clicks { dataset = rows  output = probability }

    Good:

        dataset rows { sampling = negatives { kept = 10%  weighted = true } }
        model clicks { dataset = rows  output = probability }
    """
    for model in design.of(Model):
        dataset = design.get(model.dataset, Dataset)
        sampling = dataset.sampling if dataset is not None else None
        if dataset is None or sampling is None or not _distorts(sampling) or model.calibration:
            continue
        if model.output is None:
            yield Finding(
                design.place(model),
                f"`{model.name}` learns from {digits(sampling.kept * 100)}% of the {sampling.of}; "
                "whether its score is taken for a probability is not stated",
                subject=model.name,
                missing=(f"{model.name}.output",),
            )
        elif model.output == "probability":
            yield _distorted(design, dataset, sampling, model)


def _distorts(sampling: Sampling) -> bool:
    return sampling.of != "rows" and sampling.kept < 1 and not sampling.weighted


def _distorted(design: Design, dataset: Dataset, sampling: Sampling, model: Model) -> Finding:
    """The odds are multiplied by 1 / kept where negatives are left out, by kept where positives."""
    kept = digits(sampling.kept * 100)
    factor = sampling.kept if sampling.of == "positives" else 1 / max(sampling.kept, 1e-12)
    formula = f"{kept}%" if sampling.of == "positives" else f"1 / {kept}%"
    return Finding(
        design.place(dataset, "sampling", "of"),
        f"`{dataset.name}` keeps {kept}% of its {sampling.of} without weights: the odds that "
        f"`{model.name}` tells are {digits(factor)} times the real ones",
        subject=dataset.name,
        labels=(Label(design.place(model, "output"), "taken for a probability"),),
        arithmetic=(f"{digits(factor)} = {formula}",),
        help=f"sampling = {sampling.of} {{ kept = {kept}%  weighted = true }}, or "
        f"calibration = prior in `{model.name}`",
    )
