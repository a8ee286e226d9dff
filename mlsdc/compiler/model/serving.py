"""What answers requests."""

from __future__ import annotations

from typing import Annotated, Literal

from mlsdc.compiler.model.component import Component, Latency, ServiceTime
from mlsdc.compiler.model.consistency import (
    Artifact,
    FeatureLog,
    Fitted,
    Library,
    Pin,
    Preprocessing,
    Signature,
)
from mlsdc.compiler.model.features import Population
from mlsdc.compiler.model.language import (
    Algorithm,
    Chunks,
    Engine,
    Guards,
    Metric,
    Parallelism,
    Provider,
    Refresh,
    Retrieval,
    Semantic,
)
from mlsdc.compiler.model.part import Clauses, Part, clause, refers
from mlsdc.compiler.model.types import (
    Bytes,
    Cores,
    Count,
    Duration,
    GpusOrAuto,
    Names,
    Positive,
    Rate,
    Repeats,
    Replicas,
    Share,
    Text,
    TokenRate,
)


class Batching(Part):
    """Dynamic batching: how many requests are joined, and how long the first one waits."""

    size: Repeats
    """The most requests in one batch."""
    delay: Duration | None = None
    """How long a batch waits to fill; it starts at once where absent."""
    base: Duration | None = None
    """What a batch takes whatever it holds; with `per_item`, this replaces `latency`."""
    per_item: Duration | None = None
    """What each request adds to its batch."""
    preferred: tuple[Positive, ...] = ()
    """Sizes that are sent at once, without waiting further (Triton, `preferred_batch_size`)."""
    allowed: tuple[Positive, ...] = ()
    """Sizes that a batch is padded to, rising (TensorFlow Serving, `allowed_batch_sizes`)."""
    split: Positive | None = None
    """The largest batch that runs at once, where larger ones are split (TensorFlow Serving,
    `max_execution_batch_size`)."""
    threads: Count | None = None
    """Batches that run at the same time (TensorFlow Serving, `num_batch_threads`)."""


class TokenCounts(Part):
    """Quantiles of a number of tokens."""

    p50: Positive
    p99: Positive | None = None
    """As many as at p50 where absent."""

    @property
    def quantiles(self) -> dict[float, float]:
        """Quantile to tokens."""
        return {0.5: float(self.p50), 0.99: float(max(self.p99 or self.p50, self.p50))}


class Generation(Part):
    """How a language model answers: the first token, then one after the other."""

    ttft: Latency
    """Time to the first token: `ttft { p50 = 180ms  p99 = 600ms }`."""
    tpot: Latency
    """Time between two tokens."""
    output: TokenCounts
    """Tokens of one answer."""


class Scaling(Part):
    """Bounds of the autoscaler."""

    minimum: Count | None = None
    """Replicas that always run; 0 starts the first one when a request comes."""
    maximum: Positive | None = None
    target: Share | None = None
    """Utilisation it aims at."""
    signal: (
        Literal["cpu", "gpu", "memory", "requests", "queue_depth", "kv_usage", "ttft"] | None
    ) = None
    """What it watches."""
    reaction: Duration | None = None
    """How long until it sees a change of load; 15s, the period of Kubernetes' autoscaler, where
    absent."""


@clause("measured")
class Measured(Part):
    """`measured l4  p50 18ms  p99 40ms  at 60/s`: one replica on one kind of hardware."""

    positional = ("on",)

    on: Text
    """The accelerator, or `cpu`."""
    count: Positive = 1
    """Accelerators of the replica that was measured."""
    p50: Duration | None = None
    p90: Duration | None = None
    p95: Duration | None = None
    p99: Duration | None = None
    p999: Duration | None = None
    at: Rate | None = None
    """The load on the replica at which the quantiles were measured."""
    concurrency: Positive | None = None
    """Requests that the replica worked on at the same time; the endpoint's own where absent."""


