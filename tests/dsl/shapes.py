"""Strategies for the shapes that grow out of others, shared by both generators of trees."""

from __future__ import annotations

from collections.abc import Callable

from hypothesis import strategies as st

from mlsdc.diagnostics import NOWHERE
from mlsdc.dsl import ast
from mlsdc.dsl.yaml_expressions import expression_text

OPERATORS = ["or", "and", "<", "<=", "==", "!=", ">", ">=", "+", "-", "*", "/"]
Expressions = st.SearchStrategy[ast.Expression]
Names = st.SearchStrategy[ast.Name]
Types = st.SearchStrategy[ast.TypeName]
nowhere = st.just(NOWHERE)


def escaped(text: str) -> str:
    """A text as it stands between double quotes."""
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("${", "\\${")


def templates(texts: st.SearchStrategy[str], holes: Expressions) -> Expressions:
    """Texts with at least one expression in them."""
    pairs = st.lists(st.tuples(texts, holes), min_size=1, max_size=3)
    return st.builds(_template, pairs, texts)


def _template(pairs: list[tuple[str, ast.Expression]], last: str) -> ast.Template:
    parts: list[str | ast.Expression] = []
    written = ""
    for text, hole in pairs:
        parts += [text, hole] if text else [hole]
        written += f"{escaped(text)}${{{expression_text(hole)}}}"
    if last:
        parts.append(last)
    return ast.Template(parts, f'"{written}{escaped(last)}"', NOWHERE)


def calls(functions: Expressions, names: Names, types: Types, inner: Expressions) -> Expressions:
    """`function(a, b = c, d: type = e)`"""
    arguments = st.builds(ast.Argument, st.none() | names, inner, nowhere)
    parameters = st.builds(ast.Parameter, names, types, st.none() | inner, nowhere)
    return st.builds(
        ast.Call,
        functions,
        st.lists(arguments, max_size=3),
        nowhere,
        st.lists(parameters, max_size=2),
    )


def compound(names: Names, types: Types) -> Callable[[Expressions], Expressions]:
    """Makes expressions of expressions."""

    def grow(inner: Expressions) -> Expressions:
        return st.one_of(
            st.builds(ast.Attribute, inner, names, nowhere),
            calls(inner, names, types, inner),
            st.builds(ast.Index, inner, inner, nowhere),
            st.builds(ast.ListLiteral, st.lists(inner, max_size=4), nowhere),
            st.builds(ast.Comprehension, inner, names, inner, st.none() | inner, nowhere),
            st.builds(ast.Conditional, inner, inner, inner, nowhere),
            st.builds(ast.Unary, st.sampled_from(["-", "not"]), inner, nowhere),
            st.builds(ast.Binary, st.sampled_from(OPERATORS), inner, inner, nowhere),
        )

    return grow


def conditions(
    expressions: Expressions, texts: Expressions, blocks: st.SearchStrategy[ast.Block | None]
) -> st.SearchStrategy[ast.Statement]:
    """`if condition { }`, `else if condition { }`, `assert condition "text"`."""
    heads = st.sampled_from(["if", "else if", "assert"]).map(lambda t: ast.Name(t, NOWHERE))
    messages = st.just([]) | texts.map(lambda text: [text])
    none, nothing = st.none(), st.just([])
    return st.builds(
        ast.Declaration,
        heads, nothing, none, none, nothing, expressions, messages, blocks, nowhere,
    )  # fmt: skip


def is_no_quoted_header(found: list[ast.Expression]) -> bool:
    """`stream "payments" "kafka" {` is reported: names stand without quotes."""
    return len(found) != 2 or not all(
        isinstance(w, ast.Literal) and w.text[0] == '"' for w in found
    )
