"""`test` blocks in, scenarios out: in which circumstances, and what is expected there.

Only the form of a test is judged here; whether it passes is for `mlsdc test` to find out.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from mlsdc.compiler import rules
from mlsdc.compiler.collect import Collected, environments
from mlsdc.compiler.evaluate import Scope
from mlsdc.compiler.parameter_types import misfit
from mlsdc.compiler.scenario_rules import BAD_TEST
from mlsdc.diagnostics import Diagnostic, Label, Rule, Span, nearest
from mlsdc.dsl import ast

Outcome = Literal["found", "absent", "nothing", "no errors"]
_EXAMPLE = "expect LAT002 on authorise"


@dataclass(frozen=True)
class Expectation:
    """What is to be found in the circumstances of a test.

    `found`: a finding of the rule; `absent`: none of it; `nothing`: no finding from a warning up;
    `no errors`: no error. `subject` limits the first two to one component.
    """

    outcome: Outcome
    span: Span
    rule: Rule | None = None
    subject: str = ""


@dataclass
class Scenario:
    """One test."""

    name: str
    span: Span
    environment: str | None = None
    given: dict[str, ast.Expression] = field(default_factory=dict[str, ast.Expression])
    blocks: dict[str, list[ast.Block]] = field(default_factory=dict[str, list[ast.Block]])
    """What the test changes in components, over everything else."""
    expectations: list[Expectation] = field(default_factory=list[Expectation])
    asserts: list[ast.Declaration] = field(default_factory=list[ast.Declaration])


def read_scenarios(
    collected: Collected, known: Sequence[Rule], said: list[Diagnostic]
) -> list[Scenario]:
    """The tests of a design; what is wrong with one is told, and what is right is kept.

    `collected` are the declarations after composition.
    """
    reader = _Reader(collected, known, said)
    found: dict[str, Scenario] = {}
    for statement in collected.tests:
        scenario = reader.scenario(statement)
        if scenario is None:
            continue
        first = found.setdefault(scenario.name, scenario)
        if first is not scenario:
            said.append(
                rules.DUPLICATE.at(
                    scenario.span,
                    f'there are two tests "{scenario.name}"',
                    labels=[Label(first.span, "the first one")],
                    help="give one of them another name",
                )
            )
    return list(found.values())


class _Reader:
    def __init__(self, collected: Collected, known: Sequence[Rule], said: list[Diagnostic]) -> None:
        self.collected, self.said = collected, said
        self.rules: Mapping[str, Rule] = {
            key: rule for rule in known for key in (rule.code, rule.slug, _word(rule.slug))
        }

    def scenario(self, statement: ast.Declaration) -> Scenario | None:
        """One test block."""
        title = statement.words[0] if statement.words else None
        if not isinstance(title, ast.Literal) or not isinstance(title.value, str):
            return self._bad(
                statement.span, "a test has a name", 'test "twice the traffic" { ... }'
            )
        if statement.words[1:]:
            self._bad(statement.words[1].span, "this means nothing here", "remove it")
        made = Scenario(title.value, title.span)
        before = len(self.said)
        for inner in statement.body.statements if statement.body else []:
            self._line(inner, made)
        if not made.expectations and not made.asserts and len(self.said) == before:
            return self._bad(title.span, "this test expects nothing", _EXAMPLE)
        return made

    def _line(self, statement: ast.Statement, made: Scenario) -> None:
        if isinstance(statement, ast.Broken):
            return
        head = statement.head if isinstance(statement, ast.Declaration) else None
        word = head.text if head is not None else ""
        if not isinstance(statement, ast.Declaration) or word not in ("given", "expect", "assert"):
            near = nearest(word, ("given", "expect", "assert")) if word else None
            self._bad(
                head.span if head is not None else statement.span,
                "a line of a test is a `given`, an `expect` or an `assert`",
                f"did you mean `{near}`?" if near else _hint(statement),
            )
        elif word == "assert":
            if statement.value is None:
                self._bad(
                    statement.span, "this `assert` has no condition", "assert ask.p99 <= 50ms"
                )
            else:
                made.asserts.append(statement)
        elif word == "given":
            self._given(statement, made)
        else:
            made.expectations += self._expect(statement)

    # Circumstances -----------------------------------------------------------------------------

    def _given(self, statement: ast.Declaration, made: Scenario) -> None:
        plain = not (statement.type or statement.modifiers or statement.value_modifiers)
        if statement.name is not None and statement.value is not None and not statement.words:
            if not plain or statement.body is not None:
                self._bad(statement.span, "a `given` is a name and a value", "given peak = 200/s")
            elif statement.name.text == "environment":
                self._environment(statement.value, made)
            else:
                self._parameter(statement.name, statement.value, made)
        elif len(statement.words) == 1 and statement.body is not None and plain:
            self._component(statement.words[0], statement.body, made)
        else:
            self._bad(
                statement.span,
                "a `given` is a parameter with a value, or a component with a block",
                "given peak = 200/s, or given score { replicas = 2 }",
            )

    def _environment(self, value: ast.Expression, made: Scenario) -> None:
        known = environments(self.collected)
        name = value.name if isinstance(value, ast.Reference) else ""
        if name in known:
            made.environment = name
        elif not self.collected.is_broken(name):
            near = nearest(name, known)
            self.said.append(
                rules.UNKNOWN_ENVIRONMENT.at(
                    value.span,
                    f"there is no environment `{name}`" if name else "an environment is a name",
                    help=f"did you mean `{near}`?" if near else "environments: " + ", ".join(known),
                )
            )

    def _parameter(self, name: ast.Name, value: ast.Expression, made: Scenario) -> None:
        declared = self.collected.values.get(name.text)
        if declared is None or declared.head is None or declared.head.text != "param":
            if not self.collected.is_broken(name.text):
                self._no_parameter(name, declared)
            return
        if name.text in made.given:
            self.said.append(
                rules.DUPLICATE.at(
                    name.span,
                    f"`{name.text}` is given twice",
                    labels=[Label(made.given[name.text].span, "first given here")],
                    help="keep one of them",
                )
            )
        elif declared.type is not None:
            scope = Scope(self.collected.values, {}, self.said)
            wrong = misfit(name.text, declared.type, value, scope)
            if isinstance(wrong, Diagnostic):
                self.said.append(wrong)
                return
        made.given.setdefault(name.text, value)

    def _no_parameter(self, name: ast.Name, declared: ast.Declaration | None) -> None:
        if declared is not None:
            why = f"`{name.text}` is a `let`, which nothing can give"
            hint = f"declare it as a parameter: param {name.text} = ..."
        elif name.text in self.collected.components:
            why = f"`{name.text}` is a component"
            hint = f"given {name.text} {{ ... }}"
        else:
            every = [
                k for k, v in self.collected.values.items() if v.head and v.head.text == "param"
            ]
            near = nearest(name.text, every)
            why = f"there is no parameter `{name.text}`"
            hint = (
                f"did you mean `{near}`?" if near else "parameters: " + (", ".join(every) or "none")
            )
        self.said.append(rules.UNKNOWN_NAME.at(name.span, why, help=hint))

    def _component(self, word: ast.Expression, body: ast.Block, made: Scenario) -> None:
        name = word.name if isinstance(word, ast.Reference) else ""
        if name in self.collected.components:
            made.blocks.setdefault(name, []).append(body)
        else:
            self._no_component(name, word.span)

    def _no_component(self, name: str, span: Span) -> None:
        if not self.collected.is_broken(name):
            near = nearest(name, self.collected.components)
            self.said.append(
                rules.UNKNOWN_NAME.at(
                    span,
                    f"there is no component `{name}`" if name else "a component is a name",
                    help=f"did you mean `{near}`?" if near else "name a component of the design",
                )
            )

    # Expectations ------------------------------------------------------------------------------

    def _expect(self, statement: ast.Declaration) -> Iterator[Expectation]:
        words = [_word_text(word) for word in statement.words]
        span = statement.span
        if statement.name is not None or statement.body is not None or statement.value is not None:
            self._bad(span, "an `expect` is written in words", _EXAMPLE)
        elif words == ["nothing"]:
            yield Expectation("nothing", span)
        elif words == ["no", "errors"]:
            yield Expectation("no errors", span)
        else:
            absent = words[:1] == ["no"]
            rest = statement.words[absent:]
            if len(rest) not in (1, 3) or (len(rest) == 3 and _word_text(rest[1]) != "on"):
                self._bad(
                    span, "an `expect` names a rule, and the component it speaks of", _EXAMPLE
                )
                return
            rule = self._rule(rest[0])
            subject = _word_text(rest[2]) if len(rest) == 3 else ""
            if subject and subject not in self.collected.components:
                self._no_component(subject, rest[2].span)
            elif rule is not None:
                yield Expectation("absent" if absent else "found", span, rule, subject)

    def _rule(self, word: ast.Expression) -> Rule | None:
        text = _word_text(word)
        rule = self.rules.get(text) or self.rules.get(text.upper())
        if rule is None:
            near = nearest(text, self.rules)
            self._bad(
                word.span,
                f"there is no rule `{text}`",
                f"did you mean `{near}`?" if near else "mlsdc explain rules",
            )
        return rule

    def _bad(self, span: Span, message: str, hint: str) -> None:
        self.said.append(BAD_TEST.at(span, message, help=hint))


def _word(slug: str) -> str:
    return slug.replace("-", "_")


def _word_text(word: ast.Expression) -> str:
    """A word or a text as it stands; empty for anything else."""
    if isinstance(word, ast.Reference):
        return word.name
    return word.value if isinstance(word, ast.Literal) and isinstance(word.value, str) else ""


def _hint(statement: ast.Statement) -> str:
    key = getattr(statement, "key", None)
    return f"given {key.text} = ..." if isinstance(key, ast.Name) else _EXAMPLE
