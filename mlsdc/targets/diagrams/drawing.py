"""What a diagram shows, before anyone decides where anything stands.

In: plain facts about components and the edges between them. Out: one immutable `Drawing` that the
layout and the printers read. Law: a Drawing is whole (ids unique, every edge and group known) from
the moment it exists, and two Drawings with the same content are drawn alike in any input order.
"""

from dataclasses import dataclass
from typing import Literal

State = Literal["normal", "existing", "planned"]
Finding = Literal["none", "warning", "error"]
LineStyle = Literal["solid", "dashed"]


@dataclass(frozen=True, slots=True)
class Node:
    """One component: its name, what it is for (`kind`), what runs it (`system`), small facts."""

    id: str
    title: str
    kind: str
    system: str = ""
    lines: tuple[str, ...] = ()
    group: str | None = None
    state: State = "normal"
    finding: Finding = "none"


@dataclass(frozen=True, slots=True)
class Edge:
    """One arrow, in the direction of the verb: `source` calls, reads, writes ... `target`.

    `solid` is a call that somebody waits for, `dashed` is data that flows in its own time.
    An emphasised edge lies on the path the reader should follow first.
    """

    source: str
    target: str
    verb: str
    label: str | None = None
    style: LineStyle = "solid"
    emphasised: bool = False

    @property
    def caption(self) -> str:
        """The words beside the arrow: the label where there is one, else the verb."""
        return self.verb if self.label is None else self.label


@dataclass(frozen=True, slots=True)
class Group:
    """A band of the drawing, such as "Online path". Lower ranks stand higher on the page.

    Groups of one rank are put in the order that makes the edges between them shortest.
    """

    id: str
    title: str
    rank: int = 0


@dataclass(frozen=True, slots=True)
class Drawing:
    """Everything one diagram shows. Raises ValueError on a repeated id or an unknown reference."""

    title: str
    subtitle: str = ""
    nodes: tuple[Node, ...] = ()
    edges: tuple[Edge, ...] = ()
    groups: tuple[Group, ...] = ()
    legend: bool = True

    def __post_init__(self) -> None:
        """Refuse a drawing that no printer could draw."""
        node_ids = unique([node.id for node in self.nodes], "node")
        group_ids = unique([group.id for group in self.groups], "group")
        for edge in self.edges:
            for end in (edge.source, edge.target):
                if end not in node_ids:
                    raise ValueError(f"an edge names the node {end!r}, which is not drawn")
        for node in self.nodes:
            if node.group is not None and node.group not in group_ids:
                raise ValueError(f"node {node.id!r} names the group {node.group!r}, not drawn")


def unique(ids: list[str], what: str) -> frozenset[str]:
    """The ids as a set. Raises ValueError when one occurs twice."""
    seen: set[str] = set()
    for id_ in ids:
        if id_ in seen:
            raise ValueError(f"two {what}s have the id {id_!r}")
        seen.add(id_)
    return frozenset(seen)
