"""A component in, the distribution of its service time out.

Law: a time that nobody states, or that no distribution has, is None and never a number.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlsdc.compiler.design import Design
from mlsdc.compiler.model.component import Component, ServiceTime
from mlsdc.compiler.model.features import Features

if TYPE_CHECKING:
    from mlsdc.compiler.distribution import Distribution


def answering(design: Design, component: Component) -> Component | None:
    """What actually answers a call: a feature view is read from its store."""
    if isinstance(component, Features):
        return design.components.get(component.store) if component.store else None
    return component


def unstated(design: Design, component: Component) -> str:
    """The field that would tell how long a call of this component takes."""
    serving = answering(design, component)
    return f"{component.name}.store" if serving is None else f"{serving.name}.latency"


def fitted(service: ServiceTime | None) -> Distribution | None:
    """The distribution of one operation; one quantile alone is a constant."""
    if service is None or not _possible(service):
        return None
    from mlsdc.compiler.distribution import Distribution

    if len(service.quantiles) == 1:
        return Distribution.constant(next(iter(service.quantiles.values())))
    return Distribution.from_quantiles(service.quantiles)


def _possible(service: ServiceTime) -> bool:
    """Whether the quantiles rise from above zero; where they fall, that was reported."""
    times = [seconds for _, seconds in sorted(service.quantiles.items())]
    return bool(times) and times[0] > 0 and times == sorted(times) and times[-1] < 1e12
