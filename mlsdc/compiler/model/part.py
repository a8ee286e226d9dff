"""The base of everything a design can say, and how statements become fields.

A pydantic class is the only declaration of a block: the language, YAML, the schema, completion and
the reference page all derive from it. Markers in `Annotated` tell which statement shape fills a
field: members (`name: type`), objectives (`p99 <= 50ms`) or clauses (`call score timeout 20ms`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Annotated, Any, ClassVar, TypeVar, Union, get_args, get_origin

from pydantic import BaseModel, ConfigDict
from pydantic.fields import FieldInfo


class Part(BaseModel):
    """A block of fields."""

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        arbitrary_types_allowed=True,
        validate_by_alias=True,
        validate_by_name=True,
        defer_build=True,
    )

    choice: ClassVar[str | None] = None
    """The field filled by the value itself: `psi` in `drift = psi { warn = 0.1 }`."""
    positional: ClassVar[tuple[str, ...]] = ()
    """The fields filled by the words behind a clause's head: `score` in `call score`."""
    noise: ClassVar[Mapping[str, str]] = {}
    """Words that only read well: {"hedge": "at"} for `hedge at 30ms`."""


@dataclass(frozen=True)
class Refers:
    """A field that names another component.

    `roles` are those it may name; `verb` is what joins the two; `inward` reverses the edge, where
    the other component acts on this one.
    """

    roles: tuple[str, ...]
    verb: str
    inward: bool = False


@dataclass(frozen=True)
class Members:
    """A field filled by `name: type` members, or by those behind one qualifier word."""

    qualifier: str = ""


@dataclass(frozen=True)
class Objectives:
    """A field filled by comparisons."""


@dataclass(frozen=True)
class Clauses:
    """A field filled, in order, by statements that open with one of these words."""

    words: tuple[str, ...]


@dataclass(frozen=True)
class Definition:
    """A field that receives an expression unevaluated, as its tree."""


@dataclass(frozen=True)
class Foreign:
    """A field that holds a text in another language, where checks point at places in it."""


@dataclass(frozen=True)
class FreeForm:
    """A block whose keys are not known beforehand."""


def refers(*roles: str, verb: str, inward: bool = False) -> Refers:
    """A reference to a component of one of these roles."""
    return Refers(roles, verb, inward)


def clause_classes() -> dict[str, type[Part]]:
    """The clause vocabulary: head word to class. Filled by `clause` at import."""
    return _CLAUSES


P = TypeVar("P", bound=Part)
_CLAUSES: dict[str, type[Part]] = {}


def clause(word: str) -> Callable[[type[P]], type[P]]:
    """Register a Part as the meaning of statements that open with `word`."""

    def register(cls: type[P]) -> type[P]:
        _CLAUSES[word] = cls
        return cls

    return register


@dataclass(frozen=True)
class Field:
    """What the reader has to know of one field."""

    name: str
    """The key as written in a design (the alias, where there is one)."""
    attribute: str
    """The attribute that holds it, which differs from the key where the key has an alias."""
    info: FieldInfo
    part: type[Part] | None
    """The Part class when the field holds one (or a list or mapping of them)."""
    many: bool
    refers: Refers | None
    members: Members | None
    clauses: Clauses | None
    objectives: bool
    definition: bool
    free_form: bool
    foreign: bool


@dataclass(frozen=True)
class Shape:
    """How the statements of a block map to the fields of its class."""

    fields: Mapping[str, Field]
    members: Mapping[str, Field]
    """Qualifier (empty for plain members) to field."""
    clauses: Mapping[str, Field]
    objectives: Field | None


@cache
def shape(cls: type[Part]) -> Shape:
    """The shape of a Part class."""
    fields: dict[str, Field] = {}
    for name, info in cls.model_fields.items():
        made = _field(name, info)
        fields[made.name] = made
    return Shape(
        fields=fields,
        members={f.members.qualifier: f for f in fields.values() if f.members},
        clauses={word: f for f in fields.values() if f.clauses for word in f.clauses.words},
        objectives=next((f for f in fields.values() if f.objectives), None),
    )


def _field(attribute: str, info: FieldInfo) -> Field:
    marks = [*info.metadata, *_inner_marks(info.annotation)]

    def mark(kind: type[Any]) -> Any:
        return next((m for m in marks if isinstance(m, kind)), None)

    part, many = _part(info.annotation)
    return Field(
        name=info.alias or attribute,
        attribute=attribute,
        info=info,
        part=part,
        many=many,
        refers=mark(Refers),
        members=mark(Members),
        clauses=mark(Clauses),
        objectives=mark(Objectives) is not None,
        definition=mark(Definition) is not None,
        free_form=mark(FreeForm) is not None,
        foreign=mark(Foreign) is not None,
    )


def _inner_marks(annotation: Any) -> list[Any]:
    """The marks inside `tuple[Annotated[...], ...]` and `Annotated[...] | None`."""
    found: list[Any] = []
    if get_origin(annotation) is Annotated:
        found += get_args(annotation)[1:]
    for inner in get_args(annotation):
        found += _inner_marks(inner)
    return found


def _part(annotation: Any, many: bool = False) -> tuple[type[Part] | None, bool]:
    if isinstance(annotation, type) and issubclass(annotation, Part):
        return annotation, many
    origin = get_origin(annotation)
    inside = many or (origin not in (Annotated, Union, None) and str(origin) != "types.UnionType")
    if "UnionType" in str(origin):
        inside = many
    for inner in get_args(annotation):
        if inner is Ellipsis:
            continue
        part, is_many = _part(inner, inside)
        if part is not None:
            return part, is_many
    return None, many
