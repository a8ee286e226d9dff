"""A text with its blanks, line ends and comments put differently, and the same meaning."""

from __future__ import annotations

from random import Random

from mlsdc.dsl.findings import Findings
from mlsdc.dsl.lexer import lex
from mlsdc.dsl.parse import arrange
from mlsdc.dsl.tokens import AFTER_KEY, BRACKETS, CONTINUES, IDENTIFIERS, Token

GAPS = ["", " ", "  ", "   ", "\t"]
BREAKS = ["\n", "\n\n", " # why\n", "\n# own\n", "\n\n\n   "]


def _begins_statement(tokens: list[Token], at: int) -> bool:
    """Whether a line that began here would begin a statement, whatever the line before ends with:
    with `name {`, `head name {`, `name =` and the like."""
    kinds = ["NAME" if t.kind in IDENTIFIERS else t.kind for t in tokens[at : at + 3]]
    if kinds[:2] == ["NAME", "NAME"]:
        kinds = kinds[1:]
    return kinds[0] == "NAME" and kinds[1] in AFTER_KEY


def scatter(text: str, chance: Random) -> str:
    """Another layout of a text without mistakes; its own comments are lost."""
    findings = Findings("scattered")
    tokens = arrange(lex(text, findings).tokens, text, findings)
    assert not findings.in_order()
    written, depth, before = "", 0, "NL"
    for at, token in enumerate(tokens):
        kind = token.kind
        goes_on = before in CONTINUES and not _begins_statement(tokens, at)
        wordy = written[-1:].isalnum() or written[-1:] in '_%"'
        gap = chance.choice(GAPS) or (" " if wordy and token.text[:1] not in "([{}]),:=" else "")
        if kind == "NL":
            gap = chance.choice(["", " "])
            token.text = chance.choice(BREAKS)
        elif (depth and chance.random() < 0.15) or (goes_on and chance.random() < 0.1):
            gap = chance.choice(BREAKS)
        elif before in ("LBRACE", "RBRACE") or kind == "RBRACE":
            gap = chance.choice([" ", *BREAKS]) if chance.random() < 0.3 else " "
        elif kind in ("MINUS", "DIVIDE", "COMPARE") or before in ("DIVIDE", "QUANTITY", "COMPARE"):
            gap = gap or " "
        written += gap + token.text
        depth += (kind in BRACKETS) - (kind in ("RPAREN", "RBRACKET"))
        before = kind
    return written
