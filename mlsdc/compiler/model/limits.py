"""What one part of a system carries, as data that its file states and analyses read.

A system's class returns one of these records, with its source; None, the default of every role,
means that nobody knows.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class PartitionLimits:
    """What one partition of a log carries each second; None where there is no such limit.

    Kafka calls it a partition, Kinesis a shard.
    """

    source: str
    written: float | None = None
    """Bytes that one partition takes in."""
    records: float | None = None
    """Records that one partition takes in."""
    read: float | None = None
    """Bytes that one partition gives out."""
    shared: bool = False
    """Whether all consumers share `read`; else each has it for itself."""
    exclusive: bool = True
    """Whether one consumer of a group reads a partition at a time."""
    noun: str = "partition"
    field: str = "partitions"
    """The field of the system that says how many there are."""


@dataclass(frozen=True)
class StoreLimits:
    """What a key-value store holds and answers; None where there is no such limit.

    Capacity is counted in units (DynamoDB): a write takes one for each `write_unit` begun, a read
    one for each `read_unit` begun, or half of it where it is eventually consistent.
    """

    source: str
    memory: float | None = None
    """Bytes that may be taken, one copy of each key counted."""
    node: float | None = None
    """Bytes of one node, its default where the design is silent; `memory` grows with it."""
    because: tuple[str, ...] = ()
    """How `memory` comes about."""
    entry: float = 0.0
    """Bytes that a key takes beyond itself."""
    cell: float = 0.0
    """Bytes that a value of a row takes beyond itself."""
    writes: float | None = None
    """Write units per second."""
    reads: float | None = None
    """Read units per second."""
    write_unit: float = 1024.0
    read_unit: float = 4096.0
    eventual: bool = True
    key_reads: float | None = None
    """Reads per second of one key, all of which one partition answers."""
