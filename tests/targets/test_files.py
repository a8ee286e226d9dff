"""Paths that no file system twists, sets without clashes, manifests that anyone may have forged."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
from pathlib import PurePosixPath, PureWindowsPath

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlsdc.targets.files import (
    MAX_PATH_BYTES,
    BadManifest,
    FileSet,
    Fingerprint,
    GeneratedFile,
    Origin,
    PathClash,
    UnsafeFile,
    UnsafePath,
    journal,
    manifest,
    read_manifest,
)

UNSAFE = {
    "": "empty",
    "/etc/passwd": "absolute",
    "..": '".."',
    "a/../../b": '".."',
    "./a": '"."',
    "a//b": "empty part",
    "a/": "empty part",
    "a\\b": "backslash",
    "C:/a": "Windows",
    "C:a": "Windows",
    "a\nb": "control",
    "a\x00b": "control",
    "a\x7f": "control",
    "a\u202etxt.exe": "control or invisible",
    "a\ud800": "control or invisible",
    "cafe\u0301": "composed",
    "nul": "device",
    "x/CON.yaml": "device",
    "x/Com1": "device",
    "x/con .txt": "device",
    "lpt¹.txt": "device",
    "a ": "end of a name",
    "a./b": "end of a name",
    "what?": "Windows",
    'a"b': "Windows",
    ".git/hooks/post-checkout": "git",
    "sub/.GIT/config": "git",
    "GIT~1/config": "git",
    "mlsdc.manifest.json": "itself",
    "MLSDC.manifest.json/x": "itself",
    ".mlsdc.staging/x": "itself",
    "a" * (MAX_PATH_BYTES + 1): "bytes",
    "é" * (MAX_PATH_BYTES // 2 + 1): "bytes",
}


@pytest.mark.parametrize("path", UNSAFE, ids=[ascii(path)[:40] for path in UNSAFE])
def test_an_unsafe_path_is_refused_in_plain_words(path: str) -> None:
    with pytest.raises(UnsafePath) as caught:
        GeneratedFile(path, b"")
    assert UNSAFE[path] in caught.value.reason
    assert caught.value.path == path
    assert str(caught.value).isprintable()
    assert len(str(caught.value)) < 250


@pytest.mark.parametrize(
    "path",
    [
        "prod/kubernetes/score/deployment.yaml",
        ".gitignore",
        "a b.txt",
        "-x",
        "console.yaml",
        "con-1",
        "common/nullable",
        "x/mlsdc.manifest.json",
        "größe/日本.md",
        "a" * MAX_PATH_BYTES,
    ],
)
def test_an_ordinary_path_is_taken(path: str) -> None:
    assert GeneratedFile(path, b"").path == path


PIECES = st.sampled_from(
    ["..", ".", "/", "//", "\\", "a", "B", "con", "NUL", ".", " ", "C:", "~", "é", "\u0301", "\x00"]
)
PATHS = st.one_of(st.text(max_size=20), st.lists(PIECES, max_size=8).map("".join))


@given(PATHS)
def test_an_accepted_path_stays_below_every_folder(path: str) -> None:
    try:
        GeneratedFile(path, b"")
    except UnsafePath:
        return
    posix, windows = PurePosixPath("/out", path), PureWindowsPath("C:\\out", path)
    assert posix.parts[:2] == ("/", "out")
    assert windows.parts[:2] == ("C:\\", "out")
    assert posix.parts[2:] == windows.parts[2:] == tuple(path.split("/"))
    assert not {"..", "."} & set(posix.parts)


def path_and_folders(path: str) -> list[str]:
    parts = path.split("/")
    return ["/".join(parts[: depth + 1]) for depth in range(len(parts))]


@given(st.lists(st.lists(st.sampled_from("aAbsSßſ"), min_size=1, max_size=3).map("/".join)))
def test_no_two_paths_of_a_set_meet_on_a_file_system_without_case(paths: list[str]) -> None:
    files = FileSet()
    for path in paths:
        try:
            files.add_text(path, "")
        except PathClash:
            taken = [each for file in files for each in path_and_folders(file)]
            assert [
                (mine, theirs)
                for mine in path_and_folders(path)
                for theirs in taken
                if mine.casefold() == theirs.casefold()
                and (mine != theirs or mine == path or theirs in files)
            ], "refused without a reason"
    names = [path.casefold() for path in files]
    assert len(names) == len(set(names))
    assert not [(a, b) for a in names for b in names if b.startswith(a + "/")]
    assert list(files) == sorted(files)


@pytest.mark.parametrize(
    ("first", "second", "reason"),
    [
        ("a.yaml", "a.yaml", "generated twice"),
        ("a.yaml", "A.yaml", "upper and lower case"),
        ("straße", "STRASSE", "upper and lower case"),
        ("Team/a", "team/b", "upper and lower case"),
        ("a", "a/b", "file and a folder"),
        ("a/b/c", "a/b", "file and a folder"),
        ("a/b", "A", "upper and lower case"),
    ],
)
def test_a_clash_names_both_and_adds_nothing(first: str, second: str, reason: str) -> None:
    files = FileSet([GeneratedFile(first, b"1")])
    with pytest.raises(PathClash, match=reason) as caught:
        files.add(GeneratedFile(second, b"2"))
    assert caught.value.path == second
    assert first.startswith(caught.value.other)
    assert dict(files) == {first: GeneratedFile(first, b"1")}


def test_sets_merge_and_move_and_stay_sorted() -> None:
    one, two = FileSet(), FileSet()
    one.add_text("z.yaml", "ä\r\n")
    two.add_text("a.yaml", "x", [Origin("kind", "design.mlsd", 3, 5)])
    whole = one.under("prod/kubernetes")
    whole.merge(two.under("dev"))
    assert list(whole) == ["dev/a.yaml", "prod/kubernetes/z.yaml"]
    assert whole["prod/kubernetes/z.yaml"].content == "ä\r\n".encode()
    assert whole["dev/a.yaml"].source_map == two["a.yaml"].source_map
    assert list(one) == ["z.yaml"]
    with pytest.raises(PathClash):
        whole.merge(two.under("dev"))
    with pytest.raises(UnsafePath):
        one.under("..")


def test_text_that_utf8_cannot_hold_is_refused() -> None:
    with pytest.raises(UnsafeFile, match="surrogate pair at character 2"):
        FileSet().add_text("a.yaml", "ab\ud800")


def example() -> tuple[FileSet, dict[str, bytes]]:
    files = FileSet()
    origins = [Origin("spec.replicas", "design.mlsd", 12, 5), Origin("kind", "lib/x.mlsd", 1, 1)]
    files.add_text("prod/b.yaml", "kind: B\n", origins)
    files.add_text("prod/a.yaml", "")
    return files, {"lib/x.mlsd": b"x", "design.mlsd": b"system s {}"}


def test_the_manifest_says_what_was_made_from_what() -> None:
    files, inputs = example()
    data = manifest(files, inputs, "1.2.3")

    def entry(content: bytes) -> dict[str, object]:
        return {"sha256": hashlib.sha256(content).hexdigest(), "size": len(content)}

    assert json.loads(data) == {
        "schema_version": 1,
        "mlsdc_version": "1.2.3",
        "inputs": {"design.mlsd": entry(b"system s {}"), "lib/x.mlsd": entry(b"x")},
        "files": {"prod/a.yaml": entry(b""), "prod/b.yaml": entry(b"kind: B\n")},
        "source_map": {
            "prod/b.yaml": {"kind": "lib/x.mlsd:1:1", "spec.replicas": "design.mlsd:12:5"}
        },
    }
    assert data.endswith(b"}\n")
    assert data.isascii()


def test_the_manifest_has_sorted_keys_at_every_depth() -> None:
    def pairs(items: list[tuple[str, object]]) -> dict[str, object]:
        keys = [key for key, _ in items]
        assert keys == sorted(keys)
        return dict(items)

    whole = json.loads(manifest(*example(), "1"), object_pairs_hook=pairs)
    assert len(whole) == 5


def test_strange_names_survive_the_manifest() -> None:
    files = FileSet()
    field = 'metadata.annotations["a\\b\n\u202e]]>"]'
    files.add_text("größe.yaml", "", [Origin(field, "dé\udcff:1.mlsd", 1, 2)])
    data = manifest(files, {'"quoted"': b""}, "1")
    read = json.loads(data)
    assert read["source_map"] == {"größe.yaml": {field: "dé\udcff:1.mlsd:1:2"}}
    assert list(read_manifest(data)) == ["größe.yaml"]


@pytest.mark.parametrize(
    "name", ["/home/me/design.mlsd", "C:\\design.mlsd", "\\\\host\\x", "~/d.mlsd", "file:///d"]
)
def test_no_absolute_path_enters_the_manifest(name: str) -> None:
    with pytest.raises(UnsafePath, match="absolute"):
        manifest(FileSet(), {name: b""}, "1")
    files = FileSet([GeneratedFile("a", b"", (Origin("x", name, 1, 1),))])
    with pytest.raises(UnsafePath, match="absolute"):
        manifest(files, {}, "1")


def test_one_field_has_one_origin() -> None:
    here, there = Origin("kind", "d.mlsd", 1, 1), Origin("kind", "d.mlsd", 2, 1)
    twice = FileSet([GeneratedFile("a", b"", (here, here))])
    assert json.loads(manifest(twice, {}, "1"))["source_map"] == {"a": {"kind": "d.mlsd:1:1"}}
    with pytest.raises(UnsafeFile, match="two origins for the field 'kind'"):
        manifest(FileSet([GeneratedFile("a", b"", (here, there))]), {}, "1")


def test_a_manifest_and_a_journal_read_back() -> None:
    files, inputs = example()
    made = {path: frozenset({Fingerprint.of(file.content)}) for path, file in files.items()}
    assert read_manifest(manifest(files, inputs, "1")) == made
    made["c"] = frozenset({Fingerprint.of(b"old"), Fingerprint.of(b"new")})
    assert read_manifest(journal(made)) == made


ENTRY = '{"sha256": "' + "0" * 64 + '", "size": 1}'
FORGED = {
    b"": "not valid JSON",
    b"\xff\xfe": "not valid JSON",
    b"<<<<<<< HEAD\n{}": "not valid JSON",
    b"[" * 100_000: "not valid JSON",
    b'{"schema_version": ' + b"9" * 10_000 + b"}": "not valid JSON",
    b"[]": "no JSON object",
    b"{}": "schema_version is no number, not 1",
    b'{"schema_version": 2, "files": {}}': "schema_version is '2', not 1",
    b'{"schema_version": 1}': '"files" is no JSON object',
    b'{"schema_version": 1, "files": {"a": 1}}': "entry 'a'",
    b'{"schema_version": 1, "files": {"a": {"sha256": "xyz", "size": 1}}}': "no sha256 and size",
    b'{"schema_version": 1, "files": {"a": {"sha256": null, "size": 1}}}': "no sha256 and size",
    f'{{"schema_version": 1, "files": {{"../a": {ENTRY}}}}}'.encode(): "unsafe file",
    f'{{"schema_version": 1, "files": {{"/etc/passwd": {ENTRY}}}}}'.encode(): "absolute",
    f'{{"schema_version": 1, "files": {{"\\u001b[2J": {ENTRY}}}}}'.encode(): "control",
    f'{{"schema_version": 1, "files": {{".git/HEAD": {ENTRY}}}}}'.encode(): "git",
    f'{{"schema_version": 1, "files": {{"{"x" * 9999}": {ENTRY}}}}}'.encode(): "bytes",
    b" " * (64 * 2**20 + 1): "larger than 64 MiB",
    b"[" + b"[],[]," * 1_000_000 + b"]": "more than 2000000 values",
}


@pytest.mark.parametrize("data", FORGED, ids=[ascii(data[:30]) for data in FORGED])
def test_a_forged_manifest_is_refused_in_plain_words(data: bytes) -> None:
    with pytest.raises(BadManifest) as caught:
        read_manifest(data)
    assert FORGED[data] in str(caught.value)
    assert str(caught.value).isprintable()
    assert len(str(caught.value)) < 300


JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.floats() | st.text(max_size=5) | st.integers(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=8,
)


@given(st.one_of(st.binary(max_size=50), JSON_VALUES.map(lambda value: json.dumps(value).encode())))
def test_any_bytes_give_claims_or_a_reason(data: bytes) -> None:
    try:
        claims = read_manifest(data)
    except BadManifest:
        return
    assert json.loads(data)["files"].keys() == claims.keys()


@given(st.dictionaries(st.text(max_size=8), JSON_VALUES, max_size=3))
def test_any_entries_give_safe_claims_or_a_reason(files: dict[str, object]) -> None:
    try:
        claims = read_manifest(json.dumps({"schema_version": 1, "files": files}).encode())
    except BadManifest:
        return
    for path in claims:
        GeneratedFile(path, b"")


SCRIPT = """
import sys
from mlsdc.targets.files import *
names = {f"n{number}" for number in range(200)}
files = FileSet()
for name in names:
    files.add_text(f"{name}/x.yaml", name, [Origin(f, "d.mlsd", 1, 1) for f in names])
many = {"f": frozenset(Fingerprint.of(name.encode()) for name in names)}
sys.stdout.buffer.write(repr(names).encode() + b"|")
sys.stdout.buffer.write(manifest(files, {n: b"" for n in names}, "1") + journal(many))
"""


def test_hash_order_never_shows() -> None:
    orders, outputs = zip(
        *(
            subprocess.run(
                [sys.executable, "-c", SCRIPT],
                env={"PYTHONHASHSEED": seed},
                capture_output=True,
                check=True,
            ).stdout.split(b"|", 1)
            for seed in ("1", "2")
        ),
        strict=True,
    )
    assert orders[0] != orders[1], "the seeds must give different orders, or nothing is tested"
    assert outputs[0] == outputs[1]
