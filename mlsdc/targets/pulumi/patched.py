"""Modules of a program in, the same modules after the design's patches out.

Law: a patch changes the inputs of a resource and nothing else, as data: a text of the user is only
ever a literal of the program, and a field's name is an identifier that is not the program's own.
"""

from __future__ import annotations

import keyword
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, cast

from mlsdc.compiler.model.patch import Patch
from mlsdc.compiler.patching import patch_rules as rules
from mlsdc.compiler.patching.patches import in_force
from mlsdc.diagnostics import Diagnostic
from mlsdc.targets.base import Plan
from mlsdc.targets.patches import Manner, Patched, Subject, patched
from mlsdc.targets.patching import Absent
from mlsdc.targets.pulumi.resources import Args, Json, Module, Resource

_FIELD = re.compile(r"[a-z][a-z0-9_]*")
_TAKEN = frozenset(("opts", "resource_name", "args"))
"""Parameters of every resource's constructor that are no inputs."""
_DATA = frozenset(("tags", "labels", "annotations", "data", "string_data", "match_labels"))
"""Inputs that are mappings of the user's own keys."""
NUMBERS = {
    "partition_count": "partitions", "replication_factor": "replication",
    "number_of_broker_nodes": "brokers", "volume_size": "broker_storage",
    "num_node_groups": "nodes", "num_cache_clusters": "nodes",
    "replicas_per_node_group": "followers", "desired_size": "", "min_size": "", "max_size": "",
    "disk_size": "", "allocated_storage": "", "retention.ms": "retention",
    "min.insync.replicas": "minimum_in_sync",
}  # fmt: skip
"""Inputs that mlsdc computes, and the field of a component that says the same."""


class _Inputs:
    """Opens typed inputs and JSON documents."""

    def inside(self, node: Any) -> Any:
        if isinstance(node, Args):
            return node.fields
        return self.inside(node.document) if isinstance(node, Json) else node

    def around(self, node: Any, inner: Any) -> Any:
        if isinstance(node, Args):
            return Args(node.type, inner)
        return Json(self.around(node.document, inner)) if isinstance(node, Json) else inner

    def like(self, before: Any, value: Any) -> Any:
        if isinstance(before, Absent):
            return value
        inner = self.inside(before)
        if isinstance(value, Mapping) and isinstance(inner, Mapping):
            old = cast("Mapping[str, Any]", inner)
            fields = {
                name: self.like(old[name], one) if name in old else one
                for name, one in cast("Mapping[str, Any]", value).items()
            }
            return self.around(before, fields)
        if isinstance(value, list) and isinstance(inner, Sequence) and not isinstance(inner, str):
            first: Any = next(iter(cast("Sequence[Any]", inner)), Absent())
            items = [self.like(first, one) for one in cast("list[Any]", value)]
            return self.around(before, items)
        return cast("Any", value)


INPUTS = _Inputs()


def apply_patches(plan: Plan, modules: Sequence[Module]) -> tuple[Module, ...]:
    """The program as it is written."""
    if not plan.design.of(Patch):
        return tuple(modules)
    done = iter(_patched(plan, modules).subjects)

    def renewed(statement: Any) -> Any:
        if not isinstance(statement, Resource):
            return statement
        return replace(statement, args=next(done).document)

    return tuple(
        replace(module, statements=tuple(renewed(one) for one in module.statements))
        for module in modules
    )


def findings(plan: Plan) -> list[Diagnostic]:
    """What is to be said of the patches of a program's resources."""
    meant = [patch for patch in in_force(plan.design) if patch.target == "pulumi"]
    if plan.platform != "aws":
        return [_idle(plan, patch) for patch in meant]
    if not meant:
        return []
    from mlsdc.targets.pulumi.complaints import complaints
    from mlsdc.targets.pulumi.program import unpatched

    if any(complaints(plan)):
        return []  # there is no program to be patched
    return _patched(plan, unpatched(plan)).findings


def _idle(plan: Plan, patch: Patch) -> Diagnostic:
    return rules.IDLE_PATCH.at(
        plan.design.place(patch, "target"),
        f"`{patch.name}` changes nothing: no Pulumi program is written for {plan.platform}",
        subject=patch.name,
        help="environments = [prod]",
    )


def _patched(plan: Plan, modules: Sequence[Module]) -> Patched:
    resources = [s for module in modules for s in module.statements if isinstance(s, Resource)]
    manner = Manner("pulumi", _faults, NUMBERS, INPUTS)
    return patched(plan, [_subject(one) for one in resources], manner)


def _subject(resource: Resource) -> Subject:
    short = f"{resource.type.rpartition('.')[2]}/{resource.name}"
    names = (resource.name, short, f"{resource.type}/{resource.name}")
    return Subject(names, resource.component or "", dict(resource.args))


def _faults(document: Any) -> Iterator[str]:
    yield from _names(document, typed=True)
    yield from _rights(document)


def _names(node: Any, typed: bool) -> Iterator[str]:
    """Fields that the program cannot say, or that are the constructor's own."""
    if isinstance(node, Json):
        return
    inner = INPUTS.inside(node)
    if isinstance(inner, Mapping):
        for name, below in cast("Mapping[str, Any]", inner).items():
            bad = not _FIELD.fullmatch(name) or keyword.iskeyword(name) or name in _TAKEN
            if (typed or isinstance(node, Args)) and bad:
                yield f"the resource has an input {name!r}, which no resource can have"
            if name not in _DATA:
                yield from _names(below, typed=False)
    elif isinstance(inner, Sequence) and not isinstance(inner, str):
        for below in cast("Sequence[Any]", inner):
            yield from _names(below, typed=False)


def _rights(node: Any) -> Iterator[str]:
    """Statements that allow more than named actions on named resources."""
    inner = INPUTS.inside(node)
    if isinstance(inner, Mapping):
        body = cast("Mapping[str, Any]", inner)
        if body.get("Effect") == "Allow":
            for action in _texts(body.get("Action")):
                if "*" in action or "?" in action:
                    yield f"a policy allows the wildcard action {action}"
            if "*" in _texts(body.get("Resource")):
                yield "a policy allows its actions on every resource"
            for name in ("NotAction", "NotResource"):
                if name in body:
                    yield f"a policy allows everything but what `{name}` lists"
        for below in body.values():
            yield from _rights(below)
    elif isinstance(inner, Sequence) and not isinstance(inner, str):
        for below in cast("Sequence[Any]", inner):
            yield from _rights(below)


def _texts(value: Any) -> list[str]:
    if isinstance(value, str):
        return [value]
    if isinstance(value, Sequence):
        return [one for one in cast("Sequence[Any]", value) if isinstance(one, str)]
    return []
