"""What a system can and cannot do with the words of a design, as data that checks read."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Capability:
    """Whether a system honours a field of the language, and where that is known from."""

    supported: bool
    source: str
    requires: str = ""
    """The field of the system without which it does not."""
