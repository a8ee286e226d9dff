"""One fault of training-serving consistency in one place of the fraud example."""

from __future__ import annotations

from mlsdc.diagnostics import Severity
from tests.damage import Damage
from tests.damages_reliability import between

WARNING = Severity.WARNING
SIZE = "  size      = 40MiB\n"
DELAY = "  join_delay = 140m\n"
LISTED = "  features    = [card_activity, card_profile, ticket]\n"
JOIN = "  join       = point_in_time\n"
DATASET = "  dataset   = history\n"
SCORE = "endpoint score: triton {\n  model       = scorer\n"
MEASURED = "  latency     { p50 = 4ms  p99 = 12ms  at = 150/s }  # measured on one replica\n"
ACTIVITY = "  computed  = activity  # one definition, both paths\n"
MATERIALIZE = "  materialize { every = 1d  runtime = 90m  delay = 30m  load = 20m }\n"
TICKET = between("features ticket {\n", DELAY)
MODEL_AND_ENDPOINT = between(SIZE, SCORE)
TRAINING_AND_ENDPOINT = between("  strategy = single\n", SCORE)
VIEW_AND_REQUEST = between(ACTIVITY, "  call decide {\n")
GATE = between(SIZE, "  gate      = recall_at_1_percent_fpr { at_least = 0.82")

STRUCTURE = [
    Damage(
        "TSC003", MATERIALIZE,
        MATERIALIZE + '  offline { code = "git:profile.sql@a1f0" }\n'
        '  online { code = "git:Profile.java@9c3e" }\n',
        line='  online { code = "git:Profile.java@9c3e" }\n',
        says=("`card_profile`", "git:profile.sql@a1f0", "git:Profile.java@9c3e"),
        labels=('  offline { code = "git:profile.sql@a1f0" }\n',),
    ),
    Damage(
        "TSC004", DELAY, DELAY + "  pin card_profile version 2\n", line=SCORE + LISTED,
        says=("`score`", "version 1 of `card_profile`", "version 2", "`history`"),
        labels=("  pin card_profile version 2\n",),
    ),
    Damage(
        "TSC005", "spend_1h:     float64", "spend_1h:     int64",
        says=("float64", "`card_activity.spend_1h` is int64"),
        labels=("    amount:      float64    unit EUR\n",),
    ),
    Damage(
        "TSC006", SIZE, SIZE + "  signature { tx_count_10m: int64[2] }\n",
        says=("`card_activity.tx_count_10m` is int64", "`scorer`", "int64[2]"),
        labels=("  tx_count_10m: int64   =",),
    ),
    Damage(
        "TSC007", SIZE, SIZE + "  fitted countries on history rows all packaged\n",
        says=("`countries`", "`history`", "test"),
        labels=(DATASET, "  split      = time { train = 80%  embargo = 45d }\n"),
    ),
    Damage(
        "TSC008", MODEL_AND_ENDPOINT,
        MODEL_AND_ENDPOINT.replace(
            SIZE, SIZE + '  preprocessing = notebook { code = "git:train.ipynb@1f2e" }\n'
        ) + '  preprocessing = client { code = "git:prepare.go@77aa" }\n',
        line='  preprocessing = client { code = "git:prepare.go@77aa" }\n', severity=WARNING,
        says=("`scorer`", "a notebook", "by who calls it"),
        labels=('  preprocessing = notebook { code = "git:train.ipynb@1f2e" }\n',),
    ),
    Damage(
        "TSC010", VIEW_AND_REQUEST,
        VIEW_AND_REQUEST.replace(ACTIVITY, ACTIVITY + "  offline { includes_current = false }\n")
        .replace("  call decide {\n", "  call payments\n  call decide {\n"),
        line="  call payments\n", severity=WARNING, says=("`card_activity`", "`payments`"),
        labels=("  offline { includes_current = false }\n",),
        follows=frozenset({"LAT003", "LAT022", "REL010"}),  # one call more in the path
    ),
    Damage(
        "TSC012", ACTIVITY, ACTIVITY + "  online { time = processing }\n",
        says=("`card_activity`", "event time offline", "processing time online"), labels=(JOIN,),
    ),
    Damage(
        "TSC028", SIZE,
        SIZE + "  inputs = positional\n  signature { spend_1h: float64  tx_count_10m: int64 }\n",
        line=SCORE + LISTED, says=("`score`", "`tx_count_10m`", "`spend_1h`", "position"),
        labels=("  signature { spend_1h: float64  tx_count_10m: int64 }\n",),
    ),
    Damage(
        "TSC040", ACTIVITY, "", line=SCORE, severity=WARNING,
        says=("`card_activity.tx_count_10m`", "`scorer`", "asserted"),
        labels=("  tx_count_10m: int64   =",), follows=frozenset({"TSC015", "TSC017", "TSC019"}),
        environments=("dev",),  # what it takes to log them is another number in each
    ),
    Damage(
        "TSC041", TICKET,
        "model risk { version = 5 }\n" + TICKET.replace("  entity = card\n",
        "  entity = card\n  scored_by = risk\n") + "  pin risk version 3\n",
        line="model risk { version = 5 }\n",
        says=("`scorer`", "`risk` version 3", "version 5"),
        labels=("  pin risk version 3\n", "  scored_by = risk\n"),
    ),
    Damage(
        "TSC042", GATE, GATE.replace(SIZE, SIZE + "  format = onnx\n") + "  measured = trained",
        line="  format = onnx\n", says=("`score`", "converted to onnx"),
        labels=("  gate      = recall_at_1_percent_fpr",),
    ),
    Damage(
        "TSC043", TRAINING_AND_ENDPOINT,
        TRAINING_AND_ENDPOINT.replace(
            "  strategy = single\n", '  strategy = single\n  libraries = ["xgboost==2.1.1"]\n'
        ) + '  libraries = ["xgboost==1.7.6"]\n',
        line='  libraries = ["xgboost==1.7.6"]\n', severity=WARNING,
        says=("`score`", "1.7.6", "`nightly`", "2.1.1"),
        labels=('  libraries = ["xgboost==2.1.1"]\n',),
    ),
    Damage(
        "TSC045", MEASURED,
        MEASURED + "  alias = champion\n  feature_versions = pinned\n",
        line="  alias = champion\n", says=("`score`", "`champion`", "`scorer`"),
        labels=("  feature_versions = pinned\n",),
    ),
]  # fmt: skip
