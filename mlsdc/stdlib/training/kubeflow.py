"""x."""

from mlsdc.compiler.model.learning import Training


class Kubeflow(Training):
    """x."""

    system = "kubeflow"
