"""The grammar in, the parse tables out; Lark is the compiler and is not needed afterwards.

Run `python -m mlsdc.dsl.generate > tables.new && mv tables.new mlsdc/dsl/tables.py` after a change
to grammar.lark; a test holds the two together. Law: the same grammar gives the same bytes.
"""

from __future__ import annotations

import hashlib
import sys
from collections import deque
from collections.abc import Iterator
from importlib.resources import files
from typing import Any

HEADER = '''"""The parse tables of grammar.lark: written by generate.py, never by hand.

Longer than other files because nobody reads it: it is one table.

`RULES` holds (what a rule makes, how many symbols it takes, the builder's method that makes it,
the places of symbols that are lists to be spliced in). In `ACTIONS[state]`, a number from 0 is the
state to go to with that token, and a number below 0 the complement of the rule to reduce by.
`GOTOS[state]` tells where to go with what a rule made.
"""

# ruff: noqa: E501
# fmt: off
'''
TRANSPARENT, REPETITION = "", "*"
"""Marks in place of a method: the rule passes its only value on, or collects its values."""


def grammar_text() -> str:
    """The grammar, as its author wrote it."""
    return files("mlsdc.dsl").joinpath("grammar.lark").read_text("utf-8")


def generate(grammar: str) -> str:
    """The text of tables.py.

    Raises:
        lark.exceptions.GrammarError: the grammar is ambiguous, or no grammar.
    """
    lark = _compile(grammar)
    table: Any = lark.parse_interactive("").parser_state.parse_conf.parse_table
    rules = [_Rule(rule) for rule in lark.rules]
    number = {rule: at for at, rule in enumerate(lark.rules)}
    order = _in_order(table)
    actions: list[dict[str, int]] = []
    gotos: list[dict[str, int]] = []
    for state in order:
        row: dict[str, int] = {}
        goto: dict[str, int] = {}
        for symbol, (action, argument) in sorted(table.states[state].items()):
            if action.name == "Reduce":
                row[symbol] = ~number[argument]
            elif symbol.isupper() or symbol == "$END":
                row[symbol] = order[argument]
            else:
                goto[symbol] = order[argument]
        actions.append(row)
        gotos.append(goto)
    digest = hashlib.sha256(grammar.encode()).hexdigest()
    lists = {rule.origin for rule in rules if rule.method == REPETITION}
    lines = [
        f'GRAMMAR = "{digest}"',
        "RULES: tuple[tuple[str, int, str, tuple[int, ...]], ...] = (",
    ]
    lines += [f"    {rule.row(lists)}," for rule in rules]
    lines += [")", *_rows("ACTIONS", actions), *_rows("GOTOS", gotos)]
    return HEADER + "\n".join(lines).replace("'", '"') + "\n"


class _Rule:
    """A rule of the compiled grammar, reduced to what the driver needs."""

    def __init__(self, rule: Any) -> None:
        self.origin = str(rule.origin.name)
        self.symbols: list[str] = [str(symbol.name) for symbol in rule.expansion]
        self.method = str(rule.alias or self.origin)
        if self.origin.startswith("__"):
            self.method = REPETITION
        elif len(self.symbols) == 1 and not rule.alias and self._is_inlined(rule):
            self.method = TRANSPARENT

    def _is_inlined(self, rule: Any) -> bool:
        return bool(rule.options.expand1) or self.origin.startswith("_")

    def row(self, lists: set[str]) -> tuple[str, int, str, tuple[int, ...]]:
        spliced = tuple(at for at, name in enumerate(self.symbols) if name in lists)
        return self.origin, len(self.symbols), self.method, spliced


def _compile(grammar: str) -> Any:
    from lark import Lark
    from lark.lexer import Lexer

    class NoLexer(Lexer):
        def __init__(self, lexer_conf: Any) -> None:
            del lexer_conf

        def lex(self, lexer_state: Any, parser_state: Any) -> Iterator[Any]:
            del lexer_state, parser_state
            return iter(())

    return Lark(grammar, parser="lalr", lexer=NoLexer, maybe_placeholders=False, strict=True)


def _in_order(table: Any) -> dict[Any, int]:
    """The states, numbered by the shortest way to them: Lark's own numbers change every run."""
    first = table.start_states["start"]
    found = {first: 0}
    queue = deque([first])
    while queue:
        for _, (action, argument) in sorted(table.states[queue.popleft()].items()):
            if action.name == "Shift" and argument not in found:
                found[argument] = len(found)
                queue.append(argument)
    return found


def _rows(name: str, rows: list[dict[str, int]]) -> list[str]:
    return [f"{name}: tuple[dict[str, int], ...] = (", *(f"    {row}," for row in rows), ")"]


if __name__ == "__main__":
    sys.stdout.write(generate(grammar_text()))
