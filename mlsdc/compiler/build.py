"""Raw fields in, validated model objects out, with the place of every field.

pydantic judges the values; its errors come out as diagnostics at the text that caused them.
"""

from __future__ import annotations

from collections.abc import Collection
from itertools import pairwise
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from mlsdc.compiler import rules
from mlsdc.compiler.model.component import Latency
from mlsdc.compiler.model.part import Part
from mlsdc.compiler.raw import Entry, Raw, describe_class
from mlsdc.compiler.typed_lines import line_to_type, what_stands, written_name
from mlsdc.compiler.values import Symbol, describe, in_words
from mlsdc.diagnostics import Diagnostic, Label, Span, nearest
from mlsdc.units import show

Path = tuple[str | int, ...]
Places = dict[Path, Span]


def build(raw: Raw, said: list[Diagnostic], places: Places, path: Path = ()) -> Part | None:
    """The model object of a raw block, or None where it cannot be one.

    `places` receives the span of every field's value under its path.
    """
    values: dict[str, Any] = {}
    wrong: list[str] = []
    places[path] = raw.span
    for name, entry in raw.entries.items():
        place = (*path, name)
        places[place] = entry.value
        built, whole = _content(entry, said, places, place)
        if whole:
            values[name] = built
        else:
            wrong.append(name)
    try:
        made = raw.cls.model_validate(values)
    except ValidationError as error:
        _report(error, raw, said, wrong)
        return None
    if wrong:
        return None
    if isinstance(made, Latency):
        _order(made, raw, said)
    return made


def _content(entry: Entry, said: list[Diagnostic], places: Places, path: Path) -> tuple[Any, bool]:
    content: Any = entry.content
    if isinstance(content, Raw):
        built = build(content, said, places, path)
        return built, built is not None
    clauses = entry.clauses
    if clauses:
        parts = [build(item, said, places, (*path, at)) for at, item in enumerate(clauses)]
        return tuple(parts), all(part is not None for part in parts)
    members = entry.members
    if members:
        built_members = {
            name: build(item, said, places, (*path, name)) for name, item in members.items()
        }
        return built_members, all(part is not None for part in built_members.values())
    for at, span in enumerate(entry.items):
        places[(*path, at)] = span
    return content, True


def _report(
    error: ValidationError, raw: Raw, said: list[Diagnostic], wrong: Collection[str]
) -> None:
    """Tell of each field once; those that could not be built have been told of."""
    seen: set[str] = set(wrong)
    for detail in error.errors(include_url=False):
        name = str(detail["loc"][0]) if detail["loc"] else ""
        if name in seen or (detail["type"] == "missing" and name in raw.names):
            continue
        seen.add(name)
        said.append(_complaint(detail, name, raw))


def _complaint(detail: ErrorDetails, name: str, raw: Raw) -> Diagnostic:
    if detail["type"] == "missing":
        return rules.MISSING_FIELD.at(
            raw.span,
            f"{describe_class(raw.cls)} needs `{name}`",
            help=f"{name} = ...",
        )
    entry = raw.entries.get(name)
    span = _place(entry, detail) if entry else raw.span
    context = detail.get("ctx") or {}
    if detail["type"] == "literal_error":
        return _not_a_word(raw, name, detail, span)
    if detail["type"] == "direction":
        return rules.WRONG_TYPE.at(span, detail["msg"], help=context["line"])
    rule = rules.OUT_OF_RANGE if detail["type"] == "range" else rules.WRONG_TYPE
    message = detail["msg"]
    example = context.get("example")
    given: object = detail["input"]
    if isinstance(given, Symbol) and detail["type"] == "wants" and "wants a text" not in message:
        wanted = message.partition(", this is")[0]
        return rules.UNKNOWN_NAME.at(
            span,
            f"nothing is called `{given}`, and `{name}` {wanted}",
            help=f"{name} = {example}, or the name of a `param` or `let`",
        )
    if detail["type"] in ("wants", "range"):
        shown = written_name(raw, name) or raw.cls.__name__.lower()
        return rule.at(span, f"`{shown}` {message}", help=line_to_type(raw, name, example or "..."))
    if detail["type"] in ("tuple_type", "list_type"):
        return rule.at(
            span,
            f"`{name}` wants a list, this is {describe(given)}",
            help=f"{name} = [{in_words(given)}]" if isinstance(given, str) else f"{name} = [...]",
        )
    plain = next((_PLAIN[kind] for kind in _PLAIN if detail["type"].startswith(kind)), None)
    if plain is not None:
        what, such = plain
        return rule.at(
            span,
            f"`{name}` wants {what}, this is {describe(given)}",
            help=line_to_type(raw, name, such) if such else "",
        )
    message, _, near = message.partition("; did you mean ")
    return rule.at(
        span,
        f"`{name}`: {message[0].lower()}{message[1:]}",
        help=f"did you mean {near}" if near else f"{name} = ...",
    )


_PLAIN = {
    "bool": ("true or false", "true"),
    "float": ("a number", "0.1"),
    "int": ("a whole number", "3"),
    "string": ("a text", '"..."'),
    "model": ("comparisons such as `p99 <= 50ms`", ""),
}
"""What pydantic's own types want, by the beginning of the kind of error, with an example."""


def _place(entry: Entry, detail: ErrorDetails) -> Span:
    indexes = [part for part in detail["loc"][1:] if isinstance(part, int)]
    if indexes and indexes[0] < len(entry.items):
        return entry.items[indexes[0]]
    return entry.value


def _not_a_word(raw: Raw, name: str, detail: ErrorDetails, span: Span) -> Diagnostic:
    from typing import cast

    shown = written_name(raw, name)
    expected = str((detail.get("ctx") or {}).get("expected", ""))
    words = [word.strip(" '") for word in expected.replace(" or ", ",").split(",")]
    given = cast(object, detail["input"])
    near = nearest(str(given), words)
    return rules.WRONG_TYPE.at(
        span,
        f"`{shown}` cannot be `{given}`" if shown else f"there is no {what_stands(raw)} `{given}`",
        help=f"did you mean `{near}`?" if near else "one of " + ", ".join(f"`{w}`" for w in words),
    )


def _order(latency: Latency, raw: Raw, said: list[Diagnostic]) -> None:
    """A higher quantile is never below a lower one."""
    names = {0.5: "p50", 0.9: "p90", 0.95: "p95", 0.99: "p99", 0.999: "p999"}
    given = sorted(latency.quantiles.items())
    for (low, below), (high, above) in pairwise(given):
        if above < below:
            upper, lower = getattr(latency, names[high]), getattr(latency, names[low])
            said.append(
                rules.IMPOSSIBLE_LATENCY.at(
                    raw.entries[names[high]].value,
                    f"{names[high]} is {show(upper)}, below the {names[low]} of {show(lower)}",
                    labels=[Label(raw.entries[names[low]].value, f"{names[low]} is given here")],
                    help=f"{names[high]} = {show(lower)} or more",
                )
            )
