"""x."""

from mlsdc.compiler.model.serving import Gateway


class Envoy(Gateway):
    """x."""

    system = "envoy"
