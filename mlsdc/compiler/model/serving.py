"""What answers requests."""

from __future__ import annotations

from typing import Annotated, Literal

from mlsdc.compiler.model.component import Component, Latency
from mlsdc.compiler.model.part import Part, refers
from mlsdc.compiler.model.types import (
    Bytes,
    Cores,
    Count,
    Duration,
    Gpus,
    Names,
    Positive,
    Rate,
    Replicas,
    Share,
    Text,
)


class Batching(Part):
    """Dynamic batching: how many requests are joined, and how long the first one waits."""

    size: Positive
    delay: Duration | None = None


class Scaling(Part):
    """Bounds of the autoscaler."""

    minimum: Positive | None = None
    maximum: Positive | None = None
    target: Share | None = None
    """Utilisation it aims at."""


class Endpoint(Component):
    """Serves predictions, rules or decisions."""

    role = "endpoint"

    model: Annotated[Text | None, refers("model", verb="serves")] = None
    features: Annotated[Names, refers("features", verb="resolves")] = ()
    """The feature views whose values it takes in: read by whoever calls the view in a request,
    and by the endpoint itself where no request does."""
    request_features: tuple[Text, ...] = ()
    """Inputs of the model that the request itself carries."""
    latency: Latency | None = None
    concurrency: Positive | None = None
    """Requests one replica works on at the same time."""
    replicas: Replicas = "auto"
    scaling: Scaling | None = None
    utilisation: Share = 0.7
    """The load one replica is planned for, as a share of its capacity."""
    batching: Batching | None = None
    cpu: Cores | None = None
    memory: Bytes | None = None
    gpus: Gpus | None = None
    cold_start: Duration | None = None
    """Image pull, weight load and warm-up."""
    availability: Share | None = None


class Gateway(Component):
    """The edge: authentication, rate limits, routing."""

    role = "gateway"

    auth: Literal["jwt", "mtls", "api_key", "none"] | None = None
    issuer: Text | None = None
    """The OpenID Connect issuer of JWTs."""
    host: Text | None = None
    """The public host name."""
    limit: Rate | None = None
    """Requests it admits."""
    latency: Latency | None = None
    replicas: Replicas = 2
    availability: Share | None = None


class Cache(Component):
    """Holds answers or features for a while."""

    role = "cache"

    ttl: Duration | None = None
    memory: Bytes | None = None
    nodes: Count = 1
    latency: Latency | None = None
