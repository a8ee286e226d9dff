"""The offline validator of ``../shared/tools`` finds no error in what the examples emit."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.conformance import sample_manifests as sample
from tests.conformance.requirement import expected, missing, shared

pytestmark = pytest.mark.conformance
KUBERNETES = "1.34"


def _validate(folders: list[Path]) -> dict[str, Any]:
    place = shared()
    tool = place / "tools" / "validate_manifests.py" if place else None
    if place is None or tool is None or not tool.is_file():
        missing("no ../shared/tools/validate_manifests.py beside this checkout (or MLSDC_SHARED)")
    command = [sys.executable, str(tool), "--crds", str(place / "crds")]
    command += ["--kube-version", KUBERNETES, "--json", *map(str, folders)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode in (0, 1), done.stderr
    report = json.loads(done.stdout)
    assert bool(report["summary"]["errors"]) == bool(done.returncode)
    return report


def test_examples_have_no_finding() -> None:
    folders = expected("kubernetes")
    if not folders:
        missing("no example has an expected/*/kubernetes folder yet")
    report = _validate(folders)
    lines = [
        f"{f['file']}:{f['doc']} {f['kind']}/{f['name']}: {f['path']}: {f['message']}"
        for f in report["findings"]
        if f["severity"] == "error"
    ]
    assert not lines, "\n".join(lines)
    assert report["summary"]["documents"]


def test_the_validator_can_fail(tmp_path: Path) -> None:
    (tmp_path / "kafka.yaml").write_text(sample.KAFKA, encoding="utf-8")
    assert _validate([tmp_path])["summary"]["errors"] == 0
    bad = sample.KAFKA.replace("    config:", "    configg:")
    (tmp_path / "kafka.yaml").write_text(bad, encoding="utf-8")
    assert _validate([tmp_path])["summary"]["errors"] == 1
