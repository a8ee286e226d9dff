"""Replicas for a load, latency and throughput of a model on accelerators."""

from __future__ import annotations

from collections.abc import Mapping

from mlsdc.compiler.estimates import defaults, throughput
from mlsdc.compiler.estimates.llm_serving import crossover
from mlsdc.compiler.estimates.methods.answers import ANSWERS
from mlsdc.compiler.estimates.methods.little import LITTLE
from mlsdc.compiler.estimates.methods.memory_tables import FITTING
from mlsdc.compiler.estimates.methods.tails import TAILS, cache_gain
from mlsdc.compiler.estimates.model_inputs import figure, needed, weight_bytes
from mlsdc.compiler.estimates.refusal import Missing, Refusal
from mlsdc.compiler.estimates.serving_instance import (
    arithmetic,
    batch_in_memory,
    devices,
    instance,
)
from mlsdc.compiler.estimates.training_efficiency import gpus
from mlsdc.compiler.estimates.working import Method, Working
from mlsdc.compiler.latency.queueing import servers_needed

ABOUT = "replicas for a load; time to first token, time per token and throughput of a model"
EXAMPLES = (
    "--qps 10000/s --service-time 20ms --utilisation 50%",
    "--qps 10000/s --service-time 20ms --utilisation 50% --batching-factor 4",
    "--model llama-3-70b --precision fp8 --gpu h100 --tensor-parallel 2"
    " --input-tokens 1000 --output-tokens 200",
)
OPTIONAL = (
    "utilisation batching_gain batch tensor_parallel pipeline_parallel context_tokens "
    "compute_efficiency bandwidth_efficiency memory_share memory_overhead peak_flops "
    "params_active layers hidden heads kv_heads head_dim kv_precision mean_seq_len "
    "samples_per_query scaling_efficiency concurrency_per_server"
)
_NO_POINTS: Mapping[float, float] = {}


def _service_time(working: Working) -> float:
    stated = working.maybe("service_time")
    if stated is not None:
        return stated
    if working.has("service_rate"):
        return 1.0 / working.number("service_rate")
    if working.has("time_at_batch"):
        points = working.points("time_at_batch")
        if 1.0 in points:
            return points[1.0]
    raise Missing("service_time")


def _gain(working: Working) -> float:
    stated = working.maybe("batching_gain")
    if stated is not None:
        return stated
    size = working.maybe("batch") or 1.0
    if size == 1:
        return 1.0
    if not working.has("time_at_batch"):
        # How long a batch takes differs from model to model: a gain is never assumed.
        raise Missing("batching_gain")
    points = working.points("time_at_batch")
    if size in points:
        gain = size * _service_time(working) / points[size]
    else:
        gain = throughput.batching_gain(points, size)
    return working.step("gain of batching", f"{size:g} x time of 1 / time of {size:g}", gain, "x")


def requests_per_server(working: Working) -> float:
    """Requests per second one replica takes at the stated utilisation."""
    if working.has("tokens_rate_per_gpu", "output_tokens"):
        return _answers_of_tokens(working)
    if working.has("one_gpu_rate"):
        # What one does was measured or planned: nothing is taken off unless it is stated.
        rate = working.number("one_gpu_rate") * (working.maybe("utilisation") or 1.0)
        return working.step("requests of a replica", "rate x utilisation", rate, "/s")
    busy = working.assume(defaults.UTILISATION)
    points = working.points("time_at_batch") if working.has("time_at_batch") else _NO_POINTS
    size = working.maybe("batch") or 1.0
    if size in points and size > 1 and not working.has("batching_gain"):
        rate = size / points[size] * busy
        formula = f"{size:g} / {points[size]:g} s x {busy:g}"
        return working.step("requests of a replica", formula, rate, "/s")
    time, gain = _service_time(working), _gain(working)
    gain *= working.maybe("concurrency_per_server") or 1.0
    rate = throughput.per_server(time, busy, gain)
    formula = f"1 / {time:g} s x {busy:g}" + (f" x {gain:g}" if gain != 1 else "")
    return working.step("requests of a replica", formula, rate, "/s")


