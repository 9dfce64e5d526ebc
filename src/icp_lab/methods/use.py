"""How much each customer uses what it bought, by the best reading that the tables allow."""

from datetime import date
from typing import Literal

import pandas as pd

from icp_lab.methods.customers import fill_table
from icp_lab.methods.events import Summary, summarize_events

Use = Literal["seats", "events", "users", ""]


def measure_use(usage: pd.DataFrame, customers: pd.DataFrame, as_of: date, months: int = 12) -> tuple[pd.Series, Use]:
    """How much does each customer use, and what is that measured by?

    Parameters
    ----------
    usage
        Use in a period, or an event: account_id, date, active_users, seats, events. May be empty.
    customers
        A row a customer, indexed by account_id: churned_on, tenure_months.
    as_of
        The day up to which we look; for a customer that left, the day that it left.
    months
        Months before that day in which use counts, 1 to 36.

    Returns
    -------
    tuple
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
