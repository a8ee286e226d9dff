"""Which of the seven conditions of consistency are decided."""

from __future__ import annotations

from pathlib import Path

import pytest

from mlsdc.compiler.analyses.callers import Callers
from mlsdc.compiler.analyses.evidence import Evidence
from mlsdc.compiler.consistency.conditions import CODES, CONDITIONS, Condition, conditions
from mlsdc.compiler.schedule import standard_checks
from tests.compiler.checking import outcome

FRAUD = (Path(__file__).parents[2] / "examples" / "fraud" / "design.mlsd").read_text()


def judged(text: str, endpoint: str = "score", environment: str = "prod") -> dict[str, Condition]:
    (made,) = outcome(text, environment).compiled
    found = made.facts.get(Evidence).of[endpoint]
    said = conditions(made.design, made.facts.get(Callers), found, made.diagnostics)
    return {one.name: one for one in said}


def verdicts(text: str, endpoint: str = "score", environment: str = "prod") -> str:
    """`hhhuhuu`: the first letters, in order."""
    return "".join(one.verdict[0] for one in judged(text, endpoint, environment).values())


def test_the_example() -> None:
    """What is decided, and what it would take to decide the rest."""
    found = judged(FRAUD)

    assert list(found) == list(CONDITIONS)
    assert verdicts(FRAUD) == "hhhuhuu"
    assert found["C2"].because == ("weakest evidence: shared, card_activity.tx_count_10m",)
    assert found["C4"].missing == ("scorer.signature", "scorer.preprocessing")
    assert found["C6"].because == ("not to be seen in a design; watched by health",)
    assert found["C7"].missing == ("scorer.max_staleness",)
    assert judged(FRAUD, "scorer_next")["C6"].missing == ("a monitor of scorer_next",)


@pytest.mark.parametrize(
    ("old", "new", "name", "code"),
    [
        ("  features   = [card_activity, card_profile, ticket]\n",
         "  features   = [card_profile, ticket]\n", "C1", "TSC001"),
        ("  computed    = profile\n", '  computed    = profile\n  offline { code = "a@1" }\n'
         '  online { code = "b@2" }\n', "C2", "TSC003"),
        ("  join       = point_in_time\n", "  join       = latest\n", "C3", "TSC011"),
        ("  join_delay = 140m\n", "", "C3", "TSC034"),
        ("spend_1h:     float64", "spend_1h:     int64", "C4", "TSC005"),
        ("mean(amount) over 30d", "count(disputed_at) over 30d", "C5", "TSC022"),
        ("  freshness   = 30h\n", "  freshness   = 20h\n", "C7", "TSC019"),
    ],
)  # fmt: skip
def test_a_fault_fails_its_condition(old: str, new: str, name: str, code: str) -> None:
    """And no other one than its own."""
    assert FRAUD.count(old) == 1
    before, after = judged(FRAUD), judged(FRAUD.replace(old, new))

    assert after[name].verdict == "fails"
    assert any(why.startswith(f"{code}: ") for why in after[name].because)
    failed = [one.name for one in after.values() if one.verdict == "fails"]
    assert failed == [name]
    assert before[name].verdict != "fails"


@pytest.mark.parametrize(
    ("old", "new", "name", "missing"),
    [
        ("  join       = point_in_time\n", "", "C3", "history.join"),
        ("  label      = fraud_label\n", "", "C5", "history.label"),
        ("  matures = 45d\n", "", "C5", "fraud_label.matures"),
        ("  computed  = activity  # one definition, both paths\n", "", "C2",
         "evidence for card_activity.tx_count_10m"),
        ("  dataset   = history\n", "", "C1", "scorer.dataset"),
    ],
)  # fmt: skip
def test_silence_is_no_verdict(old: str, new: str, name: str, missing: str) -> None:
    """What is not stated makes a condition undecided, and is named."""
    assert FRAUD.count(old) == 1
    found = judged(FRAUD.replace(old, new))[name]

    assert found.verdict == "undecided"
    assert missing in found.missing


def test_another_pair_is_not_touched() -> None:
    """What one endpoint lacks says nothing about another that serves the same model."""
    old = "endpoint scorer_next: triton {\n  model       = scorer\n"
    text = FRAUD.replace(old, old + "  feature_versions = latest\n")

    assert verdicts(text, "score") == "hhhuhuu"
    assert judged(text, "scorer_next")["C1"].verdict == "fails"


def test_every_check_of_the_family_judges_one_condition() -> None:
    """A check that no condition counts would be lost; 29, 40 and 48 are about cost and proof."""
    listed = [number for numbers in CODES.values() for number in numbers]
    apart = {29, 40, 48}

    assert len(listed) == len(set(listed))
    for one in standard_checks():
        if one.rule.code.startswith("TSC"):
            assert int(one.rule.code[3:]) in {*listed, *apart}, one.rule.code
