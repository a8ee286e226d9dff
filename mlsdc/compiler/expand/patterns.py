"""Patterns: their parameters, and what the arguments of a `use` give to them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from mlsdc.compiler import composition_rules, rules
from mlsdc.diagnostics import Diagnostic, Label, nearest
from mlsdc.dsl import ast


def collect_pattern(
    statement: ast.Declaration, patterns: dict[str, ast.Declaration], said: list[Diagnostic]
) -> None:
    """Add the declaration of a pattern; what is wrong with its head is told."""
    name = pattern_name(statement)
    if name is None or statement.body is None:
        said.append(
            rules.MISPLACED.at(
                statement.span,
                "a pattern has a name, parameters and a block",
                help="pattern ranked(model: model, replicas: count = 2) { ... }",
            )
        )
        return
    first = patterns.setdefault(name.name, statement)
    if first is not statement:
        place = pattern_name(first)
        said.append(
            rules.DUPLICATE.at(
                name.span,
                f"the pattern `{name.name}` is declared twice",
                subject=name.name,
                labels=[Label(place.span, "first declared here")] if place else [],
                help="give one of them another name",
            )
        )
    said += _untyped(statement)


def pattern_name(statement: ast.Declaration) -> ast.Reference | None:
    """The name that a pattern is used by."""
    first = statement.words[0] if statement.words else None
    if isinstance(first, ast.Call):
        first = first.function
    return first if isinstance(first, ast.Reference) else None


def parameters(statement: ast.Declaration) -> list[ast.Parameter]:
    """The parameters of a pattern."""
    first = statement.words[0]
    return first.parameters if isinstance(first, ast.Call) else []


def _untyped(statement: ast.Declaration) -> Iterator[Diagnostic]:
    head = statement.words[0]
    for argument in head.arguments if isinstance(head, ast.Call) else []:
        name = argument.name.text if argument.name else getattr(argument.value, "name", "name")
        default = " = ..." if argument.name else ""
        yield rules.WRONG_TYPE.at(
            argument.span,
            f"the parameter `{name}` has no type",
            help=f"{name}: count{default}",
        )
    seen: dict[str, ast.Parameter] = {}
    for parameter in parameters(statement):
        first = seen.setdefault(parameter.name.text, parameter)
        if first is not parameter:
            yield rules.DUPLICATE.at(
                parameter.name.span,
                f"the parameter `{parameter.name.text}` is declared twice",
                labels=[Label(first.name.span, "first declared here")],
                help="give one of them another name",
            )


@dataclass(frozen=True)
class Given:
    """A parameter with the argument or default it stands for."""

    parameter: ast.Parameter
    value: ast.Expression


def bind(
    pattern: ast.Declaration, call: ast.Expression, said: list[Diagnostic]
) -> list[Given] | None:
    """The value of each parameter; None, with complaints, where the arguments do not fit."""
    before = len(said)
    known = {parameter.name.text: parameter for parameter in parameters(pattern)}
    name = pattern_name(pattern)
    label = [Label(name.span, "its parameters are declared here")] if name else []
    given: dict[str, ast.Expression] = {}
    arguments = call.arguments if isinstance(call, ast.Call) else []
    if isinstance(call, ast.Call) and call.parameters:
        said.append(_typed_argument(call.parameters[0]))
        return None
    for at, argument in enumerate(arguments):
        key = _parameter_of(argument, at, list(known))
        if key is None or key not in known:
            said.append(_unknown(argument, key, known, label))
        elif key in given:
            said.append(
                rules.DUPLICATE.at(
                    argument.span,
                    f"`{key}` is given twice",
                    labels=[Label(given[key].span, "first given here")],
                    help="keep one of them",
                )
            )
        else:
            given[key] = argument.value
    missing = [key for key, each in known.items() if key not in given and each.default is None]
    if missing:
        said.append(_missing(call, missing, known, label))
    if len(said) > before:
        return None
    values = ((each, given.get(key, each.default)) for key, each in known.items())
    return [Given(each, value) for each, value in values if value is not None]


def _parameter_of(argument: ast.Argument, at: int, names: Sequence[str]) -> str | None:
    if argument.name is not None:
        return argument.name.text
    return names[at] if at < len(names) else None


def _typed_argument(parameter: ast.Parameter) -> Diagnostic:
    name = parameter.name.text
    return composition_rules.BAD_ARGUMENT.at(
        parameter.span,
        f"`{name}` has a type here, where it is given a value",
        help=f"{name} = {parameter.type.name}",
    )


def _unknown(
    argument: ast.Argument,
    key: str | None,
    known: dict[str, ast.Parameter],
    labels: Sequence[Label],
) -> Diagnostic:
    listed = ", ".join(f"`{name}`" for name in known) or "none"
    near = nearest(key, known) if key else None
    if key is None:
        message = f"this is one argument too many: the pattern takes {len(known)}"
    else:
        message = f"the pattern has no parameter `{key}`"
    return composition_rules.BAD_ARGUMENT.at(
        argument.name.span if argument.name else argument.span,
        message,
        labels=labels,
        help=f"did you mean `{near}`?" if near else f"its parameters: {listed}",
    )


def _missing(
    call: ast.Expression,
    missing: Sequence[str],
    known: dict[str, ast.Parameter],
    labels: Sequence[Label],
) -> Diagnostic:
    listed = ", ".join(f"`{name}` ({known[name].type.name})" for name in missing)
    example = ", ".join(f"{name} = ..." for name in missing)
    return composition_rules.BAD_ARGUMENT.at(
        call.span,
        f"no value is given for {listed}",
        labels=labels,
        help=f"add `{example}` between the parentheses",
    )
