"""A verdict in, JSON out; version 1 of the form."""

from __future__ import annotations

import json
import math
from typing import Any

from mlsdc.compiler.experiments.compare import Comparison, GuardrailResult
from mlsdc.compiler.experiments.plan import Plan
from mlsdc.compiler.experiments.results import Results
from mlsdc.compiler.experiments.verdict import Verdict


def as_json(plan: Plan, results: Results, verdict: Verdict) -> str:
    """One object; a number that is not finite is null."""
    best = verdict.best
    ratio = verdict.sample_ratio
    found = {
        "version": 1,
        "verdict": best.decision if best else None,
        "reason": best.reason if best else srm_reason(verdict),
        "control": plan.control,
        "treatment": best.variant if best else None,
        "alpha": plan.alpha,
        "look": {"number": plan.look.number, "of": plan.look.of, "spending": plan.look.spending,
                 "alpha": verdict.alpha} if plan.look else None,
        "correction": plan.correction,
        "rows": results.rows,
        "sample_ratio": {
            "units": dict(zip(verdict.variants, ratio.counts, strict=True)),
            "expected": dict(zip(verdict.variants, ratio.expected, strict=True)),
            "planned": bool(plan.allocation),
            "chi_squared": ratio.statistic,
            "p_value": ratio.p_value,
            "alarm_below": ratio.alarm,
            "mismatch": ratio.mismatch,
        },
        "treatments": [
            {
                "variant": one.variant,
                "verdict": one.decision,
                "reason": one.reason,
                "primary": _comparison(one.primary),
                "guardrails": [_guardrail(g) for g in one.guardrails],
            }
            for one in verdict.rulings
        ],
        "secondary": [_comparison(one) for one in verdict.secondary],
        "segments": [_comparison(one) for one in verdict.segments],
        "unjudged_guardrails": list(plan.unjudged),
        "skipped": list(verdict.skipped),
    }  # fmt: skip
    return json.dumps(_finite(found), indent=2, ensure_ascii=False, allow_nan=False)


def srm_reason(verdict: Verdict) -> str:
    """Why there is no verdict."""
    ratio = verdict.sample_ratio
    return (
        f"the units are not divided as planned (sample ratio mismatch, p = {ratio.p_value:.3g} "
        f"< {ratio.alarm:g}): find the cause before anything is read from the results"
    )


def _comparison(one: Comparison) -> dict[str, Any]:
    found = one.difference
    return {
        "metric": one.metric,
        "kind": one.kind,
        "variant": one.variant,
        "segment": one.segment,
        "control": found.control,
        "treatment": found.treatment,
        "difference": found.value,
        "relative": found.relative,
        "interval": [found.low, found.high],
        "p_value": found.p_value,
        "adjusted_p_value": one.adjusted_p,
        "method": found.method,
    }


def _guardrail(one: GuardrailResult) -> dict[str, Any]:
    return {
        "guardrail": one.guardrail.text,
        "state": one.state,
        "control": one.difference.control,
        "treatment": one.difference.treatment,
        "difference": one.difference.value,
        "interval": [one.difference.low, one.difference.high],
        "margin": one.margin,
    }


def _finite(value: Any) -> Any:
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, dict):
        return {key: _finite(item) for key, item in value.items()}  # pyright: ignore[reportUnknownVariableType]
    if isinstance(value, list):
        return [_finite(item) for item in value]  # pyright: ignore[reportUnknownVariableType]
    return value
