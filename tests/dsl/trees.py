"""Random trees of the language, as Hypothesis strategies."""

from __future__ import annotations

from hypothesis import strategies as st

from mlsdc.diagnostics import NOWHERE
from mlsdc.dsl import ast
from mlsdc.dsl.literals import unquote
from mlsdc.dsl.unparse import unparse
from mlsdc.units import UNITS, Accelerators, parse_quantity
from tests.dsl.shapes import (
    calls,
    compound,
    conditions,
    escaped,
    is_no_quoted_header,
    templates,
)

RESERVED = {"true", "false", "and", "or", "not"}
QUANTITIES = ["0", "7", "1_000", "1.5", "2e3", "20ms", "16GiB", "1200/s", "80%", "99.95%",
              "3EUR/month", "25h50m", "50tokens/s", "8cores", "5MiB/s"]  # fmt: skip
GOES_ON = {"if", "else", "for", "in", "assert", "elif", "elsif", "elseif"}

# A unit behind a bare number would be read as its unit, `3 x name` as a number of accelerators.
identifiers = st.from_regex(r"[a-z_][a-z0-9_]{0,7}", fullmatch=True).filter(
    lambda name: name not in RESERVED | GOES_ON and name not in UNITS and name != "x"
)
names = identifiers.map(lambda text: ast.Name(text, NOWHERE))
references = identifiers.map(lambda text: ast.Reference(text, NOWHERE))
quantities = st.sampled_from(QUANTITIES).map(
    lambda text: ast.Literal(parse_quantity(text), text, NOWHERE)
)
plain_texts = st.text(st.characters(exclude_categories=["Cs", "Cc", "Cf", "Zl", "Zp"]), max_size=12)
strings = plain_texts.map(lambda text: _string(f'"{escaped(text)}"'))
long_strings = st.sampled_from(['""""""', '"""one"""', '"""\n  two\n    lines\n  """']).map(
    lambda text: _string(text)
)
booleans = st.booleans().map(lambda value: ast.Literal(value, str(value).lower(), NOWHERE))
accelerators = st.sampled_from(["h100", "a100-80gb", "l4"]).map(
    lambda model: ast.Literal(Accelerators(8, model), f"8 x {model}", NOWHERE)
)
literals = quantities | strings | long_strings | booleans | accelerators


def _string(text: str) -> ast.Literal:
    return ast.Literal(unquote(text), text, NOWHERE)


bare = st.builds(ast.TypeName, identifiers, st.just([]), st.just(NOWHERE))
hollow = st.recursive(references | quantities | booleans, compound(names, bare), max_leaves=3)
"""What may stand between `${` and `}`: no quotes and no braces."""
texts = strings | templates(plain_texts, hollow)
types = st.deferred(lambda: _types)
expressions = st.recursive(references | literals | texts, compound(names, types), max_leaves=6)
paths = st.builds(lambda first, rest: _path(first, rest), references, st.lists(names, max_size=2))
negatives = quantities.map(lambda literal: ast.Unary("-", literal, NOWHERE))
_types = st.builds(ast.TypeName, identifiers, st.lists(expressions, max_size=2), st.just(NOWHERE))


plain_words = paths | calls(paths, names, types, expressions) | literals | texts | negatives
lists = st.builds(ast.ListLiteral, st.lists(expressions, max_size=3), st.just(NOWHERE))
words = st.lists(plain_words | lists, max_size=3)
rows = st.just([]) | st.builds(lambda first, rest: [first, *rest], plain_words, words)
tails = st.just([]) | st.builds(lambda first, rest: [first, *rest], paths | texts, words)


def _path(base: ast.Expression, rest: list[ast.Name]) -> ast.Expression:
    for name in rest:
        base = ast.Attribute(base, name, NOWHERE)
    return base


@st.composite
def declarations(draw: st.DrawFn, blocks: st.SearchStrategy[ast.Block | None]) -> ast.Declaration:
    """`head words`, `head words name: type`, `head words name = value` or `name: type`."""
    made = ast.Declaration(None, [], None, None, [], None, [], draw(blocks), NOWHERE)
    member = draw(st.booleans())
    if not member:
        made.head, made.words = draw(names), draw(words.filter(is_no_quoted_header))
    if member or draw(st.booleans()):
        made.name = draw(names)
        typed = member or draw(st.booleans())
        if typed:
            made.type, made.modifiers = draw(types), draw(rows)
        if not typed or draw(st.booleans()):
            made.value, made.value_modifiers = draw(expressions), draw(tails)
            while made.modifiers and isinstance(made.modifiers[-1], ast.Reference):
                made.modifiers.pop()  # a word before `=` would be read as the name of a field
    return made


def _statements(depth: int) -> st.SearchStrategy[list[ast.Statement]]:
    blocks: st.SearchStrategy[ast.Block | None] = st.none()
    if depth:
        inner = st.builds(ast.Block, _statements(depth - 1), st.just(NOWHERE))
        blocks = st.none() | inner
    fields = st.builds(ast.Assignment, names, expressions, blocks, st.just(NOWHERE))
    signs = st.sampled_from(["<", "<=", "==", "!=", ">", ">="])
    objectives = st.builds(ast.Comparison, names, signs, expressions, st.just(NOWHERE))
    conditional = conditions(expressions, texts, blocks)
    return st.lists(fields | objectives | declarations(blocks) | conditional, max_size=4)


def trees() -> st.SearchStrategy[tuple[str, ast.Tree]]:
    """A tree, and its text in canonical layout."""
    made = _statements(2).map(lambda statements: ast.Tree("design.mlsd", statements))
    return made.map(lambda tree: (unparse(tree), tree))
