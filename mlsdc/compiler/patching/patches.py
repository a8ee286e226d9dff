"""Patches in, complaints about what they say and the values they set out.

Only the text of a patch is judged here; whether its object and path exist is known to the targets.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import Any, cast

from mlsdc.compiler import rules
from mlsdc.compiler.design import Design
from mlsdc.compiler.evaluate import Unreadable
from mlsdc.compiler.model.patch import Patch
from mlsdc.compiler.patching.patch_rules import UNCLEAR_PATCH
from mlsdc.diagnostics import Diagnostic, nearest
from mlsdc.units import BYTES, Accelerators, Quantity, show

Data = Any
"""Plain data: texts, numbers, truth values, lists and mappings of them."""
LARGEST_YAML = 64 * 1024
DEEPEST = 50


class NoData(ValueError):  # noqa: N818 - named for what happened
    """A value that no object can hold; the message says why, `help` what to write."""

    def __init__(self, message: str, help: str = "") -> None:
        super().__init__(message)
        self.help = help


def in_force(design: Design) -> list[Patch]:
    """The patches of the design's environment, in the order of their declarations."""
    here = design.environment.name
    found = [p for p in design.of(Patch) if not p.environments or here in p.environments]
    return sorted(found, key=lambda patch: (design.place(patch), patch.name))


def tokens(path: str) -> list[str]:
    """The parts of a JSON Pointer (RFC 6901, section 4)."""
    return [part.replace("~1", "/").replace("~0", "~") for part in path.split("/")[1:]]


def pointer(parts: Sequence[str]) -> str:
    """The JSON Pointer of these parts."""
    return "".join("/" + part.replace("~", "~0").replace("/", "~1") for part in parts)


def patch_value(patch: Patch) -> Data:
    """The value that a patch sets, as plain data.

    Raises:
        NoData: it is no data, or its text is no YAML.
    """
    if patch.yaml is None:
        return _plain(patch.value)
    return _from_yaml(patch.yaml)


def check_patches(design: Design, environments: Sequence[str]) -> Iterator[Diagnostic]:
    """What the patches of a design leave unclear."""
    for patch in sorted(design.of(Patch), key=lambda p: (design.place(p), p.name)):
        yield from _check(design, patch, environments)


def _check(design: Design, patch: Patch, environments: Sequence[str]) -> Iterator[Diagnostic]:
    def at(text: str, field: str, help: str) -> Diagnostic:
        span = design.place(patch, field)
        return UNCLEAR_PATCH.at(span, text, subject=patch.name, help=help)

    if not patch.reason.strip():
        yield at(f"`{patch.name}` gives no reason", "reason", 'reason = "the GPU pool is tainted"')
    kind, _, name = patch.object.partition("/")
    if patch.target == "kubernetes" and not (kind and name):
        text = f"{patch.object!r} does not name a kind and an object"
        yield at(text, "object", 'object = "Deployment/score"')
    elif not patch.object.strip():
        yield at(f"`{patch.name}` names no resource", "object", 'object = "features-online"')
    if not patch.path.startswith("/") or patch.path == "/":
        text = f"{patch.path!r} is no place inside an object"
        yield at(text, "path", f'path = "/{patch.path.strip("/.").replace(".", "/") or "spec"}"')
    elif patch.target == "kubernetes" and _renames(patch.path):
        text = f"{patch.path} is what others know the object by"
        yield at(text, "path", 'path = "/metadata/labels/team"')
    elif "~" in patch.path.replace("~0", "").replace("~1", ""):
        text = f"{patch.path!r} has a `~` that stands for nothing: `~0` is `~`, and `~1` is `/`"
        yield at(text, "path", f'path = "{patch.path.replace("~", "~0")}"')
    for at_, name in enumerate(patch.environments):
        if name not in environments:
            near = nearest(name, environments)
            yield rules.UNKNOWN_ENVIRONMENT.at(
                design.place(patch, "environments", at_),
                f"there is no environment `{name}`",
                subject=patch.name,
                help=f"did you mean `{near}`?" if near else f"one of {', '.join(environments)}",
            )
    given = [f for f in ("value", "yaml") if design.wrote(patch, f)]
    if patch.operation == "remove" and given:
        yield at("`remove` takes no value", given[0], "remove it, or operation = replace")
    elif patch.operation != "remove" and len(given) != 1:
        if given:
            yield at("the value is given twice: as `value` and as `yaml`", "yaml", "keep one")
        else:
            hint = "value { ... }, value = ... or yaml = ..."
            yield at(f"`{patch.operation}` needs a value", "operation", hint)
    elif given:
        try:
            patch_value(patch)
        except NoData as error:
            yield at(f"`{given[0]}` {error}", given[0], error.help)