def _answers_of_tokens(working: Working) -> float:
    """Requests per second of a device whose tokens per second were measured."""
    rate, each = working.number("tokens_rate_per_gpu"), working.number("output_tokens")
    busy = working.maybe("utilisation") or 1.0
    formula = f"{rate:g}/s x {busy:g} / {each:g} tokens"
    return working.step("requests of a GPU", formula, rate * busy / each, "/s")


def replicas(working: Working) -> float:
    """Whole replicas for the arrival rate."""
    rate, each = working.number("arrival_rate"), requests_per_server(working)
    count = float(servers_needed(rate, 1.0 / each, 1.0))
    return working.step("replicas", f"{rate:g}/s / {each:g}/s, rounded up", count, "replicas")


def accelerators(working: Working) -> float:
    """Replicas times the accelerators of each."""
    each = devices(working)
    count = replicas(working)
    return (
        working.step("GPUs", f"{count:g} x {each:g}", count * each, "GPUs") if each > 1 else count
    )


def batch_time(working: Working) -> float:
    """The time of a batch by the line through the stated ones."""
    points, size = working.points("time_at_batch"), working.number("batch")
    if size in points:
        return working.step("time of the batch", "stated", points[size], "s")
    if len(points) < 2:
        raise Missing("time_at_batch")
    base, each = throughput.batch_line(points)
    formula = f"{base:.4g} s + {each:.4g} s x {size:g}"
    return working.step("time of the batch", formula, base + each * size, "s", "Clipper 2017")


def replicated_rate(working: Working) -> float:
    """Requests per second of independent replicas."""
    one, count = working.number("one_gpu_rate"), gpus(working) or working.number("servers")
    share = working.assume(defaults.REPLICA_SCALING)
    return working.step("requests", f"{one:g}/s x {count:g} x {share:g}", one * count * share, "/s")


def multiplier(working: Working) -> float:
    """How much more a technique serves."""
    name = (
        working.text("technique").replace("-", "_").replace(" ", "_").replace("quantiz", "quantis")
    )
    names = {"cache": "caching", "gpu": "gpu_inference", "batch": "batching"}
    name = names.get(name, name)
    if name == "caching" and working.has("hit_ratio"):
        return cache_gain(working)
    default = defaults.TECHNIQUES.get(name)
    if default is None:
        known = ", ".join(defaults.TECHNIQUES)
        raise Refusal("technique", working.text("technique"), f"one of {known}", "caching")
    return working.assume(default)


def time_to_first_token(working: Working) -> float:
    """Prefill of an unloaded instance."""
    one, tokens = instance(working, cache=False), _prompt(working)
    batch = working.maybe("batch") or 1.0
    time = one.prefill(tokens, batch)
    formula = (
        f"2 x {one.active:.4g} x {tokens:g} x {batch:g} / {one.compute:.4g}, or weights / bandwidth"
    )
    return working.step("prefill", formula, time, "s", "roofline")


def _prompt(working: Working) -> float:
    return working.either("input_tokens", "context_tokens", "seq_len")


def _context(working: Working) -> float:
    stated = working.maybe("context_tokens")
    if stated is not None:
        return stated
    prompt = working.maybe("input_tokens") or working.maybe("seq_len") or 0.0
    return prompt + (working.maybe("output_tokens") or 0.0) / 2.0


def time_per_token(working: Working) -> float:
    """One decode step."""
    context, batch = (
        _context(working),
        working.maybe("batch") or working.maybe("concurrency") or 1.0,
    )
    one = instance(working, cache=context > 0)
    time = one.step(batch, context)
    formula = (
        f"({one.read(batch):.4g} + {batch:g} x {context:g} x {one.kv_per_token:.4g}) B"
        f" / {one.bandwidth:.4g} B/s, or compute"
    )
    return working.step("one decode step", formula, time, "s", "roofline")


def request_time(working: Working) -> float:
    """Prefill and decode of one unloaded request."""
    first, each = time_to_first_token(working), time_per_token(working)
    output = working.number("output_tokens")
    total = first + output * each
    return working.step("whole answer", f"{first:.4g} s + {output:g} x {each:.4g} s", total, "s")


