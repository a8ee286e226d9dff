"""Gateway, training, registry, monitor, metrics and review: what each emits, and why."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from mlsdc.targets.kubernetes.alerts import burns, prometheus_duration
from mlsdc.targets.kubernetes.assemble import prerequisites
from mlsdc.targets.kubernetes.indicators import bucket_limit
from tests.stdlib.design_text import Emitted, emitted

EDGE = """
gateway edge: envoy {{
  host   = "ml.example.com"
  auth   = jwt
  issuer = "https://login.example.com/"
  limit  = 2000/s
  {more}
}}
endpoint decide: container {{ image = "registry.example.com/a/decide:1.0.0" }}
endpoint score: container {{ image = "registry.example.com/a/score:1.0.0" }}
endpoint next: container {{ image = "registry.example.com/a/score:2.0.0" }}
request answer {{
  rate   = 10/s
  budget {{ p99 <= 60ms  availability >= 99.9% }}
  call edge
  call decide timeout 400ms {{
    call score timeout 25ms
  }}
}}
metrics telemetry: prometheus {{ scrapes = [edge, decide]  retention = 30d }}
"""
OBJECTIVE = """
slo promise {
  request = answer
  metrics = telemetry
  target  { p99 <= 60ms  availability >= 99.9% }
  window  = 30d
  alerts  = "risk-ml"
}
"""


def edge(rest: str = "", more: str = "") -> Emitted:
    return emitted(EDGE.format(more=more) + rest)


def experiment(kind: str, control: str, share: str = "10%") -> str:
    return (
        f"\nexperiment trial {{ kind = {kind}  control = {control}  treatment = next\n"
        f"  gateway = edge  request = answer  share = {share} }}\n"
    )


# The gateway ------------------------------------------------------------------------------------


def test_the_gateway_ends_tls_with_a_certificate_of_its_own() -> None:
    made = edge()
    (listener,) = made["Gateway", "edge"]["spec"]["listeners"]
    secret = listener["tls"]["certificateRefs"][0]["name"]
    certificate = made["Certificate", "edge-tls"]["spec"]
    assert certificate["secretName"] == secret
    assert certificate["dnsNames"] == [listener["hostname"]] == ["ml.example.com"]
    needed = {(p.kind.split()[-1], p.name) for p in prerequisites(made.plan)}
    assert {("GatewayClass", "envoy"), ("ClusterIssuer", "letsencrypt")} <= needed


def test_only_what_the_gateway_calls_is_routed() -> None:
    made = edge()
    routes = [name for kind, name in made.objects if kind == "HTTPRoute"]
    assert routes == ["decide"]
    (rule,) = made["HTTPRoute", "decide"]["spec"]["rules"]
    assert rule["timeouts"]["request"] == "400ms"
    assert rule["backendRefs"] == [{"name": "decide", "port": 8080}]


def test_tokens_are_checked_against_the_issuers_keys() -> None:
    (provider,) = edge()["SecurityPolicy", "edge"]["spec"]["jwt"]["providers"]
    assert provider["issuer"] == "https://login.example.com/"
    assert provider["remoteJWKS"]["uri"] == "https://login.example.com/.well-known/jwks.json"


@pytest.mark.parametrize(
    ("more", "kind", "limit"),
    [
        ("replicas = 4", "local", {"requests": 500, "unit": "Second"}),
        ("replicas = 4  rate_limit = global", "global", {"requests": 2000, "unit": "Second"}),
        ("replicas = 100", "local", {"requests": 1200, "unit": "Minute"}),
    ],
)
def test_the_limit_is_shared_among_the_proxies(more: str, kind: str, limit: Any) -> None:
    rates = edge(more=more)["BackendTrafficPolicy", "edge"]["spec"]["rateLimit"]
    assert rates["type"].lower() == kind
    assert rates[kind]["rules"] == [{"limit": limit}]


def test_the_proxies_are_found_where_envoy_gateway_runs_them() -> None:
    made = edge()
    policy = made["NetworkPolicy", "edge"]["spec"]
    assert policy["podSelector"]["matchLabels"] == {
        "gateway.envoyproxy.io/owning-gateway-name": "edge"
    }
    ports = [p["port"] for rule in policy["ingress"] for p in rule["ports"]]
    assert 10443 in ports, "listener 443 is 10443 in the pod"
    settings = json.loads(made.files["prerequisites.json"].content)["operators"]
    operator = next(o for o in settings if o["operator"] == "envoy-gateway")
    assert "GatewayNamespace" in operator["settings"].values()


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("gateway edge: envoy { auth = jwt }", "no `issuer`"),
        ("gateway edge: envoy { auth = mtls }", "needs TLS"),
    ],
)
def test_authentication_without_what_it_needs_is_refused(text: str, why: str) -> None:
    assert any(why in said for said in emitted(text + "\n").complaints)


# Experiments ------------------------------------------------------------------------------------


def test_a_control_behind_another_endpoint_gets_an_internal_gateway() -> None:
    made = edge(experiment("shadow", "score"))
    proxy = made["EnvoyProxy", "edge-internal"]["spec"]["provider"]["kubernetes"]
    assert proxy["envoyService"] == {"name": "edge-internal", "type": "ClusterIP"}
    (rule,) = made["HTTPRoute", "trial-score"]["spec"]["rules"]
    mirror = next(f["requestMirror"] for f in rule["filters"] if f["type"] == "RequestMirror")
    assert mirror == {"backendRef": {"name": "next", "port": 8080}, "percent": 10}
    assert rule["backendRefs"] == [{"name": "score", "port": 8080}]


def test_only_the_caller_of_the_control_is_diverted() -> None:
    def url(made: Emitted) -> str:
        (container,) = made["Deployment", "decide"]["spec"]["template"]["spec"]["containers"]
        return next(v["value"] for v in container["env"] if v["name"] == "SCORE_URL")

    assert url(edge()) == "http://score.demo.svc:8080"
    assert url(edge(experiment("ab", "score"))) == "http://edge-internal.demo.svc:8080/score"


def test_the_detour_is_open_at_every_step_and_closed_to_the_outside() -> None:
    made = edge(experiment("shadow", "score"))
    internal = {"gateway.envoyproxy.io/owning-gateway-name": "edge-internal"}
    opened = [
        (name, p["spec"]) for (kind, name), p in made.objects.items()
        if kind == "NetworkPolicy" and p["spec"]["podSelector"].get("matchLabels") == internal
    ]  # fmt: skip
    sources = [
        peer for _, spec in opened for rule in spec.get("ingress", []) for peer in rule["from"]
    ]
    assert [s["podSelector"]["matchLabels"]["app.kubernetes.io/instance"] for s in sources] == [
        "decide"
    ]
    for target in ("score", "next"):
        receive = made["NetworkPolicy", f"edge-internal-to-{target}-receive"]["spec"]
        assert receive["ingress"][0]["from"] == [{"podSelector": {"matchLabels": internal}}]


def test_a_control_that_the_gateway_calls_is_split_on_its_own_route() -> None:
    made = edge(experiment("canary", "decide", "5%"))
    (rule,) = made["HTTPRoute", "decide"]["spec"]["rules"]
    assert [(b["name"], b["weight"]) for b in rule["backendRefs"]] == [
        ("decide", 9500), ("next", 500),
    ]  # fmt: skip
    assert ("Gateway", "edge-internal") not in made.objects


def test_a_share_below_one_percent_is_a_fraction() -> None:
    made = edge(experiment("shadow", "decide", "0.5%"))
    (rule,) = made["HTTPRoute", "decide"]["spec"]["rules"]
    mirror = rule["filters"][-1]["requestMirror"]
    assert mirror["fraction"] == {"numerator": 5000, "denominator": 1_000_000}


def test_what_no_route_can_carry_is_refused() -> None:
    said = edge(experiment("interleaving", "decide")).complaints
    assert any("interleaving" in text for text in said)


# Objectives -------------------------------------------------------------------------------------


def test_the_burn_rates_of_thirty_days_are_those_of_the_workbook() -> None:
    assert [(b.factor, b.long, b.short) for b in burns(30 * 86400, 0.001)] == [
        (14.4, 3600, 300), (6, 21600, 1800), (1, 259200, 21600),
    ]  # fmt: skip


def test_a_shorter_window_shortens_the_alert_windows() -> None:
    assert [b.long for b in burns(7 * 86400, 0.001)] == [840, 5040, 60480]


def test_an_alert_that_could_never_fire_is_left_out() -> None:
    """14.4 times a budget of 10% is more than everything."""
    assert [b.factor for b in burns(30 * 86400, 0.10)] == [6, 1]


@pytest.mark.parametrize(
    ("seconds", "text"), [(300, "5m"), (3600, "1h"), (259200, "3d"), (840, "14m"), (90, "90s")]
)
def test_durations_are_written_as_prometheus_does(seconds: float, text: str) -> None:
    assert prometheus_duration(seconds) == text


@pytest.mark.parametrize(("limit", "bucket"), [(0.050, 50), (0.060, 50), (0.0001, 0.5), (1, 1000)])
def test_the_bucket_never_promises_more_than_the_limit(limit: float, bucket: float) -> None:
    assert bucket_limit(limit, milliseconds=True) == bucket


def test_an_unmeasured_objective_is_refused() -> None:
    text = """
