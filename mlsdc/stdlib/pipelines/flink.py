"""x."""

from mlsdc.compiler.model.data import Pipeline


class Flink(Pipeline):
    """x."""

    system = "flink"
