"""Memory of single parts: optimiser states, embeddings, scores, adapters, blocks, stores."""

from __future__ import annotations

import re

from mlsdc.compiler.estimates import training_memory
from mlsdc.compiler.estimates.model_inputs import figure, kv_per_token, needed, weight_bytes
from mlsdc.compiler.estimates.refusal import Missing, Refusal
from mlsdc.compiler.estimates.working import Method, Working


def optimiser_states(working: Working) -> float:
    """Bytes of the optimiser's states: its moments, and the 32-bit weights where training is in 16.

    Undivided; Adam in 32 bits takes 8 for each parameter, in mixed precision 12 (ZeRO's K).
    """
    params = working.maybe("trainable_params") or needed(working, "params")
    each = working.maybe("optimizer_bytes")
    if each is None:
        name = working.text("optimizer")
        each = training_memory.OPTIMISER_BYTES[name]
        if working.text("precision") in ("fp16", "bf16", "fp8") and name != "adam8bit":
            each += training_memory.MASTER_BYTES
    formula = f"{params:.6g} params x {each:g} B"
    return working.step("optimiser states", formula, params * each, "B")


def embedding_matrix(working: Working) -> float:
    """Bytes of the matrix of the vocabulary."""
    words, width = needed(working, "vocab"), needed(working, "hidden")
    each = weight_bytes(working)
    formula = f"{words:g} words x {width:g} x {each:g} B"
    return working.step("embedding", formula, words * width * each, "B")


def largest_layer(working: Working) -> float:
    """Bytes of the largest layer: the vocabulary's matrix, or a transformer layer."""
    matrix = embedding_matrix(working)
    hidden = needed(working, "hidden")
    layer = training_memory.layer_params(hidden) * weight_bytes(working)
    working.step("a transformer layer", "12 h^2 + 13 h", layer, "B")
    return working.step("largest", "the larger of both", max(matrix, layer), "B")


def scores(working: Working) -> float:
    """Bytes of the scores of every word for every token."""
    batch = working.either_or("micro_batch", "batch", 1.0)
    tokens, words = needed(working, "seq_len"), needed(working, "vocab")
    each = weight_bytes(working)
    formula = f"{batch:g} x {tokens:g} x {words:g} x {each:g} B"
    return working.step("scores", formula, batch * tokens * words * each, "B")


def model_params(working: Working) -> float:
    """Parameters of a GPT: layers, and the matrices of words and positions where stated.

    With a stated feed-forward width that is not 4 h the model is one of the Llama kind: gated, its
    KV heads as stated, and the matrix of words not shared with that of the scores.
    """
    layers, hidden = working.number("layers"), working.number("hidden")
    wide = working.maybe("ffn")
    if wide is not None and wide != 4.0 * hidden:
        heads, groups = working.maybe("heads"), working.maybe("kv_heads")
        share = groups / heads if heads and groups else 1.0
        each = hidden * hidden * (2.0 + 2.0 * share) + 3.0 * hidden * wide
        working.step("a layer", "h^2 (2 + 2 kv / heads) + 3 h f", each, "params")
        words = 2.0 * hidden * (working.maybe("vocab") or 0.0)
        formula = f"{layers:g} x {each:.6g} + 2 x {hidden:g} x vocab"
        return working.step("parameters", formula, layers * each + words, "params",
                            "Touvron 2023")  # fmt: skip
    params = layers * training_memory.layer_params(hidden)
    working.step("layers", f"{layers:g} x (12 h^2 + 13 h)", params, "params")
    for name, what in (("vocab", "words"), ("seq_len", "positions")):
        if (count := working.maybe(name)) is not None:
            formula = f"{count:g} x {hidden:g}"
            params += working.step(f"matrix of {what}", formula, count * hidden, "params")
    return working.step("parameters", "all", params, "params", "Narayanan 2021, equation 2")


def adapter_params(working: Working) -> float:
    """Parameters of LoRA's adapters: rank x (width in + width out) of each matrix."""
    rank, layers = working.number("lora_rank"), needed(working, "layers")
    sizes = {name: _matrix(working, name) for name in _modules(working)}
    each = sum(given + taken for given, taken in sizes.values())
    formula = f"{layers:g} layers x {rank:g} x {each:g} ({', '.join(sizes)})"
    return working.step("adapters", formula, layers * rank * each, "params", "Hu et al. 2021")


_ALL = ("q", "k", "v", "o", "gate", "up", "down")


def _modules(working: Working) -> tuple[str, ...]:
    said = working.text("target_modules")
    if re.search(r"\ball\b|all.linear", said):
        return _ALL
    found = [re.sub(r"_?proj.*$", "", word) for word in re.findall(r"[a-z_]+", said)]
    plain = {"query": "q", "key": "k", "value": "v", "output": "o"}
    names = tuple(dict.fromkeys(plain.get(name, name) for name in found))
    if not names or not set(names) <= set(_ALL):
        raise Refusal("target_modules", said, f"some of {', '.join(_ALL)}", "q_proj,v_proj")
    return names


def _matrix(working: Working, name: str) -> tuple[float, float]:
    """Width in and width out of one matrix of a layer."""
    hidden = needed(working, "hidden")
    if name in ("q", "o"):
        return hidden, hidden
    if name in ("k", "v"):
        heads, groups = figure(working, "heads"), figure(working, "kv_heads")
        share = groups / heads if heads and groups else 1.0
        return hidden, hidden * share
    wide = working.number("ffn")
    return (wide, hidden) if name == "down" else (hidden, wide)


def kv_blocks(working: Working) -> float:
    """Blocks of the KV cache that a memory holds."""
    memory, tokens = working.number("kv_memory"), working.number("block_size")
    each = _kv_token(working) * tokens
    formula = f"{memory:.6g} B / ({tokens:g} tokens x {each / tokens:g} B)"
    return working.step("blocks", formula, memory / each, "blocks", "Kwon 2023")


