"""``promtool test rules``: the drift alerts of a monitor fire on the side where drift is."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.conformance.test_prometheus_rules import promtool
from tests.stdlib.design_text import emitted

pytestmark = pytest.mark.conformance

DESIGN = """
entity card {{ key card_id: string }}
features activity {{ entity = card
  spend: float64 = sum(amount) over 1h  default 0 }}
endpoint score: container {{
  image = "registry.example.com/a/score:1.0.0"
  features = [activity]
}}
monitor health: evidently {{
  watches = score
  image   = "registry.example.com/a/drift:1.0.0"
  alerts  = "risk-ml"
  drift   = {drift}
}}
"""


def _fires(tmp_path: Path, drift: str, scores: dict[str, float]) -> int:
    """How many alerts fire after ten minutes of these scores by column."""
    made = emitted(DESIGN.format(drift=drift))
    groups: Any = made["PrometheusRule", "health"]["spec"]["groups"]
    (rule,) = [r for r in groups[0]["rules"] if r["alert"] == "HealthDriftWarning"]
    (tmp_path / "rules.json").write_text(json.dumps({"groups": groups}), encoding="utf-8")
    own = f'namespace="{made.plan.namespace}", monitor="health"'
    series = [
        {"series": f'drift_score{{{own}, column="{column}"}}', "values": f"{score}x20"}
        for column, score in scores.items()
    ]
    alert = f'alertname="{rule["alert"]}", alertstate="firing"'
    samples = f"count(ALERTS{{{alert}}}) or vector(0)"
    counted = {"expr": samples, "eval_time": "10m", "exp_samples": [{"labels": "{}", "value": -1}]}
    test = {
        "rule_files": ["rules.json"],
        "evaluation_interval": "1m",
        "tests": [{"interval": "1m", "input_series": series, "promql_expr_test": [counted]}],
    }
    path = tmp_path / "test.json"
    said = ""
    for count in range(len(scores) + 1):
        counted["exp_samples"] = [{"labels": "{}", "value": count}]
        path.write_text(json.dumps(test), encoding="utf-8")
        command = [promtool(), "test", "rules", str(path)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode == 0:
            return count
        said = done.stdout + done.stderr
    raise AssertionError(said)


@pytest.mark.parametrize(
    ("drift", "scores", "firing"),
    [
        ("psi { warn = 0.1 }", {"a": 0.3, "b": 0.02}, 1),
        ("psi { warn = 0.1 }", {"a": 0.09, "b": 0.02}, 0),
        ("chi_squared { warn = 0.01 }", {"a": 0.3, "b": 0.002}, 1),
        ("chi_squared { warn = 0.01 }", {"a": 0.3, "b": 0.9}, 0),
        ("psi { warn = 0.1  columns = 50% }", {"a": 0.3, "b": 0.02}, 1),
        ("psi { warn = 0.1  columns = 60% }", {"a": 0.3, "b": 0.02}, 0),
        ("psi { warn = 0.1  columns = 60% }", {"a": 0.03, "b": 0.02}, 0),
    ],
)
def test_an_alert_fires_on_the_side_of_drift(
    tmp_path: Path, drift: str, scores: dict[str, float], firing: int
) -> None:
    assert _fires(tmp_path, drift, scores) == firing
