"""Files of measurements: what each tool writes, and everything that is none."""

from __future__ import annotations

import json
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlsdc.compiler.analyses.latency import Latencies, RequestLatency
from mlsdc.compiler.latency.profile_formats import read_profile
from mlsdc.compiler.model.component import ServiceTime
from mlsdc.diagnostics import Diagnostic, Source, Span
from mlsdc.pipeline import check_written, read
from mlsdc.stdlib.find import standard_catalog

K6 = {"med": 4.1, "p(90)": 8.8, "p(95)": 11.0, "avg": 4.9, "min": 1.2, "max": 99.0}
VLLM = {
    "backend": "vllm", "completed": 4, "total_output_tokens": 800, "request_throughput": 2.5,
    "mean_ttft_ms": 120.0, "median_ttft_ms": 100.0, "p99_ttft_ms": 300.0,
    "median_tpot_ms": 10.0, "p99_tpot_ms": 15.0, "output_lens": [100, 200, 200, 300],
}  # fmt: skip
PROMETHEUS = """
# HELP http_request_duration_seconds answers
# TYPE http_request_duration_seconds histogram
http_request_duration_seconds_bucket{job="score",le="0.005"} 500
http_request_duration_seconds_bucket{job="score",le="0.01"} 900
http_request_duration_seconds_bucket{job="score",le="0.05"} 1000
http_request_duration_seconds_bucket{job="score",le="+Inf"} 1000
http_request_duration_seconds_sum{job="score"} 6.1
http_request_duration_seconds_count{job="score"} 1000
"""
WRK2 = """
  Thread Stats   Avg      Stdev     99%   +/- Stdev
  Latency Distribution (HdrHistogram - Recorded Latency)
 50.000%    2.36ms
 99.000%   18.73ms

  Detailed Percentile spectrum:
       Value   Percentile   TotalCount 1/(1-Percentile)

       0.921     0.000000            1         1.00
       2.000     0.500000         5001         2.00
       4.000     0.900000         9001        10.00
       5.000     0.950000         9501        20.00
      18.000     0.990000         9901       100.00
      30.000     0.999000         9991      1000.00
      43.231     1.000000        10000          inf
#[Mean    =        2.954, StdDeviation   =        3.123]
"""
WRK = """
  Latency Distribution
     50%  635.00us
     75%  712.00us
     90%    1.04ms
     99%    2.50ms
"""


def profile(text: str) -> ServiceTime:
    found = read_profile(text, "score.json")
    assert isinstance(found, ServiceTime), found
    return found


def test_a_histogram() -> None:
    text = json.dumps({"unit": "ms", "edges": [0, 1, 2, 4], "counts": [50, 40, 10], "at": 40})
    found = profile(text)

    assert found.histogram == ((0.0, 0.001, 0.002, 0.004), (50.0, 40.0, 10.0))
    assert found.quantiles[0.5] == pytest.approx(0.001)
    assert found.quantiles[0.95] == pytest.approx(0.003)
    assert (found.at, found.method, found.source) == (40.0, "measured", "histogram in score.json")


@pytest.mark.parametrize("values", [K6, {"type": "trend", "values": K6}])
def test_k6(values: object) -> None:
    found = profile(json.dumps({"metrics": {"http_req_duration": values}}))
    assert found.quantiles == pytest.approx({0.5: 0.0041, 0.9: 0.0088, 0.95: 0.011})


def test_prometheus_text() -> None:
    found = profile(PROMETHEUS)
    assert found.histogram is not None
    assert found.histogram[1] == (500.0, 400.0, 100.0)
    assert found.quantiles[0.9] == pytest.approx(0.010)
    assert found.quantiles[0.99] == pytest.approx(0.046)


def test_prometheus_query() -> None:
    """The answer of the HTTP API gives the same as the text."""
    buckets = {"0.005": "500", "0.01": "900", "0.05": "1000", "+Inf": "1000"}
    result = [
        {"metric": {"__name__": "http_request_duration_seconds_bucket", "le": le},
         "value": [1732700000.1, count]}
        for le, count in buckets.items()
    ]  # fmt: skip
    answer = {"status": "success", "data": {"resultType": "vector", "result": result}}
    assert profile(json.dumps(answer)).histogram == profile(PROMETHEUS).histogram


def test_what_lies_above_the_last_bucket_is_not_made_up() -> None:
    """2 % took longer than 50 ms, nobody knows how long: p99 is left to the fit."""
    found = profile(PROMETHEUS.replace('le="+Inf"} 1000', 'le="+Inf"} 1021'))
    assert found.histogram is None
    assert sorted(found.quantiles) == [0.5, 0.9, 0.95]


def test_milliseconds_are_told_by_the_name() -> None:
    text = PROMETHEUS.replace("_seconds_", "_milliseconds_")
    assert profile(text).quantiles[0.9] == pytest.approx(1e-5)


def test_wrk2_and_hdr_histogram() -> None:
    expected = {0.5: 0.002, 0.9: 0.004, 0.95: 0.005, 0.99: 0.018, 0.999: 0.030}
    assert profile(WRK2).quantiles == pytest.approx(expected)


def test_wrk() -> None:
    assert profile(WRK).quantiles == pytest.approx({0.5: 635e-6, 0.9: 0.00104, 0.99: 0.0025})


