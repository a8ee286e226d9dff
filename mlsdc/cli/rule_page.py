"""A rule in, its page out: the same words on the terminal, in SARIF and in the documentation."""

from __future__ import annotations

from inspect import cleandoc

from mlsdc.cli.terminal import BOLD, CYAN, RED, YELLOW, Style
from mlsdc.diagnostics import Rule, Severity

_COLOURS = {Severity.ERROR: RED, Severity.WARNING: YELLOW, Severity.NOTE: CYAN}
_HEADINGS = ("Why:", "Bad:", "Good:")


def plain_page(rule: Rule) -> str:
    """What the rule is for, as Markdown: reasons, a bad and a good design, the source."""
    parts = [body(rule)]
    if rule.source:
        parts.append(f"Source: {rule.source}")
    return "\n\n".join(part for part in parts if part) or f"{rule.title}."


def body(rule: Rule) -> str:
    """The page without its title line, where it opens with one."""
    text = cleandoc(rule.page)
    first, _, rest = text.partition("\n")
    return rest.strip("\n") if first.rstrip(".") == rule.title else text


def page(rule: Rule, style: Style) -> str:
    """The page for a terminal."""
    colour = _COLOURS[rule.severity]
    head = f"{style.paint(f'{rule.severity.word}[{rule.code}]', colour, BOLD)} "
    lines = [head + style.paint(rule.slug, BOLD), f"{rule.title}.", "", *_body(rule, style)]
    if rule.source:
        lines += ["", f"{style.paint('Source:', BOLD)} {rule.source}"]
    return "\n".join(lines) + "\n"


def _body(rule: Rule, style: Style) -> list[str]:
    lines = [line for text in body(rule).split("\n") for line in _wrapped(text)]
    for at, line in enumerate(lines):
        heading = next((word for word in _HEADINGS if line.startswith(word)), None)
        if heading:
            lines[at] = style.paint(heading, BOLD) + line[len(heading) :]
    return lines


def _wrapped(text: str) -> list[str]:
    """Prose of one long line is broken; code is left as it is."""
    from textwrap import wrap

    if len(text) <= 100 or text.startswith("    "):
        return [text]
    return wrap(text, 100, break_long_words=False, break_on_hyphens=False)
