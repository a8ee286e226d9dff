"""Bytes of weights, states, activations and KV cache."""

from __future__ import annotations

import re

from mlsdc.compiler.estimates import defaults, inference_memory, training_memory
from mlsdc.compiler.estimates.methods.memory_tables import MEMORY_TABLES
from mlsdc.compiler.estimates.model_inputs import figure, kv_per_token, needed, weight_bytes
from mlsdc.compiler.estimates.precision import BYTES
from mlsdc.compiler.estimates.refusal import Missing, Refusal
from mlsdc.compiler.estimates.training_efficiency import gpus
from mlsdc.compiler.estimates.training_memory import LayerShape, StateBytes
from mlsdc.compiler.estimates.working import Method, Working

ABOUT = "bytes of weights, optimiser states, activations and KV cache on each device"
EXAMPLES = (
    "--params 7B --precision bf16",
    "--params 7B --zero-stage 3 --data-parallel 64",
    "--model llama-3-70b --precision fp8 --tokens 128000",
)
OPTIONAL = (
    "precision optimizer data_parallel tensor_parallel pipeline_parallel gpus nodes "
    "gpus_per_node cpu_offload cpu_offload_params largest_layer_params cpu_buffer_factor "
    "accounting grad_bytes optimizer_bytes trainable_params micro_batch batch concurrency "
    "recompute flash_attention sequence_parallel head_dim kv_precision kv_bytes rope_dim "
    "layer_params_formula memory_share memory_overhead"
)
_STAGES = {"ddp": 0, "dp": 0, "zero1": 1, "zero2": 2, "zero3": 3, "sharddp": 1, "hsdp": 3,
           "shardgradop": 2, "fullshard": 3, "horovod": 0}  # fmt: skip


def weights(working: Working) -> float:
    """Bytes of the weights, on each device where they are divided."""
    params, each = needed(working, "params"), weight_bytes(working)
    size = inference_memory.weights(params, each)
    working.step("weights", f"{params:.6g} params x {each:g} B", size, "B")
    parts = (working.maybe("tensor_parallel") or 1.0) * (working.maybe("pipeline_parallel") or 1.0)
    if parts == 1:
        return size
    return working.step("on each device", f"{size:.6g} B / {parts:g}", size / parts, "B")


def stage(working: Working) -> int:
    """The ZeRO stage, stated or that of the strategy."""
    stated = working.maybe("zero_stage")
    if stated is not None:
        if stated not in (0, 1, 2, 3):
            raise Refusal("zero_stage", stated, "0 (DDP), 1, 2 or 3", "3")
        return int(stated)
    strategy = re.sub(r"[^a-z0-9]", "", working.text("strategy"))
    strategy = strategy.removeprefix("deepspeed").removeprefix("fsdp") or "fullshard"
    if not working.has("strategy") or strategy not in _STAGES:
        raise Missing("zero_stage")
    return _STAGES[strategy]


def state_bytes(working: Working) -> StateBytes:
    """Bytes of weight, gradient and optimiser state of a parameter."""
    precision = working.text("precision") or "bf16"
    weight = working.maybe("bytes_per_param") or BYTES[precision]
    optimiser = working.text("optimizer") or "adam"
    if not working.has("optimizer") and not working.has("optimizer_bytes"):
        working.note("optimiser", "Adam, two moments", "Kingma and Ba 2015")
    copy = (
        0.0
        if precision in ("fp32", "tf32") or optimiser == "adam8bit"
        else training_memory.MASTER_BYTES
    )
    states = working.maybe("optimizer_bytes")
    if states is None and working.flag("pure_precision") and not _sharded(working):
        # PyTorch keeps the moments in the format of the parameters.
        states = training_memory.OPTIMISER_BYTES[optimiser] * weight / 4.0
    if states is None:
        states = copy + training_memory.OPTIMISER_BYTES[optimiser]
    gradient = working.maybe("grad_bytes") or weight
    formula = f"{weight:g} + {gradient:g} + {states:g} B"
    working.step("states of a parameter", formula, weight + gradient + states, "B", "ZeRO 2020")
    return StateBytes(weight, gradient, states)


def _ranks(working: Working) -> float:
    stated = working.maybe("data_parallel")
    if stated is not None:
        return stated
    count = gpus(working)
    if count is None:
        raise Missing("data_parallel")
    groups = (working.maybe("tensor_parallel") or 1.0) * (working.maybe("pipeline_parallel") or 1.0)
    return max(1.0, count / groups)


def _own_params(working: Working) -> float:
    """Parameters of one tensor and pipeline parallel part."""
    params = needed(working, "params")
    parts = (working.maybe("tensor_parallel") or 1.0) * (working.maybe("pipeline_parallel") or 1.0)
    if parts == 1:
        return params
    return working.step("params of a device", f"{params:.6g} / {parts:g}", params / parts, "params")