endpoint score: triton { }
request answer { rate = 1/s
  call score }
metrics telemetry: prometheus { }
"""
    assert any("nothing measures" in said for said in emitted(text + OBJECTIVE).complaints)


def test_each_scraped_component_has_its_own_port_and_path() -> None:
    made = edge()
    (found,) = made["PodMonitor", "telemetry-edge"]["spec"]["podMetricsEndpoints"]
    assert (found["portNumber"], found["path"]) == (19001, "/stats/prometheus")
    (found,) = made["PodMonitor", "telemetry-decide"]["spec"]["podMetricsEndpoints"]
    assert (found["portNumber"], found["path"]) == (8080, "/metrics")
    assert ("PodMonitor", "telemetry-score") not in made.objects


def promtool() -> str:
    found = shutil.which("promtool")
    if found is None:
        pytest.skip("no promtool on the PATH (the Debian package `prometheus` has it)")
    return found


def _groups(made: Emitted) -> list[Any]:
    return [
        group
        for (kind, _), content in made.objects.items()
        if kind == "PrometheusRule"
        for group in content["spec"]["groups"]
    ]


def _series(name: str, labels: str, values: str) -> dict[str, str]:
    route = 'namespace="demo", envoy_cluster_name="httproute/demo/decide/rule/0"'
    return {"series": f"{name}{{{route}{labels}}}", "values": values}


def test_promtool_accepts_the_rules(tmp_path: Path) -> None:
    tool = promtool()
    file = tmp_path / "rules.json"
    file.write_text(json.dumps({"groups": _groups(edge(OBJECTIVE))}), encoding="utf-8")
    done = subprocess.run([tool, "check", "rules", str(file)], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    (count,) = re.findall(r"SUCCESS: (\d+) rules found", done.stdout)
    assert int(count) > 15


@pytest.mark.parametrize(
    ("slow", "failed", "firing"),
    [
        ("0+40x360", "0+100x360", {"p99"}),  # 60% too slow
        ("0+100x360", "0+10x360", {"availability"}),  # 10% fail, where 0.1% may
        ("0+100x360", "0+0x360", set[str]()),
    ],
    ids=["slow", "failing", "well"],
)
def test_promtool_sees_exactly_the_right_alerts_fire(
    tmp_path: Path, slow: str, failed: str, firing: set[str]
) -> None:
    """A hundred requests a minute for six hours; `slow` counts those within the limit."""
    tool = promtool()
    if "p99" in firing:
        failed = "0+0x360"
    made = edge(OBJECTIVE)
    (tmp_path / "rules.json").write_text(json.dumps({"groups": _groups(made)}), encoding="utf-8")
    expected = [
        {
            "exp_labels": {"slo": "promise", "objective": objective, "namespace": "demo",
                           "severity": "page", "team": "risk-ml", "window": window},
            "exp_annotations": {"summary": f"promise: the error budget of {objective} is spent "
                                f"{factor} times as fast as allowed"},
        }
        for objective in sorted(firing)
        for window, factor in (("1h", "14.4"), ("6h", "6"))
    ]  # fmt: skip
    # The third alert looks back three days, of which these samples are a part: it fires too.
    expected += [
        {
            "exp_labels": {"slo": "promise", "objective": objective, "namespace": "demo",
                           "severity": "ticket", "team": "risk-ml", "window": "3d"},
            "exp_annotations": {"summary": f"promise: the error budget of {objective} is spent "
                                "1 times as fast as allowed"},
        }
        for objective in sorted(firing)
    ]  # fmt: skip
    alerts = {"PromiseP99Burn": "p99", "PromiseAvailabilityBurn": "availability"}
    case = {
        "interval": "1m",
        "input_series": [
            _series("envoy_cluster_upstream_rq_time_count", "", "0+100x360"),
            _series("envoy_cluster_upstream_rq_time_bucket", ', le="50"', slow),
            _series("envoy_cluster_upstream_rq_completed", "", "0+100x360"),
            _series("envoy_cluster_upstream_rq_xx", ', envoy_response_code_class="5"', failed),
        ],
        "alert_rule_test": [
            {
                "eval_time": "5h",
                "alertname": name,
                "exp_alerts": [e for e in expected if e["exp_labels"]["objective"] == objective],
            }
            for name, objective in alerts.items()
        ],
    }
    test = {"rule_files": ["rules.json"], "evaluation_interval": "1m", "tests": [case]}
    (tmp_path / "test.json").write_text(json.dumps(test), encoding="utf-8")
    done = subprocess.run([tool, "test", "rules", "test.json"], cwd=tmp_path,
                          capture_output=True, text=True)  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr


# Training ---------------------------------------------------------------------------------------

TRAINING = """
training nightly: kubeflow {{
  runtime = 2h
  image   = "registry.example.com/a/train:1.0.0"
  {more}
}}
"""


def test_one_node_is_a_cron_job_and_needs_no_operator() -> None:
    made = emitted(TRAINING.format(more="every = 1d  retries = 1"))
    spec = made["CronJob", "nightly"]["spec"]
    assert re.fullmatch(r"\d+ \d+ \* \* \*", spec["schedule"])
    assert spec["suspend"] is False
    job = spec["jobTemplate"]["spec"]
    assert (job["backoffLimit"], job["activeDeadlineSeconds"]) == (1, 2 * 2 * 7200)
    assert json.loads(made.files["prerequisites.json"].content)["operators"] == []


def test_a_job_without_a_period_waits_to_be_started() -> None:
    assert emitted(TRAINING.format(more=""))["CronJob", "nightly"]["spec"]["suspend"] is True


def test_a_period_no_schedule_keeps_is_refused_with_the_next_one() -> None:
    made = emitted(TRAINING.format(more="every = 5h"))
    assert any("every 5h" in said for said in made.complaints)


def test_a_distributed_run_is_created_with_exactly_the_rights_for_it() -> None:
    made = emitted(TRAINING.format(more="every = 1d  strategy = ddp  nodes = 4  gpus = 8 x h100"))
    assert made["TrainingRuntime", "nightly"]["spec"]["mlPolicy"] == {"numNodes": 4, "torch": {}}
    workflow = made["CronWorkflow", "nightly"]["spec"]
    job = json.loads(workflow["workflowSpec"]["templates"][0]["resource"]["manifest"])
    assert job["spec"]["runtimeRef"]["name"] == "nightly"
    assert job["spec"]["trainer"]["numProcPerNode"] == 8
    rules = made["Role", "nightly-launcher"]["rules"]
    granted = {(r, v) for rule in rules for r in rule["resources"] for v in rule["verbs"]}
    assert granted == {
        ("trainjobs", "create"), ("trainjobs", "get"),
        ("workflowtaskresults", "create"), ("workflowtaskresults", "patch"),
    }  # fmt: skip
    assert "*" not in json.dumps(rules)
    policy = made["NetworkPolicy", "nightly"]["spec"]
    peer = {"podSelector": {"matchLabels": policy["podSelector"]["matchLabels"]}}
    assert {"from": [peer]} in policy["ingress"], "workers of one run talk to each other"


def test_horovod_runs_by_mpi() -> None:
    made = emitted(TRAINING.format(more="strategy = horovod  nodes = 2"))
    spec = made["TrainingRuntime", "nightly"]["spec"]
    assert "mpi" in spec["mlPolicy"]
    assert [j["name"] for j in spec["template"]["spec"]["replicatedJobs"]] == ["launcher", "node"]


def test_a_training_without_an_image_is_refused() -> None:
    assert any("no `image`" in s for s in emitted("training t: kubeflow { }\n").complaints)


# Registry, monitor, review ----------------------------------------------------------------------


def _text(made: Emitted, name: str) -> str:
    (container,) = made["Deployment", name]["spec"]["template"]["spec"]["containers"]
    return "\n".join(container["args"])


def test_mlflow_reads_its_database_address_from_the_operators_secret() -> None:
    made = emitted("registry models: mlflow { artifacts = files }\nlake files: s3 { }\n")
    spec = made["Deployment", "models"]["spec"]["template"]["spec"]
    secrets = [v["secret"]["secretName"] for v in spec["volumes"] if "secret" in v]
    assert secrets == ["models-db-app"]
    assert made["Cluster", "models-db"]["spec"]["bootstrap"]["initdb"]["database"] == "app"
    assert '--artifacts-destination "$FILES_URI/mlflow"' in _text(made, "models")
    assert "postgresql://" not in made.files["models/deployment.yaml"].content.decode()


def test_the_database_takes_calls_from_its_owner_and_its_operator_only() -> None:
    made = emitted("registry models: mlflow { }\n")
    callers, peers = made["NetworkPolicy", "models-db"]["spec"]["ingress"]
    assert [c["podSelector"]["matchLabels"]["app.kubernetes.io/instance"]
            for c in callers["from"]] == ["models"]  # fmt: skip
    assert callers["ports"] == [{"protocol": "TCP", "port": 5432}]
    assert len(peers["from"]) == 2


MONITOR = """
entity card { key card_id: string }
features activity { entity = card
  spend: float64 = sum(amount) over 1h  default 0 }
