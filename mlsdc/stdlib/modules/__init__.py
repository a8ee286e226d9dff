"""Modules that come with mlsdc: `import "std:serving"` joins `serving.mlsd` to a design."""

from __future__ import annotations

from importlib.resources import files

from mlsdc.compiler import composition_rules
from mlsdc.diagnostics import Diagnostic, Source, Span, nearest

PREFIX = "std:"
_SUFFIX = ".mlsd"


def module_names() -> tuple[str, ...]:
    """The names of all modules."""
    found = (entry.name for entry in files(__name__).iterdir())
    return tuple(sorted(n.removesuffix(_SUFFIX) for n in found if n.endswith(_SUFFIX)))


def load_module(target: str, place: Span) -> Source | Diagnostic:
    """The module of a name such as `std:serving`; a finding at the import where there is none."""
    name, known = target.removeprefix(PREFIX), module_names()
    if name in known:
        text = files(__name__).joinpath(name + _SUFFIX).read_text("utf-8")
        return Source(f"{PREFIX}{name}", text)
    near = nearest(name, known)
    listed = ", ".join(f"{PREFIX}{each}" for each in known)
    return composition_rules.IMPORT_MISSING.at(
        place,
        f"mlsdc has no module `{target}`",
        help=f"did you mean `{PREFIX}{near}`?" if near else f"modules: {listed}",
    )


def load_modules_only(importing: str, target: str, place: Span) -> Source | Diagnostic:
    """What can be imported where there are no files: modules."""
    del importing
    if target.startswith(PREFIX):
        return load_module(target, place)
    return composition_rules.IMPORT_MISSING.at(
        place,
        f"`{target}` cannot be read: this design stands in no file",
        help=f'import "{PREFIX}..."',
    )
