"""Patches of a Pulumi program: what it declares afterwards, and what is refused."""

from __future__ import annotations

import ast
import json
from pathlib import Path

import pytest

from mlsdc.diagnostics import Diagnostic, Severity, Source
from mlsdc.pipeline import check
from mlsdc.stdlib.find import standard_catalog
from tests.targets.pulumi_program import emitted, plan, put, run

AWS = 'aws { region = "eu-west-1"  account = "111122223333" }'
DESIGN = """
system shop { tier = production }
stream clicks: kafka { rate = 5/s  retention = 7d  partitions = 6 }
online_store online: redis { nodes = 3  memory = 4GiB }
lake state: s3 { retention = 30d }
pipeline activity: flink {
  reads       = clicks
  writes      = online
  checkpoints = state
  image       = "r.example.com/a:1"
}
environment prod { platform = aws { region = "eu-west-1"  account = "111122223333" } }
"""


def patch(name: str, object: str, path: str, value: str | None, **more: str) -> str:
    fields = {
        "target": "pulumi",
        "object": json.dumps(object),
        "operation": "add",
        "path": json.dumps(path),
        **({} if value is None else {"value": value}),
        "reason": '"agreed with the platform team"',
        **more,
    }
    lines = [f"  {k} {'' if v.startswith('{') else '= '}{v}" for k, v in fields.items()]
    return "\n".join([f"patch {name} {{", *lines, "}\n"])


def said(*patches: str, design: str = DESIGN) -> list[Diagnostic]:
    source = Source("design.mlsd", design + "".join(patches))
    return [
        d for d in check([source], standard_catalog(), checks=()).diagnostics
        if d.code.startswith(("TYP", "SYN", "EMT", "INT"))
    ]  # fmt: skip


def only(*patches: str, design: str = DESIGN) -> Diagnostic:
    (found,) = said(*patches, design=design)
    return found


def test_the_program_declares_the_values(tmp_path: Path) -> None:
    text = DESIGN + "".join(
        [
            patch("window", "ReplicationGroup/online", "/maintenance_window",
                  '"sun:03:00-sun:04:00"'),
            patch("keep", "aws.elasticache.ReplicationGroup/online", "/snapshot_retention_limit",
                  "30", operation="replace"),
            patch("label", "Bucket/state", "/tags/cost-centre", '"4711"'),
            patch("prefix", "BucketLifecycleConfiguration/state", "/rules/0/filter",
                  '{ prefix = "checkpoints/" }', operation="replace"),
            patch("cleanup", "Topic/clicks", "/configs/cleanup.policy", '"compact"'),
            patch("timer", "BucketLifecycleConfiguration/state", "/rules/0/expiration", None,
                  operation="remove"),
        ]
    )  # fmt: skip
    found = run(put(emitted(plan(text)), tmp_path))
    resources = {(kind, name): inputs for kind, name, inputs in found["resources"]}

    store = resources["aws:elasticache/replicationGroup:ReplicationGroup", "online"]
    assert store["maintenanceWindow"] == "sun:03:00-sun:04:00"
    assert store["snapshotRetentionLimit"] == 30
    assert resources["aws:s3/bucket:Bucket", "state"]["tags"]["cost-centre"] == "4711"
    kind = "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration"
    (rule,) = resources[kind, "state"]["rules"]
    assert rule["filter"] == {"prefix": "checkpoints/"}
    assert "expiration" not in rule
    configs = json.loads(resources["aws:msk/topic:Topic", "clicks"]["configs"])
    assert configs["cleanup.policy"] == "compact"
    assert configs["retention.ms"] == "604800000"


def test_nothing_else_changes() -> None:
    before = emitted(plan(DESIGN))
    text = DESIGN + patch("label", "Bucket/state", "/tags/cost-centre", '"4711"')
    after = emitted(plan(text))

    assert before.keys() == after.keys()
    assert {p for p in before if before[p].content != after[p].content} == {"lakes.py"}
    assert b'BucketLifecycleConfigurationRuleFilterArgs(prefix="")' in after["lakes.py"].content


REPLACE = {"operation": "replace"}
WRONG = [
    (patch("p", "Bucket/stat", "/tags/a", "b"), "TYP031", "emits no `Bucket/stat`", ""),
    (patch("p", "state", "/tags/a", "b"), "TYP031", "`state` means", 'object = "aws.s3.Bucket'),
    (patch("p", "Bucket/state", "/tagz", "b", **REPLACE), "TYP032", "`/` has no `tagz`",
     'did you mean `path = "/tags"`?'),
    (patch("p", "BucketLifecycleConfiguration/state", "/rules/0/filtr/prefix", "b"), "TYP032",
     "`/rules/0` has no `filtr`", 'did you mean `path = "/rules/0/filter/prefix"`?'),
    (patch("p", "Bucket/state", "/bucket-name", "b"), "TYP033", "an input 'bucket-name'", ""),
    (patch("p", "Bucket/state", "/opts", "b"), "TYP033", "an input 'opts'", ""),
    (patch("p", "Bucket/state", "/class", "b"), "TYP033", "an input 'class'", ""),
    (patch("p", "BucketLifecycleConfiguration/state", "/rules/0/a=1, b", "b"), "TYP033",
     "an input 'a=1, b'", ""),
    (patch("p", "RolePolicy/activity", "/policy/Statement/0/Action/0", '"s3:*"', **REPLACE),
     "TYP033", "the wildcard action s3:*", ""),
    (patch("p", "RolePolicy/activity", "/policy/Statement/0/Resource", '"*"', **REPLACE),
     "TYP033", "on every resource", ""),
    (patch("p", "RolePolicy/activity", "/policy/Statement/0/NotAction", "[a]"), "TYP033",
     "everything but what `NotAction`", ""),
]  # fmt: skip


@pytest.mark.parametrize(("text", "code", "message", "help"), WRONG)
def test_what_is_refused(text: str, code: str, message: str, help: str) -> None:
    found = only(text)

    assert (found.code, found.severity) == (code, Severity.ERROR)
    assert message in found.message
    assert found.help.startswith(help)


def test_a_number_of_the_design() -> None:
    text = patch("p", "Topic/clicks", "/partition_count", "9", operation="replace")
    found = only(text)

    assert (found.code, found.severity) == ("TYP034", Severity.WARNING)
    assert found.message == (
        "/partition_count of clicks is 6, as the design says, and `p` sets 9"
    )  # fmt: skip
    assert found.help == "say it in `clicks`: partitions = ..."


def test_a_platform_without_a_program() -> None:
    design = DESIGN.replace(AWS, "kubernetes")
    found = only(patch("p", "Bucket/state", "/tags/a", "b"), design=design)

    assert (found.code, found.severity) == ("TYP035", Severity.WARNING)
    assert found.help == "environments = [prod]"


def test_hostile_values_stay_literals() -> None:
    note = '"\\") + __import__(\\"os\\").system(\\"true\\") # ${x}"'
    text = DESIGN + patch("p", "Bucket/state", "/tags/note", note)
    if said(patch("p", "Bucket/state", "/tags/note", note)):
        text = text.replace("${x}", "x")
    program = emitted(plan(text))["lakes.py"].content.decode()

    calls = {node.func.id for node in ast.walk(ast.parse(program))
             if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)}  # fmt: skip
    assert "__import__" not in calls
    assert "__import__" in program
