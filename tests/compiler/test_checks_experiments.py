"""What experiments and monitors need, in numbers; what is not stated is named, never guessed."""

from __future__ import annotations

import math

import pytest
from scipy import stats
from statsmodels.stats.power import NormalIndPower
from statsmodels.stats.proportion import proportion_effectsize

from mlsdc.compiler.analyses.experiments import Experiments, Exposure
from mlsdc.compiler.analyses.monitoring import Monitoring, Watch
from mlsdc.compiler.figures import Figure, Unknown
from mlsdc.diagnostics import Severity
from tests.compiler.checking import fact, only, said

PARTS = "endpoint old { }\nendpoint new { }\n"
METRIC = "metric = clicks { baseline = 0.1  minimum_effect = 5% }"


def experiment(*lines: str, before: str = PARTS) -> str:
    body = "\n".join(("control = old", "treatment = new", *lines))
    return f"{before}experiment e {{\n{body}\n}}\n"


def exposure(*lines: str) -> Exposure:
    return fact(experiment(*lines), Experiments).of["e"]


def number(known: Figure | Unknown) -> float:
    assert isinstance(known, Figure), known
    return known.value


def test_required_units() -> None:
    """Against statsmodels, which uses arcsines: within half a percent."""
    found = number(exposure(METRIC, "share = 50%").required)
    oracle = NormalIndPower().solve_power(proportion_effectsize(0.105, 0.1), alpha=0.05, power=0.8)
    assert found == pytest.approx(2 * oracle, rel=0.005)


def test_uneven_shares_need_more() -> None:
    """1 / (4 r (1 - r)) times an even split, about."""
    even = number(exposure(METRIC, "share = 50%").required)
    uneven = number(exposure(METRIC, "share = 10%").required)
    assert uneven / even == pytest.approx(1 / (4 * 0.1 * 0.9), rel=0.04)


def test_three_variants_share_alpha_and_traffic() -> None:
    """Two treatments of a third each need half as much again, and more where corrected."""
    two = number(exposure(METRIC, "share = 50%").required)
    plain = number(exposure(METRIC, "share = 33.333333%", "variants = 3").required)
    corrected = number(
        exposure(METRIC, "share = 33.333333%", "variants = 3", "correction = holm").required
    )
    assert plain / two == pytest.approx(1.5, rel=0.001)
    z = stats.norm.ppf
    grown = ((z(0.9875) + z(0.8)) / (z(0.975) + z(0.8))) ** 2
    assert corrected / plain == pytest.approx(grown, rel=0.005)


def test_planned_looks_cost_units() -> None:
    """Pocock's five looks about 1.2 times as many."""
    fixed = number(exposure(METRIC, "share = 50%").required)
    looks = "test = group_sequential { looks = 5  spending = pocock }"
    assert number(exposure(METRIC, "share = 50%", looks).required) / fixed == pytest.approx(
        1.22, abs=0.03
    )


def test_a_mean_wants_its_deviation() -> None:
    """A baseline above 1 is no share."""
    revenue = "metric = revenue { baseline = 20  minimum_effect = 5% }"
    assert exposure(revenue, "share = 50%").required == Unknown(("e.metric.deviation",))
    stated = "metric = revenue { baseline = 20  deviation = 30  minimum_effect = 5% }"
    found = number(exposure(stated, "share = 50%").required)
    z = stats.norm.ppf(0.975) + stats.norm.ppf(0.8)
    assert found == pytest.approx(2 * math.ceil(2 * z**2 * 30**2), abs=2)


@pytest.mark.parametrize(
    ("lines", "missing"),
    [
        (("metric = clicks { baseline = 0.1 }", "share = 50%", "units = 9/d", "duration = 7d"),
         ("e.metric.minimum_effect",)),
        ((METRIC, "share = 50%", "duration = 14d"), ("e.units",)),
        ((METRIC, "share = 50%", "units = 9000/d"), ("e.duration",)),
        ((METRIC, "share = 100%", "units = 9000/d", "duration = 9d"),
         ("a possible share, effect and power of e",)),
    ],
)  # fmt: skip
def test_power_is_undecided_where_something_is_missing(
    lines: tuple[str, ...], missing: tuple[str, ...]
) -> None:
    """And the note names all of it."""
    found = only(experiment(*lines), "EXP001")
    assert found.undecided
    assert found.missing == missing


def test_a_missing_metric_is_told_once() -> None:
    """By EXP002, and not as an unknown size as well."""
    text = experiment("share = 50%")
    assert said(text, "EXP001") == []
    assert len(said(text, "EXP002")) == 1


def test_even_the_peak_is_too_little() -> None:
    """Requests at their peak, each a new unit, bound what can enter: that decides it."""
    request = PARTS + "request r {\n  rate = 1/m\n  call old\n}\n"
    text = experiment(METRIC, "share = 50%", "duration = 14d", "request = r", before=request)
    found = only(text, "EXP001")
    assert not found.undecided
    assert "at most 20160 units" in found.message
    plenty = text.replace("1/m", "100/s")
    assert only(plenty, "EXP001").missing == ("e.units",)


@pytest.mark.parametrize("kind", ["shadow", "canary"])
def test_what_decides_nothing_needs_no_power(kind: str) -> None:
    """A shadow or a canary has no metric, no power, no correction."""
    found = said(experiment(f"kind = {kind}", "guardrails { errors <= 1% }"))
    assert [d.code for d in found if d.code.startswith("EXP")] == []


