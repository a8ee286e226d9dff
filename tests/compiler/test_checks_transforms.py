"""Texts of jobs: TSC035 and TSC050 at their edges, and lineage and sensitivity through them."""

from __future__ import annotations

import time
from textwrap import dedent, indent

import pytest

from mlsdc.compiler.analyses.lineage import Lineage
from mlsdc.compiler.analyses.sensitivity import Sensitivities
from mlsdc.compiler.analyses.transforms import MOST_TOGETHER
from mlsdc.diagnostics import Severity
from tests.compiler.checking import at, fact, labelled, only, said, shown

DATA = """
entity card { key card_id: string }
stream payments {
  event { card_id: string  sensitivity pii  amount: float64  at: timestamp  event_time }
}
source disputes { event { card_id: string  fraud: bool } }
lake raw { from = [payments, disputes] }
"""


def job(sql: str, reads: str = "raw", dialect: str = "spark", more: str = "") -> str:
    text = indent(dedent(sql).strip("\n"), " " * 6)
    return (
        DATA
        + f"pipeline spending {{\n  reads = [{reads}]\n  {more}\n"
        + f'  transform {{\n    dialect = {dialect}\n    sql = """\n{text}\n    """\n  }}\n}}\n'
    )


def wrong(text: str) -> list[str]:
    """What is said of consistency, names and types."""
    return [shown(d) for d in said(text) if d.code[:3] in ("TSC", "SYN", "TYP", "INT")]


VIEW = "features spent { entity = card  computed = spending  spend: float64 }\n"
GOOD = "SELECT card_id, SUM(amount) AS spend FROM payments GROUP BY card_id"


class TestReadsWhatIsNotThere:
    """TSC050."""

    def test_a_sound_text(self) -> None:
        assert wrong(job(GOOD) + VIEW) == []

    def test_the_column_is_pointed_at(self) -> None:
        text = job("SELECT card_id,\n       SUM(amout) AS spend\nFROM payments\nGROUP BY card_id")
        found = only(text, "TSC050")

        assert at(found, text) == "amout"
        assert found.message == "`spending` reads the column `amout`, which nothing it reads has"
        assert found.help == "did you mean `amount`?"
        assert labelled(found, text) == ["event"]

    def test_a_text_behind_a_name_is_told_of_in_words(self) -> None:
        text = (
            DATA
            + 'let query = """\nSELECT amount,\n  nope\nFROM payments\n"""\n'
            + "pipeline spending { reads = payments  transform { sql = query } }\n"
        )
        found = only(text, "TSC050")

        assert at(found, text) == "query"
        assert "line 2, column 3" in found.message

    @pytest.mark.parametrize(
        ("reads", "table", "help"),
        [
            ("payments", "disputes", "reads = [payments, disputes]"),
            ("raw", "paymets", "did you mean `payments`?"),
            ("raw", "warehouse_table", "raw.warehouse_table if it lies there"),
            ("payments", "warehouse_table", "declare it"),
        ],
    )
    def test_undeclared_tables(self, reads: str, table: str, help: str) -> None:
        text = job(f"SELECT card_id, 1 AS spend FROM {table}", reads)
        found = only(text, "TSC050")

        assert at(found, text) == table
        assert help in found.help
        assert labelled(found, text) == [f"[{reads}]"]

    @pytest.mark.parametrize("table", ["payments", "raw.payments", "raw", "raw.other"])
    def test_declared_tables(self, table: str) -> None:
        assert said(job(f"SELECT card_id, amount AS spend FROM {table}") + VIEW, "TSC050") == []

    def test_what_other_jobs_write_is_known(self) -> None:
        """dbt's way: one job's text reads the table of another."""
        first = job(
            "SELECT card_id AS card, amount * 2 AS doubled FROM payments", more="writes = wh"
        )
        second = """
            warehouse wh { }
            pipeline totals {
              reads = wh
              transform { sql = "SELECT card, SUM(doubled), MAX(amount) FROM spending GROUP BY 1" }
            }
            """
        found = only(first + dedent(second), "TSC050")

        assert "`amount`" in found.message

    def test_a_view_whose_feature_is_not_returned(self) -> None:
        text = job(GOOD.replace("AS spend", "AS spent")) + VIEW
        found = only(text, "TSC050")

        assert at(found, text) == "spend"
        assert found.help == "did you mean `spent`?"

    def test_a_view_whose_key_is_not_returned(self) -> None:
        found = only(job("SELECT SUM(amount) AS spend FROM payments") + VIEW, "TSC050")

        assert found.message == ("`spending` does not return `card_id`, by which `spent` is found")

    @pytest.mark.parametrize(
        ("sql", "by"),
        [
            ("SELECT MAX(card_id) AS card_id, SUM(amount) AS spend FROM payments", "nothing"),
            ("SELECT MAX(card_id) card_id, SUM(amount) AS spend FROM payments GROUP BY at", "at"),
            ("SELECT MAX(card_id) card_id, spend FROM"
             " (SELECT card_id, SUM(amount) spend FROM payments GROUP BY 1) GROUP BY spend",
             "spend"),
        ],
    )  # fmt: skip
    def test_not_by_entity(self, sql: str, by: str) -> None:
        found = only(job(sql) + VIEW, "TSC050")

        assert f"aggregates by {by}" in found.message
        assert found.help == "GROUP BY card_id"

    @pytest.mark.parametrize(
        "sql",
        [
            GOOD + ", at",
            "SELECT card_id, SUM(amount) OVER (PARTITION BY card_id ORDER BY at) AS spend"
            " FROM payments",
            "SELECT id AS card_id, spend FROM"
            " (SELECT card_id AS id, SUM(amount) AS spend FROM payments GROUP BY card_id)",
            "SELECT p.card_id, a.spend FROM payments p CROSS JOIN"
            " (SELECT SUM(amount) AS spend FROM payments) a",
        ],
    )
    def test_by_entity(self, sql: str) -> None:
        assert said(job(sql) + VIEW, "TSC050") == []

    def test_a_window_over_everybody(self) -> None:
        sql = "SELECT card_id, SUM(amount) OVER (ORDER BY at) AS spend FROM payments"
        text = job(sql) + VIEW

        assert at(only(text, "TSC050"), text) == "SUM"
        assert said(job(sql), "TSC050") == []  # of nobody in particular

    def test_what_cannot_be_read(self) -> None:
        text = job("SELECT card_id\nFROM WHERE at = 1")
        found = only(text, "TSC050")

        assert found.severity is Severity.WARNING
        assert at(found, text) == "WHERE"
        assert "as spark at line 2, column 6: expected table name" in found.message

    def test_all_texts_together_are_bounded(self) -> None:
        filler = "-- " + "x" * 30_000
        jobs = "".join(
            f'pipeline p{n} {{ reads = payments  transform {{ sql = """\n{filler}{n}\n'
            'SELECT amount FROM payments\n""" } }\n'
            for n in range(8)
        )
        found = said(DATA + jobs, "TSC050")

        assert [d.subject for d in found] == ["p5", "p6", "p7"]
        assert f"{MOST_TOGETHER:,}" in found[0].message

    def test_jobs_that_read_each_other_end(self) -> None:
        text = """
            warehouse wh { }
            pipeline a { reads = wh  writes = wh  transform { sql = "SELECT x FROM b" } }
            pipeline b { reads = wh  writes = wh  transform { sql = "SELECT x FROM a" } }
            features f { computed = a  x: int64 }
            """
        assert said(text, "TSC050", "INT001") == []


