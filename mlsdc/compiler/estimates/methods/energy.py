"""Energy that devices draw, and the carbon dioxide of it."""

from __future__ import annotations

from mlsdc.compiler.estimates.training_efficiency import gpus
from mlsdc.compiler.estimates.working import Method, Working


def energy_drawn(working: Working) -> float:
    """Joules of devices at a stated power, with what the data centre adds."""
    hours = working.maybe("gpu_hours")
    if hours is None:
        hours = working.number("hours") * (gpus(working) or 1.0)
    watts, more = working.number("watts"), working.maybe("pue") or 1.0
    formula = f"{hours:g} GPU h x {watts:g} W x {more:g}"
    return working.step("energy", formula, hours * 3600.0 * watts * more, "J")


def energy_of_token(working: Working) -> float:
    """Joules of a token at a rate of them."""
    watts, rate = working.number("watts"), working.number("tokens_rate")
    count, more = gpus(working) or 1.0, working.maybe("pue") or 1.0
    formula = f"{watts:g} W x {count:g} x {more:g} / {rate:g}/s"
    return working.step("a token", formula, watts * count * more / rate, "J")


def carbon(working: Working) -> float:
    """Kilograms of carbon dioxide of the energy."""
    joules, each = energy_drawn(working), working.number("carbon_intensity")
    formula = f"{joules / 3.6e6:.6g} kWh x {each:g} kg"
    return working.step("carbon dioxide", formula, joules / 3.6e6 * each, "kg")


_TIME = ("gpu_hours", "hours")

ENERGY: tuple[Method, ...] = (
    Method("energy", "energy", "J", ("watts", _TIME), "energy total electricity", energy_drawn),
    Method("energy_token", "energy of a token", "J", ("watts", "tokens_rate"), "per token each",
           energy_of_token),
    Method("carbon", "carbon dioxide", "kg", ("watts", _TIME, "carbon_intensity"),
           "carbon co2 co2e co2eq emission emitted", carbon),
)  # fmt: skip
