"""The files of one compile, before anything touches the disk.

Paths and contents come in from the targets; a `FileSet` and the bytes of its manifest go out.
Law: every path of a `FileSet` can be created below any folder on Linux, macOS and Windows, stays
below it, and clashes with no other; equal files and inputs give equal manifest bytes.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import cast

MANIFEST = "mlsdc.manifest.json"
"""The manifest's name, at the root of the output folder."""
RESERVED_PREFIX = ".mlsdc."
"""Names at the root of the output folder that begin so are working files of the writer."""
MAX_PATH_BYTES = 200
"""Windows ends paths at 260 characters; this leaves 60 for the folder above the output."""
MAX_MANIFEST_BYTES = 64 * 2**20
"""No manifest is written or read beyond this size (about a million source map entries)."""
MAX_MANIFEST_VALUES = 2_000_000
"""Bounds the memory a hostile manifest can take: a JSON value of two bytes costs Python sixty."""
SCHEMA_VERSION = 1

# https://learn.microsoft.com/windows/win32/fileio/naming-a-file
_DEVICE = re.compile(r"(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³]|conin\$|conout\$) *(\.|$)", re.I)
_NOT_ON_WINDOWS = re.compile(r'[<>:"|?*]')
_ABSOLUTE = re.compile(r"~?[/\\]|[A-Za-z]:[/\\]|file:", re.I)
_SHA256 = re.compile(r"[0-9a-f]{64}")


class UnsafeFile(ValueError):  # noqa: N818 - named for what happened
    """A file that must not be generated; `path` names it, `reason` continues the sentence."""

    def __init__(self, path: str, reason: str) -> None:
        super().__init__(f"{shown(path)} {reason}")
        self.path = path
        self.reason = reason


class UnsafePath(UnsafeFile):
    """A path that could leave the output folder, or that some operating system cannot hold."""


class PathClash(UnsafeFile):
    """Two files that some file system cannot hold side by side; `other` was there first."""

    def __init__(self, path: str, other: str, reason: str) -> None:
        super().__init__(path, reason)
        self.other = other


class BadManifest(ValueError):  # noqa: N818 - named for what happened
    """A manifest that cannot be believed; the message says why and never quotes it raw."""


@dataclass(frozen=True, slots=True, order=True)
class Origin:
    """Where the value of a field inside a generated file was written in the source.

    `field` is the path inside the generated file, `file` the input's name as in the manifest's
    inputs; `line` and `column` count from 1. A value that stands in no source has no origin.
    """

    field: str
    file: str
    line: int
    column: int


@dataclass(frozen=True, slots=True, order=True)
class Fingerprint:
    """What identifies a file's content: its SHA-256 in hexadecimal and its size in bytes."""

    sha256: str
    size: int

    @classmethod
    def of(cls, content: bytes) -> Fingerprint:
        """The fingerprint of these bytes."""
        return cls(sha256(content).hexdigest(), len(content))


@dataclass(frozen=True, slots=True)
class GeneratedFile:
    """One file to be written: a relative POSIX path, its bytes, where its fields come from.

    Raises `UnsafePath` for a path outside the law of this module.
    """

    path: str
    content: bytes
    source_map: tuple[Origin, ...] = ()

    def __post_init__(self) -> None:
        check_path(self.path)


