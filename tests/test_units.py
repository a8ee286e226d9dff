"""Quantities: what is read, computed and shown is what was meant."""

from __future__ import annotations

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mlsdc.units import (
    BYTES,
    CPU_CORES,
    CURRENCIES,
    DATA_RATE,
    DURATION,
    NUMBER,
    PER,
    RATE,
    TIME,
    TOKEN_COUNT,
    TOKEN_RATE,
    UNITS,
    Dimension,
    DimensionError,
    Quantity,
    UnitError,
    combine,
    parse_quantity,
    show,
    show_percent,
)

MONEY = [Dimension(((currency, 1),)) for currency in CURRENCIES]
MONEY_RATES = [Dimension(((currency, 1), (TIME, -1))) for currency in CURRENCIES]
TYPABLE = [NUMBER, DURATION, RATE, BYTES, DATA_RATE, TOKEN_COUNT, TOKEN_RATE, CPU_CORES, *MONEY,
           *MONEY_RATES]  # fmt: skip
bases = st.sampled_from(["time", "data", "tokens", "cores", "EUR"])
dimensions = st.dictionaries(bases, st.integers(-3, 3).filter(bool)).map(
    lambda powers: Dimension(tuple(sorted(powers.items())))
)
values = st.floats(1e-9, 1e14)
quantities = st.builds(Quantity, values, dimensions)


@pytest.mark.parametrize(
    ("text", "value", "dimension"),
    [
        ("7", 7, NUMBER),
        ("1_000.5e3", 1000500, NUMBER),
        ("80%", 0.8, NUMBER),
        ("20ms", 0.02, DURATION),
        ("3µs", 3e-6, DURATION),
        ("25h50m", 93000, DURATION),
        ("1h00m29s", 3629, DURATION),
        ("16GiB", 16 * 2**30, BYTES),
        ("2KB", 2000, BYTES),
        ("1200/s", 1200, RATE),
        ("90/m", 1.5, RATE),
        ("1Gbit/s", 125e6, DATA_RATE),
        ("50tokens/s", 50, TOKEN_RATE),
        ("2cores", 2, CPU_CORES),
        ("730EUR/month", 1 / 3600, Dimension((("EUR", 1), ("time", -1)))),
    ],
)
def test_reading(text: str, value: float, dimension: Dimension) -> None:
    quantity = parse_quantity(text)
    assert quantity.value == pytest.approx(value, rel=1e-12)
    assert quantity.dimension == dimension
    assert quantity.percent is text.endswith("%")


@pytest.mark.parametrize("unit", sorted(UNITS))
@pytest.mark.parametrize("per", ["", *sorted(PER)])
def test_every_unit_is_read_with_every_time(unit: str, per: str) -> None:
    factor, dimension = UNITS[unit]
    quantity = parse_quantity(f"3{unit}" + (f"/{per}" if per else ""))
    assert quantity.value == pytest.approx(3 * factor / (PER[per] if per else 1))
    assert quantity.dimension == (dimension.times(DURATION, -1) if per else dimension)


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("20sec", "20s"), ("20seconds", "20s"), ("5MS", "5ms"), ("16gb", "16GB"), ("16Gi", "16GiB"),
        ("3days", "3d"), ("5qps", "5/s"), ("100req/s", "100/s"), ("12Mbps", "12Mbit/s"),
        ("80percent", "80%"), ("3euro/month", "3EUR/month"), ("7/sek", "7/sec"),
        ("3GiB/S", "3GiB/s"),
        ("4vcpu", "4cores"), ("9zorkmids", None), ("100/peak", None), ("3h90", None),
        ("5m3h", None), ("1h1h", None), ("", None), ("ms", None), ("1e999", None),
        ("1e308TB", None), ("٣ms", None),
    ],
)  # fmt: skip
def test_what_is_no_quantity_is_refused_and_what_was_meant_is_said(
    text: str, meant: str | None
) -> None:
    with pytest.raises(UnitError) as raised:
        parse_quantity(text)
    assert raised.value.suggestion == meant
    if meant is not None:
        parse_quantity(meant)


