"""Nothing that is emitted selects, routes to, scales or names what is not there (REL020)."""

from __future__ import annotations

import copy
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from mlsdc.diagnostics import Source
from mlsdc.pipeline import check
from mlsdc.stdlib.find import standard_catalog
from mlsdc.targets.base import Plan
from mlsdc.targets.kubernetes import KubernetesTarget
from tests.targets.dangling import Object, dangling

EXAMPLES = sorted((Path(__file__).parents[2] / "examples").glob("*/design.mlsd"))
EVERY = [(path, where) for path in EXAMPLES for where in ("dev", "prod")]


@cache
def emitted(path: Path, environment: str) -> list[Object]:
    """The objects of an example in one environment."""
    source = Source("design.mlsd", path.read_text("utf-8"))
    (one,) = check([source], standard_catalog(), environment=environment, checks=()).compiled
    plan = Plan(one.environment, one.design, one.graph, one.facts, {source.file: source})
    files = KubernetesTarget().emit(plan).items()
    return [
        yaml.safe_load(file.content)
        for name, file in files
        if name.endswith(".yaml") and name != "kustomization.yaml"
    ]


@pytest.mark.parametrize(
    ("path", "environment"), EVERY, ids=[f"{p.parent.name}-{w}" for p, w in EVERY]
)
def test_examples(path: Path, environment: str) -> None:
    objects = emitted(path, environment)

    assert len(objects) > 50
    assert dangling(objects) == []


def changed(kind: str, path: str, value: object) -> list[str]:
    """What is found once a place in every object of a kind is changed."""
    objects = copy.deepcopy(emitted(EXAMPLES[0], "dev"))
    *above, last = path.split("/")
    for one in objects:
        if one["kind"] == kind:
            node: Any = one
            for step in above:
                node = node[int(step) if step.isdigit() else step]
            node[last] = value
    return dangling(objects)


@pytest.mark.parametrize(
    ("kind", "path", "value", "expected"),
    [
        ("Service", "spec/selector/app", "other", "Service"),
        ("Service", "spec/ports/0/targetPort", "other", "no port `other`"),
        ("Deployment", "spec/template/metadata/labels", {}, "PodDisruptionBudget"),
        ("Gateway", "metadata/name", "other", "HTTPRoute"),
        ("ServiceAccount", "metadata/name", "other", "ServiceAccount"),
        ("FlinkDeployment", "metadata/name", "other", "NetworkPolicy activity"),
        ("PodMonitor", "spec/selector/matchLabels/x", "y", "PodMonitor"),
    ],
)
def test_what_dangles_is_found(kind: str, path: str, value: object, expected: str) -> None:
    """The judge itself is judged."""
    assert any(expected in one for one in changed(kind, path, value))
