"""The program as a process: start-up, signals, closed pipes, terminals, completion."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from mlsdc import __version__
from tests.cli.conftest import SLOW, SOUND, environment, start

posix = pytest.mark.skipif(os.name == "nt", reason="signals, pipes and devices of POSIX")


def test_version_imports_next_to_nothing(here: Path) -> None:
    code = (
        "import sys; from mlsdc.cli.app import run; code = run(['--version']);"
        "heavy = {'typer', 'pydantic', 'lark', 'numpy', 'rich', 'networkx', 'dataclasses'};"
        "print(sorted(heavy & sys.modules.keys())); sys.exit(code)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == f"mlsdc {__version__}\n[]\n"


def test_check_imports_only_what_it_needs(here: Path) -> None:
    (here / "design.mlsd").write_text(SOUND)
    code = (
        "import sys; from mlsdc.cli.app import run; run(['check', 'design.mlsd']);"
        "heavy = {'rich', 'networkx', 'kubernetes', 'pulumi', 'jinja2', 'xml', 'typer'};"
        "heavy |= {'mlsdc.cli.formats.sarif', 'mlsdc.cli.commands.compile'};"
        "print(sorted(heavy & sys.modules.keys()))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"


@pytest.mark.parametrize("option", ["--version", "-V"])
def test_version_is_that_of_the_package(option: str) -> None:
    from importlib.metadata import version

    assert __version__ == version("mlsdc")
    out, err = start(option).communicate()
    assert (out, err) == (f"mlsdc {__version__}\n".encode(), b"")


def _heed_interrupts() -> None:
    """A shell that runs this suite in the background has its children ignore interrupts."""
    signal.signal(signal.SIGINT, signal.default_int_handler)


def _until_it_waits(pid: int) -> None:
    """Return when the process has started up and burns no time any more: it waits for its input.

    How long starting takes depends on what else the machine does.
    """
    stat = Path(f"/proc/{pid}/stat")
    if not stat.exists():
        time.sleep(3)
        return
    before: list[str] = []
    for _ in range(100):
        state, *times = (stat.read_text().split()[at] for at in (2, 13, 14))
        if state == "S" and times == before and sum(map(int, times)) >= 5:
            return
        before = times
        time.sleep(0.3)


@posix
def test_an_interrupt_ends_quietly() -> None:
    running = start("check", "-", stdin=subprocess.PIPE, preexec_fn=_heed_interrupts)
    _until_it_waits(running.pid)
    running.send_signal(signal.SIGINT)
    out, err = running.communicate(timeout=20)
    assert (running.returncode, out, err) == (130, b"", b"")


@posix
@pytest.mark.parametrize(
    "arguments", [["explain", "rules"], ["check", "design.mlsd"], ["--version"]]
)
def test_a_reader_that_went_away_is_no_error(here: Path, arguments: list[str]) -> None:
    (here / "design.mlsd").write_text(SLOW)
    running = start(*arguments)
    assert running.stdout is not None
    running.stdout.close()
    assert running.stderr is not None
    assert running.stderr.read() == b""
    running.stderr.close()
    assert running.wait(timeout=20) == 141


@posix
@pytest.mark.parametrize("command", ["check", "cost", "score", "show", "graph", "convert"])
def test_a_full_disk_is_told(here: Path, command: str) -> None:
    if not os.path.exists("/dev/full"):
        pytest.skip("no full device on this system")
    (here / "design.mlsd").write_text(SOUND)
    with open("/dev/full", "wb") as full:
        running = start(command, "design.mlsd", stdout=full)
        _, err = running.communicate(timeout=20)
    assert running.returncode == 2
    assert err == b"mlsdc: error: cannot write the output: No space left on device\n"


@posix
def test_closed_streams_change_no_exit_code(here: Path) -> None:
    (here / "design.mlsd").write_text(SLOW)
    command = f"'{sys.executable}' -m mlsdc check design.mlsd >&- 2>&-"
    assert subprocess.run(["sh", "-c", command], check=False).returncode == 1


def test_an_ascii_stream_gets_ascii(here: Path) -> None:
    (here / "design.mlsd").write_text(SOUND)
    running = start("check", "design.mlsd", env=environment(PYTHONIOENCODING="ascii"))
    out, err = running.communicate(timeout=20)
    assert (running.returncode, err) == (0, b"")
    assert b"undecided \\xb7 0 errors" in out
    assert b"\x1b" not in out


@posix
def test_a_file_name_that_is_no_utf_8(here: Path) -> None:
    name = b"d\xff.mlsd"
    with open(os.fsencode(here) + b"/" + name, "w") as file:
        file.write(SLOW)
    reports = ("json", "sarif", "github", "gitlab", "junit", "markdown")
    options = [option for report in reports for option in ("-o", f"{report}=x.{report}")]
    running = start("check", os.fsdecode(name), "-o", "text", *options)
    out, err = running.communicate(timeout=20)
    assert (running.returncode, err) == (1, b"")
    assert out.startswith(b"d<U+DCFF>.mlsd:10:12: error")
    for report in reports:
        assert (here / f"x.{report}").read_text("utf-8")


@posix
def test_colour_on_a_terminal(here: Path) -> None:
    import pty

    (here / "design.mlsd").write_text(SLOW)

    def on_terminal(**changes: str) -> bytes:
        main, other = pty.openpty()
        running = start(
            "check", "design.mlsd", stdout=other, env=environment(TERM="xterm", **changes)
        )
        os.close(other)
        seen = b""
        try:
            while chunk := os.read(main, 65536):
                seen += chunk
        except OSError:
            pass  # how Linux says that the other end is closed
        os.close(main)
        running.communicate(timeout=20)
        return seen

    assert b"\x1b[31;1merror[LAT002]\x1b[0m" in on_terminal()
    assert b"\x1b" not in on_terminal(NO_COLOR="1")


@pytest.mark.parametrize(
    ("line", "offered"),
    [
        ("mlsdc ch", {"check"}),
        ("mlsdc check --fail-on ", {"error", "warning", "note"}),
        ("mlsdc check -o s", {"sarif"}),
        ("mlsdc compile d.mlsd --target diagrams,k", {"diagrams,kubernetes"}),
        ("mlsdc explain path-o", {"path-over-budget"}),
    ],
)
def test_completion(line: str, offered: set[str]) -> None:
    words = line.split(" ")
    asked = environment(
        _MLSDC_COMPLETE="complete_bash", COMP_WORDS=line, COMP_CWORD=str(len(words) - 1)
    )
    out, _ = start(env=asked).communicate(timeout=20)
    assert set(out.decode().split()) == offered


def test_completion_can_be_shown() -> None:
    out, _ = start("--show-completion", "bash").communicate(timeout=20)
    assert re.search(rb"complete .*_mlsdc_completion mlsdc", out)
