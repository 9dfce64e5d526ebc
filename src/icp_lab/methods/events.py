"""Events into attributes of accounts: one text for pandas, Polars, DuckDB and Spark; what customers use."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import reduce
from math import inf
from operator import and_
from typing import Any, Literal, NamedTuple

import narwhals as nw
import pandas as pd

from icp_lab.methods.customers import fill_table

How = Literal["rows", "months", "days_since", "sum", "mean", "min", "max"]


@dataclass(frozen=True)
class Summary:
    """What is made of an account's events.

    Parameters
    ----------
    name : str
        The attribute.
    how : {'rows', 'months', 'days_since', 'sum', 'mean', 'min', 'max'}
        What is told: `rows`: how many there are; `months`: in how many calendar months there was one; `days_since`:
        days since the latest, 0 on the last day that counts; `sum`, `mean`, `min`, `max` of `column`.
    column : str, default ''
        The column that the last four are of; missing values and NaN are left out.
    months, days : int or None, default None
        Only events of the last so many months, or days; all events when both are None.

    Examples
    --------
    >>> Summary("logins", "rows", months=3).months
    3
    """

    name: str
    how: How
    column: str = ""
    months: int | None = None
    days: int | None = None


def summarize_events(events: Any, summaries: Sequence[Summary], *, before: date | str, by: str = "account_id",
                     on: str = "date") -> Any:
    """Summarize what an account's events say of it, on whichever engine they are.

    Parameters
    ----------
    events : object
        A row an event (usage, payment, touch): a frame of pandas or Polars, a DuckDB relation or a Spark frame.
    summaries : Sequence of Summary
        The attributes to make.
    before : date or str
        The first day that no longer counts, or the column that holds it for each event.
    by : str, default 'account_id'
        The column with the account.
    on : str, default 'date'
        The column with the day (a date or a time).

    Returns
    -------
    object
        A frame of the same kind as `events`, lazy if that is: a row an account that has an event before that day, in
        order, with the attributes. Counts are 0, and other attributes missing, where no event lies in the window.

    Notes
    -----
    An event without a day belongs to no window, and to what has none. A window of n months begins on the day of
    `before` n months earlier (as months have 31 places, whatever their length), so that full months are exact. Days
    are counted by their Julian number. All tests are of whole numbers, which every engine has alike; sums of fractions
    may differ in their last digits, as the order of adding does.

    Examples
    --------
    >>> import pandas as pd
    >>> days = pd.to_datetime(["2025-01-31", "2025-02-01", "2025-02-09"])
    >>> usage = pd.DataFrame({"account_id": ["a", "a", "b"], "date": days, "users": [5.0, 7.0, 2.0]})
    >>> wanted = [Summary("users", "mean", "users", months=1), Summary("months", "months")]
    >>> summarize_events(usage, wanted, before=date(2025, 3, 1)).to_dict("list")
    {'account_id': ['a', 'b'], 'users': [7.0, 2.0], 'months': [2, 1]}
    """
    day, stop = _Clock.read(on), _Clock.read(before)
    # As columns of their own, so that an engine plans them once, however many attributes are wanted of them.
    clock = {"days ago": stop.days - day.days, "places ago": stop.places - day.places, "month": day.months}
    ago, places, month = map(nw.col, clock)
    frame = nw.from_native(events).filter(~nw.col(by).is_null()).with_columns(**clock)
    frame = frame.filter((ago > 0) | nw.col(on).is_null())
    made: dict[str, nw.Expr] = {}
    for i, one in enumerate(summaries):
        value = {"days_since": ago - 1, "months": month, "rows": nw.lit(1)}.get(one.how, nw.col(one.column or by))
        # What is not <= inf is missing or NaN, which engines hold above or beside all numbers.
        inside = [~nw.col(by).is_null() if one.how == "rows" else value <= inf]
        inside += [] if one.days is None else [ago <= one.days]
        inside += [] if one.months is None else [places <= 31 * one.months]
        held = nw.when(reduce(and_, inside))
        made[f"value {i}"] = held.then(value).otherwise(nw.lit(-1)) if one.how == "months" else held.then(value)
        made[f"known {i}"] = held.then(nw.lit(1)).otherwise(nw.lit(0))
    sums = [getattr(nw.col(f"value {i}"), _AGGREGATES.get(one.how, one.how))() for i, one in enumerate(summaries)]
    known = [nw.col(f"known {i}").sum() for i in range(len(summaries))]
    grouped = frame.with_columns(**made).group_by(by).agg(*sums, *known, nw.len().alias("all rows"))
    found = grouped.select(by, *(_finish(i, one) for i, one in enumerate(summaries))).sort(by)
    return nw.maybe_reset_index(found).to_native()


_AGGREGATES = {"rows": "sum", "months": "n_unique", "days_since": "min"}


def _finish(place: int, one: Summary) -> nw.Expr:
    """Take back what stood for the rows outside, and leave open what no row told."""
    value, known = nw.col(f"value {place}"), nw.col(f"known {place}")
    if one.how == "rows":
        return known.alias(one.name)
    if one.how == "months":
        return nw.when(known < nw.col("all rows")).then(value - 1).otherwise(value).alias(one.name)
    return nw.when(known > 0).then(value).alias(one.name)


class _Clock(NamedTuple):
    """A day in whole numbers: months since year 0, places (31 to a month), and its Julian day number."""

    months: Any
    places: Any
    days: Any

    @classmethod
    def read(cls, source: date | str) -> "_Clock":
        """Read the clock of a day, or of a column of days."""
        year: Any
        if isinstance(source, date):
            year, month, day = source.year, source.month, source.day
        else:
            year, month, day = (getattr(nw.col(source).dt, part)() for part in ("year", "month", "day"))
        late = (14 - month) // 12  # January and February close the year before, so that leap days come last
        years, rest = year + 4800 - late, month + 12 * late - 3
        julian = day + (153 * rest + 2) // 5 + 365 * years + years // 4 - years // 100 + years // 400 - 32045
        return cls(year * 12 + month, (year * 12 + month) * 31 + day, julian)


Use = Literal["seats", "events", "users", ""]


def measure_use(usage: pd.DataFrame, customers: pd.DataFrame, as_of: date, months: int = 12) -> tuple[pd.Series, Use]:
    """Measure how much each customer uses, and say what that is measured by.

    Parameters
    ----------
    usage : DataFrame
        Use in a period, or an event: account_id, date, active_users, seats, events. May be empty.
    customers : DataFrame
        A row a customer, indexed by account_id: churned_on, tenure_months.
    as_of : date
        The day up to which we look; for a customer that left, the day that it left.
    months : int, default 12
        Months before that day in which use counts, 1 to 36.

    Returns
    -------
    tuple of (Series, {'seats', 'events', 'users', ''})
        A reading a customer, and what it is of: users over seats where seats are known, else events a month, else
        users, else nothing.

    Notes
    -----
    Whoever had any use before and none in these months has a reading of 0, whoever never had any has none. A row
    without a date says how it stands at the end; a table without any figure is a list of events, a row each.

    Examples
    --------
    >>> usage = pd.DataFrame({"account_id": ["a"], "active_users": [3.0], "seats": [4.0]})
    >>> customers = pd.DataFrame({"account_id": ["a"], "churned_on": pd.NaT, "tenure_months": 24.0})
    >>> measure_use(usage, customers.set_index("account_id"), date(2025, 1, 1))[0].tolist()
    [0.75]
    """
    rows = fill_table(usage, "usage").join(customers["churned_on"].fillna(pd.Timestamp(as_of)).rename("last"),
                                           on="account_id", how="inner")
    seated = (rows["seats"] > 0) & rows["active_users"].notna()
    rows = rows.assign(users=rows["active_users"].where(seated), seats=rows["seats"].where(seated),
                       date=rows["date"].fillna(rows["last"]), after=rows["last"] + pd.Timedelta(days=1))
    sums = [Summary(name, "sum", name, months=months) for name in ("users", "seats", "events")]
    others = [Summary("active_users", "mean", "active_users", months=months), Summary("rows", "rows", months=months)]
    found = summarize_events(rows, [*sums, *others], before="after").set_index("account_id").reindex(customers.index)
    known = found.notna().any()
    if known["seats"]:
        return (found["users"] / found["seats"]).mask(found["rows"] == 0, 0.0), "seats"
    if known["active_users"] and not known["events"]:
        return found["active_users"].mask(found["rows"] == 0, 0.0), "users"
    events = found["events"].mask(found["rows"] == 0, 0.0) if known["events"] else found["rows"]
    use = events / customers["tenure_months"].fillna(months).clip(1, months)
    return use, "events" if use.max() > 0 else ""
