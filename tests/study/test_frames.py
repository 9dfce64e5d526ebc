"""Very many rows of use are put together by account and day, which changes no reading of them."""

import duckdb
import pandas as pd
import pytest

from icp_lab.methods.events import measure_use
from icp_lab.study import frames, open_study
from icp_lab.tables import BY_NAME

_ROWS = """SELECT 'A' || i % 7 AS account_id, DATE '2026-01-01' + (i % 40)::INT AS date,
    CASE WHEN i % 5 > 0 THEN (i % 11)::DOUBLE END AS active_users, CASE WHEN i % 3 > 0 THEN 12.0 END AS seats,
    (i % 13)::DOUBLE AS events, 'feature ' || i % 4 AS feature FROM range(900) t(i)"""


@pytest.mark.parametrize("columns", ["*", "* EXCLUDE (seats)", "* EXCLUDE (events)", "* EXCLUDE (date)",
                                     "account_id, date, events", "account_id, date, active_users", "account_id, date",
                                     "* EXCLUDE (events) REPLACE (if(seats > 0, NULL, active_users) AS active_users)"])
def test_events_of_a_day_are_summed_where_they_are_many_and_say_the_same(columns, monkeypatch):
    relation = duckdb.connect().sql(f"SELECT {columns} FROM ({_ROWS})")
    customers = pd.DataFrame({"churned_on": pd.NaT, "tenure_months": 30.0}, index=[f"A{n}" for n in range(8)])
    table, as_of = BY_NAME["usage"], pd.Timestamp("2026-03-01").date()
    each = frames.to_frame(relation, table, ())
    monkeypatch.setattr(frames, "MANY_EVENTS", 100)
    days = frames.to_frame(frames.sum_days(relation), table, ())
    (read, of), (again, of_days) = (measure_use(rows, customers.astype({"churned_on": "datetime64[s]"}), as_of)
                                    for rows in (each, days))
    pd.testing.assert_series_equal(read, again)
    assert of == of_days
    assert (len(days) < len(each)) == (of != "users" and columns != "account_id, date")


def test_the_demo_is_read_row_by_row(root):
    study = open_study(root / "data/demo")
    assert len(study.table("usage")) == study.facts("usage").used
