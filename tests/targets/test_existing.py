"""Components that are there already: what their clients are handed, and that nothing is made."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import kubernetes_validate
import pytest

from mlsdc.diagnostics import Severity, Source
from mlsdc.pipeline import check, emit
from mlsdc.stdlib.find import standard_catalog
from mlsdc.targets.diagrams import DiagramsTarget
from mlsdc.targets.kubernetes import KubernetesTarget
from mlsdc.targets.pulumi import PulumiTarget
from tests.stdlib.design_text import Emitted, emitted
from tests.targets.pulumi_program import ROOT, plan, put, run
from tests.targets.pulumi_program import emitted as program

PAGE = (ROOT / "docs" / "existing-and-patch.md").read_text("utf-8")
CLUSTER = """
endpoint api: container {
  image = "r.example.com/api:1"
  cpu = 1
  memory = 1GiB
  latency { p50 = 1ms  p99 = 2ms  at = 10/s }
}
request rank {
  rate = 5/s
  call api { call store }
}
"""
FIELDS = """
    host     = secret { name = "legacy-redis"  key = "address" }
    port     = 6379
    mode     = replication
    tls      = true
    password = secret { name = "legacy-redis"  key = "password" }
"""


def store(fields: str, more: str = "") -> Emitted:
    return emitted(f"{CLUSTER}\nonline_store store: redis {{ existing {{ {fields} }} }}\n{more}")


def container(design: Emitted) -> dict[str, Any]:
    found: dict[str, Any] = design["Deployment", "api"]["spec"]["template"]["spec"]
    return found


def egress(design: Emitted) -> list[dict[str, Any]]:
    rules: list[dict[str, Any]] = design["NetworkPolicy", "api"]["spec"]["egress"]
    return [rule for rule in rules if {"protocol": "UDP", "port": 53} not in rule["ports"]]


def test_references_become_variables_and_files() -> None:
    design = store(FIELDS)
    assert (design.errors, design.complaints) == ([], [])

    given = {v["name"]: v for v in container(design)["containers"][0]["env"]}
    secret = {"name": "legacy-redis", "key": "address"}
    assert given["STORE_HOST"] == {"name": "STORE_HOST", "valueFrom": {"secretKeyRef": secret}}
    assert given["STORE_PORT"]["value"] == "6379"
    assert given["STORE_TLS"]["value"] == "true"
    assert given["STORE_PASSWORD_FILE"]["value"] == "/var/run/bindings/store/password"
    assert "STORE_PASSWORD" not in given
    (volume,) = [v for v in container(design)["volumes"] if v["name"] == "binding-store"]
    items = [{"key": "password", "path": "password"}]
    sources = [{"secret": {"name": "legacy-redis", "items": items}}]
    assert volume["projected"]["sources"] == sources
    kubernetes_validate.validate(design["Deployment", "api"], "1.34", strict=True)


def test_a_config_map_is_referred_to() -> None:
    host = 'host = config_map { name = "platform"  key = "redis" }'
    design = store(
        FIELDS.replace('host     = secret { name = "legacy-redis"  key = "address" }', host)
    )

    given = {v["name"]: v for v in container(design)["containers"][0]["env"]}
    reference = {"name": "platform", "key": "redis"}
    assert given["STORE_HOST"]["valueFrom"] == {"configMapKeyRef": reference}
    rows = json.loads(design.files["bindings.json"].content)["bindings"]
    (row,) = [row for row in rows if row["field"] == "host"]
    assert (row["config_map"], row["key"], row["phase"]) == ("platform", "redis", "compile")


def test_nothing_is_made_for_it() -> None:
    design = store(FIELDS)

    assert {path.split("/")[0] for path in design.files if "/" in path} == {"api", "demo"}
    assert not [kind for kind, _ in design.objects if kind.startswith("Redis")]
    need = json.loads(design.files["prerequisites.json"].content)
    assert need["operators"] == []


PLAIN = "host = {}  port = 6380  mode = replication  tls = false"


def test_the_way_to_it_is_as_narrow_as_is_known() -> None:
    ports = [{"protocol": "TCP", "port": 6380}]

    def of(host: str, more: str = "") -> list[dict[str, Any]]:
        return egress(store(PLAIN.format(host) + more))

    assert of('"redis.example.com"') == [{"ports": ports}]
    assert of('"10.4.0.7"') == [{"to": [{"ipBlock": {"cidr": "10.4.0.7/32"}}], "ports": ports}]
    assert of('"fd00::7"') == [{"to": [{"ipBlock": {"cidr": "fd00::7/128"}}], "ports": ports}]
    labels = {"kubernetes.io/metadata.name": "data"}
    inside = [{"to": [{"namespaceSelector": {"matchLabels": labels}}], "ports": ports}]
    assert of('"redis.data.svc.cluster.local"') == inside
    assert of('"redis.data.svc"') == inside
    block = [{"to": [{"ipBlock": {"cidr": "10.4.0.0/16"}}], "ports": ports}]
    assert of('"redis.example.com"', '  cidr = "10.4.0.0/16"') == block


def test_ports_of_addresses() -> None:
    text = """
        stream clicks: kafka {
          existing {
            brokers = ["b-1.example.com:9092", "b-2.example.com:9094"]
            topic = clicks
            security_protocol = PLAINTEXT
          }
        }
        pipeline job: flink { reads = clicks  every = 1d  image = "r.example.com/j:1" }
    """
    design = emitted(text)
    assert (design.errors, design.complaints) == ([], [])
    rules = design["NetworkPolicy", "job"]["spec"]["egress"]
    assert {
        "ports": [{"protocol": "TCP", "port": 9092}, {"protocol": "TCP", "port": 9094}]
    } in rules
    pod = design["CronJob", "job"]["spec"]["jobTemplate"]["spec"]["template"]["spec"]
    given = {v["name"]: v.get("value") for v in pod["containers"][0]["env"]}
    assert given["CLICKS_BROKERS"] == "b-1.example.com:9092,b-2.example.com:9094"


def test_it_is_drawn_as_existing() -> None:
    drawing = DiagramsTarget().emit(store(FIELDS).plan)["system.mmd"].content.decode()

    assert "existing redis" in drawing


AWS = """
system shop { tier = internal }
stream clicks: kafka {
  rate = 5/s
  existing {
    brokers           = "b-1.example.com:9098"
    topic             = "all-clicks"
    security_protocol = "SASL_SSL"
    sasl_mechanism    = "AWS_MSK_IAM"
    arn               = "arn:aws:kafka:eu-west-1:111122223333:cluster/events/1a2b-5"
  }
}
lake history: s3 {
  existing {
    uri     = stack_output { stack = "acme/data/prod"  output = "uri" }
    region  = "eu-west-1"
    arn     = "arn:aws:s3:::history"
    key_arn = "arn:aws:kms:eu-west-1:111122223333:key/1a"
  }
}
online_store store: redis {
  existing {
    host     = ssm_parameter { name = "/redis/host" }
    port     = 6379
    mode     = replication
    tls      = true
    password = aws_secret { name = "redis"  key = "password" }
  }
}
pipeline job: flink {
  reads  = [clicks, history]
  writes = store
  every  = 1d
  image  = "r.example.com/j:1"
}
environment prod { platform = aws { region = "eu-west-1" } }
"""


def test_the_program_reads_and_publishes(tmp_path: Path) -> None:
    found = run(put(program(plan(AWS)), tmp_path))
    resources = {(kind, name): inputs for kind, name, inputs in found["resources"]}

    assert found["exports"] == {
        "history-binding.uri": "output-of-the-mocks",
        "store-binding.host": "parameter-of-the-mocks",
    }
    secret = resources["kubernetes:core/v1:Secret", "store-existing"]
    assert json.dumps(secret["stringData"]).count("secret-of-the-mocks") == 1
    made = {kind for kind, _ in resources}
    assert not [kind for kind in made if kind.startswith(("aws:msk", "aws:s3", "aws:elasticache"))]


def test_its_clients_get_rights_on_exactly_it(tmp_path: Path) -> None:
    found = run(put(program(plan(AWS)), tmp_path))
    resources = {(kind, name): inputs for kind, name, inputs in found["resources"]}
    policy = json.loads(resources["aws:iam/rolePolicy:RolePolicy", "job"]["policy"])
    kafka = "arn:aws:kafka:eu-west-1:111122223333"

    granted = {one["Sid"]: (one["Action"], one["Resource"]) for one in policy["Statement"]}
    assert {resource for _, resources in granted.values() for resource in resources} == {
        f"{kafka}:cluster/events/1a2b-5",
        f"{kafka}:topic/events/1a2b-5/all-clicks",
        f"{kafka}:group/events/1a2b-5/job",
        f"{kafka}:group/events/1a2b-5/job-*",
        "arn:aws:s3:::history",
        "arn:aws:s3:::history/*",
        "arn:aws:kms:eu-west-1:111122223333:key/1a",
    }
    assert granted["ReadsHistory6"][0] == ["kms:Decrypt"]
    assert not [a for actions, _ in granted.values() for a in actions if "*" in a or "Put" in a]


def test_manifests_refer_to_what_is_published() -> None:
    design = emitted(AWS, "aws")
    assert (design.errors, design.complaints) == ([], [])
    pod = design["CronJob", "job"]["spec"]["jobTemplate"]["spec"]["template"]["spec"]
    given = {v["name"]: v for v in pod["containers"][0]["env"]}

    reference = {"name": "store-binding", "key": "host"}
    assert given["STORE_HOST"]["valueFrom"] == {"configMapKeyRef": reference}
    assert given["HISTORY_REGION"]["value"] == "eu-west-1"
    (volume,) = [v for v in pod["volumes"] if v["name"] == "binding-store"]
    assert volume["projected"]["sources"][0]["secret"]["name"] == "store-existing"
    agent = {"to": [{"ipBlock": {"cidr": "169.254.170.23/32"}}],
             "ports": [{"protocol": "TCP", "port": 80}]}  # fmt: skip
    assert agent in design["NetworkPolicy", "job"]["spec"]["egress"]


@pytest.mark.parametrize("snippet", re.findall(r"```mlsd\n(.*?)```", PAGE, re.S))
def test_the_page_shows_what_compiles(snippet: str) -> None:
    source = Source("design.mlsd", "system demo { }\n" + snippet)
    outcome = check([source], standard_catalog())
    files, said = emit(outcome, [KubernetesTarget(), PulumiTarget()])

    wrong = [d for d in outcome.diagnostics if d.severity is Severity.ERROR]
    assert [d.message for d in [*wrong, *said]] == []
    assert len(files) > 5


def test_without_an_edge_nothing_is_read() -> None:
    text = AWS.replace("  writes = store\n", "")
    files = program(plan(text))

    assert "store" not in files["existing.py"].content.decode()
    assert "store" not in files["bindings.py"].content.decode()
