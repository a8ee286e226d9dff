"""Field types: quantities with a dimension, shares, references and data types.

Each type says in its error what it wants, with an example to type.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

from mlsdc.compiler.evaluate import Symbol, describe
from mlsdc.compiler.model.part import Foreign
from mlsdc.compiler.values import Verbatim
from mlsdc.units import (
    BYTES,
    CURRENCIES,
    DATA_RATE,
    DURATION,
    RATE,
    TOKEN_RATE,
    Accelerators,
    Dimension,
    Quantity,
    show,
)


@dataclass(frozen=True)
class Measures:
    """A quantity of one dimension, not negative (or above zero, where `positive`)."""

    dimension: Dimension
    name: str
    example: str
    positive: bool = False

    def check(self, value: Any) -> Quantity:
        """The value itself.

        Raises:
            PydanticCustomError: another dimension, or a number out of range.
        """
        if not isinstance(value, Quantity) or value.dimension != self.dimension or value.percent:
            raise _wants(f"a {self.name}", self.example, value)
        if value.value < 0 or (self.positive and value.value == 0):
            limit = "more than 0" if self.positive else "at least 0"
            raise _outside(limit, self.example, value)
        if value.value > MOST:
            most = show(Quantity(float(MOST), self.dimension))
            raise _outside(f"at most {most}", self.example, value)
        return value

    def __get_pydantic_core_schema__(
        self, source: Any, handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        return core_schema.no_info_plain_validator_function(self.check)

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        return {"type": "string", "format": self.name.replace(" ", "-"), "examples": [self.example]}


def _outside(limit: str, example: str, value: Any) -> PydanticCustomError:
    return PydanticCustomError("range", "must be {limit}, this is {found}",
                               {"limit": limit, "example": example,
                                "found": describe(value)})  # fmt: skip


def _wants(what: str, example: str, value: Any) -> PydanticCustomError:
    return PydanticCustomError(
        "wants",
        "wants {what} such as `{example}`, this is {found}",
        {"what": what, "example": example, "found": describe(value)},
    )


Duration = Annotated[Quantity, Measures(DURATION, "duration", "20ms")]
Period = Annotated[Quantity, Measures(DURATION, "duration", "1h", positive=True)]
LIMIT_FIELD = Measures(DURATION, "duration", "20ms", positive=True)
Moment = Annotated[Quantity, LIMIT_FIELD]
"""A short time that cannot be nothing: how long an answer takes or may take."""
Bytes = Annotated[Quantity, Measures(BYTES, "size", "16GiB", positive=True)]
Payload = Annotated[Quantity, Measures(BYTES, "size", "2KiB")]
"""What is sent; a message may be empty, a machine's memory may not."""
Rate = Annotated[Quantity, Measures(RATE, "rate", "1200/s")]
DataRate = Annotated[Quantity, Measures(DATA_RATE, "data rate", "5MiB/s")]
TokenRate = Annotated[Quantity, Measures(TOKEN_RATE, "token rate", "50tokens/s")]


def share(value: Any) -> Any:
    """A share between 0 and 1, written in percent or as a number."""
    if isinstance(value, Quantity) and value.percent:
        value = value.value
    elif isinstance(value, bool) or not isinstance(value, int | float):
        raise _wants("a share", "80%", value)
    if not 0 <= value <= 1:
        found = describe(Quantity(value, percent=True))
        raise PydanticCustomError("range", "must lie between 0% and 100%, this is {found}",
                                  {"found": found, "example": "80%"})  # fmt: skip
    return float(value)


Share = Annotated[float, BeforeValidator(share, json_schema_input_type=str)]


def _money(value: Any) -> Any:
    known = {((c, 1),) for c in CURRENCIES} | {((c, 1), ("time", -1)) for c in CURRENCIES}
    if isinstance(value, Quantity) and value.dimension.powers in known:
        return value
    raise _wants("an amount of money", "300EUR/month", value)


Money = Annotated[Quantity, BeforeValidator(_money)]


MOST = 10**18
"""No count, size, rate or duration of a design is beyond it, and arithmetic stays finite."""


def _count(value: Any) -> Any:
    if isinstance(value, bool) or not isinstance(value, int):
        raise _wants("a whole number", "3", value)
    if value > MOST:
        raise _outside("at most 1e18", "3", value)
    if value < 0:
        raise _outside("at least 0", "0", value)
    return value


def _positive(value: Any) -> Any:
    if _count(value) < 1:
        raise _outside("at least 1", "1", value)
    return value


Count = Annotated[int, BeforeValidator(_count)]
Positive = Annotated[int, BeforeValidator(_positive)]


def _few(most: int, least: int) -> BeforeValidator:
    def check(value: Any) -> Any:
        found = _positive(value) if least else _count(value)
        if found > most:
            raise _outside(f"at most {most}", str(most), found)
        return found

    return BeforeValidator(check)


Retries = Annotated[int, _few(20, 0)]
"""Attempts after the first, each of which is looked at by itself."""
Repeats = Annotated[int, _few(10_000, 1)]
"""How often something is done one after the other."""


def _large(value: Any) -> Any:
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int):
        raise _wants("a whole number", "70.6e9", value)
    return _positive(value)


