"""A pause of the garbage collector while a large structure without cycles is built.

Tokens and trees hold no cycles, so nothing is lost by not looking for them; looking again and again
at everything that was built so far makes the work grow faster than the text.
"""

from __future__ import annotations

import gc
from collections.abc import Generator
from contextlib import contextmanager


@contextmanager
def no_collection() -> Generator[None]:
    """Leave the collector as it was found.

    What was built counts as old afterwards: a look at all of it would take as long as building it.
    """
    running = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if running:
            if not gc.get_freeze_count():
                gc.freeze()
                gc.unfreeze()
            gc.enable()
