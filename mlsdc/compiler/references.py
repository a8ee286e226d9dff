"""A design in, complaints about names that mean nothing, or the wrong thing, out."""

from __future__ import annotations

from mlsdc.compiler import rules
from mlsdc.compiler.catalog import roles
from mlsdc.compiler.design import Design
from mlsdc.compiler.raw import article
from mlsdc.diagnostics import Diagnostic, Label, nearest


def check_references(design: Design, said: list[Diagnostic]) -> set[str]:
    """Report names that nothing declares; returns the components that hold one."""
    holders: set[str] = set()
    for mention in design.mentions:
        span = design.place(mention.source, *mention.path)
        found = design.components.get(mention.target)
        if found is None:
            holders.add(mention.source)
            if mention.target in design.broken:
                continue
            fitting = [n for n, c in design.components.items() if c.role in mention.refers.roles]
            near = nearest(mention.target, fitting) or nearest(mention.target, design.components)
            said.append(
                rules.UNKNOWN_NAME.at(
                    span,
                    f"nothing is called `{mention.target}`",
                    subject=mention.source,
                    help=f"did you mean `{near}`?"
                    if near
                    else _declare(mention.target, mention.refers.roles[0]),
                )
            )
        elif found.role not in mention.refers.roles:
            holders.add(mention.source)
            wanted = " or ".join(mention.refers.roles)
            said.append(
                rules.WRONG_ROLE.at(
                    span,
                    f"`{mention.target}` is {article(found.role)}, here stands {article(wanted)}",
                    subject=mention.source,
                    labels=[Label(design.place(found), f"declared as {article(found.role)}")],
                )
            )
    return holders


def _declare(name: str, role: str) -> str:
    system = ": <system>" if roles()[role].runs else ""
    return f"declare it: {role} {name}{system} {{ ... }}"
