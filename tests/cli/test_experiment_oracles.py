"""`mlsdc experiment analyze` from the file to the JSON, against scipy and statsmodels; and Parquet
with everything that a table can hold."""

from __future__ import annotations

import json
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy import stats
from statsmodels.stats.multitest import multipletests
from statsmodels.stats.proportion import confint_proportions_2indep, proportions_ztest

from tests.cli.conftest import Ended

pa: Any = import_module("pyarrow")
pq: Any = import_module("pyarrow.parquet")
Run = Callable[..., Ended]
ARMS = ("control", "one", "two", "three")


def experiment(seed: int, arms: int = 2, units: int = 900) -> dict[str, np.ndarray[Any, Any]]:
    """Units of several arms with a share, a value and a cost."""
    random = np.random.default_rng(seed)
    variant = np.array(ARMS[:arms])[random.integers(0, arms, units)]
    lift = np.select([variant == name for name in ARMS], [0.0, 0.05, 0.02, -0.03])
    return {
        "variant": variant,
        "converted": (random.random(units) < 0.2 + lift).astype(int),
        "revenue": random.lognormal(1.0 + lift, 0.7),
        "latency": random.normal(40 - 20 * lift, 6),
    }


def write(path: Path, columns: dict[str, Any]) -> str:
    names = list(columns)
    rows = zip(*(columns[name] for name in names), strict=True)
    lines = [",".join(names), *(",".join(map(repr_of, row)) for row in rows)]
    path.write_text("\n".join(lines) + "\n", "utf-8")
    return path.name


def repr_of(cell: Any) -> str:
    return repr(float(cell)) if isinstance(cell, float) else str(cell)


def analysed(mlsdc: Run, name: str, *options: str) -> Any:
    ended = mlsdc("experiment", "analyze", name, *options, "--json")
    assert ended.err == ""
    return json.loads(ended.out)


@pytest.mark.parametrize("seed", range(5))
def test_shares(mlsdc: Run, here: Path, seed: int) -> None:
    data = experiment(seed)
    found = analysed(mlsdc, write(here / "r.csv", data), "--metric", "converted")
    primary = found["treatments"][0]["primary"]
    won = [int(data["converted"][data["variant"] == name].sum()) for name in ARMS[:2]]
    of = [int((data["variant"] == name).sum()) for name in ARMS[:2]]
    low, high = confint_proportions_2indep(
        won[1], of[1], won[0], of[0], method="newcomb", compare="diff"
    )
    assert primary["interval"] == pytest.approx([low, high], abs=1e-6)
    assert primary["p_value"] == pytest.approx(proportions_ztest(won, of)[1], rel=1e-6)
    assert found["sample_ratio"]["p_value"] == pytest.approx(stats.chisquare(of).pvalue)


@pytest.mark.parametrize("seed", range(5))
def test_means(mlsdc: Run, here: Path, seed: int) -> None:
    data = experiment(seed)
    found = analysed(mlsdc, write(here / "r.csv", data), "--metric", "revenue", "--alpha", "0.01")
    primary = found["treatments"][0]["primary"]
    one, other = (data["revenue"][data["variant"] == name] for name in ("one", "control"))
    test: Any = stats.ttest_ind(one, other, equal_var=False)
    low, high = test.confidence_interval(0.99)
    assert primary["p_value"] == pytest.approx(test.pvalue, rel=1e-6)
    assert primary["interval"] == pytest.approx([low, high], rel=1e-6)
    assert primary["difference"] == pytest.approx(one.mean() - other.mean())


@pytest.mark.parametrize(
    ("correction", "method"),
    [("none", None), ("bonferroni", "bonferroni"), ("holm", "holm"),
     ("benjamini-hochberg", "fdr_bh")],
)  # fmt: skip
def test_corrections(mlsdc: Run, here: Path, correction: str, method: str | None) -> None:
    data = experiment(3, arms=4, units=4000)
    name = write(here / "r.csv", data)
    found = analysed(mlsdc, name, "--metric", "revenue", "--correction", correction)
    primary = [one["primary"] for one in found["treatments"]]
    raw = [one["p_value"] for one in primary]
    expected = raw if method is None else multipletests(raw, method=method)[1]
    corrected = [one["adjusted_p_value"] or one["p_value"] for one in primary]
    assert corrected == pytest.approx(list(expected))
    counts = [int((data["variant"] == arm).sum()) for arm in sorted(ARMS)]
    assert found["sample_ratio"]["p_value"] == pytest.approx(stats.chisquare(counts).pvalue)


@pytest.mark.parametrize("margin", [0.0001, 0.02, 0.03, 0.05, 0.5])
@pytest.mark.parametrize("seed", range(3))
def test_a_guardrail_is_a_one_sided_test(mlsdc: Run, here: Path, margin: float, seed: int) -> None:
    """Non-inferiority holds where the one-sided bound does."""
    data = experiment(seed)
    found = analysed(mlsdc, write(here / "r.csv", data), "--metric", "converted",
                     "--guardrail", f"latency>=-{margin * 100}%")  # fmt: skip
    one, other = (data["latency"][data["variant"] == name] for name in ("one", "control"))
    test: Any = stats.ttest_ind(one, other, equal_var=False)
    low, high = test.confidence_interval(0.90)
    allowed = -margin * other.mean()
    expected = "kept" if low >= allowed else "violated" if high < allowed else "open"
    assert found["treatments"][0]["guardrails"][0]["state"] == expected


