"""The entry point: arguments in, an exit code out.

Law: nothing but this file is imported for `--version`, and nothing that goes wrong reaches the user
as a traceback (unless MLSDC_DEBUG=1 asks for it).
"""

from __future__ import annotations

import sys

from mlsdc.cli.exits import Exit


def main(arguments: list[str] | None = None) -> int:
    """Run one command; `arguments` are those of the process where none are given."""
    arguments = sys.argv[1:] if arguments is None else arguments
    try:
        if arguments in (["--version"], ["-V"]):
            from mlsdc import __version__

            print(f"mlsdc {__version__}", flush=True)
            return Exit.CLEAN
        from mlsdc.cli.program import run

        status = run(arguments)
        if sys.stdout is not None:  # pyright: ignore[reportUnnecessaryComparison] - may be closed
            sys.stdout.flush()
    except KeyboardInterrupt:
        return Exit.INTERRUPTED
    except BrokenPipeError:
        return _discard_output()
    except Exception as error:
        from mlsdc.cli.fault import tell

        return tell(error)
    return status


def _discard_output() -> int:
    """Send the rest nowhere: the interpreter flushes once more when it ends."""
    import os

    nowhere = os.open(os.devnull, os.O_WRONLY)
    for stream in (sys.stdout, sys.stderr):
        os.dup2(nowhere, stream.fileno())
    return Exit.BROKEN_PIPE
