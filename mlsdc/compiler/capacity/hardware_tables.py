"""The tables of accelerators and model shapes as a fact that analyses may ask for.

They are read only when one of them does: most designs have nothing to look up.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mlsdc.compiler.estimates.hardware import Hardware


@dataclass(frozen=True)
class HardwareTables:
    """How to read the tables."""

    read: Callable[[], Hardware]
