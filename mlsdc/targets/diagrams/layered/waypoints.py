"""Places kept free so that the main path can run straight past the nodes of a column.

In: a `Skeleton` and its columns. Out: both with one waypoint for each column that a main link skips
inside its lane. Law: the real nodes keep their numbers, waypoints come after them and are dropped
once the rows are known; other long links take the channels between the rows instead.
"""

from collections.abc import Sequence

from mlsdc.targets.diagrams.layered.skeleton import MAIN_WEIGHT, Link, Skeleton


def with_waypoints(skeleton: Skeleton, columns: Sequence[int]) -> tuple[Skeleton, list[int]]:
    """Cut every long main link into links from column to column."""
    lanes = list(skeleton.lane_of)
    longer = list(columns)
    links: list[Link] = []
    for link in skeleton.links:
        first, last = columns[link.source], columns[link.target]
        lane = skeleton.lane_of[link.source]
        if link.weight < MAIN_WEIGHT or lane != skeleton.lane_of[link.target] or last - first < 2:
            links.append(link)
            continue
        before = link.source
        for column in range(first + 1, last):
            links.append(Link(before, len(lanes), link.weight))
            before = len(lanes)
            lanes.append(lane)
            longer.append(column)
        links.append(Link(before, link.target, link.weight))
    return Skeleton(skeleton.lane_count, tuple(lanes), tuple(links)), longer
