"""``promtool check rules`` accepts the groups of every PrometheusRule of the examples."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.conformance.binaries import cache
from tests.conformance.manifests import Manifest, read_folder
from tests.conformance.requirement import expected, missing, title

pytestmark = pytest.mark.conformance


def promtool() -> str:
    """From the PATH, else from the folder where the tests keep the tools they build."""
    found = shutil.which("promtool", path=f"{os.environ.get('PATH', '')}:{cache() / 'bin'}")
    if found is None:
        missing("no promtool on the PATH (the Debian package `prometheus` has it)")
    return found


def _check(files: list[Path]) -> subprocess.CompletedProcess[str]:
    command = [promtool(), "check", "rules", *map(str, files)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def _rules(folder: Path) -> list[Manifest]:
    return [m for m in read_folder(folder)[0] if m.kind == "PrometheusRule"]


def _write(folder: Path, name: str, groups: object) -> Path:
    path = folder / (re.sub(r"[^\w.-]+", "-", name) + ".json")  # JSON is YAML
    path.write_text(json.dumps({"groups": groups}), encoding="utf-8")
    return path


def test_rules_of_the_examples(tmp_path: Path) -> None:
    found = [(folder, rule) for folder in expected("kubernetes") for rule in _rules(folder)]
    if not found:
        missing("no example emits a PrometheusRule yet")
    files = [
        _write(tmp_path, f"{title(folder)}-{m.file}-{m.document}", m.body["spec"]["groups"])
        for folder, m in found
    ]
    assert len(set(files)) == len(found)
    done = _check(files)
    assert done.returncode == 0, done.stdout + done.stderr
    # A file without a group passes as well: count what was read.
    counts = [int(n) for n in re.findall(r"SUCCESS: (\d+) rules? found", done.stdout)]
    assert len(counts) == len(found)
    assert all(counts), done.stdout


@pytest.mark.parametrize(
    ("expression", "accepted"),
    [("rate(requests_total[5m]) > 1", True), ("rate(requests_total[5m] > 1", False)],
)
def test_promtool_can_tell(tmp_path: Path, expression: str, accepted: bool) -> None:
    groups = [{"name": "g", "rules": [{"alert": "TooMany", "expr": expression}]}]
    done = _check([_write(tmp_path, "rules", groups)])
    assert (done.returncode == 0) is accepted, done.stdout + done.stderr
