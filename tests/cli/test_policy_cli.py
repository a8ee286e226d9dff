"""Policy files and allowances on the command line: where a policy is found, and what is shown."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.conftest import SLOW, SOUND, UNDECIDED, WARNED, Ended

Design = Callable[..., str]
Mlsdc = Callable[..., Ended]
ALLOWED = SLOW.replace("p99 <= 20ms }", 'p99 <= 20ms } # mlsdc: allow(LAT002) because "until May"')
LENIENT = '[severity]\n"path-over-budget" = "warning"\n'


@pytest.fixture(autouse=True)
def _project(here: Path) -> None:
    """Nothing above the test's own folder is looked at."""
    (here / ".git").mkdir()


def test_a_suppressed_finding_is_counted(mlsdc: Mlsdc, design: Design) -> None:
    ended = mlsdc("check", design(ALLOWED))
    assert ended.code == 0
    assert "LAT002" not in ended.out
    assert ended.last.endswith("0 errors, 0 warnings, 1 suppressed")
    assert "suppressed" not in mlsdc("check", design(SOUND)).last


def test_json_keeps_what_is_suppressed(mlsdc: Mlsdc, design: Design) -> None:
    from jsonschema import Draft202012Validator

    import mlsdc.cli.formats as formats

    told = json.loads(mlsdc("check", design(ALLOWED), "-o", "json").out)
    (one,) = told["suppressed"]
    assert (one["reason"], one["until"]) == ("until May", None)
    assert (one["diagnostic"]["code"], one["place"]["start"]["line"]) == ("LAT002", 10)
    assert told["diagnostics"] == []
    folder = Path(formats.__file__).parent
    schema = json.loads((folder / "report.schema.json").read_text("utf-8"))
    Draft202012Validator(schema).validate(told)


def test_sarif_keeps_what_is_suppressed(mlsdc: Mlsdc, design: Design) -> None:
    def results(text: str) -> list[dict[str, object]]:
        ended = mlsdc("check", design(text), "-o", "sarif")
        return json.loads(ended.out)["runs"][0]["results"]

    (plain,), (accepted,) = results(SLOW), results(ALLOWED)
    assert "suppressions" not in plain
    (suppression,) = accepted["suppressions"]  # type: ignore[misc]
    assert suppression["kind"] == "inSource"
    assert suppression["justification"] == "until May"
    assert plain["partialFingerprints"] == accepted["partialFingerprints"]


def test_junit_skips_what_is_suppressed(mlsdc: Mlsdc, design: Design) -> None:
    out = mlsdc("check", design(ALLOWED), "-o", "junit").out
    assert out.count('<skipped message="accepted: until May"/>') == 2
    assert "<failure" not in out


def test_compile_proceeds_where_the_only_error_is_accepted(
    mlsdc: Mlsdc, design: Design, here: Path
) -> None:
    assert mlsdc("compile", design(SLOW), "--target", "diagrams").code == 1
    assert not (here / "out").exists()
    assert mlsdc("compile", design(ALLOWED), "--target", "diagrams").code == 0
    assert (here / "out" / "prod").is_dir()


def test_today_ends_an_allowance(mlsdc: Mlsdc, design: Design) -> None:
    dated = ALLOWED.replace('"until May"', '"x" until 2027-03-01')
    assert mlsdc("check", design(dated)).code == 0
    assert mlsdc("check", design(dated), "--today", "2027-03-01").code == 0
    over = mlsdc("check", design(dated), "--today", "2027-03-02")
    assert over.code == 1
    assert "warning[SUP002]" in over.out
    strict = mlsdc("check", design(dated), "--today", "2027-03-02", "--profile", "prod")
    assert "error[SUP002]" in strict.out


@pytest.mark.parametrize("today", ["tomorrow", "2027-02-30", "2027-3-1", ""])
def test_a_day_that_is_none(mlsdc: Mlsdc, design: Design, today: str) -> None:
    ended = mlsdc("check", design(), "--today", today)
    assert ended.code == 2
    assert "YYYY-MM-DD" in ended.err


@pytest.mark.parametrize("folder", ["", "a/", "a/b/"])
def test_a_policy_is_found_beside_the_design_or_above(
    mlsdc: Mlsdc, design: Design, folder: str
) -> None:
    design(LENIENT, "mlsdc.toml")
    ended = mlsdc("check", design(SLOW, f"{folder}design.mlsd"))
    assert ended.code == 0
    assert "warning[LAT002]" in ended.out


def test_the_nearest_policy_holds(mlsdc: Mlsdc, design: Design) -> None:
    design(LENIENT, "mlsdc.toml")
    design("", "a/mlsdc.toml")
    assert mlsdc("check", design(SLOW, "a/design.mlsd")).code == 1


def test_no_policy_is_taken_from_above_the_project(
    mlsdc: Mlsdc, design: Design, here: Path
) -> None:
    design(LENIENT, "mlsdc.toml")
    (here / "a" / ".git").mkdir(parents=True)
    assert mlsdc("check", design(SLOW, "a/design.mlsd")).code == 1


def test_a_named_policy_outweighs_a_found_one(mlsdc: Mlsdc, design: Design) -> None:
    design(LENIENT, "mlsdc.toml")
    other = design("", "other.toml")
    assert mlsdc("check", design(SLOW), "--policy", other).code == 1


def test_a_policy_that_is_missing(mlsdc: Mlsdc, design: Design) -> None:
    ended = mlsdc("check", design(), "--policy", "gone.toml")
    assert ended.code == 2
    assert "gone.toml: error[POL010]" in ended.out


