"""Streams that land in a bucket of the cloud: what runs in the cluster for it, and its rights."""

from __future__ import annotations

import json
import re
import subprocess
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from mlsdc.stdlib.metrics.prometheus import Prometheus
from mlsdc.targets.kubernetes import KubernetesTarget
from mlsdc.targets.kubernetes.assemble import requirements
from mlsdc.targets.kubernetes.objects import Object, Pods
from mlsdc.targets.pulumi import PulumiTarget
from tests.stdlib.test_data_systems import PLATFORM, objects, plan_of

LANDED = """
stream clicks: kafka { rate = 200/s  event_size = 600B  retention = 7d }
source orders "x" { rate = 1/m  existing { host = "orders.example.com"  port = 5432 } }
lake history: s3 { format = iceberg  from = [clicks, orders]
  sink_image = "registry.example.com/shop/connect:1.0.0"  catalog = "http://catalog.data.svc:8181" }
"""
AWS = 'aws { region = "eu-west-1" }'


def _landing(text: str = LANDED) -> tuple[dict[str, str], Object]:
    """The settings and the container of what lands streams in a bucket of the cloud."""
    made = objects(plan_of(text, AWS))
    pod = made["Deployment", "history"]["spec"]["template"]["spec"]
    assert pod["serviceAccountName"] == "history"
    (container,) = pod["containers"]
    return made["ConfigMap", "history-sink"]["data"], container


def _settings(text: str) -> dict[str, str]:
    return dict(line.split("=", 1) for line in text.splitlines())


def test_in_a_cloud_workers_read_the_addresses_from_the_bindings() -> None:
    files, container = _landing()
    given = {v["name"]: v for v in container["env"]}
    for variable, name, key in (("CLICKS_BROKERS", "clicks-binding", "brokers"),
                                ("HISTORY_URI", "history-binding", "uri")):  # fmt: skip
        assert given[variable]["valueFrom"] == {"configMapKeyRef": {"name": name, "key": key}}
    assert not [name for name in given if name.startswith("ORDERS")]
    worker = _settings(files["worker.properties"])
    assert "bootstrap.servers" not in worker
    for client in ("", "consumer.", "producer.", "admin."):
        assert worker[f"{client}security.protocol"] == given["CLICKS_SECURITY_PROTOCOL"]["value"]
        assert worker[f"{client}sasl.mechanism"] == given["CLICKS_SASL_MECHANISM"]["value"]
    connector = _settings(files["connector-clicks.properties"])
    assert connector["iceberg.catalog.warehouse"] == "s3://${env:LANDING_BUCKET}/tables"
    assert not [name for name in connector if "key-id" in name or "endpoint" in name]


def test_the_rows_of_a_landing_are_those_that_its_pods_read() -> None:
    plan = plan_of(LANDED, AWS)
    rows = json.loads(KubernetesTarget().emit(plan)["bindings.json"].content)["bindings"]
    listed = {r["variable"] for r in rows if r["from"] == "history"}
    assert {r["to"] for r in rows} == {"clicks", "history"}
    own = {v["name"] for v in _landing()[1]["env"]}
    assert listed == {name for name in own if name.startswith(("CLICKS_", "HISTORY_"))}


def test_in_a_cloud_no_operator_of_kafka_is_needed() -> None:
    needed = {need.name for need in requirements(plan_of(LANDED, AWS))}
    assert "strimzi" not in needed
    assert "strimzi" in {need.name for need in requirements(plan_of(LANDED))}
    assert not [kind for kind, _ in objects(plan_of(LANDED, AWS)) if kind.startswith("Kafka")]


def test_what_lands_in_a_cloud_reaches_brokers_bucket_catalogue_and_identity_only() -> None:
    policy = objects(plan_of(LANDED, AWS))["NetworkPolicy", "history"]["spec"]
    assert policy["podSelector"]["matchLabels"]["app.kubernetes.io/instance"] == "history"
    assert "Ingress" in policy["policyTypes"]
    assert "ingress" not in policy
    reached = {
        (str(rule.get("to", "anywhere")), port["port"])
        for rule in policy["egress"]
        for port in rule["ports"]
        if port["port"] != 53
    }
    assert reached == {
        ("[{'ipBlock': {'cidr': '10.0.0.0/8'}}]", 9098),
        ("[{'ipBlock': {'cidr': '169.254.170.23/32'}}]", 80),
        ("anywhere", 443),
        ("anywhere", 8181),
    }