def model_states(working: Working) -> float:
    """Weights, gradients and optimiser states on each device."""
    if working.text("accounting") == "deepspeed" or working.has("cpu_offload"):
        return deepspeed_states(working)
    level, params = stage(working), _own_params(working)
    ranks = _ranks(working) if level or working.has("data_parallel") else 1.0
    size = training_memory.model_states(params, level, ranks, state_bytes(working))
    name = f"states, ZeRO stage {level}" if level else "states"
    return working.step(name, f"over {ranks:g} ranks", size, "B", "ZeRO 2020, Figure 1")


def deepspeed_states(working: Working) -> float:
    """States on each GPU as DeepSpeed's estimators count them."""
    level, params = stage(working), _own_params(working)
    if level < 2:
        raise Refusal("zero_stage", level, "DeepSpeed's estimators are for stages 2 and 3", "2")
    offload = working.flag("cpu_offload")
    largest = working.number("largest_layer_params") if level == 3 else 0.0
    count = 1.0 if offload and level == 2 else _ranks(working)
    both = _offloads_params(working)
    size = training_memory.deepspeed_gpu(
        params, level, count, offload=offload, offload_params=both, largest=largest
    )
    formula = {
        (2, False): "4 P + 16 P / n", (2, True): "2 P",
        (3, False): "18 P / n + 4 x largest layer",
        (3, True): "4 x largest layer" if both else "2 P / n + 4 x largest layer",
    }[level, offload]  # fmt: skip
    return working.step("states", formula, size, "B", "DeepSpeed memory estimators")


def _offloads_params(working: Working) -> bool:
    stated = working.has("cpu_offload_params")
    return working.flag("cpu_offload_params") if stated else working.flag("cpu_offload")


def host_memory(working: Working) -> float:
    """Host memory of each node as DeepSpeed's estimators count it."""
    nodes = working.maybe("nodes") or 1.0
    each = working.maybe("gpus_per_node")
    if each is None:
        each = working.number("gpus") / nodes
    size = training_memory.deepspeed_host(
        needed(working, "params"), stage(working), each, nodes,
        offload=working.flag("cpu_offload"), offload_params=_offloads_params(working),
        largest=working.maybe("largest_layer_params") or 0.0,
        zero_init=working.has("largest_layer_params"), buffer=working.assume(defaults.CPU_BUFFER),
    )  # fmt: skip
    return working.step("host memory of a node", "by stage and offload", size, "B",
                        "DeepSpeed memory estimators")  # fmt: skip


def all_states(working: Working) -> float:
    """Every byte of state of all parameters, as a checkpoint holds them."""
    params, each = needed(working, "params"), working.number("state_bytes_per_param")
    return working.step("states", f"{params:.6g} x {each:g} B", params * each, "B")


def whole_states(working: Working) -> float:
    """Weights, gradients and optimiser states, undivided."""
    params, each = needed(working, "params"), state_bytes(working)
    trained = working.maybe("trainable_params")
    if trained is None:
        return working.step("states", f"{params:.6g} params x {each.total:g} B",
                            params * each.total, "B")  # fmt: skip
    frozen = params * weight_bytes(working)
    working.step("frozen weights", f"{params:.6g} params x {frozen / params:g} B", frozen, "B")
    size = frozen + trained * each.total
    return working.step("with adapters", f"+ {trained:.6g} x {each.total:g} B", size, "B", "LoRA")


def _layer(working: Working) -> LayerShape:
    batch = working.maybe("micro_batch") or working.maybe("batch") or 1.0
    shape = (needed(working, "seq_len"), batch, needed(working, "hidden"), needed(working, "heads"))
    return LayerShape(*shape)


def _layer_activations(working: Working) -> float:
    shape = _layer(working)
    size = training_memory.layer_activations(
        shape,
        tensor=working.maybe("tensor_parallel") or 1.0,
        sequence_parallel=working.flag("sequence_parallel"),
        recompute=working.text("recompute") or "none",
        flash=working.flag("flash_attention"),
    )
    formula = f"s b h = {shape.seq_len:g} x {shape.micro_batch:g} x {shape.hidden:g}, by Table 2"
    return working.step("activations of a layer", formula, size, "B", "Korthikanti 2022")


def activations(working: Working) -> float:
    """Activations of all layers of one device; the first stage of a pipeline holds p of them."""
    each, layers = _layer_activations(working), needed(working, "layers")
    return working.step("activations", f"{layers:g} layers", each * layers, "B", "Korthikanti 2022")


