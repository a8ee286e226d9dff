"""`--env` and `--set` in, an environment and parameter values out.

What is wrong with them is a finding that points into the command line itself, as if that were a
file. Law: a value that cannot fit its parameter is refused here, before anything is computed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from mlsdc.cli import rules
from mlsdc.compiler import rules as model_rules
from mlsdc.compiler.collect import Collected
from mlsdc.compiler.evaluate import Scope, Symbol, Unreadable, Value, describe, evaluate
from mlsdc.diagnostics import Diagnostic, Label, Severity, Source, Span, nearest
from mlsdc.dsl import ast
from mlsdc.dsl.parse import parse
from mlsdc.units import Accelerators, Quantity

COMMAND_LINE = "<command line>"


@dataclass
class Settings:
    """What the command line chooses. `said` is empty where all of it can be used."""

    source: Source
    environment: str | None = None
    given: dict[str, ast.Expression] = field(default_factory=dict[str, ast.Expression])
    said: list[Diagnostic] = field(default_factory=list[Diagnostic])

    @property
    def refused(self) -> bool:
        """Whether something was asked for that cannot be had."""
        return any(d.severity is Severity.ERROR for d in self.said)


def read_settings(
    environment: str | None, assignments: Sequence[str], collected: Collected
) -> Settings:
    """Match the options against what the design declares."""
    # `--set` comes first: source maps point into it, and must not move where `--env` is given.
    starts: list[int] = []
    parts: list[str] = []
    for assignment in assignments:
        starts.append(sum(len(part) + 1 for part in parts) + len("--set "))
        parts.append(f"--set {assignment}")
    if environment is not None:
        parts.append(f"--env {environment}")
    settings = Settings(Source(COMMAND_LINE, " ".join(parts)), environment)
    if environment is not None:
        end = len(settings.source.text)
        _check_environment(Span(COMMAND_LINE, end - len(environment), end), collected, settings)
    seen: dict[str, Span] = {}
    for start, text in zip(starts, assignments, strict=True):
        _assign(start, text, collected, settings, seen)
    return settings


def _check_environment(span: Span, collected: Collected, settings: Settings) -> None:
    name, known = settings.environment or "", sorted(collected.environments)
    if name in known or collected.is_broken(name):
        return
    if not known:
        message = "the design declares no environment"
        hint = f"{'environment ' + name if name.isidentifier() else 'environment prod'} "
        hint += "{ platform = kubernetes }"
    else:
        message = f"there is no environment `{name}`"
        near = nearest(name, known)
        hint = f"did you mean `{near}`?" if near else "environments: " + ", ".join(known)
    settings.said.append(model_rules.UNKNOWN_ENVIRONMENT.at(span, message, help=hint))


def _assign(
    start: int, text: str, collected: Collected, settings: Settings, seen: dict[str, Span]
) -> None:
    name, equals, value = text.partition("=")
    name = name.strip()
    whole = Span(COMMAND_LINE, start, start + len(text))
    if not equals or not value.strip() or not name.isidentifier():
        message = f"`{text}` gives no parameter a value"
        example = name if name.isidentifier() else "peak"
        hint = f"--set {example}=1200/s"
        settings.said.append(rules.BAD_SETTING.at(whole, message, help=hint))
        return
    place = Span(COMMAND_LINE, start, start + text.index("="))
    if name in seen:
        settings.said.append(
            model_rules.DUPLICATE.at(
                place, f"`{name}` is set twice", labels=[Label(seen[name], "first set here")]
            )
        )
        return
    seen[name] = place
    declared = collected.values.get(name)
    if declared is None or declared.head is None or declared.head.text != "param":
        if not collected.is_broken(name):
            settings.said.append(_no_parameter(name, declared, place, collected))
        return
    expression = _expression(start, text, declared, settings)
    if expression is not None:
        _check_kind(name, expression, declared, collected, settings)
        settings.given[name] = expression


def _no_parameter(
    name: str, declared: ast.Declaration | None, place: Span, collected: Collected
) -> Diagnostic:
    parameters = sorted(
        key
        for key, value in collected.values.items()
        if value.head is not None and value.head.text == "param"
    )
    labels: list[Label] = []
    if declared is not None and declared.name is not None:
        message = f"`{name}` is a `let`, which only the design itself gives a value"
        labels = [Label(declared.name.span, "make it a `param` to set it from outside")]
        hint = ""
    elif name in collected.components:
        message = f"`{name}` is a component, not a parameter"
        hint = f"change a component in an environment: environment prod {{ {name} {{ ... }} }}"
    else:
        message = f"the design has no parameter `{name}`"
        near = nearest(name, parameters)
        hint = "parameters: " + ", ".join(parameters) if parameters else "it has none at all"
        hint = f"did you mean `{near}`?" if near else hint
    return model_rules.UNKNOWN_NAME.at(place, message, labels=labels, help=hint)


def _expression(
    start: int, text: str, declared: ast.Declaration, settings: Settings
) -> ast.Expression | None:
    """The value as a tree whose spans lie in the command line."""
    value = text.partition("=")[2]
    at = start + len(text) - len(value)
    span = Span(COMMAND_LINE, at, at + len(value))
    default = declared.value
    if isinstance(default, ast.Literal) and isinstance(default.value, str):
        bare = value.strip()
        if not bare.startswith('"'):
            return ast.Literal(bare, value, span)
    tree, said = parse(" " * start + text, COMMAND_LINE)
    if said:
        settings.said += said
        return None
    found = tree.statements[0] if len(tree.statements) == 1 else None
    if isinstance(found, ast.Assignment) and found.configuration is None:
        return found.value
    settings.said.append(
        rules.BAD_SETTING.at(span, f"`{value}` is not one value", help='--set name="a text"')
    )
    return None


def _check_kind(
    name: str,
    expression: ast.Expression,
    declared: ast.Declaration,
    collected: Collected,
    settings: Settings,
) -> None:
    """Refuse a value that does not measure what the parameter's own default measures."""
    scope = Scope(collected.values, settings.given)
    value = evaluate(expression, scope)
    settings.said += scope.diagnostics
    if isinstance(value, Unreadable) or declared.value is None:
        return
    default = evaluate(declared.value, Scope(collected.values))
    if isinstance(default, Unreadable) or _kind(value) == _kind(default):
        return
    settings.said.append(
        model_rules.WRONG_TYPE.at(
            expression.span,
            f"`{name}` wants what its default {describe(default)} is, this is {describe(value)}",
            labels=[Label(declared.value.span, f"the default of `{name}`")],
            help=f"--set {name}={_example(declared.value)}",
        )
    )


def _kind(value: Value) -> object:
    """What may stand for what: quantities of one dimension, and values of one type."""
    if isinstance(value, bool):
        return "truth"
    if isinstance(value, int | float):
        return "number"
    if isinstance(value, Quantity):
        return "share" if value.percent else value.dimension
    if isinstance(value, Accelerators):
        return "accelerators"
    if isinstance(value, Symbol):
        return "name"
    return "text" if isinstance(value, str) else type(value)


def _example(default: ast.Expression) -> str:
    return default.text if isinstance(default, ast.Literal) else "..."
