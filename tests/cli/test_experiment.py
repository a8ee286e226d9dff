"""`mlsdc experiment`: results and aims in, a verdict or a size out; each mistake is one line."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.conftest import Ended

Run = Callable[..., Ended]
DESIGN = """\
system shop { tier = internal }
endpoint control { latency { p50 = 8ms  p99 = 30ms  at = 100/s } }
endpoint treatment { latency { p50 = 8ms  p99 = 30ms  at = 100/s } }
request rank {
  rate = 20/s
  call control
}
experiment ranking {
  control      = control
  treatment    = treatment
  share        = 50%
  metric       = converted { baseline = 0.1  minimum_effect = 50% }
  significance = 1%
  guardrails   { revenue >= 0.5  complaints <= 1% }
}
"""


def table(control: int = 100, treatment: int = 160, units: int = 1000) -> str:
    """Results of two arms, by conversions."""
    lines = ["user,variant,converted,revenue,country"]
    for name, successes in (("control", control), ("treatment", treatment)):
        for at in range(units):
            country = "de" if at % 2 else "fr"
            lines.append(f"{name}{at},{name},{int(at < successes)},{1 + at % 5 / 10},{country}")
    return "\n".join(lines) + "\n"


@pytest.fixture
def analyze(here: Path, mlsdc: Run) -> Run:
    """Analyse a table."""

    def call(text: str | bytes, *options: str, name: str = "results.csv") -> Ended:
        (here / name).write_bytes(text.encode() if isinstance(text, str) else text)
        return mlsdc("experiment", "analyze", name, *options)

    return call


def test_ship(analyze: Run) -> None:
    """The decision stands first, then what it rests on."""
    ended = analyze(table(), "--metric", "converted", "--guardrail", "revenue>=-5%",
                    "--segment", "country", "--secondary", "revenue")  # fmt: skip
    first, *rest = ended.out.splitlines()
    assert (ended.code, ended.err) == (0, "")
    assert first == "ship: `converted` is better, and every guardrail is kept"
    assert any(line.startswith("primary converted (binary, newcombe)") for line in rest)
    assert any(line.startswith("guardrail revenue>=-5%, treatment: kept") for line in rest)
    assert sum(line.startswith("segment ") for line in rest) == 2
    assert any("sample ratio: chi-squared 0, p = 1: no mismatch" in line for line in rest)


def test_json(analyze: Run) -> None:
    """The same as an object, with every number."""
    ended = analyze(table(), "--metric", "converted", "--json")
    found = json.loads(ended.out)
    primary = found["treatments"][0]["primary"]
    assert (found["verdict"], found["version"]) == ("ship", 1)
    assert found["sample_ratio"]["units"] == {"control": 1000, "treatment": 1000}
    assert primary["difference"] == pytest.approx(0.06)
    assert primary["interval"][0] < 0.06 < primary["interval"][1]
    assert primary["p_value"] == primary["adjusted_p_value"] < 0.001


def test_mismatch(analyze: Run) -> None:
    """No verdict, and exit code 1."""
    text = table() + "x,control,1,1,de\n" * 400
    ended = analyze(text, "--metric", "converted")
    assert ended.code == 1
    assert ended.out.startswith("no verdict: the units are not divided as planned")
    assert "primary" not in ended.out
    found = json.loads(analyze(text, "--metric", "converted", "--json").out)
    assert found["verdict"] is None
    assert found["sample_ratio"]["mismatch"] is True
    planned = "control=0.5833333333,treatment=0.4166666667"
    assert analyze(text, "--metric", "converted", "--allocation", planned).code == 0


def test_kinds_and_units(analyze: Run) -> None:
    """A ratio, a total of a unit's rows, and a fall that is the gain."""
    text = "user,variant,clicks,views,late\n" + "".join(
        f"u{at // 2},{'a' if at // 2 % 2 else 'b'},{at % 3},{2 + at % 4},{at % 2}\n"
        for at in range(400)
    )
    ended = analyze(text, "--metric", "ctr", "--ratio", "ctr=clicks/views", "--control", "a",
                    "--unit", "user", "--secondary", "clicks", "--kind", "clicks=total",
                    "--lower-is-better")  # fmt: skip
    assert ended.code == 0
    assert "primary ctr (ratio, delta method)" in ended.out
    assert "secondary clicks (total, welch)" in ended.out
    assert "400 rows; those of one unit are added up" in ended.out


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("control5,control,1", "control5,control,yes",
         "results.csv: row 7, column `converted`: `yes` is no number"),
        ("control5,control,1", "control5,control,nan",
         "results.csv: row 7, column `converted`: `nan` is no finite number"),
        ("control5,control,1", "control5,control,",
         "results.csv: row 7, column `converted`: the cell is empty; state the value, or leave the "
         "unit out knowingly"),
        ("control5,control,1", "control5,,1", "results.csv: row 7, column `variant`: the cell is "
         "empty"),
        ("control5,control,1,1.0,de", "control5,control,1,1.0",
         "results.csv: row 7, column `country`: the row has 4 cells, the header 5"),
        ("control5,control,1,1.0,de", "control5,control,1,1.0,de,6",
         "results.csv: row 7, column `country`: the row has 6 cells, the header 5"),
        ("converted", "convertd",
         "results.csv: row 1: there is no column `converted`; did you mean `convertd`?"),
        ("revenue", "user", "results.csv: row 1: two columns are named `user`"),
        ("control5,control", '"control5,control', "results.csv: row 7: this is no CSV: unexpected "
         "end of data"),
    ],
)  # fmt: skip
def test_wrong_rows(analyze: Run, old: str, new: str, said: str) -> None:
    """One clear line with the row and the column."""
    text = table().replace(old, new, 1)
    assert text != table()
    ended = analyze(text, "--metric", "converted")
    assert (ended.code, ended.out) == (2, "")
    assert ended.err.splitlines() == [f"mlsdc: error: {said}"]


