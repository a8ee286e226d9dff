"""One value, as text or as JSON, in; its number in base units, words or lists out."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping, Sequence
from typing import cast

from mlsdc.compiler.estimates.fields import Field, Kind
from mlsdc.compiler.estimates.refusal import Refusal
from mlsdc.compiler.estimates.working import Value
from mlsdc.diagnostics import nearest
from mlsdc.units import BYTES, DATA_RATE, DURATION, RATE, Dimension, UnitError, parse_quantity

_DIMENSIONS: Mapping[Kind, Dimension] = {
    Kind.TIME: DURATION,
    Kind.RATE: RATE,
    Kind.BYTES: BYTES,
    Kind.BANDWIDTH: DATA_RATE,
}
_MAGNITUDES = {"k": 1e3, "m": 1e6, "b": 1e9, "g": 1e9, "t": 1e12, "p": 1e15}
_NUMBER = r"([0-9][0-9_]*(?:\.[0-9]+)?(?:e[+-]?[0-9]+)?)"
_MAGNITUDE = re.compile(rf"{_NUMBER}\s*([kmbgt])?", re.I)
_FLOPS = re.compile(rf"{_NUMBER}\s*([gtp])flop(?:s|/s)?", re.I)
_SHARE = re.compile(rf"{_NUMBER}%|p{_NUMBER}")
_MONEY = re.compile(rf"\$?{_NUMBER}\s*(?:usd)?", re.I)


_PERCENTAGES = ("percentile", "hedge_percentile", "leaf_level")
"""Shares that people write as 99 or 99.9 as well: no value above 1 could mean anything else."""
_WHOLE_PERCENTAGES = {"alpha": 2.0, "baseline": 2.0, "changed": 2.0} | dict.fromkeys(
    ("mfu", "hfu", "power", "utilisation"), 10.0
)
"""The same from here on: nearer to 1, a share that is too large is the likelier mistake."""


def read_value(row: Field, value: object, factor: float | None, name: str) -> Value:
    """The value of a field; `factor` is that of the unit in the name, None where there is none.

    Raises `Refusal`, naming the field as it was given.
    """
    kind = row.kind
    if kind is Kind.TEXT:
        return _word(row, value, name)
    if kind is Kind.FLAG:
        return _flag(row, value, name)
    if row.name == "planned" and isinstance(value, int | float) and 0 < value < 1:
        return (float(value), 1.0 - value)  # the share of one of two arms
    if kind is Kind.NUMBERS:
        return tuple(_time_or_number(row, one, factor, name) for one in _list(row, value, name))
    if kind is Kind.TABLE:
        rows = _list(row, value, name)
        return tuple(
            tuple(_plain(row, one, name) for one in _list(row, line, name)) for line in rows
        )
    return _bounded(row, _number(row, value, factor, name), value, name)


def _number(row: Field, value: object, factor: float | None, name: str) -> float:
    kind = Kind.TIME if row.kind is Kind.POINTS else row.kind
    if isinstance(value, str) and not _is_plain(value):
        return _quantity(row, kind, value, factor, name)
    number = _plain(row, value, name)
    if factor is None:
        text = f"{number:g} has no unit; {kind.value}"
        raise Refusal(name, None, text, f"{name}={row.example}")
    if kind is Kind.SHARE and _is_percentage(row, number):
        return number / 100
    return number * factor


def _is_percentage(row: Field, number: float) -> bool:
    if row.name in _PERCENTAGES:
        return 1.0 < number < 100.0
    return _WHOLE_PERCENTAGES.get(row.name, math.inf) <= number <= 100.0


def _is_plain(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def _plain(row: Field, value: object, name: str) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise Refusal(name, value, row.kind.value, row.example)
    try:
        number = float(value)
    except (ValueError, OverflowError):
        raise Refusal(name, value, row.kind.value, row.example) from None
    if not math.isfinite(number):
        raise Refusal(name, value, row.kind.value, row.example)
    return number


def _quantity(row: Field, kind: Kind, text: str, factor: float | None, name: str) -> float:
    written = text.strip()
    if kind is Kind.RATE and factor is not None and (match := _MAGNITUDE.fullmatch(written)):
        return float(match[1].replace("_", "")) * _MAGNITUDES[(match[2] or "k").lower()] * factor
    if kind in _DIMENSIONS:
        try:
            found = parse_quantity(written)
        except UnitError as error:
            example = error.suggestion or row.example
            raise Refusal(name, text, kind.value, example) from None
        if found.dimension != _DIMENSIONS[kind]:
            raise Refusal(name, text, kind.value, row.example)
        return found.value
    if kind in (Kind.SHARE, Kind.EFFECT) and (match := _SHARE.fullmatch(written)):
        return _share(match[1] or match[2], percent=written.endswith("%"))
    shape = {Kind.FLOPS: _FLOPS, Kind.MONEY: _MONEY}.get(kind, _MAGNITUDE)
    match = shape.fullmatch(written)
    if kind is Kind.SHARE or not match:
        raise Refusal(name, text, kind.value, row.example)
    number = float(match[1].replace("_", ""))
    if kind is Kind.MONEY:
        return number
    return number * _MAGNITUDES.get((match[2] or "").lower(), 1.0)


def _share(digits: str, *, percent: bool) -> float:
    """`50%`; `p99`, `p99.9` and `p999`, whose digits stand behind the point."""
    number = float(digits.replace("_", ""))
    if percent or "." in digits or len(digits) <= 2:
        return number / 100
    return number / 10.0 ** len(digits)


def _bounded(row: Field, number: float, value: object, name: str) -> float:
    kind = row.kind
    fine = {
        Kind.WHOLE: number >= 1 and number == int(number),
        Kind.AMOUNT: number >= 0,
        Kind.MONEY: number >= 0,
        Kind.SHARE: 0 <= number <= 1,
    }.get(kind, number > 0)
    if not fine:
        raise Refusal(name, value, kind.value, row.example)
    return number


def _list(row: Field, value: object, name: str) -> Sequence[object]:
    if isinstance(value, str):
        value = [piece for piece in re.split(r"[,\s]+", value.strip("[] ")) if piece]
    if not isinstance(value, Sequence) or not value:
        raise Refusal(name, cast("object", value), row.kind.value, row.example)
    return cast("Sequence[object]", value)


def _time_or_number(row: Field, value: object, factor: float | None, name: str) -> float:
    if isinstance(value, str) and not _is_plain(value):
        return _quantity(row, Kind.TIME, value, None, name)
    return _plain(row, value, name) * (1.0 if factor is None else factor)


def _flag(row: Field, value: object, name: str) -> bool:
    if isinstance(value, str) and value.lower() in _FLAGS:
        return _FLAGS[value.lower()]
    if not isinstance(value, bool) and value in (0, 1):
        return value == 1
    if not isinstance(value, bool):
        raise Refusal(name, value, row.kind.value, row.example)
    return value


_FLAGS: Mapping[str, bool] = {
    **dict.fromkeys(("true", "yes", "on", "cpu", "nvme"), True),
    **dict.fromkeys(("false", "no", "off", "none"), False),
}
"""`cpu` and `nvme` are where something is offloaded to."""


def _word(row: Field, value: object, name: str) -> str:
    if row.name == "recompute" and isinstance(value, bool):
        return "full" if value else "none"
    if row.name == "target_modules" and isinstance(value, Sequence):
        value = value if isinstance(value, str) else ",".join(map(str, cast("list[object]", value)))
    if not isinstance(value, str):
        raise Refusal(name, value, row.kind.value, row.example)
    text = " ".join(value.split())
    known = _CANONICAL.get(row.name, str.lower)(text)
    if row.words and known not in row.words:
        near = nearest(known, row.words) or row.example
        raise Refusal(name, value, "one of " + ", ".join(row.words), near)
    return known if row.words else text


def _precision(text: str) -> str:
    first = text.lower().split("/")[0].replace("mixed", "").replace("precision", "")
    word = re.sub(r"[^a-z0-9]", "", first)
    if word in _PRECISIONS:
        return _PRECISIONS[word]
    # "bf16 weights, fp32 optimiser": the first format that is named.
    pieces = [piece for piece in re.findall(r"[a-z0-9]+", first) if piece in _PRECISIONS]
    return _PRECISIONS[pieces[0]] if pieces else word


_PRECISIONS: Mapping[str, str] = {
    **dict.fromkeys(("float32", "fp32", "f32", "single", "full"), "fp32"),
    **dict.fromkeys(("float16", "fp16", "f16", "half", "amp", "16bit"), "fp16"),
    **dict.fromkeys(("bfloat16", "bf16"), "bf16"),
    **dict.fromkeys(("float8", "fp8", "e4m3", "e5m2", "fp8e4m3", "mxfp8"), "fp8"),
    **dict.fromkeys(("int8", "8bit", "w8a8", "w8a16", "q80", "uint8"), "int8"),
    **dict.fromkeys(("int4", "4bit", "w4a16", "awq", "gptq", "nf4", "uint4", "int4awq"), "int4"),
    **dict.fromkeys(("fp4", "nvfp4", "mxfp4", "e2m1"), "fp4"),
}


def _optimiser(text: str) -> str:
    word = re.sub(r"[^a-z0-9]", "", text.lower())
    if "8bit" in word or "bnb" in word:
        return "adam8bit"
    if "momentum" in word:
        return "momentum"
    return {"adamw": "adam", "fusedadam": "adam", "adafactor": "adafactor"}.get(word, word)


_CANONICAL: Mapping[str, Callable[[str], str]] = {
    "precision": _precision,
    "kv_precision": _precision,
    "optimizer": _optimiser,
}