endpoint score: container {
  image = "registry.example.com/a/score:1.0.0"
  features = [activity]
}
monitor health: evidently {
  watches = score
  every   = 1h
  image   = "registry.example.com/a/drift:1.0.0"
  drift   = psi { warn = 0.1  critical = 0.2  then = retrain }
  MORE
}
"""


def test_the_monitor_is_told_statistic_limits_and_columns_of_the_design() -> None:
    made = emitted(MONITOR.replace("MORE", ""))
    told = json.loads(made["ConfigMap", "health-config"]["data"]["monitor.json"])
    assert told["columns"] == [{"view": "activity", "column": "spend", "type": "float64"}]
    assert told["drift"] == {"statistic": "psi", "warn": 0.1, "critical": 0.2, "then": "retrain"}
    assert told["every_seconds"] == 3600
    assert not [kind for kind, _ in made.objects if kind == "PrometheusRule"]


def test_its_alerts_carry_the_limits_and_come_with_their_samples() -> None:
    made = emitted(MONITOR.replace("MORE", 'alerts = "risk-ml"'))
    (group,) = made["PrometheusRule", "health"]["spec"]["groups"]
    limits = {r["alert"]: r["expr"].rpartition("> ")[2] for r in group["rules"][:2]}
    assert limits == {"HealthDriftWarning": "0.1", "HealthDriftCritical": "0.2"}
    assert all(r["labels"]["team"] == "risk-ml" for r in group["rules"])
    assert ("PodMonitor", "health") in made.objects
    assert ("NetworkPolicy", "health-scrape") in made.objects


@pytest.mark.parametrize(
    ("drift", "expressions"),
    [
        ("wasserstein { warn = 0.1 }", ["max by (column) (SCORE) > 0.1"]),
        ("chi_squared { warn = 0.01  critical = 0.001 }",
         ["min by (column) (SCORE) < 0.01", "min by (column) (SCORE) < 0.001"]),
        ("psi { critical = 0.2  columns = 30% }",
         ["count(max by (column) (SCORE) > 0.2) / count(max by (column) (SCORE)) >= 0.3"]),
    ],
)  # fmt: skip
def test_its_alerts_fire_on_the_side_where_the_statistic_tells_of_drift(
    drift: str, expressions: list[str]
) -> None:
    text = MONITOR.replace("psi { warn = 0.1  critical = 0.2  then = retrain }", drift)
    made = emitted(text.replace("MORE", 'alerts = "risk-ml"'))
    (group,) = made["PrometheusRule", "health"]["spec"]["groups"]
    found = [r["expr"] for r in group["rules"] if "Drift" in r["alert"]]
    score = f'drift_score{{namespace="{made.plan.namespace}", monitor="health"}}'
    assert found == [e.replace("SCORE", score) for e in expressions]


def test_the_monitor_is_told_all_that_the_design_states_of_it() -> None:
    more = """slices = [country]  quality = recall  proxies = [prediction_drift]
              staleness = [model, features]"""
    text = MONITOR.replace("then = retrain", "bins = 10  rows = 5000  columns = 30%  cooldown = 1d")
    made = emitted(text.replace("MORE", more))
    told = json.loads(made["ConfigMap", "health-config"]["data"]["monitor.json"])
    assert told["drift"] == {
        "statistic": "psi", "warn": 0.1, "critical": 0.2, "bins": 10, "rows": 5000,
        "columns": 0.3, "then": "investigate", "cooldown_seconds": 86400,
    }  # fmt: skip
    lists = {key: told[key] for key in ("slices", "quality", "proxies", "staleness")}
    assert lists == {
        "slices": ["country"], "quality": "recall", "proxies": ["prediction_drift"],
        "staleness": ["model", "features"],
    }  # fmt: skip


def test_a_monitor_without_an_image_is_refused() -> None:
    assert any("no `image`" in s for s in emitted("monitor m: evidently { }\n").complaints)


REVIEW = "review cases: label_studio { MORE }\n"
STORE = '\nenvironment only { platform = kubernetes { secrets = "vault" } }\n'


def test_no_secret_of_label_studio_is_written_anywhere() -> None:
    made = emitted(REVIEW.replace("MORE", ""))
    assert not [kind for kind, _ in made.objects if kind in ("Secret", "ExternalSecret")]
    (need,) = [p for p in prerequisites(made.plan) if p.component == "cases"]
    assert (need.kind, need.name) == ("v1 Secret", "cases-admin")
    assert "token" in need.keys


def test_with_a_store_its_secret_is_an_external_one() -> None:
    made = emitted(REVIEW.replace("MORE", "") + STORE)
    spec = made["ExternalSecret", "cases-admin"]["spec"]
    assert spec["secretStoreRef"] == {"name": "vault", "kind": "ClusterSecretStore"}
    operators = json.loads(made.files["prerequisites.json"].content)["operators"]
    assert {"cloudnative-pg", "external-secrets"} == {o["operator"] for o in operators}


def test_the_volume_is_never_held_by_two_pods() -> None:
    made = emitted(REVIEW.replace("MORE", ""))
    spec = made["Deployment", "cases"]["spec"]
    assert (spec["replicas"], spec["strategy"]) == (1, {"type": "Recreate"})


def test_an_importer_runs_beside_the_server() -> None:
    made = emitted(REVIEW.replace("MORE", 'importer = "registry.example.com/a/cases:1.0.0"'))
    containers = made["Deployment", "cases"]["spec"]["template"]["spec"]["containers"]
    assert [c["name"] for c in containers] == ["cases", "cases-importer"]