def decode_rate(working: Working) -> float:
    """Output tokens per second while decoding."""
    batch, each = working.maybe("batch") or 1.0, time_per_token(working)
    return working.step("output tokens", f"{batch:g} / {each:.4g} s", batch / each, "/s")


def output_rate(working: Working) -> float:
    """Output tokens per second of an instance that is kept full."""
    one = instance(working)
    prompt, output = working.number("input_tokens"), working.number("output_tokens")
    batch = batch_in_memory(working, one, prompt + output / 2.0)
    rate = one.output_rate(prompt, output, batch)
    busy = one.request(prompt, output, batch)
    formula = f"{batch:g} sequences x {output:g} tokens / {busy:.4g} s"
    return working.step("output tokens", formula, rate, "/s", "roofline")


def output_rate_per_gpu(working: Working) -> float:
    """Output tokens per second of each device of a full instance."""
    both = working.has("input_tokens", "output_tokens")
    rate, count = output_rate(working) if both else decode_rate(working), devices(working)
    return working.step("of each GPU", f"{rate:.4g}/s / {count:g}", rate / count, "/s")


def crossover_batch(working: Working) -> float:
    """The batch from which decoding is bound by compute."""
    device, each = working.accelerator(), weight_bytes(working)
    peak = device.peak(arithmetic(working, device, each))
    value = crossover(peak, device.bandwidth, each)
    formula = f"{peak:.4g} x {each:g} / (2 x {device.bandwidth:.4g})"
    return working.step("batch", formula, value, "sequences", "roofline")


def answer_rate(working: Working) -> float:
    """Requests per second of an instance that is kept full."""
    rate, output = output_rate(working), working.number("output_tokens")
    return working.step("requests", f"{rate:.4g}/s / {output:g} tokens", rate / output, "/s")


def llm_replicas(working: Working) -> float:
    """Instances for an arrival rate of prompts."""
    rate, each = working.number("arrival_rate"), answer_rate(working)
    busy = working.assume(defaults.UTILISATION)
    count = float(servers_needed(rate, 1.0 / each, busy))
    formula = f"{rate:g}/s / ({each:.4g}/s x {busy:g}), rounded up"
    return working.step("replicas", formula, count, "replicas")


def _item_flops(working: Working) -> float:
    stated = working.maybe("flops_per_item") or figure(working, "flops_per_item")
    if stated is not None:
        return stated
    length = working.maybe("mean_seq_len") or working.maybe("seq_len")
    if length is None:
        if not working.has("seq_len_max"):
            raise Missing("flops_per_item")
        longest = working.number("seq_len_max")
        length = longest * working.assume(defaults.MEAN_OF_MAX_LENGTH)
    params = needed(working, "params")
    flops = 2.0 * params * length
    return working.step("one item", f"2 x {params:.4g} params x {length:g} tokens", flops, "FLOP")


def _peak(working: Working) -> float:
    device = working.accelerator()
    form = arithmetic(working, device, 2.0)
    return working.step(f"peak in {form}", device.name, device.peak(form), "FLOP/s")


def item_latency(working: Working) -> float:
    """Time of one small batch of a model that answers in one pass."""
    flops, peak = _item_flops(working), _peak(working)
    batch, share = working.maybe("batch") or 1.0, working.assume(defaults.ENCODER_16)
    time = flops * batch / (peak * share) + working.assume(defaults.LAUNCH_OVERHEAD)
    formula = f"{flops:.4g} x {batch:g} / ({peak:.4g} x {share:.3g}) + launch"
    return working.step("latency", formula, time, "s", "roofline")


def saturated_rate(working: Working) -> float:
    """Requests per second of saturated devices within their latency limit."""
    flops, peak = _item_flops(working), _peak(working)
    share, count = working.assume(defaults.SATURATED_INT8), gpus(working) or 1.0
    each = flops * (working.maybe("samples_per_query") or 1.0)
    formula = f"{count:g} x {peak:.4g} x {share:.3g} / {each:.4g} FLOP"
    return working.step("requests", formula, count * peak * share / each, "/s", "roofline")


_MODEL = ("params", "model")
_FORMAT = ("precision", "bytes_per_param", "bits_per_weight")
_ONE_PASS = ("flops_per_item", "model", "params")
_LENGTH = ("flops_per_item", "seq_len", "seq_len_max", "mean_seq_len", "model")