def test_false_alarms_are_as_rare_as_they_should_be(mlsdc: Run, here: Path) -> None:
    """Without an effect, about alpha of the experiments are shipped or killed."""
    wrong = 0
    for seed in range(60):
        random = np.random.default_rng(seed)
        data = {"variant": np.repeat(("control", "one"), 200), "x": random.normal(0, 1, 400)}
        wrong += (
            analysed(mlsdc, write(here / "r.csv", data), "--metric", "x")["verdict"] != "iterate"
        )
    assert wrong <= stats.binom.ppf(0.999, 60, 0.05)


def table(**columns: Any) -> Any:
    variant = ["control", "one"] * 50
    return pa.table({"variant": variant, "x": [0.0, 1.0, 1.0, 0.5] * 25, **columns})


def test_parquet_holds_what_csv_holds(mlsdc: Run, here: Path) -> None:
    """Dictionaries, booleans, decimals, integers of each width, several row groups."""
    data = experiment(2)
    plain = analysed(mlsdc, write(here / "r.csv", data), "--metric", "converted",
                     "--secondary", "revenue")  # fmt: skip
    columns = {
        "variant": pa.array(data["variant"].tolist()).dictionary_encode(),
        "converted": pa.array(data["converted"] == 1),
        "revenue": pa.array(data["revenue"].tolist()),
        "at": pa.array([0] * 900, pa.timestamp("us")),
        "tags": pa.array([["a"]] * 900),
    }
    pq.write_table(pa.table(columns), here / "r.parquet", row_group_size=100)
    found = analysed(mlsdc, "r.parquet", "--metric", "converted", "--secondary", "revenue")
    assert found == plain
    narrow = {**columns, "converted": pa.array(data["converted"].tolist(), pa.uint8())}
    pq.write_table(pa.table(narrow), here / "r.PQ", compression="gzip")
    assert analysed(mlsdc, "r.PQ", "--metric", "converted", "--secondary", "revenue") == plain


@pytest.mark.parametrize(
    ("made", "said"),
    [
        (table(x=[None] * 100), "row 1, column `x`: the cell is empty"),
        (table(x=[float("nan")] * 100), "row 1, column `x`: `nan` is no finite number"),
        (table(x=[float("inf")] * 100), "no finite number"),
        (table(x=["a"] * 100), "row 1, column `x`: `a` is no number"),
        (table(x=[[1.0]] * 100), "is no number"),
        (table(variant=["control"] * 100), "only one variant"),
        (table(variant=[None] * 100), "row 1, column `variant`: the cell is empty"),
        (table().drop_columns(["x"]).append_column("xx", [[1.0] * 100]), "did you mean `xx`?"),
        (table().drop_columns(["variant"]), "no column `variant`"),
        (table().slice(0, 0), "there are no rows below the header"),
        (table().slice(0, 2), "1 of the 2 units"),
        (pa.table({}), "the file is empty"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_wrong_tables(mlsdc: Run, here: Path, made: Any, said: str) -> None:
    pq.write_table(made, here / "r.parquet")
    ended = mlsdc("experiment", "analyze", "r.parquet", "--metric", "x")
    assert (ended.code, ended.out) == (2, "")
    assert said in ended.err
    assert "Traceback" not in ended.err


@pytest.mark.parametrize("content", [b"", b"PAR1", b"PAR1" + b"\0" * 40 + b"PAR1", b"a,b\n1,2\n"])
def test_what_is_no_parquet(mlsdc: Run, here: Path, content: bytes) -> None:
    (here / "r.parquet").write_bytes(content)
    ended = mlsdc("experiment", "analyze", "r.parquet", "--metric", "x")
    assert (ended.code, ended.out) == (2, "")
    assert ended.err.count("\n") == 1
    assert "r.parquet: " in ended.err


def test_a_truncated_file(mlsdc: Run, here: Path) -> None:
    pq.write_table(table(), here / "whole.parquet")
    content = (here / "whole.parquet").read_bytes()
    for cut in (len(content) // 2, len(content) - 9, 20):
        (here / "r.parquet").write_bytes(content[:cut])
        ended = mlsdc("experiment", "analyze", "r.parquet", "--metric", "x")
        assert (ended.code, ended.out) == (2, "")
        assert ended.err.count("\n") == 1


def test_a_file_that_is_gone(mlsdc: Run, here: Path) -> None:
    ended = mlsdc("experiment", "analyze", "gone.parquet", "--metric", "x")
    assert (ended.code, ended.err.count("\n")) == (2, 1)
    (here / "folder.parquet").mkdir()
    ended = mlsdc("experiment", "analyze", "folder.parquet", "--metric", "x")
    assert (ended.code, ended.err.count("\n")) == (2, 1)
