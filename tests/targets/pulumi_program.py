"""Designs compiled to Pulumi programs, and programs run under their own strict mocks."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import Any

from mlsdc.diagnostics import Source
from mlsdc.pipeline import check
from mlsdc.stdlib.find import standard_catalog
from mlsdc.targets.base import Plan
from mlsdc.targets.files import FileSet
from mlsdc.targets.pulumi import PulumiTarget

ROOT = Path(__file__).resolve().parents[2]
FRAUD = ROOT / "examples" / "fraud" / "design.mlsd"

REPORT = """
import json, pathlib, pytest, sys

class Report:
    @pytest.fixture(scope="session", autouse=True)
    def _dump(self, program):
        yield
        found = {
            "resources": [[*identity, inputs] for identity, inputs in program.resources.items()],
            "exports": program.exports,
        }
        pathlib.Path("report.json").write_text(json.dumps(found))

options = ["-q", "-p", "no:cacheprovider", "-p", "no:xdist", "-W", "ignore", "--rootdir=.", "tests"]
sys.exit(pytest.main(options, plugins=[Report()]))
"""


def plan(text: str, environment: str = "prod") -> Plan:
    """The plan of one environment of a design; the checks are no matter here."""
    outcome = check(
        [Source("design.mlsd", text)], standard_catalog(), environment=environment, checks=()
    )
    assert not outcome.failed, [d.message for d in outcome.diagnostics]
    (one,) = outcome.compiled
    return Plan(one.environment, one.design, one.graph, one.facts, outcome.sources)


@cache
def fraud_text() -> str:
    """The fraud example's design."""
    return FRAUD.read_text(encoding="utf-8")


@cache
def fraud() -> Plan:
    """The fraud example on AWS."""
    return plan(fraud_text())


def emitted(of: Plan) -> FileSet:
    """The project of a plan that nothing complains about."""
    assert [d.message for d in PulumiTarget().complaints(of)] == []
    return PulumiTarget().emit(of)


def put(files: FileSet, folder: Path) -> Path:
    """The project on disk."""
    for path, file in files.items():
        place = folder / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(file.content)
    return folder


def run(folder: Path) -> dict[str, Any]:
    """Run a project's own tests in a process of their own; its resources and exports.

    Raises:
        AssertionError: one of the project's tests fails.
    """
    environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", REPORT],
        cwd=folder, env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-1000:]
    return json.loads((folder / "report.json").read_text(encoding="utf-8"))
