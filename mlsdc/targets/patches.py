"""The patches of a plan applied to what a target emits, in order, with what is to be said of them.

A patch that cannot be applied, or after which its object is refused, is left out and reported; the
others are still judged.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from mlsdc.compiler.analyses.capacity import Capacity
from mlsdc.compiler.figures import Figure
from mlsdc.compiler.model.part import shape
from mlsdc.compiler.model.patch import Patch
from mlsdc.compiler.patching import patch_rules as rules
from mlsdc.compiler.patching.patches import NoData, in_force, patch_value, tokens
from mlsdc.diagnostics import Diagnostic, Label, nearest
from mlsdc.targets.base import Plan
from mlsdc.targets.patching import (
    ABSENT,
    PLAIN,
    Changed,
    NoSuchPlace,
    Tree,
    apply,
    leaves,
)

_FIGURE = re.compile(r"\d+(\.\d+)?\s*[A-Za-z]{0,2}")
MOST_LISTED = 5


@dataclass(frozen=True)
class Subject:
    """One object that patches may name."""

    names: tuple[str, ...]
    """What it is called, the name of choice first: `Deployment/score`."""
    component: str
    document: Any
    origins: tuple[tuple[str, tuple[str | int, ...]], ...] = ()
    """(field path in the object, field path in the component)"""
    patched: tuple[tuple[tuple[str, ...], str], ...] = ()
    """(place, patch), in the order of application; the name is empty where nothing is left."""


@dataclass(frozen=True)
class Manner:
    """How a target's objects are opened and judged.

    `numbers` are the keys whose values mlsdc computes, with the field of a component that says the
    same; `faults` tells what is wrong with an object.
    """

    target: str
    faults: Callable[[Any], Iterable[str]]
    numbers: Mapping[str, str]
    tree: Tree = PLAIN


@dataclass
class Patched:
    """The objects after the patches, in the order they came in."""

    subjects: list[Subject]
    findings: list[Diagnostic] = field(default_factory=list[Diagnostic])


def patched(plan: Plan, subjects: Sequence[Subject], manner: Manner) -> Patched:
    """Apply the patches of a target to its objects."""
    result = Patched(list(subjects))
    for patch in in_force(plan.design):
        if patch.target == manner.target:
            _patch(plan, patch, subjects, manner, result)
    return result


def _patch(
    plan: Plan, patch: Patch, originals: Sequence[Subject], manner: Manner, result: Patched
) -> None:
    chosen = [at for at, one in enumerate(result.subjects) if patch.object in one.names]
    fault = _not_one(plan, patch, [result.subjects[at] for at in chosen], result.subjects)
    if fault is not None:
        result.findings.append(fault)
        return
    try:
        value = None if patch.operation == "remove" else patch_value(patch)
    except NoData:
        return  # `check_patches` has said so
    parts = tuple(tokens(patch.path))
    for number, at in enumerate(chosen):
        subject = result.subjects[at]
        try:
            done = apply(subject.document, patch.operation, parts, value, manner.tree)
        except NoSuchPlace as error:
            result.findings.append(_no_place(plan, patch, subject, error, manner))
            return
        before = set(manner.faults(subject.document))
        new = [one for one in manner.faults(done.document) if one not in before]
        if new:
            result.findings += [_refused(plan, patch, one) for one in dict.fromkeys(new)]
            return
        if number == 0:
            result.findings += _doubts(plan, patch, originals[at], subject, done, manner)
        trace = (done.parts, "" if done.after is ABSENT else patch.name)
        result.subjects[at] = replace(
            subject, document=done.document, patched=(*subject.patched, trace)
        )


def _not_one(
    plan: Plan, patch: Patch, found: Sequence[Subject], every: Sequence[Subject]
) -> Diagnostic | None:
    """The complaint that an object's name means none, or several."""
    full = {one.names[-1] for one in found}
    if len(full) == 1:
        return None
    place = plan.design.place(patch, "object")
    if found:
        listed = ", ".join(sorted(full)[:MOST_LISTED])
        text = f"`{patch.object}` means {len(full)} objects: {listed}"
        return rules.UNKNOWN_OBJECT.at(
            place, text, subject=patch.name, help=f'object = "{min(full)}"'
        )
    names = list(dict.fromkeys(one.names[0] for one in every))
    near = nearest(patch.object, names)
    if near is None:
        last = patch.object.rpartition("/")[2]
        near = next((name for name in names if name.rpartition("/")[2] == last), None)
    listed = ", ".join(sorted(names)[:MOST_LISTED])
    more = f" and {len(names) - MOST_LISTED} more" if len(names) > MOST_LISTED else ""
    others = f"{patch.target} has {listed}{more}" if names else f"{patch.target} emits nothing"
    return rules.UNKNOWN_OBJECT.at(
        place,
        f"{patch.target} emits no `{patch.object}` in environment {plan.environment}",
        subject=patch.name,
        help=f'did you mean `object = "{near}"`?' if near else others,
    )


