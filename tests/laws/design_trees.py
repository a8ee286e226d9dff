"""Random trees of every shape that the grammar can read, without places."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

from hypothesis import strategies as st

from mlsdc.diagnostics import NOWHERE
from mlsdc.dsl import ast
from mlsdc.dsl.build import unquote
from mlsdc.units import PER, UNITS, Accelerators, parse_quantity
from tests.dsl.shapes import (
    Expressions,
    calls,
    compound,
    conditions,
    is_no_quoted_header,
    templates,
)

WORDS = [
    "system", "param", "let", "environment", "stream", "call", "cached", "parallel", "event",
    "body", "type", "is", "text", "expression", "value", "block", "steps", "role", "title", "name",
    "statement", "asynchronous", "event_time", "hedge", "at", "key", "no", "yes", "null", "on",
    "timeout", "p99", "budget", "x", "card_id", "components", "over",
]  # fmt: skip
names = st.one_of(st.sampled_from(WORDS), st.from_regex(r"[a-z_][a-z0-9_]{0,8}", fullmatch=True))
safe_names = names.filter(lambda text: text not in ("true", "false", "and", "or", "not"))
name_nodes = safe_names.map(lambda text: ast.Name(text, NOWHERE))
heads = name_nodes.filter(lambda name: name.text not in ("if", "assert"))
"""First words of declarations: behind `if` and `assert` stands a condition."""
TURNING = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
QUANTITIES = ["20ms", "1.10", "40_000_000", "80%", "1200/s", "16GiB", "300EUR/month", "0", "1e3"]


def _text(text: str) -> ast.Literal:
    return ast.Literal(unquote(text), text, NOWHERE)


texts = st.one_of(
    st.text(
        st.characters(exclude_categories=["Cs"], exclude_characters='"\\\n\r\x00' + TURNING),
        max_size=12,
    ),
    st.sampled_from(["a: b", "no", "- x", "# c", "\\n", "\\t\\\\", "\\q", '\\"', "&a", "*b", "{}"]),
).map(lambda inner: _text(f'"{inner}"'))
long_texts = st.one_of(
    st.sampled_from(['"""\na\n  b\n"""', '"""a"""', '"""\n  a\n"""', '"""\n# a\n\nb\n"""']),
    st.text(st.sampled_from(list("ab#:-|'\"\\$ \t\n\n\n\x85\u2028\ufeff")), max_size=14)
    .filter(lambda inner: '"""' not in inner and inner[-1:] != '"')
    .map(lambda inner: f'"""{inner}"""'),
)
quantities = st.sampled_from(QUANTITIES).map(lambda q: ast.Literal(parse_quantity(q), q, NOWHERE))
literals = st.one_of(
    quantities,
    st.sampled_from([True, False]).map(lambda b: ast.Literal(b, str(b).lower(), NOWHERE)),
    st.just(ast.Literal(Accelerators(8, "h100"), "8 x h100", NOWHERE)),
    texts,
    long_texts.map(_text),
)
references = safe_names.map(lambda text: ast.Reference(text, NOWHERE))
paths = st.one_of(
    references,
    st.builds(ast.Attribute, references, name_nodes, st.just(NOWHERE)),
)
negatives = quantities.map(lambda node: ast.Unary("-", node, NOWHERE))


def _read_apart(found: list[ast.Expression]) -> bool:
    """No bare number before `x` or before a unit: the two would be read as one quantity."""
    joining = {"x", *UNITS, *PER}
    return not any(
        isinstance(one.operand if isinstance(one, ast.Unary) else one, ast.Literal)
        and isinstance(other, ast.Reference)
        and other.name in joining
        for one, other in pairwise(found)
    )


