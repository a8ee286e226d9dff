"""TSC025"""

from collections.abc import Iterator
from typing import cast

from mlsdc.compiler.design import Design
from mlsdc.compiler.model.component import Component, Encoding
from mlsdc.compiler.model.features import Dataset, FeatureColumn, Features
from mlsdc.compiler.model.learning import Model
from mlsdc.compiler.schedule import Finding, check
from mlsdc.compiler.values import Symbol, in_words
from mlsdc.diagnostics import Label, Severity
from mlsdc.dsl import ast
from mlsdc.units import Quantity

PARTS = {
    "kind": "a", "artifact": "vocabulary", "function": "hash function", "salt": "salt",
    "buckets": "number of buckets", "edges": "bucket edges", "unknown": "value for the unknown",
}  # fmt: skip
Place = tuple[str | int, ...]


@check(
    "TSC025",
    "encoding-mismatch",
    Severity.ERROR,
    source="TensorFlow Data Validation, domains; TensorFlow Transform, vocabularies; Weinberger et "
    "al., Feature Hashing for Large Scale Multitask Learning (2009)",
)
def encoding_mismatch(design: Design) -> Iterator[Finding]:
    """Training and serving turn one category into different numbers.

    Why: the number of a merchant is its place in a list, or a hash. Another list, another salt or
    one bucket more, and each merchant gets the weights of another, with the right type and shape.

    Bad:

        entity card { key card_id: string }
        features last_payment {
          entity = card
          merchant: int64 {
            encoding = hash { function = murmur3  buckets = 1024 }
            served   = hash { function = murmur3  buckets = 1000 }
          }
        }

    Good:

        entity card { key card_id: string }
        features last_payment {
          entity = card
          merchant: int64 {
            encoding = hash { function = murmur3  buckets = 1024 }
            served   = hash { function = murmur3  buckets = 1024 }
          }
        }
    """
    for view in design.of(Features):
        for name, column in view.columns.items():
            path: Place = ("columns", name)
            encoding = column.encoding
            if encoding is not None:
                yield from _unknown(design, view, name, encoding)
                defined = _defined(column)
                if defined is not None:
                    other = (view, (*path, "definition"), defined)
                    yield from _compare(design, name, (view, (*path, "encoding"), encoding), other)
            if encoding is not None and column.served is not None:
                trained = (view, (*path, "encoding"), encoding)
                yield from _compare(design, name, (view, (*path, "served"), column.served), trained)
    for model in design.of(Model):
        yield from _signed(design, model)


def _signed(design: Design, model: Model) -> Iterator[Finding]:
    """What a model was fitted with, and what serving hands it."""
    dataset = design.get(model.dataset, Dataset)
    views = [design.get(name, Features) for name in dataset.features] if dataset else []
    for name, column in model.signature.columns.items() if model.signature else ():
        for view in views:
            feature = view.columns.get(name) if view is not None else None
            if view is None or feature is None or column.encoding is None:
                continue
            field = "served" if feature.served is not None else "encoding"
            served = feature.served or feature.encoding
            fitted = (model, ("signature", "columns", name, "encoding"), column.encoding)
            if served is not None:
                yield from _compare(design, name, (view, ("columns", name, field), served), fitted)


def _compare(
    design: Design,
    name: str,
    served: tuple[Component, Place, Encoding],
    trained: tuple[Component, Place, Encoding],
) -> Iterator[Finding]:
    """Each part that both sides state; one that only one states is not decided."""
    (one, path, here), (other, other_path, there) = served, trained
    silent: list[str] = []
    for part, what in PARTS.items():
        mine, theirs = getattr(here, part), getattr(there, part)
        if mine in (None, ()) or theirs in (None, ()):
            if (mine in (None, ())) != (theirs in (None, ())) and other_path[-1] != "definition":
                holder, at = (one, path) if mine in (None, ()) else (other, other_path)
                silent.append(".".join((holder.name, *map(str, at[1:]), part)))
            continue
        if mine != theirs:
            yield Finding(
                design.place(one, *path, part),
                f"`{name}`: the {what} is {_shown(mine)} here and {_shown(theirs)} in training"
                if part != "kind"
                else f"`{name}` is encoded by {mine} here and by {theirs} in training",
                subject=one.name,
                labels=(Label(design.place(other, *other_path, part), f"{_shown(theirs)} here"),),
                help=f"{part} = {_shown(theirs)}, or one `encoding` for both",
            )
            return
    if silent:
        yield Finding(
            design.place(one, *path),
            f"whether `{name}` is encoded alike in training and serving is not known",
            subject=one.name,
            missing=tuple(silent),
        )


def _shown(value: object) -> str:
    """A part of an encoding; a plain word is written without quotes."""
    return in_words(Symbol(value) if isinstance(value, str) and value.isidentifier() else value)


def _unknown(design: Design, view: Features, name: str, encoding: Encoding) -> Iterator[Finding]:
    if encoding.kind == "vocabulary" and encoding.unknown is None:
        yield Finding(
            design.place(view, "columns", name, "encoding"),
            f"what becomes of a value of `{name}` that is not in its vocabulary is not said",
            subject=view.name,
            labels=(Label(design.place(view, "columns", name), "the feature"),),
            help="unknown = own",
            severity=Severity.WARNING,
        )


def _defined(column: FeatureColumn) -> Encoding | None:
    """The encoding that the definition itself performs: `hash(x, 1024)`, `bucket(x, 10, 100)`."""
    node = column.definition
    if not isinstance(node, ast.Call) or not isinstance(node.function, ast.Reference):
        return None
    numbers = [_number(argument.value) for argument in node.arguments[1:]]
    known = [number for number in numbers if number is not None]
    if not known or len(known) < len(numbers):
        return None
    if node.function.name == "hash":
        return Encoding(kind="hash", buckets=round(known[0]))
    return Encoding(kind="bucket", edges=tuple(known)) if node.function.name == "bucket" else None


def _number(node: ast.Expression) -> float | None:
    value = node.value if isinstance(node, ast.Literal) else None
    if isinstance(value, Quantity):
        return value.value
    return float(cast("float", value)) if isinstance(value, int | float) else None
