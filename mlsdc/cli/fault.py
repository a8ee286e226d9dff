"""Exceptions nobody expected in, one line and exit code 3 out.

Law: the traceback appears only where MLSDC_DEBUG=1 asks for it; the line says what to report.
"""

from __future__ import annotations

import os
import sys
import traceback
from contextlib import suppress
from pathlib import PurePath

from mlsdc.cli.exits import Exit
from mlsdc.diagnostics import NOWHERE, Diagnostic

REPORT = "report this line with the part of the design that triggers it; MLSDC_DEBUG=1 shows where"


def fault(error: Exception) -> Diagnostic:
    """The finding that stands for an unexpected exception."""
    from mlsdc.compiler import rules

    show_traceback(error)
    return rules.INTERNAL.at(NOWHERE, f"a fault of mlsdc itself: {describe(error)}", help=REPORT)


def tell(error: Exception) -> Exit:
    """Print the finding where nothing can be rendered any more."""
    from mlsdc.cli.cells import safe

    if isinstance(error, OSError) and error.strerror and not error.filename:
        # Writing to the terminal, a full disk or a closed pipe: nothing is wrong with mlsdc.
        _print(f"mlsdc: error: cannot write the output: {error.strerror}")
        return Exit.UNUSABLE
    show_traceback(error)
    _print(f"mlsdc: error[INT001] a fault of mlsdc itself: {safe(describe(error))}; {REPORT}")
    return Exit.FAULT


def describe(error: Exception) -> str:
    """What was raised and where, on one line and without a path of this machine."""
    frames = traceback.extract_tb(error.__traceback__)
    where = f" ({PurePath(frames[-1].filename).name}:{frames[-1].lineno})" if frames else ""
    text = " ".join(str(error).split())
    return f"{type(error).__name__}{': ' if text else ''}{text[:300]}{where}"


def show_traceback(error: Exception) -> None:
    """Print the traceback for a developer who asked for it."""
    if os.environ.get("MLSDC_DEBUG") == "1":
        traceback.print_exception(error)


def _print(line: str) -> None:
    with suppress(OSError, ValueError):  # there is no other place left to say it
        print(line, file=sys.stderr)
