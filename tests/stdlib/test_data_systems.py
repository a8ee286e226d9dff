"""The systems data lies in and flows through: lakes, online stores, feature stores, pipelines."""

from __future__ import annotations

import json
import re
import subprocess
import textwrap
from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
import yaml

from mlsdc.compiler.analyses.ages import Ages
from mlsdc.compiler.consistency.age import Age
from mlsdc.diagnostics import Source
from mlsdc.pipeline import check
from mlsdc.stdlib.feature_stores.feast import Feast
from mlsdc.stdlib.find import standard_catalog
from mlsdc.stdlib.lakes.s3 import S3
from mlsdc.stdlib.online_stores.redis import Redis
from mlsdc.stdlib.pipelines.flink import Flink
from mlsdc.targets.base import Plan
from mlsdc.targets.kubernetes import KubernetesTarget
from mlsdc.targets.kubernetes.assemble import manifests
from mlsdc.targets.kubernetes.objects import Object
from mlsdc.targets.kubernetes.schedule import PERIODS, cron, nearest_periods

HEADER = 'system shop "x" { owner = "team" }\n'
DESIGN = """
stream clicks: kafka { rate = 200/s  event_size = 600B  retention = 7d }
lake history: s3 { format = iceberg  from = clicks  size = 100GiB
  sink_image = "registry.example.com/shop/connect:1.0.0"  catalog = "http://catalog.data.svc:8181" }
lake state: s3 { }
pipeline activity: flink { reads = clicks  writes = online  checkpoints = state  watermark = 2s
  delivery = exactly_once  checkpoint_every = 10s  image = "registry.example.com/a:1" }
pipeline profile: flink { reads = history  writes = online  every = 1d  runtime = 90m
  image = "registry.example.com/p:1" }
online_store online: redis { nodes = 3  memory = 2GiB }
feature_store features: feast { online = online  offline = history  key_ttl = 30d }
entity user { key user_id: string }
features clicks_1h { entity = user  store = features  computed = activity  freshness = 1m
  n: int64 = count() over 1h  default 0 }
"""
PLATFORM = "kubernetes"
VAULT = 'kubernetes { secrets = "vault" }'


def plan_of(text: str, platform: str = PLATFORM) -> Plan:
    source = Source("design.mlsd", f"{HEADER}{text}\nenvironment dev {{ platform = {platform} }}\n")
    outcome = check([source], standard_catalog())
    assert outcome.compiled, [d.message for d in outcome.diagnostics]
    found = outcome.compiled[0]
    return Plan(found.environment, found.design, found.graph, found.facts, outcome.sources)


def objects(plan: Plan) -> dict[tuple[str, str], Object]:
    found = [m.content for m in manifests(plan)]
    return {(o["kind"], o["metadata"]["name"]): o for o in found}


def complaints(text: str, platform: str = PLATFORM) -> list[tuple[str, str, str]]:
    said = KubernetesTarget().complaints(plan_of(text, platform))
    return [(d.subject, d.message, d.help) for d in said]


@pytest.fixture(scope="module")
def plan() -> Plan:
    return plan_of(DESIGN)


@pytest.fixture(scope="module")
def emitted(plan: Plan) -> dict[tuple[str, str], Object]:
    return objects(plan)


@pytest.mark.parametrize("system", [S3, Redis, Feast, Flink])
def test_the_example_of_a_docstring_can_be_emitted(system: type[Any]) -> None:
    text = textwrap.dedent((system.__doc__ or "").partition("Example:\n")[2])
    assert complaints(text) == []
    assert any(c["metadata"]["labels"] for c in objects(plan_of(text)).values())


def test_the_design_has_nothing_that_keeps_it_from_being_emitted() -> None:
    assert complaints(DESIGN) == []


