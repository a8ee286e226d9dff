"""Prefill and decode of a decoder model as a roofline with efficiencies.

Prefill is bound by compute: 2 N L FLOP. Decoding reads all weights and the KV cache for every step,
so it is bound by bandwidth, until the batch is so large that compute is. Sources: Pope et al. 2022,
Efficiently Scaling Transformer Inference; Williams et al. 2009 (roofline).
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Instance:
    """One copy of a model on its devices: bytes, bytes and FLOP per second that are reached.

    `compute` serves prefill and decode, `bandwidth` decode; both over all devices together.
    """

    params: float
    active: float
    weight_bytes: float
    kv_per_token: float
    compute: float
    bandwidth: float
    launches: float = 0.0
    """Seconds of a prefill in which kernels are launched."""
    reduction: float = 0.0
    """Seconds of a decode step in which devices wait for one another's messages."""
    exchanged: float = 0.0
    """Seconds of a decode step in which devices exchange the activations of one sequence."""

    def prefill(self, tokens: float, batch: float = 1.0) -> float:
        """Seconds until the first token of `batch` prompts: FLOPs, or reading the weights once."""
        work = 2.0 * self.active * tokens * batch / self.compute
        return max(work, self.read(batch * tokens) / self.bandwidth) + self.launches

    def read(self, tokens: float) -> float:
        """Bytes of weights that a step over so many tokens reads: the experts they hit."""
        share = self.active / self.params
        touched = 1.0 if share >= 1.0 else 1.0 - (1.0 - share) ** tokens
        return self.weight_bytes * touched

    def step(self, batch: float, context: float) -> float:
        """Seconds of one decode step of `batch` sequences with this many cached tokens each."""
        moved = self.read(batch) + batch * context * self.kv_per_token
        alone = max(moved / self.bandwidth, 2.0 * self.active * batch / self.compute)
        return alone + self.reduction + batch * self.exchanged

    def request(self, prompt: float, output: float, batch: float = 1.0) -> float:
        """Seconds of prefill and decode of `batch` sequences served together."""
        return self.prefill(prompt, batch) + output * self.step(batch, prompt + output / 2.0)

    def output_rate(self, prompt: float, output: float, batch: float) -> float:
        """Output tokens per second with `batch` sequences in flight all the time."""
        return batch * output / self.request(prompt, output, batch)


def largest_batch(memory: float, taken: float, context: float, kv_per_token: float) -> float:
    """Sequences whose mean KV cache fits beside the weights; below 1 the model does not fit."""
    return (memory - taken) / (context * kv_per_token)


def crossover(peak: float, bandwidth: float, bytes_per_param: float) -> float:
    """The batch at which decoding turns from bandwidth bound to compute bound: F b / (2 B)."""
    return peak * bytes_per_param / (2.0 * bandwidth)
