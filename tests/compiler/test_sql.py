"""SQL texts: what they return, what they read, what they get wrong, and what they cost.

SQLite is the oracle: it refuses what names a column that is not there, and where another value of a
column changes a result, that column has to be among what the result is said to depend on.
"""

from __future__ import annotations

import resource
import sqlite3
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mlsdc.compiler.sql.clock import asked
from mlsdc.compiler.sql.outcome import Query, Read, Relation, Table, Unread
from mlsdc.compiler.sql.read import MOST_CHARACTERS, fill
from mlsdc.compiler.sql.resolve import query

COLUMNS = {"payments": ("card_id", "amount", "at"), "disputes": ("card_id", "fraud")}
TABLES = (*(Table(name, columns) for name, columns in COLUMNS.items()), Table("raw", None))


def read(sql: str, dialect: str = "") -> Query:
    found = query(sql, dialect, TABLES)
    assert isinstance(found, Query), found
    return found


def returned(sql: str, dialect: str = "") -> Relation:
    made = read(sql, dialect)
    assert made.problems == ()
    return made.returns


def reads(sql: str, column: str) -> set[str]:
    """`payments.amount` for what flows in, `(payments.at)` for what only decides about rows."""
    found = returned(sql).columns[column].reads
    return {f"{r.table}.{r.column}" if r.direct else f"({r.table}.{r.column})" for r in found}


def wrong(sql: str) -> list[tuple[str, str, str]]:
    return [(p.kind, p.name, sql[p.at.start : p.at.end]) for p in read(sql).problems]


@pytest.mark.parametrize(
    ("sql", "column", "expected"),
    [
        ("SELECT amount * 2 AS x FROM payments", "x", {"payments.amount"}),
        ("SELECT SUM(amount) x FROM payments WHERE at > 3", "x",
         {"payments.amount", "(payments.at)"}),
        ("SELECT COUNT(*) x FROM payments p JOIN disputes d ON p.card_id = d.card_id", "x",
         {"(payments.card_id)", "(disputes.card_id)"}),
        ("WITH t AS (SELECT card_id k, MAX(amount) m FROM payments GROUP BY 1) SELECT m x FROM t",
         "x", {"payments.amount"}),
        ("SELECT x FROM (SELECT amount AS x, at FROM payments) s WHERE at = 1", "x",
         {"payments.amount", "(payments.at)"}),
        ("SELECT (SELECT MAX(fraud) FROM disputes d WHERE d.card_id = p.card_id) x FROM payments p",
         "x", {"disputes.fraud", "(disputes.card_id)", "(payments.card_id)"}),
        ("SELECT SUM(amount) OVER (PARTITION BY card_id ORDER BY at) x FROM payments", "x",
         {"payments.amount", "(payments.card_id)", "(payments.at)"}),
        ("SELECT card_id x FROM payments UNION ALL SELECT card_id FROM disputes", "x",
         {"payments.card_id", "disputes.card_id"}),
        ("SELECT t.* FROM (SELECT amount x FROM payments) t", "x", {"payments.amount"}),
        ("SELECT CASE WHEN fraud THEN 1 ELSE 0 END x FROM disputes", "x", {"disputes.fraud"}),
        ("CREATE TEMP VIEW v AS SELECT amount a FROM payments; INSERT INTO out SELECT a x FROM v",
         "x", {"payments.amount"}),
        ("SELECT * EXCEPT (at) FROM (SELECT amount x, at FROM payments)", "x", {"payments.amount"}),
        ("SELECT AMOUNT X FROM Payments", "x", {"payments.amount"}),
    ],
)  # fmt: skip
def test_lineage(sql: str, column: str, expected: set[str]) -> None:
    assert reads(sql, column) == expected


