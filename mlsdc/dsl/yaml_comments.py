"""YAML text and its nodes in, comments out: what stands behind a `#` outside of every scalar.

Law: the comments are those the YAML library skips, in order; a block's span is widened over the
comments that stand at its end, indented as its lines are.
"""

from __future__ import annotations

import re
from bisect import bisect_left

from mlsdc.diagnostics import Span
from mlsdc.dsl.ast import Comment
from mlsdc.dsl.yaml_nodes import Mapping, Node, Scalar, Sequence

_COMMENT = re.compile(r"(?:^|(?<=[ \t\r\n\ufeff]))#[^\r\n]*")
_HEADER = re.compile(r"[|>][0-9+-]*[ \t]+(#[^\r\n]*)")


def find_comments(text: str, root: Node | None, file: str) -> list[Comment]:
    """Every comment of a text."""
    found: list[Comment] = []
    at = 0
    for scalar in sorted(_scalars(root), key=lambda s: s.span.start):
        if scalar.span.start < at:
            continue  # an alias shows the same scalar again
        found += _between(text, at, scalar.span.start, file)
        header = _HEADER.match(text, scalar.span.start) if scalar.style in ("|", ">") else None
        if header:
            found.append(Comment(header.group(1), True, Span(file, *header.span(1))))
        at = scalar.span.end
    return found + _between(text, at, len(text), file)


def _between(text: str, start: int, end: int, file: str) -> list[Comment]:
    made: list[Comment] = []
    for match in _COMMENT.finditer(text, start, end):
        line = text.rfind("\n", 0, match.start()) + 1
        before = text[line : match.start()].strip(" \t\r\ufeff")
        made.append(Comment(match.group(), bool(before), Span(file, *match.span())))
    return made


def _scalars(root: Node | None) -> list[Scalar]:
    found: list[Scalar] = []
    stack: list[Node] = [root] if root is not None else []
    while stack:
        node = stack.pop()
        if isinstance(node, Scalar):
            found.append(node)
        elif isinstance(node, Sequence):
            stack += node.items
        else:
            for key, value in node.entries:
                stack += (key, value)
    return found


def widen(root: Node | None, text: str, comments: list[Comment]) -> None:
    """Let blocks reach over the comments at their end, in place."""
    starts = [comment.span.start for comment in comments]

    def reach(node: Node) -> None:
        inner: list[Node] = []
        if isinstance(node, Sequence):
            inner = node.items
        elif isinstance(node, Mapping):
            inner = [value for _, value in node.entries]
        for child in inner:
            reach(child)
        if not inner or text[node.span.start] in "{[":
            return
        end = max(node.span.end, inner[-1].span.end)
        column = _column(text, node.span.start)
        for at in range(bisect_left(starts, end), len(comments)):
            comment = comments[at]
            blank = not text[end : comment.span.start].strip()
            if not blank or (not comment.trailing and _column(text, comment.span.start) < column):
                break
            end = comment.span.end
        node.span = Span(node.span.file, node.span.start, end)

    if root is not None and comments:
        reach(root)


def _column(text: str, offset: int) -> int:
    return offset - text.rfind("\n", 0, offset) - 1
