"""Policy files: what they move and demand, and how their mistakes are told."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mlsdc.cli.known_rules import known_rules
from mlsdc.compiler.policies.policy import NO_POLICY, Policy, is_fixed, settle
from mlsdc.compiler.policies.profiles import PROFILES
from mlsdc.compiler.policies.read_policy import read_policy
from mlsdc.diagnostics import Diagnostic, Severity, Source, Span
from mlsdc.pipeline import Outcome, check
from mlsdc.stdlib.find import standard_catalog

FILE = "mlsdc.toml"
DESIGN = """\
system shop { tier = production }
endpoint score {
  latency { p50 = 8ms  p99 = 30ms  at = 100/s }
}
endpoint spare { owner = "ml" }
request rank {
  rate = 200/s
  budget { p99 <= 20ms }
  call score
}
"""


def read(text: str) -> tuple[Policy, list[Diagnostic]]:
    return read_policy(Source(FILE, text), known_rules().values(), standard_catalog())


def policy(text: str) -> Policy:
    """A policy without a mistake."""
    made, said = read(text)
    assert said == []
    return made


def mistake(text: str) -> tuple[str, str]:
    """The only mistake of a policy: its code, and the text it points at."""
    _, said = read(text)
    assert [d.code for d in said] == [said[0].code]
    return said[0].code, text[said[0].span.start : said[0].span.end]


def judged(under: Policy, design: str = DESIGN) -> Outcome:
    return check([Source("design.mlsd", design)], standard_catalog(), policy=under)


def severities(under: Policy, design: str = DESIGN) -> dict[str, str]:
    return {d.code: d.severity.word for d in judged(under, design).diagnostics}


def test_an_empty_policy_demands_nothing() -> None:
    assert replace(policy(""), places={}) == NO_POLICY
    assert severities(policy("# nothing\n")) == severities(NO_POLICY)


def test_everything_a_policy_can_say() -> None:
    made = policy(
        'profile = "prod"\n'
        "[severity]\n"
        '"path-over-budget" = "warning"\n'
        'LAT003 = "off"\n'
        "[policy]\n"
        'unsuppressible = ["label-leakage", "CAP001"]\n'
        'require = ["owner", "tier"]\n'
        'fail_on = "note"\n'
        "require_evidence = true\n"
        "[policy.require_fields]\n"
        'endpoint = ["owner", "latency.p99"]\n'
    )
    assert made.profile == "prod"
    assert made.severities == {"LAT002": Severity.WARNING, "LAT003": None}
    assert made.unsuppressible == {"TSC022", "CAP001"}
    assert made.require == ("owner", "tier")
    assert made.require_fields == {"endpoint": ("owner", "latency.p99")}
    assert (made.fail_on, made.require_evidence) == (Severity.NOTE, True)


@pytest.mark.parametrize(
    ("text", "code", "place"),
    [
        ('profil = "dev"\n', "POL011", "profil"),
        ('profile = "prd"\n', "POL012", "profile"),
        ("profile = 3\n", "POL012", "profile"),
        ("profile = 2027-01-01\n", "POL012", "profile"),
        ('severity = "error"\n', "POL012", "severity"),
        ("[sevrity]\n", "POL011", "sevrity"),
        ('[severity]\n"path-over-buget" = "error"\n', "POL013", '"path-over-buget"'),
        ('[severity]\nLAT002 = "fatal"\n', "POL012", "LAT002"),
        ("[severity]\nLAT002 = false\n", "POL012", "LAT002"),
        ('[severity]\nLAT002 = "off"\npath-over-budget = "off"\n', "POL012", "path-over-budget"),
        ('[severity]\nunknown-name = "off"\n', "POL014", "unknown-name"),
        ('[severity]\nEMT001 = "note"\n', "POL014", "EMT001"),
        ('[severity]\nwrong-policy-value = "off"\n', "POL014", "wrong-policy-value"),
        ('[policy]\nunsupressible = ["LAT002"]\n', "POL011", "unsupressible"),
        ('[policy]\nunsuppressible = "LAT002"\n', "POL012", "unsuppressible"),
        ("[policy]\nunsuppressible = [\n  1,\n]\n", "POL012", "unsuppressible"),
        ('[policy]\nunsuppressible = [\n  "CAP001",\n  "LAT02",\n]\n', "POL013", '"LAT02"'),
        ('[policy]\nrequire = ["owner", "ower"]\n', "POL012", '"ower"'),
        ('[policy]\nfail_on = "off"\n', "POL012", "fail_on"),
        ("[policy]\nrequire_evidence = 1\n", "POL012", "require_evidence"),
        ('policy.require = ["ower"]\n', "POL012", '"ower"'),
        ('policy = { require = ["ower"] }\n', "POL012", "policy"),
        ('[policy.require_fields]\nendpiont = ["owner"]\n', "POL011", "endpiont"),
        ('[policy.require_fields]\nendpoint = ["latency.p98"]\n', "POL012", '"latency.p98"'),
        ('[policy.require_fields]\nendpoint = "owner"\n', "POL012", "endpoint"),
        ("profile = \n", "POL010", "\n"),
        ("a = 1\na = 2\n", "POL010", "\n"),
        ("[policy\n", "POL010", "\n"),
    ],
)
def test_a_mistake_is_told_at_its_key(text: str, code: str, place: str) -> None:
    found, at = mistake(text)
    assert found == code
    assert place in at or code == "POL010"


def test_a_mistake_near_a_name_says_what_was_meant() -> None:
    _, said = read('profil = "dev"\n[severity]\npath-over-buget = "eror"\n')
    assert [d.help for d in said] == [
        "did you mean `profile`?",
        "did you mean `path-over-budget`?",
        'path-over-buget = "error"',
    ]


def test_mistakes_hide_nothing_else() -> None:
    made, said = read('profile = "prd"\n[severity]\nLAT002 = "note"\nLAT003 = 1\n')
    assert len(said) == 2
    assert made.severities == {"LAT002": Severity.NOTE}


def test_a_system_field_of_one_system_may_be_required() -> None:
    assert policy('[policy.require_fields]\nstream = ["partitions"]\n').require_fields


@settings(max_examples=150, deadline=None)
@given(st.text(alphabet="[]=\"'.,#\n profileseverityLAT0123{}tru-", max_size=120))
def test_any_text_gives_a_policy_or_a_finding_in_the_file(text: str) -> None:
    made, said = read(text)
    assert isinstance(made, Policy)
    assert all(d.span.file == FILE and d.code.startswith("POL") for d in said)
    assert all(0 <= d.span.start <= d.span.end <= len(text) + 1 for d in said)


def test_a_number_of_very_many_digits() -> None:
    assert mistake(f"profile = {'1' * 5000}\n")[0] == "POL010"


def blocks(language: str) -> list[str]:
    page = Path(__file__).parents[2] / "docs" / "policy.md"
    found = re.findall(rf"```{language}\n(.*?)```", page.read_text("utf-8"), re.S)
    assert found
    return found


@pytest.mark.parametrize("text", blocks("toml"))
def test_the_policies_of_the_page_can_be_read(text: str) -> None:
    policy(text)


@pytest.mark.parametrize("text", blocks("mlsd"))
def test_the_allowances_of_the_page_can_be_followed(text: str) -> None:
    outcome = judged(NO_POLICY, text)
    assert outcome.diagnostics == []
    assert outcome.suppressed


def test_severities_are_moved_and_switched_off() -> None:
    assert severities(NO_POLICY)["LAT002"] == "error"
    assert severities(policy('[severity]\nLAT002 = "warning"\n'))["LAT002"] == "warning"
    assert "LAT002" not in severities(policy('[severity]\nLAT002 = "off"\n'))
    assert not judged(policy('[severity]\nLAT002 = "note"\n')).failed


def test_what_could_not_decide_stays_a_note() -> None:
    open_ = DESIGN.replace("call score", "call score\n  call spare")
    (undecided,) = [d for d in judged(NO_POLICY, open_).diagnostics if d.undecided]
    moved = policy(f'[severity]\n{undecided.code} = "error"\n')
    (still,) = [d for d in judged(moved, open_).diagnostics if d.undecided]
    assert still.severity is Severity.NOTE


def test_the_file_outweighs_the_profile() -> None:
    dev = policy('profile = "dev"\n')
    assert severities(dev)["LAT002"] == "warning"
    assert (
        severities(policy('profile = "dev"\n[severity]\nLAT002 = "error"\n'))["LAT002"] == "error"
    )


def test_an_off_rule_is_no_unused_allowance() -> None:
    design = DESIGN.replace("<= 20ms }", '<= 20ms } # mlsdc: allow(LAT002) because "x"')
    off = "".join(f'{code} = "off"\n' for code in ("LAT002", "LAT016", "MON011", "REL017"))
    outcome = judged(policy(f"[severity]\n{off}"), design)
    assert outcome.diagnostics == []
    assert outcome.suppressed == []


@pytest.mark.parametrize("profile", sorted(PROFILES))
def test_a_profile_moves_severities_and_nothing_else(profile: str) -> None:
    def told(under: Policy) -> list[tuple[str, str, Span]]:
        return [(d.code, d.message, d.span) for d in judged(under).diagnostics]

    assert told(Policy(profile=profile)) == told(NO_POLICY)


@pytest.mark.parametrize("profile", sorted(PROFILES))
def test_a_profile_speaks_of_rules_and_says_why(profile: str) -> None:
    families = {"CAP", "LAT", "TSC", "REL", "SEC", "EXP", "MON", "LLM", "POL", "SUP"}
    for move in PROFILES[profile]:
        assert move.codes in known_rules() or move.codes in families
        assert move.before is not move.after
        assert move.reason


def test_no_policy_moves_what_is_fixed() -> None:
    for profile in PROFILES:
        for code, rule in known_rules().items():
            if is_fixed(code, rule.severity):
                hard = Policy(profile=profile, severities={code: None})
                found = rule.at(Span("d", 0, 1), "x")
                assert settle([found], hard) == [found]


def test_the_system_owes_its_fields() -> None:
    demanding = policy('[policy]\nrequire = ["owner", "tier"]\n')
    (found,) = [d for d in judged(demanding).diagnostics if d.code == "POL001"]
    assert found.message == "the system states no `owner`, which the policy requires"
    assert found.labels[0].span.file == FILE
    bare = DESIGN.partition("\n")[2]
    absent = [d for d in judged(demanding, bare).diagnostics if d.code == "POL001"]
    assert ["there is no system block" in d.message for d in absent] == [True, True]
    assert all(d.span == Span("design.mlsd", 0, 0) for d in absent)


def test_components_owe_the_fields_of_their_role() -> None:
    demanding = policy('[policy.require_fields]\nendpoint = ["owner", "latency.p99"]\n')
    found = [d for d in judged(demanding).diagnostics if d.code == "POL002"]
    assert [(d.subject, d.help) for d in found] == [
        ("score", "endpoint score { owner = ... }"),
        ("spare", "endpoint spare { latency { p99 = ... } }"),
    ]


def test_the_owner_of_the_system_speaks_for_its_components() -> None:
    demanding = policy('[policy.require_fields]\nendpoint = ["owner"]\n')
    owned = DESIGN.replace("tier = production", 'owner = "ml"')
    assert "POL002" not in severities(demanding, owned)


def test_a_broken_component_owes_nothing() -> None:
    demanding = policy('[policy.require_fields]\nendpoint = ["owner"]\n')
    broken = DESIGN.replace("p50 = 8ms", "p50 = 8GiB")
    assert "POL002" not in severities(demanding, broken)


def test_a_demand_may_be_waived_with_a_reason_unless_the_policy_forbids_it() -> None:
    comment = '# mlsdc: allow(required-role-field) because "a stub"\nendpoint score'
    design = DESIGN.replace("endpoint score", comment)
    demand = '[policy.require_fields]\nendpoint = ["owner"]\n'
    assert "POL002" not in severities(policy(demand), design)
    strict = f'[policy]\nunsuppressible = ["required-role-field"]\n{demand}'
    found = judged(policy(strict), design).diagnostics
    (refused,) = [d for d in found if d.code == "SUP006"]
    assert "POL002" in {d.code for d in found}
    place = refused.labels[0].span
    assert strict[place.start : place.end] == '"required-role-field"'