def test_many_wrong_rows(analyze: Run) -> None:
    """Twenty are told, the rest is counted."""
    ended = analyze(table().replace(",1,", ",one,"), "--metric", "converted")
    lines = ended.err.splitlines()
    assert ended.code == 2
    assert len(lines) == 21
    assert lines[-1] == "mlsdc: error: results.csv: 240 more wrong rows"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "the file is empty"),
        ("variant,converted\n", "there are no rows below the header"),
        ("variant,converted\na,1\nb,0\n", "no variant `control`"),
        ("variant,converted\ncontrol,1\ncontrol,0\n", "only one variant"),
        ("variant;converted\ncontrol;1\n", "separated by commas"),
        (b"variant,converted\ncontrol,\xff\n", "this is not UTF-8 text: byte 0xff"),
        (b"variant,converted\ncontrol,1\x00\n", "row 2"),
        ("variant,converted\ncontrol,1\ntreatment,1\n", "1 of the 2 units"),
        ("variant,converted\n" + "".join(f"{at},1\n" for at in range(200)), "--variant COLUMN"),
    ],
)
def test_wrong_files(analyze: Run, text: str | bytes, said: str) -> None:
    """One line, exit code 2, no traceback."""
    ended = analyze(text, "--metric", "converted")
    assert (ended.code, ended.out) == (2, "")
    assert len(ended.err.splitlines()) == 1
    assert said in ended.err


def test_unreadable_files(here: Path, mlsdc: Run) -> None:
    """Nothing there, a folder, and Parquet."""
    (here / "folder").mkdir()
    (here / "rows.parquet").write_bytes(b"no parquet")
    for name, said in (("none.csv", "no such file"), ("folder", "is a directory")):
        ended = mlsdc("experiment", "analyze", name, "--metric", "x")
        assert ended.code == 2
        assert said in ended.err
    ended = mlsdc("experiment", "analyze", "rows.parquet", "--metric", "x")
    assert ended.code == 2
    assert "this is no Parquet" in ended.err


def test_parquet_without_pyarrow(here: Path, mlsdc: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """What to install is told."""
    monkeypatch.setitem(sys.modules, "pyarrow.parquet", None)
    ended = mlsdc("experiment", "analyze", "rows.parquet", "--metric", "x")
    assert ended.code == 2
    assert "pip install pyarrow" in ended.err


def test_parquet(here: Path, mlsdc: Run, analyze: Run) -> None:
    """The same numbers as from CSV."""
    import pyarrow.csv
    import pyarrow.parquet

    expected = analyze(table(), "--metric", "converted", "--json").out
    pyarrow.parquet.write_table(pyarrow.csv.read_csv("results.csv"), here / "results.parquet")
    assert mlsdc("experiment", "analyze", "results.parquet", "--metric", "converted",
                 "--json").out == expected  # fmt: skip


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ([], "--metric COLUMN"),
        (["--alpha", "0.7"], "--alpha lies between"),
        (["--correction", "holmes"], "did you mean holm?"),
        (["--guardrail", "revenue"], "write METRIC>=-1%"),
        (["--guardrail", "revenue>=+1%"], "a margin is harm allowed"),
        (["--guardrail", "revenue>=-e%"], "no number"),
        (["--allocation", "control=0.5"], "sum to 0.5"),
        (["--allocation", "control=50%,third=50%"], "no unit is in `third`"),
        (["--allocation", "control"], "write NAME=SHARE"),
        (["--ratio", "ctr"], "write NAME=NUMERATOR/DENOMINATOR"),
        (["--ratio", "ctr=a/b"], "no metric has this name"),
        (["--kind", "converted=mode"], "one of"),
        (["--look", "6/5"], "write NUMBER/OF"),
        (["--minimum-effect", "-1%"], "must be more than 0"),
        (["--experiment", "ranking"], "add --design"),
        (["--control", "contrl"], "did you mean `control`?"),
    ],
)
def test_wrong_options(analyze: Run, options: list[str], said: str) -> None:
    """One line that says what to type."""
    metric = ["--metric", "converted"] if options else []
    ended = analyze(table(), *metric, *options)
    assert (ended.code, ended.out) == (2, "")
    assert len(ended.err.splitlines()) == 1
    assert said in ended.err


