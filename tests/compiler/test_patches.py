"""What a patch says: every way to leave it unclear, and the values it can set."""

from __future__ import annotations

from typing import Any

import pytest

from mlsdc.compiler.model.patch import Patch
from mlsdc.compiler.patching.patches import NoData, in_force, patch_value
from mlsdc.diagnostics import Severity
from tests.compiler.checking import at, only, outcome, said

SOUND = {
    "target": "kubernetes",
    "object": '"Deployment/score"',
    "operation": "replace",
    "path": '"/spec/replicas"',
    "value": "3",
    "reason": '"the licence counts pods"',
}
ENDPOINT = 'endpoint score: container { image = "r.example.com/score:1"  replicas = 2 }'


def patch(**changed: str | None) -> str:
    """A patch of three replicas, with some fields changed and those that are None left out."""
    fields = {**SOUND, **changed}
    lines = [f"  {k} {'' if v.startswith('{') else '= '}{v}" for k, v in fields.items() if v]
    return "\n".join([ENDPOINT, "patch more {", *lines, "}\n"])


UNCLEAR = [
    # changed, the place, message has, help has
    ({"reason": '"  "'}, '"  "', "gives no reason", "reason ="),
    ({"object": '"score"'}, '"score"', "does not name a kind", 'object = "Deployment/score"'),
    ({"object": '"Deployment/"'}, '"Deployment/"', "does not name a kind", "object ="),
    ({"object": '""', "target": "pulumi"}, '""', "names no resource", "object ="),
    ({"path": '"spec.replicas"'}, '"spec.replicas"', "no place inside", 'path = "/spec/replicas"'),
    ({"path": '""'}, '""', "no place inside an object", 'path = "/spec"'),
    ({"path": '"/"'}, '"/"', "no place inside an object", 'path = "/spec"'),
    ({"path": '"/a~2b"'}, '"/a~2b"', "stands for nothing", 'path = "/a~02b"'),
    ({"path": '"/metadata/name"'}, '"/metadata/name"', "others know the object by", "path ="),
    ({"path": '"/metadata"'}, '"/metadata"', "others know the object by", "path ="),
    ({"path": '"/kind"'}, '"/kind"', "others know the object by", "path ="),
    ({"operation": "remove"}, "3", "`remove` takes no value", "operation = replace"),
    ({"value": None}, "replace", "`replace` needs a value", "value = ..."),
    ({"yaml": '"3"'}, '"3"', "given twice", "keep one"),
    ({"value": None, "yaml": '"a: [1"'}, '"a: [1"', "is no YAML in its line 1", "yaml ="),
    ({"value": None, "yaml": '"[&a 1, *a]"'}, '"[&a 1, *a]"', "has an alias", ""),
    ({"value": None, "yaml": '"{1: 2}"'}, '"{1: 2}"', "the key 1, which is no text", '"1": ...'),
    ({"value": None, "yaml": '"{a: 2020-01-01}"'}, '"{a: 2020-01-01}"', "holds a date", '"2020-'),
    ({"value": None, "yaml": '"a: !!python/name:os.system"'}, None, "is no YAML", ""),
    ({"value": None, "yaml": '"null"'}, '"null"', "holds `null`", "operation = remove"),
    ({"value": None, "yaml": '".inf"'}, '".inf"', "JSON cannot say", ""),
    ({"value": "8GiB"}, "8GiB", "holds the quantity", '"8192Mi"'),
    ({"value": "{ a = 5ms }"}, "value", "holds the quantity `5ms`", "5ms"),
    ({"value": "2 x l4"}, "2 x l4", "holds the quantity", ""),
]


@pytest.mark.parametrize(("changed", "where", "message", "help"), UNCLEAR)
def test_what_is_unclear(
    changed: dict[str, str | None], where: str | None, message: str, help: str
) -> None:
    text = patch(**changed)
    found = only(text, "TYP030")

    assert message in found.message
    assert help in found.help
    assert where is None or at(found, text) == where
    assert found.subject == "more"
    assert found.severity is Severity.ERROR


