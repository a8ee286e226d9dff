"""Steps, FLOPs, hours, GPU hours, utilisation and throughput of a training."""

from __future__ import annotations

from mlsdc.compiler.estimates.methods.budgets import BUDGETS
from mlsdc.compiler.estimates.methods.energy import ENERGY
from mlsdc.compiler.estimates.methods.layout import LAYOUT
from mlsdc.compiler.estimates.methods.training_figures import (
    achieved,
    all_reduce,
    bubble,
    gpu_time,
    hardware_flops,
    item_time,
    measured_hardware_flops,
    measured_hfu,
    measured_mfu,
    measured_model_flops,
    plain_flops,
    scaled_node_rate,
    scaled_rate,
    speed_up,
    stated_mfu,
    step_count,
    step_rate,
    step_time,
    stepped_time,
    token_rate,
    token_rate_per_gpu,
    token_time,
    wall_time,
)
from mlsdc.compiler.estimates.training_efficiency import hardware_utilisation, model_utilisation
from mlsdc.compiler.estimates.working import Method

ABOUT = "steps, FLOPs, hours, GPU hours, utilisation and throughput of a training"
EXAMPLES = (
    "--examples 100M --batch 32 --step-time 100ms",
    "--examples 100M --batch-per-gpu 32 --step-time 100ms --gpus 8 --scaling-efficiency 100%",
    "--params 70B --tokens 2T --gpu a100-80gb --gpus 2048",
)
OPTIONAL = (
    "mfu hfu precision recompute strategy layers hidden seq_len vocab tensor_parallel "
    "pipeline_parallel context_parallel data_parallel micro_batch microbatches interleaving "
    "epochs scaling_efficiency tokens_done flops_per_param_token gpus_per_node params_active"
)


_TOKENS = ("tokens", "total_flops")
_SIZE = ("params", "params_active", "model", "total_flops")
_SHAPE = ("params", "params_active", "model", "vocab")
_COUNT = ("gpus", "nodes")
_BATCH = ("global_batch_sequences", "global_batch_tokens")
_DEVICE = ("gpu", "peak_flops")
_RATE = ("tokens_rate", "tokens_rate_per_gpu")
_EXAMPLE_BATCH = ("batch", "batch_per_gpu", "global_batch_sequences")
_ACHIEVED = ("achieved_flops_per_gpu",)
_MEASURED = ("step_time", "tokens_rate", "tokens_rate_per_gpu", "achieved_flops_per_gpu")