def test_plan_from_the_design(analyze: Run, design: Callable[..., str]) -> None:
    """Metric, alpha, allocation and guardrails are the design's; what has no column stays open."""
    ended = analyze(table(), "--design", design(DESIGN), "--experiment", "ranking", "--json")
    found = json.loads(ended.out)
    assert found["alpha"] == 0.01
    assert found["sample_ratio"]["planned"] is True
    assert found["treatments"][0]["guardrails"][0]["state"] == "kept"
    assert found["unjudged_guardrails"] == ["complaints <= 1%"]
    assert found["verdict"] == "iterate"
    ended = analyze(table(), "--design", "design.mlsd", "--experiment", "rankin")
    assert ended.code == 2
    assert "did you mean `ranking`?" in ended.err
    typed = analyze(table(), "--design", "design.mlsd", "--alpha", "0.2", "--json")
    assert json.loads(typed.out)["alpha"] == 0.2


def test_a_broken_design(analyze: Run, design: Callable[..., str]) -> None:
    """Its own mistakes are told, and nothing is analysed."""
    ended = analyze(table(), "--design", design("endpoint {"), "--experiment", "ranking")
    assert ended.code != 0
    assert ended.out == ""
    assert "Traceback" not in ended.err


def test_size(mlsdc: Run) -> None:
    """Units, days and the arithmetic."""
    ended = mlsdc("experiment", "size", "--baseline", "20%", "--absolute", "5%", "--traffic",
                  "200/d")  # fmt: skip
    assert ended.code == 0
    assert ended.out.startswith("2188 units (1094 + 1094)\n14 days\n")
    assert "power.prop.test" in ended.out
    found = json.loads(mlsdc("experiment", "size", "--deviation", "1", "--absolute", "1",
                             "--power", "90%", "--json").out)  # fmt: skip
    assert found["exact_per_arm"] == [pytest.approx(22.0211, abs=1e-3)] * 2
    power = mlsdc("experiment", "size", "--baseline", "0.5", "--absolute", "0.25", "--units", "100")
    assert power.out == "power 0.7402 with 100 units\n"


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ([], "give the baseline"),
        (["--baseline", "10%"], "either absolute or relative"),
        (["--baseline", "5ms", "--relative", "3%"], "write it such as 5%"),
        (["--baseline", "120%", "--relative", "3%"], "strictly between 0 and 1"),
        (["--baseline", "10%", "--relative", "3%", "--method", "exact"], "method is pooled"),
        (["--baseline", "10%", "--relative", "3%", "--traffic", "20"], "write it such as 20000/d"),
        (["--baseline", "10%", "--relative", "3%", "--ramp", "1d=5%"], "--ramp wants --traffic"),
        (["--baseline", "10%", "--relative", "3%", "--traffic", "9/d", "--ramp", "1d"], "DURATION"),
        (["--baseline", "10%", "--relative", "3%", "--looks", "99"], "1 to 50 looks"),
        (["--baseline", "10%", "--relative", "3%", "--units", "-5"], "positive and finite"),
        (["--baseline", "10%", "--relative", "3%", "--spending", "x", "--looks", "2"], "spending"),
        (["--deviation", "nan", "--absolute", "1"], "positive and finite"),
        (["--baseline", "10%", "--absolute", "1e-9", "--traffic", "0/d"], "positive and finite"),
    ],
)
def test_wrong_sizes(mlsdc: Run, options: list[str], said: str) -> None:
    """One line that says what to type."""
    ended = mlsdc("experiment", "size", *options)
    assert (ended.code, ended.out) == (2, "")
    assert len(ended.err.splitlines()) == 1
    assert said in ended.err


def test_values_too_small_to_be_squared(mlsdc: Callable[..., Ended], here: Path) -> None:
    """Their variance would be 0, and any difference a proof."""
    rows = "".join(f"control,{at}e-300\nb,{at + 1}e-300\n" for at in range(20))
    (here / "tiny.csv").write_text("variant,clicks\n" + rows)
    ended = mlsdc("experiment", "analyze", "tiny.csv", "--metric", "clicks")
    assert (ended.code, ended.out) == (2, "")
    assert "the values of `clicks` differ by too little to be squared" in ended.err
