"""What people write in; inputs in base units under their canonical names out.

`step_time_ms: 100`, `step_time: "100ms"` and `iteration_time_s: 0.1` are the same input. Law: a
number of a dimension without a unit is refused, an unknown name is refused or reported, never
dropped in silence.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import cast

from mlsdc.compiler.estimates.fields import Field, Kind, fields, names
from mlsdc.compiler.estimates.read_value import read_value
from mlsdc.compiler.estimates.refusal import Refusal, UnknownName
from mlsdc.compiler.estimates.working import Value
from mlsdc.diagnostics import nearest

_TIMES = {
    "ns": 1e-9, "us": 1e-6, "ms": 1e-3, "s": 1.0, "sec": 1.0, "secs": 1.0, "seconds": 1.0,
    "second": 1.0, "min": 60.0, "minutes": 60.0, "minute": 60.0, "h": 3600.0, "hours": 3600.0,
    "hour": 3600.0, "days": 86400.0, "day": 86400.0, "weeks": 604800.0,
}  # fmt: skip
_SIZES = {
    "bytes": 1.0, "kb": 1e3, "mb": 1e6, "gb": 1e9, "tb": 1e12, "kib": 2.0**10, "mib": 2.0**20,
    "gib": 2.0**30, "tib": 2.0**40,
}  # fmt: skip
_RATES = {
    **dict.fromkeys(("per_s", "per_second", "per_sec", "s", "qps", "rps", "hz"), 1.0),
    **dict.fromkeys(("per_min", "per_minute"), 1 / 60), "per_hour": 1 / 3600, "per_h": 1 / 3600,
    "per_day": 1 / 86400,
}  # fmt: skip
_COUNTS = {"b": 1e9, "billion": 1e9, "billions": 1e9, "m": 1e6, "million": 1e6, "millions": 1e6,
           "k": 1e3, "t": 1e12, "trillion": 1e12, "trillions": 1e12}  # fmt: skip
SUFFIXES: Mapping[Kind, Mapping[str, float]] = {
    Kind.TIME: _TIMES,
    Kind.NUMBERS: _TIMES,
    Kind.BYTES: _SIZES,
    Kind.RATE: _RATES,
    Kind.COUNT: _COUNTS,
    Kind.AMOUNT: _COUNTS,
    Kind.SHARE: {"percent": 0.01, "pct": 0.01},
    Kind.FLOPS: {
        **{f"{letter}flop{end}": size for letter, size in (("g", 1e9), ("t", 1e12), ("p", 1e15))
           for end in ("s", "_s", "s_per_s", "_per_s")},
    },
    Kind.BANDWIDTH: {f"{size}{end}": factor for size, factor in _SIZES.items()
                     for end in ("_s", "ps", "_per_s", "_per_second")},
    Kind.MONEY: {"usd": 1.0},
}  # fmt: skip
_LISTS = {
    "p": "reference", "q": "current", "visitors": "arm_counts", "users": "arm_counts",
    "trials": "arm_counts", "conversions": "arm_successes", "successes": "arm_successes",
    "clicks": "arm_successes",
}  # fmt: skip
"""Names that mean a distribution, or one number of each arm, where they hold a list."""
_FORMATS = ("dtype", "torch_dtype")
"""A format of the parameters themselves: training in it keeps no copy in 32 bits."""
_AXIS = re.compile(r"(.*?)_?(features|rows|entities|keys|items|concurrency|clients)_?(\d+)")
"""`p99_ms_features50`: a time at a size other than a batch's."""
_WHOLE_SIZE = 64.0
"""Bytes that no single number takes: above it, `gradient_bytes` are those of all gradients."""
_UNITLESS = {Kind.TIME, Kind.RATE, Kind.BYTES, Kind.FLOPS, Kind.BANDWIDTH}
_AT_BATCH = re.compile(r"(.*?)_?(?:at_)?(?:batch|bs|b)_?(?:size_?)?(\d+)")
_PER_SECOND = re.compile(r"_per_s(?:ec|econd)?(?:_|$)|qps|rps|tps")
_PRECISION_END = re.compile(r"_(bf16|fp16|fp8|int8|fp32|tf32|dense)$")