def test_every_secret_is_handed_over_as_a_file_and_named_once(plan: Plan) -> None:
    for name in ("activity", "profile", "features"):
        for given in plan.handed_to(plan.design.components[name]):
            assert given.variable.endswith("_FILE") == (given.field.secret is not None)
            assert (given.field.value is None) == (given.field.secret is not None)


def test_each_client_of_the_object_store_has_the_rights_of_its_edges(
    emitted: dict[tuple[str, str], Object], tmp_path: Any
) -> None:
    pod = emitted["StatefulSet", "object-store"]["spec"]["template"]["spec"]
    script: str = pod["initContainers"][0]["command"][2]
    for secret in re.findall(r"cat (/run/secrets/\S+?)/access_key", script):
        folder = tmp_path / secret.rpartition("/")[2]
        folder.mkdir()
        (folder / "access_key").write_text(f"A{folder.name}".replace("-", ""))
        (folder / "secret_key").write_text("S")
    written = tmp_path / "s3.json"
    here = script.replace("/run/secrets", str(tmp_path)).replace(
        "/run/config/s3.json", str(written)
    )
    subprocess.run(["/bin/sh", "-c", here], check=True)
    identities = {i["name"]: i for i in json.loads(written.read_text())["identities"]}
    own, kept = "shop-dev-history", "shop-dev-state"
    everything = ["List", "Read", "Tagging", "Write"]
    assert {name: i["actions"] for name, i in identities.items()} == {
        "object-store-activity": [f"{a}:{kept}" for a in everything],
        "object-store-features": [f"{a}:{own}" for a in everything],
        "object-store-history": [f"{a}:{own}" for a in everything],
        "object-store-profile": [f"List:{own}", f"Read:{own}"],
        "object-store-admin": ["Admin"],
    }
    assert identities["object-store-profile"]["credentials"] == [
        {"accessKey": "Aobjectstoreprofile", "secretKey": "S"}
    ]


def test_no_manifest_holds_a_secret_value(emitted: dict[tuple[str, str], Object]) -> None:
    secret = emitted["Secret", "features-online-store"]
    settings = yaml.safe_load(secret["stringData"]["redis"])
    assert settings == {
        "redis_type": "redis_cluster",
        "connection_string": "${ONLINE_HOST}:${ONLINE_PORT},password=${ONLINE_PASSWORD}",
        "key_ttl_seconds": 30 * 86400,
    }
    assert [key for key in emitted if key[0] == "Secret"] == [("Secret", "features-online-store")]
    server = emitted["FeatureStore", "features"]["spec"]["services"]["onlineStore"]["server"]
    given = {v["name"]: v for v in server["env"]}
    used = set(re.findall(r"\$\{(\w+)\}", settings["connection_string"]))
    assert used <= given.keys()
    reference = {"name": "online-redis", "key": "password"}
    assert given["ONLINE_PASSWORD"]["valueFrom"] == {"secretKeyRef": reference}


def test_secrets_come_from_the_store_or_are_asked_for() -> None:
    names = {"online-redis", "object-store-admin", "object-store-activity", "object-store-features",
             "object-store-history", "object-store-profile"}  # fmt: skip
    bare = plan_of(DESIGN)
    assert not [k for k in objects(bare) if k[0] == "ExternalSecret"]
    asked = {
        need.name
        for c in bare.placed("cluster")
        if isinstance(c, Redis | S3)
        for need in c.prerequisites(bare)
    }
    assert asked == names
    pulled = {name for kind, name in objects(plan_of(DESIGN, VAULT)) if kind == "ExternalSecret"}
    assert pulled == names


def test_one_store_serves_all_lakes_and_each_has_its_bucket(
    emitted: dict[tuple[str, str], Object],
) -> None:
    assert [k for k in emitted if k[0] == "StatefulSet"] == [("StatefulSet", "object-store")]
    assert sorted(n for k, n in emitted if k == "Job") == ["history-bucket", "state-bucket"]
    claim = emitted["StatefulSet", "object-store"]["spec"]["volumeClaimTemplates"][0]["spec"]
    assert claim["resources"]["requests"]["storage"] == "125Gi"


