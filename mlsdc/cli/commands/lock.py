"""`mlsdc lock`: what a design imports from outside its project, written down with digests."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence

from mlsdc.cli.exits import Exit
from mlsdc.cli.imports import Imports
from mlsdc.cli.inputs import read_inputs
from mlsdc.cli.lock_file import NAME, Lock, lock_text
from mlsdc.cli.outputs import Unusable, say, write_file
from mlsdc.cli.policy_file import Judging, project_root, read_ruling
from mlsdc.cli.report import counted


def lock(designs: Sequence[str], policy: str | None, compare: bool) -> Exit:
    """Write the lock file, or compare it with what the design imports.

    Raises `Unusable` where the design cannot be read as far as its imports.
    """
    from mlsdc import pipeline
    from mlsdc.stdlib.find import standard_catalog

    inputs = read_inputs(designs)
    if inputs.faults:
        fault = inputs.faults[0]
        raise Unusable(f"{inputs.names.get(fault.span.file, fault.span.file)}: {fault.message}")
    loader = _open(Imports(inputs, project_root(designs)), designs, policy)
    written = pipeline.read(list(inputs.sources), standard_catalog(), loader)
    broken = [d for d in written.diagnostics if d.code in ("SYN040", "SYN041", "SYN042")]
    if broken:
        place = inputs.names.get(broken[0].span.file, broken[0].span.file)
        raise Unusable(f"{place}: {broken[0].message}; mlsdc check tells more")
    return _deliver(loader, compare)


def _open(loader: Imports, designs: Sequence[str], policy: str | None) -> Imports:
    """Let it read the folders that the policy opens; nothing is locked yet."""
    ruling = read_ruling(designs, Judging(policy=policy))
    base = os.path.dirname(os.path.abspath(ruling.source.file)) if ruling.source else loader.root
    loader.folders = [
        os.path.realpath(os.path.join(base, folder)) for folder in ruling.policy.import_folders
    ]
    loader.lock = _Anything()
    return loader


class _Anything(Lock):
    """A lock that every import fits."""

    def judge(self, *_: object, **__: object) -> None:  # type: ignore[override]
        return None


def _deliver(loader: Imports, compare: bool) -> Exit:
    path = os.path.join(loader.root, NAME)
    shown = os.path.relpath(path)
    now, text = Lock.read(loader.root), lock_text(loader.outside)
    if compare:
        stale = bool(now.fault) or dict(now.entries) != loader.outside
        say(f"{shown} {'is out of date; run mlsdc lock' if stale else 'is up to date'}", sys.stdout)
        return Exit.STALE if stale else Exit.CLEAN
    write_file(path, text, "mlsdc lock")
    say(f"{shown}: {counted(len(loader.outside), 'import')} from outside the project", sys.stdout)
    return Exit.CLEAN
