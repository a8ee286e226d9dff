"""Modules as data in, Python text out, laid out as ruff and black lay it out.

A construct stands on one line where it fits into 88 columns; otherwise each element has a line of
its own and a trailing comma. Law: only names chosen by mlsdc and Python literals are printed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from mlsdc.targets.pulumi.names import identifiers, natural
from mlsdc.targets.pulumi.resources import (
    Args,
    Concat,
    Export,
    Json,
    JsonField,
    Lookup,
    Module,
    Named,
    Options,
    Output,
    Ref,
    Resource,
    Sealed,
    Setting,
    Statement,
    Text,
    Value,
)

WIDTH = 88
PACKAGES = {"json": "import json", "pulumi": "import pulumi", "aws": "import pulumi_aws as aws",
            "k8s": "import pulumi_kubernetes as k8s"}  # fmt: skip
Item = tuple[str, "Expression"]


@dataclass(frozen=True)
class Expression:
    """An expression: an atom, or brackets around items that each may carry a label."""

    opening: str
    items: tuple[Item, ...] = ()
    closing: str = ""

    @property
    def flat(self) -> str:
        """The expression on one line."""
        inside = ", ".join(f"{label}{item.flat}" for label, item in self.items)
        return f"{self.opening}{inside}{self.closing}"

    def laid_out(self, indent: int, before: int, after: int) -> str:
        """The expression where `before` columns precede it and `after` follow on its line."""
        flat = self.flat
        if not self.items or indent + before + len(flat) + after <= WIDTH:
            return flat
        margin = " " * (indent + 4)
        lines = [
            f"{margin}{label}{item.laid_out(indent + 4, len(label), 1)},"
            for label, item in self.items
        ]
        return "\n".join([self.opening, *lines, " " * indent + self.closing])


def literal(value: str | int | float) -> str:
    """A Python literal, its quotes as black prefers them."""
    text = repr(value)
    if not isinstance(value, str) or text[0] != "'":
        return text
    body = text[1:-1]
    single, double = body.count("\\'"), body.count('"')
    if double > single:
        return text
    return '"' + body.replace("\\'", "'").replace('"', '\\"') + '"'


def print_modules(modules: Sequence[Module]) -> dict[str, str]:
    """The text of each module by its name.

    Raises:
        KeyError: a value refers to something that no module has named before.
    """
    keys = [s.key for m in modules for s in m.statements if not isinstance(s, Export)]
    if len(keys) != len(set(keys)):
        twice = sorted({key for key in keys if keys.count(key) > 1})
        raise ValueError(f"two statements of one key: {', '.join(twice)}")
    variables = identifiers(keys, {*PACKAGES, *(m.name for m in modules)})
    homes = {s.key: m.name for m in modules for s in m.statements if not isinstance(s, Export)}
    texts: dict[str, str] = {}
    known: set[str] = set()
    for module in modules:
        printer = _Printer(module.name, variables, homes, known)
        texts[module.name] = printer.module(module)
    return texts


class _Printer:
    """Prints one module, and notes what it has to import."""

    def __init__(
        self, name: str, variables: Mapping[str, str], homes: Mapping[str, str], known: set[str]
    ) -> None:
        self._name = name
        self._variables = variables
        self._homes = homes
        self._known = known
        self._packages: set[str] = set()
        self._imports: dict[str, set[str]] = {}

    def module(self, module: Module) -> str:
        """The whole file."""
        body = [self._statement(statement) for statement in module.statements]
        blocks = ["\n".join([f'"""{module.summary}"""']), *self._headers()]
        return "\n\n".join([*blocks, *body]) + "\n"

    def _headers(self) -> Iterator[str]:
        if "json" in self._packages:
            yield PACKAGES["json"]
        third = [text for name, text in PACKAGES.items() if name in self._packages - {"json"}]
        if third:
            yield "\n".join(third)
        own = [_import(home, names) for home, names in sorted(self._imports.items())]
        if own:
            yield "\n".join(own)

    def _statement(self, statement: Statement) -> str:
        expression = self._right_side(statement)
        if isinstance(statement, Export):
            return expression.laid_out(0, 0, 0)
        self._known.add(statement.key)
        target = f"{self._variables[statement.key]} = "
        return target + expression.laid_out(0, len(target), 0)

    def _right_side(self, statement: Statement) -> Expression:
        match statement:
            case Resource():
                items = [("", Expression(literal(statement.name))), *self._labelled(statement.args)]
                options = self._options(statement.options)
                return self._call(statement.type, [*items, *options])
            case Lookup():
                return self._call(statement.function, self._labelled(statement.args))
            case Named():
                return self._value(statement.value)
            case Setting():
                self._packages.add("pulumi")
                space = literal(statement.namespace) if statement.namespace else ""
                get = "require" if statement.kind == "text" else "require_object"
                return Expression(f"pulumi.Config({space}).{get}({literal(statement.name)})")
            case Export():
                name = Expression(literal(statement.name))
                return self._call("pulumi.export", [("", name), ("", self._value(statement.value))])

    def _options(self, options: Options) -> list[Item]:
        given: dict[str, Value] = {}
        if options.provider is not None:
            given["provider"] = options.provider
        if options.protect:
            given |= {"protect": True, "retain_on_delete": True}
        if options.depends_on:
            given["depends_on"] = list(options.depends_on)
        if options.ignore_changes:
            given["ignore_changes"] = list(options.ignore_changes)
        if not given:
            return []
        return [("opts=", self._call("pulumi.ResourceOptions", self._labelled(given)))]

    def _labelled(self, args: Mapping[str, Value]) -> list[Item]:
        return [(f"{name}=", self._value(value)) for name, value in args.items()]

    def _call(self, function: str, items: Sequence[Item]) -> Expression:
        self._packages.add(function.partition(".")[0])
        return Expression(f"{function}(", tuple(items), ")")

    def _value(self, value: Value) -> Expression:
        match value:
            case str() | int() | float():
                return Expression(literal(value))
            case Ref():
                return Expression(self._reference(value))
            case Concat():
                parts = [("", self._value(part)) for part in value.parts]
                return self._call("pulumi.Output.concat", parts)
            case Args():
                return self._call(value.type, self._labelled(value.fields))
            case Json():
                late = refers(value.document)
                function = "pulumi.Output.json_dumps" if late else "json.dumps"
                return self._call(function, [("", self._value(value.document))])
            case Text():
                return Expression(f"{self._reference(value.number)}.apply(str)")
            case Output():
                name = Expression(literal(value.name))
                function = f"{self._reference(value.stack)}.require_output"
                return Expression(f"{function}(", (("", name),), ")")
            case JsonField():
                text = self._call("pulumi.Output.json_loads", [("", self._value(value.text))])
                return Expression(text.opening, text.items, f")[{literal(value.name)}]")
            case Sealed():
                return self._call("pulumi.Output.secret", [("", self._value(value.value))])
            case Mapping():
                items = [(f"{literal(key)}: ", self._value(one)) for key, one in value.items()]
                return Expression("{", tuple(items), "}")
            case _:
                return Expression("[", tuple(("", self._value(one)) for one in value), "]")

    def _reference(self, ref: Ref) -> str:
        if ref.key not in self._known:
            raise KeyError(f"{self._name} refers to `{ref.key}`, which nothing before it names")
        home, name = self._homes[ref.key], self._variables[ref.key]
        if home != self._name:
            self._imports.setdefault(home, set()).add(name)
        return name + "".join(f"[{p}]" if isinstance(p, int) else f".{p}" for p in ref.path)


def refers(value: Value) -> bool:
    """Whether a value holds anything that is known only when the program runs."""
    if isinstance(value, Mapping):
        return any(refers(one) for one in value.values())
    if isinstance(value, Sequence) and not isinstance(value, str):
        return any(refers(one) for one in value)
    return not isinstance(value, str | int | float)


def _import(home: str, names: set[str]) -> str:
    items = tuple(("", Expression(name)) for name in sorted(names, key=natural))
    line = f"from {home} import {', '.join(item.flat for _, item in items)}"
    if len(line) <= WIDTH:
        return line
    return Expression(f"from {home} import (", items, ")").laid_out(0, WIDTH, 0)
