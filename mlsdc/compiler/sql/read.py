"""A SQL text in, sqlglot's trees of its statements out, or why it cannot be read and where.

The length, the number of tokens and the depth of brackets are bounded before anything is parsed;
what recurses all the same ends in `RecursionError`, which is caught. Templates of dbt and `${name}`
are filled in by as many characters, so that places stay right.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from mlsdc.compiler.sql.outcome import Spot, Unread
from mlsdc.compiler.sql.trees import Node

if TYPE_CHECKING:
    from sqlglot.tokenizer_core import Token

MOST_CHARACTERS = 40_000
"""Of one text: some thousand lines. Reading takes about 5 microseconds a character."""
MOST_TOKENS = 12_000
DEEPEST = 40
"""Brackets within brackets; people write five."""

_HOLE = re.compile(
    r"\{\{(?P<inner>[^{}]{0,400})\}\}|\{%[^%]{0,400}%\}|\{#[^#]{0,4000}#\}|\$\{\w{1,80}\}"
)
_NAMED = re.compile(
    r"""\s*(?:ref|source)\(\s*["'](?P<first>\w+)["']\s*(?:,\s*["'](?P<second>\w+)["']\s*)?\)\s*"""
)
_OPENING, _CLOSING = frozenset("([{"), frozenset(")]}")
ITSELF = "__this__"
"""How the table that a dbt model writes is called where its own text reads it."""


def fill(text: str) -> str:
    """The text without holes: what is put in has the length of what stood there."""
    return _HOLE.sub(_filled, text)


def _filled(hole: re.Match[str]) -> str:
    inner, length = hole["inner"], len(hole.group())
    if inner is None:
        return ("NULL" if hole.group().startswith("$") else "").ljust(length)
    named = _NAMED.fullmatch(inner)
    if named is not None:
        table = named["second"] or named["first"]
        return table.rjust(length)
    return (ITSELF if inner.strip() == "this" and length >= len(ITSELF) else "NULL").ljust(length)


@lru_cache(maxsize=4)
def tokens(text: str, dialect: str) -> tuple[Token, ...] | Unread:
    """The tokens of a text that is filled in."""
    if len(text) > MOST_CHARACTERS:
        why = f"it has {len(text):,} characters, {MOST_CHARACTERS:,} are the most that is read"
        return Unread(why, Spot(0, 0))
    import sqlglot
    from sqlglot.errors import SqlglotError

    try:
        found = tuple(sqlglot.tokenize(text, read=dialect or None))
    except SqlglotError as error:
        return _broken_token(text, error)
    if len(found) > MOST_TOKENS:
        at = found[MOST_TOKENS]
        why = f"it has {len(found):,} words and signs, {MOST_TOKENS:,} are the most that is read"
        return Unread(why, Spot(at.start, at.end + 1))
    return _too_deep(found) or found


@lru_cache(maxsize=1024)
def count(text: str, dialect: str) -> int:
    """The words and signs of a text; none of one that is not parsed."""
    found = tokens(fill(text), dialect)
    return 0 if isinstance(found, Unread) else len(found)


def _broken_token(text: str, error: Exception) -> Unread:
    """What is not closed; the tokenizer tells the line and the column of some."""
    said = re.fullmatch(r"Missing (\S+) from \d+:(\d+)", str(error.__cause__ or ""))
    if said is None:
        return Unread("a text or a comment is not closed", Spot(len(text), len(text)))
    sign, at = said[1], min(int(said[2]), len(text))
    return Unread(f"{sign} is not closed", Spot(at, min(at + 1, len(text))))


def offset(text: str, line: int, column: int) -> int:
    """The place of a line and a column, both counted from 1."""
    start = 0
    for _ in range(line - 1):
        start = text.find("\n", start) + 1
    return min(start + column - 1, len(text))


def _too_deep(found: tuple[Token, ...]) -> Unread | None:
    depth = 0
    for token in found:
        if token.text in _OPENING:
            depth += 1
        elif token.text in _CLOSING:
            depth -= 1
        if depth > DEEPEST:
            why = f"brackets stand {depth} deep here, {DEEPEST} is the most that is read"
            return Unread(why, Spot(token.start, token.end + 1))
    return None


def parse(text: str, dialect: str) -> tuple[Node, ...] | Unread:
    """The statements of a text that is filled in."""
    found = tokens(text, dialect)
    if isinstance(found, Unread):
        return found
    import logging

    from sqlglot.dialects.dialect import Dialect
    from sqlglot.errors import ErrorLevel, ParseError, SqlglotError

    log = logging.getLogger("sqlglot")
    if not log.handlers:
        log.addHandler(logging.NullHandler())  # what it cannot parse is no news for a terminal
    try:
        parser = Dialect.get_or_raise(dialect or None).parser(error_level=ErrorLevel.IMMEDIATE)
        trees = parser.parse(list(found), text)
    except ParseError as error:
        return _refused(text, error)
    except RecursionError:
        return Unread("it nests too deep to be read", Spot(0, 0))
    except (SqlglotError, ValueError, IndexError, AttributeError, TypeError, KeyError) as error:
        return Unread(f"sqlglot gave up: {type(error).__name__}", Spot(0, 0))
    return tuple(tree for tree in trees if tree is not None)


def _refused(text: str, error: Exception) -> Unread:
    first = _first(error)
    line, end = first.get("line"), first.get("col")
    why = re.split(r" but got <Token|\. Line ", str(first.get("description") or error))[0]
    why = why.partition("\n")[0].strip().rstrip(".")[:80]
    if why.startswith("Required keyword"):
        why = "something is missing"
    if not isinstance(line, int) or not isinstance(end, int):
        return Unread(why, Spot(0, 0))
    word = str(first.get("highlight") or "")
    at = max(0, offset(text, line, end) - max(len(word) - 1, 0))
    found = f", `{word[:40]}` stands here" if word else ""
    return Unread(f"{why[:1].lower()}{why[1:]}{found}", Spot(at, min(at + len(word), len(text))))


def _first(error: Exception) -> dict[str, object]:
    errors: list[dict[str, object]] = getattr(error, "errors", [])
    return errors[0] if errors else {}