def test_streams_are_landed_with_the_lakes_own_certificate(
    emitted: dict[tuple[str, str], Object],
) -> None:
    workers = emitted["KafkaConnect", "history-sink"]["spec"]
    assert workers["authentication"]["certificateAndKey"]["secretName"] == "kafka-history"
    config = emitted["KafkaConnector", "history-sink-clicks"]["spec"]["config"]
    assert config["topics"] == "clicks"
    rights = emitted["KafkaUser", "kafka-history"]["spec"]["authorization"]["acls"]
    prefixes = [r["resource"]["name"] for r in rights if r["resource"]["patternType"] == "prefix"]
    used = [workers["groupId"], workers["configStorageTopic"], workers["offsetStorageTopic"],
            workers["statusStorageTopic"], config["iceberg.control.topic"],
            config["consumer.override.group.id"]]  # fmt: skip
    assert all(any(name.startswith(p) for p in prefixes) for name in used)
    other = emitted["KafkaUser", "kafka-activity"]["spec"]["authorization"]["acls"]
    assert [r["resource"]["name"] for r in other] == ["clicks", "activity"]


def test_the_sink_reaches_the_brokers_and_the_store_does_not(
    emitted: dict[tuple[str, str], Object],
) -> None:
    def targets(policy: Object) -> list[Any]:
        to = [peer for rule in policy["spec"]["egress"] for peer in rule.get("to", [])]
        return [p["podSelector"]["matchLabels"] for p in to if "podSelector" in p]

    brokers = {"strimzi.io/cluster": "kafka", "strimzi.io/kind": "Kafka"}
    assert brokers in targets(emitted["NetworkPolicy", "history-agent"])
    assert targets(emitted["NetworkPolicy", "history"]) == []


def test_without_a_stream_a_lake_has_no_sink() -> None:
    plan = plan_of("lake history: s3 { }")
    assert not [k for k in objects(plan) if k[0].startswith("KafkaConnect")]
    assert S3(name="history").kafka_prefix is None


def test_nodes_become_shards_from_three_on(emitted: dict[tuple[str, str], Object]) -> None:
    cluster = emitted["RedisCluster", "online"]["spec"]
    assert (cluster["redisLeader"]["replicas"], cluster["redisFollower"]["replicas"]) == (3, 3)
    assert cluster["kubernetesConfig"]["resources"]["limits"]["memory"] == "2Gi"
    two = plan_of("online_store online: redis { nodes = 2  memory = 2GiB }")
    assert objects(two)["RedisReplication", "online"]["spec"]["clusterSize"] == 2
    fields = {f.name: f.value for f in two.bindings["online"].fields}
    assert (fields["mode"], fields["host"]) == ("replication", "online-master.shop.svc")


def test_a_cluster_of_two_is_refused() -> None:
    text = "online_store online: redis { nodes = 2 mode = cluster }"
    [(subject, message, line)] = complaints(text)
    assert (subject, line) == ("online", "nodes = 3")
    assert "needs 3 masters, this has 2" in message


def test_state_is_kept_in_the_lake_of_the_checkpoints(
    emitted: dict[tuple[str, str], Object],
) -> None:
    spec = emitted["FlinkDeployment", "activity"]["spec"]
    config = spec["flinkConfiguration"]
    assert config["execution.checkpointing.dir"].startswith("s3://shop-dev-state/")
    assert config["execution.checkpointing.interval"] == "10000 ms"
    assert config["execution.checkpointing.mode"] == "EXACTLY_ONCE"
    assert spec["job"]["upgradeMode"] == "last-state"
    main = spec["podTemplate"]["spec"]["containers"][0]
    keys = [v for v in main["env"] if "valueFrom" in v]
    assert {v["valueFrom"]["secretKeyRef"]["name"] for v in keys} == {"object-store-activity"}


