"""Designs to run commands on, and ways to run them."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from mlsdc.cli.app import run

SOUND = """\
system shop "Ranks things"
param peak: rate = 200/s
param region: text = "eu-west-1"
endpoint score {
  latency { p50 = 8ms  p99 = 30ms  at = 100/s }
  owner   = region
}
request rank {
  rate = peak
  budget { p99 <= 50ms }
  call score
}
environment dev { platform = kubernetes  peak = 5/s }
environment prod { platform = kubernetes }
"""
SLOW = SOUND.replace("p99 <= 50ms", "p99 <= 20ms")
WARNED = SOUND + "let unused = 1\n"
UNDECIDED = SOUND.replace("  call score\n", "  call score\n  call other\n") + "endpoint other { }\n"


@dataclass(frozen=True)
class Ended:
    """How a command ended and what it printed."""

    code: int
    out: str
    err: str

    @property
    def last(self) -> str:
        """The last line on standard output: the summary."""
        return self.out.rstrip("\n").rpartition("\n")[2]


@pytest.fixture(autouse=True)
def _plain_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("NO_COLOR", "FORCE_COLOR", "GITHUB_WORKSPACE", "CI_PROJECT_DIR", "MLSDC_DEBUG"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty working folder."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def design(here: Path) -> Callable[..., str]:
    """Write a design into the working folder; its name."""

    def write(text: str | bytes = SOUND, name: str = "design.mlsd") -> str:
        path = here / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode() if isinstance(text, str) else text)
        return name

    return write


@pytest.fixture
def mlsdc(capsys: pytest.CaptureFixture[str]) -> Callable[..., Ended]:
    """Run a command in this process."""

    def call(*arguments: str) -> Ended:
        capsys.readouterr()
        code = run(list(arguments))
        printed = capsys.readouterr()
        return Ended(int(code), printed.out, printed.err)

    return call


Process = subprocess.Popen[bytes]


def start(*arguments: str, **options: object) -> Process:
    """Start the program in a process of its own, as a shell would."""
    command = [sys.executable, "-m", "mlsdc", *arguments]
    pipes: dict[str, object] = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    return subprocess.Popen(command, **{**pipes, **options})  # type: ignore[call-overload]


def environment(**changes: str) -> dict[str, str]:
    """This process's environment with changes."""
    return {**os.environ, **changes}