_KNOWN_BY = ("/apiVersion", "/kind", "/metadata/name", "/metadata/namespace")


def _renames(path: str) -> bool:
    return any(path == one or one.startswith(f"{path}/") for one in _KNOWN_BY)


def _plain(value: Any, depth: int = 0) -> Data:
    if depth > DEEPEST:
        raise NoData(f"has more than {DEEPEST} levels")
    if isinstance(value, dict):
        return {k: _plain(v, depth + 1) for k, v in cast("dict[str, Any]", value).items()}
    if isinstance(value, list | tuple):
        return [_plain(item, depth + 1) for item in cast("list[Any]", value)]
    if isinstance(value, bool | int):
        return value
    if isinstance(value, float) and math.isfinite(value):
        return value
    if isinstance(value, str):
        return str(value)
    if isinstance(value, Quantity | Accelerators):
        text = show(value) if isinstance(value, Quantity) else str(value)
        raise NoData(
            f"holds the quantity `{text}`, which each object writes in its own way",
            f'write it as the object has it: "{_kubernetes(value)}"',
        )
    if isinstance(value, Unreadable):
        return None
    raise NoData(f"holds {type(value).__name__}, which is no data", 'value = "..."')


def _kubernetes(value: Quantity | Accelerators) -> str:
    if isinstance(value, Quantity) and value.dimension == BYTES:
        return f"{round(value.value / 2**20)}Mi"
    return show(value) if isinstance(value, Quantity) else str(value)


def _from_yaml(text: str) -> Data:
    import yaml

    if len(text) > LARGEST_YAML:
        raise NoData(f"has {len(text)} characters, {LARGEST_YAML} are the most")
    try:
        for event in yaml.parse(text, Loader=yaml.SafeLoader):
            if isinstance(event, yaml.AliasEvent):
                raise NoData("has an alias; write its value again")
        found: object = yaml.safe_load(text)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f" in its line {mark.line + 1}" if mark is not None else ""
        what = getattr(error, "problem", None) or "it cannot be read"
        raise NoData(f"is no YAML{where}: {what}", 'yaml = "[{key: a}, {key: b}]"') from None
    except NoData:
        raise
    except (RecursionError, ValueError):
        raise NoData("is no YAML that can be read") from None
    _only_json(found)
    return found


def _only_json(value: object, depth: int = 0) -> None:
    if depth > DEEPEST:
        raise NoData(f"has more than {DEEPEST} levels")
    if value is None:
        raise NoData("holds `null`, which no object keeps", "operation = remove")
    if isinstance(value, dict):
        for key, item in cast("dict[object, object]", value).items():
            if not isinstance(key, str):
                raise NoData(f"has the key {key!r}, which is no text", f'"{key}": ...')
            _only_json(item, depth + 1)
    elif isinstance(value, list):
        for item in cast("list[object]", value):
            _only_json(item, depth + 1)
    elif isinstance(value, float) and not math.isfinite(value):
        raise NoData(f"holds {value}, which JSON cannot say")
    elif not isinstance(value, str | int | float | bool):
        raise NoData(f"holds a {type(value).__name__}; put quotes around it", f'"{value}"')
