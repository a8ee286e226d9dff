"""x."""

from mlsdc.compiler.model.operations import Metrics


class Prometheus(Metrics):
    """x."""

    system = "prometheus"
