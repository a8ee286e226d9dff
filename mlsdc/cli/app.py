"""The entry point: arguments in, an exit code out.

Law: next to nothing is imported for `--version`, and nothing that goes wrong reaches the user
as a traceback (unless MLSDC_DEBUG=1 asks for it).
"""

from __future__ import annotations

import os
import sys
from typing import NoReturn

from mlsdc.cli.exits import Exit, ReaderGone


def main(arguments: list[str] | None = None) -> NoReturn:
    """Run one command and end the process with its exit code.

    `arguments` are those of the process where none are given.
    """
    code = run(sys.argv[1:] if arguments is None else arguments)
    _end_quickly()
    sys.exit(code)


def run(arguments: list[str]) -> int:
    """Run one command; its exit code."""
    try:
        if arguments in (["--version"], ["-V"]):
            from mlsdc import __version__

            print(f"mlsdc {__version__}", flush=True)
            return Exit.CLEAN
        _start_quickly()
        if designs := _designs_alone(arguments):
            from mlsdc.cli.commands.check import check
            from mlsdc.cli.examine import Question

            return check(Question(designs), [])
        from mlsdc.cli.run import run as run_command

        return run_command(arguments)
    except KeyboardInterrupt:
        return Exit.INTERRUPTED
    except (BrokenPipeError, ReaderGone):
        return _discard_output()
    except Exception as error:
        from mlsdc.cli.fault import tell

        return tell(error)


def _designs_alone(arguments: list[str]) -> list[str]:
    """The files of a `check` without options: what editors and hooks run after each change.

    It needs no parser of options, and loading that takes as long as reading the design.
    """
    command, *designs = arguments or [""]
    options = any(word.startswith("-") and word != "-" for word in designs)
    completing = "_MLSDC_COMPLETE" in os.environ
    return [] if command != "check" or options or completing else designs


def _start_quickly() -> None:
    """Spare a short-lived process what only long-lived ones gain from.

    The garbage collector would walk the same living objects dozens of times while modules load (a
    tenth of a small check); pydantic would open the metadata of every installed package to look for
    plugins.
    """
    import gc

    gc.set_threshold(100_000, 50, 100)
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")


def _end_quickly() -> None:
    """Spare the interpreter a last search for cycles among what is about to go with it."""
    import gc

    gc.freeze()


def _discard_output() -> int:
    """Send the rest nowhere: the interpreter flushes once more when it ends."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    for stream in (sys.stdout, sys.stderr):
        os.dup2(nowhere, stream.fileno())
    return Exit.BROKEN_PIPE