class TestClock:
    """TSC035."""

    def test_the_text_of_the_finding(self) -> None:
        text = job("SELECT card_id FROM payments\nWHERE at > CURRENT_DATE - INTERVAL 30 DAYS")
        found = only(text, "TSC035")

        assert at(found, text) == "CURRENT_DATE"
        assert found.message == (
            "`spending` asks the clock by `CURRENT_DATE`: a run that is repeated gives other values"
        )

    def test_when_a_row_was_written(self) -> None:
        """An audit column harms nobody, unless a view has it as a feature."""
        text = job("SELECT card_id, SUM(amount) AS spend, NOW() AS loaded_at FROM payments"
                   " GROUP BY card_id")  # fmt: skip

        assert said(text + VIEW, "TSC035") == []
        assert said(text + VIEW.replace("spend:", "loaded_at:"), "TSC035") != []

    @pytest.mark.parametrize(
        ("python", "expected"),
        [
            ("from datetime import datetime as dt\ncut = dt.now()", ["dt.now()"]),
            ("import datetime\ncut = datetime.datetime.utcnow()", ["datetime.datetime.utcnow()"]),
            ("import time\nt = time.time()", ["time.time()"]),
            ("import pandas as pd\nt = pd.Timestamp.now(tz='UTC')", ["pd.Timestamp.now(tz='UTC')"]),
            ("import pyspark.sql.functions as F\ndf.filter(df.d > F.current_date())",
             ["F.current_date()"]),
            ("from pyspark.sql import functions as F\ndf.filter(F.rand() < 0.1)", ["F.rand()"]),
            ("from pyspark.sql import functions as F\ndf.filter(F.rand(7) < 0.1)", []),
            ("import numpy as np\nr = np.random.default_rng()", ["np.random.default_rng()"]),
            ("import numpy as np\nr = np.random.default_rng(7)", []),
            ("ü = 'é'; import random; x = random.random()", ["random.random()"]),
            ("def now(): ...\nnow()", []),
            ("# datetime.now()\nx = 'datetime.now()'", []),
        ],
    )  # fmt: skip
    def test_python(self, python: str, expected: list[str]) -> None:
        body = indent(python, "      ")
        text = DATA + (
            "pipeline spending {\n  reads = payments\n"
            f'  transform {{\n    python = """\n{body}\n    """\n  }}\n}}\n'
        )
        assert [at(d, text) for d in said(text, "TSC035")] == expected

    def test_python_that_cannot_be_read(self) -> None:
        text = DATA + 'pipeline p { reads = payments  transform { python = "def f(:" } }\n'
        found = only(text, "TSC035")

        assert "line 1, column 7" in found.message


