"""What a design imports from files: found, judged and read.

Laws: nothing outside the project is read unless its policy opens the folder; links are followed
before that is judged; whatever goes wrong is a finding at the import, which names no path that the
design does not name itself.
"""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Sequence
from dataclasses import dataclass, field
from hashlib import sha256

from mlsdc.cli.inputs import LARGEST, STDIN, Inputs
from mlsdc.cli.lock_file import Lock
from mlsdc.cli.policy_file import Ruling, project_root
from mlsdc.compiler import composition_rules
from mlsdc.diagnostics import Diagnostic, Rule, Source, Span, nearest
from mlsdc.stdlib.modules import PREFIX, load_module

_ELSEWHERE = re.compile(r"^(?:[A-Za-z][A-Za-z0-9+.-]*:|~|[/\\])")
_READ = (".mlsd", ".yaml", ".yml")


@dataclass
class Imports:
    """Loads what the files of one design import.

    `outside` is what came from outside the project: its name in the lock file, and its digest.
    """

    inputs: Inputs
    root: str
    folders: Sequence[str] = ()
    lock: Lock = field(default_factory=lambda: Lock())
    outside: dict[str, str] = field(default_factory=dict[str, str])
    _paths: dict[str, str] = field(default_factory=dict[str, str])
    _known: dict[str, Source] = field(default_factory=dict[str, Source])

    def __post_init__(self) -> None:
        for source in self.inputs.sources:
            if source.file != STDIN:
                path = os.path.abspath(self.inputs.names[source.file])
                self._paths[source.file] = path
                self._known[os.path.realpath(path)] = source

    def __call__(self, importing: str, target: str, place: Span) -> Source | Diagnostic:
        """The text that an import names, or what is wrong with it."""
        if target.startswith(PREFIX):
            return self._module(target, place)
        if importing.startswith(PREFIX):
            return _missing(place, f"a module of mlsdc cannot import the file `{target}`")
        if _ELSEWHERE.match(target) or "\0" in target or "\\" in target:
            return composition_rules.IMPORT_OUTSIDE.at(
                place,
                f"`{_shown(target)}` is not a path below the project",
                help='import "./features.mlsd", relative to this file, with `/` between folders',
            )
        folder = os.path.dirname(self._paths.get(importing, os.path.join(os.getcwd(), "x")))
        path = os.path.normpath(os.path.join(folder, target))
        real = os.path.realpath(path)
        if real in self._known:
            return self._known[real]
        shared = not _below(real, self.root)
        if shared and not any(_below(real, folder) for folder in self.folders):
            linked = path != real and _below(path, self.root)
            return _leaves(place, target, os.path.relpath(real, self.root) if linked else "")
        return self._file(importing, target, path, real, shared, place)

    def _module(self, target: str, place: Span) -> Source | Diagnostic:
        found = load_module(target, place)
        if isinstance(found, Diagnostic):
            return found
        if target not in self.inputs.contents:
            content = found.text.encode()
            self._take(found, target, content)
            wrong = self._judge(target, content, place, required=self.lock.exists)
            if wrong is not None:
                return wrong
        return found

    def _file(
        self, importing: str, target: str, path: str, real: str, shared: bool, place: Span
    ) -> Source | Diagnostic:
        content = _content(real, path, target, place)
        if isinstance(content, Diagnostic):
            return content
        text = _text(content, target, place)
        if isinstance(text, Diagnostic):
            return text
        if shared:
            name = os.path.relpath(real, self.root).replace(os.sep, "/")
            wrong = self._judge(name, content, place, required=True)
            if wrong is not None:
                return wrong
        here = "" if importing == STDIN else importing
        name = os.path.normpath(os.path.join(os.path.dirname(here), target)).replace(os.sep, "/")
        typed = os.path.dirname(self.inputs.names.get(importing, "")) if here else ""
        found = Source(name, text)
        self._take(found, os.path.normpath(os.path.join(typed, target)), content)
        self._paths[name] = path
        self._known[real] = found
        return found

    def _take(self, source: Source, typed: str, content: bytes) -> None:
        self.inputs.sources.append(source)
        self.inputs.names[source.file] = typed
        self.inputs.contents[source.file] = content

    def _judge(self, name: str, content: bytes, place: Span, required: bool) -> Diagnostic | None:
        digest = sha256(content).hexdigest()
        self.outside[name] = digest
        return self.lock.judge(name, digest, place, required)


def imports_for(inputs: Inputs, designs: Sequence[str], ruling: Ruling) -> Imports:
    """The loader for a design: its project, the folders its policy opens, and its lock file."""
    root = project_root(designs)
    base = os.path.dirname(os.path.abspath(ruling.source.file)) if ruling.source else root
    folders = [os.path.realpath(os.path.join(base, f)) for f in ruling.policy.import_folders]
    return Imports(inputs, root, folders, Lock.read(root))


def _below(path: str, folder: str) -> bool:
    return path == folder or path.startswith(folder.rstrip(os.sep) + os.sep)


def _shown(target: str) -> str:
    return target if len(target) <= 80 else target[:77] + "..."


def _missing(place: Span, message: str, help: str = "", rule: Rule | None = None) -> Diagnostic:
    return (rule or composition_rules.IMPORT_MISSING).at(place, message, help=help)


def _leaves(place: Span, target: str, linked: str) -> Diagnostic:
    how = "is a link that leads out of the project" if linked else "lies outside the project"
    folder = os.path.dirname(linked or target).replace(os.sep, "/") or "../platform"
    return composition_rules.IMPORT_OUTSIDE.at(
        place,
        f"`{_shown(target)}` {how}",
        help=f'open its folder in mlsdc.toml: [imports] folders = ["{folder}"]; '
        "then fix what is read there: mlsdc lock DESIGN",
    )


def _content(real: str, path: str, target: str, place: Span) -> bytes | Diagnostic:
    """The bytes of a file; never of anything else."""
    try:
        if not stat.S_ISREG(os.stat(real).st_mode):
            kind = "a folder" if os.path.isdir(real) else "not a file"
            return _missing(place, f"`{_shown(target)}` is {kind}", f'import "{target}/....mlsd"')
        with open(real, "rb") as file:
            content = file.read(LARGEST + 1)
    except FileNotFoundError:
        return _missing(place, f"there is no file `{_shown(target)}`", _neighbour(path, target))
    except (OSError, ValueError) as error:
        reason = (error.strerror if isinstance(error, OSError) else None) or "no file has this name"
        return _missing(place, f"`{_shown(target)}` cannot be read: {reason.lower()}")
    if len(content) > LARGEST:
        return _missing(
            place,
            f"`{_shown(target)}` is larger than {LARGEST >> 20} MiB, the most one file may hold",
            "split it into several files",
        )
    return content


def _text(content: bytes, target: str, place: Span) -> str | Diagnostic:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        return _missing(
            place,
            f"`{_shown(target)}` is not UTF-8 text: byte {error.start} cannot be part of it",
            "save it as UTF-8",
        )
    if "\0" in text:
        return _missing(place, f"`{_shown(target)}` is not text: it holds a NUL byte")
    return text


def _neighbour(path: str, target: str) -> str:
    folder, wanted = os.path.split(path)
    try:
        found = nearest(wanted, [n for n in os.listdir(folder) if n.endswith(_READ)])
    except OSError:
        return f"there is no folder `{_shown(os.path.dirname(target))}` either"
    return f'import "{os.path.join(os.path.dirname(target), found)}"' if found else ""