@dataclass
class ReadInputs:
    """The inputs in base units, the name each was given under, and what was not understood."""

    inputs: dict[str, Value] = field(default_factory=dict[str, Value])
    given: dict[str, str] = field(default_factory=dict[str, str])
    unknown: dict[str, str] = field(default_factory=dict[str, str])
    """Names that no input has."""
    refused: dict[str, str] = field(default_factory=dict[str, str])
    """Inputs whose values cannot be used."""


def read_inputs(document: Mapping[str, object], *, strict: bool = True) -> ReadInputs:
    """Read an object of names and values.

    Where not `strict`, names and values that are not understood are collected instead.
    Raises `Refusal`.
    """
    found = ReadInputs()
    if any(name in document and "mixed" not in str(document[name]) for name in _FORMATS):
        found.inputs["pure_precision"] = True
    for name, value in _meant(document).items():
        try:
            _read(name, value, found)
        except Refusal as refusal:
            if strict:
                raise
            where = found.unknown if isinstance(refusal, UnknownName) else found.refused
            where[name] = str(refusal)
    if "optim" in found.given.get("cpu_offload", "") and "cpu_offload_params" not in found.inputs:
        found.inputs["cpu_offload_params"] = False  # the optimiser was named, and nothing else
    if found.inputs.keys() & {"bits_per_weight", "bytes_per_param"}:
        row = fields()["precision"]
        for name in [one for one in found.refused if one.lower() in (row.name, *row.aliases)]:
            found.unknown[name] = found.refused.pop(name)  # the size of a weight is stated anyway
    return found


def _meant(document: Mapping[str, object]) -> Mapping[str, object]:
    """Names that mean something else beside certain others, under the names of what they mean."""
    meant = dict(document)
    if "rho" in meant and "cuped" in str(meant.get("method", "")).lower():
        meant["cuped_correlation"] = meant.pop("rho")
    if "M" in meant and "hnsw" in str(meant.get("index", "")).lower():
        meant["graph_links"] = meant.pop("M")
    size = meant.get("gradient_bytes")
    if isinstance(size, int | float) and size > _WHOLE_SIZE:
        meant["gradient_size_bytes"] = meant.pop("gradient_bytes")
    sizes = {at[2] for name in meant if (at := _AXIS.fullmatch(name.lower())) and at[1]}
    if len(sizes) == 1 and (axis := sizes.pop()) in meant:
        meant = {_at_size(name, axis): value for name, value in meant.items()}
    return meant


def _at_size(name: str, axis: str) -> str:
    """`p99_ms_features50` as `p99_ms_batch50`, and `features` as the batch it is asked for."""
    if name.lower() == axis:
        return "batch"
    at = _AXIS.fullmatch(name.lower())
    return f"{at[1]}_batch{at[3]}" if at and at[1] else name


def _read(name: str, value: object, found: ReadInputs) -> None:
    if value is None:
        return
    if isinstance(value, Mapping):
        _read_object(name, cast("Mapping[str, object]", value), found)
    elif name.lower() == "hops" and isinstance(value, Sequence) and not isinstance(value, str):
        _read_hops(cast("Sequence[object]", value), found)
    elif name.lower() in _LISTS and isinstance(value, Sequence) and not isinstance(value, str):
        _read_plain(_LISTS[name.lower()], cast("object", value), found)
    elif name.lower() in ("cpu_offload", "offload") and isinstance(value, str):
        _read_offload(name, value.lower(), found)
    elif name.lower() == "grad_bytes" and isinstance(value, str) and "at step" in value.lower():
        _put(found, name, fields()["accounting"], "deepspeed")
    else:
        _read_plain(name, value, found)
        if name.lower() == "content" and isinstance(value, str):
            _read_sum(value, found)


