"""What a queue is given: arrivals, service, servers, and how much both vary."""

from __future__ import annotations

from dataclasses import dataclass

from mlsdc.compiler.estimates.queue import Notation, read_notation
from mlsdc.compiler.estimates.refusal import Missing, Refusal
from mlsdc.compiler.estimates.working import Working
from mlsdc.compiler.latency import queueing
from mlsdc.compiler.latency.queueing import Unstable, Waiting

MOST_SERVERS = 1_000_000
"""Beyond this a queue is no longer computed one server at a time."""


@dataclass(frozen=True, slots=True)
class Load:
    rate: float
    service: float
    arrival_scv: float
    service_scv: float


def notation(working: Working) -> Notation | None:
    written = working.text("model")
    if not written:
        return None
    found = read_notation(written)
    if found is None:
        raise Refusal("model", written, "a queue in Kendall's notation", "M/M/c")
    return found


def _variation(working: Working, side: str, fixed: float | None, known: bool) -> float:
    stated = working.maybe(f"{side}_scv")
    if stated is None and working.has(f"{side}_cv"):
        stated = working.number(f"{side}_cv") ** 2
    if stated is None and side == "service" and working.has("service_sd"):
        mean = service_time(working)
        if mean is None:
            raise Missing("service_time")
        stated = (working.number("service_sd") / mean) ** 2
    if stated is not None:
        if fixed is not None and known and stated != fixed:
            raise Refusal(f"{side}_scv", stated, f"the model's letter says {fixed:g}")
        return stated
    if fixed is not None:
        return fixed
    if known:
        raise Missing(f"{side}_scv")
    shape = "Poisson arrivals" if side == "arrival" else "exponential service"
    working.note(shape, "the usual model: variation 1", "Kleinrock 1975")
    return 1.0


def load_of(working: Working) -> Load:
    model = notation(working)
    sides = (model.arrival_scv, model.service_scv) if model else (None, None)
    known = model is not None
    variations = (
        _variation(working, "arrival", sides[0], known),
        _variation(working, "service", sides[1], known),
    )
    rate, service = working.maybe("arrival_rate"), service_time(working)
    offered = working.maybe("offered_load")
    if rate is None and offered is not None and service is not None:
        rate = offered / service
    busy = working.maybe("utilisation")
    if rate is None and offered is None and busy is not None and service is not None:
        rate = busy * servers_of(working) / service
    if rate is None or service is None:
        if offered is None:
            raise Missing("arrival_rate" if rate is None else "service_time")
        rate, service = offered, 1.0  # time is then counted in service times
    if rate * service > MOST_SERVERS:
        field = "arrival_rate" if working.has("arrival_rate") else "offered_load"
        raise Refusal(field, rate, f"at most {MOST_SERVERS:,} erlangs of work")
    return Load(rate, service, *variations)


def service_time(working: Working) -> float | None:
    stated = working.maybe("service_time")
    if stated is None and working.has("service_rate"):
        return 1.0 / working.number("service_rate")
    return stated


def servers_of(working: Working) -> int:
    stated = working.maybe("servers")
    model = notation(working)
    if stated is None and model and model.servers:
        return model.servers
    if stated is None:
        raise Missing("servers")
    if stated > MOST_SERVERS:
        raise Refusal("servers", stated, f"at most {MOST_SERVERS:,}")
    return int(stated)


def waiting(working: Working) -> Waiting:
    load, servers = load_of(working), servers_of(working)
    model = notation(working)
    if model and model.finite:
        raise Missing("queue without a bound")
    found = queueing.wait_ggc(
        load.rate, load.service, servers,
        arrival_scv=load.arrival_scv, service_scv=load.service_scv,
    )  # fmt: skip
    if isinstance(found, Unstable):
        share = f"utilisation {found.utilisation:.4g}: the queue grows without bound"
        fewest = queueing.servers_needed(load.rate, load.service, 1.0)
        raise Refusal("servers", servers, f"{share}; more than {fewest - 1} servers")
    working.step("utilisation", f"{load.rate:g}/s x {load.service:g} s / {servers}",
                 found.utilisation, "share")  # fmt: skip
    working.step("probability of waiting", "Erlang C", found.probability, "share", "Erlang 1917")
    if load.arrival_scv != 1 or load.service_scv != 1:
        stretch = (load.arrival_scv + load.service_scv) / 2
        formula = f"({load.arrival_scv:g} + {load.service_scv:g}) / 2"
        working.step("stretch of the wait", formula, stretch, "x", "Allen-Cunneen")
    return found