def test_explode_is_followed() -> None:
    sql = "SELECT word FROM payments LATERAL VIEW explode(split(card_id, '-')) t AS word"
    (only,) = returned(sql, "spark").columns["word"].reads

    assert only == Read("payments", "card_id")


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        ("SELECT amout FROM payments", [("column", "amout", "amout")]),
        ("SELECT p.fraud FROM payments p", [("column", "p.fraud", "fraud")]),
        ("SELECT z.amount FROM payments p", [("column", "z.amount", "amount")]),
        ("SELECT 1 FROM payments WHERE nothing = 1", [("column", "nothing", "nothing")]),
        ("SELECT 1 FROM payments GROUP BY nope", [("column", "nope", "nope")]),
        ("SELECT a FROM customers", [("table", "customers", "customers")]),
        ("SELECT a FROM s.customers", [("table", "s.customers", "customers")]),
        ("WITH t AS (SELECT amount FROM payments) SELECT at FROM t", [("column", "at", "at")]),
        ("SELECT amount FROM customers JOIN payments USING (card_id)",
         [("table", "customers", "customers")]),  # nothing is concluded about its columns
        ("SELECT anything FROM raw", []),
        ("SELECT a FROM raw.customers", []),
        ("SELECT amount AS a, a + 1 AS b FROM payments ORDER BY b", []),
        ("SELECT DATEDIFF(day, at, at) FROM payments", []),
        ("SELECT p FROM payments p", []),
        ("SELECT v FROM (VALUES (1, 2)) AS t(v, w)", []),
        ("SELECT x FROM UNNEST([1, 2]) AS x", []),
        ("DROP TABLE payments", []),
        ("", []),
    ],
)  # fmt: skip
def test_names_that_mean_nothing(sql: str, expected: list[tuple[str, str, str]]) -> None:
    assert wrong(sql) == expected


@pytest.mark.parametrize(
    ("sql", "grouped"),
    [
        ("SELECT card_id, SUM(amount) s FROM payments GROUP BY card_id", {"card_id"}),
        ("SELECT card_id AS k, SUM(amount) s FROM payments GROUP BY 1", {"k"}),
        ("SELECT UPPER(card_id) AS k, SUM(amount) s FROM payments GROUP BY UPPER(card_id)", {"k"}),
        ("SELECT SUM(amount) s FROM payments", set[str]()),
        ("SELECT card_id FROM payments", None),
        ("SELECT SUM(amount) OVER (PARTITION BY card_id) s FROM payments", None),
        ("SELECT k, s FROM (SELECT card_id k, SUM(amount) s FROM payments GROUP BY card_id)",
         {"card_id", "k"}),
        ("SELECT card_id, SUM(amount) FROM payments GROUP BY ALL", {"card_id"}),
        ("SELECT card_id, SUM(amount) FROM payments GROUP BY ROLLUP (card_id, at)",
         {"card_id", "at"}),
    ],
)  # fmt: skip
def test_what_rows_are_aggregated_by(sql: str, grouped: set[str] | None) -> None:
    assert returned(sql).grouped == grouped


def test_rows_after_the_own_one() -> None:
    """LEAD and frames that end behind the row look into its future."""
    sql = (
        "SELECT LEAD(amount) OVER (PARTITION BY card_id ORDER BY at) AS next_amount,"
        " AVG(amount) OVER (PARTITION BY card_id ORDER BY at"
        " ROWS BETWEEN 2 PRECEDING AND 2 FOLLOWING) AS around,"
        " AVG(amount) OVER (PARTITION BY card_id ORDER BY at"
        " ROWS BETWEEN 2 PRECEDING AND CURRENT ROW) AS past FROM payments"
    )
    ahead = {name: output.ahead for name, output in returned(sql).columns.items()}

    assert ahead["next_amount"]
    assert ahead["around"]
    assert ahead["past"] is None


@pytest.mark.parametrize(
    ("sql", "why", "stands"),
    [
        ("SELECT card_id\nFROM WHERE x", "expected table name", "WHERE"),
        ("SELECT (amount FROM payments", "expecting )", "FROM"),
        ("SELECT 'open\nFROM payments", "' is not closed", "'"),
        ("SELECT " + "(" * 60 + "1" + ")" * 60, "41 deep", "("),
    ],
)
def test_what_cannot_be_read_has_a_place(sql: str, why: str, stands: str) -> None:
    found = query(sql, "spark", TABLES)

    assert isinstance(found, Unread)
    assert why in found.why
    assert "\n" not in found.why
    assert "Token" not in found.why
    assert sql[found.at.start : found.at.end] == stands


