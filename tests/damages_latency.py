"""One fault of latency in one place of the fraud example."""

from __future__ import annotations

from mlsdc.diagnostics import Severity
from tests.damage import Damage

WARNING = Severity.WARNING
EDGE = "  latency { p50 = 0.6ms  p99 = 2.5ms  at = 1500/s }\n"
DECIDE = "  latency     { p50 = 0.8ms  p99 = 3ms  at = 600/s }\n"
SCORED = "  latency     { p50 = 4ms  p99 = 12ms  at = 150/s }  # measured on one replica\n"
BATCHES = "  batching    { size = 8 }\n"
BUDGET = "  budget { p50 <= 20ms  p99 <= 50ms }\n"
SCORE = "    call score  timeout 25ms  fallback rules\n"
VIEWS = "    call card_activity  timeout 15ms\n    call card_profile  timeout 15ms\n"
DECISIONS = "    call decisions  asynchronous\n"
NETWORK = "    network   { round_trip = 0.5ms }\n"

LATENCY = [
    Damage(
        "LAT001", EDGE, "  latency { p50 = 0.6ms  p99 = 2.5ms }\n", severity=Severity.NOTE,
        says=("`edge`", "no stated load"), labels=("  call edge\n",), follows=frozenset({"CAP001"}),
    ),
    Damage(
        "LAT004", DECIDE, DECIDE.replace("p99 = 3ms", "p99 = 80ms"), line="  call decide {\n",
        says=("`decide` alone takes 80.5ms", "50ms"), labels=(BUDGET,),
    ),
    Damage(
        "LAT005", VIEWS,
        "    parallel {\n      call card_activity\n      call card_profile\n    }\n",
        severity=WARNING, says=("all of 2 calls", "p99"), labels=(BUDGET,),
        follows=frozenset({"LAT003", "LAT008"}),
    ),
    Damage(
        "LAT009", BATCHES, "  batching    { size = 8  delay = 19ms }\n", says=("`score`", "19ms"),
        labels=(BUDGET,), follows=frozenset({"LAT003", "LAT004", "LAT010", "LAT022"}),
    ),
    Damage(
        "LAT010", BATCHES, "  batching    { size = 8  delay = 1ms }\n", severity=WARNING,
        environments=("dev",), says=("`score`", "1ms", "0.005"), labels=("batching",),
    ),
    Damage(
        "LAT011", SCORED, "  latency     { p50 = 4ms  p99 = 12ms }\n  utilisation = 95%\n",
        line="  utilisation = 95%\n", severity=WARNING, environments=("prod",),
        says=("`score`", "%"), labels=(SCORE, BUDGET), follows=frozenset({"LAT003", "LAT022"}),
    ),
    Damage(
        "LAT013", "    call card_activity  timeout 15ms\n",
        "    call card_activity  times 2  timeout 15ms\n",
        severity=WARNING, says=("`card_activity`", "2 round trips"),
        follows=frozenset({"LAT003", "LAT022"}), labels=("features card_activity {",),
    ),
    Damage(
        "LAT014", DECISIONS, DECISIONS + "    call history_lake  timeout 5ms\n", severity=WARNING,
        line="    call history_lake  timeout 5ms\n", says=("`history_lake`",),
        labels=("lake history_lake: s3 {",),
        follows=frozenset({"LAT002", "LAT003", "LAT008", "REL010"}),
    ),
    Damage(
        "LAT015", SCORE,
        "    cached by features_online hit 99.5% {\n"
        "      call score  times 5  timeout 25ms  fallback rules\n    }\n",
        line="    cached by features_online hit 99.5% {\n", severity=WARNING,
        says=("99.5%",), labels=(BUDGET,), follows=frozenset({"LAT003", "TSC044"}),
    ),
    Damage(
        "LAT016", NETWORK, "", line=BUDGET, severity=WARNING, environments=("prod",),
        says=("5 calls", "1 to 3 ms"), labels=("  call edge\n",),
    ),
    Damage(
        "LAT018", SCORED, SCORED.replace("at = 150/s", "at = 150/s  batch = 32"), severity=WARNING,
        says=("`score`", "batch of 32", "up to 8"), labels=(BUDGET, BATCHES),
    ),
    Damage(
        "LAT019", "    call reasons  asynchronous\n", "    call reasons  timeout 2ms\n",
        severity=WARNING, says=("`reasons`",), labels=("explainer reasons: container {",),
        follows=frozenset({"LAT002", "LAT003", "LAT008", "REL010"}),
    ),
    Damage(
        "LAT020", "  watermark   = 2s\n", "  watermark   = 2s\n  within      = 2s\n",
        line="  within      = 2s\n", says=("`activity`", "3.8s", "2s"),
        labels=("  watermark   = 2s\n",),
    ),
    Damage(
        "LAT022", "    call score  timeout 25ms  fallback rules\n",
        "    call score  timeout 32ms  fallback rules\n", line="request authorise {\n",
        severity=Severity.NOTE, says=("p99 <= 50ms", "score times out"), labels=(BUDGET,),
        follows=frozenset({"LAT003"}),
    ),
    Damage(
        "LAT021", BUDGET,
        "  budget { p50 <= 20ms  p99 <= 40ms }\n  withstands = [dependency_timeout]\n",
        line="  withstands = [dependency_timeout]\n", says=("times out",),
        labels=("  budget { p50 <= 20ms  p99 <= 40ms }\n",), follows=frozenset({"LAT003"}),
    ),
]  # fmt: skip
