"""What a conformance test needs and may not find: CRDs, a server, promtool, examples.

In: a reason in plain words. Out: a visible skip, or a failure where
``MLSDC_REQUIRE_CONFORMANCE=1`` says (as CI does) that nothing may be missing.
Law: a missing tool never looks like a passed test.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import NoReturn

import pytest

ROOT = Path(__file__).resolve().parents[2]
EXAMPLES = ROOT / "examples"


def shared() -> Path | None:
    """The folder of upstream CRDs and tools: ``MLSDC_SHARED``, else beside the checkout."""
    folder = Path(os.environ.get("MLSDC_SHARED") or ROOT.parent / "shared")
    return folder if folder.is_dir() else None


def missing(reason: str) -> NoReturn:
    """Skip the running test for ``reason``, or fail it where nothing may be missing."""
    if os.environ.get("MLSDC_REQUIRE_CONFORMANCE") == "1":
        pytest.fail(f"{reason} (MLSDC_REQUIRE_CONFORMANCE=1)", pytrace=False)
    pytest.skip(reason)


def example_folders() -> list[Path]:
    """Every example of the repository, sorted by name."""
    return sorted(p for p in EXAMPLES.glob("*") if p.is_dir() and not p.name.startswith("."))


def expected(target: str) -> list[Path]:
    """The folders ``examples/*/expected/*/<target>`` that exist, sorted."""
    return sorted(p for p in EXAMPLES.glob(f"*/expected/*/{target}") if p.is_dir())


def title(folder: Path) -> str:
    """The path of ``folder`` inside the repository, as a test's name."""
    return folder.relative_to(ROOT).as_posix()
