"""The reference of the language, from the grammar, the units, the functions and the catalogue.

Nothing here is written twice: what the compiler uses is what the pages say.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from inspect import cleandoc

from mlsdc.cli.field_docs import FieldDoc, field_docs
from mlsdc.compiler.catalog import Catalog, roles
from mlsdc.compiler.collect import FORMS
from mlsdc.compiler.functions import AGGREGATIONS, ROW_FUNCTIONS
from mlsdc.compiler.measured import MEASURES_TOLD
from mlsdc.compiler.model.capability import Capability
from mlsdc.compiler.model.component import Component
from mlsdc.compiler.model.part import Part, clause_classes
from mlsdc.compiler.model.types import SCALARS
from mlsdc.compiler.parameter_types import TYPES
from mlsdc.compiler.value_functions import EXAMPLES
from mlsdc.dsl.generate import grammar_text
from mlsdc.stdlib.find import standard_catalog
from mlsdc.units import CURRENCIES, PER, UNITS, Dimension

_DEEPEST = 3


def reference() -> dict[str, str]:
    """Every page of docs/reference by its path below it."""
    catalog = standard_catalog()
    return {
        "index.md": _index(catalog),
        "grammar.md": _grammar(),
        "statements.md": _statements(),
        "units.md": _units(),
        "types.md": _types(),
        "functions.md": _functions(),
        **{f"roles/{name}.md": _role(cls, catalog) for name, cls in roles().items()},
        **{f"systems/{_system_file(cls)}": _system(cls) for cls in catalog.all()},
    }


def _page(title: str, *paragraphs: str) -> str:
    return "\n\n".join([f"# {title}", *(p for p in paragraphs if p)]) + "\n"


def _table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    lines = [list(head), *map(list, rows)]
    lines.insert(1, ["---"] * len(lines[0]))
    return "\n".join(
        "| " + " | ".join(cell.replace("|", "\\|") for cell in r) + " |" for r in lines
    )


def _index(catalog: Catalog) -> str:
    rows = []
    for name, cls in roles().items():
        able = [one for one in catalog.all() if one.role == name] if cls.runs else []
        systems = ", ".join(f"[{one.system}](systems/{_system_file(one)})" for one in able)
        rows.append((f"[{name}](roles/{name}.md)", _first_line(cls), systems))
    return _page(
        "Reference",
        "These pages are made from what the compiler itself reads. `mlsdc explain NAME` prints the "
        "page of a role, a system or a finding.",
        "- [statements of the language](statements.md)\n- [grammar](grammar.md)\n"
        "- [units](units.md)\n- [types](types.md)\n- [functions and figures](functions.md)\n"
        "- [what mlsdc can say](../checks/index.md)",
        "## Roles and systems",
        _table(("role", "what it is for", "systems"), rows),
    )


def _grammar() -> str:
    rules = grammar_text().partition("\n\n")[2].partition("%declare")[0].strip()
    return _page(
        "Grammar",
        "The parser is generated from these rules (Lark's notation, LALR). Identifiers are told "
        "apart by their neighbours: KEY stands before `=`, `:` or a comparison, HEAD opens another "
        "statement, LABEL names what a HEAD declares, CONDITION is a HEAD with an expression "
        "behind it, NAME is any other. NL is the end of a line; inside brackets and behind an "
        "operator there is none.",
        f"```text\n{rules}\n```",
    )


def _statements() -> str:
    rows = [(f"`{form}`", meaning) for form, meaning in FORMS.values()]
    return _page(
        "Statements of the language",
        "None of these words is reserved. Everything else that opens a statement at the top of a "
        "file is a [role](index.md#roles-and-systems).",
        _table(("form", "meaning"), rows),
    )


def _units() -> str:
    by_dimension: dict[Dimension, list[str]] = {}
    for unit, (_, dimension) in UNITS.items():
        if unit not in CURRENCIES:
            by_dimension.setdefault(dimension, []).append(unit)
    rows = [
        ("share" if not dimension.powers else dimension.name, _listed(units))
        for dimension, units in by_dimension.items()
    ]
    return _page(
        "Units",
        "A quantity is one word: a number and its unit, with no blank between them. `_` may stand "
        "in a number: `40_000_000`. Durations may be put together: `25h50m`.",
        _table(("measures", "units"), [*rows, ("money", _listed(CURRENCIES))]),
        f"A unit behind `/` makes a rate: {_listed(f'/{unit}' for unit in PER)}. So `1200/s` is a "
        "rate, `5MiB/s` a data rate, `300EUR/month` money per time. A month has 730 hours, as in "
        "price lists. Accelerators are a number and a model: `8 x h100`.",
        "Sums and comparisons need one dimension on both sides; products and quotients make new "
        "ones: `5MiB/s * 1h` is a size, `1200/s / 300/s` a number.",
    )


def _types() -> str:
    rows = [(f"`{name}`", f"`{example}`") for name, (_, example) in TYPES.items()]
    return _page(
        "Types",
        "## Of parameters",
        _table(("type", "for example"), rows),
        "Every [role](index.md#roles-and-systems) is a type as well: `store: feature_store` takes "
        "the name of a feature store.",
        "## Of columns",
        f"{_listed(SCALARS)}, each also with dimensions: `float32[128]`.",
    )


def _functions() -> str:
    return _page(
        "Functions and figures",
        "## Of values",
        _table(
            ("for example", "is", "meaning"),
            [(f"`{form}`", f"`{value}`", meaning) for form, value, meaning in EXAMPLES.values()],
        ),
        "## Of features",
        "Aggregations look at many rows and need a window: `sum(amount) over 30d`.",
        _table(
            ("aggregation", "arguments"), [(f"`{n}`", _range(b)) for n, b in AGGREGATIONS.items()]
        ),
        "The others look at one row.",
        _table(
            ("function", "arguments"), [(f"`{n}`", _range(b)) for n, b in ROW_FUNCTIONS.items()]
        ),
        "## Figures",
        "What an `assert` can ask of a component, beside its fields.",
        _table(("figure", "meaning"), [(f"`{name}`", text) for name, text in MEASURES_TOLD]),
    )


def _role(cls: type[Component], catalog: Catalog) -> str:
    able = [one for one in catalog.all() if one.role == cls.role] if cls.runs else []
    systems = ", ".join(f"[{one.system}](../systems/{_system_file(one)})" for one in able)
    runs = f"Systems: {systems}." if systems else ""
    if not cls.runs:
        runs = "Nothing runs it, so it takes no system."
    return _page(f"Role {cls.role}", cleandoc(cls.__doc__ or ""), runs, *_fields(cls))


def _system(cls: type[Component]) -> str:
    role = f"`{cls.role} name: {cls.system} {{ ... }}` ([role {cls.role}](../roles/{cls.role}.md))"
    about = cleandoc(cls.__doc__ or cls.summary or "")
    return _page(f"{cls.system}", role, about, *_claims(cls), *_fields(cls))


def _claims(cls: type[Component]) -> Iterator[str]:
    """What the system makes of the words of a design."""
    rows = [
        (f"`{claim}`", _answer(can), can.limits, can.source)
        for claim, can in cls.capabilities.items()
    ]
    if rows:
        yield "## What it honours"
        yield _table(("claim", "honoured", "what it does not do", "known from"), rows)


def _answer(can: Capability) -> str:
    if not can.supported:
        return f"no; {can.instead}" if can.instead else "no"
    since = f", from {can.since} on" if can.since else ""
    return f"with `{can.requires}`{since}" if can.requires else f"yes{since}"


def _fields(cls: type[Part]) -> Iterator[str]:
    rows = [
        (f"{'&nbsp;&nbsp;' * depth}`{name}`", kind, default, text)
        for depth, name, kind, default, text in _rows(cls, 0)
    ]
    if rows:
        yield "## Fields"
        yield _table(("field", "takes", "default", "meaning"), rows)


def _rows(cls: type[Part], depth: int) -> Iterator[tuple[int, str, str, str, str]]:
    for doc in field_docs(cls):
        yield _row(doc, depth)
        if doc.inner is not None and depth < _DEEPEST:
            yield from _rows(doc.inner, depth + 1)
        for word in doc.clauses:
            clause = clause_classes()[word]
            yield depth + 1, word, "statement", "", _first_line(clause)
            for each in field_docs(clause):
                if not each.clauses:
                    yield _row(each, depth + 2)


def _row(doc: FieldDoc, depth: int) -> tuple[int, str, str, str, str]:
    default = "required" if doc.required else f"`{doc.default}`" if doc.default else ""
    return depth, doc.name, doc.type, default, " ".join(doc.text.split())


def _first_line(cls: type[Part]) -> str:
    return cleandoc(cls.__doc__ or "").partition("\n")[0]


def _system_file(cls: type[Component]) -> str:
    return f"{cls.role}-{cls.system}.md"


def _listed(words: Iterable[str]) -> str:
    return " ".join(f"`{word}`" for word in words)


def _range(bounds: tuple[int, int]) -> str:
    return f"{bounds[0]}" if bounds[0] == bounds[1] else f"{bounds[0]} to {bounds[1]}"
