"""Laws that hold for every system of the standard library, whoever wrote it."""

from __future__ import annotations

import ast
import inspect
import re
import textwrap
from functools import cache
from typing import Any

import pytest
import yaml

from mlsdc.compiler.model.component import Component, ServiceTime
from mlsdc.compiler.model.environment import PLATFORMS
from mlsdc.dsl.parse import parse
from mlsdc.stdlib.find import standard_catalog
from mlsdc.targets.base import Requirement
from tests.stdlib.design_text import Emitted, emitted

SYSTEMS = standard_catalog().all()
BUILT_IN = re.compile(r"(v1|apps/v1|batch/v1|policy/v1|autoscaling/v2|[\w.]*\.k8s\.io/v\w+)")
# Gateway API kinds look built in and are not: their group ends in k8s.io too.
ADDED = ("gateway.networking.k8s.io/", "kustomize.config.k8s.io/")


def _title(cls: type[Component]) -> str:
    return f"{cls.system}-{cls.role}"


every_system = pytest.mark.parametrize("cls", SYSTEMS, ids=_title)


def example_of(cls: type[Component]) -> str:
    """The indented block behind `Example:` in the class's docstring."""
    _, _, rest = inspect.cleandoc(cls.__doc__ or "").partition("Example:")
    lines: list[str] = []
    for line in rest.splitlines():
        if line and not line.startswith(" "):
            break
        lines.append(line)
    return textwrap.dedent("\n".join(lines)).strip() + "\n"


def declared(text: str) -> set[str]:
    """The names a text declares."""
    return set(re.findall(r"^\w+ (\w+)", text, re.MULTILINE))


# What the examples refer to and do not declare themselves.
COMPANIONS = {
    "payments": "stream payments: kafka { rate = 10/s  event_size = 1KiB  retention = 1d }",
    "decisions": "stream decisions: kafka { rate = 10/s  event_size = 1KiB  retention = 1d }",
    "score": 'endpoint score: container { image = "registry.example.com/a/score:1.0.0" }',
    "rules": 'endpoint rules: container { image = "registry.example.com/a/rules:1.0.0" }',
    "history_lake": "lake history_lake: s3 { retention = 30d }",
    "lake": "lake lake: s3 { retention = 30d }",
    "model_files": "lake model_files: s3 { retention = 30d }",
    "features_online": "online_store features_online: redis { nodes = 3  memory = 1GiB }",
    "models": "registry models: mlflow { keep = 5 }",
}


@cache
def compiled(cls: type[Component], platform: str) -> Emitted:
    text = example_of(cls)
    while True:
        names = set(re.findall(r"\w+", text)) - declared(text)
        added = [line for name, line in COMPANIONS.items() if name in names]
        if not added:
            return emitted(text, platform)
        text += "\n".join(added) + "\n"


def of_class(cls: type[Component], platform: str) -> Component:
    plan = compiled(cls, platform).plan
    return next(c for c in plan.design.components.values() if type(c) is cls)


def platforms(cls: type[Component]) -> list[str]:
    """Where the system says it can be realised."""
    names = [name for name in PLATFORMS if name != "kubernetes" and hasattr(cls, name)]
    return [*(["kubernetes"] if hasattr(cls, "kubernetes") else []), *names]


def test_there_are_systems() -> None:
    assert len(SYSTEMS) >= 12


@every_system
def test_the_file_is_named_after_the_system(cls: type[Component]) -> None:
    assert cls.__module__.rpartition(".")[2] == cls.system


@every_system
def test_it_is_documented(cls: type[Component]) -> None:
    assert len((cls.__doc__ or "").strip().splitlines()[0]) > 15
    assert cls.summary, "a line for diagrams"
    assert inspect.getmodule(cls).__doc__, "the module says where its facts come from"
    assert len(inspect.getmodule(cls).__doc__ or "") > 40


@every_system
def test_its_own_fields_are_documented(cls: type[Component]) -> None:
    """A string follows each field that the class adds to its role."""
    role = next(base for base in cls.__mro__[1:] if base.__dict__.get("role"))
    (tree,) = ast.parse(textwrap.dedent(inspect.getsource(cls))).body
    assert isinstance(tree, ast.ClassDef)
    silent: list[str] = []
    for at, node in enumerate(tree.body):
        if not isinstance(node, ast.AnnAssign) or not isinstance(node.target, ast.Name):
            continue
        name = node.target.id
        if name in role.model_fields or name not in cls.model_fields:
            continue
        after = tree.body[at + 1] if at + 1 < len(tree.body) else None
        said = isinstance(after, ast.Expr) and isinstance(after.value, ast.Constant)
        if not said:
            silent.append(name)
    assert not silent


