"""Accelerators and model shapes by the names people write, from rows that a catalogue hands in.

Law: a name that fits no row is refused with the nearest ones; nothing is looked up on a network.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from mlsdc.compiler.estimates.refusal import Refusal
from mlsdc.diagnostics import nearest

GIB_OVER_GB = 2**30 / 1e9
"""How much more a device has where the GB of its data sheet are GiB, as those of HBM are."""
_ALIKE = {"bf16": "fp16", "fp16": "bf16", "float16": "fp16", "bfloat16": "bf16"}
_SUFFIXES = re.compile(r"(instruct|chat|hf|base|fp8|fp16|bf16|nvfp4|int8)+$")


@dataclass(frozen=True, slots=True)
class Accelerator:
    """One device: bytes, bytes per second, and dense FLOP/s by precision (no sparsity)."""

    name: str
    chip: str
    qualifiers: frozenset[str]
    memory: float
    bandwidth: float
    flops: Mapping[str, float]
    link: float | None
    """Bytes per second to the other devices of its machine, both directions together."""
    source: str
    date: str
    compute_capability: float | None = None
    """The generation, as NVIDIA numbers it; None for other makers."""

    def peak(self, precision: str) -> float:
        """FLOP/s in a precision; the two 16-bit formats stand for one another.

        Raises `Refusal` where the device has no figure for it.
        """
        for name in (precision, _ALIKE.get(precision, precision)):
            if name in self.flops:
                return self.flops[name]
        known = ", ".join(self.flops)
        raise Refusal("precision", precision, f"{self.name} has figures for {known}", "bf16")


@dataclass(frozen=True, slots=True)
class ModelShape:
    """The figures of a published model that memory and time follow from; None where not known."""

    name: str
    params: float
    active: float
    layers: float | None
    hidden: float | None
    heads: float | None
    kv_heads: float | None
    head_dim: float | None
    vocab: float | None
    latent: float | None
    """Elements of the latent KV cache per layer and token (MLA); None for other attention."""
    flops_per_item: float | None
    source: str


@dataclass(frozen=True)
class Hardware:
    """The rows known to one calculation."""

    accelerators: Sequence[Accelerator] = ()
    shapes: Mapping[str, ModelShape] = field(default_factory=dict[str, ModelShape])
    prices: Mapping[str, Price] = field(default_factory=lambda: dict[str, Price]())

    def accelerator(self, written: str) -> Accelerator:
        """The row a name means; of several, the one named first in the table.

        Raises `Refusal`.
        """
        words = _words(written)
        alike = [row for row in self.accelerators if set(row.chip.split()) <= words]
        if not alike:
            chips = sorted({row.chip for row in self.accelerators})
            near = nearest(written.lower(), [*chips, *(row.name for row in self.accelerators)])
            raise Refusal(
                "gpu", written, "no accelerator of the catalogue", near or "h100-sxm-80gb"
            )
        chip = max((row.chip for row in alike), key=len)
        alike = [row for row in alike if row.chip == chip]
        known = frozenset[str]().union(*(row.qualifiers for row in alike))
        said = {word for word in words if word in known or re.fullmatch(r"\d+gb", word)}
        fitting = [row for row in alike if said <= row.qualifiers]
        if not fitting:
            names = ", ".join(row.name for row in alike)
            raise Refusal("gpu", written, f"one of {names}", alike[0].name)
        return fitting[0]

    def shape(self, written: str) -> ModelShape | None:
        """The row of a model's name, whatever its punctuation; None where there is none."""
        name = re.sub(r"[^a-z0-9]", "", written.lower())
        return self.shapes.get(name) or self.shapes.get(_SUFFIXES.sub("", name))


@dataclass(frozen=True, slots=True)
class Price:
    """A list price: USD for one hour of a machine."""

    name: str
    usd_per_hour: float
    gpu: str
    gpus: int
    region: str
    source: str
    date: str


def _words(written: str) -> set[str]:
    text = re.sub(r"[^a-z0-9]+", " ", written.lower())
    text = re.sub(r"^\d+ ?x ", "", text)
    text = re.sub(r"\b(\d+) ?gi?b?\b", r"\1gb", text)
    text = re.sub(r"\b(sxm)\d\b", r"\1", text)
    text = re.sub(r"\btpu ?(v\d\w*)", r"tpu \1", text)
    return set(text.split())