METHODS: tuple[Method, ...] = (
    Method("steps", "optimiser steps", "steps", ("examples", _EXAMPLE_BATCH), "steps step count",
           step_count),
    Method("steps", "optimiser steps", "steps", ("tokens", _BATCH), "steps step count", step_count),
    Method("training_flops", "FLOPs of the training", "FLOP",
           (("params", "params_active", "model"), "tokens"), "flop flops compute training total",
           plain_flops),
    Method("training_time", "training time", "s", ("step_time", ("examples", "steps")),
           "training wall clock time", stepped_time),
    Method("training_time", "training time", "s", ("step_time", "tokens", _BATCH),
           "training wall clock time remaining", stepped_time),
    Method("training_time", "training time", "s", ("examples", "items_rate"),
           "training wall clock time", item_time),
    Method("training_time", "training time", "s", ("tokens", "tokens_rate"),
           "training wall clock time", token_time),
    Method("training_time", "training time", "s", ("tokens", "tokens_rate_per_gpu", _COUNT),
           "training wall clock time", wall_time),
    Method("training_time", "training time", "s", (_TOKENS, _SIZE, _COUNT, (*_DEVICE, *_ACHIEVED)),
           "training wall clock time", wall_time),
    Method("gpu_time", "GPU time", "GPU s", ("tokens", "tokens_rate_per_gpu"), "gpu hours",
           gpu_time),
    Method("gpu_time", "GPU time", "GPU s", ("training_time", _COUNT), "gpu hours", gpu_time),
    Method("gpu_time", "GPU time", "GPU s", ("step_time", ("examples", "steps")), "gpu hours",
           gpu_time),
    Method("gpu_time", "GPU time", "GPU s", (_TOKENS, _SIZE, (*_DEVICE, *_ACHIEVED)), "gpu hours",
           gpu_time),
    Method("step_time", "time of a step", "s", (_SHAPE, _BATCH, _COUNT, (*_DEVICE, *_ACHIEVED)),
           "per iteration step seconds", step_time, unless=("step_time",)),
    Method("mfu", "MFU", "share", ("step_time", _SHAPE, _BATCH, _COUNT, _DEVICE),
           "mfu model percent utilisation utilization peak", measured_mfu),
    Method("mfu", "MFU", "share", (_RATE, _SIZE, _DEVICE),
           "mfu model percent utilisation utilization peak", measured_mfu),
    Method("mfu", "share of peak", "share", ("achieved_flops_per_gpu", _DEVICE),
           "mfu percent utilisation utilization peak hardware", stated_mfu),
    Method("mfu", "MFU", "share", (_DEVICE,), "mfu model percent utilisation utilization peak",
           model_utilisation, unless=_MEASURED),
    Method("hfu", "HFU, recomputation counted", "share",
           ("step_time", _SHAPE, _BATCH, _COUNT, _DEVICE, "recompute"),
           "hfu hardware recompute percent utilisation utilization peak flops counted",
           measured_hfu),
    Method("hfu", "HFU, recomputation counted", "share", (_DEVICE, "recompute"),
           "hfu hardware recompute percent utilisation utilization peak flops counted",
           hardware_utilisation, unless=_MEASURED),
    Method("model_flops", "model FLOP/s of a GPU", "FLOP/s",
           ("step_time", _SHAPE, _BATCH, _COUNT), "achieved tflops per gpu model",
           measured_model_flops),
    Method("model_flops", "model FLOP/s of a GPU", "FLOP/s", (_RATE, _SIZE),
           "achieved tflops per gpu model", measured_model_flops),
    Method("model_flops", "model FLOP/s of a GPU", "FLOP/s", (_DEVICE,),
           "achieved tflops per gpu model", achieved, unless=_MEASURED),
    Method("hardware_flops", "FLOP/s of a GPU, recomputation counted", "FLOP/s",
           ("step_time", _SHAPE, _BATCH, _COUNT, "recompute"),
           "achieved tflops per gpu hardware recompute counted", measured_hardware_flops),
    Method("hardware_flops", "FLOP/s of a GPU, recomputation counted", "FLOP/s",
           (_DEVICE, "recompute"), "achieved tflops per gpu hardware recompute counted",
           hardware_flops, unless=_MEASURED),
    Method("token_rate", "tokens of the whole job", "/s", ("step_time", _BATCH),
           "tokens whole job total throughput", token_rate, unless=("tokens_rate",)),
    Method("token_rate", "tokens of the whole job", "/s", ("tokens_rate_per_gpu", _COUNT),
           "tokens whole job total throughput", token_rate, unless=("tokens_rate",)),
    Method("token_rate", "tokens of the whole job", "/s",
           (("params", "params_active", "model"), _COUNT, (*_DEVICE, *_ACHIEVED)),
           "tokens whole job total throughput", token_rate,
           unless=("tokens_rate", "tokens_rate_per_gpu", "one_gpu_rate", "one_node_rate")),
    Method("token_rate_per_gpu", "tokens of one GPU", "/s", ("step_time", _BATCH, _COUNT),
           "tokens gpu each device throughput", token_rate_per_gpu,
           unless=("tokens_rate_per_gpu",)),
    Method("token_rate_per_gpu", "tokens of one GPU", "/s",
           (("params", "params_active", "model"), (*_DEVICE, *_ACHIEVED)),
           "tokens gpu each device throughput", token_rate_per_gpu,
           unless=("tokens_rate", "tokens_rate_per_gpu", "one_gpu_rate", "one_node_rate")),
    Method("item_rate", "items of all GPUs", "/s", ("one_gpu_rate", _COUNT),
           "images sequences samples examples throughput scaling", scaled_rate),
    Method("item_rate", "items of all machines", "/s", ("one_node_rate", "nodes"),
           "images sequences samples examples throughput scaling", scaled_node_rate),
    Method("item_rate", "items of all GPUs", "/s", ("step_time", ("batch",)),
           "images sequences samples examples throughput", step_rate),
    Method("bubble", "pipeline bubble", "share", ("pipeline_parallel", "microbatches"),
           "bubble pipeline idle fraction percent share", bubble),
    Method("all_reduce", "bytes each GPU sends for the gradients of a step", "B",
           (("params", "model"), ("precision", "bytes_per_param"), (*_COUNT, "data_parallel")),
           "all reduce allreduce ring communication gradient bytes sent per gpu", all_reduce),
    Method("all_reduce", "bytes each GPU sends for the gradients of a step", "B",
           ("gradient_size", (*_COUNT, "data_parallel")),
           "all reduce allreduce ring communication gradient bytes sent per gpu", all_reduce),
    Method("speed_up", "speed-up", "x", ("one_gpu_rate", "items_rate"),
           "speedup speed up x times strong scaling", speed_up),
    *LAYOUT,
    *ENERGY,
    *BUDGETS,
)  # fmt: skip
