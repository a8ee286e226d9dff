"""Declarations in, the same without `use`, `for` and `if` out, in the values of one environment.

Laws: a design that composes nothing comes back as it is. What cannot be expanded is reported once,
and every name it would have declared is remembered as broken, so that nothing follows from it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from copy import copy
from dataclasses import dataclass, replace

from mlsdc.compiler import composition_rules, rules
from mlsdc.compiler.collect import Collected, collect_statement
from mlsdc.compiler.evaluate import Scope, evaluate
from mlsdc.compiler.evaluate_complaints import no_condition
from mlsdc.compiler.expand.declared import (
    USES,
    Choice,
    composes_within,
    declared_in,
    declared_name,
    grouped,
    is_loop,
)
from mlsdc.compiler.expand.instance import Instance, overrides, prepare
from mlsdc.compiler.expand.items import items_of
from mlsdc.compiler.expand.substitute import Substitution, mentioned
from mlsdc.compiler.raw import article
from mlsdc.compiler.values import Unreadable
from mlsdc.diagnostics import Diagnostic, Label, Span
from mlsdc.dsl import ast

MOST_STATEMENTS = 100_000
_ONLY_IN_FILES = frozenset(("param", "environment", "system", "pattern", "import", "test"))


def expand(collected: Collected, scope: Scope) -> Collected:
    """The declarations of one environment.

    `scope` holds the design's values, which conditions and loops read; the values that expansion
    makes are added to it, and complaints to its diagnostics.
    """
    if not collected.composed and not collected.composing:
        return collected
    whole = copy(collected)
    whole.components = dict(collected.components)
    whole.environments = dict(collected.environments)
    whole.broken, whole.asserts = set(collected.broken), list(collected.asserts)
    whole.broken_stems, whole.demands = set(collected.broken_stems), list(collected.demands)
    whole.overrides, whole.made_by = {}, {}
    whole.said = []
    whole.claimed = dict(collected.claimed)
    whole.values = scope.definitions
    expansion = _Expansion(whole, scope)
    expansion.run(collected.composed, _TOP)
    for name in sorted(collected.composing):
        expansion.within_declaration(name)
    return whole


@dataclass(frozen=True)
class _Trail:
    """How expansion came to where it is."""

    labels: tuple[Label, ...] = ()
    patterns: tuple[str, ...] = ()

    def into(self, label: Label, pattern: str | None = None) -> _Trail:
        patterns = (*self.patterns, pattern) if pattern else self.patterns
        return _Trail((label, *self.labels), patterns)


_TOP = _Trail()
Statements = Sequence[ast.Statement]


class _Expansion:
    def __init__(self, whole: Collected, scope: Scope) -> None:
        self.whole, self.scope = whole, scope
        self.said: list[Diagnostic] = scope.diagnostics
        self.made = 0
        self.instances: dict[str, Span] = {}

    # Declarations ------------------------------------------------------------------------------

    def run(self, statements: Iterable[ast.Statement | Choice], trail: _Trail) -> None:
        """Expand statements of the top level, or of what stands for them."""
        for statement in statements:
            if isinstance(statement, Choice):
                self._choice(statement, trail)
            elif isinstance(statement, ast.Declaration) and is_loop(statement):
                self._loop(statement, lambda made, way: self.run(made, way), trail)
            elif isinstance(statement, ast.Declaration) and _head(statement) == USES:
                self._use(statement, trail)
            else:
                self._plain(statement, trail)

    def _plain(self, statement: ast.Statement, trail: _Trail) -> None:
        head = _head(statement)
        if head in _ONLY_IN_FILES:
            self.said.append(
                rules.MISPLACED.at(
                    statement.span,
                    f"{article(head)} stands at the top of a file, and in no block",
                    help="a pattern takes its parameters in parentheses"
                    if head == "param"
                    else "move it out of the block",
                )
            )
            return
        whole = self.whole
        assert whole.catalog is not None
        before = len(whole.said)
        if isinstance(statement, ast.Declaration) and composes_within(statement):
            statement = replace(statement, body=self._block(statement.body))
        collect_statement(statement, whole, whole.catalog)
        self.said += whole.said[before:]
        name = declared_name(statement) if isinstance(statement, ast.Declaration) else None
        if name is not None and trail.labels:
            whole.made_by.setdefault(name.text, trail.labels)

    def _choice(self, choice: Choice, trail: _Trail) -> None:
        chosen = self._chosen(choice)
        if chosen is None:
            for branch in choice.branches:
                self._give_up(branch)
        else:
            self.run(grouped(chosen, self.said), trail)

    def _use(self, statement: ast.Declaration, trail: _Trail) -> None:
        instance = prepare(statement, self.whole, trail.patterns, self.scope)
        if not isinstance(instance, Instance):
            self._break_names(instance)
            return
        if self._taken(instance.name, statement.words[2].span):
            return
        label = Label(statement.words[0].span, f"`{instance.name}` is made here")
        if self._counted(instance.statements, label):
            inner = trail.into(label, instance.pattern)
            self.run(grouped(instance.statements, self.said), inner)
        for name, blocks in overrides(statement, instance, self.whole, self.said).items():
            self.whole.overrides.setdefault(name, []).extend(blocks)

    def _taken(self, name: str, span: Span) -> bool:
        first = self.instances.setdefault(name, span)
        if first is span:
            return False
        self.said.append(
            rules.DUPLICATE.at(
                span,
                f"there are two instances `{name}`",
                subject=name,
                labels=[Label(first, "first made here")],
                help="give one of them another name",
            )
        )
        return True

    # Blocks ------------------------------------------------------------------------------------

    def within_declaration(self, name: str) -> None:
        """Expand what stands inside a component, or inside an environment."""
        declared = self.whole.components.get(name)
        if declared is not None:
            body = self._block(declared.statement.body)
            declared = replace(declared, statement=replace(declared.statement, body=body))
            self.whole.components[name] = declared
        environment = self.whole.environments.get(name)
        if environment is not None and composes_within(environment):
            body = self._block(environment.body)
            self.whole.environments[name] = replace(environment, body=body)

    def _block(self, block: ast.Block | None) -> ast.Block | None:
        if block is None or not composes_within(block):
            return block
        made: list[ast.Statement] = []
        self._inside(grouped(block.statements, self.said), made, _TOP)
        return ast.Block(made, block.span)

    def _inside(
        self, statements: Iterable[ast.Statement | Choice], made: list[ast.Statement], trail: _Trail
    ) -> None:
        for statement in statements:
            if isinstance(statement, Choice):
                chosen = self._chosen(statement)
                self._inside(grouped(chosen or [], self.said), made, trail)
            elif isinstance(statement, ast.Declaration) and is_loop(statement):
                self._loop(
                    statement, lambda inner, way: self._inside(inner, made, way), trail, within=True
                )
            elif isinstance(statement, ast.Declaration | ast.Broken):
                made.append(replace(statement, body=self._block(statement.body)))
            elif isinstance(statement, ast.Assignment):
                made.append(replace(statement, configuration=self._block(statement.configuration)))
            else:
                made.append(statement)

    # Loops and branches ------------------------------------------------------------------------

    def _loop(
        self,
        statement: ast.Declaration,
        go_on: Callable[[Iterable[ast.Statement | Choice], _Trail], None],
        trail: _Trail,
        within: bool = False,
    ) -> None:
        body = statement.body.statements if statement.body else []
        found = items_of(statement, self.scope)
        if found is None:
            self._give_up(statement)
            return
        declared = declared_in(body, within)
        for item in found.items:
            names = {name: f"{name}_{item.suffix}" for name in declared.names}
            meaning = Substitution({found.variable: item.expression}, names, declared.stems)
            label = Label(item.expression.span, f"made for `{item.suffix}`")
            if not self._counted(body, label):
                return
            made = [meaning.outermost(inner) for inner in body]
            go_on(grouped(made, self.said), trail.into(label))

    def _chosen(self, choice: Choice) -> Statements | None:
        """The statements of the first branch whose condition holds; None where none is known."""
        self.scope.used.update(mentioned([branch.body for branch in choice.branches]))
        for branch in choice.branches:
            if branch.value_modifiers or branch.words:
                self.said.append(
                    rules.MISPLACED.at(
                        (branch.value_modifiers or branch.words)[0].span,
                        "this means nothing here",
                        help="remove it",
                    )
                )
            if branch.value is not None:
                held = evaluate(branch.value, self.scope)
                if not isinstance(held, bool):
                    if not isinstance(held, Unreadable):
                        self.said.append(no_condition(branch.value.span, held))
                    return None
                if not held:
                    continue
            return branch.body.statements if branch.body else []
        return []

    # What cannot be expanded -------------------------------------------------------------------

    def _counted(self, statements: Statements, label: Label) -> bool:
        """Whether there is room for these statements."""
        self.made += sum(1 for _ in ast.walk(list(statements)))
        if self.made <= MOST_STATEMENTS:
            return True
        if self.scope.made <= MOST_STATEMENTS:
            self.scope.made = MOST_STATEMENTS + 1
            self.said.append(
                composition_rules.TOO_MUCH.at(
                    label.span,
                    f"loops and patterns make more than {MOST_STATEMENTS:,} statements",
                    help="a design lists what people decide on; data belongs into files",
                )
            )
        return False

    def _give_up(self, statement: ast.Declaration) -> None:
        """Remember what a statement would have declared."""
        declared = declared_in(statement.body.statements if statement.body else [])
        self._break_names(declared.names | declared.stems, is_loop(statement))

    def _break_names(self, names: Iterable[str], made_of_them: bool = True) -> None:
        self.whole.broken.update(names)
        if made_of_them:
            self.whole.broken_stems |= set(names)


def _head(statement: ast.Statement) -> str:
    head = statement.head if isinstance(statement, ast.Declaration) else None
    return head.text if head is not None else ""
