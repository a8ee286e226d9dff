"""x."""

from mlsdc.compiler.model.serving import Endpoint


class Container(Endpoint):
    """x."""

    system = "container"


from mlsdc.compiler.model.learning import Explainer


class ContainerExplainer(Explainer):
    """x."""

    system = "container"