def training_total(working: Working) -> float:
    """States, activations and the scores of the vocabulary on each device."""
    states = model_states(working) if _sharded(working) else whole_states(working)
    held = _held_activations(working) + _logits(working)
    return working.step("on each device", "states + activations", states + held, "B")


def _held_activations(working: Working) -> float:
    """As frameworks keep them today: attention is fused unless it is said not to be."""
    shape, layers = _layer(working), needed(working, "layers")
    tensor = working.maybe("tensor_parallel") or 1.0
    sequences = working.flag("sequence_parallel")
    if working.has("flash_attention"):
        kept = 0.0 if working.flag("flash_attention") else 1.0
    else:
        kept = working.assume(defaults.SCORES_KEPT)

    def layer(recompute: str) -> float:
        fused, stored = (
            training_memory.layer_activations(
                shape, tensor=tensor, sequence_parallel=sequences, recompute=recompute, flash=flash
            )
            for flash in (True, False)
        )
        return fused + kept * (stored - fused)

    again = working.text("recompute") or "none"
    size = layers * layer(again)
    if again == "full":
        size += layer("none")  # of the one layer that is being computed again
    return working.step("activations", f"{layers:g} layers", size, "B", "Korthikanti 2022")


def _logits(working: Working) -> float:
    words = figure(working, "vocab")
    if words is None:
        working.note("scores of the vocabulary", "not counted: vocab is not stated")
        return 0.0
    tensor = working.maybe("tensor_parallel") or 1.0
    size = training_memory.logits(_layer(working), words, tensor)
    formula = f"{words:g} words x {training_memory.LOGIT_BYTES:g} B for every token"
    return working.step("scores of the vocabulary", formula, size, "B", "PyTorch cross entropy")


def _sharded(working: Working) -> bool:
    return working.has("zero_stage") or working.has("strategy")


def attention_term(working: Working) -> float:
    """5as/h."""
    shape = _layer(working)
    formula = f"5 x {shape.heads:g} x {shape.seq_len:g} / {shape.hidden:g}"
    return working.step("5as/h", formula, shape.attention_term, "", "Korthikanti 2022")


def selective_saving(working: Working) -> float:
    """Share of the activations that selective recomputation saves."""
    share = training_memory.selective_saving(_layer(working))
    return working.step("saved", "5as/h / (34 + 5as/h)", share, "share", "Korthikanti 2022")


def layer_bytes(working: Working) -> float:
    """Bytes of the weights of one layer."""
    hidden, each = needed(working, "hidden"), weight_bytes(working)
    params = _layer_params(working, hidden)
    return working.step("weights of a layer", f"{params:.10g} x {each:g} B", params * each, "B")


def _layer_params(working: Working, hidden: float) -> float:
    written = working.text("layer_params_formula").replace(" ", "")
    if not written:
        params = training_memory.layer_params(hidden)
        return working.step("params of a layer", "12 h^2 + 13 h", params, "params")
    terms = re.findall(r"\+?([0-9.]*)\*?h(?:\^|\*\*)?([0-9]*)|\+([0-9.]+)", written)
    if "".join(re.split(r"\+?[0-9.]*\*?h(?:(?:\^|\*\*)[0-9]+)?|\+[0-9.]+", written)):
        raise Refusal("layer_params_formula", written, "a sum of powers of h", "12h^2+13h")
    params = sum(
        float(alone) if alone else float(times or 1) * hidden ** int(power or 1)
        for times, power, alone in terms
    )
    return working.step("params of a layer", written, params, "params")


def layer_param_count(working: Working) -> float:
    """Parameters of one layer."""
    return _layer_params(working, needed(working, "hidden"))


def kv_token(working: Working) -> float:
    """KV cache of one token, on each device where heads are divided."""
    return _divided(working, kv_per_token(working))


def _divided(working: Working, size: float) -> float:
    tensor = working.maybe("tensor_parallel") or 1.0
    if tensor == 1:
        return size
    heads = figure(working, "kv_heads") or figure(working, "heads") or tensor
    share = inference_memory.kept_heads(heads, tensor) / heads
    return working.step("on each device", f"x {share:g}", size * share, "B")


def kv_cache(working: Working) -> float:
    """KV cache of a context, for all its sequences."""
    tokens = _context(working)
    sequences = working.maybe("batch") or working.maybe("concurrency") or 1.0
    window = working.maybe("sliding_window")
    if window is not None and window < tokens:
        tokens = working.step("kept", "attention looks back no further", window, "tokens")
    size = kv_token(working) * tokens * sequences
    return working.step("KV cache", f"x {tokens:g} tokens x {sequences:g} sequences", size, "B")


