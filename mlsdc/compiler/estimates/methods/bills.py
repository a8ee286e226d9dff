"""Bills that follow from tokens, energy or a training, and prices from bills."""

from __future__ import annotations

from mlsdc.compiler.estimates.methods.training_figures import gpu_time
from mlsdc.compiler.estimates.refusal import Missing
from mlsdc.compiler.estimates.working import Method, Working


def request_bill(working: Working) -> float:
    """USD of one request at prices for a million tokens in and out."""
    taken, given = working.maybe("input_tokens") or 0.0, working.maybe("output_tokens") or 0.0
    price_in = working.maybe("usd_per_million_input_tokens")
    price_out = working.maybe("usd_per_million_output_tokens")
    if (taken and price_in is None) or (given and price_out is None):
        raise Missing("usd_per_million_input_tokens, usd_per_million_output_tokens")
    value = (taken * (price_in or 0.0) + given * (price_out or 0.0)) / 1e6
    formula = f"({taken:g} x {price_in or 0:g} + {given:g} x {price_out or 0:g}) USD / 10^6"
    return working.step("a request", formula, value, "USD")


def _per_day(working: Working) -> float:
    if working.has("requests_per_month"):
        return working.number("requests_per_month") * 24.0 / 730.0
    if working.has("units_per_day"):
        return working.number("units_per_day")
    return working.number("arrival_rate") * 86400.0


def daily_bill(working: Working) -> float:
    """USD of a day of requests."""
    each, count = request_bill(working), _per_day(working)
    return working.step("a day", f"{each:.6g} x {count:g} requests", each * count, "USD")


def monthly_bill(working: Working) -> float:
    """USD of a month of requests."""
    each, count = request_bill(working), _per_day(working) * 730.0 / 24.0
    return working.step("a month", f"{each:.6g} x {count:.6g} requests", each * count, "USD")


def million_answers(working: Working) -> float:
    """USD of a million requests."""
    each = request_bill(working)
    return working.step("a million requests", f"{each:.6g} x 10^6", each * 1e6, "USD")


def price_of_hour(working: Working) -> float:
    """USD of a GPU hour that a bill comes to."""
    bill, hours = working.number("bill"), working.maybe("gpu_hours")
    if hours is None:
        hours = working.number("gpus") * working.either("hours", "hours_per_month")
    return working.step("a GPU hour", f"{bill:g} USD / {hours:g} h", bill / hours, "USD")


def hours_of_bill(working: Working) -> float:
    """GPU hours that a bill buys."""
    bill, price = working.number("bill"), working.number("usd_per_gpu_hour")
    if price <= 0:
        raise ValueError("the price is 0")
    hours = bill / price
    return working.step("GPU time", f"{bill:g} USD / {price:g} USD", hours * 3600.0, "GPU s")


def energy(working: Working) -> float:
    """USD of the energy that devices draw."""
    watts, count = working.number("watts"), working.maybe("gpus") or 1.0
    hours, price = working.number("hours"), working.number("usd_per_kwh")
    pue = working.maybe("pue") or 1.0
    value = watts * count * hours / 1000.0 * pue * price
    formula = f"{watts:g} W x {count:g} x {hours:g} h x {pue:g} x {price:g} USD/kWh"
    return working.step("energy", formula, value, "USD")


def training_bill(working: Working) -> float:
    """USD of the GPU hours of a training."""
    price, hours = working.number("usd_per_gpu_hour"), gpu_time(working) / 3600.0
    less = 1.0 - (working.maybe("discount") or 0.0)
    formula = f"{hours:.6g} GPU h x {price * less:g} USD/h"
    return working.step("training", formula, hours * price * less, "USD")


_TOKEN_PRICE = ("usd_per_million_input_tokens", "usd_per_million_output_tokens")
_TOKENS = ("input_tokens", "output_tokens")
_LOAD = ("units_per_day", "requests_per_month", "arrival_rate")
_RUN = ("hours", "gpu_hours", "training_time")

BILLS: tuple[Method, ...] = (
    Method("cost_request", "cost of a request", "USD", (_TOKEN_PRICE, _TOKENS),
           "cost request per query call", request_bill),
    Method("cost_day", "cost of a day", "USD", (_TOKEN_PRICE, _TOKENS, _LOAD),
           "day daily per", daily_bill),
    Method("cost_month", "cost of a month", "USD", (_TOKEN_PRICE, _TOKENS, _LOAD),
           "month monthly per", monthly_bill),
    Method("cost_million_requests", "cost of a million requests", "USD", (_TOKEN_PRICE, _TOKENS),
           "million requests per 1m queries", million_answers, asked_only=True),
    Method("price_gpu_hour", "price of a GPU hour", "USD", ("bill", ("gpu_hours", "gpus")),
           "gpu hour per price", price_of_hour, unless=("usd_per_gpu_hour",)),
    Method("gpu_time", "GPU time that a bill buys", "GPU s", ("bill", "usd_per_gpu_hour"),
           "gpu hours", hours_of_bill, unless=("gpu_hours",)),
    Method("cost_energy", "cost of energy", "USD", ("watts", "usd_per_kwh", "hours"),
           "cost energy electricity power total", energy, unless=("usd_per_gpu_hour",)),
    Method("cost", "cost of a training", "USD",
           ("usd_per_gpu_hour", "tokens", ("tokens_rate_per_gpu",)), "cost training total",
           training_bill, unless=_RUN),
    Method("cost", "cost of a training", "USD",
           ("usd_per_gpu_hour", ("tokens", "total_flops"),
            ("params", "params_active", "model", "total_flops"),
            ("gpu", "peak_flops", "achieved_flops_per_gpu")), "cost training total",
           training_bill, unless=_RUN),
)  # fmt: skip
