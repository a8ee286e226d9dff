"""The public API: paths or sources in, findings, designs and files out.

Names are loaded when they are first asked for, so that `import mlsdc` costs nothing. Law: what is
listed here stays; everything else may move between releases.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mlsdc.cli.api import check, compile_design, load
    from mlsdc.compiler.design import Design
    from mlsdc.diagnostics import Diagnostic, Severity, Span

__version__ = "0.1.0"

__all__ = [
    "Design",
    "Diagnostic",
    "Severity",
    "Span",
    "__version__",
    "check",
    "compile_design",
    "load",
]

_HOMES = {
    "Design": "mlsdc.compiler.design",
    "Diagnostic": "mlsdc.diagnostics",
    "Severity": "mlsdc.diagnostics",
    "Span": "mlsdc.diagnostics",
    "check": "mlsdc.cli.api",
    "compile_design": "mlsdc.cli.api",
    "load": "mlsdc.cli.api",
}


def __getattr__(name: str) -> Any:
    """The public name, imported now."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    value = getattr(import_module(_HOMES[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    """The public names, and what every module has."""
    return sorted({*globals(), *__all__})
