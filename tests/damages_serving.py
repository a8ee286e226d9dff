"""One fault on the way from a feature to a prediction, in one place of the fraud example."""

from __future__ import annotations

from pathlib import Path

from mlsdc.diagnostics import Severity
from tests.damage import Damage

DESIGN = (Path(__file__).parents[1] / "examples" / "fraud" / "design.mlsd").read_text()
WARNING = Severity.WARNING
SPINE = "  features   = [card_activity, card_profile, ticket]\n"
ENTITY = "entity card { key card_id: string }\n"
READ = "    call card_activity  timeout 15ms\n"
COUNTRIES = "  countries_1d: int64   = count_distinct(country) over 1d  default 0\n"
CARRIED = "    card_id: string\n    amount:  float64  unit EUR\n"
LOGGED = "    amount:     float64    unit EUR\n    score: "
SCORE = "  model       = scorer\n  features    = [card_activity, card_profile, ticket]\n  latency  "
DATASET = "dataset history {\n"
STORE = "feature_store features: feast {\n"
REJECTS = "  rejects_stale = true  # Feast returns a value of any age\n\n"
DELAYS = "\n  delays_joins = true  # Feast takes the times of the rows as they are\n"
JOB = (
    "  delivery    = at_least_once\n  recovery    = 10m\n  on_error    = stop\n"
    "  checkpoints = job_state\n"
)


def between(start: str, end: str) -> str:
    """The example from one text to the end of another."""
    at = DESIGN.index(start)
    return DESIGN[at : DESIGN.index(end, at) + len(end)]


SERVED = between(DATASET, "endpoint score: triton {\n")

