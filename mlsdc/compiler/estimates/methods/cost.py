"""What machines, GPU hours, tokens and storage cost."""

from __future__ import annotations

from mlsdc.compiler.estimates import cost, defaults
from mlsdc.compiler.estimates.methods.bills import BILLS
from mlsdc.compiler.estimates.methods.energy import ENERGY
from mlsdc.compiler.estimates.refusal import Missing, Refusal
from mlsdc.compiler.estimates.training_efficiency import gpus
from mlsdc.compiler.estimates.working import Method, Working
from mlsdc.diagnostics import nearest

ABOUT = "money for machines, GPU hours, tokens, storage and traffic"
EXAMPLES = (
    "--usd-per-gpu-hour 2.00 --gpus 400",
    "--instance p5.48xlarge --nodes 4 --days 10",
    "--usd-per-gpu-hour 2.50 --tokens-rate 2500/s",
)
OPTIONAL = "gpus nodes gpus_per_node servers hours_per_month discount utilisation"


def _price(working: Working) -> tuple[float, float, str]:
    """USD for an hour of one GPU or machine, how many there are, and of what."""
    less = working.maybe("discount") or 0.0
    if less:
        working.note("discount", f"{less:.4g} off the price")
    if working.has("usd_per_gpu_hour"):
        each = gpus(working)
        return working.number("usd_per_gpu_hour") * (1.0 - less), each or 1.0, "GPUs"
    if working.has("usd_per_node_hour"):
        return working.number("usd_per_node_hour") * (1.0 - less), _machines(working), "machines"
    name = working.text("instance")
    if not name:
        raise Missing("usd_per_gpu_hour")
    prices = {row.name.lower(): row for row in working.hardware.prices.values()}
    if name not in prices:
        near = nearest(name, prices)
        raise Refusal("instance", name, "a machine of the price list; else state usd_per_node_hour",
                      near or "p5.48xlarge")  # fmt: skip
    row = prices[name]
    working.step(f"{row.name}, {row.region}", "list price for an hour", row.usd_per_hour, "USD",
                 f"{row.source}, {row.date}")  # fmt: skip
    return row.usd_per_hour * (1.0 - less), _machines(working), "machines"


def _machines(working: Working) -> float:
    stated = working.maybe("nodes")
    return stated if stated is not None else working.maybe("servers") or 1.0


def whole(working: Working) -> float:
    """USD of machines over hours."""
    price, count, what = _price(working)
    hours = _hours(working) * _lost(working)
    formula = f"{price:g} USD/h x {count:g} {what} x {hours:g} h"
    return working.step("cost", formula, cost.machine_hours(price, count, hours), "USD")


def _lost(working: Working) -> float:
    """Hours paid for over those of work, where interruptions lose some."""
    more = working.maybe("interruption_overhead") or 0.0
    if more:
        working.note("interruptions", f"{more:g} of the hours are done again")
    return 1.0 + more


def _hours(working: Working) -> float:
    stated = working.maybe("hours")
    if stated is None and working.has("training_time"):
        stated = working.number("training_time") / 3600.0
    if stated is None:
        raise Missing("hours")
    daily = working.maybe("hours_per_day")
    if daily is None:
        return stated
    if daily > 24:
        raise Refusal("hours_per_day", daily, "at most 24", "8")
    return working.step("hours", f"{stated:g} h x {daily:g} / 24", stated * daily / 24.0, "h")


def gpu_hours(working: Working) -> float:
    """USD of GPU hours."""
    price, _, _ = _price(working)
    hours = working.number("gpu_hours") * _lost(working)
    return working.step("cost", f"{price:g} USD/h x {hours:g} GPU hours", price * hours, "USD")


def monthly(working: Working) -> float:
    """USD of machines that run all month."""
    price, count, what = _price(working)
    hours = working.assume(defaults.HOURS_PER_MONTH)
    busy = working.maybe("utilisation")
    if working.has("requests_per_month"):
        busy = None
    # A machine costs the same whether it is busy or not.
    if busy is not None:
        working.note("utilisation", f"{busy:g}: paid for as well when idle")
    formula = f"{price:g} USD/h x {count:g} {what} x {hours:g} h"
    return working.step("cost of a month", formula, price * count * hours, "USD")


def hourly(working: Working) -> float:
    """USD of an hour."""
    price, count, what = _price(working)
    return working.step(
        "cost of an hour", f"{price:g} USD/h x {count:g} {what}", price * count, "USD"
    )