@pytest.mark.parametrize(
    ("template", "filled"),
    [
        ("FROM {{ ref('payments') }} p", "FROM payments p"),
        ("FROM {{ source('shop', 'payments') }}", "FROM payments"),
        ("WHERE at > {{ var('start') }}", "WHERE at > NULL"),
        ("{% if x %} WHERE 1=1 {% endif %}", "WHERE 1=1"),
        ("WHERE at > ${end}", "WHERE at > NULL"),
    ],
)
def test_templates_are_filled_in(template: str, filled: str) -> None:
    """By as many characters, so that everything behind them stays where it is."""
    made = fill(template)

    assert len(made) == len(template)
    assert " ".join(made.split()) == filled


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        ("SELECT NOW() - at FROM payments", ["NOW()"]),
        ("SELECT * FROM t WHERE d >= CURRENT_DATE - 3", ["CURRENT_DATE"]),
        ("SELECT * FROM t WHERE d >= current_timestamp(3)", ["current_timestamp(3)"]),
        ("SELECT * FROM t WHERE RAND() < 0.1", ["RAND()"]),
        ("SELECT * FROM t WHERE RAND(42) < 0.1", []),
        ("SELECT * FROM t TABLESAMPLE (10 PERCENT)", ["TABLESAMPLE"]),
        ("SELECT * FROM t TABLESAMPLE (10 PERCENT) REPEATABLE (7)", []),
        ("SELECT UNIX_TIMESTAMP(at), now, t.current_date FROM t -- NOW()", []),
        ("SELECT UNIX_TIMESTAMP() FROM t", ["UNIX_TIMESTAMP()"]),
        ("SELECT 'NOW()' AS current_date FROM t", []),
        ("SELECT FROM WHERE NOW(", ["NOW("]),  # what cannot be parsed is judged as well
    ],
)
def test_clock_and_chance(sql: str, expected: list[str]) -> None:
    assert [sql[one.at.start : one.at.end] for one in asked(sql, "spark")] == expected


def test_a_column_that_is_only_the_clock_is_told_apart() -> None:
    sql = "SELECT card_id, NOW() AS loaded_at, NOW() - at AS age FROM payments"

    assert [one.alias for one in asked(sql, "spark")] == ["loaded_at", ""]


# The oracle ------------------------------------------------------------------------------------

ROWS = {
    "payments": [(1, 10, 1), (1, 20, 2), (2, 5, 3), (3, 7, 4)],
    "disputes": [(1, 1), (2, 0), (2, 1)],
}
expressions = st.sampled_from(
    ["amount", "card_id", "at", "fraud", "p.amount", "d.fraud", "missing", "d.card_id", "p.card_id",
     "SUM(amount)", "COUNT(*)", "amount + at", "MAX(d.fraud)", "p.fraud"]
)  # fmt: skip
sources = st.sampled_from(
    ["payments p", "disputes d", "payments p JOIN disputes d ON p.card_id = d.card_id",
     "(SELECT card_id, amount, at FROM payments WHERE at > 1) p",
     "(SELECT card_id, MAX(fraud) AS fraud FROM disputes GROUP BY card_id) d",
     "payments p LEFT JOIN disputes d ON p.card_id = d.card_id AND d.fraud = 1"]
)  # fmt: skip
filters = st.sampled_from(["", " WHERE p.amount > 6", " WHERE d.fraud = 1", " WHERE nope = 1",
                           " WHERE p.card_id IN (SELECT card_id FROM disputes)"])  # fmt: skip
groups = st.sampled_from(["", " GROUP BY p.card_id", " GROUP BY d.card_id"])


def run(sql: str, rows: dict[str, list[tuple[int, ...]]]) -> list[tuple[object, ...]] | str:
    connection = sqlite3.connect(":memory:")
    for name, columns in COLUMNS.items():
        connection.execute(f"CREATE TABLE {name} ({', '.join(columns)})")
        marks = ", ".join("?" * len(columns))
        connection.executemany(f"INSERT INTO {name} VALUES ({marks})", rows[name])
    try:
        return connection.execute(sql).fetchall()
    except sqlite3.OperationalError as error:
        return str(error)
    finally:
        connection.close()


