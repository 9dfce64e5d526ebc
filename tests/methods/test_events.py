"""Events say the same of an account on pandas, Polars, DuckDB and Spark."""

from datetime import date, datetime

import duckdb
import narwhals as nw
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from icp_lab.methods.events import Summary, measure_use, summarize_events

BEFORE = date(2025, 3, 1)
WANTED = [
    Summary("all", "rows"),
    Summary("events_90d", "rows", days=90),
    Summary("active_months", "months"),
    Summary("active_months_1y", "months", months=12),
    Summary("last_touch", "days_since"),
    Summary("revenue_1y", "sum", "amount", months=12),
    Summary("users_90d", "mean", "users", days=90),
    Summary("least", "min", "amount"),
    Summary("most", "max", "users", months=1),
]
DAYS = st.one_of(st.none(), st.dates(date(2023, 1, 1), date(2025, 4, 1)), st.sampled_from(
    [date(2024, 2, 29), date(2024, 3, 1), date(2024, 12, 1), date(2025, 2, 28), BEFORE]))
AMOUNTS = st.one_of(st.none(), st.just(float("nan")), st.integers(-40, 40).map(lambda x: x / 4))
EVENTS = st.lists(
    st.tuples(st.sampled_from(["a", "b", "製", None]), DAYS, AMOUNTS, st.one_of(st.none(), st.integers(0, 9)), DAYS),
    min_size=1, max_size=15)


def _table(events):
    names = {"account_id": pa.string(), "date": pa.date32(), "amount": pa.float64(), "users": pa.int64(),
             "stop": pa.date32()}
    columns = zip(*events, strict=True)
    return pa.table({name: pa.array(column, kind) for (name, kind), column in zip(names.items(), columns, strict=True)})


def _pandas(table):
    frame = table.to_pandas(date_as_object=False)
    return frame.astype({"date": "datetime64[s]", "users": "float64"})


def _rows(frame):
    """Give the rows of any frame as plain values, None for whatever is missing."""
    frame = nw.from_native(frame)
    rows = (frame.collect() if isinstance(frame, nw.LazyFrame) else frame).rows()
    return [tuple(None if pd.isna(v) else v for v in row) for row in rows]


def _expect(events, before=None):
    """Work the attributes out event by event."""
    told = {}
    for account, day, amount, users, stop in events:
        end = stop if before is None else before
        if account is None or (day is not None and (end is None or day >= end)):
            continue
        told.setdefault(account, []).append((day, amount, users, end))
    return [(account, *_expect_one(rows)) for account, rows in sorted(told.items())]


def _expect_one(rows):
    def inside(row, days=None, months=None):
        day, _amount, _users, end = row
        if day is None or end is None:
            return days is None and months is None
        back = ((end.year - day.year) * 12 + end.month - day.month) * 31 + end.day - day.day
        return (days is None or (end - day).days <= days) and (months is None or back <= 31 * months)

    def take(place, **window):
        return [r[place] for r in rows if inside(r, **window) and r[place] is not None and r[place] == r[place]]

    ago = [(end - day).days - 1 for day, _a, _u, end in rows if day is not None and end is not None]
    seen = [take(0), take(0, months=12)]
    amounts, users = take(1, months=12), take(2, days=90)
    return (
        len(rows), sum(inside(r, days=90) for r in rows), *(len({(d.year, d.month) for d in days}) for days in seen),
        min(ago, default=None), sum(amounts) if amounts else None, sum(users) / len(users) if users else None,
        min(take(1), default=None), max(take(2, months=1), default=None))


@settings(max_examples=25, deadline=None)
@given(EVENTS)
def test_every_engine_says_the_same(events):
    table, expected = _table(events), [pytest.approx(row) for row in _expect(events, BEFORE)]
    frames = [_pandas(table), pl.from_arrow(table).lazy(), duckdb.from_arrow(table)]
    for frame in frames:
        assert _rows(summarize_events(frame, WANTED, before=BEFORE)) == expected


