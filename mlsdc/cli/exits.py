"""The exit codes: what a script can rely on."""

from enum import IntEnum


class Exit(IntEnum):
    """How a run ended."""

    CLEAN = 0
    FINDINGS = 1
    """Findings at or above `--fail-on`."""
    UNUSABLE = 2
    """The command line, an input or an output path cannot be used."""
    FAULT = 3
    """A fault of mlsdc itself."""
    STALE = 4
    """Generated files are out of date."""
    INTERRUPTED = 130
    BROKEN_PIPE = 141
    """The reader of the output went away."""


class ReaderGone(Exception):  # noqa: N818 - named for what happened
    """Nobody reads the output any more; no `OSError`, which the parser of options would handle."""