METHODS: tuple[Method, ...] = (
    Method("requests_per_replica", "requests one replica takes", "/s",
           (("service_time", "service_rate", "time_at_batch", "one_gpu_rate"),),
           "requests per gpu server replica each", requests_per_server,
           unless=("concurrency", "mean_latency", "technique", "servers")),
    Method("replicas", "replicas", "replicas",
           ("arrival_rate", ("service_time", "service_rate", "time_at_batch", "one_gpu_rate")),
           "gpus gpu replicas servers instances count needed", accelerators),
    Method("replicas", "replicas", "replicas",
           ("arrival_rate", "tokens_rate_per_gpu", "output_tokens"),
           "gpus gpu replicas servers instances count needed", accelerators),
    Method("replicas", "replicas", "replicas",
           ("arrival_rate", _MODEL, _FORMAT, "gpu", "input_tokens", "output_tokens"),
           "gpus gpu replicas servers instances count needed", llm_replicas),
    Method("batch_time", "time of a batch", "s", ("time_at_batch", "batch"),
           "latency mean median p50 p90 p95 p99 batch time", batch_time, unless=("arrival_rate",)),
    Method("multiplier", "throughput gained", "x", ("technique",), "x multiplier range speedup",
           multiplier),
    Method("request_rate", "requests of all devices", "/s",
           ("one_gpu_rate", ("gpus", "nodes", "servers")), "queries requests images total per",
           replicated_rate, unless=("arrival_rate",)),
    Method("ttft", "time to first token, unloaded", "s",
           (_MODEL, "gpu", _FORMAT, "input_tokens"), "ttft prefill first token prompt",
           time_to_first_token),
    Method("tpot", "time per output token", "s", (_MODEL, "gpu", _FORMAT),
           "tpot tbt itl per output token decode inter step", time_per_token,
           unless=("seq_len", "seq_len_max", "flops_per_item", "concurrency", "mean_latency")),
    Method("request_time", "time of a whole answer, unloaded", "s",
           (_MODEL, "gpu", _FORMAT, "input_tokens", "output_tokens"),
           "end to request total whole answer latency e2e", request_time),
    Method("output_rate", "output tokens of an instance", "/s",
           (_MODEL, "gpu", _FORMAT, "input_tokens", "output_tokens"),
           "output tokens instance whole throughput decode", output_rate),
    Method("output_rate", "output tokens while decoding", "/s", (_MODEL, "gpu", _FORMAT),
           "output tokens instance whole throughput decode", decode_rate,
           unless=("seq_len", "seq_len_max", "flops_per_item", "concurrency", "mean_latency")),
    Method("output_rate_per_gpu", "output tokens of each GPU", "/s", (_MODEL, "gpu", _FORMAT),
           "output tokens gpu device each throughput", output_rate_per_gpu,
           unless=("seq_len", "seq_len_max", "flops_per_item", "concurrency", "mean_latency")),
    Method("crossover", "batch from which decoding is bound by compute", "sequences",
           ("gpu", _FORMAT), "crossover critical batch size compute bound sequences",
           crossover_batch, unless=("seq_len", "seq_len_max", "flops_per_item", "arrival_rate")),
    Method("answer_rate", "requests of an instance", "/s",
           (_MODEL, "gpu", _FORMAT, "input_tokens", "output_tokens"),
           "requests queries answers per", answer_rate),
    Method("item_latency", "latency of one batch, unloaded", "s", ("gpu", _ONE_PASS, _LENGTH),
           "latency p50 p90 p95 p99 mean median one pass", item_latency,
           unless=("input_tokens", "output_tokens", "mean_latency", "time_at_batch",
                   "context_tokens", "one_gpu_rate")),
    Method("saturated_rate", "requests of saturated devices", "/s",
           ("gpu", _ONE_PASS, _LENGTH),
           "queries requests images samples inferences slo offline server per", saturated_rate,
           unless=("input_tokens", "output_tokens", "mean_latency", "time_at_batch",
                   "context_tokens", "one_gpu_rate")),
    *ANSWERS,
    *FITTING,
    *LITTLE,
    *TAILS,
)  # fmt: skip
