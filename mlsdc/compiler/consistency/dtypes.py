"""Two data types in, what becomes of a value that goes from the one to the other out.

Law: a `same` or `widening` step keeps every value exactly; a `narrowing` one may lose range or
digits within its family; an `inexact` one keeps whole numbers up to the float's significand only.
Source: significands and exponents of IEEE 754 binary16, binary32 and binary64, and of bfloat16.
"""

from __future__ import annotations

from typing import Literal

from mlsdc.compiler.model.types import DataType

Relation = Literal["same", "widening", "inexact", "narrowing", "changed"]

INTEGERS = {"int8": 7, "int16": 15, "int32": 31, "int64": 63}
"""Bits of the largest value."""
FLOATS = {"bfloat16": (8, 8), "float16": (11, 5), "float32": (24, 8), "float64": (53, 11)}
"""Bits of the significand, the leading one included, and of the exponent."""


def family(name: str) -> str:
    """`int`, `float`, or the type itself."""
    if name in INTEGERS:
        return "int"
    return "float" if name in FLOATS else name


def relation(one: str, other: str) -> Relation:
    """What happens to a scalar value on its way from one type to another."""
    if one == other:
        return "same"
    if one in INTEGERS and other in INTEGERS:
        return "widening" if INTEGERS[one] < INTEGERS[other] else "narrowing"
    if one in FLOATS and other in FLOATS:
        (digits, range_), (other_digits, other_range) = FLOATS[one], FLOATS[other]
        kept = digits <= other_digits and range_ <= other_range
        return "widening" if kept else "narrowing"
    if one in INTEGERS and other in FLOATS:
        exact = INTEGERS[one] < FLOATS[other][0] and INTEGERS[one] < 2 ** (FLOATS[other][1] - 1)
        return "widening" if exact else "inexact"
    return "changed"


def exact_up_to(floating: str) -> str:
    """The whole numbers that a float type holds exactly: `2^24`; all of them for another type."""
    digits, _ = FLOATS.get(floating, (63, 0))
    return f"2^{digits}"


def wider(one: str, other: str) -> str | None:
    """The type of a sum of two numbers; None where they are not numbers."""
    if family(one) not in ("int", "float") or family(other) not in ("int", "float"):
        return one if one == other else None
    if family(one) == family(other):
        return other if relation(one, other) == "widening" else one
    return one if family(one) == "float" else other


def fits(given: tuple[int, ...], wanted: tuple[int, ...]) -> bool:
    """Whether a value of these dimensions can stand where those are wanted; -1 is any number.

    A scalar and one number in a row are the same thing to a server of models.
    """
    given, wanted = given or (1,), wanted or (1,)
    return len(given) == len(wanted) and all(
        want in (-1, have) for have, want in zip(given, wanted, strict=True)
    )


def varying(given: DataType) -> bool:
    """Whether the number of values is not fixed."""
    return any(size < 0 for size in given.dimensions)
