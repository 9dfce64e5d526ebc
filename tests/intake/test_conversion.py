"""Cells of text to values of a kind."""

from datetime import date

import duckdb
import pytest

from icp_lab.intake.conversion import Customs, add_macros, by_kind, convert, find_notations, guess_kinds
from icp_lab.tables import BY_NAME

EUROPEAN = Customs()


@pytest.fixture(scope="module")
def con():
    connection = duckdb.connect()
    add_macros(connection)
    return connection


def test_a_connection_fetches_nothing_that_it_lacks(con):
    """DuckDB would ask its makers' server for an extension that a file or a function calls for."""
    assert con.sql("SELECT current_setting('autoinstall_known_extensions')").fetchall() == [(False,)]


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
        ("number", "12,19,417", 1219417.0),
        ("number", "12 apples", None),
        ("number", "12 people", 12.0),
        ("number", "1億2,000万円", 120_000_000.0),
        ("number", "3万5千円", 35_000.0),
        ("money", "120百万円", 120_000_000.0),
        ("money", "△1,234", -1234.0),
        ("money", "$(1,234)", -1234.0),
        ("money", "3.2M", 3_200_000.0),
        ("money", "2bn", 2e9),
        ("number", "5%", 0.05),
        ("number", "1 234 567", 1234567.0),
        ("number", "12 34", None),
        ("number", "1-2-3", None),
        ("integer", "50〜99名", 70.0),
        ("integer", "51-200 employees", 101.0),
        ("integer", "10,001+ employees", 10001.0),
        ("integer", "100名以上", 100.0),
        ("integer", "10人未満", 10.0),
        ("integer", "<10", 10.0),
        ("money", "100万円〜500万円", 2236068.0),
        ("money", "10〜50億円", 2236067977.0),
        ("number", "1e999", None),
        ("date", "2024-04-01", date(2024, 4, 1)),
        ("date", "2024/4/1", date(2024, 4, 1)),
        ("date", "20240401", date(2024, 4, 1)),
        ("date", "2024-04-01 23:59:59", date(2024, 4, 1)),
        ("date", "2024-04-01T03:00:00Z", date(2024, 4, 1)),
        ("date", "2024年4月1日", date(2024, 4, 1)),
        ("date", "令和6年4月1日", date(2024, 4, 1)),
        ("date", "令和元年5月1日", date(2019, 5, 1)),
        ("date", "R6.4.1", date(2024, 4, 1)),
        ("date", "H31.4.30", date(2019, 4, 30)),
        ("date", "2024年4月1日(月) 10:30", date(2024, 4, 1)),
        ("date", "2024-04", date(2024, 4, 1)),
        ("date", "2024年4月", date(2024, 4, 1)),
        ("date", "Apr 1, 2024", date(2024, 4, 1)),
        ("date", "1-Apr-24", date(2024, 4, 1)),
        ("date", "April 1st, 2024", date(2024, 4, 1)),
        ("date", "２０２４／４／１", date(2024, 4, 1)),
        ("date", "2024-04-01T23:00:00.000+0900", date(2024, 4, 1)),
        ("date", "24/4/1", None),
        ("date", "epoch", None),
        ("date", "2024", None),
        ("date", "2024-02-30", None),
        ("date", "0000-00-00", None),
        ("date", "4/1/2024", None),
        ("date", "infinity", None),
        ("date", "soon", None),
        ("flag", "TRUE", True),
        ("flag", "いいえ", False),
        ("flag", "0", False),
        ("flag", "○", True),
        ("flag", "なし", False),
        ("flag", "maybe", None),
        ("list", "a; b;;c", ["a", "b", "c"]),
        ("list", "a, b", ["a", "b"]),
        ("list", '["a, b", "c"]', ["a, b", "c"]),
        ("list", "CRM、ERP", ["CRM", "ERP"]),
        ("list", "CRM\nERP", ["CRM", "ERP"]),
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
        (["1", "2"] * 600 + ["many"], "text"),
        (["△1,234", "5万円"], "number"),
        (["50〜99名", "100名以上"], "text"),
        (["3M", "5G"], "text"),
        (["1.2.3", "1.3.0"], "text"),
        (["31/01/2024", "令和6年4月1日"], "date"),
        (["31/01/2024", "01/31/2024"], "text"),
        ([None] * 1200 + ["5円", "6円"], "number"),
    ],
)
def test_kinds_that_nobody_declared(con, cells, kind):
    con.execute("CREATE OR REPLACE TABLE guess (m0 VARCHAR)")
    con.executemany("INSERT INTO guess VALUES ($1)", [[cell] for cell in cells])
    assert guess_kinds(con, "guess", ["m0"]) == {"m0": kind}