@pytest.mark.parametrize("content", [b"\xff\xfe", b"profile = ", b"\0", b"x" * (2**20 + 1)])
def test_a_policy_of_any_bytes_is_a_finding(mlsdc: Mlsdc, design: Design, content: bytes) -> None:
    design(content, "mlsdc.toml")
    ended = mlsdc("check", design())
    assert ended.code == 2
    assert "error[POL010]" in ended.out


def test_a_wrong_policy_is_told_with_the_findings_of_the_design(
    mlsdc: Mlsdc, design: Design
) -> None:
    design('profil = "dev"\n', "mlsdc.toml")
    ended = mlsdc("check", design(SLOW))
    assert ended.code == 2
    assert "mlsdc.toml:1:1: error[POL011] there is no key `profil`" in ended.out
    assert '1 | profil = "dev"\n  | ^^^^^^\n' in ended.out
    assert "error[LAT002]" in ended.out
    assert mlsdc("compile", design()).code == 2


@pytest.mark.parametrize("format", ["json", "sarif", "github", "gitlab", "junit", "markdown"])
def test_every_format_tells_of_the_policy(mlsdc: Mlsdc, design: Design, format: str) -> None:
    design('profil = "dev"\n[policy]\nrequire = ["owner"]\n', "mlsdc.toml")
    out = mlsdc("check", design(), "-o", format).out
    assert "POL011" in out or format == "junit"
    assert "profil" in out
    assert "mlsdc.toml" in out


def test_options_outweigh_the_policy(mlsdc: Mlsdc, design: Design) -> None:
    design('[policy]\nfail_on = "warning"\n', "mlsdc.toml")
    assert mlsdc("check", design(WARNED)).code == 1
    assert mlsdc("check", design(WARNED), "--fail-on", "error").code == 0
    design("[policy]\nrequire_evidence = true\n", "mlsdc.toml")
    assert mlsdc("check", design(UNDECIDED)).code == 1
    assert mlsdc("check", design(UNDECIDED), "--no-require-evidence").code == 0
    design('profile = "dev"\n', "mlsdc.toml")
    assert mlsdc("check", design(SLOW)).code == 0
    assert mlsdc("check", design(SLOW), "--profile", "prod").code == 1


def test_a_profile_that_is_none(mlsdc: Mlsdc, design: Design) -> None:
    ended = mlsdc("check", design(), "--profile", "test")
    assert ended.code == 2
    assert "regulated" in ended.err


def test_unused_allowances_are_told_where_everything_was_examined(
    mlsdc: Mlsdc, design: Design
) -> None:
    unused = SOUND + '# mlsdc: allow(unused-value) because "x"\nlet a = 1\n'
    assert "SUP003" not in mlsdc("check", design(unused)).out
    calm = SOUND.replace("p99 <= 50ms }", 'p99 <= 50ms } # mlsdc: allow(LAT002) because "x"')
    assert "warning[SUP003]" in mlsdc("check", design(calm)).out
    assert "SUP003" not in mlsdc("check", design(calm), "--env", "dev").out
    assert "SUP003" not in mlsdc("check", design(calm), "--set", "peak=1/s").out


def row(ended: Ended, name: str) -> list[str]:
    (found,) = [line for line in ended.out.splitlines() if line.startswith(name)]
    return found.split()[1:]


def test_config_shows_defaults(mlsdc: Mlsdc, here: Path) -> None:
    assert here.is_dir()
    ended = mlsdc("config")
    assert ended.code == 0
    assert row(ended, "policy") == ["none", "default"]
    assert row(ended, "profile") == ["none", "default"]
    assert row(ended, "fail-on") == ["error", "default"]
    assert row(ended, "today")[0] == "none"


def test_config_shows_where_settings_come_from(mlsdc: Mlsdc, design: Design) -> None:
    text = f'profile = "regulated"\n{LENIENT}[policy]\nfail_on = "note"\nrequire = ["owner"]\n'
    design(text, "mlsdc.toml")
    name = design(SOUND, "a/design.mlsd")
    ended = mlsdc("config", name, "--fail-on", "warning", "--no-require-evidence")
    assert ended.code == 0
    assert row(ended, "policy") == ["mlsdc.toml", "found"]
    assert row(ended, "profile") == ["regulated", "mlsdc.toml:1"]
    assert row(ended, "fail-on") == ["warning", "--fail-on"]
    assert row(ended, "require-evidence") == ["no", "--no-require-evidence"]
    assert row(ended, "LAT002")[1:] == ["warning", "mlsdc.toml:3"]
    assert row(ended, "require of the system")[-2:] == ["owner", "mlsdc.toml:6"]
    assert row(ended, "SUP002")[1:4] == ["error", "profile", "regulated:"]


def test_config_tells_what_is_wrong(mlsdc: Mlsdc, design: Design) -> None:
    design('profil = "dev"\n', "mlsdc.toml")
    ended = mlsdc("config")
    assert ended.code == 2
    assert "error[POL011]" in ended.err
    assert row(ended, "profile") == ["none", "default"]


def test_config_of_a_design_that_is_not_there(mlsdc: Mlsdc, here: Path) -> None:
    ended = mlsdc("config", "nowhere.mlsd")
    assert (ended.code, ended.out) == (2, "")
    assert ended.err == "mlsdc: error: nowhere.mlsd: there is no such file\n"
