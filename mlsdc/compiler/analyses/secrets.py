"""Texts of a design in, those that are secrets out.

Told by the form that issuers give their tokens, by the name of the field, or by a password inside
an address. Sources: GitHub, Secret scanning patterns; gitleaks, default rules.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any, Literal, cast, get_args, get_origin

from mlsdc.compiler.design import Design
from mlsdc.compiler.model.component import Component
from mlsdc.compiler.model.part import Part, shape
from mlsdc.compiler.schedule import analysis
from mlsdc.units import Quantity

_FORMS = {
    "an AWS access key": r"\b(?:AKIA|ASIA)[0-9A-Z]{16}\b",
    "a GitHub token": r"\bgh[pousr]_[A-Za-z0-9]{36,}",
    "a GitLab token": r"\bglpat-[A-Za-z0-9_-]{20,}",
    "a Slack token": r"\bxox[abprs]-[A-Za-z0-9-]{10,}",
    "the address of a Slack webhook": r"hooks\.slack\.com/services/\w+/\w+/\w+",
    "a Google API key": r"\bAIza[0-9A-Za-z_-]{35}",
    "a Hugging Face token": r"\bhf_[A-Za-z0-9]{30,}",
    "an API key": r"\bsk-[A-Za-z0-9_-]{20,}",
    "a private key": r"-----BEGIN [A-Z ]*PRIVATE KEY-----",
    "a signed token": r"\beyJ[A-Za-z0-9_-]{10,}\.eyJ[A-Za-z0-9_-]{10,}\.",
    "an address with a password": r"\b[a-z][a-z0-9+.-]{0,15}://[^\s:/@]{0,64}:[^\s/@]{1,256}@",
}
_ANY = re.compile("|".join(f"(?P<f{at}>{form})" for at, form in enumerate(_FORMS.values())))
_NAMES = re.compile(
    r"(?:^|[_.-])(?:password|passwd|pwd|passphrase|secret|token|api_?key|access_?key|secret_?key"
    r"|private_?key|credentials?|connection_?string)$",
    re.IGNORECASE,
)
_NO_TEXT = frozenset((bool, int, float, Quantity))
_ELSEWHERE = re.compile(
    r"^(?:arn:|projects/[^/]+/secrets/|vault:|secret:|https://[^/]+\.vault\.azure\.net/|/)"
)
"""A name under which a secret store or a mounted file holds the value."""


@dataclass(frozen=True)
class Secret:
    """A secret in plain text; the text itself is kept out of every message."""

    holder: str
    """A component, `system`, or `environment NAME`."""
    path: tuple[str | int, ...]
    """The field that holds it."""
    what: str
    """`a GitHub token`, `a password`."""

    @property
    def field(self) -> str:
        """The field in words: `existing.password`."""
        return ".".join(str(part) for part in self.path)


@dataclass(frozen=True)
class Secrets:
    """Every secret that stands in the design."""

    found: tuple[Secret, ...] = ()


@analysis
def secrets(design: Design) -> Secrets:
    """Look through every text of the design."""
    holders: dict[str, Component] = {
        **design.components,
        f"environment {design.environment.name}": design.environment,
        "system": design.system,
    }
    return Secrets(tuple(found for name, one in holders.items() for found in _of(name, one)))


def _of(holder: str, component: Component) -> Iterator[Secret]:
    for path, text in _texts(component, ()):
        what = kind(str(path[-1]) if path else "", text)
        if what:
            yield Secret(holder, path, what)


def kind(name: str, text: str) -> str:
    """What secret a text is, by its form or by the name of its field; empty where it is none."""
    formed = _form(text)
    if formed:
        return formed
    named = _NAMES.search(name)
    if named is None or not text.strip() or _ELSEWHERE.match(text):
        return ""
    word = named[0].lstrip("_.-").lower().replace("_", " ")
    return f"{'an' if word[0] in 'aeiou' else 'a'} {word}"


@lru_cache(maxsize=4096)
def _form(text: str) -> str:
    """What a text is by its form; most texts of a design are a few words again and again."""
    match = _ANY.search(text)
    return "" if match is None else list(_FORMS)[int((match.lastgroup or "f0")[1:])]


def _texts(value: Any, path: tuple[str | int, ...]) -> Iterator[tuple[tuple[str | int, ...], str]]:
    """Every text inside a value, with the way to it."""
    if isinstance(value, str):
        yield path, value
        return
    for key, inner in _inside(value):
        if isinstance(inner, str):
            yield (*path, key), inner
        elif inner is not None and type(inner) not in _NO_TEXT:
            yield from _texts(inner, (*path, key))


def _inside(value: Any) -> Iterable[tuple[str | int, Any]]:
    """What a value holds, by field, key or place."""
    kind = cast("type[Any]", type(value))
    if kind is tuple or kind is list:
        return enumerate(cast("tuple[Any, ...]", value))
    if kind is dict:
        return ((str(key), inner) for key, inner in value.items())
    if Part in kind.__mro__:  # an `isinstance` of a pydantic class costs ten times as much
        names = _fields(kind)
        held = cast("Part", value).__dict__
        return ((key, held[name]) for name, key in names.items())
    return ()


@cache
def _fields(cls: type[Part]) -> dict[str, str]:
    """The fields of a class that may hold a text, as a design writes them, by their attribute.

    Names of components and words of a fixed list are no texts of the author's own.
    """
    return {
        field.attribute: field.name
        for field in shape(cls).fields.values()
        if field.refers is None and not _is_listed(field.info.annotation)
    }


def _is_listed(annotation: Any) -> bool:
    """Whether only words of a fixed list fit: `Literal[...]`, or that or nothing."""
    kinds = {get_origin(one) for one in get_args(annotation) if one is not type(None)}
    return get_origin(annotation) is Literal or kinds == {Literal}
