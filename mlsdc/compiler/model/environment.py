"""Where a design runs, and what is different there."""

from __future__ import annotations

from typing import ClassVar, Literal

from mlsdc.compiler.model.component import Component
from mlsdc.compiler.model.part import Part
from mlsdc.compiler.model.spending import Purchase, Quota, Spending
from mlsdc.compiler.model.types import DataRate, Duration, Share, Text

PLATFORMS = ("kubernetes", "aws", "gcp")


class Network(Part):
    """What every call on this platform pays for reaching the other side."""

    round_trip: Duration | None = None
    """The round trip of a call; nothing is added where absent."""
    mesh: Literal["sidecar", "ambient"] | None = None
    """A service mesh of Istio: what its proxies add to each call is counted."""
    bandwidth: DataRate | None = None
    """What one connection carries; counted for calls with a `payload` or an `answer`."""
    encoding: DataRate | None = None
    """What is written and read back into values; counted like `bandwidth`."""


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
    zone_availability: Share | None = None
    """The share of time in which one zone works, as the provider promises it."""
    secrets: Text | None = None
    """The secret store that credentials come from."""
    network: Network | None = None
    """What calls pay on the way; nothing is added where absent."""


class System(Component):
    """The design as a whole."""

    role = "system"
    runs = False

    tier: Literal["experimental", "internal", "production", "critical"] | None = None
    """How much depends on it. For production and critical, gates, monitors, alerts, stated
    resources and more are asked for as well; state it when the design is to carry traffic."""
    contact: Text | None = None
    """Who is called when it fails: an on-call rota, a channel."""
    recovery_time: Duration | None = None
    """How soon it has to work again after a disaster (RTO)."""
    recovery_point: Duration | None = None
    """How much of the latest data may be lost in one (RPO)."""
    risk: Literal["minimal", "limited", "high"] | None = None
    """Its class under the EU AI Act: high for the uses of Annex III."""
    residency: tuple[Text, ...] = ()
    """The regions it may run in: `["eu-west-1"]`, or `["eu"]` for all that begin so."""
    tenant: Text | None = None
    """The column that tells whose data a row is; of one customer alone where absent."""
    budget: Spending | None = None
    """What it may cost: `budget { cost <= 20_000USD/month }`; an environment's own wins."""
    mlops_level: Literal[0, 1, 2] | None = None
    """The level of automation it is held to, as Google Cloud counts: 0 by hand, 1 the pipeline
    trains and hands over models by itself, 2 pipelines are built, tested and released by others."""
    delivery: Text | None = None
    """What builds, tests and releases its pipelines: a CI/CD system, a repository."""


class Environment(Component):
    """One place where the design runs."""

    role = "environment"
    runs = False

    platform: Platform = Platform(name="kubernetes")
    extends: Text | None = None
    budget: Spending | None = None
    """What it may cost: `budget { cost <= 20_000USD/month }`; the system's where absent."""
    quota: Quota | None = None
    """The most that it grants: accelerators, endpoints, shards, machines."""
    purchase: Purchase = "on_demand"
    """How its machines are bought."""
