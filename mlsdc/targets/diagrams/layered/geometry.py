"""Points and boxes in pixels, y downwards.

In and out: plain numbers. Law: a box holds its border; two boxes that only touch do not overlap.
"""

from dataclasses import dataclass

Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Box:
    """An upright rectangle by its upper left corner and its size."""

    x: float
    y: float
    width: float
    height: float

    @classmethod
    def around(cls, x: float, y: float, width: float, height: float) -> "Box":
        """The box of a size whose middle is (x, y)."""
        return cls(x - width / 2, y - height / 2, width, height)

    @classmethod
    def of_segment(cls, start: Point, end: Point) -> "Box":
        """The flat box of a horizontal or vertical line."""
        (x1, y1), (x2, y2) = start, end
        return cls(min(x1, x2), min(y1, y2), abs(x2 - x1), abs(y2 - y1))

    @property
    def right(self) -> float:
        """x of the right side."""
        return self.x + self.width

    @property
    def bottom(self) -> float:
        """y of the lower side."""
        return self.y + self.height

    def grown(self, margin: float) -> "Box":
        """The box with its sides moved outwards."""
        return Box(
            self.x - margin, self.y - margin, self.width + 2 * margin, self.height + 2 * margin
        )

    def overlaps(self, other: "Box") -> bool:
        """Whether the insides meet."""
        return (
            self.x < other.right
            and other.x < self.right
            and self.y < other.bottom
            and other.y < self.bottom
        )

    def contains(self, other: "Box") -> bool:
        """Whether the other box lies wholly inside this one."""
        return (
            self.x <= other.x
            and self.y <= other.y
            and other.right <= self.right
            and other.bottom <= self.bottom
        )
