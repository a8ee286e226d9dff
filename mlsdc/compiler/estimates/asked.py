"""A unit in words in (`ms p99 wait`, `GiB per GPU`, `gpu_hours`), its dimension and factor out."""

from __future__ import annotations

import re
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Asked:
    """What a question's unit says: base units of one unit, the dimension, and the other words."""

    text: str
    dimension: str
    factor: float
    words: frozenset[str]


_TIME = {
    "ns": 1e-9, "us": 1e-6, "ms": 1e-3, "milliseconds": 1e-3, "s": 1.0, "sec": 1.0, "second": 1.0,
    "seconds": 1.0, "min": 60.0, "minute": 60.0, "minutes": 60.0, "h": 3600.0, "hour": 3600.0,
    "hours": 3600.0, "day": 86400.0, "days": 86400.0, "week": 604800.0, "weeks": 604800.0,
    "month": 730 * 3600.0, "months": 730 * 3600.0, "year": 365 * 86400.0, "years": 365 * 86400.0,
}  # fmt: skip
_BYTES = {
    "b": 1.0, "byte": 1.0, "bytes": 1.0, "kb": 1e3, "mb": 1e6, "gb": 1e9, "tb": 1e12,
    "kib": 2.0**10, "mib": 2.0**20, "gib": 2.0**30, "tib": 2.0**40,
}  # fmt: skip
_ENERGY = {"j": 1.0, "joule": 1.0, "joules": 1.0, "kj": 1e3, "mj": 1e6, "wh": 3.6e3, "kwh": 3.6e6,
           "mwh": 3.6e9, "gwh": 3.6e12}  # fmt: skip
_PREFIX = {"": 1.0, "k": 1e3, "m": 1e6, "g": 1e9, "t": 1e12, "p": 1e15, "e": 1e18, "z": 1e21}
_PER_SECOND = re.compile(r"(?:per |/ ?)(?:s|sec|second)\b|\b(?:[kmgt]i?b|tok|img|fr?)?ps\b")
_MANY = {"thousand": 1e3, "million": 1e6, "millions": 1e6, "billion": 1e9, "billions": 1e9,
         "trillion": 1e12}  # fmt: skip
_PER = {"per minute": 60.0, "per min": 60.0, "per hour": 3600.0, "per day": 86400.0}


def read_unit(text: str, extra: str = "") -> Asked:
    """Read a unit; `extra` are more words of the question, such as the name of a statistic."""
    plain = re.sub(r"[_\s]+", " ", text.lower().replace("_s", " s")).strip()
    if re.fullmatch(r"(?:[kMGTPEZ] ?|\w*)FLOPs", text.strip()):
        plain = plain.rstrip("s")  # operations; their rate is FLOPS
    first, _, rest = plain.partition(" ")
    many = _MANY.get(first, 1.0) if rest else 1.0
    plain = plain if many == 1.0 else rest
    dimension, factor = _measure(plain)
    factor *= many
    words = re.findall(r"[a-z0-9]+", f"{plain} {extra.lower().replace('_', ' ')}")
    if words and (words[0] in _TIME or words[0] in _BYTES):
        del words[0]
    singular = frozenset(re.sub(r"s$", "", word) for word in words)
    return Asked(text, dimension, factor, singular - _NOISE)


_DEVICE_TIME = re.compile(
    r"(?:gpu|device|accelerator|tpu|chip|a100|h100|v100)[ -]?(?:hour|h\b|day|week|month|year)"
)
_NOISE = frozenset({"", "of", "the", "a", "m", "in", "and", "by", "usd", "dollar"})


def _measure(text: str) -> tuple[str, float]:
    words = re.findall(r"[a-zé$%]+[0-9]*", text)
    first = words[0] if words else ""
    if re.match(
        r"(?:gpu|device|accelerator|tpu|chip|a100|h100|v100)[ -]?(?:hour|h\b|day|week|month|year)",
        text,
    ):
        return "device time", _device_time(text)
    if match := re.match(r"(?:peta ?|p)flops?(?:/| )?(?:s|second)?[ -]*day", text):
        return "flop", 1e15 * 86400.0 if match else 1.0
    if first in ("ratio", "fraction", "share"):
        return "number", 1.0
    if match := re.search(r"\b([kmgtpez]?)flop", text):
        # FLOP alone counts operations; with a plural s, per second or per GPU it is a rate.
        rate = re.search(r"flop(?:s\b|/s|s/s)| per (?:gpu|device|s)", text) and first != "flop"
        if first in ("percent", "%"):
            return "number", 0.01
        return ("flops" if rate else "flop"), _PREFIX[match[1]]
    if first in ("percent", "%", "pct"):
        return "number", 0.01
    if first in _ENERGY:
        return "energy", _ENERGY[first]
    if (carbon := re.match(r"(k?g|t|tons?|tonnes?|metric tons?) ?(?:of )?co2", text)) is not None:
        return "mass", {"g": 1e-3, "kg": 1.0}.get(carbon[1], 1e3)
    if first in ("usd", "$", "dollar", "dollars"):
        return "money", 1.0
    if first in _BYTES and not _PER_SECOND.search(text):
        return "bytes", _BYTES[first]
    if first in _TIME:
        return "time", _TIME[first]
    if (size := first.removesuffix("ps")) in _BYTES and size != first and size != "":
        return "bandwidth", _BYTES[size]
    if first in _BYTES and re.search(r"(?:per |/ ?)(?:s|sec|second)\b", text):
        return "bandwidth", _BYTES[first]
    return _rate(text)


def _device_time(text: str) -> float:
    return next((_TIME[w] for w in ("year", "month", "week", "day") if w in text), 3600.0)


def _rate(text: str) -> tuple[str, float]:
    if _PER_SECOND.search(text) or re.search(r"\b(?:qps|rps|tps|hz)\b", text):
        return "rate", 1.0
    for words, seconds in _PER.items():
        if words in text:
            return "rate", 1.0 / seconds
    return "number", 1.0
