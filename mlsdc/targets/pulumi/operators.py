"""Requirements in, pinned Helm releases out: what has to be in the cluster before the manifests.

Law: a release stands for a requirement of the plan, in the version that its system was written for;
a requirement without a chart is listed in the README, not forgotten.
"""

from __future__ import annotations

from collections.abc import Iterator

from mlsdc.compiler.bindings import slug
from mlsdc.targets.base import Plan, Requirement
from mlsdc.targets.pulumi.resources import Args, Module, Options, Ref, Resource, Statement, Value

GPU_PLUGIN = Requirement(
    name="nvidia-device-plugin",
    versions=">=0.17,<1",
    kinds=(),
    chart="nvidia-device-plugin",
    repository="https://nvidia.github.io/k8s-device-plugin",
    chart_version="0.17.4",
    namespace="nvidia",
)
"""Tells the scheduler of GPUs; EKS's accelerated machine images bring the driver only."""


def needed(plan: Plan) -> tuple[list[Requirement], list[Requirement]]:
    """The requirements that a chart meets, and those that none does."""
    from mlsdc.targets.kubernetes.assemble import requirements
    from mlsdc.targets.pulumi.nodes import loads

    own = plan.design.environment.platform.cluster is None
    gpus = own and any(load.gpus for load in loads(plan)[0])
    found = [*requirements(plan), *([GPU_PLUGIN] if gpus else [])]
    charted = [need for need in found if need.chart and need.chart_version]
    return charted, [need for need in found if need not in charted]


def operators(plan: Plan) -> Module:
    """The module `operators`."""
    statements = tuple(_releases(needed(plan)[0]))
    return Module("operators", "The operators that the manifests rely on, each pinned.", statements)


FIRST = "cert-manager"
"""Others ask it for the certificates of their webhooks, and fail to install before it answers."""


def _releases(needs: list[Requirement]) -> Iterator[Statement]:
    ready = tuple(Ref(f"operator_{FIRST}") for need in needs if need.name == FIRST)
    for need in sorted(needs, key=lambda need: (need.name != FIRST, need.name)):
        remote = need.repository.startswith("oci://")
        chart = f"{need.repository}/{need.chart}" if remote else need.chart
        where = {"repo": need.repository}
        source: dict[str, Value] = (
            {} if remote
            else {"repository_opts": Args("k8s.helm.v3.RepositoryOptsArgs", where)}
        )  # fmt: skip
        values = _values(need.settings)
        yield Resource(
            f"operator_{need.name}",
            "k8s.helm.v3.Release",
            slug(need.name),
            {
                "name": slug(need.name),
                "chart": chart,
                "version": need.chart_version,
                **source,
                "namespace": need.namespace or slug(need.name),
                "create_namespace": True,
                "atomic": True,
                **({"values": values} if values else {}),
            },
            options=Options(depends_on=() if need.name == FIRST else ready),
        )


def _values(settings: tuple[tuple[str, str], ...]) -> dict[str, Value]:
    """`a.b = true` as the nested mapping that a chart reads."""
    tree: dict[str, Value] = {}
    for path, text in settings:
        *folders, leaf = path.split(".")
        place = tree
        for folder in folders:
            inner = place.setdefault(folder, {})
            assert isinstance(inner, dict)
            place = inner
        place[leaf] = {"true": True, "false": False}.get(
            text, int(text) if text.isdigit() else text
        )
    return tree
