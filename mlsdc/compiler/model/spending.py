"""What a design may cost, and how much of what it may ask for."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator

from mlsdc.compiler.model.part import Objectives, Part
from mlsdc.compiler.model.types import Count, Gpus, Money, one_or_several
from mlsdc.units import TIME, Quantity

Purchase = Literal["on_demand", "spot", "reserved"]
"""How machines are bought: by the hour, from what is left over, or for a year or more."""


def _monthly(value: Any) -> Any:
    if isinstance(value, Quantity) and (TIME, -1) not in value.dimension.powers:
        from pydantic_core import PydanticCustomError

        raise PydanticCustomError("wants", "wants money per time such as `{example}`",
                                  {"example": "20_000USD/month"})  # fmt: skip
    return value


class SpendingLimit(Part):
    """`cost <= 20_000USD/month`"""

    measure: Literal["cost"]
    operator: Literal["<=", "<"]
    limit: Annotated[Money, BeforeValidator(_monthly)]


class Spending(Part):
    """What all components together may cost: `budget { cost <= 20_000USD/month }`."""

    objectives: Annotated[tuple[SpendingLimit, ...], Objectives()] = ()


class Quota(Part):
    """The most that an environment grants: `quota { gpus = [16 x l4, 8 x h100]  shards = 200 }`."""

    gpus: Annotated[tuple[Gpus, ...], BeforeValidator(one_or_several)] = ()
    """Accelerators of each model; a model that is not named has no stated quota."""
    endpoints: Count | None = None
    """Endpoints that may be deployed."""
    shards: Count | None = None
    """Shards or partitions of all streams together."""
    nodes: Count | None = None
    """Machines of the largest node pool: what a training job may span at once."""
