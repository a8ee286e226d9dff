"""A component in, secondary spans out: the calls that bring its load, and how often they come."""

from __future__ import annotations

from collections.abc import Iterator

from mlsdc.compiler.design import Design
from mlsdc.compiler.model.component import Component
from mlsdc.diagnostics import Label


def load_labels(design: Design, component: Component) -> Iterator[Label]:
    """The calls that bring the load, and the rates of their requests."""
    for mention in design.mentions_of.get(component.name, ()):
        if mention.refers.verb == "calls":
            yield Label(design.place(mention.source, *mention.path), "called here")
            if design.wrote(design.components[mention.source], "rate"):
                yield Label(design.place(mention.source, "rate"), "this often")
