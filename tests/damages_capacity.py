"""One fault of capacity in one place of the fraud example."""

from __future__ import annotations

from mlsdc.diagnostics import Severity
from tests.damage import Damage

WARNING = Severity.WARNING
STORE = "  nodes  = 3\n  memory = 16GiB\n  keys   = 40_000_000\n"

COLD = "  cold_start  = 2m\n\n"

CAPACITY = [
    Damage(
        "CAP002", COLD, "  cold_start  = 2m\n  scaling { minimum = 2  maximum = 6 }\n\n",
        line="  scaling {", environments=("prod",), says=("`score`", "900/s", "1200/s"),
        labels=("request authorise {\n  rate   = peak\n",), follows=frozenset({"LAT012"}),
    ),
    Damage(
        "LAT012", COLD, "  cold_start  = 2m\n  scaling { minimum = 0  maximum = 12 }\n\n",
        line="  scaling {", severity=WARNING, says=("2m15s", "`score`", "25ms"),
        labels=("    call score  timeout 25ms  fallback rules\n",),
    ),
    Damage(
        "CAP003", "  survives    = zone\n", "", line="endpoint decide: container",
        environments=("prod",), says=("`decide`", "without one node", "600/s", "1200/s arrive"),
        labels=("  target  { p99 <= 50ms  availability >= 99.9% }\n",),
    ),
    Damage(
        "CAP008", "  payments { partitions = 96 }\n", "  payments { partitions = 4 }\n",
        environments=("prod",), says=("`payments`", "4 partitions", "8 tasks of `activity`"),
        labels=("  parallelism = 8\n",),
    ),
    Damage(
        "CAP009", STORE, STORE.replace("= 40_", "= 400_"), line="  memory = 16GiB\n  keys",
        environments=("prod",), says=("`features_online`", "36GiB"),
        labels=("  keys   = 400_000_000\n",),
    ),
    Damage(
        "CAP010", "  event_size = 600B\n", "  event_size = 6KiB\n  top_key    = 40%\n",
        line="  top_key    = 40%\n", environments=("prod",), severity=WARNING,
        says=("`payments`", "18.8MiB/s", "10MiB/s"), labels=("  event_size = 6KiB\n",),
    ),
    Damage(
        "CAP007", "  framework = xgboost\n",
        "  framework = pytorch\n  architecture { params = 7_000_000_000 }\n",
        line="  memory   = 64GiB\n", environments=("prod",),
        says=("`scorer`", "104GiB", "64GiB"), labels=("  architecture { params",),
    ),
    Damage(
        "CAP015", "  strategy = single\n", "  strategy = single\n  purchase = spot\n",
        line="  purchase = spot\n", severity=WARNING, says=("`nightly`", "saves nothing"),
        labels=("training nightly: kubeflow {\n",),
    ),
    Damage(
        "CAP016", "  runtime  = 2h\n", "  runtime  = 2h\n  evaluation = 23h\n",
        line="training nightly: kubeflow {\n  every    = 1d\n", severity=WARNING,
        says=("`nightly`", "25h", "1d"), labels=("  runtime  = 2h\n",),
    ),
    Damage(
        "CAP017", "  runtime = 90m\n", "  runtime = 3h\n", severity=WARNING,
        says=("`profile`", "22.5d", "14d"), labels=("  window     = 180d\n",),
    ),
    Damage(
        "CAP018", "  event_size = 2KiB\n", "  event_size = 20KiB\n",
        line="  retention  = 730d\n\n", environments=("prod",), severity=WARNING,
        says=("`history_lake`", "1.38PiB", "`decisions`"), labels=("  event_size = 20KiB\n",),
    ),
    Damage(
        "CAP019", "{ size = 8 }", "{ size = 8  preferred = [4, 16] }",
        says=("`score`", "16", "8"),
    ),
    Damage(
        "CAP020", "  strategy = single\n", "  strategy = single\n  nodes    = 2\n",
        line="  nodes    = 2\n", severity=WARNING, says=("`nightly`", "one node", "2"),
        labels=("  strategy = single\n",),
    ),
]  # fmt: skip
