"""The tree of a design: what was written, where, and nothing more.

Six statement-level shapes and twelve expression shapes hold every design; none knows an ML word.
Two trees are equal when they say the same, wherever it stands: spans do not count in comparisons.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from mlsdc.diagnostics import Span
from mlsdc.units import Accelerators, Quantity

# Not frozen: constructing a frozen dataclass costs three times as much, and a large design has a
# hundred thousand nodes. No pass assigns to a node.


@dataclass(slots=True)
class Name:
    """An identifier."""

    text: str
    span: Span = field(compare=False)


LONG = '"""'
"""How a text over several lines begins and ends."""


@dataclass(slots=True, eq=False)
class Literal:
    """A constant: quantity, accelerators, text or truth value; `text` is its source form.

    Literals are equal where value and form are; how far a long text is indented is no difference.
    """

    value: Quantity | Accelerators | str | bool
    text: str
    span: Span
    written: str = ""
    """What stands at `span`, where the file is in another notation and this leads back into it."""

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Literal):
            return NotImplemented
        long = self.text.startswith(LONG) and other.text.startswith(LONG)
        # as a tuple: a number that is not known is equal to itself
        return (self.value,) == (other.value,) and (long or self.text == other.text)


@dataclass(slots=True)
class Template:
    """A text with expressions in it: `"events-${region}"`; `text` is its source form."""

    parts: list[str | Expression]
    text: str = field(compare=False)
    span: Span = field(compare=False)


@dataclass(slots=True)
class Reference:
    """A name used as a value: a component, a parameter, an enum value or a column."""

    name: str
    span: Span = field(compare=False)


@dataclass(slots=True)
class Bound(Reference):
    """A word that a pattern's parameter or a loop's variable gives a value to.

    It is kept beside its value, because a word may also be what its place calls a field:
    `call score timeout timeout`. No text reads as this; expansion makes it.
    """

    value: Expression


@dataclass(slots=True)
class Attribute:
    """`base.name`"""

    base: Expression
    name: Name
    span: Span = field(compare=False)


@dataclass(slots=True)
class Argument:
    """An argument of a call; `name` is None for a positional one."""

    name: Name | None
    value: Expression
    span: Span = field(compare=False)


@dataclass(slots=True)
class Parameter:
    """`name: type = default` between the parentheses of what is called or used later."""

    name: Name
    type: TypeName
    default: Expression | None
    span: Span = field(compare=False)


@dataclass(slots=True)
class Call:
    """`function(arguments)`; `parameters` are those of its arguments that have a type."""

    function: Expression
    arguments: list[Argument]
    span: Span = field(compare=False)
    parameters: list[Parameter] = field(default_factory=list[Parameter])


@dataclass(slots=True)
class Index:
    """`base[index]`"""

    base: Expression
    index: Expression
    span: Span = field(compare=False)


@dataclass(slots=True)
class ListLiteral:
    """`[a, b]`"""

    items: list[Expression]
    span: Span = field(compare=False)


@dataclass(slots=True)
class Comprehension:
    """`[value for name in source if condition]`; `condition` may be absent."""

    value: Expression
    name: Name
    source: Expression
    condition: Expression | None
    span: Span = field(compare=False)


@dataclass(slots=True)
class Conditional:
    """`then if condition else otherwise`"""

    condition: Expression
    then: Expression
    otherwise: Expression
    span: Span = field(compare=False)


@dataclass(slots=True)
class Unary:
    """`-x` or `not x`"""

    operator: str
    operand: Expression
    span: Span = field(compare=False)


@dataclass(slots=True)
class Binary:
    """`left operator right`"""

    operator: str
    left: Expression
    right: Expression
    span: Span = field(compare=False)


Expression = (
    Literal
    | Template
    | Reference
    | Attribute
    | Call
    | Index
    | ListLiteral
    | Comprehension
    | Conditional
    | Unary
    | Binary
)  # an expression never holds a statement


@dataclass(slots=True)
class TypeName:
    """A data type such as `float64` or `float32[128]`, or the system after a colon."""

    name: str
    arguments: list[Expression]
    span: Span = field(compare=False)


@dataclass(slots=True)
class Block:
    """`{ statements }`; `span` covers both braces."""

    statements: list[Statement]
    span: Span = field(compare=False)


@dataclass(slots=True)
class Assignment:
    """`key = value`, optionally configured: `drift = psi { warn = 0.1 }`."""

    key: Name
    value: Expression
    configuration: Block | None
    span: Span = field(compare=False)


@dataclass(slots=True)
class Comparison:
    """`key <= value`: an objective."""

    key: Name
    operator: str
    value: Expression
    span: Span = field(compare=False)


@dataclass(slots=True)
class Declaration:
    """Everything that opens with a word or a typed name.

    `head words name: type modifiers = value value_modifiers { body }`, where each part may be
    absent: `call score timeout 20ms`, `stream payments: kafka { }`, `amount: float64 unit EUR`.
    In `if condition { }` and `assert condition "text"`, the condition is the value.
    """

    head: Name | None
    words: list[Expression]
    name: Name | None
    type: TypeName | None
    modifiers: list[Expression]
    value: Expression | None
    value_modifiers: list[Expression]
    body: Block | None
    span: Span = field(compare=False)


@dataclass(slots=True)
class Broken:
    """A statement that could not be read.

    `names` are the identifiers in it, so that a reference to one of them is not reported a second
    time; `body` is what could be read of its block.
    """

    names: list[str]
    body: Block | None
    span: Span = field(compare=False)


Statement = Assignment | Comparison | Declaration | Broken


@dataclass(slots=True)
class Comment:
    """`# text` up to the end of its line; `trailing` when something stands before it."""

    text: str
    trailing: bool
    span: Span = field(compare=False)


@dataclass(slots=True)
class Tree:
    """One file."""

    file: str
    statements: list[Statement]
    comments: list[Comment] = field(default_factory=list[Comment], compare=False)


def blocks(statement: Statement) -> Iterator[Block]:
    """The blocks directly inside a statement."""
    body = statement.configuration if isinstance(statement, Assignment) else None
    if isinstance(statement, Declaration | Broken):
        body = statement.body
    if body is not None:
        yield body


def walk(statements: list[Statement]) -> Iterator[Statement]:
    """Every statement of a tree, outer before inner, in the order written."""
    stack = list(reversed(statements))
    while stack:
        statement = stack.pop()
        yield statement
        for block in blocks(statement):
            stack.extend(reversed(block.statements))
