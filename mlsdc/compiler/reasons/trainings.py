"""The memory that each training needs on one device."""

from __future__ import annotations

from collections.abc import Iterator

from mlsdc.compiler.analyses.trainings import Trainings
from mlsdc.compiler.named_figures import Named, tells


@tells
def training_memory(trainings: Trainings) -> Iterator[Named]:
    """Bytes on one device, of each model that a training fits."""
    for name, run in trainings.of.items():
        for fit in run.fits:
            alone = len(run.fits) == 1
            yield Named(
                f"{name}.memory" if alone else f"{name}.memory_{fit.model.name}",
                fit.needed,
                meaning=f"states and activations of {fit.model.name} on one {fit.on or 'device'}",
                formula="parameters x bytes of weights, gradients and optimiser / shards",
                source="Rajbhandari et al. 2020 (ZeRO)",
                analysis="trainings",
            )
