"""Designs of many roles, for measuring: the parts of a fraud system, as many times as asked for."""

from __future__ import annotations

_HEAD = """\
system bench "A design made for measuring" { owner = "bench"  tier = production }
param peak: rate = 1200/s
let review_share = 0.4%
entity card { key card_id: string }
"""

_CELL = """\
stream payments_{n}: kafka {{
  rate       = 8000/s
  event_size = 600B
  retention  = 7d
  lag        = 800ms
  expects    {{ volume = 20/s  freshness = 1m  nulls = 0.1%  ranges = [amount] }}
  event {{
    card_id:     string     sensitivity pii
    merchant_id: string
    amount:      float64    unit EUR
    country:     string
    at:          timestamp  event_time
  }}
  classification = pii
}}
stream decisions_{n}: kafka "What was decided, with the features it was decided on" {{
  rate       = peak
  event_size = 2KiB
  retention  = 14d
  event {{
    payment_id: string
    card_id:    string
    amount:     float64    unit EUR
    score:      float64
    decision:   string
    at:         timestamp  event_time
  }}
  classification = pii
}}
source chargebacks_{n} "Disputes, as the card scheme reports them" {{
  rate     = 2/m
  contract = "card-scheme-disputes-v3"
  expects  {{ freshness = 1d  nulls = 0% }}
  event {{
    payment_id:  string
    disputed_at: timestamp  event_time
  }}
  existing {{ host = "scheme-reports.payments.example.com"  port = 5432  database = "disputes" }}
}}
lake job_state_{n}: s3 {{ retention = 30d  classification = pii }}
lake history_lake_{n}: s3 {{
  format     = iceberg
  catalog    = "http://catalog.data.svc:8181"
  sink_image = "registry.example.com/platform/kafka-connect-iceberg:1.2.0"
  from       = [payments_{n}, decisions_{n}, chargebacks_{n}]
  retention  = 730d
  classification = pii
  erasure        = card_id
}}
pipeline activity_{n}: flink "Velocity of each card" {{
  reads       = payments_{n}
  writes      = features_online_{n}
  parallelism = 8
  watermark   = 2s
  slide       = 1s
  delivery    = at_least_once
  recovery    = 10m
  on_error    = stop
  checkpoints = job_state_{n}
  image       = "registry.example.com/fraud/card-activity:2.3.0"
}}
pipeline profile_{n}: flink "Spending profile of each card, once a day" {{
  reads   = history_lake_{n}
  writes  = features_online_{n}
  every   = 1d
  runtime = 90m
  image   = "registry.example.com/fraud/card-profile:1.8.1"
}}
online_store features_online_{n}: redis {{
  nodes  = 3
  memory = 16GiB
  keys   = 40_000_000
  classification = pii
  availability   = 99.99%
}}
feature_store features_{n}: feast {{
  online  = features_online_{n}
  offline = history_lake_{n}
  availability = 99.99%
}}
features card_activity_{n} {{
  entity    = card
  store     = features_{n}
  computed  = activity_{n}
  freshness = 5s
  lookback  = 30d
  max_age   = 30d
  join_delay = 3s
  backfill = 240d
  tx_count_10m: int64   = count() over 10m  default 0
  spend_1h:     float64 = sum(amount) over 1h  default 0  unit EUR  at_least 0
  countries_1d: int64   = count_distinct(country) over 1d  default 0
}}
features card_profile_{n} {{
  entity      = card
  store       = features_{n}
  computed    = profile_{n}
  freshness   = 30h
  lookback    = 3d
  max_age     = 3d
  backfill    = 300d
  materialize {{ every = 1d  runtime = 90m  delay = 30m  load = 20m }}
  spend_30d:       float64 = sum(amount) over 30d  default 0  unit EUR  at_least 0
  mean_ticket_30d: float64 = mean(amount) over 30d  default 0  unit EUR  at_least 0
}}
features ticket_{n} {{
  entity = card
  ticket_ratio: float64 = request.amount / card_profile_{n}.mean_ticket_30d  default 1  at_least 0
}}
label fraud_label_{n} {{
  from    = [chargebacks_{n}, cases_{n}]
  type    = bool
  horizon = 0d
  matures = 45d
}}
dataset history_{n} {{
  spine      = decisions_{n}
  features   = [card_activity_{n}, card_profile_{n}, ticket_{n}]
  label      = fraud_label_{n}
  join       = point_in_time
  join_delay = 140m
  window     = 180d
  cutoff     = 45d
  split      = time {{ train = 80%  embargo = 45d }}
}}
training nightly_{n}: kubeflow {{
  every    = 1d
  runtime  = 2h
  strategy = single
  cpu      = 16
  memory   = 64GiB
  tracking = models_{n}
  image    = "registry.example.com/fraud/train:4.1.0"
  delays_joins = true
}}
registry models_{n}: mlflow {{ artifacts = model_files_{n} }}
lake model_files_{n}: s3 {{ retention = 730d }}
model scorer_{n} {{
  framework = xgboost
  dataset   = history_{n}
  training  = nightly_{n}
  registry  = models_{n}
  size      = 40MiB
  output    = probability
  gate      = recall_at_1_percent_fpr {{ at_least = 0.82  slices = [country] }}
}}
gateway edge_{n}: envoy {{
  host    = "fraud.payments.example.com"
  auth    = jwt
  issuer  = "https://login.payments.example.com"
  limit   = 2000/s
  latency {{ p50 = 0.6ms  p99 = 2.5ms  at = 1500/s }}
  availability = 99.99%
}}
endpoint decide_{n}: container "Fetches features, scores, applies the policy" {{
  image       = "registry.example.com/fraud/decide:3.0.2"
  features    = [card_activity_{n}, card_profile_{n}, ticket_{n}]
  latency     {{ p50 = 0.8ms  p99 = 3ms  at = 600/s }}
  concurrency = 8
  survives    = zone
  cpu         = 2
  memory      = 2GiB
  rejects_stale = true
  availability = 99.99%
}}
endpoint score_{n}: triton {{
  model       = scorer_{n}
  features    = [card_activity_{n}, card_profile_{n}, ticket_{n}]
  latency     {{ p50 = 4ms  p99 = 12ms  at = 150/s }}
  concurrency = 2
  batching    {{ size = 8 }}
  cpu         = 4
  memory      = 4GiB
  cold_start  = 2m
  availability = 99.9%
}}
endpoint rules_{n}: container "The rules that decided before there was a model" {{
  image       = "registry.example.com/fraud/rules:12.4.0"
  latency     {{ p50 = 0.5ms  p99 = 2ms  at = 1500/s }}
  concurrency = 4
  cpu         = 1
  memory      = 1GiB
  availability = 99.99%
}}
explainer reasons_{n}: container {{
  explains = score_{n}
  method   = treeshap
  image    = "registry.example.com/fraud/reasons:1.1.0"
}}
request authorise_{n} {{
  rate   = peak
  effect = significant
  budget {{ p50 <= 20ms  p99 <= 50ms }}
  body {{
    card_id: string
    amount:  float64  unit EUR
    country: string
  }}
  holdout = 0.5%
  call edge_{n}
  call decide_{n} {{
    call card_activity_{n}  timeout 15ms
    call card_profile_{n}  timeout 15ms
    call score_{n}  timeout 25ms  fallback rules_{n}
    call decisions_{n}  asynchronous
    call reasons_{n}  asynchronous
  }}
}}
review cases_{n}: label_studio {{
  from       = decisions_{n}
  request    = authorise_{n}
  fraction   = review_share
  reviewers  = 60
  throughput = 6/m
  deadline   = 4h
}}
feedback outcomes_{n} {{ from = cases_{n}  into = fraud_label_{n}  delay = 4h }}
experiment challenger_{n} {{
  kind      = shadow
  control   = score_{n}
  treatment = scorer_next_{n}
  request   = authorise_{n}
  gateway   = edge_{n}
  share     = 10%
  unit      = card_id
  duration  = 14d
}}
endpoint scorer_next_{n}: triton {{
  model       = scorer_{n}
  features    = [card_activity_{n}, card_profile_{n}, ticket_{n}]
  latency     {{ p50 = 4ms  p99 = 12ms  at = 150/s }}
  concurrency = 2
  replicas    = 2
  cpu         = 4
  memory      = 4GiB
  cold_start  = 2m
}}
monitor health_{n}: evidently {{
  watches   = score_{n}
  reference = history_{n}
  logs      = decisions_{n}
  every     = 1h
  image     = "registry.example.com/fraud/drift:1.3.0"
  alerts    = "risk-ml"
  slices    = [country]
  staleness = [model, features]
  drift     = psi {{ warn = 0.1  critical = 0.2  bins = 10  then = retrain  cooldown = 1d }}
}}
metrics telemetry_{n}: prometheus {{
  scrapes   = [
    edge_{n}, decide_{n}, score_{n}, rules_{n}, scorer_next_{n}, activity_{n},
    features_online_{n}, payments_{n},
  ]
  retention = 30d
}}
slo latency_{n} {{
  request = authorise_{n}
  metrics = telemetry_{n}
  target  {{ p99 <= 50ms  availability >= 99.9% }}
  window  = 30d
  alerts  = "risk-ml"
}}
warehouse sales_{n} {{ }}
pipeline totals_{n} {{
  reads  = payments_{n}
  writes = sales_{n}
  every  = 1d
  transform {{
    sql = "SELECT card_id, amount * 2 AS doubled FROM payments_{n}"
  }}
}}
index cases_index_{n} {{
  vectors    = 2_000_000
  dimensions = 128
  top        = 300
  latency    {{ p50 = 6ms  p99 = 22ms  at = 600/s }}
}}
tool block_{n} {{ effect = writes }}
prompt ask_{n} {{ part all tokens 1000 }}
"""
COMPONENTS_OF_A_CELL = 36


def wide(cells: int) -> str:
    """A design of many cells with one of nearly every role each."""
    return _HEAD + "".join(_CELL.format(n=n) for n in range(cells))
