"""LLM015"""

import math
from collections.abc import Iterator

from mlsdc.compiler.analyses.workload import Workload
from mlsdc.compiler.called_steps import calls_made
from mlsdc.compiler.checks.fallbacks import fallback
from mlsdc.compiler.design import Design
from mlsdc.compiler.figures import Figure, Known, Unknown
from mlsdc.compiler.language.provider_load import daily_cost, token_rate
from mlsdc.compiler.model.language import Provider
from mlsdc.compiler.model.serving import Endpoint
from mlsdc.compiler.schedule import Finding, check
from mlsdc.diagnostics import Label, Severity
from mlsdc.units import DAY, MINUTE, digits, show

ROUNDING = 1 + 1e-9


@check(
    "LLM015",
    "provider-overrun",
    Severity.ERROR,
    source="OpenAI and Anthropic documentation, Rate limits: requests and tokens per minute; "
    "Google SRE book, Addressing Cascading Failures",
)
def provider_overrun(design: Design, workload: Workload) -> Iterator[Finding]:
    """An external model gets more than its provider takes, costs too much, or has no stand-in.

    Why: what is over the limit comes back as an error, at the hour when most people ask. A provider
    that is down takes everything with it that has nothing else to say.

    Bad:

        endpoint chat { provider = acme { model = "acme-2026-05-01"  requests = 600/m } }
        endpoint canned { latency { p50 = 1ms  p99 = 3ms  at = 500/s } }
        request ask {
          rate = 25/s
          call chat  timeout 20s  fallback canned
        }

    Good:

        endpoint chat { provider = acme { model = "acme-2026-05-01"  requests = 3000/m } }
        endpoint canned { latency { p50 = 1ms  p99 = 3ms  at = 500/s } }
        request ask {
          rate = 25/s
          call chat  timeout 20s  fallback canned
        }
    """
    outside = {e.name: e for e in design.of(Endpoint) if e.provider is not None}
    for endpoint in outside.values():
        assert endpoint.provider is not None
        arriving = workload.of(endpoint)
        if arriving is not None and endpoint.name not in design.tainted:
            yield from _requests(design, endpoint, endpoint.provider, arriving)
            yield from _tokens(design, endpoint, endpoint.provider, arriving)
        yield from _money(design, endpoint, endpoint.provider)
    for made in calls_made(design) if outside else ():
        endpoint = outside.get(made.call.target)
        if endpoint is not None and made.call.fallback is None and not made.call.asynchronous:
            yield Finding(
                made.place(design),
                f"`{made.request}` has nothing to say when {_who(endpoint)} does not answer",
                subject=made.request,
                labels=(Label(design.place(endpoint, "provider"), "answered outside"),),
                help=f"timeout 20s {fallback(design)}",
            )


def _who(endpoint: Endpoint) -> str:
    return endpoint.provider.name if endpoint.provider else endpoint.name


def _requests(
    design: Design, endpoint: Endpoint, provider: Provider, arriving: Known
) -> Iterator[Finding]:
    if provider.requests is None:
        yield _unknown(design, endpoint, f"how many requests {provider.name} takes",
                       (f"{endpoint.name}.provider.requests",))  # fmt: skip
    elif isinstance(arriving, Unknown):
        yield _unknown(
            design, endpoint, f"how many requests {provider.name} gets", arriving.missing
        )
    elif arriving.value > provider.requests.value * ROUNDING:
        needed = math.ceil(arriving.value * MINUTE * (1 - 1e-12))
        yield Finding(
            design.place(endpoint, "provider", "requests"),
            f"{provider.name} takes {show(provider.requests)} of `{endpoint.name}`, "
            f"{arriving} are sent",
            subject=endpoint.name,
            labels=(Label(design.place(endpoint), "sends them"),),
            arithmetic=arriving.because,
            help=f"requests = {needed}/m; agreed with the provider, or a cache, or a queue",
        )


def _tokens(
    design: Design, endpoint: Endpoint, provider: Provider, arriving: Known
) -> Iterator[Finding]:
    if provider.tokens is None:
        return
    needed = token_rate(design, endpoint, arriving)
    if isinstance(needed, Unknown):
        yield _unknown(design, endpoint, f"how many tokens {provider.name} gets", needed.missing)
    elif needed.value > provider.tokens.value * ROUNDING:
        yield Finding(
            design.place(endpoint, "provider", "tokens"),
            f"{provider.name} takes {digits(provider.tokens.value * MINUTE)} tokens a minute of "
            f"`{endpoint.name}`, {digits(needed.value * MINUTE)} are sent",
            subject=endpoint.name,
            labels=(Label(design.place(endpoint), "sends them"),),
            arithmetic=needed.because,
            help="a shorter prompt, or a higher limit",
        )


def _money(design: Design, endpoint: Endpoint, provider: Provider) -> Iterator[Finding]:
    if provider.budget is None:
        return
    cost = daily_cost(design, endpoint)
    if isinstance(cost, Unknown):
        yield _unknown(design, endpoint, f"what {provider.name} costs", cost.missing)
        return
    budget = provider.budget
    daily = budget.value * (DAY if ("time", -1) in budget.dimension.powers else 1.0)
    if budget.dimension.powers[0] != cost.dimension.powers[0]:
        yield _unknown(design, endpoint, f"whether {provider.name} stays in its budget",
                       (f"{endpoint.name}.provider.budget in the prices' currency",))  # fmt: skip
    elif cost.value > daily * ROUNDING:
        yield _over(design, endpoint, cost, daily)


def _over(design: Design, endpoint: Endpoint, cost: Figure, daily: float) -> Finding:
    currency = cost.dimension.powers[0][0]
    return Finding(
        design.place(endpoint, "provider", "budget"),
        f"a usual day of `{endpoint.name}` costs {digits(cost.value)}{currency}, "
        f"{digits(daily)}{currency} may be spent",
        subject=endpoint.name,
        labels=(Label(design.place(endpoint, "provider", "daily"), "a usual day"),),
        arithmetic=cost.because,
        help=f"budget = {math.ceil(cost.value)}{currency}/d, or a cheaper model, or a cache",
    )


def _unknown(design: Design, endpoint: Endpoint, what: str, missing: tuple[str, ...]) -> Finding:
    return Finding(
        design.place(endpoint, "provider"),
        f"{what} is not known",
        subject=endpoint.name,
        missing=missing,
    )
