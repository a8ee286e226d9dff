"""A tree with comments in, its allowances out, each with the characters it is about.

Law: an allowance that is about nothing, because nothing stands there, is reported.
"""

from __future__ import annotations

from collections.abc import Iterator

from mlsdc.compiler.policies.allowance import Allowance, read_allowance
from mlsdc.compiler.policies.suppression_rules import MALFORMED
from mlsdc.diagnostics import Diagnostic, Source, Span
from mlsdc.dsl.ast import Comment, Tree, walk

Ranges = tuple[tuple[int, int], ...]
"""Half-open ranges of character offsets in one file."""


def stated_allowances(
    tree: Tree, source: Source, said: list[Diagnostic]
) -> Iterator[tuple[Allowance, Ranges]]:
    """The allowances of a file, each with what it is about; what is wrong with others is said."""
    lines: _Lines | None = None
    for comment in tree.comments:
        if "mlsdc" not in comment.text.lower():
            continue
        text = source.text[comment.span.start : comment.span.end].rstrip("\r")
        span = Span(tree.file, comment.span.start, comment.span.start + len(text))
        found = read_allowance(text, span)
        if isinstance(found, Diagnostic):
            said.append(found)
        elif found is not None:
            lines = lines or _Lines(tree, source)
            ranges = lines.reach(comment, found)
            if ranges:
                yield found, ranges
            else:
                said.append(_misplaced(found))


class _Lines:
    """The statements and comments of a file by the line they begin on."""

    def __init__(self, tree: Tree, source: Source) -> None:
        self.source = source
        self.first = min((s.span.start for s in tree.statements), default=len(source.text))
        self.comments = {self._line(c.span) for c in tree.comments if not c.trailing}
        self.statements: dict[int, list[tuple[int, int]]] = {}
        for statement in walk(tree.statements):
            span = statement.span
            self.statements.setdefault(self._line(span), []).append((span.start, span.end))

    def reach(self, comment: Comment, allowance: Allowance) -> Ranges:
        """What an allowance at this comment is about; empty where it is about nothing."""
        if allowance.whole_file:
            top = not comment.trailing and comment.span.start < self.first
            return ((0, len(self.source.text) + 1),) if top else ()
        line = self._line(comment.span)
        if comment.trailing:
            start = comment.span.start - self.source.position(comment.span.start).column + 1
            return ((start, comment.span.start),)
        while line in self.comments:
            line += 1
        return tuple(self.statements.get(line, ()))

    def _line(self, span: Span) -> int:
        return self.source.position(span.start).line


def _misplaced(allowance: Allowance) -> Diagnostic:
    if allowance.whole_file:
        return MALFORMED.at(
            allowance.span,
            "an `allow-file` stands above the first statement of its file, on a line of its own",
            help="move it to the top of the file, or write `allow` above one statement",
        )
    return MALFORMED.at(
        allowance.span,
        "this allowance stands above no statement",
        help="put it on the line directly above the statement, or write `allow-file` at the top",
    )
