"""What a language model is, how an engine runs it, and what its prompts and chunks are made of.

These are the blocks of `model`, `endpoint`, `index` and `cache`; the roles `prompt` and `tool` are
in `prompt.py`.
"""

from __future__ import annotations

from typing import Annotated, Literal

from mlsdc.compiler.model.part import Part, refers
from mlsdc.compiler.model.types import (
    Duration,
    Large,
    Money,
    Payload,
    Period,
    Positive,
    Precision,
    Rate,
    Share,
    Text,
    TokenRate,
)

Metric = Literal["cosine", "dot", "l2"]
"""How two vectors are compared."""


class Architecture(Part):
    """`architecture = "llama-3-70b" { max_length = 8192 }`: the published model it has the shape
    of, and what is different or not published."""

    choice = "shape"

    shape: Text | None = None
    """A model of the catalogue whose figures hold where they are not stated here."""
    params: Large | None = None
    """All parameters."""
    active: Large | None = None
    """Parameters that one token uses, in a mixture of experts; all of them where absent."""
    layers: Positive | None = None
    hidden: Positive | None = None
    heads: Positive | None = None
    kv_heads: Positive | None = None
    """Heads of keys and values: fewer than `heads` with grouped-query attention."""
    head_dim: Positive | None = None
    latent: Positive | None = None
    """Elements of the latent KV cache of one layer and token, with multi-head latent attention."""
    max_length: Positive | None = None
    """Tokens of the longest context it was trained for."""


class Tokenizer(Part):
    """`tokenizer = "meta-llama/Llama-3.1-8B" { revision = "0e9e39f" }`."""

    choice = "name"

    name: Text | None = None
    revision: Text | None = None
    """The commit or digest of its files."""
    template: Text | None = None
    """The version of the chat template that turns messages into one text."""


class Embedding(Part):
    """What the vectors of an encoder are."""

    dimensions: Positive | None = None
    metric: Metric | None = None
    """How it was trained to have its vectors compared."""
    normalised: bool | None = None
    """Whether its vectors have length 1."""
    max_tokens: Positive | None = None
    """The longest text it reads; the rest is cut off without a word."""
    space: Text | None = None
    """What is the same for encoders that were trained together, such as the two towers of one run;
    the model's own name and version where absent."""


class Adapter(Part):
    """`adapter = lora { base = llama  rank = 16 }`: the model is a small addition to another."""

    choice = "method"

    method: Literal["lora", "qlora", "dora"] = "lora"
    rank: Positive | None = None
    base: Annotated[Text | None, refers("model", verb="describes")] = None
    """The model it is added to."""
    base_revision: Text | None = None
    """The revision of that model which it was trained on."""


class Parallelism(Part):
    """How one replica is spread over its accelerators: tensor x pipeline x data of them."""

    tensor: Positive = 1
    """Every layer is divided among so many."""
    pipeline: Positive = 1
    """The layers are dealt out to so many."""
    data: Positive = 1
    """Whole copies of the model beside each other."""
    per_machine: Positive | None = None
    """Accelerators of one machine, joined by its own links."""
    network: Literal["ethernet", "infiniband", "roce", "efa", "nvlink"] | None = None
    """What joins the machines of one replica."""


class Engine(Part):
    """The inference engine of a language model: memory, cache and limits of one replica."""

    max_model_len: Positive | None = None
    """Tokens of the longest request, prompt and answer together; the model's `max_length` where
    absent."""
    gpu_utilisation: Share | None = None
    """The share of each accelerator's memory that the engine takes; 90% where absent."""
    kv_cache: Precision | None = None
    """The format of the KV cache; 16 bits where absent."""
    overhead: Payload | None = None
    """Activations, CUDA graphs and context on one accelerator, as measured."""
    speculative: Positive | None = None
    """Tokens that a draft proposes for each step."""
    prefix_caching: bool | None = None
    """Whether requests that begin alike share the KV cache of their beginning."""
    cache_salt: Text | None = None
    """The column by which that sharing is kept apart: tenant_id."""
    tokenizer: Tokenizer | None = None
    """The tokenizer it loads; the model's own where absent."""
    max_loras: Positive | None = None
    """Adapters that one batch may use."""
    max_lora_rank: Positive | None = None


