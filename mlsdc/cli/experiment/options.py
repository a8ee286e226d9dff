"""Options of `mlsdc experiment analyze` in, a plan out.

Raises `Unusable` with one line for a value that cannot be followed.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import cast, get_args

from mlsdc.cli.outputs import Unusable
from mlsdc.compiler.experiments.plan import KINDS, Guardrail, Kind, Look, Metric, Plan
from mlsdc.compiler.statistics.multiple_testing import METHODS, Method
from mlsdc.compiler.statistics.sequential import Spending
from mlsdc.diagnostics import nearest

_GUARDRAIL = re.compile(r"\s*(.+?)\s*(<=|>=)\s*([+-]?)\s*([0-9.eE+-]+)\s*(%?)\s*")


@dataclass(frozen=True, slots=True)
class Wish:
    """The options as they were typed; `None` and empty ones were not given."""

    control: str | None = None
    primary: str | None = None
    secondary: Sequence[str] = ()
    ratios: Sequence[str] = ()
    kinds: Sequence[str] = ()
    guardrails: Sequence[str] = ()
    alpha: float | None = None
    correction: str = "holm"
    allocation: str | None = None
    lower_is_better: bool = False
    minimum_effect: str | None = None
    covariate: str | None = None
    look: str | None = None
    spending: str = "obrien_fleming"
    unjudged: Sequence[str] = field(default_factory=tuple[str, ...])


def plan_of(wish: Wish) -> Plan:
    """The plan that the options describe."""
    if wish.primary is None:
        raise Unusable("name the metric that decides: --metric COLUMN")
    alpha = 0.05 if wish.alpha is None else wish.alpha
    if not 0.0 < alpha < 0.5:
        raise Unusable(f"--alpha lies between 0 and 0.5, this is {alpha:g}")
    metrics = _Metrics(wish)
    guardrails = tuple(_guardrail(text, metrics) for text in wish.guardrails)
    plan = Plan(
        control=wish.control or "control",
        primary=metrics.named(wish.primary),
        secondary=tuple(
            metrics.named(name) for name in dict.fromkeys(wish.secondary) if name != wish.primary
        ),
        guardrails=guardrails,
        unjudged=tuple(wish.unjudged),
        alpha=alpha,
        correction=cast("Method", _word("--correction", wish.correction, METHODS)),
        allocation=_allocation(wish.allocation),
        higher_is_better=not wish.lower_is_better,
        minimum_effect=_share("--minimum-effect", wish.minimum_effect),
        covariate=wish.covariate,
        look=_look(wish),
    )
    metrics.check_used(plan)
    if plan.covariate and plan.primary.denominator:
        raise Unusable("--covariate wants a primary metric that is no ratio")
    return plan


class _Metrics:
    """Metrics by name, with their kinds and ratios."""

    def __init__(self, wish: Wish) -> None:
        self._ratios: dict[str, tuple[str, str]] = {}
        self._kinds: dict[str, Kind] = {}
        for text in wish.ratios:
            name, equals, columns = text.partition("=")
            above, slash, below = columns.partition("/")
            if not (equals and slash and name.strip() and above.strip() and below.strip()):
                raise Unusable(f"--ratio {text}: write NAME=NUMERATOR/DENOMINATOR")
            self._ratios[name.strip()] = (above.strip(), below.strip())
        for text in wish.kinds:
            name, equals, kind = text.partition("=")
            if not equals or not name.strip():
                raise Unusable(f"--kind {text}: write COLUMN=KIND")
            self._kinds[name.strip()] = cast("Kind", _word("--kind", kind.strip(), KINDS[:-1]))

    def named(self, name: str) -> Metric:
        """The metric of this name: a ratio, or the column itself."""
        if name in self._ratios:
            above, below = self._ratios[name]
            return Metric(name, above, below, "ratio")
        return Metric(name, name, None, self._kinds.get(name))

    def check_used(self, plan: Plan) -> None:
        """Refuse a ratio or a kind that no metric has."""
        used = {metric.name for metric in plan.metrics}
        for option, names in (("--ratio", self._ratios), ("--kind", self._kinds)):
            for name in names:
                if name not in used:
                    raise Unusable(
                        f"{option} {name}: no metric has this name; add --metric, --secondary or "
                        f"--guardrail"
                    )


def _guardrail(text: str, metrics: _Metrics) -> Guardrail:
    """`revenue>=-1%` and `latency_ms<=+5` against the control; `approval>=0.94` as a limit."""
    found = _GUARDRAIL.fullmatch(text)
    if found is None:
        raise Unusable(
            f"--guardrail {text}: write METRIC>=-1% or METRIC<=+5 (against the control), or "
            "METRIC>=0.94 (the treatment itself)"
        )
    name, operator, sign, number, percent = found.groups()
    amount = _finite("--guardrail", text, number) / (100.0 if percent else 1.0)
    if sign == "-":
        amount = -amount
    harmless = (operator == ">=") == (sign == "-")
    if sign and not harmless:
        raise Unusable(
            f"--guardrail {text}: a margin is harm allowed, {name}>=-... for a fall or "
            f"{name}<=+... for a rise"
        )
    return Guardrail(
        metrics.named(name), ">=" if operator == ">=" else "<=", amount,
        against_control=bool(sign), relative=bool(sign and percent), text=text,
    )  # fmt: skip


def _finite(option: str, text: str, number: str) -> float:
    try:
        value = float(number)
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise Unusable(f"{option} {text}: `{number}` is no number")
    return value


def _share(option: str, text: str | None) -> float | None:
    if text is None:
        return None
    number = text.strip()
    value = _finite(option, text, number.rstrip("%"))
    value = value / 100.0 if number.endswith("%") else value
    if value <= 0.0:
        raise Unusable(f"{option} {text}: must be more than 0")
    return value


def _allocation(text: str | None) -> dict[str, float]:
    if text is None:
        return {}
    found: dict[str, float] = {}
    for part in text.split(","):
        name, equals, number = part.partition("=")
        if not equals or not name.strip():
            raise Unusable(f"--allocation {text}: write NAME=SHARE,NAME=SHARE")
        if name.strip() in found:
            raise Unusable(f"--allocation {text}: `{name.strip()}` stands twice")
        share = _share("--allocation", number)
        found[name.strip()] = share or 0.0
    total = math.fsum(found.values())
    if abs(total - 1.0) > 1e-6:
        raise Unusable(f"--allocation {text}: the shares sum to {total:.4g}, not to 1")
    return found


def _look(wish: Wish) -> Look | None:
    if wish.look is None:
        return None
    found = re.fullmatch(r"\s*(\d{1,3})\s*/\s*(\d{1,3})\s*", wish.look)
    if found is None or not 1 <= int(found[1]) <= int(found[2]) <= 50:
        raise Unusable(f"--look {wish.look}: write NUMBER/OF, such as 2/5; at most 50 looks")
    spending = _word("--spending", wish.spending, get_args(Spending))
    return Look(int(found[1]), int(found[2]), cast("Spending", spending))


def _word(option: str, text: str, known: Sequence[str]) -> str:
    word = text.replace("-", "_")
    if word not in known:
        near = nearest(word, known)
        hint = f"did you mean {near}?" if near else "one of " + ", ".join(known)
        raise Unusable(f"{option} {text}: {hint}")
    return word
