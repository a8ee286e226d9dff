"""A Pulumi program as data: resources, look-ups, named values, exports.

Systems and the target's own passes make these records; the printer turns them into Python. Law: a
text of the user is only ever a Python literal of the program, never a piece of its code.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal


@dataclass(frozen=True)
class Ref:
    """Something the program has named under `key`, or what a path of attributes leads to.

    The printer chooses the variable's name; `path` holds attribute names and list positions.
    """

    key: str
    path: tuple[str | int, ...] = ()

    def at(self, *path: str | int) -> Ref:
        """The value one or more attributes further on."""
        return Ref(self.key, (*self.path, *path))


@dataclass(frozen=True)
class Concat:
    """A text whose parts may be known only after provisioning."""

    parts: tuple[Value, ...]


@dataclass(frozen=True)
class Args:
    """A typed nested input, e.g. `aws.eks.ClusterVpcConfigArgs`.

    Python refuses an unknown field of it at once; a dict literal would be accepted silently.
    """

    type: str
    fields: Mapping[str, Value]


@dataclass(frozen=True)
class Json:
    """A JSON document, printed as the Python that makes it."""

    document: Value


@dataclass(frozen=True)
class Text:
    """A number that is known after provisioning only, as the text another input wants."""

    number: Ref


@dataclass(frozen=True)
class Sealed:
    """A value that Pulumi encrypts in its state and never shows."""

    value: Value


@dataclass(frozen=True)
class Output:
    """An output of another stack, which has to be there."""

    stack: Ref
    name: str


@dataclass(frozen=True)
class JsonField:
    """A field of a JSON document that is known after provisioning only."""

    text: Ref
    name: str


Value = (
    str | int | float | bool | Ref | Concat | Args | Json | Text | Sealed | Output | JsonField
    | Sequence["Value"] | Mapping[str, "Value"]
)  # fmt: skip


@dataclass(frozen=True)
class Options:
    """The resource options that a generated program uses."""

    protect: bool = False
    """Pulumi refuses to delete the resource, and leaves it when it leaves the program."""
    depends_on: tuple[Ref, ...] = ()
    ignore_changes: tuple[str, ...] = ()
    provider: Ref | None = None


@dataclass(frozen=True)
class Resource:
    """One resource of the program."""

    key: str
    """What other records refer to it by; unique in the program."""
    type: str
    """Its class, e.g. `aws.s3.Bucket`."""
    name: str
    """Its logical name; unique among the resources of its type."""
    args: Mapping[str, Value]
    component: str | None = None
    options: Options = field(default_factory=Options)


@dataclass(frozen=True)
class Lookup:
    """A question to the provider that makes nothing, e.g. `aws.get_partition_output`."""

    key: str
    function: str
    args: Mapping[str, Value] = field(default_factory=dict[str, Value])


@dataclass(frozen=True)
class Named:
    """A value under a name of its own."""

    key: str
    value: Value


@dataclass(frozen=True)
class Setting:
    """A setting that the stack's configuration has to give."""

    key: str
    namespace: str | None
    """None for the project's own settings."""
    name: str
    kind: Literal["text", "object"] = "text"


@dataclass(frozen=True)
class Export:
    """A value the stack gives away."""

    name: str
    value: Value


@dataclass(frozen=True)
class Published:
    """The value of a binding field that is known only after provisioning."""

    component: str
    field: str
    value: Value


Statement = Resource | Lookup | Named | Setting | Export


@dataclass(frozen=True)
class Module:
    """One file of the program."""

    name: str
    summary: str
    """Its docstring, by mlsdc only."""
    statements: tuple[Statement, ...]
