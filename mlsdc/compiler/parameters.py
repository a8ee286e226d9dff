"""Parameters: `param peak: rate { peak <= 2000/s }` takes such rates only, whoever gives them."""

from __future__ import annotations

from collections.abc import Iterator

from mlsdc.compiler import composition_rules, rules
from mlsdc.compiler.collect import Collected
from mlsdc.compiler.evaluate import Scope, evaluate
from mlsdc.compiler.parameter_types import Demand, misfit
from mlsdc.compiler.raw import article
from mlsdc.compiler.values import Unreadable, Value, describe
from mlsdc.diagnostics import Diagnostic, Label, nearest
from mlsdc.dsl import ast


def reject_parameters(collected: Collected, scope: Scope) -> list[Diagnostic]:
    """Complaints about unknown types, and about values that their parameters do not take.

    Such a value is unreadable from then on, so that nothing is said of what it would lead to.
    """
    said: list[Diagnostic] = []
    for name, statement in sorted(collected.values.items()):
        if statement.type is not None or statement.body is not None:
            used = set(scope.used)
            wrong = list(_check(name, statement, collected, scope))
            scope.used -= {name} - used  # looking at it here is no use of it
            if wrong:
                scope.reject(name)
            said += wrong
    return said


def check_demands(collected: Collected) -> list[Diagnostic]:
    """Complaints about arguments that do not name a component of their role."""
    return [d for each in dict.fromkeys(collected.demands) for d in _demanded(each, collected)]


def _check(
    name: str, statement: ast.Declaration, collected: Collected, scope: Scope
) -> Iterator[Diagnostic]:
    given = scope.given.get(name) or statement.value
    if given is None:
        return  # reported where the parameter is used
    value = scope.lookup(name, given.span)
    if value is None or isinstance(value, Unreadable):
        return
    if statement.type is not None:
        wrong = misfit(name, statement.type, given, scope, value)
        if isinstance(wrong, Diagnostic):
            yield wrong
            return
        if wrong is not None:
            collected.demands.append(wrong)
    for inner in statement.body.statements if statement.body else []:
        yield from _limit(name, value, given, inner, scope)


def _limit(
    name: str, value: Value, given: ast.Expression, limit: ast.Statement, scope: Scope
) -> Iterator[Diagnostic]:
    """`peak <= 2000/s`, `one_of = [eu, us]`"""
    if isinstance(limit, ast.Comparison) and limit.key.text == name:
        before = len(scope.diagnostics)
        reference = ast.Reference(name, limit.key.span)
        condition = ast.Binary(limit.operator, reference, limit.value, limit.span)
        if evaluate(condition, scope) is False and len(scope.diagnostics) == before:
            bound = describe(evaluate(limit.value, scope))
            yield composition_rules.CONSTRAINT_BROKEN.at(
                given.span,
                f"parameter `{name}` is {describe(value)}, and has to be {limit.operator} {bound}",
                subject=name,
                labels=[Label(limit.span, "its declaration says so")],
                help=f"{name} = {limit.value.text}"
                if isinstance(limit.value, ast.Literal) and "=" in limit.operator
                else f"give another value: --set {name}=...",
            )
    elif isinstance(limit, ast.Assignment) and limit.key.text == "one_of":
        yield from _one_of(name, value, given, limit, scope)
    elif not isinstance(limit, ast.Broken):
        yield rules.MISPLACED.at(
            limit.span,
            f"the block of a parameter limits its value: `{name} <= ...` or `one_of = [...]`",
            help=f"{name} >= 0",
        )


def _one_of(
    name: str, value: Value, given: ast.Expression, limit: ast.Assignment, scope: Scope
) -> Iterator[Diagnostic]:
    allowed = evaluate(limit.value, scope)
    if not isinstance(allowed, list):
        if not isinstance(allowed, Unreadable):
            yield rules.WRONG_TYPE.at(
                limit.value.span,
                f"`one_of` wants a list, this is {describe(allowed)}",
                subject=name,
                help="one_of = [a, b]",
            )
        return
    if value not in allowed:
        near = nearest(str(value), [str(each) for each in allowed])
        yield composition_rules.CONSTRAINT_BROKEN.at(
            given.span,
            f"parameter `{name}` is {describe(value)}, which is none of "
            + ", ".join(f"`{each}`" for each in allowed[:8]),
            subject=name,
            labels=[Label(limit.span, "its declaration says so")],
            help=f"did you mean `{near}`?" if near else f"{name} = {allowed[0] if allowed else ''}",
        )


def _demanded(demand: Demand, collected: Collected) -> Iterator[Diagnostic]:
    found = collected.components.get(demand.name)
    if found is None:
        if not collected.is_broken(demand.name):
            fitting = [n for n, c in collected.components.items() if c.cls.role == demand.role]
            near = nearest(demand.name, fitting) or nearest(demand.name, collected.components)
            yield rules.UNKNOWN_NAME.at(
                demand.span,
                f"nothing is called `{demand.name}`",
                labels=[demand.label],
                help=f"did you mean `{near}`?" if near else f"declare it: {demand.role} ...",
            )
    elif found.cls.role != demand.role:
        yield rules.WRONG_ROLE.at(
            demand.span,
            f"`{demand.name}` is {article(found.cls.role)}, here stands {article(demand.role)}",
            labels=[demand.label, Label(found.name.span, "declared here")],
            help=f"name {article(demand.role)}",
        )
