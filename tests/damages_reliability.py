"""One fault of reliability, security or governance in one place of the fraud example."""

from __future__ import annotations

from pathlib import Path

from mlsdc.diagnostics import Severity
from tests.damage import Damage

DESIGN = (Path(__file__).parents[1] / "examples" / "fraud" / "design.mlsd").read_text()
WARNING = Severity.WARNING
SCORE = "endpoint score: triton {\n  model       = scorer\n"
CARD = "    card_id:     string     sensitivity pii\n"
CONTACT = '  contact = "#risk-ml-oncall"\n'
TIER = "  tier    = production\n"
EFFECT = "  effect = significant  # a refused payment, with no one asked\n"


def between(start: str, end: str) -> str:
    """The example from one text to the end of another."""
    return DESIGN[DESIGN.index(start) : DESIGN.index(end) + len(end)]


PAST_THE_GATEWAY = between("  call edge\n", "  control   = score\n")
UNEXPLAINED = between(TIER, "  explains = score\n")
RECOVERED = between(CONTACT, "  erasure        = card_id\n")
SAMPLED = between("  explains = score\n", EFFECT)

RELIABILITY = [
    Damage(
        "REL001", "  cold_start  = 2m\n\n", "  cold_start  = 2m\n  startup     = 1m\n\n",
        line="  startup     = 1m\n", says=("`score`", "2m", "1m"),
        labels=("  cold_start  = 2m\n  startup     = 1m\n",),
    ),
    Damage(
        "REL002", "  replicas    = 2\n", "  replicas    = 1\n", severity=WARNING,
        says=("`scorer_next`", "1 replica"), labels=("endpoint scorer_next: triton {\n",),
    ),
    Damage(
        "REL004", "  size      = 40MiB\n", "  size      = 8GiB\n",
        line="  memory      = 4GiB\n  cold_start  = 2m\n\n",
        says=("`score`", "4GiB", "`scorer`", "8GiB"), labels=("  size      = 8GiB\n",),
    ),
    Damage(
        "REL005", "fraud/decide:3.0.2", "fraud/decide:latest", says=("`decide`", "`latest`"),
        labels=("endpoint decide: container",),
    ),
    Damage(
        "REL006", "{ artifacts = model_files }", "{ artifacts = model_files  keep = 1 }",
        says=("`models`", "keeps 1 version", "`scorer`"), labels=("model scorer {\n", SCORE),
    ),
    Damage(
        "REL007", "  control   = score\n", "  control   = rules\n", line=SCORE, severity=WARNING,
        says=("`scorer`", "`score`"), labels=("request authorise {\n",),
    ),
    Damage(
        "REL008", PAST_THE_GATEWAY,
        PAST_THE_GATEWAY.replace("  call edge\n", "").replace("= score\n", "= decide\n"),
        line="  gateway   = edge\n", follows=frozenset({"REL007"}), says=("`edge`", "`decide`"),
        labels=("  call decide {\n",),
    ),
    Damage(
        "REL009", "{ at_least = 0.82  slices", "{ slices", says=("`scorer`", "with nothing"),
        labels=(SCORE,),
    ),
    Damage(
        "REL010", "availability >= 99.9%", "availability >= 99.99%", severity=WARNING,
        says=("99.99% is promised", "`authorise` is answered 99.96%"),
        labels=("  call edge\n", "  call decide {\n", "    call card_activity  timeout 15ms\n"),
    ),
    Damage(
        "REL011", RECOVERED,
        RECOVERED.replace(CONTACT, CONTACT + "  recovery_time = 2h\n").replace(
            "erasure        = card_id\n", "erasure        = card_id\n  restore        = 6h\n"
        ),
        line="  restore        = 6h\n", severity=WARNING, says=("`history_lake`", "6h", "2h"),
        labels=("  recovery_time = 2h\n",),
    ),
    Damage(
        "REL012", "  nodes  = 3\n", "  nodes  = 1\n", severity=WARNING,
        says=("`features_online`", "100%", "`authorise`"), labels=("request authorise {\n",),
    ),
    Damage(
        "REL014", "  on_error    = stop\n", "", line="pipeline activity: flink",
        severity=WARNING, says=("`activity` cannot process",), labels=("stream payments: kafka",),
    ),
    Damage(
        "REL014", "  recovery    = 10m\n", "  recovery    = 10d\n", line="  retention  = 7d\n",
        severity=WARNING, says=("7d", "10d"), labels=("  recovery    = 10d\n",),
    ),
    Damage(
        "REL015", "  runtime  = 2h\n", "  runtime  = 10h\n", line="training nightly: kubeflow {\n",
        severity=WARNING, says=("3 attempts", "30h", "1d"), labels=("  runtime  = 10h\n",),
    ),
    Damage(
        "REL017", CONTACT, "", line="system fraud", severity=WARNING, says=("fraud fails",),
        labels=(TIER,),
    ),
    Damage(
        "REL018", "  format     = iceberg\n", "  format     = parquet\n",
        line="dataset history {\n", severity=WARNING, says=("`scorer`", "`history_lake`"),
        labels=("  format     = parquet\n",),
    ),
]  # fmt: skip

