"""A design in, complaints about names that mean nothing, or the wrong thing, out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, cast, get_origin

from mlsdc.compiler import rules
from mlsdc.compiler.design import Design
from mlsdc.compiler.model.part import shape
from mlsdc.compiler.raw import Raw, article
from mlsdc.compiler.values import Symbol
from mlsdc.diagnostics import Diagnostic, Label, Span, nearest


def check_references(design: Design, said: list[Diagnostic]) -> set[str]:
    """Report names that nothing declares; returns the components that hold one."""
    holders: set[str] = set()
    for mention in design.mentions:
        span = design.place(mention.source, *mention.path)
        if not _fits(design, mention.source, mention.target, mention.refers.roles, span, said):
            holders.add(mention.source)
    return holders


def check_broken_references(
    design: Design, broken: Mapping[str, Raw], said: list[Diagnostic]
) -> None:
    """The same for components that could not be built: one mistake hides no other."""
    for name, raw in broken.items():
        for target, roles_wanted, span in _raw_mentions(raw):
            _fits(design, name, target, roles_wanted, span, said)


def _raw_mentions(raw: Raw) -> Iterator[tuple[str, Sequence[str], Span]]:
    known = shape(raw.cls).fields
    for name, entry in raw.entries.items():
        refers = known[name].refers if name in known else None
        content: Any = entry.content
        for inner in (content, *entry.clauses, *entry.members.values()):
            if isinstance(inner, Raw):
                yield from _raw_mentions(inner)
        if refers is None:
            continue
        many = get_origin(known[name].info.annotation) is tuple
        names: list[Any] = (
            cast("list[Any]", content) if many and type(content) is list else [content]
        )
        for at, target in enumerate(names):
            if isinstance(target, Symbol):
                span = entry.items[at] if at < len(entry.items) else entry.value
                yield str(target), refers.roles, span


def _fits(
    design: Design,
    source: str,
    target: str,
    wanted: Sequence[str],
    span: Span,
    said: list[Diagnostic],
) -> bool:
    """Whether a name means a component of one of these roles; else it is told why not."""
    found = design.components.get(target)
    if found is None:
        if not design.is_broken(target):
            fitting = [n for n, c in design.components.items() if c.role in wanted]
            near = nearest(target, fitting) or nearest(target, design.components)
            said.append(
                rules.UNKNOWN_NAME.at(
                    span,
                    f"nothing is called `{target}`",
                    subject=source,
                    help=f"did you mean `{near}`?" if near else _declare(design, target, wanted[0]),
                )
            )
        return False
    if found.role in wanted:
        return True
    said.append(
        rules.WRONG_ROLE.at(
            span,
            f"`{target}` is {article(found.role)}, here stands {article(' or '.join(wanted))}",
            subject=source,
            labels=[Label(design.place(found), f"declared as {article(found.role)}")],
            help=_fitting(design, wanted),
        )
    )
    return False


def _fitting(design: Design, wanted: Sequence[str]) -> str:
    """What could stand there instead."""
    names = [f"`{name}`" for name, c in design.components.items() if c.role in wanted]
    if names:
        return "write " + " or ".join(sorted(names)[:3])
    return _declare(design, "name", wanted[0])


def _declare(design: Design, name: str, role: str) -> str:
    return f"declare it: {design.proposed(role, name)}"