class Guards(Part):
    """What is looked at before the model reads a request, and before anyone reads its answer."""

    input: tuple[Literal["length", "injection", "pii", "toxicity", "topic"], ...] = ()
    output: tuple[Literal["pii", "toxicity", "groundedness", "schema", "topic"], ...] = ()
    max_input: Positive | None = None
    """Tokens of a request beyond which it is refused."""


class Provider(Part):
    """`provider = openai { model = "gpt-4o-2024-11-20"  requests = 500/m }`: answered outside."""

    choice = "name"

    name: Text
    model: Text | None = None
    """The name it is asked for by."""
    max_model_len: Positive | None = None
    """Tokens of the longest request it accepts, prompt and answer together."""
    requests: Rate | None = None
    """Requests it accepts (RPM: `500/m`)."""
    tokens: TokenRate | None = None
    """Tokens it accepts, of prompts and answers (TPM: `200_000tokens/m`)."""
    budget: Money | None = None
    """What may be spent: `50USD/d`; in a day where no time is stated."""
    daily: Positive | None = None
    """Requests of a usual day."""
    input_price: Money | None = None
    """A million tokens of prompts."""
    output_price: Money | None = None
    """A million tokens of answers."""


class Chunks(Part):
    """The pieces of documents that an index holds."""

    tokens: Positive | None = None
    """Tokens of one chunk."""
    tokenizer: Tokenizer | None = None
    """What counted them; the encoder's own where absent."""
    acl: Text | None = None
    """The column of the document's readers that every chunk carries."""
    trusted: bool = False
    """Whether the team alone writes these texts; else they may hold instructions of a stranger."""


class Retrieval(Part):
    """How passages are chosen for a prompt."""

    k: Positive | None = None
    """Chunks that the prompt gets."""
    reranker: Annotated[Text | None, refers("endpoint", verb="describes")] = None
    """What orders the candidates before the first `k` are taken."""
    evaluation: Annotated[Text | None, refers("dataset", verb="describes")] = None
    """Questions with the passages that answer them: recall@k is measured on these."""
    recall: Share | None = None
    """The share of the true neighbours that the approximate search has to find."""
    filter: Literal["before", "after", "none"] | None = None
    """Whether chunks a reader may not see are left out before the search, after it, or not."""


class Algorithm(Part):
    """`algorithm = hnsw { m = 16 }`: how near vectors are found."""

    choice = "kind"

    kind: Literal["hnsw", "ivf", "diskann", "flat"]
    m: Positive = 16
    """Links of a node on each layer of the graph; twice as many on the lowest: hnsw."""


class Refresh(Part):
    """From a changed document to a search that finds it: the steps, one after the other."""

    every: Period | None = None
    """The schedule; a change is taken in at once where absent."""
    ingest: Duration | None = None
    chunk: Duration | None = None
    embed: Duration | None = None
    build: Duration | None = None
    """Until the index serves what was written."""
    deletes: Literal["propagated", "rebuilt", "kept"] | None = None
    """What happens to the chunks of a deleted document: taken out one by one, gone with the next
    build of the whole index, or nothing."""


class Semantic(Part):
    """A cache that finds answers to questions that mean the same."""

    threshold: Share | None = None
    """The similarity from which two questions are taken for one."""
    encoder: Annotated[Text | None, refers("endpoint", "model", verb="describes")] = None
    evaluation: Annotated[Text | None, refers("dataset", verb="describes")] = None
    """Pairs of questions that do and do not mean the same: the threshold was chosen on these."""
