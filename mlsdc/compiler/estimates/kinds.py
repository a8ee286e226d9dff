"""The kinds of questions: a name on the command line to the module that holds its methods.

A kind is added by a module with a table `METHODS`, a line `ABOUT`, `EXAMPLES` and `OPTIONAL`
inputs, and a row here.
"""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module

from mlsdc.compiler.estimates.working import Method

KINDS: dict[str, str] = {
    name: f"mlsdc.compiler.estimates.methods.{name}"
    for name in ("training", "memory", "serving", "queue", "cost", "drift", "experiment")
}


@dataclass(frozen=True, slots=True)
class Questions:
    """What one kind can answer."""

    name: str
    about: str
    examples: tuple[str, ...]
    methods: tuple[Method, ...]
    optional: tuple[str, ...] = ()
    """Inputs that no method needs and some take."""

    @property
    def inputs(self) -> tuple[str, ...]:
        """Every input of the kind, those that are needed first."""
        needs = [need for method in self.methods for need in method.needs]
        flat = [name for need in needs for name in ((need,) if isinstance(need, str) else need)]
        return tuple(dict.fromkeys([*flat, *self.optional]))


def questions(kind: str) -> Questions:
    """The questions of a kind; its module is loaded now. Raises KeyError for no such kind."""
    module = import_module(KINDS[kind])
    return Questions(
        kind, module.ABOUT, module.EXAMPLES, module.METHODS, tuple(module.OPTIONAL.split())
    )
