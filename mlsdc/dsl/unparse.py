"""A tree in, a text in canonical layout out that reads as this tree.

The tree may come from anywhere: from another notation, or built by hand. Comments are put where
their spans place them among the statements.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import replace

from mlsdc.dsl import ast
from mlsdc.dsl.format import WIDTH, format  # noqa: A004
from mlsdc.dsl.parse import parse
from mlsdc.dsl.wrap import STEP
from mlsdc.dsl.yaml_expressions import heading_text
from mlsdc.dsl.yaml_words import is_long_text, long_text


def unparse(tree: ast.Tree) -> str:
    """The text of a tree; statements that could not be read are left out."""
    writer = _Writer(tree.comments)
    writer.statements(tree.statements, 0)
    writer.remarks(None, 0)
    text = "".join(line + "\n" for line in writer.lines)
    return format(parse(text, tree.file)[0], text)


class _Writer:
    def __init__(self, comments: Sequence[ast.Comment]) -> None:
        self.lines: list[str] = []
        self.comments = deque(sorted(comments, key=lambda comment: comment.span.start))

    def statements(self, statements: Sequence[ast.Statement], indent: int) -> None:
        """Each on lines of its own; declarations of the file apart from one another."""
        for at, statement in enumerate(statements):
            if isinstance(statement, ast.Broken):
                continue
            if at and not indent and not _continues(statement):
                self.lines.append("")
            self.remarks(statement.span.start, indent)
            self._statement(statement, indent)

    def remarks(self, before: int | None, indent: int) -> None:
        """The comments up to an offset; all that are left where it is None."""
        while self.comments and (before is None or self.comments[0].span.start < before):
            comment = self.comments.popleft()
            if comment.trailing and self.lines and self.lines[-1] and "#" not in self.lines[-1]:
                self.lines[-1] += "  " + comment.text
            else:
                self.lines.append(" " * indent + comment.text)

    def _statement(self, statement: ast.Statement, indent: int) -> None:
        head = " " * indent + _heading(statement, indent)
        block = next(ast.blocks(statement), None)
        if block is None:
            self.lines.append(head)
            return
        remarked = bool(self.comments) and self.comments[0].span.start < block.span.end
        flat = f"{head} {_flat(block)}"
        short = indent > 0 or len(block.statements) < 2
        if short and not remarked and _is_flat(block) and len(flat) <= WIDTH and "\n" not in flat:
            self.lines.append(flat)
            return
        self.lines.append(head + " {")
        self.statements(block.statements, indent + STEP)
        self.remarks(block.span.end, indent + STEP)
        self.lines.append(" " * indent + "}")


def _heading(statement: ast.Statement, indent: int) -> str:
    """A statement without its block; the lines of a long text stand below the field's name."""
    value = statement.value if isinstance(statement, ast.Assignment) else None
    if isinstance(value, ast.Literal) and isinstance(value.value, str) and is_long_text(value):
        long = long_text(value.value, indent + STEP, indent)
        if long is not None:
            statement = replace(statement, value=replace(value, text=long))
    return heading_text(statement)


def _continues(statement: ast.Statement) -> bool:
    """Whether this is the other branch of the statement before."""
    head = statement.head if isinstance(statement, ast.Declaration) else None
    return head is not None and head.text in ("else", "else if")


def _is_flat(block: ast.Block) -> bool:
    return all(
        isinstance(statement, ast.Assignment | ast.Comparison)
        and next(ast.blocks(statement), None) is None
        for statement in block.statements
    )


def _flat(block: ast.Block) -> str:
    inner = "  ".join(heading_text(statement) for statement in block.statements)
    return f"{{ {inner} }}" if inner else "{}"
