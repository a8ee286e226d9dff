"""x."""

from mlsdc.compiler.model.data import OnlineStore


class Redis(OnlineStore):
    """x."""

    system = "redis"
