"""Text in, tree and diagnostics out.

The parser never gives up: a statement that cannot be read is reported once and skipped, its names
are remembered, and the block behind it is still read. Any text whatever gives a tree.
"""

from __future__ import annotations

from mlsdc.diagnostics import Diagnostic
from mlsdc.dsl import rules
from mlsdc.dsl.ast import Statement, Tree
from mlsdc.dsl.balance import balance
from mlsdc.dsl.build import Builder
from mlsdc.dsl.complain import Remedy, complain
from mlsdc.dsl.findings import Findings
from mlsdc.dsl.lalr import Automaton
from mlsdc.dsl.lexer import lex
from mlsdc.dsl.limit import limit
from mlsdc.dsl.mark import mark
from mlsdc.dsl.pause import no_collection
from mlsdc.dsl.tokens import END, IDENTIFIERS, Token

LARGEST_FILE = 8 * 2**20
"""Characters of one file; a larger one is refused before it is read into tokens."""
_BROKEN = "BROKEN"


def parse(text: str, file: str) -> tuple[Tree, list[Diagnostic]]:
    """Read one design file.

    Returns the tree of everything that could be read, and what was wrong with the rest.
    """
    findings = Findings(file)
    if len(text) > LARGEST_FILE:
        findings.add(
            rules.TOO_LARGE,
            0,
            0,
            f"the file has {len(text):,} characters, {LARGEST_FILE:,} are the most",
            "split the design into several files",
        )
        return Tree(file, []), findings.in_order()
    with no_collection():
        lexed = lex(text, findings)
        tokens = arrange(lexed.tokens, text, findings)
        return Tree(file, read(tokens, findings), lexed.comments), findings.in_order()


def arrange(tokens: list[Token], text: str, findings: Findings) -> list[Token]:
    """Tokens as the grammar wants them: well nested, bounded, their identifiers told apart."""
    tokens.append(Token(END, "", len(text), len(text)))
    tokens = mark(balance(tokens, text, findings), findings)
    limit(tokens, findings)
    return tokens


def read(tokens: list[Token], findings: Findings) -> list[Statement]:
    """The statements that arranged tokens make."""
    automaton = Automaton(Builder(findings))
    at, recovered = 0, -1
    while (at := automaton.feed(tokens, at)) < len(tokens):
        if at == recovered:  # told of already
            at += 1
            continue
        if findings.full:
            return []  # no design: whatever stands in it cannot matter
        start = _statement_start(automaton, tokens, at)
        remedy = complain(tokens, at, start, automaton.expected(), findings)
        if remedy is Remedy.DROP:
            at += 1
            continue
        if remedy is Remedy.SKIP:
            at = _skip_statement(automaton, tokens, start, at)
        else:
            place = tokens[at].start
            automaton.feed([Token("COMMA", ",", place, place)], 0)
        recovered = at
    return automaton.result


def _statement_start(automaton: Automaton, tokens: list[Token], at: int) -> int:
    """The place of the first token of the statement that is being read."""
    offset = automaton.unfinished(_BROKEN)
    while at and tokens[at - 1].start >= offset >= 0:
        at -= 1
    return at


def _skip_statement(automaton: Automaton, tokens: list[Token], start: int, at: int) -> int:
    """Put a broken statement in the place of what cannot be read; returns where to go on."""
    depth = sum(_NESTING.get(token.kind, 0) for token in tokens[start:at])
    end = at
    while not (_stops(tokens, end) or (depth <= 0 and tokens[end].kind == "KEY")):
        depth += _NESTING.get(tokens[end].kind, 0)
        end += 1
    names = [token.text for token in tokens[start:end] if token.kind in IDENTIFIERS]
    first, last = tokens[start], tokens[max(start, end - 1)]
    automaton.unwind(_BROKEN)
    header = _header(tokens[start:at])
    if header:
        automaton.feed([*header, Token("QUANTITY", "", last.end, last.end)], 0)
    else:
        automaton.feed([Token(_BROKEN, " ".join(names), first.start, last.end)], 0)
    return end


def _header(tokens: list[Token]) -> list[Token]:
    """What was read up to a value that could not be: it is declared, and its value is unknown."""
    depth = 0
    if tokens and tokens[0].kind == "CONDITION":
        return tokens[:1]
    for at, token in enumerate(tokens):
        depth += _NESTING.get(token.kind, 0)
        if token.kind == "EQUALS" and depth == 0 and tokens[0].kind == "HEAD":
            return tokens[: at + 1]
    return []


def _stops(tokens: list[Token], at: int) -> bool:
    """Whether a broken statement ends before this token."""
    if tokens[at].kind == "NL":
        return tokens[at + 1].kind != "MINUS"  # no statement begins so: a list goes on
    return tokens[at].kind in _STOPS


_STOPS = frozenset(("LBRACE", "RBRACE", END))
_NESTING = {"LPAREN": 1, "LBRACKET": 1, "RPAREN": -1, "RBRACKET": -1}
