"""An annotation of a model class in, the JSON Schema of the values it accepts out.

Law: what the model accepts, the schema accepts. A value may always be a parameter's name or an
expression instead, so each kind of literal stands beside the expression; only what can be neither
is refused.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from mlsdc.compiler.model import types as model_types
from mlsdc.compiler.model.part import Field, Refers
from mlsdc.compiler.model.types import SCALARS, Measures, one_or_several
from mlsdc.units import (
    BYTES,
    CURRENCIES,
    DURATION,
    PER,
    QUANTITY_PATTERN,
    UNITS,
    Accelerators,
    Dimension,
    Quantity,
)

Schema = dict[str, Any]
_NUMBER = r"[0-9][0-9_]*(\.[0-9][0-9_]*)?([eE][+-]?[0-9]+)?"
_QUANTITY = QUANTITY_PATTERN.replace("(?:", "(").replace(r"\d", "[0-9]")


def _units(*wanted: Dimension) -> str:
    names = (unit for unit, (_, dimension) in UNITS.items() if dimension in wanted and unit != "%")
    return "|".join(sorted(names, key=lambda name: (-len(name), name)))


_PER = "|".join(sorted(PER, key=lambda name: (-len(name), name)))
_MONEY = "|".join(CURRENCIES)
_UNIT_PATTERNS: dict[str, str] = {
    "duration": f"({_units(DURATION)})",
    "size": f"({_units(BYTES)})",
    "rate": f"/({_PER})",
    "data rate": f"({_units(BYTES)})/({_PER})",
    "token rate": f"tokens?/({_PER})",
}
_EXAMPLES = {"duration": ["20ms", "1h", "45d"], "size": ["16GiB", "600B"],
             "rate": ["1200/s", "2/m"], "data rate": ["5MiB/s"],
             "token rate": ["50tokens/s"]}  # fmt: skip
NAME_PATTERN = r"[A-Za-z_][A-Za-z0-9_]*"
EXPRESSION_PATTERN = rf"([A-Za-z_(\[\-].*|{_QUANTITY}\s+[-+*/]\s.*|{_NUMBER}\s*[*].*)"
"""What begins like an expression: a name, a bracket, a sign, or a number that is worked with."""
_COMPOUND = f"([0-9]+({_units(DURATION)})){{2,}}"
"""`25h50m`"""
_SHARE = r"(100(\.0*)?|[0-9]{1,2}(\.[0-9]+)?)%"
DATA_TYPE_PATTERN = rf"({'|'.join(map(re.escape, SCALARS))})(\[[^\]]+\])?"
EXPRESSION, EXPLICIT = "expression", "explicit"
QUANTITIES = tuple(_UNIT_PATTERNS)


def ref(name: str) -> Schema:
    """A definition, by its name."""
    return {"$ref": f"#/$defs/{name}"}


def _or_expression(*literals: Schema) -> Schema:
    return {"anyOf": [*literals, ref(EXPRESSION)]}


def _only(key: str, description: str) -> Schema:
    """A value that says of which kind it is: `{text: ...}`."""
    return {
        "type": "object",
        "description": description,
        "properties": {key: {"type": ["string", "number", "boolean"]}},
        "required": [key],
        "additionalProperties": False,
    }


def text_of(pattern: str) -> Schema:
    """A text that matches a pattern from end to end."""
    return {"type": "string", "pattern": f"^({pattern})$"}


def unit_pattern(kind: str) -> str:
    """The literals of one kind: a number with one of its units."""
    if kind == "share":
        return _SHARE
    pattern = _NUMBER + _UNIT_PATTERNS[kind]
    return f"({pattern}|{_COMPOUND})" if kind == "duration" else pattern


def value_definitions() -> dict[str, Schema]:
    """The kinds of values, by the name under `$defs`."""
    defs: dict[str, Schema] = {
        EXPRESSION: {
            "description": "A parameter's name or an expression, such as `peak`, `2 * peak`, "
            "`max(a, b)`. A number with a unit alone is none.",
            "anyOf": [text_of(EXPRESSION_PATTERN), ref(EXPLICIT)],
        },
        EXPLICIT: _only("expression", "An expression that says of itself that it is one."),
        "text": {"anyOf": [{"type": "string"}, _only("text", "A text."), ref(EXPLICIT)]},
        "image": {
            "anyOf": [
                text_of(r"[a-z0-9][A-Za-z0-9_./:@-]*[:@][A-Za-z0-9_.:-]+"),
                text_of(NAME_PATTERN),
                _only("text", "A container image."),
                ref(EXPLICIT),
            ],
            "examples": ["registry.example.com/fraud/scorer:1.4.2"],
        },
        "name": {
            "anyOf": [
                text_of(rf"{NAME_PATTERN}(\.{NAME_PATTERN})*"),
                text_of(r".*[(\[].*"),
                ref(EXPLICIT),
            ]
        },
        "scalar": {"type": ["string", "number", "boolean", "array", "object"]},
    }
    for name in _UNIT_PATTERNS:
        literal = {**text_of(unit_pattern(name)), "format": name.replace(" ", "-")}
        defs[_key(name)] = {**_or_expression(literal), "examples": _EXAMPLES[name]}
    defs["share"] = {
        **_or_expression(
            {**text_of(_SHARE), "format": "share"},
            {"type": "number", "minimum": 0, "maximum": 1},
        ),
        "examples": ["80%", 0.8],
    }
    defs["money"] = {
        **_or_expression({**text_of(f"{_NUMBER}({_MONEY})(/({_PER}))?"), "format": "money"}),
        "examples": ["300EUR/month"],
    }
    defs["count"] = _or_expression({"type": "integer", "minimum": 0}, text_of("[0-9][0-9_]*"))
    defs["positive"] = _or_expression({"type": "integer", "minimum": 1}, text_of("0*[1-9][0-9_]*"))
    defs["number"] = _or_expression({"type": "number"}, text_of(f"-?{_NUMBER}"))
    defs["cores"] = {
        **_or_expression(
            {"type": "number", "exclusiveMinimum": 0}, text_of(rf"{_NUMBER}(cores?)?")
        ),
        "examples": [4, "4cores"],
    }
    defs["accelerators"] = {
        **_or_expression(text_of("[0-9]+ x [A-Za-z][A-Za-z0-9_-]*")),
        "examples": ["2 x l4"],
    }
    defs["quantity"] = _or_expression({"type": "number"}, text_of(f"-?{_QUANTITY}"))
    defs["truth"] = _or_expression({"type": "boolean"})
    defs["dataType"] = {
        **text_of(DATA_TYPE_PATTERN),
        "examples": ["float64", "float32[128]"],
    }
    return defs


def _key(name: str) -> str:
    first, *rest = name.split(" ")
    return first + "".join(word.capitalize() for word in rest)


_BY_VALIDATOR: Mapping[object, str] = {
    mark.func: name
    for name, kind in (
        ("share", model_types.Share), ("money", model_types.Money), ("count", model_types.Count),
        ("positive", model_types.Positive), ("number", model_types.Large),
        ("count", model_types.Retries), ("positive", model_types.Repeats),
        ("replicas", model_types.Replicas),
        ("cores", model_types.Cores), ("accelerators", model_types.Gpus),
        ("text", model_types.Text), ("image", model_types.Image), ("dataType", model_types.Type),
        ("name", model_types.Name), ("names", model_types.Names),
    )
    for mark in get_args(kind)[1:]
}  # fmt: skip
_PLAIN: Mapping[object, str] = {
    bool: "truth", int: "count", float: "number", str: "text", Quantity: "quantity",
    Accelerators: "accelerators",
}  # fmt: skip


def value_schema(field: Field) -> Schema:
    """The values of a field that holds no block, with a default's place left free."""
    marks = list(field.info.metadata)
    return union(_alternatives(field.info.annotation, marks, field.refers))


