"""The words of the YAML form, shared by its reader and its writer.

Only `MEMBER_BLOCKS` changes what a text means; the other vocabularies make written files prettier.
A design's own name that is also a word of its place is written with a `$` before it.
"""

from __future__ import annotations

import re

from mlsdc.dsl.ast import LONG, Expression, Literal, Template

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
FLAGS = frozenset({"asynchronous", "cast", "created_time", "event_time", "exposure", "logged",
                   "optional", "packaged", "protected", "tied", "varies"})  # fmt: skip
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


def long_text(value: str, margin: int = 0, closing: int = 0) -> str | None:
    """A text of several lines in the language's long form; None where that form would change it.

    Its lines are indented by `margin` blanks, its closing quotes by `closing` if they stand alone.
    """
    from mlsdc.dsl.build import unquote

    if "\n" not in value or LONG in value or value.endswith('"'):
        return None
    lines = [" " * margin + line if line else "" for line in value.split("\n")]
    if not lines[-1]:
        lines[-1] = " " * closing
    written = LONG + "\n".join(["", *lines]) + LONG
    return written if unquote(written) == value else None


def is_long_text(value: Expression | None) -> bool:
    """A text literal between three quotes."""
    return isinstance(value, Literal) and value.text.startswith(LONG)


def template_text(value: Expression | None) -> str | None:
    """What stands between the quotes of a text with expressions; None where it holds escapes."""
    inner = value.text[1:-1] if isinstance(value, Template) else "\\"
    return None if "\\" in inner else inner


def one_line_text(value: Expression | None) -> str | None:
    """What a quoted scalar holds for this text; None where none can say it."""
    if is_plain_text(value) and isinstance(value, Literal):
        return str(value.value)
    return template_text(value)


def is_plain_text(value: Expression | None) -> bool:
    """A text literal in its one-line form."""
    return (
        isinstance(value, Literal)
        and isinstance(value.value, str)
        and value.text == quote(value.value)
    )
