"""Every number the calculator assumes when nobody states it, with its range and its source.

`benchmarks/estimation.md` says with which published cases they were compared, by what rule, and how
well they predict the others.
"""

from __future__ import annotations

from mlsdc.compiler.estimates.result import Default

_FSDP = "MosaicML llm-foundry training tables, A100 and H100 with FSDP"
_MEGATRON = "Narayanan et al. 2021, Table 1: 44-52 % of peak, recomputation counted"
_CORE = "Megatron-Core README: 41-48 % of peak on H100, 2B to 462B"

MFU_A100_NODE = Default("MFU on one A100 machine", 0.49, 0.33, 0.64, _FSDP, "mfu")
MFU_A100 = Default(
    "MFU on A100", 0.46, 0.30, 0.60,
    "LLaMA and Llama 2 papers (38-51 %); PaLM paper, Table 3 (21-33 %); " + _FSDP, "mfu",
)  # fmt: skip
MFU_H100 = Default("MFU on H100", 0.41, 0.20, 0.48, _FSDP + "; Llama 3 model cards", "mfu")
MFU_H100_MODEL_PARALLEL = Default(
    "MFU on H100 with tensor or pipeline parallelism", 0.47, 0.35, 0.52, _CORE, "mfu"
)
MFU_V100 = Default("MFU on V100", 0.30, 0.20, 0.40, "PaLM paper, Table 3: GPT-3 21 %", "mfu")
MFU_TPU = Default(
    "MFU on TPU", 0.46, 0.30, 0.58, "PaLM paper, Table 3: 32.5 % on v3, 46.2 % on v4", "mfu"
)
MFU_OTHER = Default(
    "MFU on a device without published trainings", 0.35, 0.20, 0.50,
    "between V100 and A100 of the PaLM paper, Table 3", "mfu",
)  # fmt: skip
HFU_MODEL_PARALLEL = Default(
    "share of peak with full recomputation, tensor or pipeline parallel", 0.48, 0.38, 0.56,
    _MEGATRON, "hfu",
)  # fmt: skip
RECOMPUTE_KEPT = Default(
    "MFU with checkpointing over that without, sharded data parallel", 0.90, 0.75, 1.0,
    _FSDP + ": 55 % at 30B with, 64 % at 7B without; larger matrices make up for part of it",
)  # fmt: skip
FP8_FACTOR = Default(
    "MFU in FP8 over that in BF16, each of its own peak", 0.55, 0.35, 0.75,
    "MosaicML llm-foundry training tables: 14-30 % of the FP8 peak",
)  # fmt: skip
LONG_CONTEXT_FACTOR = Default(
    "MFU at 32k tokens and more over that at 2k", 0.75, 0.60, 1.0,
    "MosaicML llm-foundry training tables: 26-34 % at 32k to 64k on H100",
)  # fmt: skip
LONG_CONTEXT_A100 = Default(
    "MFU at 32k tokens and more over that at 2k, A100", 0.90, 0.75, 1.05,
    "Dao 2023 (FlashAttention-2), Table 1: 8k over 2k, 0.90 to 1.12 on A100",
)  # fmt: skip
LONG_CONTEXT = 32_768
SCALE_EXPONENT = 0.029
"""MFU falls as gpus^-0.029 beyond 96: Megatron-Core README, 47 % at 96 to 42 % at 4,608 GPUs."""
SCALE_FROM = 96

DATA_PARALLEL_NODE = Default(
    "speed-up of data parallelism over the GPUs of one machine", 0.90, 0.84, 0.97,
    "NVIDIA DeepLearningExamples, ResNet-50 on one DGX A100: 6.7x of 8 (AMP), 7.7x (TF32)",
    "scaling_efficiency",
)  # fmt: skip
DATA_PARALLEL_CLUSTER = Default(
    "speed-up of data parallelism over machines", 0.95, 0.90, 1.0,
    "NVIDIA DeepLearningExamples, BERT-large multi-node table", "scaling_efficiency",
)  # fmt: skip
REPLICA_SCALING = Default(
    "speed-up of independent replicas", 1.0, 0.95, 1.0,
    "MLPerf Inference v4.0: replicated inference scales linearly", "scaling_efficiency",
)  # fmt: skip

