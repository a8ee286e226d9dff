"""The tokens of a SQL text in, where it asks the clock or chance out.

Words are judged, not the tree: a text that cannot be parsed is judged as well, and every place is
exact. A column that is nothing but the clock (`now() AS loaded_at`) tells when its row was
written, and is told apart.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from mlsdc.compiler.sql.outcome import Spot, Unread
from mlsdc.compiler.sql.read import fill, tokens

if TYPE_CHECKING:
    from sqlglot.tokenizer_core import Token

CLOCKS_BARE = frozenset((
    "current_date", "current_time", "current_timestamp", "current_datetime", "localtime",
    "localtimestamp", "sysdate", "systimestamp",
))  # fmt: skip
"""Words that are the clock with and without parentheses (ISO/IEC 9075-2, 6.35; Oracle)."""
CLOCKS = CLOCKS_BARE | frozenset((
    "now", "getdate", "getutcdate", "sysdatetime", "sysutcdatetime", "curdate", "curtime", "today",
    "utc_date", "utc_time", "utc_timestamp", "statement_timestamp", "transaction_timestamp",
    "clock_timestamp", "unix_timestamp", "proctime", "current_row_timestamp",
))  # fmt: skip
"""Functions that are the clock where they are given nothing but a precision or a zone."""
ON_VALUES = frozenset(("unix_timestamp", "today"))
"""Those that are the clock only without any argument."""
CHANCE = frozenset((
    "rand", "random", "randn", "uniform", "newid", "uuid", "uuid_string", "generate_uuid",
    "gen_random_uuid", "randomblob", "rand_integer", "generateuuidv4", "shuffle",
))  # fmt: skip
SEEDED = frozenset(("rand", "random", "randn"))
"""Functions that repeat themselves where they are given a seed."""
_QUOTED = frozenset(("STRING", "IDENTIFIER"))


@dataclass(frozen=True)
class Asked:
    """One place where a text asks the clock, or chance.

    `alias` is the column that is nothing else, and `word` is what is written.
    """

    word: str
    at: Spot
    chance: bool
    alias: str = ""


@lru_cache(maxsize=1024)
def asked(text: str, dialect: str) -> tuple[Asked, ...]:
    """Every place where a text asks the clock or chance; none where it cannot be tokenised."""
    found = tokens(fill(text), dialect)
    return () if isinstance(found, Unread) else tuple(_asked(found))


def _asked(found: Sequence[Token]) -> Iterator[Asked]:
    for at, token in enumerate(found):
        word = token.text.lower()
        if token.token_type.name in _QUOTED or (at and found[at - 1].text in (".", ":", "@")):
            continue
        called = at + 1 < len(found) and found[at + 1].text == "("
        given = _arguments(found, at + 1) if called else 0
        clock = word in CLOCKS_BARE and _alone(found, at) if not called else word in CLOCKS
        chance = called and word in CHANCE and not (given and word in SEEDED)
        if word in ON_VALUES and given:
            continue
        if clock or chance:
            end = _closing(found, at + 1) if called else at
            spot = Spot(token.start, found[end].end + 1)
            yield Asked(token.text, spot, chance, "" if chance else _alias(found, at, end))
        elif token.token_type.name == "TABLE_SAMPLE" and not _repeatable(found, at):
            yield Asked(token.text, Spot(token.start, token.end + 1), True)


def _alone(found: Sequence[Token], at: int) -> bool:
    """Whether a word is a value, and not the name that one is given: `x AS current_date`."""
    return not at or found[at - 1].text.lower() != "as"


def _closing(found: Sequence[Token], at: int) -> int:
    """The bracket that closes the one at a place."""
    depth = 0
    for place in range(at, len(found)):
        depth += {"(": 1, ")": -1}.get(found[place].text, 0)
        if depth == 0:
            return place
    return len(found) - 1


def _arguments(found: Sequence[Token], at: int) -> int:
    """How many words stand between the brackets."""
    return _closing(found, at) - at - 1


def _alias(found: Sequence[Token], at: int, end: int) -> str:
    """The name of a column that is nothing but the word: `, now() AS loaded_at,`."""
    before = found[at - 1].text.lower() if at else ""
    behind = [token.text for token in found[end + 1 : end + 4]]
    if before not in ("select", ",") or not behind or behind[0].lower() != "as":
        return ""
    ends = behind[2].lower() if len(behind) > 2 else ""
    return behind[1].lower() if ends in ("", ",", "from", ";", ")") else ""


def _repeatable(found: Sequence[Token], at: int) -> bool:
    """`TABLESAMPLE (1 PERCENT) REPEATABLE (7)`"""
    return any(token.text.lower() in ("repeatable", "seed") for token in found[at : at + 16])
