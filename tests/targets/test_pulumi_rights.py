"""Rights of the emitted roles: those of the design's edges, and no others."""

from __future__ import annotations

import re

import pytest
import yaml

from mlsdc.compiler.graph import Edge
from mlsdc.targets.base import Plan
from mlsdc.targets.kubernetes import KubernetesTarget
from mlsdc.targets.pulumi.cloud import Right
from mlsdc.targets.pulumi.identity import TooWide, accesses, refuse_wide
from mlsdc.targets.pulumi.resources import Concat, Ref
from tests.targets.pulumi_program import emitted, fraud, fraud_text, plan

Triple = tuple[str, str, str]
OF_IAM = ("s3", "kafka")
"""Systems whose clients are known by IAM; Redis knows them by a password."""


def _edges(of: Plan) -> set[Triple]:
    return {
        (edge.source, edge.rule.access, edge.target)
        for edge in of.graph.edges
        if edge.rule.access != "observe"
        and of.where(edge.target) == "cloud"
        and of.design.components[edge.target].system in OF_IAM
    }


def _granted(of: Plan) -> set[Triple]:
    """What the actions of each role amount to, read from the actions and resources alone."""
    found: set[Triple] = set()
    for principal, given in accesses(of).items():
        for access in given:
            found |= {
                (principal, kind, _owner(resource))
                for right in access.rights
                for resource in right.resources
                for kind in _kinds(right)
                if _owner(resource) == access.edge.target
            }
    return found


def _owner(resource: object) -> str:
    ref = resource.parts[0] if isinstance(resource, Concat) else resource
    assert isinstance(ref, Ref)
    return ref.key.partition(".")[0]


def _kinds(right: Right) -> set[str]:
    verbs = {action.partition(":")[2] for action in right.actions}
    reads, writes = verbs & {"GetObject", "ReadData"}, verbs & {"PutObject", "WriteData"}
    deletes = "DeleteObject" in verbs
    if reads and writes:
        return {"read_write"} if deletes else {"read", "write"}
    return {"read"} if reads else {"write"} if writes else set()


def test_rights_equal_the_edges() -> None:
    assert _edges(fraud())
    assert _granted(fraud()) == _edges(fraud())


def test_no_right_names_everything() -> None:
    rights = [r for given in accesses(fraud()).values() for one in given for r in one.rights]
    assert rights
    for right in rights:
        assert not any("*" in action for action in right.actions)
        assert all(not isinstance(resource, str) for resource in right.resources)


@pytest.mark.parametrize(
    "right",
    [Right(("s3:*",), (Ref("x"),)), Right(("s3:GetObject",), ("*",)),
     Right(("s3:GetObject",), ("arn:aws:s3:::*",))],
)  # fmt: skip
def test_a_wide_right_is_refused(right: Right) -> None:
    with pytest.raises(TooWide):
        refuse_wide(right)


def test_removing_an_edge_removes_its_rights_and_nothing_else() -> None:
    without = fraud_text().replace("    call decisions  asynchronous\n", "")
    assert without != fraud_text()
    before, after = _granted(fraud()), _granted(plan(without))
    assert before - after == {("decide", "write", "decisions")}
    assert after <= before
    changed = {
        path for path, file in emitted(fraud()).items() if emitted(plan(without)).get(path) != file
    }
    assert changed == {"identity.py"}


def test_each_statement_is_named_after_its_edge() -> None:
    text = emitted(fraud())["identity.py"].content.decode()
    names = {re.sub(r"\d+$", "", sid) for sid in re.findall(r'"Sid": "(\w+)"', text)}
    given = {e.edge for access in accesses(fraud()).values() for e in access}
    assert names == {_title(edge) for edge in given}


def _title(edge: Edge) -> str:
    words = re.findall(r"[A-Za-z0-9]+", f"{edge.verb} {edge.target}")
    return re.sub(r"\d+$", "", "".join(word[0].upper() + word[1:] for word in words))


def _own(of: Plan, name: str) -> dict[str, set[str]]:
    """The actions that a role has on a cluster's own names, by the key and text of the resource."""
    found: dict[str, set[str]] = {}
    for access in accesses(of).get(name, []):
        for right in access.rights:
            for resource in right.resources:
                parts = resource.parts if isinstance(resource, Concat) else (resource,)
                first, *rest = parts
                assert isinstance(first, Ref)
                label = first.key + "".join(str(part) for part in rest)
                verbs = {action.partition(":")[2] for action in right.actions}
                found.setdefault(label, set()).update(verbs)
    return found


def test_what_lands_streams_may_do_what_its_connectors_settings_need() -> None:
    manifests = KubernetesTarget().emit(fraud())
    path = "history-lake/configmap-history-lake-sink.yaml"
    files: dict[str, str] = yaml.safe_load(manifests[path].content)["data"]
    rights = _own(fraud(), "history_lake")
    connectors = [text for name, text in files.items() if name.startswith("connector-")]
    assert len(connectors) == 2
    for text in connectors:
        have = dict(line.split("=", 1) for line in text.splitlines())
        control = rights[f"cluster kafka.{have['iceberg.control.topic']}"]
        assert control == {"DescribeTopic", "ReadData", "WriteData"}
        prefix = have["iceberg.coordinator.transactional.prefix"]
        transactions = rights[f"cluster kafka.transactions/{prefix}*"]
        assert transactions == {"DescribeTransactionalId", "AlterTransactionalId"}
        groups = rights["cluster kafka.groups/history-lake-*"]
        assert groups == {"DescribeGroup", "AlterGroup"}
        for group in ("consumer.override.group.id", "iceberg.connect.group-id",
                      "iceberg.control.group-id-prefix"):  # fmt: skip
            assert have[group].startswith("history-lake-")
    assert "WriteDataIdempotently" in rights["cluster kafka.msk"]


def test_only_what_commits_by_transactions_may() -> None:
    others = [name for name in accesses(fraud()) if name != "history_lake"]
    assert others
    for name in others:
        assert not [label for label in _own(fraud(), name) if "transactions" in label]
    files = plan(fraud_text().replace("format     = iceberg", "format     = parquet"))
    labels = _own(files, "history_lake")
    assert labels
    assert not [label for label in labels if "transactions" in label or "control" in label]
