"""One command line, run: its exit code, and what is said of a wrong one.

Law: every mistake in calling is one line on standard error and exit code 2.
"""

from __future__ import annotations

import os
import sys
from typing import Any

import typer
from typer.main import get_command

from mlsdc.cli.exits import Exit
from mlsdc.cli.program import app


def run(arguments: list[str]) -> int:
    """Run one command; its exit code."""
    command: Any = get_command(app)
    if not arguments and "_MLSDC_COMPLETE" not in os.environ:
        print(command.get_help(command.make_context("mlsdc", ["--help"], resilient_parsing=True)))
        return Exit.UNUSABLE
    from mlsdc.cli.outputs import Unusable

    try:
        return command.main(arguments, prog_name="mlsdc", standalone_mode=False) or Exit.CLEAN
    except Unusable as error:
        return _usage(str(error))
    except typer.Abort:
        return Exit.INTERRUPTED
    except Exception as error:
        # Usage errors of the parser: it is typer's own or click's, depending on typer's version.
        format_message = getattr(error, "format_message", None)
        if format_message is None:
            raise
        return _usage(format_message())


def _usage(message: str) -> Exit:
    from mlsdc.cli.cells import safe
    from mlsdc.cli.outputs import say

    text = message[:1].lower() + message[1:]
    say(f"mlsdc: error: {safe(text.rstrip('.'))}", sys.stderr)
    return Exit.UNUSABLE