@settings(max_examples=300, deadline=None)
@given(st.text(st.sampled_from(list("0123456789_.eE+-%/smhdGiBkEURx ")), max_size=12))
def test_any_text_is_a_quantity_or_refused(text: str) -> None:
    try:
        quantity = parse_quantity(text)
    except UnitError as error:
        if error.suggestion:
            parse_quantity(error.suggestion)
    else:
        assert math.isfinite(quantity.value)


@settings(max_examples=600, deadline=None)
@given(values, st.sampled_from(TYPABLE))
def test_showing_never_lies_by_more_than_half_a_percent(value: float, dimension: Dimension) -> None:
    """What is shown can be typed, and is what is meant, within 0.5 %."""
    again = parse_quantity(show(Quantity(value, dimension)))
    assert again.dimension == dimension
    assert again.value == pytest.approx(value, rel=0.005)


@settings(max_examples=300, deadline=None)
@given(st.floats(1e-6, 1))
def test_a_share_is_shown_apart_from_nothing_and_everything(share: float) -> None:
    shown = parse_quantity(show_percent(share)).value
    assert shown == pytest.approx(share, rel=0.0051)
    assert 1 - shown == pytest.approx(1 - share, rel=0.0051, abs=1e-11)


@pytest.mark.parametrize(
    "text",
    ["0", "7", "40000000", "80%", "99.95%", "0.4%", "20ms", "850us", "1.5s", "45d", "25h50m", "1m",
     "0s", "16GiB", "1.5MiB", "900B", "1200/s", "2/m", "5MiB/s", "50tokens/s", "12cores",
     "300EUR/month", "5USD"],
)  # fmt: skip
def test_what_people_write_is_shown_as_they_write_it(text: str) -> None:
    assert show(parse_quantity(text)) == text


@pytest.mark.parametrize(
    ("quantity", "shown"),
    [
        (Quantity(-0.02, DURATION), "-20ms"),
        (Quantity(-2048.0, BYTES), "-2KiB"),
        (Quantity(-1.0, RATE), "-1/s"),
        (Quantity(math.nan, DURATION), "unknown"),
        (Quantity(math.inf, BYTES), "unbounded"),
        (Quantity(math.nan, NUMBER, percent=True), "unknown"),
        (Quantity(3.0, Dimension((("EUR", 1), ("data", -1)))), "3 EUR / data"),
    ],
)
def test_odd_values_are_shown_too(quantity: Quantity, shown: str) -> None:
    assert show(quantity) == shown


@given(dimensions, dimensions, dimensions)
def test_dimensions_are_a_commutative_group(a: Dimension, b: Dimension, c: Dimension) -> None:
    assert a.times(b) == b.times(a)
    assert a.times(b).times(c) == a.times(b.times(c))
    assert a.times(NUMBER) == a
    assert a.times(a, -1) == NUMBER
    assert a.times(b, -1).times(b) == a


@given(quantities, quantities)
def test_products_and_quotients_carry_their_dimension(a: Quantity, b: Quantity) -> None:
    product = combine("*", a, b)
    assert product.dimension == a.dimension.times(b.dimension)
    back = combine("/", product, b)
    assert back.dimension == a.dimension
    assert back.value == pytest.approx(a.value)


@given(quantities, quantities)
def test_only_the_same_dimension_adds(a: Quantity, b: Quantity) -> None:
    if a.dimension == b.dimension:
        assert combine("+", a, b) == combine("+", b, a)
        assert combine("-", combine("+", a, b), b).value == pytest.approx(
            a.value, abs=1e-9 * (a.value + b.value)
        )
    else:
        with pytest.raises(DimensionError):
            combine("+", a, b)
        with pytest.raises(DimensionError):
            combine("-", a, b)


def test_division_by_zero_is_an_error() -> None:
    with pytest.raises(ZeroDivisionError):
        combine("/", Quantity(1.0), Quantity(0.0))


@given(dimensions)
def test_every_dimension_has_a_name_of_its_own(dimension: Dimension) -> None:
    assert dimension.name
    inverse = NUMBER.times(dimension, -1)
    assert (inverse.name == dimension.name) is (dimension == NUMBER)
