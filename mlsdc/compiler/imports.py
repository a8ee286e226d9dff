"""Sources in, the same with everything they import out.

The files of one design, in the order in which they are first needed. Laws: a file is read once,
whichever way leads to it; files that import each other are one error that shows the chain.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from mlsdc.compiler import composition_rules, rules
from mlsdc.diagnostics import Diagnostic, Source, Span
from mlsdc.dsl import ast

MOST_FILES = 1000
IMPORT = "import"

Parse = Callable[[Source], tuple[ast.Tree, list[Diagnostic]]]
Load = Callable[[str, str, Span], Source | Diagnostic]
"""The importing file, what it imports and where it says so in; the text or what is wrong out."""


@dataclass
class Followed:
    """Every file of a design."""

    sources: list[Source] = field(default_factory=list[Source])
    trees: list[ast.Tree] = field(default_factory=list[ast.Tree])
    said: list[Diagnostic] = field(default_factory=list[Diagnostic])


def follow(sources: Sequence[Source], parse: Parse, load: Load) -> Followed:
    """Read the sources and what they import, depth first."""
    walk = _Walk(parse, load, {source.file: source for source in sources})
    for source in sources:
        walk.visit(source, ())
    return walk.found


@dataclass
class _Walk:
    parse: Parse
    load: Load
    given: dict[str, Source]
    found: Followed = field(default_factory=Followed)
    seen: set[str] = field(default_factory=set[str])

    def visit(self, source: Source, chain: tuple[str, ...]) -> None:
        """Read a file, unless it was read, and then what it imports."""
        if source.file in self.seen:
            return
        self.seen.add(source.file)
        tree, said = self.parse(source)
        self.found.sources.append(source)
        self.found.trees.append(tree)
        self.found.said += said
        for place, target in imports_of(tree, self.found.said):
            self._import(source.file, target, place, (*chain, source.file))

    def _import(self, file: str, target: str, place: Span, chain: tuple[str, ...]) -> None:
        loaded = self.load(file, target, place)
        if isinstance(loaded, Diagnostic):
            self.found.said.append(loaded)
        elif loaded.file in chain:
            circle = [*chain[chain.index(loaded.file) :], loaded.file]
            self.found.said.append(
                composition_rules.IMPORT_CYCLE.at(
                    place,
                    f"these files import each other: {' -> '.join(circle)}",
                    help="move what both need into a third file",
                )
            )
        elif len(self.seen) >= MOST_FILES and loaded.file not in self.seen:
            if len(self.seen) == MOST_FILES:
                self.seen.add("")  # told once
                self.found.said.append(
                    composition_rules.TOO_MUCH.at(
                        place,
                        f"the design imports more than {MOST_FILES:,} files",
                        help="join some of them",
                    )
                )
        else:
            self.visit(self.given.get(loaded.file, loaded), chain)


def imports_of(tree: ast.Tree, said: list[Diagnostic]) -> Iterator[tuple[Span, str]]:
    """What a file imports, and where it says so; a malformed import is reported."""
    for statement in tree.statements:
        if not isinstance(statement, ast.Declaration) or statement.head is None:
            continue
        if statement.head.text != IMPORT or statement.name is not None:
            continue
        word = statement.words[0] if len(statement.words) == 1 else None
        named = word.value if isinstance(word, ast.Literal) else None
        if word is not None and isinstance(named, str) and named and statement.body is None:
            yield word.span, named
        else:
            said.append(
                rules.MISPLACED.at(
                    statement.span,
                    "an import names one file, or one module, as a text",
                    help=f'import "./{_guess(statement)}.mlsd"',
                )
            )


def _guess(statement: ast.Declaration) -> str:
    word = statement.words[0] if statement.words else None
    return word.name if isinstance(word, ast.Reference) else "features"
