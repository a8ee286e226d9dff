"""x."""

from mlsdc.compiler.model.operations import Monitor


class Evidently(Monitor):
    """x."""

    system = "evidently"
