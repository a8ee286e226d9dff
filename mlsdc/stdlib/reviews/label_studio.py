"""x."""

from mlsdc.compiler.model.operations import Review


class LabelStudio(Review):
    """x."""

    system = "label_studio"