def _no_place(
    plan: Plan, patch: Patch, subject: Subject, error: NoSuchPlace, manner: Manner
) -> Diagnostic:
    near = nearest(patch.path, _places(subject.document, (), manner.tree))
    if error.known:
        depth = error.known[0].count("/")
        pieces = patch.path.split("/")
        like = nearest("/".join(pieces[: depth + 1]), error.known) or error.known[0]
        near = "/".join([like, *pieces[depth + 1 :]])
    return rules.UNKNOWN_PATH.at(
        plan.design.place(patch, "path"),
        f"`{patch.path}` does not exist in {subject.names[0]}: {error}",
        subject=patch.name,
        help=f'did you mean `path = "{near}"`?' if near else "",
    )


def _places(node: Any, parts: tuple[str, ...], tree: Tree) -> Iterator[str]:
    seen: set[str] = set()
    for place, _ in leaves(node, parts, tree):
        pieces = place.split("/")
        for length in range(2, len(pieces) + 1):
            above = "/".join(pieces[:length])
            if above not in seen:
                seen.add(above)
                yield above


def _refused(plan: Plan, patch: Patch, fault: str) -> Diagnostic:
    at = next((f for f in ("value", "yaml") if plan.design.wrote(patch, f)), "operation")
    return rules.REFUSED_PATCH.at(
        plan.design.place(patch, at),
        f"after `{patch.name}`, {fault}",
        subject=patch.name,
        help="change the value or the path, or remove the patch",
    )


# Warnings --------------------------------------------------------------------------------------


def _doubts(
    plan: Plan, patch: Patch, original: Subject, subject: Subject, done: Changed, manner: Manner
) -> Iterator[Diagnostic]:
    if done.document == subject.document:
        yield rules.IDLE_PATCH.at(
            plan.design.place(patch, "path"),
            f"`{patch.name}` changes nothing: {patch.path} of {subject.names[0]} is "
            f"{_shown(done.before)} already",
            subject=patch.name,
            help="remove it",
        )
        return
    # What an insertion moves is no change of its value.
    at = done.parts if done.before is not ABSENT or done.after is ABSENT else ()
    if not at:
        return
    before = dict(_below(original.document, at, manner.tree))
    after = dict(_below(done.document, at, manner.tree) if done.after is not ABSENT else ())
    for place, number in before.items():
        key = tokens(place)[-1]
        if key not in manner.numbers or not _is_figure(number):
            continue
        now = after.get(place, ABSENT)
        if now != number:
            yield _contradicts(plan, patch, subject, place, number, now, manner)


def _below(document: Any, parts: tuple[str, ...], tree: Tree) -> Iterator[tuple[str, Any]]:
    node = document
    for part in parts:
        inner = tree.inside(node)
        try:
            node = inner[int(part)] if isinstance(inner, list | tuple) else inner[part]  # pyright: ignore[reportUnknownVariableType]
        except (KeyError, IndexError, TypeError, ValueError):
            return
    yield from leaves(node, parts, tree)


def _is_figure(value: Any) -> bool:
    if isinstance(value, bool):
        return False
    return isinstance(value, int | float) or (
        isinstance(value, str) and bool(_FIGURE.fullmatch(value))
    )


def _contradicts(
    plan: Plan, patch: Patch, subject: Subject, place: str, number: Any, now: Any, manner: Manner
) -> Diagnostic:
    design, component = plan.design, plan.design.components.get(subject.component)
    path = _origin(subject, place, manner)
    stated = component is not None and bool(path) and design.wrote(component, *path)
    sizing = plan.facts.get(Capacity).sizings.get(subject.component)
    because: tuple[str, ...] = ()
    if path == ("replicas",) and sizing is not None and isinstance(sizing.replicas, Figure):
        stated = stated and not sizing.derived
        because = sizing.replicas.because if sizing.derived else ()
    who = "the design says" if stated else "mlsdc derives"
    labels = []
    if component is not None:
        where = design.place(component, *path) if stated else design.place(component)
        labels = [Label(where, f"{who} {_shown(number)} here")]
    known = component is not None and bool(path) and path[0] in shape(type(component)).fields
    does = "removes it" if now is ABSENT else f"sets {_shown(now)}"
    hint = f"say it in `{subject.component}`: {path[0]} = ..." if known else ""
    return rules.CONTRADICTING_PATCH.at(
        design.place(patch, "path"),
        f"{place} of {subject.names[0]} is {_shown(number)}, as {who}, and `{patch.name}` {does}",
        subject=patch.name,
        labels=labels,
        arithmetic=because,
        help=hint,
    )


def _origin(subject: Subject, place: str, manner: Manner) -> tuple[str | int, ...]:
    """The field of the component that a number comes from."""
    parts = tokens(place)
    dotted = ".".join(parts)
    for origin, path in sorted(subject.origins, key=lambda one: -len(one[0])):
        if path and origin == dotted:
            return path
    own = manner.numbers.get(parts[-1], "")
    return (own,) if own else ()


def _shown(value: Any) -> str:
    if value is ABSENT:
        return "absent"
    text = f'"{value}"' if isinstance(value, str) else str(value)
    if isinstance(value, bool):
        text = text.lower()
    return text if len(text) <= 60 else f"{text[:57]}..."


def field_path(parts: Sequence[str]) -> str:
    """A place as source maps write it: `spec.template.spec`."""
    return ".".join(parts)
