"""Measure one accelerator, and print the figures as cases for `benchmarks.estimation`.

    python -m benchmarks.accelerator H100-80GB-SXM > cases.json

The name is that of the catalogue of accelerators. Needs PyTorch and a CUDA device; nothing else of
the project does. Models are decoders of the Llama kind with random weights: time and memory do not
depend on their values. Decoding replays a CUDA graph of one step, so that it is the device which is
measured and not the Python around it.
Tolerances were written down before anything was measured.
"""

from __future__ import annotations

import json
import statistics
import sys
import time
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Shape:
    """The shape of a decoder."""

    name: str
    layers: int
    hidden: int
    heads: int
    inner: int
    vocabulary: int = 32_000

    @property
    def parameters(self) -> int:
        """Weights, the embedding and the output layer told apart."""
        layer = 4 * self.hidden**2 + 3 * self.hidden * self.inner + 2 * self.hidden
        return self.layers * layer + 2 * self.vocabulary * self.hidden + self.hidden

    def inputs(self, gpu: str) -> dict[str, Any]:
        """What a case says of the model."""
        return {"params": self.parameters, "layers": self.layers, "hidden": self.hidden,
                "heads": self.heads, "vocab": self.vocabulary, "gpu": gpu}  # fmt: skip


SHAPES = {
    "1.3B": Shape("1.3B", 24, 2048, 16, 5504),
    "3B": Shape("3B", 26, 3200, 32, 8640),
    "7B": Shape("7B", 32, 4096, 32, 11008),
    "13B": Shape("13B", 40, 5120, 40, 13824),
}


