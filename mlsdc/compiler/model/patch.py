"""The escape hatch: one change to what a target emits, with its reason."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from mlsdc.compiler.model.component import Component
from mlsdc.compiler.model.part import FreeForm
from mlsdc.compiler.model.types import Names, Text


class Patch(Component):
    """Changes one object that a target emits, where the language has no word for it."""

    role = "patch"
    runs = False

    target: Literal["kubernetes", "pulumi"]
    """Whose object it is."""
    object: Text
    """What is changed: `Deployment/score`, or the name of a resource of the Pulumi program."""
    operation: Literal["add", "replace", "remove"]
    """As RFC 6902 means it: `replace` and `remove` need something at the path."""
    path: Text
    """A JSON Pointer (RFC 6901): `/spec/template/spec/tolerations`; `-` is a list's end."""
    value: Annotated[Any, FreeForm()] = None
    """What stands there afterwards: a text, a number, a list or a block."""
    yaml: Text | None = None
    """The same as YAML or JSON, for what the language cannot spell."""
    reason: Text
    """Why the system's own fields do not suffice."""
    environments: Names = ()
    """The environments it holds in; all of them where absent."""
