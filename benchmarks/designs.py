"""Designs of any size, for measuring: the same few shapes again and again, connected."""

from __future__ import annotations

_HEAD = """\
system bench "A design made for measuring" { owner = "bench"  tier = production }
param peak: rate = 40/s
entity user { key user_id: string }
online_store online: redis { nodes = 3  memory = 8GiB }
lake history: s3 { format = parquet }
feature_store store: feast { online = online  offline = history }
"""

_CELL = """\
stream events_{n}: kafka {{
  rate       = {rate}/s
  event_size = 500B
  retention  = 7d
  event {{
    user_id: string
    amount:  float64    unit EUR
    at:      timestamp  event_time
  }}
}}
pipeline job_{n}: flink {{
  reads       = events_{n}
  writes      = online
  parallelism = 2
  watermark   = 2s
  slide       = 1s
  image       = "registry.example.com/bench/job:1.0.{n}"
}}
features view_{n} {{
  entity    = user
  store     = store
  computed  = job_{n}
  freshness = 10s
  lookback  = 30d
  max_age   = 30d
  count_{n}: int64   = count() over 10m  default 0
  spend_{n}: float64 = sum(amount) over 1h  default 0
}}
endpoint serve_{n}: container {{
  image       = "registry.example.com/bench/serve:1.0.{n}"
  latency     {{ p50 = 2ms  p99 = 8ms  at = 300/s }}
  concurrency = 8
  cpu         = 2
  memory      = 2GiB
  rejects_stale = true
}}
request ask_{n} {{
  rate   = peak
  budget {{ p50 <= 30ms  p99 <= 80ms }}
  call serve_{n} {{
    call view_{n}  timeout 20ms
  }}
}}
"""
COMPONENTS_OF_A_CELL = 5


def design(components: int) -> str:
    """A design of about this many components; a fifth of them are requests."""
    cells = max(1, (components - 5) // COMPONENTS_OF_A_CELL)
    return _HEAD + "".join(_CELL.format(n=n, rate=100 + n % 50) for n in range(cells))
