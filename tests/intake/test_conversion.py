"""Cells of text to values of a kind."""

from datetime import date

import duckdb
import pytest

from icp_lab.intake.conversion import add_macros, by_kind, convert, guess_kinds
from icp_lab.tables import BY_NAME


@pytest.fixture(scope="module")
def con():
    connection = duckdb.connect()
    add_macros(connection)
    return connection


@pytest.mark.parametrize(
    ("kind", "cell", "value"),
    [
        ("number", "12", 12.0),
        ("number", "1,234,567.5", 1234567.5),
        ("number", "-3e2", -300.0),
        ("number", ".5", 0.5),
        ("number", "\uff11\uff12\uff13\uff14", 1234.0),  # full width
        ("money", "\uffe51,000", 1000.0),
        ("number", "nan", None),
        ("number", "inf", None),
        ("number", "1_000", None),
        ("number", "1,23", None),
        ("number", "12 people", None),
        ("number", "1e999", None),
        ("date", "2024-04-01", date(2024, 4, 1)),
        ("date", "2024/4/1", date(2024, 4, 1)),
        ("date", "20240401", date(2024, 4, 1)),
        ("date", "2024-04-01 23:59:59", date(2024, 4, 1)),
        ("date", "2024-04-01T03:00:00Z", date(2024, 4, 1)),
        ("date", "2024年4月1日", date(2024, 4, 1)),
        ("date", "2024-02-30", None),
        ("date", "0000-00-00", None),
        ("date", "4/1/2024", None),
        ("date", "infinity", None),
        ("date", "soon", None),
        ("flag", "TRUE", True),
        ("flag", "いいえ", False),
        ("flag", "0", False),
        ("flag", "maybe", None),
        ("list", "a; b;;c", ["a", "b", "c"]),
        ("list", "a, b", ["a", "b"]),
        ("list", '["a, b", "c"]', ["a, b", "c"]),
        ("list", "CRM、ERP", ["CRM", "ERP"]),
        ("list", ";", None),
        ("list", "[broken]", None),
    ],
)
def test_cells_convert(con, kind, cell, value):
    assert con.execute(f"SELECT {by_kind('x', kind)} FROM (SELECT $1 AS x)", [cell]).fetchone() == (value,)


@pytest.mark.parametrize(
    ("table", "column", "cell", "value"),
    [
        ("deals", "stage", "WON", "won"),
        ("deals", "stage", "Negotiation", None),
        ("review", "vote", "9", 9.0),
        ("review", "vote", "10", None),
        ("review", "vote", "2.5", None),
        ("accounts", "employees", "-3", None),
    ],
)
def test_choices_and_ranges(con, table, column, cell, value):
    declared = BY_NAME[table].by_name[column]
    assert con.execute(f"SELECT {convert('x', declared)} FROM (SELECT $1 AS x)", [cell]).fetchone() == (value,)


@pytest.mark.parametrize(
    ("cells", "kind"),
    [
        (["1", "2.5", None], "number"),
        (["yes", "No", None], "flag"),
        (["0", "1", "1"], "flag"),
        (["0", "0"], "number"),
        (["Yes", "No", "Unknown"], "text"),
        (["00123", "4"], "text"),
        (["2024-01-01", "2024/1/2"], "date"),
        ([None, None], "text"),
        (["1", "many"], "text"),
    ],
)
def test_kinds_that_nobody_declared(con, cells, kind):
    con.execute("CREATE OR REPLACE TABLE guess (m0 VARCHAR)")
    con.executemany("INSERT INTO guess VALUES ($1)", [[cell] for cell in cells])
    assert guess_kinds(con, "guess", ["m0"]) == {"m0": kind}
