"""sqlglot's nodes in, their places in the text out."""

from __future__ import annotations

from typing import Any

from mlsdc.compiler.sql.outcome import Spot

Node = Any
"""A node of sqlglot's trees; its classes are imported where they are told apart."""


def spot(node: Node | None) -> Spot | None:
    """Where a name or a function stands in the text; None where sqlglot does not tell."""
    if node is None:
        return None
    start, end = node.meta.get("start"), node.meta.get("end")
    if isinstance(start, int) and isinstance(end, int):
        return Spot(start, end + 1)
    inner = node.args.get("this")
    return spot(inner) if hasattr(inner, "meta") else None
