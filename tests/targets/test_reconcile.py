"""Deciding without a disk: what a file system that ignores case (macOS, Windows) would show."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from mlsdc.targets.files import MANIFEST, FileSet, Fingerprint, folded, manifest
from mlsdc.targets.reconcile import Claims, Entry, Sort, make_plan


class FolderWithoutCase:
    """Holds files, and finds them under any spelling."""

    def __init__(self, files: dict[str, bytes]) -> None:
        self.files = {folded(path): content for path, content in files.items()}

    def entry(self, path: str, sizes: Collection[int] = ()) -> Entry:
        content = self.files.get(folded(path))
        if content is not None:
            return Entry(Sort.FILE, Fingerprint.of(content), (1,))
        inside = any(each.startswith(folded(path) + "/") for each in self.files)
        return Entry(Sort.FOLDER if inside else Sort.ABSENT)

    def below(self, path: str) -> Iterator[tuple[str, Entry]]:
        for each in self.files:
            if each.startswith(folded(path) + "/"):
                yield each, self.entry(each)


def planned_rename(old: str, new: str, content: bytes, new_content: bytes) -> tuple[object, ...]:
    before = FileSet()
    before.add_text(old, content.decode())
    claims = Claims()
    claims.read(MANIFEST, manifest(before, {}, "1"))
    plan = make_plan({new: Fingerprint.of(new_content)}, claims, FolderWithoutCase({old: content}))
    return list(plan.deletes), list(plan.writes), plan.unchanged, plan.obstacles


def test_a_file_renamed_in_case_only_is_written_again_after_its_deletion() -> None:
    # Taken for unchanged, it would vanish with its old spelling.
    expected = (["Team/A.yaml"], ["team/a.yaml"], [], [])
    assert planned_rename("Team/A.yaml", "team/a.yaml", b"same", b"same") == expected


def test_a_file_renamed_in_case_and_changed_is_not_taken_for_a_persons() -> None:
    expected = (["Team/A.yaml"], ["team/a.yaml"], [], [])
    assert planned_rename("Team/A.yaml", "team/a.yaml", b"old", b"new") == expected
