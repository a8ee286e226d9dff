"""How each kind of component looks: a shape that says its nature, a family that gives its colour.

In: a kind such as "endpoint". Out: its `Look`. Law: one table for every printer, and a kind nobody
has heard of is drawn as a plain box rather than refused.
"""

from dataclasses import dataclass
from typing import Literal

Shape = Literal["box", "card", "cylinder", "queue", "hexagon", "stadium", "document"]
Family = Literal[
    "traffic", "serving", "stream", "compute", "store", "learning", "watching", "people", "plain"
]


@dataclass(frozen=True, slots=True)
class Look:
    """The outline of a node and the family of colours it is filled with."""

    shape: Shape
    family: Family


_LOOKS: dict[str, Look] = {
    "client": Look("stadium", "traffic"),
    "request": Look("stadium", "traffic"),
    "gateway": Look("hexagon", "traffic"),
    "balancer": Look("hexagon", "traffic"),
    "experiment": Look("hexagon", "traffic"),
    "endpoint": Look("box", "serving"),
    "service": Look("box", "serving"),
    "rules": Look("box", "serving"),
    "explainer": Look("box", "serving"),
    "source": Look("cylinder", "stream"),
    "stream": Look("queue", "stream"),
    "pipeline": Look("card", "compute"),
    "lake": Look("cylinder", "store"),
    "warehouse": Look("cylinder", "store"),
    "online_store": Look("cylinder", "store"),
    "feature_store": Look("cylinder", "store"),
    "index": Look("cylinder", "store"),
    "cache": Look("cylinder", "store"),
    "entity": Look("document", "store"),
    "features": Look("document", "store"),
    "label": Look("document", "learning"),
    "dataset": Look("document", "learning"),
    "model": Look("document", "learning"),
    "prompt": Look("document", "learning"),
    "tool": Look("box", "serving"),
    "training": Look("card", "learning"),
    "tuning": Look("card", "learning"),
    "registry": Look("cylinder", "learning"),
    "tracking": Look("cylinder", "learning"),
    "monitor": Look("box", "watching"),
    "metrics": Look("cylinder", "watching"),
    "review": Look("stadium", "people"),
    "feedback": Look("stadium", "people"),
}
_PLAIN = Look("box", "plain")


def look_of(kind: str) -> Look:
    """The look of a kind; a plain box for one that the table does not know."""
    return _LOOKS.get(kind, _PLAIN)
