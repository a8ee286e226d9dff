"""Kafka."""

from mlsdc.compiler.model.data import Stream


class Kafka(Stream):
    """A partitioned, replicated log."""

    system = "kafka"