Large = Annotated[int, BeforeValidator(_large)]
"""A count that people also write as `70.6e9`: parameters, examples, tokens."""


def _replicas(value: Any) -> Any:
    if value == "auto":
        return "auto"
    if isinstance(value, str):
        raise _wants("a whole number or `auto`", "auto", value)
    return _positive(value)


Replicas = Annotated[int | Literal["auto"], BeforeValidator(_replicas)]


def _cores(value: Any) -> Any:
    if isinstance(value, Quantity) and value.dimension.powers == (("cores", 1),):
        value = value.value
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise _wants("a number of cores", "4", value)
    if value <= 0:
        raise _outside("more than 0", "4", value)
    return float(value)


Cores = Annotated[float, BeforeValidator(_cores)]


def _gpus(value: Any) -> Any:
    found = Accelerators(1, str(value)) if isinstance(value, Symbol) else value
    if not isinstance(found, Accelerators) or found.model == AUTO:
        raise _wants("accelerators", "2 x l4", value)
    if found.count < 1:
        raise _outside("at least 1", f"1 x {found.model}", found)
    return found


def _gpus_or_auto(value: Any) -> Any:
    return Accelerators(1, AUTO) if value == AUTO else _gpus(value)


AUTO = "auto"
"""The model of accelerators that the compiler is to choose."""
Gpus = Annotated[Accelerators, BeforeValidator(_gpus)]
GpusOrAuto = Annotated[Accelerators, BeforeValidator(_gpus_or_auto)]


def _text(value: Any) -> Any:
    if not isinstance(value, str):
        raise _wants("a text", '"..."', value)
    return str(value)


Text = Annotated[str, BeforeValidator(_text)]


class _Code:
    """A text that keeps how it is written in the design."""

    def __get_pydantic_core_schema__(
        self, source: Any, handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        return core_schema.no_info_plain_validator_function(_code)


def _code(value: Any) -> Any:
    return value if isinstance(value, Verbatim) else _text(value)


Code = Annotated[str, BeforeValidator(_text, json_schema_input_type=str), _Code(), Foreign()]
"""A text in another language."""
Auto = Literal["auto"]
Sensitivity = Literal["public", "internal", "pii", "special", "secret"]
"""How much harm a leak does, least first; `special` is a special category (GDPR, article 9)."""


def _image(value: Any) -> Any:
    text = _text(value)
    if isinstance(value, Symbol) or not re.fullmatch(r"[a-z0-9][\w./:@-]*[:@][\w.:-]+", text):
        raise _wants("a container image with a tag or digest",
                     '"registry.example.com/fraud/scorer:1.4.2"', value)  # fmt: skip
    return text


Image = Annotated[str, BeforeValidator(_image)]


def _day(value: Any) -> Any:
    day = r"\d{4}-(0[1-9]|1[0-2])-[0-3]\d"
    if not isinstance(value, str) or isinstance(value, Symbol) or not re.fullmatch(day, value):
        raise _wants("a day", '"2026-06-30"', value)
    return str(value)


Day = Annotated[str, BeforeValidator(_day)]


def _reference(value: Any) -> Any:
    if not isinstance(value, str):
        raise _wants("the name of a component", "payments", value)
    return str(value)


Name = Annotated[str, BeforeValidator(_reference)]
"""The name of a component; combine with `refers(...)`."""


def one_or_several(value: Any) -> Any:
    """One value stands for a list of it."""
    listed: object = value
    return value if isinstance(listed, list | tuple) else [value]


def _names(value: Any) -> Any:
    listed: object = value
    return [value] if isinstance(listed, str) else value


Names = Annotated[tuple[Name, ...], BeforeValidator(_names)]
"""One or several names of components; combine with `refers(...)`."""

SCALARS = ("bool", "int8", "int16", "int32", "int64", "float16", "bfloat16", "float32", "float64",
           "string", "bytes", "timestamp", "date", "decimal")  # fmt: skip


@dataclass(frozen=True)
class DataType:
    """The type of a value: a scalar, or a scalar with dimensions such as `float32[128]`."""

    name: str
    dimensions: tuple[int, ...] = ()

    def __str__(self) -> str:
        return self.name + (f"[{', '.join(map(str, self.dimensions))}]" if self.dimensions else "")


def _data_type(value: Any) -> Any:
    if isinstance(value, DataType):
        if any(size < 1 and size != -1 for size in value.dimensions):
            raise PydanticCustomError("range", "a dimension is at least 1, or -1 for any number")
        if value.name in SCALARS:
            return value
        value = value.name
    elif str(value) in SCALARS:
        return DataType(str(value))
    from mlsdc.diagnostics import nearest

    near = nearest(str(value), SCALARS)
    hint = f"; did you mean `{near}`?" if near else ""
    raise PydanticCustomError("data_type", "`{value}` is not a data type{hint}",
                              {"value": str(value), "hint": hint})  # fmt: skip


Type = Annotated[DataType, BeforeValidator(_data_type)]

Precision = Literal["fp32", "bf16", "fp16", "fp8", "int8", "fp4", "int4"]
"""The format in which a weight or an element of the KV cache lies in memory."""