@every_system
def test_defaults_are_valid(cls: type[Component]) -> None:
    """A default that its own type refuses would surface only when somebody writes it out."""
    given: dict[str, Any] = {"name": "x"}
    for name, info in cls.model_fields.items():
        if info.is_required():
            continue
        default = info.get_default(call_default_factory=True, validated_data={})
        if default is not None:
            given[name] = default
    required = [n for n, i in cls.model_fields.items() if i.is_required() and n != "name"]
    given.update(dict.fromkeys(required, "registry.example.com/a/b:1.0.0"))
    made = cls.model_validate(given)
    assert made.name == "x"


@every_system
def test_its_example_parses(cls: type[Component]) -> None:
    text = example_of(cls)
    assert f": {cls.system}" in text
    assert cls.role in text
    _, said = parse(text, "example")
    assert not said, [d.message for d in said]


@every_system
def test_its_example_resolves(cls: type[Component]) -> None:
    for platform in platforms(cls) or ["kubernetes"]:
        assert not compiled(cls, platform).errors
        assert isinstance(of_class(cls, platform), cls)


@every_system
def test_its_example_emits(cls: type[Component]) -> None:
    for platform in platforms(cls):
        made = compiled(cls, platform)
        assert not made.complaints
        owner = of_class(cls, platform)
        if made.plan.where(owner) == "cluster":
            own = list(owner.kubernetes(made.plan))  # type: ignore[attr-defined]
            assert own, "realised in the cluster, and nothing is emitted"
        assert made.files.items()


@every_system
def test_bindings_are_complete(cls: type[Component]) -> None:
    for platform in platforms(cls):
        plan = compiled(cls, platform).plan
        owner = of_class(cls, platform)
        for field in plan.bindings[owner.name].fields:
            assert field.name == field.name.lower()
            assert field.value is None or field.value, "an empty value helps nobody"
            if plan.where(owner) == "cluster":
                assert field.phase == "compile", f"{field.name} is known without provisioning"


@every_system
def test_requirements_name_every_kind_that_is_not_built_in(cls: type[Component]) -> None:
    for platform in platforms(cls):
        plan = compiled(cls, platform).plan
        owner = of_class(cls, platform)
        if plan.where(owner) != "cluster":
            continue
        needed: tuple[Requirement, ...] = getattr(owner, "requires", ())
        known = {kind for need in needed for kind in need.kinds}
        for manifest in owner.kubernetes(plan):  # type: ignore[attr-defined]
            version, kind = manifest.content["apiVersion"], manifest.content["kind"]
            if BUILT_IN.fullmatch(version) and not version.startswith(ADDED):
                continue
            assert f"{version} {kind}" in known
        for need in needed:
            assert need.chart, need.name
            assert need.repository.startswith(("oci://", "https://")), need.name
            assert need.chart_version, need.name
            assert need.namespace, need.name
            assert re.match(r">=\d", need.versions), need.name


@every_system
def test_a_service_time_says_where_it_comes_from(cls: type[Component]) -> None:
    given = {n: "registry.example.com/a/b:1.0.0" for n, i in cls.model_fields.items()
             if i.is_required() and n != "name"}  # fmt: skip
    found = cls.model_validate({"name": "x", **given}).service_time()
    if found is not None:
        assert isinstance(found, ServiceTime)
        assert found.source
        assert found.method == "default", "nothing was measured for a bare component"
        values = [found.quantiles[q] for q in sorted(found.quantiles)]
        assert values == sorted(values)
        assert values[0] > 0


@every_system
def test_no_pod_runs_with_more_than_it_needs(cls: type[Component]) -> None:
    for platform in platforms(cls):
        made = compiled(cls, platform)
        for (kind, name), content in made.objects.items():
            for template in _templates(kind, content):
                spec = template["spec"]
                assert spec["securityContext"]["runAsNonRoot"] is True, (kind, name)
                for container in spec["containers"]:
                    held = container["securityContext"]
                    assert held["readOnlyRootFilesystem"] is True, (kind, name)
                    assert held["capabilities"]["drop"] == ["ALL"], (kind, name)
                    assert container["resources"]["limits"]["memory"], (kind, name)


def _templates(kind: str, content: dict[str, Any]) -> list[dict[str, Any]]:
    if kind in ("Deployment", "StatefulSet", "Job"):
        return [content["spec"]["template"]]
    return [content["spec"]["jobTemplate"]["spec"]["template"]] if kind == "CronJob" else []


@every_system
def test_emission_is_repeatable(cls: type[Component]) -> None:
    for platform in platforms(cls):
        plan = compiled(cls, platform).plan
        owner = of_class(cls, platform)
        if plan.where(owner) == "cluster":
            first, second = (
                [yaml.safe_dump(m.content) for m in owner.kubernetes(plan)]  # type: ignore[attr-defined]
                for _ in range(2)
            )
            assert first == second


def test_an_example_ends_where_the_indentation_ends() -> None:
    class Shown(Component):
        """First line.

        Example:

            stream a: kafka {
              rate = 1/s
            }

        Not the example.
        """

    assert example_of(Shown) == "stream a: kafka {\n  rate = 1/s\n}\n"