def test_the_worker_starts_with_the_brokers_it_was_given(tmp_path: Path) -> None:
    files, container = _landing()
    for name, text in files.items():
        (tmp_path / name).write_text(text)
    (tmp_path / "bin").mkdir()
    started = tmp_path / "bin" / "connect-standalone.sh"
    started.write_text('#!/bin/bash\ncat "$1"\nprintf "arg=%s\\n" "${@:2}"\nenv\n')
    started.chmod(0o755)
    assert container["command"][:2] == ["/bin/bash", "-ec"]
    command: str = container["command"][2]
    here = command.replace("/etc/kafka-connect", str(tmp_path)).replace("/opt/kafka", str(tmp_path))
    done = subprocess.run(
        ["/bin/bash", "-ec", here.replace("/tmp/worker.", f"{tmp_path}/made.")],
        env={"PATH": "/usr/bin:/bin", "CLICKS_BROKERS": "b-1:9098,b-2:9098",
             "HISTORY_URI": "s3://shop-history-1"},
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    lines = done.stdout.splitlines()
    assert "bootstrap.servers=b-1:9098,b-2:9098" in lines
    assert f"arg={tmp_path}/connector-clicks.properties" in lines
    assert "LANDING_BUCKET=shop-history-1" in lines
    used = set(re.findall(r"\$\{env:(\w+)\}", "".join(files.values())))
    assert used == {"LANDING_BUCKET", "HISTORY_REGION"}
    assert used <= {"LANDING_BUCKET", *(v["name"] for v in container["env"])}


@pytest.mark.parametrize(
    ("status", "states", "well"),
    [
        (200, ["RUNNING", "RUNNING"], True),
        (200, ["RUNNING", "FAILED"], False),
        (200, [], False),
        (404, ["RUNNING"], False),
    ],
)
def test_a_worker_with_a_failed_task_is_not_well(
    status: int, states: list[str], well: bool
) -> None:
    class Answer(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(status if self.path == "/connectors?expand=status" else 500)
            self.end_headers()
            self.wfile.write(json.dumps([{"state": state} for state in states]).encode())

        def log_message(self, format: str, *args: Any) -> None:
            return

    _, container = _landing()
    probes = [container[f"{kind}Probe"]["exec"]["command"] for kind in ("liveness", "readiness")]
    assert probes[0] == probes[1]
    with HTTPServer(("127.0.0.1", 0), Answer) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        here = [part.replace("8083", str(server.server_port)) for part in probes[0]]
        done = subprocess.run(here, capture_output=True, timeout=20, check=False)
        server.shutdown()
    assert (done.returncode == 0) == well


def test_new_settings_make_new_pods() -> None:
    def digest(text: str) -> str:
        return next(v["value"] for v in _landing(text)[1]["env"] if v["name"] == "SETTINGS_DIGEST")

    assert digest(LANDED) == digest(LANDED)
    assert digest(LANDED) != digest(LANDED.replace("catalog.data.svc", "tables.data.svc"))


def test_a_text_of_the_design_stays_inside_its_setting() -> None:
    text = "http://catalog:8181/caf\u00e9\\\\u0041"
    files, _ = _landing(LANDED.replace("http://catalog.data.svc:8181", text))
    connector = files["connector-clicks.properties"]
    assert connector.isascii()
    assert _settings(connector)["name"] == "history-sink-clicks"
    assert "iceberg.catalog.uri=http://catalog:8181/caf\\u00e9\\\\u0041\n" in connector


@pytest.mark.parametrize("address", ["catalog", "http://a:b", "http://[", "http://a b", "ftp://a"])
@pytest.mark.parametrize("target", [KubernetesTarget(), PulumiTarget()], ids=["cluster", "cloud"])
def test_a_catalogue_without_an_address_is_refused(address: str, target: Any) -> None:
    text = LANDED.replace("http://catalog.data.svc:8181", address)
    platform = AWS if target.name == "pulumi" else PLATFORM
    said = [(d.subject, d.help) for d in target.complaints(plan_of(text, platform))]
    assert said == [("history", 'catalog = "http://catalog.data.svc:8181"')]


def test_files_in_a_cloud_are_written_with_the_pods_identity() -> None:
    files, container = _landing(LANDED.replace("iceberg", "parquet"))
    connector = _settings(files["connector-clicks.properties"])
    assert connector["aws.s3.bucket.name"] == "${env:LANDING_BUCKET}"
    assert connector["aws.s3.region"] == "${env:HISTORY_REGION}"
    assert not [name for name in connector if "key.id" in name or "access.key" in name]
    assert container["image"] == "registry.example.com/shop/connect:1.0.0"


def test_what_a_landing_in_a_cloud_lacks_is_said() -> None:
    text = "stream clicks: kafka { }\nlake history: s3 { format = iceberg from = clicks }"
    plan = plan_of(text, AWS)
    said = {(d.subject, d.help.split(" =")[0]) for d in PulumiTarget().complaints(plan)}
    assert said == {("history", "sink_image"), ("history", "catalog")}
    assert plan.carried(plan.design.components["history"]) == ()
    assert ("Deployment", "history") not in objects(plan)


def test_clients_of_kafka_are_told_how_to_log_in() -> None:
    def told(platform: str) -> dict[str, str | None]:
        fields = plan_of(LANDED, platform).bindings["clicks"].fields
        return {f.name: f.value for f in fields if f.name.startswith(("security", "sasl"))}

    assert told(AWS) == {"security_protocol": "SASL_SSL", "sasl_mechanism": "AWS_MSK_IAM"}
    assert told(PLATFORM) == {"security_protocol": "SSL"}


def test_what_scrapes_a_managed_cluster_reaches_its_metrics(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    scraped = "stream clicks: kafka { }\nmetrics board: prometheus { scrapes = clicks }"

    def reached(text: str) -> list[int]:
        policy = objects(plan_of(text, AWS))["NetworkPolicy", "board"]["spec"]
        return [port["port"] for rule in policy["egress"] for port in rule["ports"]]

    monkeypatch.setattr(Prometheus, "pods", lambda self, plan: Pods({"a": "b"}), raising=False)
    assert reached(scraped) == [53, 53, 11001]
    assert reached("metrics board: prometheus { }") == [53, 53]
