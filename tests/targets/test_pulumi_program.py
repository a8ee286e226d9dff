"""The program of the fraud example: it runs, is typed and tidy, and joins with the manifests."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from mlsdc.compiler.bindings import slug
from mlsdc.targets.kubernetes import KubernetesTarget
from mlsdc.targets.pulumi.network import ANYWHERE
from tests.targets.pulumi_program import FRAUD, ROOT, emitted, fraud, fraud_text, plan, put, run

pytest.importorskip("pulumi_aws", reason="needs the extra `aws`")


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return put(emitted(fraud()), tmp_path_factory.mktemp("fraud"))


@pytest.fixture(scope="module")
def report(project: Path) -> dict[str, Any]:
    return run(project)


def _of(report: dict[str, Any], kind: str) -> dict[str, dict[str, Any]]:
    return {name: inputs for typ, name, inputs in report["resources"] if typ == kind}


def _found(key: str, content: Any) -> Iterator[Any]:
    inner = content.values() if isinstance(content, dict) else content
    if isinstance(content, dict) and key in content:
        yield content[key]
    if isinstance(content, dict | list):
        for value in inner:
            yield from _found(key, value)


def test_the_program_makes_what_the_design_places_in_the_cloud(report: dict[str, Any]) -> None:
    placed: dict[str, set[str]] = {}
    for component in fraud().placed("cloud"):
        placed.setdefault(str(component.system), set()).add(slug(component.name))
    assert placed.keys() == {"s3", "kafka", "redis"}
    assert set(_of(report, "aws:s3/bucket:Bucket")) == placed["s3"]
    control = {f"history-lake-sink-{name}-control" for name in placed["kafka"]}
    assert set(_of(report, "aws:msk/topic:Topic")) == placed["kafka"] | control
    assert _of(report, "aws:msk/topic:Topic")["payments"]["partitionCount"] == 96
    (store,) = _of(report, "aws:elasticache/replicationGroup:ReplicationGroup").values()
    assert (store["numNodeGroups"], store["nodeType"]) == (3, "cache.r7g.xlarge")
    assert len(_of(report, "aws:eks/cluster:Cluster")) == 1


def test_every_module_compiles_and_is_tidy(project: Path) -> None:
    modules = sorted(project.rglob("*.py"))
    assert len(modules) >= 10
    for module in modules:
        compile(module.read_text(encoding="utf-8"), module.name, "exec")
    ruff = shutil.which("ruff") or str(Path(sys.executable).with_name("ruff"))
    if not Path(ruff).exists():
        pytest.skip("ruff is not installed (extra `lint`)")
    for command in (["check", "--select", "E,F,I,UP,B", "--ignore", "E501"], ["format", "--check"]):
        line = [ruff, command[0], "--isolated", "--no-cache", *command[1:], "."]
        done = subprocess.run(line, cwd=project, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout


def test_exported_published_referenced_and_listed_are_the_same(report: dict[str, Any]) -> None:
    manifests = KubernetesTarget().emit(fraud())
    rows = json.loads(manifests["bindings.json"].content)["bindings"]
    listed = {f"{r['config_map']}.{r['field']}" for r in rows if r["phase"] == "provision"}
    objects = [yaml.safe_load(f.content) for path, f in manifests.items() if ".yaml" in path]
    referenced = {
        f"{ref['name']}.{ref['key']}"
        for ref in _found("configMapKeyRef", objects)
        if ref["name"].endswith("-binding")
    }
    assert listed
    assert report["exports"].keys() == listed
    assert referenced == listed
    assert all(report["exports"].values())


def test_what_holds_state_is_protected() -> None:
    from mlsdc.targets.pulumi.program import program

    stateful = ("aws.s3.Bucket", "aws.msk.Cluster", "aws.msk.Topic", "aws.kms.Key",
                "aws.elasticache.ReplicationGroup", "aws.eks.Cluster")  # fmt: skip
    held = [r for r in program(fraud()).resources if r.type in stateful]
    assert {r.type for r in held} == set(stateful)
    assert all(r.options.protect for r in held)
    lower = plan(fraud_text().replace("tier    = production", "tier    = internal"))
    assert not any(r.options.protect for r in program(lower).resources)


def test_only_routes_out_name_every_address(project: Path, report: dict[str, Any]) -> None:
    kinds = {typ for typ, _, inputs in report["resources"] if ANYWHERE in json.dumps(inputs)}
    assert kinds == {"aws:ec2/route:Route"}


def test_plain_kubernetes_has_no_program() -> None:
    assert len(emitted(plan(fraud_text(), "dev"))) == 0


def changed(old: str, new: str) -> str:
    """The fraud example with one piece of its text exchanged."""
    text = fraud_text()
    assert text.count(old) == 1
    return text.replace(old, new)


def test_an_existing_cluster_is_used_and_none_is_made(tmp_path: Path) -> None:
    named = changed('namespace = "fraud"\n', 'namespace = "fraud"\n    cluster = "shared"\n')
    report = run(put(emitted(plan(named)), tmp_path))
    made = {typ for typ, _, _ in report["resources"]}
    assert not made & {"aws:eks/cluster:Cluster", "aws:ec2/vpc:Vpc", "aws:eks/nodeGroup:NodeGroup"}
    for rule in _of(report, "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule").values():
        assert rule["referencedSecurityGroupId"] == "sg-pods"


def test_the_bytes_do_not_depend_on_the_hash_seed() -> None:
    code = (
        "from tests.targets.pulumi_program import *; from hashlib import sha256;"
        "print(sha256(b''.join(k.encode() + f.content for k, f in emitted(fraud()).items()))"
        ".hexdigest())"
    )
    seen = {
        subprocess.run(
            [sys.executable, "-c", code], cwd=ROOT, env={"PYTHONHASHSEED": seed, "PATH": ""},
            capture_output=True, text=True, check=True,
        ).stdout
        for seed in ("1", "2")
    }  # fmt: skip
    assert len(seen) == 1
    assert FRAUD.exists()


def test_the_readme_names_only_what_nothing_carries() -> None:
    text = emitted(fraud())["README.md"].content.decode()
    assert set(re.findall(r"Nothing here carries `(\S+)`", text)) == {"chargebacks"}


def test_a_bucket_named_by_the_cloud_is_published_to_what_lands_there(tmp_path: Path) -> None:
    unnamed = plan(changed('    account   = "111122223333"\n', ""))
    report = run(put(emitted(unnamed), tmp_path))
    manifests = KubernetesTarget().emit(unnamed)
    rows = json.loads(manifests["bindings.json"].content)["bindings"]
    listed = {f"{r['config_map']}.{r['field']}" for r in rows if r["phase"] == "provision"}
    assert "history-lake-binding.uri" in {
        f"{r['config_map']}.{r['field']}" for r in rows
        if r["from"] == r["to"] == "history_lake" and r["phase"] == "provision"
    }  # fmt: skip
    assert report["exports"].keys() == listed
