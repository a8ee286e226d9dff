"""Where a design runs, and what is different there."""

from __future__ import annotations

from typing import ClassVar, Literal

from mlsdc.compiler.model.component import Component
from mlsdc.compiler.model.part import Part
from mlsdc.compiler.model.types import Text

PLATFORMS = ("kubernetes", "aws", "gcp")


class Platform(Part):
    """`platform = aws { region = "eu-west-1" }`."""

    choice: ClassVar[str | None] = "name"

    name: Literal["kubernetes", "aws", "gcp"]
    region: Text | None = None
    namespace: Text | None = None
    """The Kubernetes namespace; the system's name where absent."""
    cluster: Text | None = None
    """The name of an existing cluster, where none is to be created."""
    account: Text | None = None
    zones: int = 3
    secrets: Text | None = None
    """The secret store that credentials come from."""


class System(Component):
    """The design as a whole."""

    role = "system"
    runs = False

    tier: Literal["experimental", "internal", "production", "critical"] | None = None
    contact: Text | None = None


class Environment(Component):
    """One place where the design runs."""

    role = "environment"
    runs = False

    platform: Platform = Platform(name="kubernetes")
    extends: Text | None = None