def test_a_jobs_rights_hold_no_wildcard(emitted: dict[tuple[str, str], Object]) -> None:
    role = emitted["Role", "activity"]
    assert all("*" not in rule["verbs"] + rule["resources"] for rule in role["rules"])
    assert not [k for k in emitted if k[0].startswith("Cluster")]
    assert emitted["RoleBinding", "activity"]["subjects"][0]["name"] == "activity"
    assert ("Role", "profile") not in emitted


@pytest.mark.parametrize(
    ("fields", "subject", "help"),
    [
        ("watermark = 2s  image = \"r.example.com/a:1\"", "job", "checkpoints = state"),
        ("watermark = 2s  checkpoints = state", "job",
         'image = "registry.example.com/team/job:1.0.0"'),
        ('every = 90m  runtime = 5m  image = "r.example.com/a:1"', "job", "every = 1h"),
    ],
)  # fmt: skip
def test_what_a_job_lacks_is_said_with_a_line_to_type(fields: str, subject: str, help: str) -> None:
    said = complaints(f"lake state: s3 {{ }}\npipeline job: flink {{ {fields} }}")
    assert [(s, h) for s, _, h in said] == [(subject, help)]


def test_what_a_sink_lacks_is_said() -> None:
    text = (
        "stream clicks: kafka { rate = 1/s }\nlake history: s3 { format = iceberg from = clicks }"
    )
    fields = [m.split("`")[1] for _, m, _ in complaints(text)]
    assert fields == ["history", "history"]
    assert {h.split(" =")[0] for _, _, h in complaints(text)} == {"sink_image", "catalog"}


def test_the_interval_of_checkpoints_is_part_of_the_age() -> None:
    def age(every: str) -> float:
        text = DESIGN.replace("checkpoint_every = 10s", f"checkpoint_every = {every}")
        found = plan_of(text).facts.get(Ages).worst["clicks_1h"]
        assert isinstance(found, Age)
        return found.seconds

    assert age("40s") - age("10s") == pytest.approx(30)


def test_a_batch_job_runs_alone_and_ends_before_the_next(
    emitted: dict[tuple[str, str], Object],
) -> None:
    spec = emitted["CronJob", "profile"]["spec"]
    assert spec["concurrencyPolicy"] == "Forbid"
    run = spec["jobTemplate"]["spec"]
    assert 90 * 60 < run["activeDeadlineSeconds"] <= 86400
    assert spec["schedule"] == cron(86400, "profile")


@pytest.mark.parametrize(
    ("overlap", "policy", "longest"),
    [("", "Forbid", 86400), ("overlap = allow", "Allow", 540_000),
     ("overlap = replace", "Replace", 540_000), ("overlap = forbid", "Forbid", 540_000)],
)  # fmt: skip
def test_a_run_that_may_take_longer_is_not_stopped(overlap: str, policy: str, longest: int) -> None:
    text = DESIGN.replace("every = 1d  runtime = 90m", f"every = 1d  runtime = 25h  {overlap}")
    spec = objects(plan_of(text))["CronJob", "profile"]["spec"]

    assert spec["concurrencyPolicy"] == policy
    assert spec["jobTemplate"]["spec"]["activeDeadlineSeconds"] == longest


@pytest.mark.parametrize(
    ("period", "starts", "schedule"),
    [(86400, 7500, "5 2 * * *"), (900, 60, "1-59/15 * * * *"), (21600, 3600, "0 1-23/6 * * *"),
     (3600, 300, "5 0-23/1 * * *"), (604800, 2 * 86400 + 60, "1 0 * * 2"), (86400, 0, "0 0 * * *"),
     (86400, 86400, None), (86400, 30, None), (3600, 3600, None)],
)  # fmt: skip
def test_a_stated_start_is_kept(period: int, starts: int, schedule: str | None) -> None:
    assert cron(period, "profile", starts) == schedule
    if schedule is not None:
        first, second = (at for _, at in zip(range(2), _runs(schedule, 15), strict=False))
        assert second - first == timedelta(seconds=period)
        assert (first - datetime(2026, 1, 4)).total_seconds() % period == starts


