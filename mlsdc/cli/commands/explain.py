"""`mlsdc explain`: a code, a slug, a role, a system or a field in, its page out."""

from __future__ import annotations

import sys

from mlsdc.cli.exits import Exit
from mlsdc.cli.known_rules import known_rules
from mlsdc.cli.outputs import Unusable, say
from mlsdc.cli.rule_page import page
from mlsdc.cli.terminal import BOLD, CYAN, Style, style_of
from mlsdc.compiler.undecided_checks import UNDECIDED
from mlsdc.diagnostics import nearest


def explain(topic: str) -> Exit:
    """Print the page of a topic.

    Raises `Unusable` where there is none.
    """
    text = _page(topic.strip(), style_of(sys.stdout))
    if text is None:
        raise Unusable(f"there is nothing called {topic!r} to explain; {_hint(topic)}")
    say(text.removesuffix("\n"), sys.stdout)
    return Exit.CLEAN


def _page(topic: str, style: Style) -> str | None:
    for rule in known_rules().values():
        if topic.upper() == rule.code or topic.lower() == rule.slug:
            return page(rule, style)
    for code in UNDECIDED:
        if topic.upper() == code.code:
            head = f"{style.paint(code.code, BOLD)} {code.title}"
            return f"{head}\n\nNo check decides this yet: {code.reason}.\n"
    word = topic.lower()
    if word == "rules":
        return _rules_page(style)
    return _block_page(word, style)


def _block_page(word: str, style: Style) -> str | None:
    from mlsdc.cli.block_page import field_page, role_page, roles_page, system_page
    from mlsdc.compiler.catalog import roles
    from mlsdc.stdlib.find import standard_catalog

    catalog = standard_catalog()
    if word == "roles":
        return roles_page(dict(roles()), catalog, style)
    if word in roles():
        return role_page(roles()[word], catalog, style)
    block, _, field = word.partition(".")
    if field:
        known = [roles()[block]] if block in roles() else catalog.systems(block).values()
        return next(filter(None, (field_page(cls, field, style) for cls in known)), None)
    found = catalog.systems(word)
    return "\n".join(system_page(found[role], style) for role in sorted(found)) or None


def _rules_page(style: Style) -> str:
    lines = [
        f"{style.paint(rule.code, CYAN)}  {rule.severity.word:<8} {rule.slug:<28} {rule.title}"
        for rule in known_rules().values()
    ]
    return "\n".join([style.paint("Rules", BOLD), "", *lines]) + "\n"


def topics() -> list[str]:
    """Everything that can be explained."""
    from mlsdc.compiler.catalog import roles
    from mlsdc.stdlib.find import standard_catalog

    rules = [word for rule in known_rules().values() for word in (rule.code, rule.slug)]
    return sorted({*rules, *roles(), *standard_catalog().names(), "roles", "rules"})


def _hint(topic: str) -> str:
    block, _, field = topic.strip().lower().partition(".")
    if field:
        return _field_hint(block, field)
    near = nearest(topic, topics()) or nearest(topic.upper(), topics())
    return f"did you mean {near}?" if near else "try: mlsdc explain rules, mlsdc explain roles"


def _field_hint(block: str, field: str) -> str:
    from mlsdc.cli.block_page import fields_of
    from mlsdc.compiler.catalog import roles

    if block not in roles():
        return (
            "try: mlsdc explain ROLE.FIELD, with the role that stands before the component's name"
        )
    near = nearest(field, list(fields_of(roles()[block])))
    return f"did you mean {block}.{near}?" if near else f"try: mlsdc explain {block}"
