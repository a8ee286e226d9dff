"""Every object of every example is accepted by a real API server, CEL rules included."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.conformance.judge import Judge
from tests.conformance.manifests import read_folder
from tests.conformance.requirement import example_folders, missing, shared, title

pytestmark = pytest.mark.conformance


def _folders() -> list[Path]:
    """The manifests of each environment, or the example that has none, so that it fails."""
    found: list[Path] = []
    for example in example_folders():
        kubernetes = sorted(example.glob("expected/*/kubernetes"))
        found += kubernetes or [example / "expected" / "*" / "kubernetes"]
    return found


def test_there_is_an_example() -> None:
    assert example_folders(), "examples/ is empty: there is nothing to judge"


@pytest.mark.parametrize("folder", _folders(), ids=title)
def test_every_object_is_accepted(request: pytest.FixtureRequest, folder: Path) -> None:
    assert folder.is_dir(), f"{title(folder)} does not exist: compile the example into expected/"
    assert any(read_folder(folder)), f"{title(folder)} holds no Kubernetes object"
    judge: Judge = request.getfixturevalue("api_server")  # what is missing fails without it too
    verdict = judge.folder(folder)
    if shared() is None:  # nothing to learn custom kinds from; the others are judged all the same
        known = [r for r in verdict.refusals if r not in verdict.unknown]
        assert not known, "refused by the API server:\n" + "\n".join(map(str, known))
        if verdict.unknown:
            missing(f"no ../shared/crds: {len(verdict.unknown)} custom objects were not judged")
    assert not verdict.refusals, f"refused by the API server:\n{verdict.report()}"