def _context(working: Working) -> float:
    if working.has("input_tokens") and not working.has("tokens"):
        return working.number("input_tokens") + (working.maybe("output_tokens") or 0.0)
    return working.either("tokens", "context_tokens", "seq_len")


def inference_total(working: Working) -> float:
    """Weights and KV cache on each device, with the runtime's own memory."""
    size = weights(working) + kv_cache(working)
    return working.step("with the runtime", "weights + KV cache + runtime",
                        size + working.assume(defaults.RUNTIME_MEMORY), "B")  # fmt: skip


def sequences_that_fit(working: Working) -> float:
    """Sequences whose KV cache fits beside the weights."""
    devices = working.maybe("tensor_parallel") or gpus(working) or 1.0
    share = working.assume(defaults.MEMORY_SHARE)
    memory = working.accelerator().memory * devices * share
    taken = needed(working, "params") * weight_bytes(working)
    taken += working.assume(defaults.RUNTIME_MEMORY) * devices
    each = kv_per_token(working) * _context(working)
    count = inference_memory.concurrent(memory, taken, each)
    formula = f"({memory:.4g} - {taken:.4g}) B / {each:.4g} B"
    return working.step("sequences", formula, count, "sequences")


_MODEL = ("params", "model")
_FORMAT = ("precision", "bytes_per_param", "bits_per_weight")
_CONTEXT = ("tokens", "context_tokens", "seq_len", "input_tokens")
_KV = ("layers", "model")
_HEADS = ("kv_heads", "heads", "model", "kv_lora_rank")
_LAYER = ("heads", "model")
_TRAINING = ("zero_stage", "optimizer", "optimizer_bytes", "trainable_params", "strategy")

METHODS: tuple[Method, ...] = (
    Method("model_states", "weights, gradients and optimiser states of a device", "B",
           (_MODEL, ("zero_stage", "strategy")),
           "gpu device states model per training memory", model_states),
    Method("host_memory", "host memory of a node", "B",
           ("params", ("zero_stage", "strategy"), ("gpus", "gpus_per_node")),
           "cpu host ram node memory", host_memory),
    Method("checkpoint", "all states", "B", (_MODEL, "state_bytes_per_param"),
           "checkpoint states total", all_states),
    Method("training_states", "weights, gradients and optimiser states", "B",
           (_MODEL, ("optimizer", "optimizer_bytes", "trainable_params")),
           "training states adam total", whole_states,
           unless=("zero_stage", "strategy")),
    Method("training_memory", "states and activations of a device", "B",
           (_MODEL, ("zero_stage", "strategy", "optimizer"), ("layers", "model"), "seq_len"),
           "training total activations states peak gpu per device", training_total),
    Method("activations_layer", "activations of a layer", "B",
           (("hidden", "model"), _LAYER, "seq_len"), "layer activations per activation bytes",
           _layer_activations),
    Method("activations", "activations of a device", "B",
           (("hidden", "model"), _LAYER, "seq_len", ("layers", "model")),
           "activations activation total all layers", activations),
    Method("attention_term", "attention scores for each element, 5as/h", "",
           ("hidden", "heads", "seq_len"), "5as h as unitless attention term ratio",
           attention_term, asked_only=True),
    Method("selective_saving", "activations saved by selective recomputation", "share",
           ("hidden", "heads", "seq_len"), "saved selective recompute percent activation saving",
           selective_saving),
    Method("kv_token", "KV cache of a token", "B", (_KV, _HEADS, (*_FORMAT, "kv_precision",
           "kv_bytes")), "kv cache token per kib", kv_token),
    Method("kv_cache", "KV cache", "B", (_KV, _HEADS, (*_FORMAT, "kv_precision", "kv_bytes"),
           _CONTEXT), "kv cache request sequence context per total", kv_cache),
    Method("layer_weights", "weights of a layer", "B", ("hidden", _FORMAT), "layer weights per",
           layer_bytes, unless=("params", "model", "kv_heads", "heads", "tokens")),
    Method("layer_params", "parameters of a layer", "params", ("hidden",), "layer",
           layer_param_count, asked_only=True),
    Method("weights", "weights", "B", (_MODEL, _FORMAT), "weights loaded model load size",
           weights),
    Method("inference_memory", "weights, KV cache and runtime of a device", "B",
           (_MODEL, _FORMAT, _KV, _HEADS, _CONTEXT), "inference total serving memory gpu",
           inference_total, unless=_TRAINING),
    Method("sequences", "sequences that fit at once", "sequences",
           (_MODEL, _FORMAT, _KV, _HEADS, _CONTEXT, "gpu"),
           "sequences concurrency concurrent batch requests fit max", sequences_that_fit,
           unless=_TRAINING),
    *MEMORY_TABLES,
)  # fmt: skip
