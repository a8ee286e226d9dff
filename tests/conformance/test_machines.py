"""The catalogue's machines against those of moto, which carries what EC2's own API answers.

moto is not installed beside the rest, whose pins it does not fit: its wheel is opened as a file.
"""

from __future__ import annotations

import gzip
import json
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path
from typing import Any

import pytest

from tests.conformance.requirement import ROOT, missing

pytestmark = pytest.mark.conformance
CACHE = ROOT / ".cache" / "moto"
TABLE = "moto/ec2/resources/instance_types.json.gz"
MACHINES = tomllib.loads((ROOT / "mlsdc/stdlib/hardware/ec2.toml").read_text("utf-8"))["machine"]


@pytest.fixture(scope="module")
def published() -> dict[str, Any]:
    """Every instance type by name."""
    if not list(CACHE.glob("moto-*.whl")):
        fetch = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps",
                 "--disable-pip-version-check", "--dest", str(CACHE), "moto>=5,<6"]  # fmt: skip
        if subprocess.run(fetch, check=False).returncode:
            missing("moto's wheel cannot be fetched")
    wheel: Path = min(CACHE.glob("moto-*.whl"))
    with zipfile.ZipFile(wheel) as opened:
        found: dict[str, Any] = json.loads(gzip.decompress(opened.read(TABLE)))
    return found


@pytest.mark.parametrize("machine", MACHINES, ids=lambda row: row["name"])
def test_machines_are_as_large_as_published(
    machine: dict[str, Any], published: dict[str, Any]
) -> None:
    """Cores, memory and number of devices."""
    theirs = published.get(machine["name"])
    if theirs is None:
        pytest.skip(f"moto does not know {machine['name']} yet")
    devices = theirs.get("GpuInfo", {}).get("Gpus", [])

    assert machine["cores"] == theirs["VCpuInfo"]["DefaultVCpus"]
    assert machine["memory"] * 1024 == theirs["MemoryInfo"]["SizeInMiB"]
    assert machine.get("gpus", 0) == sum(one["Count"] for one in devices)


def test_most_machines_are_known_to_moto(published: dict[str, Any]) -> None:
    """Else the comparison says nothing."""
    known = [row["name"] for row in MACHINES if row["name"] in published]

    assert len(known) >= 0.9 * len(MACHINES)