class TestLineage:
    """What lineage and the checks on it see through texts."""

    def test_renamed_columns_are_found(self) -> None:
        readings = fact(job(GOOD) + VIEW, Lineage).features["spent", "spend"].readings

        assert [(r.origin, r.name, r.direct) for r in readings] == [("payments", "amount", True)]
        assert readings[0].path == ("payments", "raw", "spending", "spent.spend")

    def test_definitions_read_what_the_text_returns(self) -> None:
        """`total` is no column of any stream; `amount` is not returned."""
        text = job("SELECT card_id, amount AS total FROM payments")
        view = (
            "features spent {{\n  entity = card\n  computed = spending\n"
            "  s: float64 = sum({}) over 1d\n}}\n"
        )

        assert wrong(text + view.format("total")) == []
        (found,) = wrong(text + view.format("amount"))
        assert "nothing upstream has a column `amount`" in found

    def test_the_label_is_seen_through_a_query(self) -> None:
        """TSC022: by its value, and by what only decides which rows count."""
        label = "label is_fraud { from = disputes  column = fraud  matures = 45d }\n"
        rows = "dataset rows { features = [spent]  label = is_fraud }\n"
        value = "SELECT card_id, AVG(fraud) AS spend FROM disputes GROUP BY card_id"
        filtered = "SELECT card_id, COUNT(*) AS spend FROM disputes WHERE fraud GROUP BY card_id"

        for sql in (value, filtered):
            found = only(job(sql) + VIEW + label + rows, "TSC022")
            assert "disputes.fraud -> raw -> spending -> spent" in found.message
        assert said(job(GOOD) + VIEW + label + rows, "TSC022") == []

    def test_sensitivity_ends_where_a_column_is_not_selected(self) -> None:
        """SEC001: it goes with the new name, and not at all where it is left out."""
        kept = job("SELECT card_id AS who, amount FROM payments", more="writes = out")
        left_out = job("SELECT amount FROM payments", more="writes = out")
        lake = "lake out { }\n"

        (held,) = fact(kept + lake, Sensitivities).of["out"]
        assert (held.column, held.sensitivity) == ("who", "pii")
        assert "out" not in fact(left_out + lake, Sensitivities).of

    def test_a_filter_is_no_flow(self) -> None:
        text = job("SELECT SUM(amount) AS spend FROM payments WHERE card_id <> 'test'") + VIEW

        held = fact(text, Sensitivities).of.get("spent", ())
        assert [h for h in held if h.column == "spend"] == []

    def test_a_long_chain_of_jobs(self) -> None:
        """A thousand texts, each of which reads the one before, without recursion."""
        jobs = "".join(
            f'pipeline p{n} {{ reads = l{n}  writes = l{n + 1}  transform {{ sql = "SELECT a FROM '
            f'{"p" + str(n - 1) if n else "s"}" }} }}\nlake l{n + 1} {{ }}\n'
            for n in range(1000)
        )
        text = (
            "stream s { event { a: int64 } }\nlake l0 { from = s }\n"
            + jobs
            + "features f { computed = p999  a: int64 }\n"
        )
        (reading,) = fact(text, Lineage).features["f", "a"].readings

        assert reading.origin == "s"
        assert len(reading.path) == 2002

    def test_a_path_with_its_own_text(self) -> None:
        text = DATA + (
            "features spent {\n  entity = card\n  computed = raw\n  offline { transform { sql = "
            '"SELECT card_id, amot AS spend FROM payments" } }\n  spend: float64\n}\n'
        )
        found = only(text, "TSC050")

        assert at(found, text) == "amot"
        assert found.subject == "spent"


def test_a_hostile_design_ends() -> None:
    """Many large texts: each is bounded, and all of them together are."""
    sql = "SELECT " + "(SELECT amount FROM payments)," * 1_000
    python = "import random; " + "random.random();" * 2_000
    jobs = "".join(
        f'pipeline p{n} {{ reads = payments  transform {{ sql = "{sql}{n} FROM payments"  '
        f'python = "{python}{n}" }} }}\n'
        for n in range(40)
    )
    start = time.process_time()
    found = said(DATA + jobs, "TSC035", "TSC050")

    assert time.process_time() - start < 6  # 2 s on a machine that does nothing else
    assert {d.code for d in found} == {"TSC035", "TSC050"}
    assert len(found) < 400