def _read_sum(text: str, found: ReadInputs) -> None:
    """`(2+4+4+4 bytes)`, `12 bytes/param`: the bytes of one parameter with its states."""
    pattern = r"([0-9.]+(?:\s*\+\s*[0-9.]+)+) bytes\b|([0-9.]+) ?(?:bytes|B) ?(?:/|per) ?param"
    if found_text := re.search(pattern, text):
        pieces = (found_text[1] or found_text[2]).split("+")
        total = sum(float(piece) for piece in pieces)
        _put(found, "content", fields()["state_bytes_per_param"], total)


def _read_offload(name: str, what: str, found: ReadInputs) -> None:
    """`optimizer`, or `optimizer+params` and `all`: what lies in host memory."""
    if "param" in what or what == "all":
        _put(found, name, fields()["cpu_offload_params"], True)
    elif "optim" in what:
        _put(found, name, fields()["cpu_offload_params"], False)
    else:
        _read_plain(name, what, found)
        return
    _put(found, name, fields()["cpu_offload"], True)


def _read_object(name: str, value: Mapping[str, object], found: ReadInputs) -> None:
    """An objective or one leaf: its fields are inputs themselves."""
    for inner, of in value.items():
        if name == "leaf" and re.match(r"p(50|99)|mean", inner):
            inner = f"leaf_{inner}"
        if name.startswith("slo"):
            inner = re.sub(r"^(latency|response(_time)?|sojourn)(?=_|$)", "response_limit", inner)
        _read(inner, of, found)


def _read_hops(value: Sequence[object], found: ReadInputs) -> None:
    columns: dict[str, list[object]] = {}
    for hop in value:
        if not isinstance(hop, Mapping):
            raise Refusal("hops", hop, "each hop has p50 and p99", '{"p50_ms": 2, "p99_ms": 8}')
        for name, time in cast("Mapping[str, object]", hop).items():
            columns.setdefault(f"hops_{name}", []).append(time)
    for name, times in columns.items():
        if len(times) != len(value):
            raise Refusal("hops", name, "every hop has the same quantiles")
        _read_plain(name, times, found)


def _read_plain(name: str, value: object, found: ReadInputs) -> None:
    row, factor, at = meaning(name)
    read = read_value(row, value, factor, name)
    if at is None:
        _put(found, name, row, read)
        return
    if not isinstance(read, float):
        raise Refusal(name, value, "a duration", "20ms")
    known = found.inputs.get("time_at_batch", {})
    points = {**known, at: read} if isinstance(known, Mapping) else {at: read}
    found.inputs["time_at_batch"] = dict(sorted(points.items()))
    found.given["time_at_batch"] = name


def _put(found: ReadInputs, name: str, row: Field, value: Value) -> None:
    if row.name in found.inputs and found.inputs[row.name] != value:
        other = found.given[row.name]
        raise Refusal(name, None, f"{other} says the same thing with another value; state one")
    found.inputs[row.name] = value
    found.given[row.name] = name


def meaning(name: str) -> tuple[Field, float | None, float | None]:
    """The field a name means, the factor its unit stands for, and the batch size it is about.

    The factor is None where the name says no unit and the field needs one. Raises `Refusal`.
    """
    lower = name.lower().replace("-", "_").strip()
    if found := _field(lower):
        return (*found, None)
    if (at := _AT_BATCH.fullmatch(lower)) and (found := _field(at[1])):
        row, factor = found
        if row.kind is Kind.TIME:
            return fields()["time_at_batch"], factor, float(at[2])
    near = nearest(lower, names())
    hint = f"; did you mean {near}?" if near else ""
    raise UnknownName(name, None, f"no input has this name{hint}")


def _field(name: str) -> tuple[Field, float | None] | None:
    known = names()
    if name in known:
        row, factor = known[name]
        says = bool(_PER_SECOND.search(name)) or name in (row.scaled or {})
        return row, None if row.kind in _UNITLESS and not says else factor
    pieces = name.split("_")
    for start in range(1, len(pieces)):
        base, suffix = "_".join(pieces[:start]), "_".join(pieces[start:])
        if base in known:
            row, factor = known[base]
            if suffix in SUFFIXES.get(row.kind, ()):
                return row, factor * SUFFIXES[row.kind][suffix]
    plain = _PRECISION_END.sub("", name)
    return _field(plain) if plain != name else None
