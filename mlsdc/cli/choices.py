"""The words that options accept."""

from __future__ import annotations

from enum import StrEnum


class FailOn(StrEnum):
    """The least severity that fails a run."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


class Profile(StrEnum):
    """How severe findings are for a design of a certain standing."""

    DEV = "dev"
    PROD = "prod"
    REGULATED = "regulated"


class GraphFormat(StrEnum):
    """How a graph is written."""

    MERMAID = "mermaid"
    SVG = "svg"
    JSON = "json"


class ShowFormat(StrEnum):
    """How a component is shown."""

    TEXT = "text"
    JSON = "json"


class Form(StrEnum):
    """How a design is written."""

    YAML = "yaml"
    MLSD = "mlsd"


class GraphView(StrEnum):
    """What of a design is drawn."""

    SYSTEM = "system"
    LINEAGE = "lineage"
