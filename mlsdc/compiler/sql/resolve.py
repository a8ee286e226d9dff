"""Trees of a text and the tables it may name in; what it returns and what it gets wrong out.

Names are compared without regard to case. A column is a mistake only where every table around it
declares its columns; what a table function or an undeclared table gives may be anything.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING

from mlsdc.compiler.sql.outcome import (
    ANYTHING,
    Output,
    Problem,
    Query,
    Read,
    Relation,
    Spot,
    Table,
    Unread,
)
from mlsdc.compiler.sql.read import ITSELF, fill, parse
from mlsdc.compiler.sql.trees import Node, spot

if TYPE_CHECKING:
    pass

MOST_TEXTS = 1024


@lru_cache(maxsize=MOST_TEXTS)
def query(text: str, dialect: str, tables: tuple[Table, ...]) -> Query | Unread:
    """What a text returns, where it may read these tables; each is worked out once."""
    filled = fill(text)
    trees = parse(filled, dialect)
    if isinstance(trees, Unread):
        return trees
    from sqlglot.errors import OptimizeError, SqlglotError

    try:
        return _Text({table.name.lower(): table for table in tables}).read(trees)
    except RecursionError:
        return Unread("it nests too deep to be read", Spot(0, 0))
    except OptimizeError as error:
        said = str(error).partition("\n")[0].rstrip(".")[:80]
        return Unread(f"{said[:1].lower()}{said[1:]}", Spot(0, 0))
    except (SqlglotError, ValueError, AttributeError, KeyError, TypeError, IndexError) as error:
        return Unread(f"sqlglot gave up: {type(error).__name__}", Spot(0, 0))


@dataclass
class _Text:
    tables: dict[str, Table]
    made: dict[str, Relation] = field(default_factory=dict[str, Relation])
    """Tables and views that the text itself makes."""
    problems: dict[tuple[str, Spot], Problem] = field(
        default_factory=dict[tuple[str, Spot], Problem]
    )
    used: dict[str, None] = field(default_factory=dict[str, None])

    def read(self, trees: tuple[Node, ...]) -> Query:
        """The last statement that returns or writes rows is what the text is for."""
        from sqlglot import exp

        last = ANYTHING
        for tree in trees:
            if isinstance(tree, exp.Query):
                last = self._query(tree)
            elif isinstance(tree, exp.Create | exp.Insert):
                inner = tree.args.get("expression")
                if isinstance(inner, exp.Query):
                    last = self._query(inner)
                    self._make(tree, last)
            elif isinstance(tree, exp.Merge):
                last = ANYTHING
        return Query(last, tuple(self.problems.values()), tuple(self.used))

    def _make(self, tree: Node, relation: Relation) -> None:
        from sqlglot import exp

        target = tree.find(exp.Table)
        if isinstance(tree, exp.Create) and target is not None:
            self.made[target.name.lower()] = relation

    def _query(self, tree: Node) -> Relation:
        from sqlglot.optimizer.scope import build_scope

        from mlsdc.compiler.sql.scopes import Scopes

        root = build_scope(tree)
        return ANYTHING if root is None else Scopes(self).relation(root)

    def table(self, node: Node) -> Relation:
        """What a table of a FROM or a JOIN gives."""
        from sqlglot import exp

        if not isinstance(node.this, exp.Identifier) or node.args.get("pivots"):
            return ANYTHING
        parts = [part.name for part in node.parts]
        names = [".".join(parts[at:]).lower() for at in range(len(parts))]
        made = self.made.get(names[-1])
        if made is not None or names[-1] == ITSELF:
            return made or ANYTHING
        found = next((self.tables[name] for name in names if name in self.tables), None)
        if found is None:
            found = self._inside(names)
        if found is None:
            self.complain("table", ".".join(parts), spot(node.this), tuple(self.tables))
            return ANYTHING
        self.used[found.name] = None
        if found.columns is None:
            return Relation(passes=(found.name,))
        return Relation(
            {
                name.lower(): Output(name, frozenset((Read(found.name, name),)))
                for name in found.columns
            }
        )

    def _inside(self, names: list[str]) -> Table | None:
        """`lake.customers`, where the lake is declared and what lies in it is not."""
        holders = [name.rpartition(".")[0] for name in names if "." in name]
        for holder in (part for name in holders for part in (name, *name.split("."))):
            if holder in self.tables:
                return self.tables[holder]._replace(columns=None)
        return None

    def complain(self, kind: str, name: str, at: Spot | None, known: tuple[str, ...] = ()) -> None:
        """Note a mistake, once for each place."""
        place = at or Spot(0, 0)
        made = Problem("table" if kind == "table" else "column", name, place, known)
        self.problems.setdefault((name.lower(), place), made)
