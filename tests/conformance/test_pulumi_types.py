"""pyright finds no error in any Pulumi program of the examples.

All programs are checked in one call (a call costs seconds, a program little); programs whose
own pyrightconfig.json differ are checked in one call for each kind of configuration. They are
copied to one folder first: pyright reads nothing outside its project's folder, and a program
that needs the rest of the repository shows it there.
"""

from __future__ import annotations

import importlib.util
import json
import shutil
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

from tests.conformance.requirement import expected, missing, title

pytestmark = pytest.mark.conformance
# Where things lie, which a generated project says for itself and one shared call for all.
PLACES = {"include", "exclude", "executionEnvironments", "extraPaths", "venv", "venvPath"}


def _settings(program: Path) -> str:
    """How strictly the project wants to be read, in a form that can be compared."""
    own = program / "pyrightconfig.json"
    given = json.loads(own.read_text(encoding="utf-8")) if own.is_file() else {}
    kept = {key: value for key, value in given.items() if key not in PLACES}
    return json.dumps({"typeCheckingMode": "basic", **kept}, sort_keys=True)


def _check(programs: Iterable[str], settings: str, folder: Path) -> dict[str, Any]:
    """pyright's report on ``programs``, folders in ``folder``; each sees its own modules only."""
    if importlib.util.find_spec("pyright") is None:
        missing("pyright is not installed (extra `lint`)")
    places = list(programs)
    config = {
        **json.loads(settings),
        "include": places,
        "exclude": [],
        "executionEnvironments": [{"root": place} for place in places],
    }
    path = folder / "pyrightconfig.json"
    path.write_text(json.dumps(config), encoding="utf-8")
    command = [sys.executable, "-m", "pyright", "--outputjson", "--project", str(path)]
    command += ["--pythonpath", sys.executable]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    try:
        return json.loads(done.stdout)
    except ValueError:
        missing(f"pyright does not run here: {(done.stderr or done.stdout).strip()[-300:]}")


def _errors(report: dict[str, Any]) -> list[str]:
    return [
        f"{d['file']}:{d['range']['start']['line'] + 1}: {d['message']} ({d.get('rule')})"
        for d in report["generalDiagnostics"]
        if d["severity"] == "error"
    ]


def test_programs_of_the_examples(tmp_path: Path) -> None:
    programs = expected("pulumi")
    if not programs:
        missing("no example has an expected/*/pulumi program yet")
    for number, settings in enumerate(sorted({_settings(program) for program in programs})):
        project = tmp_path / str(number)
        alike = [program for program in programs if _settings(program) == settings]
        for program in alike:
            shutil.copytree(program, project / title(program))
        files = list(project.rglob("*.py"))
        report = _check([title(program) for program in alike], settings, project)
        assert not _errors(report), "\n".join(_errors(report))
        assert report["summary"]["filesAnalyzed"] == len(files) > 0


def test_pyright_can_tell(tmp_path: Path) -> None:
    good, bad = tmp_path / "good", tmp_path / "bad"
    line = "from names import BUCKET\nimport pulumi\n\npulumi.export(BUCKET, {})\n"
    for program in (good, bad):
        program.mkdir()
        (program / "__main__.py").write_text(line, encoding="utf-8")
    (good / "names.py").write_text('BUCKET = "models"\n', encoding="utf-8")
    (bad / "names.py").write_text("BUCKET = 3\n", encoding="utf-8")
    report = _check(["good", "bad"], _settings(good), tmp_path)
    (error,) = _errors(report)
    assert error.startswith(str(bad / "__main__.py"))
    assert "reportArgumentType" in error
