"""Names for what a program declares: identifiers of Python, identifiers and tags of AWS.

Law: whatever a design calls its components, every name is legal where it stands, and two things
never share one.
"""

from __future__ import annotations

import keyword
import re
from collections.abc import Iterable
from hashlib import sha256

from mlsdc.compiler.bindings import slug

_NO_TAG = re.compile(r"[^A-Za-z0-9 _.:/=+\-@]+")
TAG_LENGTH = 256


def identifiers(keys: Iterable[str], reserved: Iterable[str] = ()) -> dict[str, str]:
    """A Python variable for each key, in the order given: legal, free, and close to the key."""
    taken = set(reserved)
    found: dict[str, str] = {}
    for key in keys:
        name = re.sub(r"[^a-z0-9]+", "_", key.lower()).strip("_") or "x"
        if not name[0].isalpha():
            name = f"x_{name}"
        if keyword.iskeyword(name) or keyword.issoftkeyword(name):
            name = f"{name}_"
        candidate, number = name, 2
        while candidate in taken:
            candidate, number = f"{name}_{number}", number + 1
        taken.add(candidate)
        found[key] = candidate
    return found


def tag_value(text: str) -> str:
    """A text as the value of an AWS tag.

    Source: "Tag naming limits and requirements", AWS Tagging User Guide: letters, digits, spaces
    and `_ . : / = + - @`, at most 256 characters. Others become a hyphen.
    """
    return _NO_TAG.sub("-", text).strip()[:TAG_LENGTH].strip() or "-"


def shortened(name: str, longest: int) -> str:
    """A name of lower-case letters, digits and hyphens, cut to a service's limit by a digest."""
    text = slug(name) if len(name) <= 40 else re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")
    if len(text) <= longest:
        return text
    digest = sha256(name.encode()).hexdigest()[:6]
    return f"{text[: longest - 7].rstrip('-')}-{digest}"


def natural(name: str) -> tuple[tuple[int, int | str], ...]:
    """A sort key under which `subnet_2` comes before `subnet_10`, as import sorters want it."""
    parts = re.split(r"(\d+)", name)
    return tuple((0, int(part)) if part.isdigit() else (1, part) for part in parts if part)