def test_what_a_cron_job_cannot_keep_is_said() -> None:
    text = DESIGN.replace("every = 1d", "every = 1d  starts = 25h  after = activity")
    found = {subject: message for subject, message, _ in complaints(text)}

    assert "another job has ended" in found["profile"]
    assert any("no whole minute of" in message for _, message, _ in complaints(text))


def _runs(schedule: str, days: int) -> Iterator[datetime]:
    minute, hour, _, _, weekday = schedule.split()

    def holds(text: str, value: int) -> bool:
        if text == "*":
            return True
        span, _, step = text.partition("/")
        first, _, last = span.partition("-")
        low, high = int(first), int(last or first)
        return low <= value <= high and (value - low) % int(step or 1) == 0

    at = datetime(2026, 1, 4)
    for _ in range(days * 1440):
        now = ((minute, at.minute), (hour, at.hour), (weekday, at.isoweekday() % 7))
        if all(holds(text, value) for text, value in now):
            yield at
        at += timedelta(minutes=1)


@pytest.mark.parametrize("period", sorted(set(PERIODS)))
@pytest.mark.parametrize("name", ["profile", "nightly"])
def test_a_schedule_keeps_its_distance(period: float, name: str) -> None:
    schedule = cron(period, name)
    assert schedule is not None
    runs = list(_runs(schedule, 22 if period > 86400 else 3))
    gaps = {(b - a).total_seconds() for a, b in pairwise(runs)}
    assert gaps == {period}


@pytest.mark.parametrize(
    ("period", "near"),
    [(100, (60, 120)), (420, (360, 600)), (5400, (3600, 7200)), (172800, (86400, 604800)),
     (30, (60,)), (2_592_000, (604800,)), (90.5, (60, 120))],
)  # fmt: skip
def test_what_cron_cannot_say_is_not_approximated(period: float, near: tuple[float, ...]) -> None:
    assert cron(period, "profile") is None
    assert nearest_periods(period) == near


def test_jobs_are_spread_by_name() -> None:
    assert len({cron(86400, f"job_{at}") for at in range(20)}) > 15
    assert cron(86400, "profile") == cron(86400, "profile")


def test_what_feast_honours() -> None:
    found = {name: c.supported for name, c in Feast.capabilities.items()}
    assert found["lookback"]
    assert not found["max_age"]
    assert found["expiry"]
    assert Feast.capabilities["expiry"].requires in Feast.model_fields
    assert all(c.source for c in Feast.capabilities.values())


@pytest.mark.parametrize(("server", "p99"), [("python", 0.008), ("go", 0.0039), ("java", 0.0013)])
def test_a_read_takes_what_the_server_takes(server: Any, p99: float) -> None:
    time = Feast(name="features", server=server).service_time()
    assert (time.quantiles[0.99], time.method) == (p99, "default")
    assert time.source


def test_replicas_need_a_shared_registry() -> None:
    text = "online_store online: redis { }\nfeature_store features: feast { online = online {} }"
    spec = objects(plan_of(text.replace("{}", "")))["FeatureStore", "features"]["spec"]
    assert spec["replicas"] == 1
    [(subject, message, _)] = complaints(text.replace("{}", "replicas = 3"))
    assert subject == "features"
    assert "3 replicas share a registry" in message


def test_a_namespace_is_loosened_only_for_an_operator_that_needs_it() -> None:
    def level(text: str) -> str:
        file = dict(KubernetesTarget().emit(plan_of(text)).items())["namespace.yaml"]
        labels = yaml.safe_load(file.content)["metadata"]["labels"]
        return labels["pod-security.kubernetes.io/enforce"]

    assert level("online_store online: redis { }") == "restricted"
    assert level(DESIGN) == "baseline"
