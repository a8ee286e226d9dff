"""Bills that follow from tokens, energy or a training, and prices from bills."""

from __future__ import annotations

from mlsdc.compiler.estimates.methods.training_figures import gpu_time
from mlsdc.compiler.estimates.refusal import Missing
from mlsdc.compiler.estimates.training_efficiency import gpus
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
    """Requests of a day that are paid for: a cache answers its share of them."""
    missed = 1.0 - (working.maybe("hit_ratio") or 0.0)
    if missed < 1:
        working.note("cache", f"{1 - missed:g} of the requests are answered by it")
    return missed * _requests(working)


def _requests(working: Working) -> float:
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


def year(working: Working) -> float:
    """USD of machines that run for a year."""
    price, count = working.number("usd_per_gpu_hour"), gpus(working) or 1.0
    less = 1.0 - (working.maybe("discount") or 0.0)
    formula = f"{price * less:g} USD/h x {count:g} x 8,760 h"
    return working.step("a year", formula, price * less * count * 8760.0, "USD")


def spot(working: Working) -> float:
    """USD of GPUs at the price of those that may be taken away."""
    price, count = working.number("usd_per_spot_hour"), gpus(working) or 1.0
    hours = working.maybe("gpu_hours") or working.number("hours") * count
    hours *= 1.0 + (working.maybe("interruption_overhead") or 0.0)
    return working.step("spot", f"{price:g} USD/h x {hours:g} GPU h", price * hours, "USD")


def spot_saving(working: Working) -> float:
    """Share of the list price that a spot price spares."""
    price, cheap = working.number("usd_per_gpu_hour"), working.number("usd_per_spot_hour")
    return working.step("saved", f"1 - {cheap:g} / {price:g}", 1.0 - cheap / price, "share")


def thousand_of_bill(working: Working) -> float:
    """USD of a thousand requests that a monthly bill comes to."""
    bill, count = working.number("bill"), working.number("requests_per_month")
    formula = f"{bill:g} USD / {count:g} x 10^3"
    return working.step("a thousand requests", formula, bill / count * 1e3, "USD")


def million_of_bill(working: Working) -> float:
    """USD of a million requests that a monthly bill comes to."""
    return working.step("a million", "x 1000", thousand_of_bill(working) * 1e3, "USD")


def documents_bill(working: Working) -> float:
    """USD of the tokens of documents."""
    tokens = working.number("documents") * working.number("tokens_per_document")
    price = working.number("usd_per_million_tokens")
    return working.step("tokens", f"{tokens:g} x {price:g} USD / 10^6", tokens * price / 1e6, "USD")


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
    Method("cost_year", "cost of a year", "USD", ("usd_per_gpu_hour",), "year yearly annual per",
           year, unless=_RUN, asked_only=True),
    Method("cost", "cost of interruptible GPUs", "USD",
           ("usd_per_spot_hour", ("hours", "gpu_hours")), "cost training total spot", spot),
    Method("saved", "share of the price saved", "share",
           ("usd_per_gpu_hour", "usd_per_spot_hour"), "percent saved saving savings cheaper",
           spot_saving),
    Method("cost_thousand_requests", "cost of a thousand requests", "USD",
           ("bill", "requests_per_month"), "thousand requests per 1000 1k queries inferences",
           thousand_of_bill),
    Method("cost_million_requests", "cost of a million requests", "USD",
           ("bill", "requests_per_month"), "million requests per 1m queries inferences",
           million_of_bill, asked_only=True),
    Method("cost_tokens", "cost of the tokens of documents", "USD",
           ("documents", "tokens_per_document", "usd_per_million_tokens"),
           "cost total tokens embedding", documents_bill),
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
