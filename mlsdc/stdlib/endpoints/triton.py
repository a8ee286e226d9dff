"""x."""

from mlsdc.compiler.model.serving import Endpoint


class Triton(Endpoint):
    """x."""

    system = "triton"
