"""A model in, the field that would tell what it takes in, where nothing does, out."""

from __future__ import annotations

from mlsdc.compiler.design import Design
from mlsdc.compiler.model.features import Dataset
from mlsdc.compiler.model.learning import Model


def unstated_inputs(design: Design, model: Model) -> str:
    """Empty where the inputs are known: the features of its dataset, or its signature."""
    dataset = design.get(model.dataset, Dataset)
    if model.signature is not None:
        return ""
    if dataset is None:
        return f"{model.name}.dataset"
    return "" if design.wrote(dataset, "features") else f"{dataset.name}.features"
