"""Objects in, YAML out: one printer for everything that is written as YAML."""

from __future__ import annotations

from importlib import import_module
from typing import Any


def to_yaml(content: Any) -> str:
    """Canonical YAML: keys in the order given, no aliases, quotes where YAML would guess."""
    yaml: Any = import_module("yaml")  # its stubs leave a type open
    base: type[Any] = getattr(yaml, "CSafeDumper", yaml.SafeDumper)

    class Dumper(base):
        def ignore_aliases(self, data: Any) -> bool:
            return True

    return yaml.dump(
        content, Dumper=Dumper, sort_keys=False, width=100, allow_unicode=True,
        default_flow_style=False,
    )  # fmt: skip