class Endpoint(Component):
    """Serves predictions, rules or decisions."""

    role = "endpoint"

    model: Annotated[Text | None, refers("model", verb="serves")] = None
    features: Annotated[Names, refers("features", verb="resolves")] = ()
    """The feature views whose values it takes in: read by whoever calls the view in a request,
    and by the endpoint itself where no request does."""
    request_features: tuple[Text, ...] = ()
    """Inputs of the model that the request itself carries."""
    alias: Text | None = None
    """The alias of the registry that it follows, such as champion: a promotion changes what is
    served."""
    feature_versions: Literal["pinned", "with_model", "latest"] | None = None
    """Which versions of its features it resolves: those pinned here, those the served model version
    was trained on, or the newest at any time."""
    pins: Annotated[tuple[Pin, ...], Clauses(("pin",))] = ()
    """The versions it resolves; those declared where absent."""
    signature: Signature | None = None
    """The inputs that its server declares, in their order, where they are written down."""
    fitted: Annotated[tuple[Fitted, ...], Clauses(("fitted",))] = ()
    """The fitted state that it loads beside the model."""
    preprocessing: Preprocessing | None = None
    """Where serving prepares the model's inputs."""
    artifact: Artifact | None = None
    """What is served, where it is not the file that training wrote."""
    libraries: tuple[Library, ...] = ()
    """The pinned versions in its image: `libraries = ["xgboost==2.1.1"]`."""
    logging: FeatureLog | None = None
    """Where it writes down the feature values it was asked with."""
    rejects_stale: bool = False
    """Whether it compares the event time that comes with each value it reads with the view's
    `max_age`, and takes an older one for missing."""
    feature_budget: Duration | None = None
    """The time it has for getting and computing its features."""
    serves: Population | None = None
    """Which traffic it answers: `serves { country == ["DE", "FR"] }`; all that reaches it where
    absent."""
    finds: Annotated[Names, refers("entity", verb="describes")] = ()
    """Entities whose keys its answer carries: candidates."""
    latency: Latency | None = None
    measured: Annotated[tuple[Measured, ...], Clauses(("measured",))] = ()
    """The latency on each kind of hardware it may run on; `gpus = auto` chooses among them."""
    generation: Generation | None = None
    """What a language model takes for its answer, instead of `latency`."""
    prompt: Annotated[Text | None, refers("prompt", verb="describes")] = None
    """What a language model is told with each request."""
    tools: Annotated[Names, refers("tool", verb="describes")] = ()
    """What it may call on its own decision."""
    adapters: Annotated[Names, refers("model", verb="describes")] = ()
    """Adapters it serves beside its model."""
    engine: Engine | None = None
    parallelism: Parallelism | None = None
    """How one replica is spread over its accelerators."""
    guards: Guards | None = None
    tokens_per_key: TokenRate | None = None
    """Tokens that one caller may use; unlimited where neither this nor a gateway states it."""
    provider: Provider | None = None
    """Who answers, where it is no part of this design."""
    concurrency: Positive | None = None
    """Requests one replica works on at the same time."""
    replicas: Replicas = "auto"
    scaling: Scaling | None = None
    survives: Literal["node", "zone"] | None = None
    """What may be lost at peak without overload: `replicas = auto` adds what that takes."""
    utilisation: Share = 0.7
    """The load one replica is planned for, as a share of its capacity."""
    batching: Batching | None = None
    cpu: Cores | None = None
    memory: Bytes | None = None
    gpus: GpusOrAuto | None = None
    """Accelerators of one replica; `auto` is the cheapest of those that were measured on which
    every latency budget is met."""
    cold_start: Duration | None = None
    """Image pull, weight load and warm-up."""
    startup: Duration | None = None
    """How long a replica may take until it is ready, before it is killed and started anew: the
    start-up probe's period times its failure threshold. The system's default where absent."""
    availability: Share | None = None
    """The share of time in which it answers, all of its replicas taken together."""
    replica_availability: Share | None = None
    """The share of time in which one replica answers; that of all of them follows from it, from
    their number and from how many the load needs."""

    def service_time(self) -> ServiceTime | None:
        """The time of one answer: of a batch of one, of all tokens, or as it was measured."""
        if self.generation is not None:
            return _generated(self.generation)
        return super().service_time()


def _generated(generation: Generation) -> ServiceTime | None:
    first, each = generation.ttft.quantiles, generation.tpot.quantiles
    if not first or not each:
        return None
    at = generation.ttft.at
    return ServiceTime(
        first, "measured", "the design", at.value if at else None,
        per_token=each, tokens=generation.output.quantiles,
    )  # fmt: skip


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
    tokens_per_key: TokenRate | None = None
    """Tokens of a language model that one caller may use."""
    tenant_limit: Rate | None = None
    """Requests it admits of one tenant."""
    latency: Latency | None = None
    concurrency: Positive | None = None
    """Requests one replica works on at the same time."""
    replicas: Replicas = 2
    survives: Literal["node", "zone"] | None = None
    """What may be lost at peak without overload: `replicas = auto` adds what that takes."""
    availability: Share | None = None
    """The share of time in which it answers, all of its replicas taken together."""
    replica_availability: Share | None = None
    """The share of time in which one replica answers; that of all of them follows from it, from
    their number and from how many the load needs."""


class Cache(Component):
    """Holds answers or features for a while."""

    role = "cache"

    ttl: Duration | None = None
    key: tuple[Text, ...] = ()
    """What an entry is found by: query, user_id, variant."""
    semantic: Semantic | None = None
    """Where questions that mean the same share an answer."""
    memory: Bytes | None = None
    nodes: Count = 1
    latency: Latency | None = None
    availability: Share | None = None
    """The share of time in which it answers, all of its nodes taken together."""


class Index(Component):
    """Finds candidates: near vectors, matching documents, or both."""

    role = "index"

    encoder: Annotated[Text | None, refers("model", verb="describes")] = None
    """The model whose vectors it holds; queries are encoded by the same version."""
    encoder_version: Positive | None = None
    """The version of the encoder that made its vectors; the model's own where absent."""
    query_encoder: Annotated[Text | None, refers("endpoint", "model", verb="describes")] = None
    """What turns queries into vectors."""
    metric: Metric | None = None
    normalised: bool | None = None
    """Whether vectors are brought to length 1 before they are stored."""
    chunks: Chunks | None = None
    retrieval: Retrieval | None = None
    refresh: Refresh | None = None
    vectors: Count | None = None
    """How many vectors it holds; nothing for an index of words, which has none."""
    dimensions: Positive | None = None
    """Numbers of one vector."""
    storage: Literal["float32", "float16", "int8", "binary"] | None = None
    """What one number of a vector is kept as."""
    algorithm: Algorithm | None = None
    top: Positive | None = None
    """Candidates that one search returns."""
    finds: Annotated[Names, refers("entity", verb="describes")] = ()
    """Entities whose keys its answer carries."""
    freshness: Duration | None = None
    """How long after a change an item is found."""
    latency: Latency | None = None
    replicas: Positive = 1
    shards: Positive = 1
    """Parts it is divided into; each replica of a part lies on a node of its own."""
    memory: Bytes | None = None
    """Memory of one node."""
    availability: Share | None = None
    """The share of time in which it answers, all of its nodes taken together."""
