"""The text of a file of measurements in, a service time out, or why it is none.

Formats: a JSON histogram (`unit`, `edges`, `counts`, `at`); a Prometheus histogram, as text or as
the answer of a query; a k6 summary; the tables of wrk, wrk2 and HdrHistogram; a result of
`vllm bench serve`. Laws: times are seconds from here on; what lies above the last closed bucket is
not made up; nothing raises, whatever the text.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping
from typing import Any, cast

from mlsdc.compiler.latency.profile_buckets import (
    LEVELS,
    UNITS,
    WrongError,
    between,
    counted,
    cumulative_buckets,
    exposed,
    seconds_of_metric,
)
from mlsdc.compiler.model.component import ServiceTime

KNOWN = (
    "a JSON histogram with `edges` and `counts`, a Prometheus histogram, a k6 summary, a wrk2 or "
    "HdrHistogram table, or a result of `vllm bench serve`"
)


def read_profile(text: str, name: str) -> ServiceTime | str:
    """The service time that a file holds; a reason where it holds none."""
    try:
        return _checked(_read(text, name))
    except WrongError as error:
        return str(error)
    except (ValueError, TypeError, LookupError, AttributeError, ArithmeticError, RecursionError):
        return f"it is not {KNOWN}"


def _read(text: str, name: str) -> ServiceTime:
    if text.lstrip()[:1] in ("{", "["):
        data: Any = json.loads(text)
        if isinstance(data, dict):
            return _json(cast("dict[str, Any]", data), name)
    elif "_bucket{" in text:
        return cumulative_buckets(exposed(text), seconds_of_metric(text), name)
    elif re.search(r"^\s*Value\s+Percentile", text, re.MULTILINE):
        return _tabled(text, name)
    elif "Latency Distribution" in text:
        return _distributed(text, name)
    raise WrongError(f"it is not {KNOWN}")


def _json(data: Mapping[str, Any], name: str) -> ServiceTime:
    if "edges" in data and "counts" in data:
        return counted(data, name)
    if "metrics" in data:
        return _k6(data["metrics"], name)
    if any(key.endswith("_ttft_ms") for key in data):
        return _vllm(data, name)
    if "data" in data and "result" in data["data"]:
        buckets = {one["metric"]["le"]: float(one["value"][1]) for one in data["data"]["result"]}
        names = {str(one["metric"].get("__name__", "")) for one in data["data"]["result"]}
        scale = 1e-3 if any("milliseconds" in n or n.endswith("_ms_bucket") for n in names) else 1.0
        return cumulative_buckets(buckets, scale, name)
    raise WrongError(f"it is not {KNOWN}")


_K6 = {"med": 0.5, "p(50)": 0.5, "p(90)": 0.9, "p(95)": 0.95, "p(99)": 0.99, "p(99.9)": 0.999}


def _k6(metrics: Mapping[str, Any], name: str) -> ServiceTime:
    duration = metrics.get("http_req_duration") or metrics.get("grpc_req_duration")
    if duration is None:
        raise WrongError("its k6 summary has neither `http_req_duration` nor `grpc_req_duration`")
    values = duration.get("values", duration)
    found = {_K6[key]: float(values[key]) / 1000 for key in _K6 if key in values}
    return ServiceTime(found, "measured", f"k6 summary in {name}")


def _tabled(text: str, name: str) -> ServiceTime:
    """The detailed spectrum: value in milliseconds, share, count."""
    rows = re.findall(r"^\s*(\d+\.?\d*)\s+(0\.\d+|1\.0+)\s+\d+", text, re.MULTILINE)
    pairs = sorted({(float(share), float(value) / 1000) for value, share in rows})
    if len(pairs) < 2:
        raise WrongError("its table has fewer than two rows")
    shares, times = [share for share, _ in pairs], [time for _, time in pairs]
    found = {level: between(shares, times, level) for level in LEVELS}
    return ServiceTime(found, "measured", f"HdrHistogram table in {name}")


def _distributed(text: str, name: str) -> ServiceTime:
    """The short table of wrk: `99%  12.31ms`."""
    rows = re.findall(r"^\s*(\d+\.?\d*)%\s+(\d+\.?\d*)(us|ms|s|m)\b", text, re.MULTILINE)
    every = {float(share) / 100: float(value) * UNITS[unit] for share, value, unit in rows}
    found = {level: time for share, time in every.items() for level in LEVELS
             if abs(share - level) < 1e-9}  # fmt: skip
    return ServiceTime(found, "measured", f"wrk table in {name}")


def _vllm(data: Mapping[str, Any], name: str) -> ServiceTime:
    """Time to the first token, time of each other one, and lengths of the answers."""
    first, each = _named(data, "ttft"), _named(data, "tpot")
    lengths = sorted(float(n) for n in data.get("output_lens") or ())
    if lengths:
        tokens = {level: max(1.0, lengths[min(int(level * len(lengths)), len(lengths) - 1)])
                  for level in (0.5, 0.99)}  # fmt: skip
    elif data.get("completed") and data.get("total_output_tokens"):
        mean = float(data["total_output_tokens"]) / float(data["completed"])
        tokens = {0.5: max(1.0, mean), 0.99: max(1.0, mean)}
    else:
        raise WrongError("it tells no lengths of answers: `output_lens`, or `completed` and "
                          "`total_output_tokens`")  # fmt: skip
    rate = data.get("request_throughput")
    return ServiceTime(
        first, "measured", f"vLLM benchmark in {name}", float(rate) if rate else None,
        per_token=each, tokens=tokens,
    )  # fmt: skip


def _named(data: Mapping[str, Any], what: str) -> dict[float, float]:
    found: dict[float, float] = {}
    for key, value in data.items():
        if key == f"median_{what}_ms":
            found[0.5] = float(value) / 1000
        match = re.fullmatch(rf"p(\d+(?:\.\d+)?)_{what}_ms", key)
        level = float(match[1]) / 100 if match else 0.0
        near = next((each for each in LEVELS if abs(each - level) < 1e-9), None)
        if near is not None:
            found[near] = float(value) / 1000
    return found


def _checked(found: ServiceTime) -> ServiceTime:
    """The same where a distribution can have it."""
    for quantiles in (found.quantiles, found.per_token, found.tokens):
        if quantiles is None:
            continue
        times = [quantiles[level] for level in sorted(quantiles)]
        if len(times) < 2:
            raise WrongError("it tells fewer than two quantiles")
        if not times[0] > 0 or times != sorted(times) or not times[-1] < math.inf:
            raise WrongError("its quantiles do not rise from above 0")
    return found
