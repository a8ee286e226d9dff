"""A piece of text that is no token, the token its writer meant, and a report.

Each function takes the text and its place and returns a kind and a text; an empty kind means that
nothing is to stand there.
"""

from __future__ import annotations

from collections.abc import Callable
from unicodedata import category, normalize
from unicodedata import name as title

from mlsdc.dsl import rules
from mlsdc.dsl.findings import Findings

_FOREIGN = {
    "&&": ("AND", "and"), "||": ("OR", "or"), "!": ("NOT", "not"),
    ":=": ("EQUALS", "="), "::": ("COLON", ":"),
    "=:": ("EQUALS", "="), "=>": ("COMPARE", ">="), "=<": ("COMPARE", "<="),
    "<>": ("COMPARE", "!="), "≤": ("COMPARE", "<="), "≥": ("COMPARE", ">="),
    "≠": ("COMPARE", "!="), "×": ("TIMES", "*"), "÷": ("DIVIDE", "/"), "−": ("MINUS", "-"),
}  # fmt: skip
LONGEST_WORD = 256
"""Characters of a name or a number."""


def name(value: str, start: int, end: int, findings: Findings) -> str:
    """A name with letters beyond a-z, or one of a thousand letters; returns a better one."""
    if end - start > LONGEST_WORD:
        return _shortened(value, start, findings)
    at = next(at for at, char in enumerate(value) if not char.isascii())
    plain = normalize("NFKD", value).encode("ascii", "ignore").decode()
    plain = plain if plain.isidentifier() else ""
    findings.add(
        rules.UNKNOWN_CHARACTER,
        start + at,
        start + at + 1,
        f"the letter `{value[at]}` in `{value}` cannot stand in a name",
        "names consist of the letters a-z and A-Z, digits and `_`",
        fix=findings.replace(start, end, plain, safe=False) if plain else None,
    )
    return plain or value


def _shortened(value: str, start: int, findings: Findings) -> str:
    findings.add(
        rules.TOO_LARGE,
        start,
        start + 40,
        f"this word has {len(value):,} characters, {LONGEST_WORD} are the most",
        "shorten it",
    )
    return value[:LONGEST_WORD]


def _quantity(value: str, start: int, end: int, findings: Findings) -> tuple[str, str]:
    return "QUANTITY", _shortened(value, start, findings)


def _fraction(value: str, start: int, end: int, findings: Findings) -> tuple[str, str]:
    if end - start > LONGEST_WORD:
        return _quantity(value[1:], start, end, findings)
    findings.add(
        rules.FOREIGN_SPELLING,
        start,
        end,
        f"a number begins with a digit: `{value}` is written `0{value}`",
        f"write `0{value}`",
        fix=findings.replace(start, start, "0"),
    )
    return "QUANTITY", "0" + value


def _accelerators(value: str, start: int, end: int, findings: Findings) -> tuple[str, str]:
    if end - start > LONGEST_WORD:
        value = _shortened(value, start, findings)
    return "ACCELERATORS", " ".join(value.split())


def _long_text(value: str, start: int, end: int, findings: Findings) -> tuple[str, str]:
    return "STRING", value.replace("\r\n", "\n").replace("\r", "\n")  # whoever saved the file


def _quoted(value: str, start: int, end: int, findings: Findings) -> tuple[str, str]:
    text = '"' + value[1:-1].replace("\\", "\\\\").replace('"', '\\"') + '"'
    signs = "backticks" if value[0] == "`" else f"`{value[0]}` and `{value[-1]}`"
    findings.add(
        rules.FOREIGN_SPELLING,
        start,
        end,
        f"a text stands between double quotes, not between {signs}",
        text,
        fix=findings.replace(start, end, text),
    )
    return "STRING", text


def _operator(value: str, start: int, end: int, findings: Findings) -> tuple[str, str]:
    kind, word = _FOREIGN[value]
    text = f" {word} " if word.isalpha() else word
    findings.add(
        rules.FOREIGN_SPELLING,
        start,
        end,
        f"`{value}` is written `{word}` here",
        f"write `{word}`",
        fix=findings.replace(start, end, text),
    )
    return kind, word


def _separator(value: str, start: int, end: int, findings: Findings) -> tuple[str, str]:
    findings.add(
        rules.SEPARATOR,
        start,
        end,
        "statements end with their line; no `;` is needed",
        "remove the `;`, or put a line end in its place",
        fix=findings.replace(start, end, "\n"),
    )
    return "NL", ";"


def _unknown(value: str, start: int, end: int, findings: Findings) -> tuple[str, str]:
    if value == "\0":
        return "", ""  # told of before the reading began
    first = value[0]
    blank = category(first) in ("Zs", "Zl", "Zp", "Cf", "Cc")
    shown = f"U+{ord(first):04X}" if blank else f"`{value[:20]}`"
    what = "character" if len(value) == 1 else "sign"
    named = f" ({title(first, 'a control character').lower()})" if blank else ""
    findings.add(
        rules.UNKNOWN_CHARACTER,
        start,
        end,
        f"the {what} {shown}{named} means nothing here",
        "write a space in its place" if blank else "remove it, or put it between double quotes",
        fix=findings.replace(start, end, " ") if blank else None,
    )
    return "", ""


REPAIRS: dict[str, Callable[[str, int, int, Findings], tuple[str, str]]] = {
    "QUANTITY": _quantity,
    "fraction": _fraction,
    "ACCELERATORS": _accelerators,
    "long": _long_text,
    "quoted": _quoted,
    "foreign": _operator,
    "separator": _separator,
    "unknown": _unknown,
}
