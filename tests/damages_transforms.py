"""One fault of training data, of time or of a job's text in one place of the fraud example."""

from __future__ import annotations

from mlsdc.diagnostics import Severity
from tests.damage import Damage

WARNING = Severity.WARNING
PROFILE = '  image   = "registry.example.com/fraud/card-profile:1.8.1"\n'
SIZE = "  size      = 40MiB\n"
CUTOFF = "  cutoff     = 45d  # younger rows have no label yet\n"
HOLDOUT = "\n  holdout = 0.5%  # let through whatever the score is, to learn what is missed\n"
TENANT = '  contact = "#risk-ml-oncall"\n'
FEATURES = "  features   = [card_activity, card_profile, ticket]\n"


def computing(sql: str) -> str:
    """The daily job with its text."""
    return PROFILE + '  transform { dialect = spark  sql = "' + sql + '" }\n'


TRANSFORMS = [
    Damage(
        "TSC035", PROFILE,
        computing(
            "SELECT card_id, SUM(amount) AS spend_30d, AVG(amount) AS mean_ticket_30d FROM payments"
            " WHERE at > CURRENT_DATE - INTERVAL 30 DAYS GROUP BY card_id"
        ),
        line="  transform { dialect", severity=WARNING, says=("`profile`", "`CURRENT_DATE`"),
        labels=("pipeline profile: flink",),
    ),
    Damage(
        "TSC050", PROFILE,
        computing(
            "SELECT card_id, SUM(amout) AS spend_30d, AVG(amount) AS mean_ticket_30d"
            " FROM history_lake.payments GROUP BY card_id"
        ),
        line="  transform { dialect", says=("`profile`", "`amout`"),
        labels=("ranges = [amount] }\n  event {\n",),
    ),
    Damage(
        "TSC050", PROFILE,
        computing(
            "SELECT card_id, SUM(amount) AS spend_30d, AVG(amount) AS mean_ticket_30d"
            " FROM blacklist GROUP BY card_id"
        ),
        line="  transform { dialect", says=("`profile`", "`blacklist`"),
        labels=("  reads   = history_lake\n",),
    ),
    Damage(
        "TSC023", "sum(amount) over 1h  default 0", "sum(amount) over 1h  lead 3h  default 0",
        says=("`spend_1h`", "3h"), labels=("label fraud_label {\n", FEATURES),
    ),
    Damage(
        "TSC023", "  horizon = 0d\n", "  horizon = 0d\n  before  = 1d\n", line="  before  = 1d\n",
        says=("`fraud_label`", "1d"), labels=("  label      = fraud_label\n",),
    ),
    Damage(
        "TSC031", SIZE, SIZE + "  rollout   = 1d\n  max_staleness = 40d\n",
        line="  max_staleness = 40d\n", severity=WARNING, says=("`scorer`", "40d", "47.1d"),
        labels=("training nightly: kubeflow {\n  every    = 1d\n", CUTOFF),
    ),
    Damage(
        "TSC032", "  cutoff     = 45d", "  cutoff     = 7d", says=("7d", "45d"),
        labels=("  matures = 45d\n",),
    ),
    Damage(
        "TSC033", "time { train = 80%  embargo = 45d }", "random { train = 80% }",
        says=("`history`", "at random"), labels=("    at:         timestamp  event_time\n",),
    ),
    Damage(
        "TSC033", "  horizon = 0d\n", "  horizon = 60d\n",
        line="  split      = time { train = 80%  embargo = 45d }\n", says=("45d", "60d"),
        labels=("  horizon = 60d\n",), follows=frozenset({"EXP012"}),
    ),
    Damage(
        "TSC036", "  backfill    = 300d\n", "  backfill    = 200d\n", severity=WARNING,
        says=("`card_profile`", "200d", "255d"), labels=("  window     = 180d\n",),
    ),
    Damage(
        "TSC037", CUTOFF, CUTOFF + "  sampling   = negatives { kept = 10% }\n",
        line="  sampling   = ", severity=WARNING, says=("10%", "10 times"),
        labels=("  output    = probability\n",),
    ),
    Damage(
        "TSC038", "mean_ticket_30d  default 1", "mean_ticket_30d  default 1  exposure",
        severity=WARNING, says=("`scorer`", "`ticket_ratio`"), labels=("  dataset   = history\n",),
    ),
    Damage(
        "TSC039", HOLDOUT, "", line="  spine      = decisions\n", severity=Severity.NOTE,
        says=("`scorer`", "`decisions`", "`authorise`"), labels=("request authorise {\n",),
    ),
]  # fmt: skip