types = st.builds(ast.TypeName, safe_names, st.lists(quantities, max_size=2), st.just(NOWHERE))
bare = st.builds(ast.TypeName, safe_names, st.just([]), st.just(NOWHERE))
plain_texts = st.text(
    st.characters(exclude_categories=["Cs", "Cc"], exclude_characters=TURNING), max_size=8
)
holes = st.recursive(references | quantities, compound(name_nodes, bare), max_leaves=2)
templated = templates(plain_texts, holes)
expressions: Expressions = st.recursive(
    st.one_of(literals, templated, references), compound(name_nodes, types), max_leaves=6
)
lists = st.builds(ast.ListLiteral, st.lists(expressions, max_size=2), st.just(NOWHERE))
plain_words = st.one_of(
    paths, literals, templated, negatives, calls(paths, name_nodes, types, expressions)
)
words = st.lists(st.one_of(plain_words, lists), max_size=4).filter(_read_apart)


def _one_and_more(first: Expressions) -> st.SearchStrategy[list[ast.Expression]]:
    """A row that begins with one of these."""

    def joined(one: ast.Expression, more: list[ast.Expression]) -> list[ast.Expression]:
        return [one, *more]

    return st.builds(joined, first, words).filter(_read_apart)


tails: st.SearchStrategy[list[ast.Expression]] = st.one_of(
    st.just([]), _one_and_more(st.one_of(paths, templated))
)
rows = st.one_of(st.just([]), _one_and_more(plain_words))
comparisons = st.builds(
    ast.Comparison,
    name_nodes,
    st.sampled_from(["<=", ">=", "==", "!=", "<", ">"]),
    expressions,
    st.just(NOWHERE),
)


@st.composite
def declarations(draw: st.DrawFn, bodies: st.SearchStrategy[ast.Block | None]) -> ast.Declaration:
    """`head words name: type modifiers = value tail { body }` in its four legal combinations."""
    head = draw(st.one_of(st.none(), heads))
    typed = head is None or draw(st.booleans())
    given = draw(st.booleans())
    made = ast.Declaration(head, [], None, None, [], None, [], draw(bodies), NOWHERE)
    if head is not None:
        made.words = draw(words.filter(is_no_quoted_header))
    if typed or given:
        made.name = draw(name_nodes)
    if typed:
        made.type, made.modifiers = draw(types), draw(rows)
    if given:
        made.value = draw(expressions)
        behind = tails.filter(lambda tail: _read_apart([made.value, *tail]) if made.value else True)
        made.value_modifiers = draw(behind)
        while made.modifiers and isinstance(made.modifiers[-1], ast.Reference):
            made.modifiers.pop()  # a word before `=` would be a key
    return made


def _statements(inner: st.SearchStrategy[ast.Statement]) -> st.SearchStrategy[ast.Statement]:
    blocks = st.builds(ast.Block, st.lists(inner, max_size=4), st.just(NOWHERE))
    bodies = st.one_of(st.none(), blocks)
    return st.one_of(
        st.builds(ast.Assignment, name_nodes, expressions, bodies, st.just(NOWHERE)),
        comparisons,
        declarations(bodies),
        conditions(expressions, st.one_of(texts, templated), bodies),
    )


statements = st.recursive(
    st.one_of(
        st.builds(ast.Assignment, name_nodes, expressions, st.none(), st.just(NOWHERE)), comparisons
    ),
    _statements,
    max_leaves=8,
)
trees = st.lists(statements, max_size=5).map(lambda found: ast.Tree("design.mlsd", found))


def text_of(tree: ast.Tree, show: Callable[[ast.Statement], str]) -> str:
    """A tree in the language, a statement a line; `show` writes a statement without its block."""
    lines: list[str] = []

    def write(statement: ast.Statement, indent: int) -> None:
        blocks = list(ast.blocks(statement))
        lines.append("  " * indent + show(statement) + (" {" if blocks else ""))
        for block in blocks:
            for inner in block.statements:
                write(inner, indent + 1)
            lines.append("  " * indent + "}")

    for statement in tree.statements:
        write(statement, 0)
    return "\n".join(lines) + "\n"