SECURITY = [
    Damage(
        "SEC001", "  classification = pii\n  erasure", "  classification = internal\n  erasure",
        says=("internal", "pii: payments.card_id -> history_lake"), labels=(CARD,),
    ),
    Damage(
        "SEC002", CONTACT, CONTACT + '  residency = ["us"]\n',
        line='    region    = "eu-west-1"\n', environments=("prod",),
        says=("eu-west-1", "us"), labels=('  residency = ["us"]\n',),
    ),
    Damage(
        "SEC003", "  retention  = 14d\n", "", line="stream decisions: kafka", severity=WARNING,
        follows=frozenset({"CAP018"}),  # what is kept for ever has no size
        says=("`decisions`", "payments.card_id", "authorise"), labels=(CARD,),
    ),
    Damage(
        "SEC004", "  erasure        = card_id\n", "", line="lake history_lake: s3 {\n",
        severity=WARNING, says=("`history_lake`", "730d"), labels=(CARD,),
    ),
    Damage(
        "SEC004", "  erasure        = card_id\n", "  erasure        = user_id\n",
        severity=WARNING, says=("`payments`", "`user_id`"), labels=(CARD,),
    ),
    Damage(
        "SEC005", "    country:     string\n", "    country:     string     protected\n",
        line="model scorer {\n",
        says=("payments.country -> activity -> card_activity.countries_1d -> scorer",),
        labels=("    country:     string     protected\n",),
    ),
    Damage(
        "SEC006", "let review_share = 0.4%\n", "let review_share = 0%\n", line=EFFECT,
        says=("`authorise`",), labels=("  fraction   = review_share\n", "endpoint score: triton"),
    ),
    Damage(
        "SEC007", UNEXPLAINED,
        UNEXPLAINED.replace(TIER, TIER + "  risk    = high\n").replace(
            "explains = score", "explains = rules"
        ),
        line="request authorise {\n", says=("explained", "article 13"),
        labels=("  risk    = high\n",),
    ),
    Damage(
        "SEC010", SAMPLED,
        SAMPLED.replace("= score\n", "= score\n  sampled  = 5%\n").replace(
            EFFECT, EFFECT + "  reasons = true\n"
        ),
        line="  reasons = true\n", says=("`authorise`", "5%"),
        labels=("  sampled  = 5%\n", SCORE),
    ),
    Damage(
        "SEC011", '  contact = "#risk-ml-oncall"\n',
        '  contact = "https://hooks.slack.com/services/T00/B00/xyz"\n',
        says=("Slack webhook", "contact"),
    ),
    Damage(
        "SEC014", "  auth    = jwt\n", "  auth    = none\n", says=("`edge`",),
        labels=("gateway edge: envoy {\n",),
    ),
    Damage(
        "SEC016", "  training  = nightly\n", "  format    = pickle\n", severity=WARNING,
        says=("`scorer`", "nobody here trained"), labels=(SCORE,), follows=frozenset({"TSC034"}),
    ),
    Damage(
        "SEC017", CONTACT + "}\n",
        CONTACT + "  tenant  = bank_id\n}\n\ncache answers { key = [card_id] }\n",
        line="cache answers", says=("`answers`", "`bank_id`"), labels=("  tenant  = bank_id\n",),
        follows=frozenset({"REL016"}),
    ),
    Damage(
        "SEC018", "{ retention = 30d  classification = pii }",
        "{ retention = 30d  classification = pii  encryption = none }", severity=WARNING,
        says=("`job_state`", "payments.card_id -> activity -> job_state"), labels=(CARD,),
    ),
]  # fmt: skip
