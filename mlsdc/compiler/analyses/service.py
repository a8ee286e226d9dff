"""A component in, the distribution of its service time out.

Law: a time that nobody states, or that no distribution has, is None and never a number.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import TYPE_CHECKING

from mlsdc.compiler.design import Design
from mlsdc.compiler.model.component import Component, Histogram, Latency, ServiceTime
from mlsdc.compiler.model.features import Features

if TYPE_CHECKING:
    from mlsdc.compiler.latency.distribution import Distribution

_LONGEST = 1e12
Quantiles = tuple[tuple[float, float], ...]


def answering(design: Design, component: Component) -> Component | None:
    """What actually answers a call: a feature view is read from its store."""
    if isinstance(component, Features):
        return design.components.get(component.store) if component.store else None
    return component


def unstated(design: Design, component: Component) -> str:
    """The field that would tell how long a call of this component takes."""
    serving = answering(design, component)
    return f"{component.name}.store" if serving is None else f"{serving.name}.latency"


def service_time(design: Design, component: Component) -> ServiceTime | None:
    """How long one operation takes: as the design states it, else its file of measurements.

    What the system itself is known for comes last.
    """
    latency: object = getattr(component, "latency", None)
    if isinstance(latency, Latency) and latency.profile and not latency.quantiles:
        measured = design.measurements.get(latency.profile)
        if measured is None:
            return None
        at = latency.at.value if latency.at else measured.at
        return ServiceTime(
            measured.quantiles, "measured", measured.source, at, measured.histogram,
            measured.per_token, measured.tokens,
        )  # fmt: skip
    return component.service_time()


def stated(service: ServiceTime | None) -> Mapping[float, float]:
    """The quantiles that are known of an operation; none where nothing is."""
    return service.quantiles if service is not None else dict[float, float]()


def fitted(service: ServiceTime | None) -> Distribution | None:
    """The distribution of one operation; one quantile alone is a constant."""
    if service is None:
        return None
    return _fitted(
        _listed(service.quantiles), service.histogram,
        _listed(service.per_token or {}), _listed(service.tokens or {}),
    )  # fmt: skip


def _listed(quantiles: Mapping[float, float]) -> Quantiles:
    return tuple(sorted(quantiles.items()))


@lru_cache(maxsize=4096)
def _fitted(
    quantiles: Quantiles, histogram: Histogram | None, per_token: Quantiles, tokens: Quantiles
) -> Distribution | None:
    """Equal statements share one distribution, with what additions prepare in it."""
    from mlsdc.compiler.latency.distribution import Distribution

    if histogram is not None:
        first: Distribution | None = Distribution.from_histogram(*histogram)
    else:
        first = _through(quantiles)
    if first is None or not tokens:
        return first
    from mlsdc.compiler.latency.token_time import generated

    each, length = _through(per_token), _through(tokens)
    return None if each is None or length is None else generated(first, each, length)


def _through(quantiles: Quantiles) -> Distribution | None:
    if not _possible(quantiles):
        return None
    from mlsdc.compiler.latency.distribution import Distribution

    if len(quantiles) == 1:
        return Distribution.constant(quantiles[0][1])
    return Distribution.from_quantiles(dict(quantiles))


def _possible(quantiles: Quantiles) -> bool:
    """Whether the quantiles rise from above zero; where they fall, that was reported."""
    times = [seconds for _, seconds in quantiles]
    return bool(times) and times[0] > 0 and times == sorted(times) and times[-1] < _LONGEST
