"""One API server for a whole test session, started by the first test that asks for it.

The CRDs of a kind are loaded when the first manifest of that kind is judged, and the summary
of the session names them.  Under pytest-xdist each worker starts a server of its own.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.conformance.control_plane import ControlPlane, ControlPlaneMissing
from tests.conformance.custom_resources import CrdCollection
from tests.conformance.judge import Judge
from tests.conformance.requirement import missing, shared

SUMMARY = pytest.StashKey[list[str]]()


@pytest.fixture(scope="session")
def _session_server(request: pytest.FixtureRequest) -> Iterator[Judge | str]:
    """The running judge, or the reason why there is none: each test says it for itself."""
    try:
        plane = ControlPlane()
    except ControlPlaneMissing as reason:
        yield str(reason)
        return
    with plane:
        folder = shared()
        judge = Judge(plane.client, CrdCollection(*([folder / "crds"] if folder else [])))
        yield judge
        plane.keep_logs = request.session.testsfailed > 0
        request.config.stash[SUMMARY] = _summary(plane, judge)


@pytest.fixture
def api_server(_session_server: Judge | str) -> Judge:
    """The judge of this session; where it cannot be had, a visible skip (or a failure)."""
    if isinstance(_session_server, str):
        missing(_session_server)
    return _session_server


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    for line in config.stash.get(SUMMARY, []):
        terminalreporter.write_line(line)


def _summary(plane: ControlPlane, judge: Judge) -> list[str]:
    loaded = judge.crds
    names = ", ".join(sorted(loaded.names)) or "none"
    lines = [
        f"conformance: kube-apiserver {judge.server_version()} ({plane.binaries.source}) "
        f"ready in {plane.ready_seconds:.1f} s; "
        f"{len(loaded.names)} CRDs loaded in {loaded.seconds:.1f} s: {names}"
    ]
    if plane.keep_logs:
        lines.append(f"conformance: server logs are in {plane.logs}")
    return lines
