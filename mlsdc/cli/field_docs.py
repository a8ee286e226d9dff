"""A block's class in, its fields as people read them out: name, type, default, meaning.

Everything derives from the class: annotations give the type, the text below a field its meaning.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from inspect import cleandoc, getsource
from types import UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from mlsdc.compiler.model import types as model_types
from mlsdc.compiler.model.component import Component
from mlsdc.compiler.model.part import Field, Part, shape
from mlsdc.compiler.model.types import Measures
from mlsdc.units import Accelerators, Quantity, show

COMMON = ("owner", "existing")
"""What every component has; it is listed last."""
_PLAIN = {int: "whole number", float: "number", str: "text", bool: "true or false",
          Any: "value", Accelerators: "accelerators"}  # fmt: skip
_WORDS: tuple[tuple[Any, str], ...] = (
    (model_types.Share, "share, such as 80%"),
    (model_types.Money, "money, such as 300EUR/month"),
    (model_types.Count, "whole number from 0"),
    (model_types.Positive, "whole number from 1"),
    (model_types.Repeats, "whole number from 1 to 10,000"),
    (model_types.Retries, "whole number to 20"),
    (model_types.Large, "whole number from 1, such as 70.6e9"),
    (model_types.Replicas, "whole number from 1, or auto"),
    (model_types.Cores, "cores, such as 4"),
    (model_types.Gpus, "accelerators, such as 2 x l4"),
    (model_types.Text, "text"),
    (model_types.Image, "container image with tag or digest"),
    (model_types.Type, "data type, such as float64"),
)
"""What the field types accept, in words."""
_WORDED: dict[object, str] = {
    mark.func: words for kind, words in _WORDS for mark in get_args(kind)[1:]
}


@dataclass(frozen=True, slots=True)
class FieldDoc:
    """One field of a block.

    `name` is what stands in a design: a key, or the shape of the statements that fill the field.
    `default` is empty where the field may be left out without any; `inner` is the class of the
    block or member, `clauses` are the words that open its statements.
    """

    name: str
    type: str
    default: str
    required: bool
    text: str
    inner: type[Part] | None = None
    clauses: tuple[str, ...] = ()


def written_fields(cls: type[Part]) -> list[Field]:
    """The fields that a design writes as such, those common to all components last.

    The name and title of a component stand in its header, and a choice is the value itself.
    """
    header = ("name", "title") if issubclass(cls, Component) else ()
    every = sorted(shape(cls).fields.values(), key=lambda field: field.name in COMMON)
    return [field for field in every if field.name not in (*header, cls.choice)]


def field_docs(cls: type[Part]) -> Iterator[FieldDoc]:
    """The fields of a block that a design can write, the block's own first."""
    texts = _texts(cls)
    infos = {info.alias or name: (name, info) for name, info in cls.model_fields.items()}
    for field in written_fields(cls):
        attribute, info = infos[field.name]
        yield FieldDoc(
            name=_name(field),
            type=_type(field),
            default=_default(info),
            required=info.is_required(),
            text=info.description or texts.get(attribute, ""),
            inner=None if field.clauses or field.objectives or field.free_form else field.part,
            clauses=field.clauses.words if field.clauses else (),
        )


def _name(field: Field) -> str:
    if field.clauses:
        return " | ".join(field.clauses.words)
    if field.objectives:
        return "p99 <= 50ms"
    if field.members:
        return f"{field.members.qualifier} name: type".strip()
    return "= ..." if field.definition else field.name


def _type(field: Field) -> str:
    if field.clauses:
        return "statements, in order"
    if field.objectives:
        return "objectives"
    if field.members:
        return "one or several"
    if field.refers is not None:
        named = " or ".join(field.refers.roles)
        many = _is_many(field.info.annotation)
        return f"one or several: {named}" if many else f"name of: {named}"
    if field.free_form:
        return "block of any fields" if field.part else "value, or a block of any fields"
    if field.definition:
        return "expression"
    if field.part is not None:
        if not field.part.choice:
            return "block"
        words = _words(field.part.model_fields[field.part.choice].annotation)
        return f"{words} {{ ... }}"
    marks = [mark for mark in field.info.metadata if not isinstance(mark, str)]
    return _marked(marks) or _words(field.info.annotation)


def _is_many(annotation: Any) -> bool:
    return get_origin(annotation) in (tuple, list) or any(
        _is_many(inner) for inner in get_args(annotation)
    )


def _words(annotation: Any) -> str:
    """An annotation in words."""
    origin = get_origin(annotation)
    if origin is Annotated:
        inner, *marks = get_args(annotation)
        return _marked(marks) or _words(inner)
    if origin is Literal:
        return " | ".join(map(str, get_args(annotation)))
    if origin in (Union, UnionType):
        inner = [a for a in get_args(annotation) if a is not type(None)]
        return " or ".join(dict.fromkeys(map(_words, inner)))
    if origin in (tuple, list):
        return f"list of {_words(get_args(annotation)[0])}"
    if origin is dict:
        return "block of any fields"
    return _PLAIN.get(annotation, str(getattr(annotation, "__name__", annotation)))


def _marked(marks: list[Any]) -> str:
    for mark in marks:
        if isinstance(mark, Measures):
            return f"{mark.name}, such as {mark.example}"
        worded = _WORDED.get(getattr(mark, "func", None))
        if worded:
            return worded
    return ""


def _default(info: FieldInfo) -> str:
    value: object = info.get_default(call_default_factory=False)
    if value is PydanticUndefined or value is None or value in ((), {}, ""):
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, Quantity):
        return show(value)
    if isinstance(value, Part):
        return str(getattr(value, value.choice or "", "")) if value.choice else ""
    if isinstance(value, str):
        return value if value.isidentifier() else f'"{value}"'
    return str(value)


def _texts(cls: type[Part]) -> dict[str, str]:
    """The texts below the fields, those of the class itself before those it inherits."""
    found: dict[str, str] = {}
    for base in cls.__mro__:
        if issubclass(base, Part):
            for name, text in class_texts(base.__module__).get(base.__qualname__, {}).items():
                found.setdefault(name, text)
    return found


@cache
def class_texts(module: str) -> Mapping[str, Mapping[str, str]]:
    """Class to field to text, for all classes of a module; empty where its source is not there."""
    try:
        tree = ast.parse(getsource(import_module(module)))
    except (OSError, SyntaxError):
        return {}
    return {
        node.name: dict(_field_texts(node)) for node in tree.body if isinstance(node, ast.ClassDef)
    }


def _field_texts(node: ast.ClassDef) -> Iterator[tuple[str, str]]:
    for above, below in zip(node.body, node.body[1:], strict=False):
        if isinstance(above, ast.AnnAssign) and isinstance(above.target, ast.Name):
            value = below.value if isinstance(below, ast.Expr) else None
            if isinstance(value, ast.Constant) and isinstance(value.value, str):
                yield above.target.id, " ".join(cleandoc(value.value).split())
