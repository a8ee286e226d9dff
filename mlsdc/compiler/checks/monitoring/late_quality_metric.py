"""MON005"""

from collections.abc import Iterator

from mlsdc.compiler.analyses.monitoring import Monitoring
from mlsdc.compiler.design import Design
from mlsdc.compiler.model.data import Label as LabelComponent
from mlsdc.compiler.model.features import Dataset
from mlsdc.compiler.model.operations import Monitor
from mlsdc.compiler.schedule import Finding, check
from mlsdc.diagnostics import Label, Severity
from mlsdc.units import show


@check(
    "MON005",
    "late-quality-metric",
    Severity.WARNING,
    source="Breck et al., The ML Test Score (2017), Monitor 7: no regression in prediction quality "
    "on served data",
)
def late_quality_metric(design: Design, monitoring: Monitoring) -> Iterator[Finding]:
    """Quality is known only once labels are, and nothing is watched until then.

    Why: a model that broke today is found when its labels mature, weeks later; prediction drift and
    calibration tell on the same day that something changed.

    Bad:

        source disputes { }
        label fraud { from = disputes  matures = 45d }
        dataset history { label = fraud }
        model scorer { dataset = history }
        endpoint score { model = scorer }
        monitor health { watches = score  every = 1h  quality = recall }

    Good:

        source disputes { }
        label fraud { from = disputes  matures = 45d }
        dataset history { label = fraud }
        model scorer { dataset = history }
        endpoint score { model = scorer }
        monitor health {
          watches = score
          every   = 1h
          quality = recall
          proxies = [prediction_drift]
        }
    """
    for monitor in design.of(Monitor):
        if monitor.quality is None or monitor.proxies:
            continue
        for model in monitoring.of[monitor.name].models:
            dataset = design.get(model.dataset, Dataset)
            label = design.get(dataset.label, LabelComponent) if dataset else None
            if label is None or label.matures is None:
                field = f"{label.name}.matures" if label else f"{model.name}.dataset"
                yield Finding(
                    design.place(monitor, "quality"),
                    f"how late {monitor.quality} is known is not stated",
                    subject=monitor.name,
                    missing=(field,),
                )
            elif label.matures.value > (monitor.every.value if monitor.every else 0.0):
                yield Finding(
                    design.place(monitor, "quality"),
                    f"{monitor.quality} is known {show(label.matures)} late, and nothing is "
                    "watched until then",
                    subject=monitor.name,
                    labels=(Label(design.place(label, "matures"), "when labels are known"),),
                    help="proxies = [prediction_drift]",
                )