def read_column(con, kind, cells, customs=EUROPEAN, told=None):
    """Read a column as a study would: first how it is written, then each cell."""
    con.execute("CREATE OR REPLACE TABLE col (i INTEGER, m0 VARCHAR, m1 VARCHAR)")
    con.executemany("INSERT INTO col VALUES ($1, $2, $3)", [[i, *cell] if isinstance(cell, tuple) else [i, cell, None]
                                                            for i, cell in enumerate(cells)])
    form = find_notations(con, "col", {"m0": kind, "m1": kind}, customs, told)["m0"]
    rows = con.execute(f"SELECT {by_kind('m0', kind, form)} FROM col ORDER BY i").fetchall()
    return [value for (value,) in rows], dict(form.said)


@pytest.mark.parametrize(
    ("cells", "order", "code"),
    [
        (["13/02/2024", "01/02/2024"], "dmy", "date_order"),
        (["02/13/2024", "01/02/2024"], "mdy", "date_order"),
        (["01/02/2024", "03/04/2024"], "dmy", "date_order_unsure"),
        ([("01/02/2024", "02/13/2024"), ("03/04/2024", None)], "mdy", "date_order_unsure"),
        (["24/04/13", "24/1/2"], "ymd", "date_order"),
    ],
)
def test_the_order_of_day_and_month_is_that_of_the_column(con, cells, order, code):
    values, said = read_column(con, "date", cells)
    assert None not in values
    assert said[code]["order"] == order
    assert said[code]["n"] == 2


def test_customs_and_study_yml_settle_what_two_orders_fit(con):
    american = Customs(orders=("mdy", "dmy", "ymd"))
    values, said = read_column(con, "date", ["01/02/2024"], american)
    assert values == [date(2024, 1, 2)]
    assert "date_order_unsure" in said
    assert read_column(con, "date", ["01/02/2024"], american, {"m0": "dmy"}) == ([date(2024, 2, 1)], {})


def test_spreadsheet_days_only_where_all_cells_are(con):
    assert read_column(con, "date", ["45383", "45384.5"])[0] == [date(2024, 4, 1), date(2024, 4, 2)]
    assert read_column(con, "date", ["45383", "2024-04-01"])[0] == [None, date(2024, 4, 1)]


def test_fiscal_periods_begin_when_the_study_says(con):
    cells = ["FY2024Q1", "2024年度", "2024年度第4四半期", "2024年度下期"]
    values, said = read_column(con, "date", cells, Customs(fiscal_year_start=4))
    assert values == [date(2024, 4, 1), date(2024, 4, 1), date(2025, 1, 1), date(2024, 10, 1)]
    assert said["fiscal"]["n"] == 4


def test_the_decimal_comma_is_that_of_the_column_or_of_its_neighbour(con):
    values, said = read_column(con, "money", ["1.234,56", "1.234", "12"])
    assert values == [1234.56, 1234.0, 12.0]
    assert said["decimal_comma"]["n"] == 2
    assert read_column(con, "money", [("1.234", "1,5"), ("2.500", "2,5")])[0] == [1234.0, 2500.0]
    assert read_column(con, "money", [("1.234", "1.5"), ("2.500", "2.5")]) == ([1.234, 2.5], {})


def test_ranges_and_words_are_said_with_their_number(con):
    values, said = read_column(con, "integer", ["50〜99名", "1,000+", "12", "3万"])
    assert values == [70.0, 1000.0, 12.0, 30_000.0]
    assert said["ranges"]["n"] == 2
    assert said["number_words"] == {"n": 1, "example": "3万", "value": "30,000", "order": ""}
