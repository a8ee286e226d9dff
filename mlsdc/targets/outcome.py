"""What became of an attempt to write: the reports, differences and refusals of `targets.write`.

Data only. Law: every refusal names the paths below the output folder, the reason in plain words,
and what to do about it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class OutputError(Exception):
    """The output folder could not be brought up to date."""


class WriteFailed(OutputError):  # noqa: N818 - named for what happened
    """The operating system refused; `path` (below the output folder) and `reason` say what.

    Every file holds its old or its new content, and the next run completes the work.
    """

    def __init__(self, path: str, reason: str, deed: str = "write") -> None:
        super().__init__(f"cannot {deed} {path}: {reason}")
        self.path = path
        self.reason = reason


@dataclass(frozen=True, slots=True, order=True)
class Obstacle:
    """A path that the writer leaves alone, and why; `forcible` where `force` would replace it.

    `reason` continues a sentence that begins with the path.
    """

    path: str
    reason: str
    forcible: bool


class WouldOverwrite(OutputError):  # noqa: N818 - named for what happened
    """Something stands in the way that mlsdc did not write; nothing at all was written."""

    def __init__(self, obstacles: Iterable[Obstacle]) -> None:
        self.obstacles = tuple(sorted(set(obstacles)))
        lines = ["nothing was written:"]
        lines += [f"  {each.path} {each.reason}" for each in self.obstacles]
        if not all(each.forcible for each in self.obstacles):
            lines.append("Move links, folders and special files away; --force never replaces them.")
        if any(each.forcible for each in self.obstacles):
            lines.append(
                "Bring edits into the design, restore the files from version control, "
                "or let --force replace them."
            )
        super().__init__("\n".join(lines))


@dataclass(frozen=True, slots=True)
class WriteReport:
    """What a run did, in path order; the manifest is among the written or the unchanged.

    `kept` are obsolete files that a person changed: they stay, and mlsdc forgets them.
    `notes` are sentences for the reader.
    """

    written: tuple[str, ...] = ()
    unchanged: tuple[str, ...] = ()
    deleted: tuple[str, ...] = ()
    kept: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


class Kind(StrEnum):
    """How a file on the disk differs from what would be written."""

    MISSING = "missing"
    DIFFERENT = "different"
    """Written by an earlier run, or not by mlsdc at all."""
    EDITED = "edited"
    """Written by mlsdc, then changed by someone else."""
    UNEXPECTED = "unexpected"
    """Written by an earlier run, and generated no more."""


@dataclass(frozen=True, slots=True, order=True)
class Difference:
    """One file that is not as `write` would leave it.

    `reason` continues a sentence that begins with the path.
    """

    path: str
    kind: Kind
    reason: str
