"""The control plane always stops, and its absence is told in plain words."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.conformance import binaries
from tests.conformance.binaries import Binaries, ControlPlaneMissing, find_binaries
from tests.conformance.control_plane import ControlPlane, ControlPlaneFailed
from tests.conformance.judge import Judge
from tests.conformance.requirement import missing

pytestmark = pytest.mark.conformance


def _fake_server(folder: Path, script: str) -> Path:
    folder.mkdir(exist_ok=True)
    path = folder / f"server-{len(list(folder.iterdir()))}"
    path.write_text(f"#!/bin/sh\n{script}\n", encoding="ascii")
    path.chmod(0o755)
    return path


def test_the_server_is_stamped_with_its_version(api_server: Judge) -> None:
    version = api_server.server_version()
    assert version.startswith("v1."), version


def test_a_server_that_dies_is_told_with_its_last_words(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MLSDC_CACHE", str(tmp_path / "cache"))
    record = tmp_path / "pids"
    etcd = _fake_server(tmp_path / "bin", f"echo $$ >> {record}; exec sleep 60")
    server = _fake_server(tmp_path / "bin", "echo no such flag; exit 1")
    plane = ControlPlane(Binaries(etcd, server, "test"))
    with pytest.raises(ControlPlaneFailed, match="no such flag"), plane:
        pass
    kept = tmp_path / "cache" / "logs" / "kube-apiserver.log"
    assert kept.read_text(encoding="utf-8") == "no such flag\n"
    assert not plane.folder.exists()
    pids = [int(line) for line in record.read_text(encoding="ascii").split()]
    assert pids
    for pid in pids:
        with pytest.raises(ProcessLookupError):
            os.kill(pid, 0)


def test_assets_without_the_servers_are_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KUBEBUILDER_ASSETS", str(tmp_path))
    with pytest.raises(ControlPlaneMissing, match=r"KUBEBUILDER_ASSETS is .* not both in it"):
        find_binaries()


def test_no_server_and_no_go_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("KUBEBUILDER_ASSETS", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("MLSDC_CACHE", str(tmp_path))
    with pytest.raises(ControlPlaneMissing, match="Go is not on the PATH to build it"):
        find_binaries()


def test_what_is_on_the_path_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("KUBEBUILDER_ASSETS", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    for name in binaries.NAMES:
        (tmp_path / name).touch(mode=0o755)
    found = find_binaries()
    assert (found.etcd, found.source) == (tmp_path / "etcd", "PATH")


def test_where_nothing_may_be_missing_a_skip_is_a_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("MLSDC_REQUIRE_CONFORMANCE", raising=False)
    with pytest.raises(pytest.skip.Exception, match="no promtool"):
        missing("no promtool")
    monkeypatch.setenv("MLSDC_REQUIRE_CONFORMANCE", "1")
    with pytest.raises(pytest.fail.Exception, match="no promtool"):
        missing("no promtool")