@settings(max_examples=400, deadline=None)
@given(st.lists(expressions, min_size=1, max_size=3), sources, filters, groups)
def test_against_sqlite(columns: list[str], source: str, where: str, group: str) -> None:
    """The same names are unknown, and what changes a result is among what it depends on."""
    listed = ", ".join(f"{column} AS o{at}" for at, column in enumerate(columns))
    sql = f"SELECT {listed} FROM {source}{where}{group}"
    before = run(sql, ROWS)
    found = read(sql, "sqlite")

    if isinstance(before, str):
        if "no such column" in before:
            assert found.problems
        return
    assert found.problems == ()
    for table, names in COLUMNS.items():
        for at, name in enumerate(names):
            changed = [(*row[:at], row[at] + 100, *row[at + 1 :]) for row in ROWS[table]]
            after = run(sql, {**ROWS, table: changed})
            assert isinstance(after, list)
            for place in range(len(columns)):
                if [row[place] for row in before] != [row[place] for row in after]:
                    known = {(r.table, r.column) for r in found.returns.columns[f"o{place}"].reads}
                    grouped = name == "card_id" and group  # the key decides which rows there are
                    assert (table, name) in known or grouped, (sql, table, name, known)


# The bounds ------------------------------------------------------------------------------------


def filled_with(unit: str, head: str = "SELECT ", tail: str = "1") -> str:
    return head + unit * ((MOST_CHARACTERS - len(head) - len(tail)) // len(unit)) + tail


HOSTILE = {
    "a megabyte": "SELECT " + "1+" * 500_000 + "1",
    "brackets": "SELECT " + "(" * 30_000,
    "not": filled_with("NOT "),
    "minus": filled_with("- "),
    "case": "SELECT " + "CASE WHEN 1 THEN " * 1_400 + "1" + " END" * 1_400,
    "unions": filled_with("SELECT 1 UNION ALL ", "", "SELECT 1"),
    "columns": filled_with("amount,", tail="at FROM payments"),
    "subqueries": filled_with("(SELECT MAX(amount) FROM payments),"),
    "types": "SELECT CAST(a AS " + "ARRAY<" * 1_500 + "INT" + ">" * 1_500 + ")",
    "views": "WITH "
    + ",".join(f"a{n} AS (SELECT * FROM {f'a{n - 1}' if n else 'payments'})" for n in range(900))
    + " SELECT * FROM a899",
    "joins": "SELECT 1 FROM payments" + "".join(f", payments p{n}" for n in range(2_300)),
    "open": "SELECT '" + "x" * 39_000,
    "templates": "{{" * 19_000,
    "windows": filled_with("SUM(amount) OVER (PARTITION BY card_id ORDER BY at),"),
    "nul": "SELECT \0 FROM \ud800 t",
}


@pytest.mark.parametrize("sql", HOSTILE.values(), ids=HOSTILE.keys())
def test_hostile_texts_end(sql: str) -> None:
    """In time and within bounds of memory, whatever they are."""
    start = time.monotonic()
    query(sql, "spark", TABLES)
    asked(sql, "spark")

    assert time.monotonic() - start < 4  # 2 s on a machine that does nothing else
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss < 1_000_000


@settings(max_examples=200, deadline=None)
@given(
    st.lists(
        st.sampled_from(["SELECT", "FROM", "(", ")", "payments", "amount", ",", "*", "'", "WITH",
                         "AS", "JOIN", "ON", "=", ";", "GROUP BY", "UNION", "{{", "}}", "OVER",
                         "LATERAL", "INSERT INTO", "MERGE", "\n", "--", "/*", "$", "ö", "1"]),
        max_size=25,
    )
)  # fmt: skip
def test_any_words_end_in_a_result(words: list[str]) -> None:
    for dialect in ("", "spark", "bigquery"):
        found = query(" ".join(words), dialect, TABLES)
        assert isinstance(found, Query | Unread)