@settings(max_examples=12, deadline=None)
@given(EVENTS)
def test_each_account_may_have_a_day_of_its_own(events):
    events = [event for event in events if event[4] is not None] or [("a", None, 1.0, 1, BEFORE)]
    table, expected = _table(events), [pytest.approx(row) for row in _expect(events)]
    for frame in (_pandas(table), pl.from_arrow(table), duckdb.from_arrow(table)):
        assert _rows(summarize_events(frame, WANTED, before="stop")) == expected


@pytest.mark.slow
@settings(max_examples=2, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(events=EVENTS)
def test_spark_says_the_same(spark, events):
    found = summarize_events(spark.createDataFrame(_table(events)), WANTED, before=BEFORE)
    rows = [tuple(row) for row in found.collect()]
    assert rows == [pytest.approx(row) for row in _expect(events, BEFORE)]


def test_the_order_of_events_and_the_hour_of_the_day_do_not_matter():
    events = pd.DataFrame({"account_id": ["b", "a", "a"], "amount": [1.0, 2.0, 4.0],
                           "date": [datetime(2025, 2, 28, 23), datetime(2025, 2, 1, 12), datetime(2025, 1, 31, 23)]})
    wanted = [Summary("sum", "sum", "amount", months=1), Summary("ago", "days_since")]
    found = summarize_events(events, wanted, before=BEFORE)
    assert found.to_dict("list") == {"account_id": ["a", "b"], "sum": [2.0, 1.0], "ago": [27, 0]}
    assert summarize_events(events[::-1], wanted, before=BEFORE).equals(found)


def test_no_events_make_no_accounts():
    empty = pd.DataFrame({"account_id": pd.Series(dtype="str"), "date": pd.Series(dtype="datetime64[s]")})
    assert len(summarize_events(empty, [Summary("n", "rows")], before=BEFORE)) == 0


CUSTOMERS = pd.DataFrame({"churned_on": pd.to_datetime([None, None, "2025-03-01"]),
                          "tenure_months": [24.0, 6.0, 30.0]}, index=pd.Index(list("abc"), name="account_id"))
ROWS = pd.DataFrame({"account_id": ["a", "a", "b", "c", "c"], "active_users": [5.0, 10.0, 1.0, 4.0, 9.0],
                     "seats": 10.0, "events": [60.0, 60.0, 60.0, 24.0, 99.0],
                     "date": pd.to_datetime(["2025-10-01", "2025-11-01", "2025-11-01", "2025-02-01", "2025-04-01"])})


def read(usage: pd.DataFrame, **settings: int) -> tuple[list[float], str]:
    use, use_of = measure_use(usage, CUSTOMERS, date(2025, 12, 31), **settings)
    return use.tolist(), use_of


@pytest.mark.parametrize(("lacking", "expected", "of"), [
    ([], [0.75, 0.1, 0.4], "seats"), (["seats"], [10.0, 10.0, 2.0], "events"),
    (["seats", "events"], [7.5, 1.0, 4.0], "users"),
    (["seats", "active_users", "events"], [2 / 12, 1 / 6, 1 / 12], "events"),
])
def test_the_best_reading_of_the_last_year_is_taken(lacking: list[str], expected: list[float], of: str) -> None:
    assert read(ROWS.drop(columns=lacking)) == (pytest.approx(expected), of)
    assert read(ROWS.drop(columns=lacking)[::-1]) == (pytest.approx(expected), of)


def test_use_before_and_none_now_is_none_at_all_while_no_reading_is_unknown() -> None:
    days = pd.to_datetime(["2023-01-01"] * 2 + ["2025-02-01"] * 2)
    old = ROWS[ROWS["account_id"] != "b"].assign(date=days)
    use, use_of = read(old)
    assert use_of == "seats" and use[0] == 0 and pd.isna(use[1]) and use[2] == 0.65


def test_nothing_is_read_where_nothing_is_told() -> None:
    assert measure_use(pd.DataFrame(), CUSTOMERS, date(2025, 12, 31))[1] == ""