class FileSet(Mapping[str, GeneratedFile]):
    """Generated files by path, always in path order."""

    def __init__(self, files: Iterable[GeneratedFile] = ()) -> None:
        self._files: dict[str, GeneratedFile] = {}
        # Every path and folder under its case-folded name: its spelling, and whether a folder.
        self._names: dict[str, tuple[str, bool]] = {}
        for file in files:
            self.add(file)

    def __getitem__(self, path: str) -> GeneratedFile:
        return self._files[path]

    def __iter__(self) -> Iterator[str]:
        return iter(sorted(self._files))

    def __len__(self) -> int:
        return len(self._files)

    def __repr__(self) -> str:
        return f"FileSet({', '.join(self)})"

    def add(self, file: GeneratedFile) -> None:
        """Take one file in; raises `PathClash`, and then nothing is added."""
        parts = file.path.split("/")
        paths = ["/".join(parts[: depth + 1]) for depth in range(len(parts))]
        names = {folded(path): (path, path != file.path) for path in paths}
        for name, wanted in names.items():
            taken = self._names.get(name)
            if taken and not (taken == wanted and taken[1]):
                raise PathClash(file.path, taken[0], _clash(wanted, taken))
        self._names.update(names)
        self._files[file.path] = file

    def add_text(self, path: str, text: str, source_map: Iterable[Origin] = ()) -> None:
        """Take in a text as UTF-8, its line ends untouched.

        Raises `UnsafePath`, `PathClash`, or `UnsafeFile` for text that UTF-8 cannot hold.
        """
        try:
            content = text.encode("utf-8")
        except UnicodeEncodeError as error:
            reason = f"holds half of a surrogate pair at character {error.start}"
            raise UnsafeFile(path, reason) from None
        self.add(GeneratedFile(path, content, tuple(source_map)))

    def merge(self, other: FileSet) -> None:
        """Take in all files of another set; raises `PathClash`."""
        for file in other.values():
            self.add(file)

    def under(self, prefix: str) -> FileSet:
        """The same files moved below the folder `prefix`; raises `UnsafePath`."""
        return FileSet(
            GeneratedFile(f"{prefix}/{file.path}", file.content, file.source_map)
            for file in self.values()
        )


def _clash(wanted: tuple[str, bool], taken: tuple[str, bool]) -> str:
    """Why two entries of the same case-folded name, not both the same folder, exclude another."""
    if wanted[0] != taken[0]:
        return f"and {shown(taken[0])} differ only in upper and lower case"
    if wanted == taken:
        return "is generated twice"
    return f"needs {shown(taken[0])} to be a file and a folder at once"


def check_path(path: str) -> None:
    """Raise `UnsafePath` unless the path is relative, portable and free of tricks."""
    reason = _fault(path) or next(filter(None, map(_segment_fault, path.split("/"))), None)
    if reason:
        raise UnsafePath(path, f"is no path for a generated file: {reason}")


def _fault(path: str) -> str | None:
    first = folded(path.split("/", 1)[0])
    if not path:
        return "it is empty"
    if not path.isprintable():
        return "it has a control or invisible character"
    if path.startswith("/"):
        return "it is absolute"
    if "\\" in path:
        return "it has a backslash"
    if forbidden := _NOT_ON_WINDOWS.search(path):
        return f"Windows allows no {forbidden.group()} in a name"
    if unicodedata.normalize("NFC", path) != path:
        return "its accents are not composed (Unicode NFC), and macOS would rename it"
    if (size := len(path.encode("utf-8"))) > MAX_PATH_BYTES:
        return f"it has {size} bytes, {size - MAX_PATH_BYTES} over the portable {MAX_PATH_BYTES}"
    if first == MANIFEST or first.startswith(RESERVED_PREFIX):
        return "mlsdc keeps this name for itself"
    return None


def _segment_fault(segment: str) -> str | None:
    if not segment:
        return "it has an empty part"
    if segment in (".", ".."):
        return f'it has "{segment}" as a part'
    if segment.endswith((".", " ")):
        return "Windows drops a dot or a space at the end of a name"
    if _DEVICE.match(segment):
        return f"{segment} is a device on Windows"
    if folded(segment) in (".git", "git~1"):
        return "git keeps its own files, and runs programs, there"
    return None


def folded(path: str) -> str:
    """The path as a file system that ignores case (macOS, Windows) compares it."""
    return unicodedata.normalize("NFC", path.casefold())


def shown(text: str) -> str:
    """A name of unknown origin, safe to print: quoted, escaped, cut at about 100 characters."""
    quoted = repr(text[:100])
    return quoted if len(text) <= 100 and len(quoted) <= 120 else f"{quoted[:99]}...{quoted[0]}"


def manifest(files: FileSet, inputs: Mapping[str, bytes], version: str) -> bytes:
    """The bytes of `mlsdc.manifest.json`: JSON in ASCII, keys sorted, one entry a line.

    It names the inputs and the files with SHA-256 and size, the version of mlsdc, and for every
    field with an origin the source `file:line:column`. No clock, host or absolute path goes in.
    Raises `UnsafePath` for an input with an absolute name, `UnsafeFile` for a field with two
    origins or a manifest beyond `MAX_MANIFEST_BYTES`.
    """
    text = _block(
        {
            "schema_version": str(SCHEMA_VERSION),
            "mlsdc_version": json.dumps(version),
            "inputs": _block(
                {_source(name): _entry(Fingerprint.of(data)) for name, data in inputs.items()}, 1
            ),
            "files": _block(
                {file.path: _entry(Fingerprint.of(file.content)) for file in files.values()}, 1
            ),
            "source_map": _block(
                {f.path: _block(_places(f), 2) for f in files.values() if f.source_map}, 1
            ),
        }
    )
    data = (text + "\n").encode("ascii")
    if excess := _excess(data):
        raise UnsafeFile(MANIFEST, f"could not be read again: {excess}")
    return data


