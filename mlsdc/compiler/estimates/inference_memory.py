"""Bytes that inference takes: weights and KV cache.

Sources: Kwon et al. 2023 (vLLM), section 3; Shazeer 2019 (MQA); Ainslie et al. 2023 (GQA);
DeepSeek-AI 2024 (DeepSeek-V2, MLA).
"""

from __future__ import annotations


def weights(params: float, bytes_per_param: float) -> float:
    """Bytes of the weights."""
    return params * bytes_per_param


def kv_per_token(layers: float, kv_heads: float, head_dim: float, element: float) -> float:
    """Bytes of keys and values of one token: 2 L k d e. `kv_heads` of 1 is MQA."""
    return 2.0 * layers * kv_heads * head_dim * element


def latent_per_token(layers: float, latent: float, element: float) -> float:
    """Bytes of the latent KV cache of one token (MLA): L (rank + rope) e."""
    return layers * latent * element


def kept_heads(kv_heads: float, tensor: float) -> float:
    """KV heads on each of `tensor` devices: divided while there is one for each, else copied."""
    return max(1.0, kv_heads / tensor)


def concurrent(memory: float, taken: float, per_sequence: float) -> float:
    """Sequences whose KV cache fits in what is left of the memory; 0 where nothing is left."""
    return max(0.0, (memory - taken) / per_sequence)
