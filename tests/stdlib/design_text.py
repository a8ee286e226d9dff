"""Design text in, the Kubernetes objects of it out, for tests of single systems."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import yaml

from mlsdc.diagnostics import Diagnostic, Severity, Source
from mlsdc.pipeline import check
from mlsdc.stdlib.find import standard_catalog
from mlsdc.targets.base import Plan
from mlsdc.targets.files import FileSet
from mlsdc.targets.kubernetes import KubernetesTarget


@dataclass(frozen=True)
class Emitted:
    """One compiled design: its plan, and what the kubernetes target makes of it."""

    plan: Plan
    said: list[Diagnostic]

    @cached_property
    def complaints(self) -> list[str]:
        return [d.message for d in KubernetesTarget().complaints(self.plan)]

    @cached_property
    def files(self) -> FileSet:
        return KubernetesTarget().emit(self.plan)

    @cached_property
    def objects(self) -> dict[tuple[str, str], dict[str, Any]]:
        """Every object by kind and name."""
        found: dict[tuple[str, str], dict[str, Any]] = {}
        for path, file in self.files.items():
            if path.endswith(".yaml") and path != "kustomization.yaml":
                content = yaml.safe_load(file.content)
                found[content["kind"], content["metadata"]["name"]] = content
        return found

    def __getitem__(self, key: tuple[str, str]) -> dict[str, Any]:
        return self.objects[key]

    @property
    def errors(self) -> list[str]:
        return [d.message for d in self.said if d.severity is Severity.ERROR]


def emitted(text: str, platform: str = "kubernetes") -> Emitted:
    """A design of one environment, with a system block and the platform where it has none."""
    head = "" if "system " in text.split("{")[0] else 'system demo { owner = "team" }\n'
    where = "" if "\nenvironment " in text else f"\nenvironment only {{ platform = {platform} }}\n"
    source = Source("design.mlsd", head + text + where)
    outcome = check([source], standard_catalog(), checks=())
    (one,) = outcome.compiled
    plan = Plan(one.environment, one.design, one.graph, one.facts, outcome.sources)
    return Emitted(plan, outcome.diagnostics)
