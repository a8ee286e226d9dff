"""A field in, the line that gives it a value out, as it is written where it stands.

`times` of a call is a word with its value behind it, the share of a branch stands right after
`branch`, the limit of an objective after its comparison; all else is `name = value`.
"""

from __future__ import annotations

from typing import cast

from mlsdc.compiler.model.part import clause_classes
from mlsdc.compiler.model.request import Objective
from mlsdc.compiler.raw import Raw

_USUAL = {"availability": "99.9%", "errors": "0.1%"}


def written_name(raw: Raw, name: str) -> str:
    """What the design calls a field; empty where its value stands without a name."""
    if raw.cls is Objective:
        return _measure(raw) if name == "limit" else ""
    if name == raw.cls.choice:
        return ""
    return _word(raw) or name if name in raw.cls.positional else name


def what_stands(raw: Raw) -> str:
    """What a value without a name is: `platform`, `drift`, an `objective`."""
    return raw.cls.__name__.lower()


def line_to_type(raw: Raw, name: str, value: str) -> str:
    """The line, or the words of a line, that give a field this value."""
    if raw.cls is Objective and name == "limit":
        measure = _measure(raw)
        return f"{measure} {raw.entries['operator'].content} {_USUAL.get(measure, value)}"
    word = _word(raw)
    if not word:
        return f"{name} = {value}"
    if name in raw.cls.positional:
        return f"{word} {value}"
    noise = cast("dict[str, str]", getattr(raw.cls, "noise", {})).get(name)
    return f"{name} {noise} {value}" if noise else f"{name} {value}"


def _measure(raw: Raw) -> str:
    return str(raw.entries["measure"].content)


def _word(raw: Raw) -> str:
    """The word that statements of this kind open with; empty where they have none."""
    return next((word for word, cls in clause_classes().items() if cls is raw.cls), "")