def million_tokens(working: Working) -> float:
    """USD for a million tokens of a busy machine."""
    price, count, what = _price(working)
    if working.has("tokens_rate"):
        rate = working.number("tokens_rate")
    else:
        rate = working.number("tokens_rate_per_gpu") * count
    rate *= working.maybe("utilisation") or 1.0
    formula = f"{price * count:g} USD/h of {count:g} {what} / {rate * 3600:g} tokens x 10^6"
    return working.step("a million tokens", formula, cost.per_million(price * count, rate), "USD")


def thousand_requests(working: Working) -> float:
    """USD for a thousand requests of machines that serve a rate."""
    price, count, what = _price(working)
    rate = working.number("arrival_rate") * (working.maybe("utilisation") or 1.0)
    value = cost.per_million(price * count, rate) / 1000.0
    formula = f"{price * count:g} USD/h of {count:g} {what} / {rate * 3600:g} requests x 10^3"
    return working.step("a thousand requests", formula, value, "USD")


def one_request(working: Working) -> float:
    """USD for one request of machines that serve a rate."""
    each = thousand_requests(working)
    return working.step("a request", f"{each:.6g} / 1000", each / 1000.0, "USD")


def thousand_tokens(working: Working) -> float:
    """USD for a thousand tokens of a busy machine."""
    each = million_tokens(working)
    return working.step("a thousand tokens", f"{each:.6g} / 1000", each / 1000.0, "USD")


def million_requests(working: Working) -> float:
    """USD for a million requests."""
    each = thousand_requests(working)
    return working.step("a million requests", f"{each:.6g} x 1000", each * 1000, "USD")


def token_bill(working: Working) -> float:
    """USD of tokens at a price for a million."""
    tokens, price = working.number("tokens"), working.number("usd_per_million_tokens")
    formula = f"{tokens:g} tokens x {price:g} USD / 10^6"
    return working.step("tokens", formula, tokens * price / 1e6, "USD")


def stored(working: Working) -> float:
    """USD of a month of storage."""
    size, price = working.number("storage") / 1e9, working.number("usd_per_gb_month")
    return working.step("storage", f"{size:g} GB x {price:g} USD", size * price, "USD")


def sent(working: Working) -> float:
    """USD of traffic."""
    size, price = working.number("egress") / 1e9, working.number("usd_per_gb")
    return working.step("traffic", f"{size:g} GB x {price:g} USD", size * price, "USD")


_PRICE = ("usd_per_gpu_hour", "usd_per_node_hour", "instance")
_RUN = ("hours", "gpu_hours", "training_time")

METHODS: tuple[Method, ...] = (
    Method("cost", "cost", "USD", (_PRICE, "gpu_hours"), "cost training total", gpu_hours,
           unless=("usd_per_spot_hour",)),
    Method("cost", "cost", "USD", (_PRICE, ("hours", "training_time")), "cost training total",
           whole, unless=("usd_per_spot_hour",)),
    Method("cost_month", "cost of a month", "USD", (_PRICE,), "month monthly per", monthly,
           unless=_RUN),
    Method("cost_hour", "cost of an hour", "USD", (_PRICE,), "hour hourly per", hourly,
           unless=_RUN),
    Method("cost_million_tokens", "cost of a million tokens", "USD",
           (_PRICE, ("tokens_rate", "tokens_rate_per_gpu")), "million tokens per 1m output token",
           million_tokens, unless=_RUN),
    Method("cost_thousand_requests", "cost of a thousand requests", "USD",
           (_PRICE, "arrival_rate"), "thousand requests per 1000 1k queries inferences",
           thousand_requests, unless=_RUN),
    Method("cost_thousand_tokens", "cost of a thousand tokens", "USD",
           (_PRICE, ("tokens_rate", "tokens_rate_per_gpu")), "thousand tokens per 1000 1k token",
           thousand_tokens, unless=_RUN, asked_only=True),
    Method("cost_request", "cost of a request", "USD", (_PRICE, "arrival_rate"),
           "request per query inference one", one_request, unless=_RUN, asked_only=True),
    Method("cost_million_requests", "cost of a million requests", "USD", (_PRICE, "arrival_rate"),
           "million requests per 1m queries inferences", million_requests, unless=_RUN,
           asked_only=True),
    Method("cost_tokens", "cost of tokens", "USD", ("tokens", "usd_per_million_tokens"),
           "cost total tokens month monthly", token_bill),
    Method("cost_storage", "cost of a month of storage", "USD", ("storage", "usd_per_gb_month"),
           "month storage per monthly", stored),
    Method("cost_traffic", "cost of traffic", "USD", ("egress", "usd_per_gb"),
           "cost egress traffic transfer month per", sent),
    *BILLS,
    *ENERGY,
)  # fmt: skip
