"""The text of what a job computes."""

from __future__ import annotations

from typing import Literal

from mlsdc.compiler.model.part import Part
from mlsdc.compiler.model.types import Code


class Transform(Part):
    """What a job computes, as its own text: `transform { dialect = spark  sql = "..." }`.

    The last statement that returns or writes rows is the job's result. It names what the job
    reads as tables; a stream or pipeline that is landed in a lake is `lake.payments` or `payments`.
    """

    sql: Code | None = None
    """The text in SQL; `ref` and `source` of dbt and `${name}` may stand in it."""
    dialect: (
        Literal[
            "athena", "bigquery", "clickhouse", "databricks", "duckdb", "hive", "mysql", "oracle",
            "postgres", "presto", "redshift", "snowflake", "spark", "sqlite", "trino", "tsql",
        ]
        | None
    ) = None  # fmt: skip
    """Whose SQL it is; what most dialects share where absent."""
    python: Code | None = None
    """The text in Python."""
