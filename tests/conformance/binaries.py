"""Where etcd and kube-apiserver are.

In: the environment (``KUBEBUILDER_ASSETS``, ``PATH``, ``MLSDC_CACHE``). Out: both paths.
Law: the two always come from one place, and what cannot be had is said in plain words.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

SCRIPT = Path(__file__).with_name("build_control_plane.sh")
NAMES = ("etcd", "kube-apiserver")


class ControlPlaneMissing(Exception):
    """The servers cannot be had here; the text says why and what to do."""


@dataclass(frozen=True)
class Binaries:
    etcd: Path
    kube_apiserver: Path
    source: str


def cache() -> Path:
    """The folder for what the conformance tests build: ``MLSDC_CACHE``, else ``.cache``."""
    root = Path(__file__).resolve().parents[2]
    return Path(os.environ.get("MLSDC_CACHE") or root / ".cache" / "conformance").absolute()


def find_binaries() -> Binaries:
    """The first of: ``KUBEBUILDER_ASSETS``, the PATH, the cache folder, a fresh build.

    What lies in the cache folder is brought up to date first where Go is on the PATH; that
    costs nothing when the pinned versions have not changed.

    Raises ControlPlaneMissing where none of them has both servers.
    """
    assets = os.environ.get("KUBEBUILDER_ASSETS")
    if assets:
        found = _in_folder(Path(assets), "KUBEBUILDER_ASSETS")
        if found is None:
            raise ControlPlaneMissing(
                f"KUBEBUILDER_ASSETS is {assets}, and etcd and kube-apiserver are not both in it"
            )
        return found
    on_path = [shutil.which(name) for name in NAMES]
    if on_path[0] and on_path[1]:
        return Binaries(Path(on_path[0]), Path(on_path[1]), "PATH")
    if shutil.which("go"):
        _build()
    found = _in_folder(cache() / "bin", "cache")
    if found is None:
        raise ControlPlaneMissing(
            "no kube-apiserver: it is not in KUBEBUILDER_ASSETS, not on the PATH, not in "
            f"{cache() / 'bin'}, and Go is not on the PATH to build it with {SCRIPT.name}"
        )
    return found


def _in_folder(folder: Path, source: str) -> Binaries | None:
    etcd, server = (folder / name for name in NAMES)
    both = all(os.access(path, os.X_OK) and path.is_file() for path in (etcd, server))
    return Binaries(etcd, server, source) if both else None


def _build() -> None:
    done = subprocess.run(["sh", str(SCRIPT)], capture_output=True, text=True, check=False)
    if done.returncode:
        tail = "\n".join((done.stdout + done.stderr).splitlines()[-8:])
        raise ControlPlaneMissing(f"{SCRIPT.name} failed (exit {done.returncode}):\n{tail}")
