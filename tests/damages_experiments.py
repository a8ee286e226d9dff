"""The fraud example's shadow made an A/B test, complete but for one fault."""

from __future__ import annotations

from pathlib import Path

from mlsdc.diagnostics import Severity
from tests.damage import Damage

DESIGN = (Path(__file__).parents[1] / "examples" / "fraud" / "design.mlsd").read_text()
WARNING = Severity.WARNING
HEAD, TAIL = "experiment challenger {\n", "  duration  = 14d\n}\n"
SHADOW = DESIGN[DESIGN.index(HEAD) : DESIGN.index(TAIL) + len(TAIL)]
CALL = "    call score  timeout 25ms  fallback rules\n"
TO_SHADOW = DESIGN[DESIGN.index(CALL) : DESIGN.index(TAIL) + len(TAIL)]
EXPOSED = "stream exposed {\n  rate = 1/s\n  event { card_id: string  variant: string  %s }\n}\n"
GATE = frozenset({"EXP015"})  # the example's gate names no online metric: it has no A/B test

FIELDS = {
    "kind": "ab",
    "control": "score",
    "treatment": "scorer_next",
    "request": "authorise",
    "gateway": "edge",
    "share": "10%",
    "unit": "card_id",
    "units": "400_000/d",
    "metric": "approval_rate { baseline = 0.9  minimum_effect = 0.5% }",
    "duration": "49d",
    "test": "always_valid",
    "watched": "true",
    "sample_ratio_alarm": "0.001",
    "exposures": "exposed",
}


def complete(
    exposed: str = "model_version: string", guarded: bool = True, **changes: str | None
) -> str:
    """A sound A/B test with some fields changed, or left out where they are None."""
    fields = {**FIELDS, **changes}
    lines = [f"  {name} = {value}\n" for name, value in fields.items() if value is not None]
    guardrails = "  guardrails { fraud_rate <= 0.1% }\n" if guarded else ""
    return HEAD + "".join(lines) + guardrails + "}\n" + EXPOSED % exposed


EXPERIMENTS = [
    Damage(
        "EXP001", SHADOW, complete(units="100/d"), follows=GATE,
        says=("4900 units enter in 49d", "are needed"), labels=("  metric = approval_rate",),
    ),
    Damage(
        "EXP002", SHADOW, complete(metric=None),
        says=("`challenger` has no metric",), labels=("  control = score\n",),
    ),
    Damage(
        "EXP003", SHADOW, complete(segments="[card, debit]"), severity=WARNING, follows=GATE,
        says=("3 comparisons", "14.2625%"), labels=("  treatment = scorer_next\n",),
    ),
    Damage(
        "EXP004", SHADOW, complete(test="fixed"), severity=WARNING, follows=GATE,
        says=("one look only",), labels=("  test = fixed\n",),
    ),
    Damage(
        "EXP005", SHADOW, complete(sample_ratio_alarm=None), severity=WARNING, follows=GATE,
        says=("divided as planned",), labels=("  control = score\n",),
    ),
    Damage(
        "EXP006", SHADOW,
        complete(unit="user_id", exposed="user_id: string  model_version: string"),
        follows=GATE, says=("`authorise`", "`user_id`"), labels=("  body {\n",),
    ),
    Damage(
        "EXP007", SHADOW, complete(share="60%", variants="3", correction="holm"),
        follows=GATE | {"EXP001", "CAP001"}, says=("120%",), labels=("  variants = 3\n",),
    ),
    Damage(
        "EXP008", TO_SHADOW,
        TO_SHADOW.replace(
            CALL, "    cached by answers hit 1% { call score  timeout 25ms  fallback rules }\n"
        ).replace(SHADOW, complete())
        + "cache answers {\n  key     = [card_id]\n"
        "  latency { p50 = 0.1ms  p99 = 0.2ms  at = 9000/s }\n}\n",
        severity=WARNING, follows=GATE | {"LAT003", "LAT008", "REL010", "TSC044"},
        says=("`answers`",), labels=("  key     = [card_id]\n",),
    ),
    Damage(
        "EXP009", SHADOW, complete(guarded=False), severity=WARNING, follows=GATE,
        says=("nothing stops",), labels=("  control = score\n",),
    ),
    Damage(
        "EXP010", SHADOW, complete(surface="list", units="9000/d", duration="700d"),
        severity=WARNING, follows=GATE, says=("days", "interleaving"),
        labels=("  metric = approval_rate",),
    ),
    Damage(
        "EXP011", SHADOW,
        complete(kind="interleaving", surface="item"),
        follows=GATE, says=("one answer",), labels=("  kind = interleaving\n",),
    ),
    Damage(
        "EXP012", SHADOW, complete(duration="14d"), severity=WARNING, follows=GATE,
        says=("14d", "45d"), labels=("  matures = 45d\n",),
    ),
    Damage(
        "EXP013", SHADOW, complete(exposed="model: string"), severity=WARNING, follows=GATE,
        says=("`model_version`",), labels=("variant: string  model: string }\n",),
    ),
    Damage(
        "EXP014", SHADOW, complete(kind="bandit"), severity=WARNING, follows=GATE,
        says=("probability",), labels=("  kind = bandit\n",),
    ),
    Damage(
        "EXP015", SHADOW, complete(), severity=WARNING,
        line="  gate      = recall_at_1_percent_fpr", says=("recall", "approval_rate"),
        labels=("  metric = approval_rate",),
    ),
]  # fmt: skip

