"""x."""

from mlsdc.compiler.model.learning import Registry


class MLflow(Registry):
    """x."""

    system = "mlflow"