def patched(object: str, path: str, value: str, operation: str = "replace") -> str:
    """The last lines of the example with a patch behind them."""
    return END + (
        f'\npatch hurried {{\n  target    = kubernetes\n  object    = "{object}"\n'
        f'  operation = {operation}\n  path      = "{path}"\n'
        f'  {value}\n  reason    = "it is urgent"\n}}\n'
    )


END = "  payments { partitions = 96 }\n}\n"
POD = "/spec/template/spec"
CHAT = """
endpoint chat {
  generation {
    ttft   { p50 = 9ms  p99 = 12ms }
    tpot   { p50 = 1ms  p99 = 2ms }
    output { p50 = 8 }
  }
  concurrency  = 64
  replicas     = 3
  availability = 99.99%
}

request talk {
  rate = 5/s
  call edge
  call chat
}
"""

OPERATIONS = [
    Damage(
        "REL003", END,
        patched("PodDisruptionBudget/score", "/spec/maxUnavailable", "value     = 0"),
        line="  value     = 0\n", severity=WARNING, says=("`hurried`", "none may be away"),
        labels=('  object    = "PodDisruptionBudget/score"\n',),
    ),
    Damage(
        "REL016", TENANT, TENANT + "  tenant  = bank_id\n", line="gateway edge: envoy {\n",
        severity=WARNING, says=("bank_id", "`edge`"), labels=("  tenant  = bank_id\n",),
    ),
    Damage(
        "REL019", "fraud/train:4.1.0", "fraud/train-notebook:4.1.0", severity=WARNING,
        says=("`nightly`", "train-notebook"), labels=("  training  = nightly\n",),
    ),
    Damage(
        "REL021", TENANT, TENANT + "  mlops_level = 2\n", line="  mlops_level = 2\n",
        severity=Severity.NOTE, says=("level 2", "level 1"), labels=("system fraud",),
    ),
    Damage(
        "SEC008", END, END + CHAT, line="request talk {\n", severity=WARNING,
        says=("`talk`", "`chat`"), labels=("  generation {\n",),
        follows=frozenset({"LLM009", "MON011"}),
    ),
    Damage(
        "SEC012", END,
        patched("Deployment/score", f"{POD}/containers/0/securityContext/readOnlyRootFilesystem",
                "value     = false"),
        line="  value     = false\n", says=("`hurried`", "can be written"),
        labels=('  object    = "Deployment/score"\n',),
    ),
    Damage(
        "SEC013", END,
        patched("NetworkPolicy/score", "/spec/ingress/-",
                'yaml      = "{from: [{ipBlock: {cidr: 0.0.0.0/0}}]}"', "add"),
        line="  yaml      = ", severity=WARNING, says=("`hurried`", "0.0.0.0/0"),
        labels=('  object    = "NetworkPolicy/score"\n',),
    ),
    Damage(
        "SEC015", END, patched("Deployment/score", f"{POD}/serviceAccountName",
                               'value     = "decide"'),
        line='  value     = "decide"\n', severity=WARNING, says=("`hurried`", "`decide`"),
        labels=('  object    = "Deployment/score"\n',),
    ),
    Damage(
        "MON015", "psi { warn = 0.1", "ks { warn = 0.1", says=("`health`", "p-value"),
        labels=("monitor health: evidently {\n",), follows=frozenset({"MON003"}),
    ),
]  # fmt: skip
