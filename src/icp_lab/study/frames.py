"""DuckDB relations to frames with the lab's types: text, float64, datetime64[s], boolean, tuples of text."""

from collections.abc import Iterable
from typing import Any

import duckdb
import pandas as pd

from icp_lab.intake.sql import quoted
from icp_lab.tables import DTYPES, Column, Table

MANY_EVENTS = 1_000_000  # rows of use beyond which those of an account and day are put together


def sum_days(relation: duckdb.DuckDBPyRelation) -> duckdb.DuckDBPyRelation:
    """Put the rows of use of one account and day together, where they are very many and have figures that add up.

    Users and seats are added where both are known, apart from rows where they are not.

    Parameters
    ----------
    relation : DuckDBPyRelation
        The table usage, typed.

    Returns
    -------
    DuckDBPyRelation
        The same rows up to `MANY_EVENTS` of them, or where they have neither events nor users with seats; else a row
        for an account and day (two where users are known of some rows only) with the sums.

    Examples
    --------
    >>> rows = duckdb.sql("SELECT 'A1' AS account_id, DATE '2026-01-31' AS date, 3.0 AS events FROM range(2)")
    >>> len(sum_days(rows))  # few enough to stay as they are
    2
    """
    there = {*relation.columns}
    both = {"seats", "active_users"} <= there
    seated = "coalesce(seats > 0 AND active_users IS NOT NULL, false)" if both else "false"
    ((n, seats, events),) = relation.aggregate(
        f"count(*), bool_or({seated}), count({'events' if 'events' in there else 'NULL'})").fetchall()
    if n <= MANY_EVENTS or not (seats or events):  # a list of events, or a mean of users, needs each row
        return relation
    keys = ", ".join(name for name in ("account_id", "date") if name in there)
    sums = {"active_users": "sum(active_users)", "seats": f"sum(seats) FILTER ({seated})", "events": "sum(events)"}
    figures = ", ".join(f"{how} AS {name}" for name, how in sums.items() if name in there)
    return relation.aggregate(f"{keys}, {figures}", f"{keys}, {seated}")


def to_frame(relation: duckdb.DuckDBPyRelation, table: Table, columns: Iterable[Column]) -> pd.DataFrame:
    """Give a table as a frame with all declared columns, the extra ones after them.

    Rows come in the order of the table's key, then of every other column, so that the order of a file does not matter.

    Parameters
    ----------
    relation : DuckDBPyRelation
        The rows, with the columns that the files have.
    table : Table
        The table that they are of.
    columns : Iterable of Column
        Columns that the files have; those that the table does not declare are the extra ones.

    Returns
    -------
    DataFrame
        Typed as `tables.DTYPES` says; a list is a tuple of texts. Columns that the files do not have are all missing.

    Examples
    --------
    >>> from icp_lab.tables import BY_NAME
    >>> frame = to_frame(duckdb.sql("FROM (VALUES ('A2', 30.0), ('A1', NULL)) AS t(account_id, employees)"),
    ...     BY_NAME["accounts"], [])
    >>> frame["account_id"].tolist(), frame["employees"].tolist(), frame["industry"].isna().tolist()
    (['A1', 'A2'], [nan, 30.0], [True, True])
    """
    extra = [column for column in columns if column.name not in table.by_name]
    wanted = (*table.columns, *extra)
    there = set(relation.columns)
    key = [table.key] if table.key in there else ["account_id"] if "account_id" in there else []
    order = [*key, *(name for name in relation.columns if name not in key)]
    rows = relation.order(", ".join(map(quoted, order))).df()
    return pd.DataFrame({c.name: _typed(rows[c.name] if c.name in there else None, c, len(rows)) for c in wanted})


def _typed(values: "pd.Series[Any] | None", column: Column, n: int) -> "pd.Series[Any]":
    if values is None:
        values = pd.Series([None] * n, dtype="object")
    if column.kind == "list":
        return pd.Series([None if item is None or item is pd.NA else tuple(item) for item in values], dtype="object")
    plain = pd.to_datetime(values) if column.kind == "date" else values
    typed: pd.Series[Any] = plain.astype(DTYPES[column.kind])
    return typed