def journal(known: Mapping[str, frozenset[Fingerprint]]) -> bytes:
    """Several possible contents for each file, in the form that `read_manifest` reads."""
    entries = {
        path: f"[{', '.join(_entry(content) for content in sorted(contents))}]"
        for path, contents in known.items()
    }
    text = _block({"schema_version": str(SCHEMA_VERSION), "files": _block(entries, 1)})
    return (text + "\n").encode("ascii")


def read_manifest(data: bytes) -> dict[str, frozenset[Fingerprint]]:
    """The files that a manifest or journal claims for mlsdc, with the contents it gave them.

    The data may come from anyone: every path passes `check_path`, so none leaves the folder.
    Raises `BadManifest` at the first doubt.
    """
    if excess := _excess(data):
        raise BadManifest(excess)
    try:
        document = cast("object", json.loads(data))
    except (ValueError, RecursionError):
        raise BadManifest("it is not valid JSON") from None
    whole = _mapping(document, "it")
    if (version := whole.get("schema_version")) != SCHEMA_VERSION:
        given = shown(str(version)) if isinstance(version, str | int) else "no number"
        raise BadManifest(f"its schema_version is {given}, not {SCHEMA_VERSION}")
    claims: dict[str, frozenset[Fingerprint]] = {}
    for path, entry in _mapping(whole.get("files"), '"files"').items():
        try:
            check_path(path)
        except UnsafePath as error:
            raise BadManifest(f"it lists an unsafe file: {error}") from None
        contents = cast("list[object]", entry) if isinstance(entry, list) else [entry]
        claims[path] = frozenset(_claimed(path, content) for content in contents)
    return claims


def _excess(data: bytes) -> str | None:
    if len(data) > MAX_MANIFEST_BYTES:
        return f"it is larger than {MAX_MANIFEST_BYTES >> 20} MiB"
    if sum(data.count(mark) for mark in (b",", b"[", b"{")) > MAX_MANIFEST_VALUES:
        return f"it has more than {MAX_MANIFEST_VALUES} values"
    return None


def _claimed(path: str, entry: object) -> Fingerprint:
    fields = _mapping(entry, f"its entry {shown(path)}")
    digest, size = fields.get("sha256"), fields.get("size")
    if isinstance(digest, str) and isinstance(size, int) and _SHA256.fullmatch(digest):
        return Fingerprint(digest, size)
    raise BadManifest(f"its entry {shown(path)} has no sha256 and size")


def _mapping(value: object, name: str) -> dict[str, object]:
    if isinstance(value, dict):
        return cast("dict[str, object]", value)
    raise BadManifest(f"{name} is no JSON object")


def _places(file: GeneratedFile) -> dict[str, str]:
    places: dict[str, str] = {}
    for origin in file.source_map:
        place = json.dumps(f"{_source(origin.file)}:{origin.line}:{origin.column}")
        if places.setdefault(origin.field, place) != place:
            raise UnsafeFile(file.path, f"has two origins for the field {shown(origin.field)}")
    return places


def _source(name: str) -> str:
    if _ABSOLUTE.match(name):
        raise UnsafePath(name, "is absolute: an input is named relative to the design's folder")
    return name


def _entry(content: Fingerprint) -> str:
    return f'{{"sha256": "{content.sha256}", "size": {content.size}}}'


def _block(entries: Mapping[str, str], depth: int = 0) -> str:
    """A JSON object of printed values, one a line: a diff shows one line for one file."""
    if not entries:
        return "{}"
    outer = "  " * depth
    lines = (f"{outer}  {json.dumps(key)}: {value}" for key, value in sorted(entries.items()))
    return "{\n" + ",\n".join(lines) + f"\n{outer}}}"
