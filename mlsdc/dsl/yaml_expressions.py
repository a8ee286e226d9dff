"""Expressions and headings of statements in, their text in the language out, on one line.

Law: parsing the text gives the same tree; parentheses stand only where the tree needs them.
"""

from __future__ import annotations

from mlsdc.dsl import ast

_BINDS = {"or": 1, "and": 2, "+": 5, "-": 5, "*": 6, "/": 6}
_NOT, _COMPARED, _SIGNED, _VALUE = 3, 4, 7, 8
_CHOICE = 0
_LEAST = 1
"""What binds more than a choice between two values."""


def expression_text(node: ast.Expression, least: int = 0) -> str:
    """An expression; in parentheses where it binds less than `least`."""
    text, binds = _written(node)
    return f"({text})" if binds < least else text


def _written(node: ast.Expression) -> tuple[str, int]:
    if isinstance(node, ast.Literal | ast.Template):
        return node.text, _VALUE
    if isinstance(node, ast.Reference):
        return node.name, _VALUE
    if isinstance(node, ast.Attribute):
        return f"{expression_text(node.base, _VALUE)}.{node.name.text}", _VALUE
    if isinstance(node, ast.Call):
        inner = ", ".join(_argument(given) for given in [*node.parameters, *node.arguments])
        return f"{expression_text(node.function, _VALUE)}({inner})", _VALUE
    if isinstance(node, ast.Index):
        return f"{expression_text(node.base, _VALUE)}[{expression_text(node.index)}]", _VALUE
    if isinstance(node, ast.ListLiteral):
        return f"[{', '.join(expression_text(item) for item in node.items)}]", _VALUE
    if isinstance(node, ast.Comprehension):
        return f"[{_comprehended(node)}]", _VALUE
    if isinstance(node, ast.Conditional):
        then, condition = (expression_text(n, _LEAST) for n in (node.then, node.condition))
        return f"{then} if {condition} else {expression_text(node.otherwise)}", _CHOICE
    if isinstance(node, ast.Unary):
        if node.operator == "not":
            return f"not {expression_text(node.operand, _NOT)}", _NOT
        return f"-{expression_text(node.operand, _SIGNED)}", _SIGNED
    binds = _BINDS.get(node.operator, _COMPARED)
    left = expression_text(node.left, binds + (binds == _COMPARED))
    return f"{left} {node.operator} {expression_text(node.right, binds + 1)}", binds


def _comprehended(node: ast.Comprehension) -> str:
    source = expression_text(node.source, _LEAST)
    text = f"{expression_text(node.value)} for {node.name.text} in {source}"
    return f"{text} if {expression_text(node.condition, _LEAST)}" if node.condition else text


def _argument(argument: ast.Argument | ast.Parameter) -> str:
    if isinstance(argument, ast.Parameter):
        text = f"{argument.name.text}: {type_text(argument.type)}"
        return f"{text} = {expression_text(argument.default)}" if argument.default else text
    value = expression_text(argument.value)
    return f"{argument.name.text} = {value}" if argument.name else value


def words_text(words: list[ast.Expression]) -> str:
    """Names and constants in a row."""
    return " ".join(expression_text(word) for word in words)


def type_text(type: ast.TypeName) -> str:
    """`float32[128]`"""
    if not type.arguments:
        return type.name
    return f"{type.name}[{', '.join(expression_text(a) for a in type.arguments)}]"


def heading_text(statement: ast.Statement) -> str:
    """A statement without its block."""
    if isinstance(statement, ast.Assignment):
        return f"{statement.key.text} = {expression_text(statement.value)}"
    if isinstance(statement, ast.Comparison):
        value = expression_text(statement.value)
        return f"{statement.key.text} {statement.operator} {value}"
    if isinstance(statement, ast.Broken):
        return ""
    parts = [statement.head.text] if statement.head else []
    parts += [expression_text(word) for word in statement.words]
    if statement.name:
        parts.append(statement.name.text)
    if statement.type:
        parts[-1] += ":"
        parts += [type_text(statement.type), *map(expression_text, statement.modifiers)]
    if statement.value is not None:
        if statement.name is not None or statement.head is None:
            parts.append("=")
        parts.append(expression_text(statement.value))
        parts += map(expression_text, statement.value_modifiers)
    return " ".join(parts)
