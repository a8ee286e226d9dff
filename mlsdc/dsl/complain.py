"""A token that does not fit in, one sentence that helps out, and how to go on.

Messages name what was found and what is expected in the writer's words, never a grammar symbol.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum

from mlsdc.dsl import rules
from mlsdc.dsl.findings import Findings
from mlsdc.dsl.tokens import CONTINUES, END, ENDS_A_VALUE, EXCESS, IDENTIFIERS, VALUES, Token


class Remedy(Enum):
    """What to do with a token that does not fit in."""

    DROP = "drop it"
    COMMA = "put a comma before it"
    SKIP = "skip its statement"


@dataclass(frozen=True, slots=True)
class Misfit:
    """The token, its neighbours, and the kinds of token that would have fitted."""

    opener: Token  # of its statement
    before: Token
    token: Token
    after: Token
    expected: set[str]
    known: bool  # an earlier report on the same statement explains it
    findings: Findings


_OPENS = frozenset(("NL", "LBRACE", "RBRACE"))
_STARTS_A_VALUE = VALUES | {"NAME", "LBRACKET", "LPAREN", "MINUS", "NOT"}
_NAMED = frozenset(("EQUALS", "COLON", "COMPARE"))
_SIGNS = frozenset(("EQUALS", "COMPARE"))
_LACKS = {
    "EQUALS": (
        "no value follows",
        'a quantity (`20ms`), a name, a text (`"..."`) or a list (`[a]`)',
    ),
    "COMPARE": ("no value follows", "write the bound: `p99 <= 50ms`"),
    "COLON": ("nothing follows", "name a type or a system, or leave the `:` out"),
    "DOT": ("no name follows", "name a field, or leave the `.` out"),
    "CONDITION": ("no condition follows", "write one: `peak > 100/s`"),
    "IF": ("no condition follows", "write one: `3 if peak > 100/s else 1`"),
    "ELSE": ("no value follows", "write the other value: `3 if peak > 100/s else 1`"),
    "FOR": ("no name follows", "write `[2 * x for x in values]`"),
    "IN": ("no list follows", "write `[2 * x for x in values]`"),
}
_EXPECTED = {
    "EQUALS": "`=`",
    "COLON": "`:`",
    "LBRACE": "`{`",
    "COMMA": "`,`",
    "RPAREN": "`)`",
    "RBRACKET": "`]`",
    "ELSE": "`else`",
    "IN": "`in`",
    "NL": "the end of the line",
}


_EXPLAINS = frozenset(
    rule.code
    for rule in (
        rules.UNCLOSED_BLOCK,
        rules.STRAY_CLOSE,
        rules.UNCLOSED_TEXT,
        rules.UNKNOWN_CHARACTER,
        rules.NOT_TEXT,
        rules.TOO_LARGE,
    )
)


def complain(
    tokens: list[Token], at: int, start: int, expected: set[str], findings: Findings
) -> Remedy:
    """Report the token at this place, which is not among the expected kinds.

    `start` is the place of the first token of its statement.
    """
    token = tokens[at]
    known = findings.tells(_EXPLAINS, tokens[start].start, token.start)
    before = tokens[at - 1] if at else Token("NL", "", 0, 0)
    after = tokens[at + 1] if at + 1 < len(tokens) else token
    misfit = Misfit(tokens[start], before, token, after, expected, known, findings)
    for describe in _DESCRIPTIONS:
        remedy = describe(misfit)
        if remedy is not None:
            return remedy
    return _anything(misfit)


def _excess(misfit: Misfit) -> Remedy | None:
    return Remedy.SKIP if misfit.token.kind == EXCESS else None


def _same_place(misfit: Misfit) -> Remedy | None:
    """The statement has been reported already: this is a consequence."""
    return Remedy.SKIP if misfit.known else None


def _split_sign(misfit: Misfit) -> Remedy | None:
    """`< =`, `= =`"""
    before, token = misfit.before, misfit.token
    if before.kind not in _SIGNS or token.kind != "EQUALS":
        return None
    twice = before.text == "="
    joined = "=" if twice else before.text + "="
    misfit.findings.add(
        rules.FOREIGN_SPELLING,
        before.start,
        token.end,
        "one `=` is enough" if twice else f"the sign `{joined}` is written in one piece",
        f"write `{joined}`",
        fix=misfit.findings.replace(before.start, token.end, joined),
    )
    before.text, before.end = joined, token.end
    return Remedy.DROP


def _missing_value(misfit: Misfit) -> Remedy | None:
    """`rate =`, `p99 <=`, `stream payments:`, `peak *`"""
    before, token = misfit.before, misfit.token
    if before.kind in CONTINUES:
        lack, hint = "nothing follows", "write a value behind it, or remove it"
    elif before.kind in _LACKS:
        lack, hint = _LACKS[before.kind]
    else:
        return None
    if token.kind in _STARTS_A_VALUE or token.kind in _SIGNS or token.kind in CONTINUES:
        return None
    message = f"{lack} this `{before.text}`"
    if token.kind == "NL" and misfit.after.kind == "MINUS":
        hint = "a list stands between brackets: `[a, b]`"
    misfit.findings.add(rules.MISSING_VALUE, before.start, before.end, message, hint)
    return Remedy.SKIP


def _between_commas(misfit: Misfit) -> Remedy | None:
    """`[a, , b]`"""
    before, token = misfit.before, misfit.token
    if token.kind != "COMMA" or before.kind not in ("COMMA", "LBRACKET", "LPAREN"):
        return None
    misfit.findings.add(
        rules.MISSING_VALUE,
        token.start,
        token.end,
        "no value stands before this `,`",
        "write a value, or remove the `,`",
        fix=misfit.findings.replace(token.start, token.end, ""),
    )
    return Remedy.DROP


def _comma(misfit: Misfit) -> Remedy | None:
    """`rate = 3/s, retention = 7d`, or several values without brackets."""
    token, before = misfit.token, misfit.before
    if token.kind != "COMMA":
        return None
    if misfit.after.kind in _STARTS_A_VALUE and before.kind in ENDS_A_VALUE:
        misfit.findings.add(
            rules.SEPARATOR,
            token.start,
            token.end,
            "several values stand between brackets",
            f"write `[{_short(before)}, {_short(misfit.after)}]`",
        )
        return Remedy.SKIP
    misfit.findings.add(
        rules.SEPARATOR,
        token.start,
        token.end,
        "statements are not separated by commas",
        "put each on a line of its own, or leave two spaces between fields",
        fix=misfit.findings.replace(token.start, token.end, ""),
    )
    return Remedy.DROP


def _missing_comma(misfit: Misfit) -> Remedy | None:
    """`[a b]`"""
    before, token = misfit.before, misfit.token
    if "COMMA" not in misfit.expected or before.kind not in ENDS_A_VALUE:
        return None
    if token.kind not in _STARTS_A_VALUE and token.kind not in IDENTIFIERS:
        return None
    misfit.findings.add(
        rules.UNEXPECTED,
        token.start,
        token.end,
        f"a `,` is missing between `{_short(before)}` and `{_short(token)}`",
        f"write `{_short(before)}, {_short(token)}`",
        fix=misfit.findings.replace(before.end, before.end, ","),
    )
    return Remedy.COMMA


def _leading_operator(misfit: Misfit) -> Remedy | None:
    """An expression that goes on at the beginning of a line."""
    token = misfit.token
    if misfit.before.kind != "NL" or token.kind not in CONTINUES or misfit.after.kind in _NAMED:
        return None
    misfit.findings.add(
        rules.UNEXPECTED,
        token.start,
        token.end,
        f"no statement begins with `{token.text}`",
        f"to go on with an expression, end the line before with `{token.text}`",
    )
    return Remedy.SKIP


def _no_name(misfit: Misfit) -> Remedy | None:
    """`= 3`, `3 = x`, `{ ... }` where a statement begins."""
    token = misfit.token
    if misfit.before.kind not in _OPENS:
        return None
    message = f"a statement begins with a name, not with `{_short(token)}`"
    if token.kind in _NAMED:
        message = f"no name stands before this `{token.text}`"
    elif token.text.isalpha() and misfit.after.kind in _NAMED:
        message = f"`{token.text}` is a word of the language, and no name of a field"
    elif token.kind == "LBRACE":
        message = "no name stands before this block"
    misfit.findings.add(rules.UNEXPECTED, token.start, token.end, message, _STATEMENT)
    return Remedy.SKIP


def _one_word_too_many(misfit: Misfit) -> Remedy | None:
    """`owner = risk team`"""
    before, token = misfit.before, misfit.token
    if before.kind not in ENDS_A_VALUE or token.kind not in VALUES | {"NAME"}:
        return None
    if before.kind == "NAME" and token.kind == "NAME":
        hint = f'several words stand in quotes: `"{_short(before)} {_short(token)}"`'
    else:
        hint = "put what follows on a line of its own"
    misfit.findings.add(
        rules.UNEXPECTED,
        token.start,
        token.end,
        f"`{_short(token)}` follows the value `{_short(before)}`, where the statement should end",
        hint,
    )
    return Remedy.SKIP


def _anything(misfit: Misfit) -> Remedy:
    token, before = misfit.token, misfit.before
    found = "the line" if token.kind in ("NL", END) else f"`{_short(token)}`"
    after = f" after `{_short(before)}`" if before.kind not in ("NL", END) else ""
    verb = "ends too early" if token.kind in ("NL", END) else "does not fit"
    misfit.findings.add(
        rules.UNEXPECTED,
        token.start,
        token.end,
        f"{found} {verb}{after}; expected {_wanted(misfit.expected)}",
        _form(misfit),
    )
    return Remedy.SKIP


def _form(misfit: Misfit) -> str:
    """How the statement is written."""
    if misfit.token.kind == "EQUALS":
        condition = misfit.opener.kind == "CONDITION"
        return "values are compared with `==`" if condition else "a field is written `name = value`"
    if misfit.opener.kind == "HEAD" and misfit.token.kind in CONTINUES:
        return "a row of words holds names and constants: name the value with `let`"
    return "write `a if condition else b`" if misfit.expected == {"ELSE"} else _STATEMENT


_STATEMENT = "a statement is `key = value`, `name: type`, or words followed by `{ ... }`"
_DESCRIPTIONS: tuple[Callable[[Misfit], Remedy | None], ...] = (
    _excess,
    _same_place,
    _split_sign,
    _missing_value,
    _between_commas,
    _comma,
    _missing_comma,
    _leading_operator,
    _no_name,
    _one_word_too_many,
)


def _wanted(expected: set[str]) -> str:
    wanted: list[str] = []
    if expected >= {"QUANTITY", "LBRACKET"}:
        wanted.append("a value")
    elif "HEAD" in expected and "NL" not in expected:
        wanted.append("a statement")
    elif "NAME" in expected:
        wanted.append("a name")
    wanted += [word for kind, word in _EXPECTED.items() if kind in expected]
    if not wanted:
        return "something else"
    *first, last = wanted[:3]
    return f"{', '.join(first)} or {last}" if first else last


def _short(token: Token) -> str:
    text = " ".join(token.text.split())
    return text if len(text) <= 30 else text[:27] + "..."