DRIFT = "psi { warn = 0.1  critical = 0.2  bins = 10"
MONITORING = [
    Damage(
        "MON001", "  watches   = score\n", "", line="  model       = scorer\n  features    = "
        "[card_activity, card_profile, ticket]\n  latency     { p50 = 4ms  p99 = 12ms  at = "
        "150/s }  # measured",
        follows=frozenset({"MON003"}), says=("`score`", "`scorer`"), labels=("model scorer {\n",),
    ),
    Damage(
        "MON002", "  reference = history\n", "", line="monitor health: evidently {\n",
        severity=WARNING, says=("nothing", "`history`"), labels=("  dataset   = history\n",),
    ),
    Damage(
        "MON003", DRIFT, "chi_squared { warn = 0.0000001", severity=WARNING,
        says=("chi_squared", "float64"), labels=("  spend_1h:     float64",),
    ),
    Damage(
        "MON004", "    call decisions  asynchronous\n", "", line="  logs      = decisions\n",
        says=("`decisions`", "nothing writes"), labels=("stream decisions: kafka",),
        follows=frozenset({"MON007", "TSC040"}),
    ),
    Damage(
        "MON005", "  slices    = [country]\n", "  slices    = [country]\n  quality   = recall\n",
        severity=WARNING, says=("recall", "45d"), labels=("  matures = 45d\n",),
    ),
    Damage(
        "MON006", '  alerts    = "risk-ml"\n', "", line="monitor health: evidently {\n",
        says=("nobody",), labels=("  drift     = psi",),
    ),
    Damage(
        "MON007",
        "  expects    { volume = 20/s  freshness = 1m  nulls = 0.1%  ranges = [amount] }\n", "",
        line="stream payments: kafka {\n", severity=WARNING, says=("`payments`",),
    ),
    Damage(
        "MON008", DRIFT, "chi_squared { warn = 0.05", severity=WARNING,
        follows=frozenset({"MON003"}), says=("216 false alarms",),
        labels=("features card_activity {\n",),
    ),
    Damage(
        "MON009", "  staleness = [model, features]\n", "  staleness = [features]\n",
        line="monitor health: evidently {\n", severity=WARNING, says=("`scorer`",),
        labels=("model scorer {\n",),
    ),
    Damage(
        "MON010", "  retention = 30d\n}\n\nslo", "  retention = 15d\n}\n\nslo",
        line="  window  = 30d\n", severity=WARNING, says=("30d", "15d"),
        labels=("  retention = 15d\n",),
    ),
    Damage(
        "MON011", "[edge, decide, score, rules,", "[edge, decide, score,",
        line="endpoint rules: container", severity=WARNING, says=("`rules`",),
        labels=("[edge, decide, score,",),
    ),
    Damage(
        "MON012", "  slices    = [country]\n", "", line="monitor health: evidently {\n",
        severity=WARNING, says=("`scorer`", "country"),
        labels=("  gate      = recall_at_1_percent_fpr",),
    ),
    Damage(
        "MON013", "then = retrain  cooldown = 1d", "then = retrain", severity=WARNING,
        says=("one retraining after the other",), labels=("model scorer {\n",),
    ),
    Damage(
        "MON014", '  contract = "card-scheme-disputes-v3"\n', "", line="source chargebacks",
        severity=WARNING, says=("`chargebacks`",),
    ),
]  # fmt: skip
