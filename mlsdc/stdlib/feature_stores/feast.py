"""x."""

from mlsdc.compiler.model.data import FeatureStore


class Feast(FeatureStore):
    """x."""

    system = "feast"