@pytest.mark.parametrize("field", ["reason", "target", "object", "operation", "path"])
def test_what_has_no_default(field: str) -> None:
    assert only(patch(**{field: None}), "SYN025").message.endswith(f"needs `{field}`")


WORDS = [
    ({"target": "kubernets"}, "TYP002", "did you mean `kubernetes`?"),
    ({"operation": "ad"}, "TYP002", "did you mean `add`?"),
    ({"operation": "test"}, "TYP002", "one of `add`, `replace`, `remove`"),
    ({"pth": '"/a"'}, "SYN024", "did you mean `path`?"),
    ({"environments": "[prd]"}, "SYN027", "one of default"),
    ({"value": "{ a = 1  a = 2 }"}, "SYN021", "keep one of them"),
    ({"value": "{ a = b { c = 1 } }"}, "SYN026", "a { ... }"),
    ({"value": "{ a: string }"}, "SYN026", "key = value"),
]


@pytest.mark.parametrize(("changed", "code", "help"), WORDS)
def test_words_that_mean_nothing(changed: dict[str, str | None], code: str, help: str) -> None:
    assert only(patch(**changed), code).help == help


def test_a_patch_runs_nothing() -> None:
    assert only(patch().replace("patch more {", "patch more: redis {"), "SYN023")


VALUES: list[tuple[dict[str, str | None], Any]] = [
    ({"value": "3"}, 3),
    ({"value": "0.5"}, 0.5),
    ({"value": "true"}, True),
    ({"value": "NoSchedule"}, "NoSchedule"),
    ({"value": '["a", 2, [b]]'}, ["a", 2, ["b"]]),
    ({"value": "{ }"}, {}),
    ({"value": '{ key = "gpu"  more { deep { on = true } } }'},
     {"key": "gpu", "more": {"deep": {"on": True}}}),
    ({"value": None, "yaml": '"[{key: gpu, operator: Exists}]"'},
     [{"key": "gpu", "operator": "Exists"}]),
    ({"value": None, "yaml": '"{\\"example.com/a\\": \\"1\\"}"'}, {"example.com/a": "1"}),
]  # fmt: skip


@pytest.mark.parametrize(("changed", "wanted"), VALUES)
def test_values(changed: dict[str, str | None], wanted: Any) -> None:
    (found,) = compiled_patches(patch(**changed))

    assert patch_value(found) == wanted


def compiled_patches(text: str, environment: str | None = None) -> list[Patch]:
    wrong = [d for d in said(text, environment=environment) if d.code[:3] == "SYN"]
    assert wrong == []
    (one,) = outcome(text, environment).compiled
    return in_force(one.design)


def test_yaml_has_a_bound() -> None:
    (found,) = compiled_patches(patch(value=None, yaml='"a"'))

    with pytest.raises(NoData, match="65536 are the most"):
        patch_value(found.model_copy(update={"yaml": "a" * 65_537}))
    with pytest.raises(NoData):
        patch_value(found.model_copy(update={"yaml": "[" * 5_000 + "]" * 5_000}))


def test_patches_hold_in_their_environments_and_in_order() -> None:
    more = """
        patch b { target = kubernetes  object = "A/a"  operation = remove  path = "/b"  reason = "r"
          environments = [prod] }
        patch a { target = kubernetes  object = "A/a"  operation = remove  path = "/b"  reason = "r"
        }
        environment dev { }
        environment prod { }
    """
    assert [p.name for p in compiled_patches(more, "prod")] == ["b", "a"]
    assert [p.name for p in compiled_patches(more, "dev")] == ["a"]


def test_an_environment_changes_a_patch() -> None:
    text = patch() + "environment dev { more { value = 5 } }\n"

    assert [patch_value(p) for p in compiled_patches(text, "dev")] == [5]