SERVING = [
    Damage(
        "TSC013", CARRIED, "    amount:  float64  unit EUR\n", line=READ,
        says=("`card_activity`", "`card_id`", "`authorise` carries amount, country"),
        labels=(ENTITY, "  body {\n"),
    ),
    Damage(
        "TSC014", ENTITY, ENTITY.replace("string", "int64"), line=CARRIED,
        says=("`authorise` carries `card_id` as string", "int64"),
        labels=(ENTITY.replace("string", "int64"),),
    ),
    Damage(
        "TSC015", "  writes      = features_online\n", "  writes      = history_lake\n",
        says=("`card_activity` is read online", "`activity` writes `history_lake`"),
        labels=(READ,), follows=frozenset({"REL014"}),
    ),
    Damage(
        "TSC016", "[payments, decisions, chargebacks]", "[decisions, chargebacks]",
        line="  writes      = features_online\n", severity=WARNING,
        says=("`card_activity`", "`history`"), labels=(SPINE,),
    ),
    Damage(
        "TSC018", "  max_age   = 30d\n", "  max_age   = 12h\n", severity=WARNING,
        says=("12h", "`countries_1d` covers 1d"), labels=(COUNTRIES,),
        follows=frozenset({"TSC049"}),
    ),
    Damage(
        "TSC020", "  runtime = 90m\n", "  runtime = 30h\n", says=("`profile`", "30h", "1d"),
        follows=frozenset({"CAP017"}),
        labels=("  every   = 1d\n",),
    ),
    Damage(
        "TSC021", COUNTRIES, COUNTRIES[:-1] + "  on_timeout 5\n",
        says=("on timeout `decide` sends 5", "`countries_1d`", "training puts 0"),
        labels=(COUNTRIES[:-1],),
    ),
    Damage(
        "TSC024", CARRIED, CARRIED.replace("EUR", "cents"),
        says=("`authorise` brings `amount` in cents", "`decisions` in EUR"),
        labels=("    amount:     float64    unit EUR\n",),
    ),
    Damage(
        "TSC025", COUNTRIES,
        COUNTRIES[:-1] + " {\n    encoding = hash { buckets = 64 }\n"
        "    served   = hash { buckets = 60 }\n  }\n",
        line="    served   = hash { buckets = 60 }\n", says=("number of buckets is 60", "64"),
        labels=("    encoding = hash { buckets = 64 }\n",),
    ),
    Damage(
        "TSC029", "features ticket {\n  entity = card\n",
        "features ticket {\n  entity = card\n  cost   = 60ms\n",
        line="  budget { p50 <= 20ms  p99 <= 50ms }\n", says=("60ms", "50ms"),
        labels=("  cost   = 60ms\n",),
    ),
    Damage(
        "TSC030", LOGGED, "    score: ", line="  spine      = decisions\n", severity=WARNING,
        says=("`ticket.ticket_ratio`", "`amount`", "`decisions`"),
        labels=("  ticket_ratio: float64",),
    ),
    Damage(
        "TSC034", "  join_delay = 140m\n", "  join_delay = 100m\n", line=SPINE, severity=WARNING,
        says=("`history` sees `card_profile` 40m earlier",),
        labels=("  materialize {", "  join_delay = 100m\n"),
    ),
    Damage(
        "TSC034", DELAYS, "", line=SPINE, severity=WARNING,
        says=("2h20m earlier", "the join takes the times of the spine as they are"),
        labels=("  join_delay = 140m\n",),
    ),
    Damage(
        "TSC034", "  join_delay = 3s  # the other views wait for their runs\n", "",
        line="  join_delay = 140m\n", severity=WARNING,
        says=("sees `card_activity` 2h20m late", "no value is older than 3.8s"),
        labels=("features card_activity {\n",),
    ),
    Damage(
        "TSC044", READ,
        "    cached by features_online hit 50% ttl 1m {\n      call card_activity  timeout 15ms\n"
        "    }\n",
        line="    cached by features_online hit 50% ttl 1m {\n", severity=WARNING,
        says=("`features_online` hands out `card_activity`", "freshness is 5s"),
        labels=("  freshness = 5s\n",),
    ),
    Damage(
        "TSC046", SERVED,
        SERVED.replace(SPINE, SPINE + '  population { country == ["DE", "FR"] }\n')
        + '  serves      { country == ["DE", "PL"] }\n',
        line='  serves      { country == ["DE", "PL"] }\n',
        says=("`score` serves `country` \"PL\"", "`history`", '["DE", "FR"]'),
        labels=('  population { country == ["DE", "FR"] }\n',),
    ),
    Damage(
        "TSC047", "over 1h  default 0  unit EUR  at_least 0\n", "over 1h  default 0  unit EUR\n",
        severity=WARNING, says=("`spend_1h`", "`card_activity`"), labels=(SPINE,),
    ),
    Damage(
        "TSC048", "features ticket {\n",
        "features spare {\n  entity   = card\n  store    = features\n  computed = activity\n"
        "  n: int64 = count() over 1d\n}\n\nfeatures ticket {\n",
        line="features spare {\n", severity=Severity.NOTE, says=("`spare`", "no endpoint"),
        labels=(STORE,),
    ),
    Damage(
        "TSC048", "  max_age   = 30d\n", "  max_age   = 30d\n  status    = deprecated\n",
        line=READ, severity=WARNING, says=("`card_activity` is deprecated",),
        labels=("  status    = deprecated\n",),
    ),
    Damage(
        "TSC049", REJECTS, "", line="  lookback  = 30d\n", severity=WARNING,
        says=("nothing after 30d", "`decide`", "online reads return a value of any age"),
        labels=(STORE, "  max_age   = 30d\n"),
    ),
    Damage(
        "TSC049", "  lookback  = 30d\n", "  lookback  = 2d\n", severity=WARNING,
        says=("nothing after 2d", "up to 30d"), labels=("  max_age   = 30d\n",),
    ),
    Damage(
        "REL014", JOB, "  delivery    = exactly_once\n  recovery    = 10m\n  on_error    = stop\n",
        line="  delivery    = exactly_once\n",
        severity=WARNING, says=("`activity` does not deliver exactly once", "`checkpoints`"),
        labels=("pipeline activity: flink",), follows=frozenset({"TSC019"}),
    ),
]  # fmt: skip