PREFILL_FP16 = Default(
    "share of peak FLOP/s in prefill, 16 bits", 0.68, 0.45, 0.80,
    "TensorRT-LLM performance page, low-latency table on A100", "compute_efficiency",
)  # fmt: skip
PREFILL_FP8 = Default(
    "share of peak FLOP/s in prefill, 8 bits or fewer", 0.40, 0.27, 0.55,
    "TensorRT-LLM performance page, low-latency table on H100", "compute_efficiency",
)  # fmt: skip
EXPERTS_COMPUTE = Default(
    "arithmetic reached by a mixture of experts over that of a dense model", 0.50, 0.16, 0.90,
    "NVIDIA Megatron Bridge performance summary 25.11, FP8: DeepSeek-V3 0.52 of Llama 3 70B on "
    "GB200; Qwen3 0.16 to 0.32 on H100",
)  # fmt: skip
DECODE_16 = Default(
    "share of memory bandwidth in decoding, 16-bit weights or FP8", 0.69, 0.55, 0.85,
    "gpt-fast README: 1397 of 2039 GB/s on A100", "bandwidth_efficiency",
)  # fmt: skip
DECODE_INT8 = Default(
    "share of memory bandwidth in decoding, INT8 weights", 0.55, 0.45, 0.69,
    "1.6 times as fast as 16 bits (LightSeq 3.0 release notes: up to 1.7): 0.69 x 1.6 / 2",
    "bandwidth_efficiency",
)  # fmt: skip
DECODE_INT4 = Default(
    "share of memory bandwidth in decoding, 4-bit weights", 0.42, 0.30, 0.60,
    "gpt-fast README: INT4 is 1.88x BF16 at a quarter of the bytes", "bandwidth_efficiency",
)  # fmt: skip
LAYER_LAUNCH = Default(
    "time of launching a layer's kernels in prefill", 1.0e-4, 2.0e-4, 2.0e-5,
    "NVIDIA, Getting Started with CUDA Graphs: 9.6 us a kernel one by one, some ten a layer",
)  # fmt: skip
ALL_REDUCE = Default(
    "wait for a small all-reduce between the devices of a machine", 2.3e-5, 4.0e-5, 8.0e-6,
    "gpt-fast README: Llama 2 70B on 8 A100 takes 16.0 ms a token, 3.7 more than reading it does, "
    "in 160 all-reduces",
)  # fmt: skip
LINK_REACHED = 0.75
"""Share of a link's bandwidth that ring all-reduce reaches: NCCL tests on A100, 230 of 300 GB/s."""
TENSOR_PARALLEL_DECODE = {1: 1.0, 2: 0.9, 4: 0.8, 8: 0.65}
"""Where a model's shape or a device's link is not known.

Decoding bandwidth kept with tensor parallelism; gpt-fast README: 1135 GB/s of each of 8 GPUs."""
TENSOR_PARALLEL_PREFILL = {1: 1.0, 2: 0.92, 4: 0.88, 8: 0.80}
"""Compute kept with tensor parallelism: two all-reduces a layer (Shoeybi et al. 2019)."""
SCORES_KEPT = Default(
    "share of the attention scores that training keeps", 0.0, 1.0, 0.0,
    "fused attention stores none (Dao et al. 2022; PyTorch's scaled_dot_product_attention)",
)  # fmt: skip
MEMORY_SHARE = Default(
    "share of the GPU's memory that may be used", 0.90, 0.85, 0.95,
    "vLLM and TensorRT-LLM defaults (gpu_memory_utilization, free_gpu_memory_fraction 0.9)",
    "memory_share",
)  # fmt: skip
RUNTIME_MEMORY = Default(
    "memory of the runtime on each GPU", 2e9, 4e9, 1e9,
    "CUDA context and workspace, 1 to 2 GB", "memory_overhead",
)  # fmt: skip
KV_ELEMENTS = Default(
    "keys' elements per token of a model of 8B, growing with params^0.42", 32768.0, 131072.0,
    16384.0, "config.json of Llama 3 8B, 70B and 405B (grouped-query attention)",
)  # fmt: skip
ENCODER_16 = Default(
    "share of peak FLOP/s of one small batch, 16 bits", 0.20, 0.10, 0.35,
    "NVIDIA DeepLearningExamples, BERT-large on A30, batch 1: TensorRT 27 %, ONNX 16 %",
    "compute_efficiency",
)  # fmt: skip
SATURATED_INT8 = Default(
    "share of peak at the latency limit, saturated server", 0.40, 0.22, 0.55,
    "MLPerf Inference closed division, ResNet-50 and BERT-large server scenarios",
    "compute_efficiency",
)  # fmt: skip
MEAN_OF_MAX_LENGTH = Default(
    "mean over largest sequence length of questions with contexts", 0.46, 0.60, 0.40,
    "SQuAD v1.1 with BERT's tokenizer: about 177 of 384 tokens",
)  # fmt: skip
LAUNCH_OVERHEAD = Default(
    "time of launching and copying for one batch", 0.5e-3, 1.5e-3, 0.2e-3,
    "NVIDIA DeepLearningExamples Triton tables at batch 1",
)  # fmt: skip

UTILISATION = Default(
    "share of a server's time that may be busy", 0.50, 0.40, 0.70,
    "rule of the founding document; `estimate queue` finds it from a wait", "utilisation",
)  # fmt: skip
HOURS_PER_MONTH = Default(
    "hours of a billing month", 730.0, 744.0, 720.0, "8,760 hours over 12 months", "hours_per_month"
)
CPU_BUFFER = Default(
    "host memory over what the states take", 1.5, 2.0, 1.0,
    "DeepSpeed, estimate_zero2_model_states_mem_needs (additional_buffer_factor)",
    "cpu_buffer_factor",
)  # fmt: skip
ALPHA = Default("alpha", 0.05, 0.05, 0.05, "the usual 5 %", "alpha")
POWER = Default("power", 0.80, 0.80, 0.80, "the usual 80 %", "power")

TECHNIQUES = {
    "caching": Default("caching", 20.0, 10.0, 100.0, "1 / (1 - hit ratio): 95 % of reads hit"),
    "quantisation": Default(
        "quantisation", 2.0, 2.0, 4.0, "16 to 8 or 4 bits: 2 to 4 times fewer bytes"
    ),
    "gpu_inference": Default(
        "GPU instead of CPU", 16.0, 10.0, 100.0, "Triton DLRM tables: 15.6x, V100 over two CPUs"
    ),
    "batching": Default(
        "batching", 4.0, 2.0, 8.0, "Triton ResNet-50 on A100: 4.4x at a batch of 8"
    ),
    "distillation": Default(
        "distillation", 2.0, 1.6, 10.0, "DistilBERT 1.6x (Sanh et al. 2019); TinyBERT 9.4x"
    ),
    "pruning": Default("pruning", 2.0, 1.0, 2.0, "2:4 structured sparsity at most doubles"),
    "compilation": Default(
        "compilation", 1.7, 1.2, 3.0, "Triton BERT-large on A30: TensorRT 1.7x ONNX"
    ),
}
