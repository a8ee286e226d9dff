"""A comment in, the allowance it grants or what is wrong with it out.

`# mlsdc: allow(slug-or-CODE, ...) because "reason" until 2027-03-01`. Law: a comment that addresses
mlsdc is either understood completely or reported; none is ignored.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from mlsdc.compiler.policies.suppression_rules import MALFORMED, NO_REASON
from mlsdc.diagnostics import Diagnostic, Span
from mlsdc.dsl.ast import Name

_MARK = re.compile(r"(?:#+|//)[ \t]*mlsdc(?:[ \t]*:|(?=[ \t]+allow(?:-file)?[ \t]*\())", re.I)
_HEAD = re.compile(r"(?:#+|//)[ \t]*mlsdc:[ \t]*(allow-file|allow)[ \t]*\(([^()]*)\)")
_CLAUSE = re.compile(
    r'[ \t]+(?:(because)\b(?:[ \t]*"((?:[^"\\]|\\.)*)")?|(until)[ \t]+(\d{4}-\d\d-\d\d)(?![\w-]))'
)
_END = re.compile(r"[ \t]*(?:#.*)?\Z", re.S)
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_REACH = 500
"""Characters of a comment that a corrected one is made from."""
EXAMPLE = '# mlsdc: allow(path-over-budget) because "the budget is raised in May" until 2027-05-31'


@dataclass(frozen=True, slots=True)
class Allowance:
    """Findings of the named rules are accepted, for a reason and perhaps until a day.

    `until` is the last day, as `YYYY-MM-DD`; `span` covers the comment.
    """

    names: tuple[Name, ...]
    reason: str
    until: str | None
    whole_file: bool
    span: Span


def read_allowance(text: str, span: Span) -> Allowance | Diagnostic | None:
    """The allowance in a comment; None where the comment does not address mlsdc.

    `text` is what stands at `span`, the comment sign included.
    """
    if _MARK.match(text) is None:
        return None
    head = _HEAD.match(text)
    if head is None:
        return _malformed(text, span, "this comment addresses mlsdc, and cannot be read")
    names = tuple(_names(head, span))
    if not names:
        return _malformed(text, span, "this allowance names no rule")
    reason, until, at = "", None, head.end()
    seen: set[str] = set()
    while (clause := _CLAUSE.match(text, at)) and (clause[1] or clause[3]) not in seen:
        seen.add(clause[1] or clause[3])
        if clause[1]:
            reason = re.sub(r"\\(.)", r"\1", clause[2] or "").strip()
        else:
            until = clause[4]
            if not is_date(until):
                place = Span(span.file, span.start + clause.start(4), span.start + clause.end(4))
                return MALFORMED.at(place, f"there is no day {until}", help=EXAMPLE)
        at = clause.end()
    if not _END.match(text, at):
        return _malformed(text, span, f"`{text[at:].strip()[:60]}` cannot be read here")
    if not reason:
        return NO_REASON.at(
            span, "this allowance gives no reason", help=_corrected(text, "why this may stay")
        )
    return Allowance(names, reason, until, head[1] == "allow-file", span)


def is_date(text: str) -> bool:
    """Whether this is a day of the calendar, as `YYYY-MM-DD`."""
    if not _DATE.fullmatch(text):
        return False
    year, month, day = map(int, text.split("-"))
    leap = year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
    days = (31, 29 if leap else 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
    return year > 0 and 1 <= month <= 12 and 1 <= day <= days[month - 1]


def _names(head: re.Match[str], span: Span) -> list[Name]:
    first = span.start + head.start(2)
    return [
        Name(word[0], Span(span.file, first + word.start(), first + word.end()))
        for word in re.finditer(r"[^\s,](?:[^,]*[^\s,])?", head[2])
    ]


def _malformed(text: str, span: Span, message: str) -> Diagnostic:
    names = re.search(r"\(([^()]*\w[^()]*)\)", text[:_REACH])
    return MALFORMED.at(span, message, help=_corrected(text, "the reason") if names else EXAMPLE)


def _corrected(text: str, reason: str) -> str:
    """The same wish, written as it can be read."""
    text = text[:_REACH]
    names = re.search(r"\(([^()]*)\)", text)
    word = "allow-file" if "allow-file" in text.lower() else "allow"
    date = next((d for d in _DATE.findall(text) if is_date(d)), None)
    given = re.search(r"\bbecause\b(.*?)(?:\buntil\b|$)", text, re.I | re.S)
    stated = given[1].strip(" \t\"'\u201c\u201d\u201e") if given else ""
    why = stated.replace('"', "'") or reason
    until = f" until {date}" if date else ""
    return f'# mlsdc: {word}({names[1].strip() if names else ""}) because "{why}"{until}'
