"""Components in, the container images that they run, with their tags, out."""

from __future__ import annotations

from dataclasses import dataclass, field

from mlsdc.compiler.design import Design
from mlsdc.compiler.schedule import analysis

MOVING = frozenset(
    {"latest", "main", "master", "trunk", "head", "nightly", "edge", "dev", "develop", "canary",
     "stable", "snapshot", "current", "prod", "production", "staging"}
)  # fmt: skip
"""Tags that are moved to another image with each build."""


@dataclass(frozen=True)
class Running:
    """One image of one component."""

    component: str
    field: str
    name: str
    """The repository, without tag or digest."""
    tag: str
    """Empty where only a digest is given."""
    digest: str

    @property
    def moving(self) -> bool:
        """Whether the same text may mean another image tomorrow."""
        return not self.digest and self.tag.lower() in MOVING


@dataclass(frozen=True)
class Images:
    """Every image, by component."""

    of: dict[str, tuple[Running, ...]] = field(default_factory=dict[str, "tuple[Running, ...]"])


@analysis
def images(design: Design) -> Images:
    """The fields of the components whose names end in `image`."""
    found: dict[str, tuple[Running, ...]] = {}
    for component in design.components.values():
        named = [name for name in type(component).model_fields if name.endswith("image")]
        values = [(name, getattr(component, name)) for name in named]
        running = tuple(
            _read(component.name, name, value) for name, value in values if isinstance(value, str)
        )
        if running:
            found[component.name] = running
    return Images(found)


def _read(component: str, field: str, image: str) -> Running:
    name, _, digest = image.partition("@")
    at = name.rfind(":")
    tagged = at > name.rfind("/")  # a colon before the last slash is that of a port
    return Running(
        component, field, name[:at] if tagged else name, name[at + 1 :] if tagged else "", digest
    )
