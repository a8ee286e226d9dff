"""What the tests of writing share: a small design's files, put to disk and read back."""

from __future__ import annotations

from pathlib import Path

from mlsdc.targets.files import MANIFEST, FileSet
from mlsdc.targets.outcome import Difference, WriteReport
from mlsdc.targets.write import compare, write

INPUTS = {"design.mlsd": b"system fraud {}"}
FIRST = {"prod/a.yaml": "a1", "prod/b/c.yaml": "c1", "dev/d.yaml": "d1"}


def file_set(contents: dict[str, str]) -> FileSet:
    files = FileSet()
    for path, text in contents.items():
        files.add_text(path, text)
    return files


def put(contents: dict[str, str], root: Path, *, force: bool = False) -> WriteReport:
    return write(file_set(contents), root, inputs=INPUTS, version="1", force=force)


def differences(contents: dict[str, str], root: Path) -> list[Difference]:
    return compare(file_set(contents), root, inputs=INPUTS, version="1")


def tree(root: Path) -> dict[str, str]:
    """Every path below the root but the manifest: text, link target, or "/" for an empty folder."""
    found: dict[str, str] = {}
    for path in sorted(root.rglob("*")):
        name = path.relative_to(root).as_posix()
        if path.is_symlink():
            found[name] = f"-> {path.readlink()}"
        elif path.is_file():
            found[name] = path.read_text("utf-8")
        elif not any(path.iterdir()):
            found[name] = "/"
    found.pop(MANIFEST, None)
    return found


def times(root: Path) -> dict[Path, int]:
    return {path: path.stat().st_mtime_ns for path in [root, *root.rglob("*")]}
