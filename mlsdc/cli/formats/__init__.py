"""The formats a report can be written in: one module each, found by this table.

A module has `render(report, style) -> str`. Law: the table's order is the order of the help text.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mlsdc.cli.report import Report
    from mlsdc.cli.terminal import Style

FORMATS = ("text", "json", "sarif", "github", "gitlab", "junit", "markdown")


def render(name: str, report: Report, style: Style) -> str:
    """The report in one of `FORMATS`, ending with a line end."""
    return import_module(f"{__name__}.{name}").render(report, style)