def test_the_label_outlasts_the_experiment() -> None:
    """Through the endpoint's model and its dataset."""
    before = (
        "source s { }\nlabel l { from = s  matures = 45d }\ndataset d { label = l }\n"
        "model m { dataset = d }\nendpoint old { model = m }\nendpoint new { }\n"
    )
    found = only(experiment("duration = 14d", before=before), "EXP012")
    assert "45d" in found.message
    assert found.help == "duration = 45d"


def watch(
    drift: str, *, rate: str = "10/s", every: str = "1h", columns: str = "a: float64"
) -> Watch:
    text = f"""
        entity user {{ key user_id: string }}
        features f {{ entity = user  {columns} }}
        endpoint rank {{ features = [f] }}
        request r {{
          rate = {rate}
          call rank
        }}
        monitor m {{ watches = rank  every = {every}  drift = {drift} }}
    """
    return fact(text, Monitoring).of["m"]


def test_chance_of_a_threshold() -> None:
    """By the chi-squared law of the index, with a reference without end and one window long."""
    found = watch("psi { warn = 0.01  bins = 10 }", rate="0.5/s")
    assert number(found.rows) == 1800
    assert number(found.false_alarm) == pytest.approx(stats.chi2.sf(0.01 * 1800, 9))
    assert number(found.false_alarm_at_most) == pytest.approx(stats.chi2.sf(0.01 * 900, 9))


def test_false_alarms_of_a_month() -> None:
    """Features times windows times the chance of each."""
    found = watch("chi_squared { warn = 0.01 }", columns="a: string  b: string")
    assert number(found.per_month) == pytest.approx(2 * 720 * 0.01)


@pytest.mark.parametrize(
    ("drift", "missing"),
    [
        ("psi { warn = 0.1 }", "m.drift.bins"),
        ("psi { bins = 10 }", "m.drift.warn"),
        ("wasserstein { warn = 0.1 }", "how far chance moves m.drift"),
    ],
)
def test_unknown_chance(drift: str, missing: str) -> None:
    """What is not stated is named."""
    assert watch(drift).false_alarm == Unknown((missing,))


def test_equivalent_thresholds_have_equal_chances() -> None:
    """psi = 2 KL = 8 JS ln 2, near no drift."""
    psi = number(watch("psi { warn = 0.004  bins = 10 }").false_alarm)
    kl = number(watch("kl { warn = 0.002  bins = 10 }").false_alarm)
    distance = math.sqrt(0.004 / 8 / math.log(2))
    js = number(watch(f"jensen_shannon {{ warn = {distance:.12f}  bins = 10 }}").false_alarm)
    assert kl == pytest.approx(psi)
    assert js == pytest.approx(psi, rel=1e-6)
    ks = number(watch("ks { warn = 0.01 }").false_alarm)
    assert ks == pytest.approx(min(1, 2 * stats.kstwobign.sf(0.01 * 36000**0.5) / 2), rel=0.01)


def test_a_tier_is_asked_for_once() -> None:
    """A design that states none gets one note, of the check that matters most."""
    text = "model m { }\nendpoint rank { model = m }\nsource s { }\npipeline p { reads = s }\n"
    asked = [d for d in said(text) if "system.tier" in d.missing]
    assert [d.code for d in asked] == ["MON001"]
    experimental = "system s { tier = experimental }\n" + text
    assert [d.code for d in said(experimental) if d.code.startswith("MON")] == []


def test_noise_is_told_as_noise() -> None:
    """A window of 200 rows passes 0.1 in more windows than one in twenty."""
    text = """
        entity user { key user_id: string }
        features f { entity = user  a: float64 }
        endpoint rank { features = [f] }
        monitor m {
          watches = rank
          every = 1h
          drift = psi { warn = 0.05  bins = 10  rows = 200 }
        }
    """
    found = only(text, "MON003")
    assert found.severity is Severity.WARNING
    assert "35%" in found.message  # scipy.stats.chi2.sf(10, 9) = 0.3505


@pytest.mark.parametrize(
    "monitor",
    ["every = 1us  drift = psi { warn = 1e300  bins = 99999999999  rows = 999999999999999 }",
     "every = 1000000y  drift = ks { warn = 1e300 }",
     "every = 1h  drift = jensen_shannon { warn = 0  bins = 1  rows = 1 }",
     "every = 1h  drift = psi { warn = -1  bins = 2  rows = 1 }"],
)  # fmt: skip
def test_extremes(monitor: str) -> None:
    """No number of a design makes a check fail."""
    text = f"""
        endpoint rank {{ }}
        endpoint other {{ }}
        request r {{
          rate = 1e300/s
          call rank
        }}
        monitor m {{ watches = rank  {monitor} }}
        experiment e {{
          control = rank
          treatment = other
          share = 0.0001%
          units = 1e300/d
          variants = 99999999999
          metric = q {{ baseline = 1e308  deviation = 1e-308  minimum_effect = 100% }}
          duration = 1e9d
          power = 100%
          test = group_sequential {{ looks = 100000 }}
        }}
    """
    assert [d.message for d in said(text) if d.code[:3] in ("INT", "SYN")] == []