def decoder(shape: Shape, dtype: Any, longest: int, batch: int) -> Any:
    """A decoder on the device; with `longest` above 0 it keeps a KV cache of that many tokens."""
    import torch
    from torch import nn
    from torch.nn import functional as f

    size = shape.hidden // shape.heads

    class Block(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            width, inner = shape.hidden, shape.inner
            self.before, self.behind = nn.RMSNorm(width), nn.RMSNorm(width)
            self.qkv = nn.Linear(width, 3 * width, bias=False)
            self.out = nn.Linear(width, width, bias=False)
            self.gate = nn.Linear(width, 2 * inner, bias=False)
            self.down = nn.Linear(inner, width, bias=False)
            self.cache: Any = None
            if longest:
                room = (2, batch, shape.heads, longest, size)
                self.cache = torch.zeros(room, dtype=dtype, device="cuda")

        def forward(self, x: Any, at: Any = None) -> Any:
            rows, tokens, width = x.shape
            qkv = self.qkv(self.before(x)).view(rows, tokens, 3, shape.heads, size)
            q, k, v = (part.transpose(1, 2) for part in qkv.unbind(2))
            if at is not None:
                self.cache[0].index_copy_(2, at, k)
                self.cache[1].index_copy_(2, at, v)
                k, v = self.cache[0], self.cache[1]
            seen = f.scaled_dot_product_attention(q, k, v, is_causal=at is None)
            x = x + self.out(seen.transpose(1, 2).reshape(rows, tokens, width))
            gate, up = self.gate(self.behind(x)).chunk(2, dim=-1)
            return x + self.down(f.silu(gate) * up)

    class Decoder(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.embedding = nn.Embedding(shape.vocabulary, shape.hidden)
            self.blocks = nn.ModuleList(Block() for _ in range(shape.layers))
            self.norm = nn.RMSNorm(shape.hidden)
            self.head = nn.Linear(shape.hidden, shape.vocabulary, bias=False)
            self.checkpointing = False

        def forward(self, tokens: Any, at: Any = None, last: bool = False) -> Any:
            from torch.utils.checkpoint import checkpoint

            x = self.embedding(tokens)
            for block in self.blocks:
                again = self.checkpointing
                x = checkpoint(block, x, use_reentrant=False) if again else block(x, at)
            return self.head(self.norm(x[:, -1:] if last else x))

    with torch.device("cuda"):
        torch.set_default_dtype(dtype)
        made = Decoder()
        torch.set_default_dtype(torch.float32)
    return made


def seconds(work: Any, runs: int) -> float:
    """The median time of a piece of work on the device."""
    import torch

    taken: list[float] = []
    for _ in range(runs + 3):
        torch.cuda.synchronize()
        start = time.perf_counter()
        work()
        torch.cuda.synchronize()
        taken.append(time.perf_counter() - start)
    return statistics.median(taken[3:])


def decoding(shape: Shape, batch: int, context: int) -> float:
    """Output tokens per second of the whole batch, at a context of so many tokens."""
    import torch

    model = decoder(shape, torch.bfloat16, context, batch)
    tokens = torch.zeros((batch, 1), dtype=torch.long, device="cuda")
    at = torch.full((1,), context - 1, dtype=torch.long, device="cuda")
    with torch.inference_mode():
        aside = torch.cuda.Stream()
        with torch.cuda.stream(aside):
            for _ in range(3):
                model(tokens, at)
        torch.cuda.synchronize()
        graph = torch.cuda.CUDAGraph()
        with torch.cuda.graph(graph):
            model(tokens, at)
        return batch / seconds(graph.replay, 30)


def prefill(shape: Shape, batch: int, tokens: int) -> float:
    """Milliseconds until a prompt is read and the first token is known."""
    import torch

    model = decoder(shape, torch.bfloat16, 0, batch)
    prompt = torch.zeros((batch, tokens), dtype=torch.long, device="cuda")
    with torch.inference_mode():
        return 1000 * seconds(lambda: model(prompt, last=True), 10)


def training(shape: Shape, batch: int, tokens: int, again: bool) -> tuple[float, float, float]:
    """Tokens per second, and the bytes of the state and at the peak, of mixed-precision Adam."""
    import torch
    from torch.nn import functional as f

    torch.cuda.reset_peak_memory_stats()
    model = decoder(shape, torch.float32, 0, batch)
    model.checkpointing = again
    optimiser = torch.optim.AdamW(model.parameters(), lr=1e-6, fused=True)
    rows = torch.randint(shape.vocabulary, (batch, tokens + 1), device="cuda")
    state = 0.0

    def step() -> None:
        nonlocal state
        with torch.autocast("cuda", torch.bfloat16):
            scores = model(rows[:, :-1])
            loss = f.cross_entropy(scores.flatten(0, 1), rows[:, 1:].flatten())
        loss.backward()
        del scores, loss
        optimiser.step()
        state = torch.cuda.memory_allocated()
        optimiser.zero_grad(set_to_none=True)

    rate = batch * tokens / seconds(step, 5)
    return rate, state, float(torch.cuda.max_memory_allocated())


def cases(gpu: str) -> list[dict[str, Any]]:
    """Every measurement as a case."""
    import gc

    import torch

    made: list[dict[str, Any]] = []
    where = f"measured with PyTorch {torch.__version__} on one {torch.cuda.get_device_name()}"

    def case(name: str, family: str, inputs: dict[str, Any], value: float, unit: str,
             tolerance: dict[str, float]) -> None:  # fmt: skip
        made.append({"id": name, "family": family, "kind": "blind", "source": where,
                     "inputs": inputs, "expected": {"value": float(f"{value:.5g}"), "unit": unit},
                     "tolerance": tolerance})  # fmt: skip
        print(name, f"{value:.5g}", unit, file=sys.stderr, flush=True)
        gc.collect()
        torch.cuda.empty_cache()

    serving = {"precision": "bf16", "tensor_parallel": 1}
    decoded = (("3B", 1, 256), ("7B", 1, 256), ("13B", 1, 256), ("7B", 16, 1024),
               ("7B", 32, 1024), ("13B", 16, 1024))  # fmt: skip
    for model, batch, context in decoded:
        shape = SHAPES[model]
        inputs = {**shape.inputs(gpu), **serving, "batch_size": batch, "context_tokens": context}
        case(f"decode-{model}-{batch}", "serving", inputs, decoding(shape, batch, context),
             "output tokens per s", {"rel": 0.35})  # fmt: skip
    prompts = (("7B", 1, 512), ("7B", 1, 2048), ("7B", 4, 2048), ("13B", 1, 1024))
    for model, batch, tokens in prompts:
        shape = SHAPES[model]
        inputs = {**shape.inputs(gpu), **serving, "batch_size": batch, "input_tokens": tokens}
        case(f"prefill-{model}-{batch}x{tokens}", "serving", inputs,
             prefill(shape, batch, tokens), "ms prefill", {"rel": 0.35})  # fmt: skip
    for model, batch, again in (("1.3B", 4, False), ("1.3B", 8, True), ("3B", 4, True)):
        shape = SHAPES[model]
        rate, state, peak = training(shape, batch, 2048, again)
        inputs = {**shape.inputs(gpu), "seq_len": 2048, "n_gpus": 1, "precision": "bf16",
                  "micro_batch": batch, "activation_checkpointing": again}  # fmt: skip
        name = f"{model}-{batch}{'-checkpointing' if again else ''}"
        case(f"train-{name}", "training", inputs, rate, "tokens_per_s (whole job)", {"factor": 1.4})
        inputs = {**inputs, "strategy": "ddp", "optimizer": "adam"}
        case(f"state-{name}", "memory", inputs, state / 1e9, "GB model states", {"rel": 0.05})
        case(f"peak-{name}", "memory", inputs, peak / 1e9, "GB peak per GPU", {"rel": 0.2})
    return made


if __name__ == "__main__":
    print(json.dumps(cases(sys.argv[1]), indent=1))
