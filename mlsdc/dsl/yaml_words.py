"""The words of the YAML form, shared by its reader and its writer.

Only `MEMBER_BLOCKS` changes what a text means; the other vocabularies make written files prettier.
A design's own name that is also a word of its place is written with a `$` before it.
"""

from __future__ import annotations

import re

from mlsdc.dsl.ast import Expression, Literal

SECTIONS = ("system", "params", "lets", "components", "environments", "statements")
SECTION_HEADS = {"system": "system", "params": "param", "lets": "let",
                 "environments": "environment"}  # fmt: skip
IN_BLOCK = frozenset({"is", "type", "text", "expression", "steps"})
IN_COMPONENT = frozenset({"role", "system", "title", "block", "steps"})
IN_SYSTEM = frozenset({"name", "title", "block", "steps"})
IN_ENVIRONMENT = frozenset({"title", "block", "steps"})
IN_MEMBER = frozenset({"type", "value", "block"})
IN_CLAUSE = frozenset({"steps"})

MEMBER_BLOCKS = frozenset({"body", "event", "signature"})
"""Blocks whose plain entries are `name: type` and not `name = value`."""
FLAGS = frozenset({"asynchronous", "created_time", "event_time", "logged"})
"""Words that take no value; written `event_time: true`."""
FILLERS = {"hedge": "at"}
"""Words that only read well behind another one."""
WITHOUT_SUBJECT = frozenset({"cached", "parallel"})
"""Clauses whose first word is already an option: `cached by answers`."""

NAME = re.compile(r"[A-Za-z_]\w*", re.ASCII)
OBJECTIVE = re.compile(r"[A-Za-z_]\w*\s*(?:<=|>=|==|!=|<|>)", re.ASCII)
"""How the items of a list begin that is a block of objectives and not a list of values."""


def quote(value: str) -> str:
    """A text as the language writes it on one line."""
    out = value.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + out.replace("\n", "\\n").replace("\t", "\\t") + '"'


def long_text(value: str) -> str | None:
    """A text of whole lines in the language's long form; None where that form would change it."""
    from mlsdc.dsl.build import unquote

    written = f'"""\n{value}"""'
    if not value.endswith("\n") or '"""' in value:
        return None
    return written if unquote(written) == value else None


def is_plain_text(value: Expression | None) -> bool:
    """A text literal in its one-line form."""
    return (
        isinstance(value, Literal)
        and isinstance(value.value, str)
        and value.text == quote(value.value)
    )
