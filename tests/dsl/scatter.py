"""A text with its blanks, line ends and comments put differently, and the same meaning."""

from __future__ import annotations

from random import Random

from mlsdc.dsl.findings import Findings
from mlsdc.dsl.lexer import lex
from mlsdc.dsl.parse import arrange
from mlsdc.dsl.tokens import BRACKETS, CONTINUES

GAPS = ["", " ", "  ", "   ", "\t"]
BREAKS = ["\n", "\n\n", " # why\n", "\n# own\n", "\n\n\n   "]


def scatter(text: str, chance: Random) -> str:
    """Another layout of a text without mistakes; its own comments are lost."""
    findings = Findings("scattered")
    tokens = arrange(lex(text, findings).tokens, text, findings)
    assert not findings.in_order()
    written, depth, before = "", 0, "NL"
    for token, following in zip(tokens, [*tokens[1:], tokens[-1]], strict=True):
        kind = token.kind
        # A line that begins with `name {` begins a statement, whatever the line before ends with.
        goes_on = before in CONTINUES and following.kind != "LBRACE"
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