def union(alternatives: list[Schema]) -> Schema:
    """One of several schemas; the only one where there is one."""
    distinct: list[Schema] = []
    for each in alternatives:
        if each not in distinct:
            distinct.append(each)
    return distinct[0] if len(distinct) == 1 else {"anyOf": distinct}


def _alternatives(annotation: Any, marks: list[Any], refers: Refers | None) -> list[Schema]:
    for mark in marks:
        found = _marked(mark, refers)
        if found is not None:
            return found
    origin, inner = get_origin(annotation), get_args(annotation)
    if any(getattr(mark, "func", None) is one_or_several for mark in marks):
        return [*_alternatives(inner[0], [], refers), *_alternatives(annotation, [], refers)]
    if origin is Annotated:
        return _alternatives(inner[0], list(inner[1:]), refers)
    if origin in (Union, UnionType):
        kinds = [kind for kind in inner if kind is not type(None)]
        return [each for kind in kinds for each in _alternatives(kind, [], refers)]
    if origin is Literal:
        return [{"enum": list(inner)}, ref(EXPLICIT)]
    if origin in (tuple, list):
        items = union(_alternatives(inner[0], [], refers))
        return [{"type": "array", "items": items}, ref(EXPRESSION)]
    if annotation is Any:
        return [ref("scalar")]
    return [ref(_PLAIN.get(annotation, "scalar"))]


def _marked(mark: object, refers: Refers | None) -> list[Schema] | None:
    if isinstance(mark, Measures):
        return [ref(_key(mark.name))]
    name = _BY_VALIDATOR.get(getattr(mark, "func", None))
    if name == "replicas":
        return [{"const": "auto"}, ref("positive")]
    if name == "names":
        return [ref("name"), {"type": "array", "items": ref("name")}]
    if name == "text" and refers is not None:
        return [ref("name")]
    return None if name is None else [ref(name)]
