"""Modules that come with mlsdc: each of their patterns in a design that compiles."""

from __future__ import annotations

import re

import pytest

from mlsdc.cli.find_targets import find_targets
from mlsdc.diagnostics import Severity, Source
from mlsdc.dsl.format import format as format_design
from mlsdc.dsl.parse import parse
from mlsdc.pipeline import check, emit
from mlsdc.stdlib.find import standard_catalog
from mlsdc.stdlib.modules import load_module, module_names
from tests.compiler.composing import NO_PLACE

BASE = """
stream events: kafka {
  rate = 10/s  retention = 7d  lag = 1s  event_size = 1KiB
  event { user_id: string  at: timestamp event_time }
}
registry models: mlflow { artifacts = files }
lake files: s3 { retention = 30d }
model scorer { framework = xgboost  registry = models }
"""
USES = {
    "serving": """
use answered(scorer, "registry.example.com/a:1", peak = 50/s) as score
use answered_in_time(
  scorer, "registry.example.com/a:1", simple_image = "registry.example.com/b:1", peak = 50/s,
) as rank
""",
    "features": """
use streaming_store(events, "registry.example.com/sink:1", keys = 10_000) as store
use streaming_job(events, into = store_fast, image = "registry.example.com/job:1") as job
""",
    "monitoring": """
endpoint score: container {
  model    = scorer
  image    = "registry.example.com/a:1"
  latency  { p50 = 2ms  p99 = 9ms  at = 100/s }
}
gateway edge: envoy {
  host = "a.example.com"  auth = none  latency { p50 = 1ms  p99 = 2ms  at = 900/s }
}
request ask {
  rate = 10/s
  budget { p99 <= 50ms }
  call edge
  call score
  call events  asynchronous
}
label bought { from = events  type = bool  horizon = 1d  matures = 2d }
dataset rows { spine = events  label = bought  join = point_in_time }
metrics telemetry: prometheus { scrapes = [score, edge]  retention = 30d }
use drift_watched(score, rows, events, "registry.example.com/drift:1", team = "ml") as drift
use objective(ask, telemetry, p99 = 50ms, team = "ml") as fast_enough
""",
}


def test_every_module_is_tried() -> None:
    assert module_names() == tuple(sorted(USES))


@pytest.mark.parametrize("name", USES)
def test_a_module_makes_a_design_that_compiles(name: str) -> None:
    text = f'import "std:{name}"\n{BASE}{USES[name]}'
    outcome = check([Source("design.mlsd", text)], standard_catalog())
    assert [d.message for d in outcome.diagnostics if d.severity is Severity.ERROR] == []
    files, said = emit(outcome, find_targets([]))
    assert said == []
    assert len(list(files)) > 10


@pytest.mark.parametrize("name", USES)
def test_every_pattern_of_a_module_is_used_here(name: str) -> None:
    module = load_module(f"std:{name}", NO_PLACE)
    assert isinstance(module, Source)
    assert {*re.findall(r"^pattern (\w+)", module.text, re.M)} == {
        *re.findall(r"^use (\w+)", USES[name], re.M)
    }


@pytest.mark.parametrize("name", USES)
def test_modules_are_laid_out(name: str) -> None:
    module = load_module(f"std:{name}", NO_PLACE)
    assert isinstance(module, Source)
    assert format_design(parse(module.text, module.file)[0], module.text) == module.text