def kv_tokens(working: Working) -> float:
    """Tokens whose keys and values a memory holds."""
    memory, each = working.number("kv_memory"), _kv_token(working)
    return working.step("tokens", f"{memory:.6g} B / {each:g} B", memory / each, "tokens")


def kv_sequences(working: Working) -> float:
    """Sequences of a length whose keys and values a memory holds."""
    length = working.either("tokens", "context_tokens", "seq_len")
    count = kv_tokens(working) / length
    return working.step("sequences", f"/ {length:g} tokens", count, "sequences")


def _kv_token(working: Working) -> float:
    stated = working.maybe("kv_token_size")
    return stated if stated is not None else kv_per_token(working)


def store(working: Working) -> float:
    """Bytes of a store of keys and values, with what it adds to a key, in all copies."""
    keys, value = working.number("keys"), working.maybe("value_size")
    if value is None:
        value = working.number("comparisons") * working.number("feature_size")
    more = working.maybe("key_overhead") or 0.0
    copies = working.either_or("copies", "servers", 1.0)
    formula = f"{keys:g} keys x ({value:g} + {more:g}) B x {copies:g} copies"
    return working.step("store", formula, keys * (value + more) * copies, "B")


def retained(working: Working) -> float:
    """Bytes of the messages of a stream that are kept, in all copies."""
    rate, size = working.number("arrival_rate"), working.number("value_size")
    kept, copies = working.number("retention"), working.maybe("copies") or 1.0
    formula = f"{rate:g}/s x {size:g} B x {kept:g} s x {copies:g} copies"
    return working.step("kept", formula, rate * size * kept * copies, "B")


def hnsw(working: Working) -> float:
    """Bytes of vectors with a graph of neighbours: 4 d + 8 M each."""
    if "hnsw" not in working.text("index"):
        raise Missing("index hnsw")
    rows, width = working.number("embedding_rows"), working.number("embedding_dim")
    links = working.number("graph_links")
    each = width * weight_bytes(working) + 8.0 * links
    formula = f"{rows:g} x ({width:g} numbers + 8 x {links:g}) B"
    return working.step("index", formula, rows * each, "B", "Faiss, guidelines to choose an index")


def read_per_token(working: Working) -> float:
    """Bytes read for each token: bandwidth over token rate."""
    rate, bandwidth = working.number("tokens_rate"), working.number("reported_bandwidth")
    return working.step(
        "read per token", f"{bandwidth:.6g} B/s / {rate:g}/s", bandwidth / rate, "B"
    )


def coded(working: Working) -> float:
    """Bytes of the codes of vectors."""
    rows, each = working.number("embedding_rows"), working.number("code_size")
    return working.step("codes", f"{rows:g} x {each:g} B", rows * each, "B", "Jegou 2011")


_FORMAT = ("precision", "bytes_per_param", "bits_per_weight")
_KV = ("kv_token_size", "layers", "model")
_CONTEXT = ("tokens", "context_tokens", "seq_len")

MEMORY_PARTS: tuple[Method, ...] = (
    Method("optimiser_states", "optimiser states", "B",
           (("params", "model", "trainable_params"), ("optimizer", "optimizer_bytes")),
           "optimizer optimiser states moments adam only", optimiser_states,
           unless=("zero_stage", "strategy", "data_parallel"), asked_only=True),
    Method("embedding_matrix", "matrix of the vocabulary", "B",
           (("vocab", "model"), ("hidden", "model"), _FORMAT),
           "embedding matrix vocabulary word", embedding_matrix, asked_only=True),
    Method("largest_layer", "largest layer", "B",
           (("vocab", "model"), ("hidden", "model"), _FORMAT),
           "largest layer", largest_layer, asked_only=True),
    Method("scores", "scores of the vocabulary", "B",
           (("vocab", "model"), "seq_len", _FORMAT), "logits scores logit output", scores,
           asked_only=True),
    Method("model_params", "parameters of a GPT", "params", ("layers", "hidden"),
           "parameters params total model count", model_params,
           unless=("params", "model", "lora_rank"), asked_only=True),
    Method("adapter_params", "parameters of the adapters", "params",
           ("lora_rank", "target_modules", ("layers", "model"), ("hidden", "model")),
           "trainable parameters params lora adapter adapters", adapter_params),
    Method("kv_blocks", "blocks of the KV cache", "blocks", ("kv_memory", "block_size", _KV),
           "blocks block gpu kv cache", kv_blocks),
    Method("kv_tokens", "tokens that the KV cache holds", "tokens", ("kv_memory", _KV),
           "tokens token kv cache capacity", kv_tokens),
    Method("sequences", "sequences that fit at once", "sequences", ("kv_memory", _KV, _CONTEXT),
           "sequences concurrency concurrent batch requests fit max", kv_sequences),
    Method("store", "keys and values of a store", "B",
           ("keys", ("value_size", "feature_size"), ("value_size", "comparisons")),
           "store memory total size data online redis", store),
    Method("retained", "messages that are kept", "B", ("arrival_rate", "value_size", "retention"),
           "storage disk topic kept retained total", retained),
    Method("read_per_token", "bytes read for a token", "B", ("tokens_rate", "reported_bandwidth"),
           "read per token bandwidth", read_per_token),
    Method("vector_codes", "codes of vectors", "B", ("embedding_rows", "code_size"),
           "index codes vectors memory total", coded),
    Method("vector_index", "vectors with a graph of neighbours", "B",
           ("embedding_rows", "embedding_dim", "index", "graph_links", _FORMAT),
           "index hnsw vectors memory total", hnsw),
)  # fmt: skip