def test_vllm() -> None:
    found = profile(json.dumps(VLLM))
    assert found.quantiles == pytest.approx({0.5: 0.1, 0.99: 0.3})
    assert found.per_token == pytest.approx({0.5: 0.010, 0.99: 0.015})
    assert found.tokens == {0.5: 200.0, 0.99: 300.0}
    assert found.at == 2.5


def test_vllm_without_lengths_of_each_answer() -> None:
    told = {key: value for key, value in VLLM.items() if key != "output_lens"}
    assert profile(json.dumps(told)).tokens == {0.5: 200.0, 0.99: 200.0}
    bare = {key: value for key, value in told.items() if key != "completed"}
    assert "no lengths of answers" in str(read_profile(json.dumps(bare), "x"))


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "it is not a JSON histogram"),
        ("{", "it is not a JSON histogram"),
        ("[" * 100_000, "it is not a JSON histogram"),
        ("{}", "it is not a JSON histogram"),
        ('{"edges": [0, 1], "counts": [1, 2]}', "2 counts need 3 edges, not 2"),
        ('{"edges": [0, 2, 1], "counts": [1, 2]}', "its edges do not rise from 0"),
        ('{"edges": [0, 1], "counts": [0]}', "its counts are negative, or all 0"),
        ('{"edges": [0, 1], "counts": [1], "unit": "h"}', "its unit is `h`"),
        ('{"metrics": {"vus": {}}}', "neither `http_req_duration` nor"),
        ('{"metrics": {"http_req_duration": {"med": 4}}}', "fewer than two quantiles"),
        ('{"metrics": {"http_req_duration": {"med": 9, "p(90)": 4}}}', "do not rise from above 0"),
        ('a_bucket{le="+Inf"} 5', "fewer than two buckets"),
        ("Latency Distribution", "fewer than two quantiles"),
    ],
)
def test_what_is_no_measurement_says_why(text: str, reason: str) -> None:
    found = read_profile(text, "x.json")
    assert isinstance(found, str)
    assert reason in found


KEYS = ("edges", "counts", "unit", "at", "metrics", "http_req_duration", "med", "p(90)",
        "median_ttft_ms", "p99_ttft_ms", "data", "result", "output_lens")  # fmt: skip
NUMBER = st.one_of(st.floats(), st.integers(), st.none(), st.text(max_size=4))
JSON = st.recursive(
    NUMBER,
    lambda inner: st.lists(inner, max_size=4)
    | st.dictionaries(
        st.sampled_from(KEYS),
        inner, max_size=5,
    ),
    max_leaves=12,
)  # fmt: skip


@given(st.one_of(st.text(max_size=300), JSON.map(json.dumps)))
def test_nothing_raises_and_what_is_read_rises(text: str) -> None:
    found = read_profile(text, "x")
    if isinstance(found, ServiceTime):
        times = [found.quantiles[level] for level in sorted(found.quantiles)]
        assert times == sorted(times)
        assert 0 < times[0] <= times[-1] < math.inf


DESIGN = """
endpoint score { latency { profile = "score.json" } }
request ask {
  rate = 5/s
  budget { p99 <= 50ms }
  call score
}
"""


def checked(text: str, files: dict[str, str]) -> tuple[list[Diagnostic], RequestLatency]:
    def load(file: str, target: str, place: Span) -> Source | Diagnostic:
        from mlsdc.compiler.composition_rules import IMPORT_MISSING

        if target in files:
            return Source(target, files[target])
        return IMPORT_MISSING.at(place, f"there is no file `{target}`")

    written = read([Source("design.mlsd", text)], standard_catalog(), load)
    outcome = check_written(written)
    (one,) = outcome.compiled
    return outcome.diagnostics, one.facts.get(Latencies).requests["ask"]


def test_a_design_is_measured_by_its_file() -> None:
    text = json.dumps({"unit": "ms", "edges": [0, 10, 20, 40], "counts": [50, 40, 10], "at": 40})
    said, latency = checked(DESIGN, {"score.json": text})

    assert said == []
    assert latency.independent(0.9) == pytest.approx(0.020, rel=0.01)
    assert latency.hops[0].source == "histogram in score.json"


def test_what_the_design_states_wins() -> None:
    stated = DESIGN.replace('"score.json"', '"score.json"  p50 = 1ms  p99 = 2ms  at = 9/s')
    text = json.dumps({"unit": "ms", "edges": [0, 10], "counts": [50]})
    assert checked(stated, {"score.json": text})[1].independent(0.99) == pytest.approx(0.002)


@pytest.mark.parametrize(
    ("files", "message"),
    [
        (dict[str, str](), "there is no file `score.json`"),
        ({"score.json": "{}"}, "nothing was measured in `score.json`: it is not a JSON histogram"),
    ],
)
def test_a_file_that_cannot_be_read_is_one_error(files: dict[str, str], message: str) -> None:
    said, latency = checked(DESIGN, files)

    (found,) = [d for d in said if d.code == "TYP040"]
    assert found.message.startswith(message)
    assert DESIGN[found.span.start : found.span.end] == '"score.json"'
    assert latency.missing == ("score.latency",)
