"""The tree that Lark itself makes of arranged tokens, to hold the package's own driver against."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any

import lark
from lark.lexer import Lexer

from mlsdc.dsl import ast
from mlsdc.dsl.build import Builder
from mlsdc.dsl.findings import Findings
from mlsdc.dsl.generate import grammar_text
from mlsdc.dsl.tokens import Token


class _NoLexer(Lexer):
    def __init__(self, lexer_conf: Any) -> None:
        del lexer_conf

    def lex(self, lexer_state: Any, parser_state: Any) -> Iterator[lark.Token]:
        del lexer_state, parser_state
        return iter(())


@cache
def _parser() -> lark.Lark:
    return lark.Lark(grammar_text(), parser="lalr", lexer=_NoLexer, maybe_placeholders=False)


def read_with_lark(tokens: list[Token]) -> list[ast.Statement] | None:
    """The statements, or None where Lark refuses a token; `$END` is the last."""
    state = _parser().parse_interactive("")
    tree: Any = None
    try:
        for token in tokens:
            tree = state.feed_token(
                lark.Token(token.kind, token.text, start_pos=token.start, end_pos=token.end)
            )
    except lark.UnexpectedInput:
        return None
    return _made(tree, Builder(Findings("design.mlsd")))


def _made(node: Any, builder: Builder) -> Any:
    if isinstance(node, lark.Token):
        return Token(node.type, str(node), node.start_pos or 0, node.end_pos or 0)
    return getattr(builder, node.data)([_made(child, builder) for child in node.children])
