"""Whom we reached that was neither lead nor customer before, and who of them became a lead."""

from datetime import date

import pandas as pd

from icp_lab.methods.customers import fill_table, until

REACHED = {"unit": "str", "reached": "datetime64[s]", "lead": "bool"}


def list_reached(  # noqa: PLR0913  (five tables tell whom we reached, and what came of it)
    engagement: pd.DataFrame, contacts: pd.DataFrame, leads: pd.DataFrame, pilot: pd.DataFrame,
    customers: pd.DataFrame, *, as_of: date) -> pd.DataFrame:
    """List whom we reached that was neither lead nor customer before, and who became a lead.

    Parameters
    ----------
    engagement : DataFrame
        The table: account_id, contact_id, lead_id, date. A touch of a person counts for the person's account. May be
        empty, as may those below.
    contacts : DataFrame
        The table: contact_id, account_id.
    leads : DataFrame
        The table: lead_id, account_id, created.
    pilot : DataFrame
        The table: unit_id, reached, lead.
    customers : DataFrame
        The artifact `customers`: account_id, since.
    as_of : date
        The day up to which we look.

    Returns
    -------
    DataFrame
        A row a company: unit (account, else lead), reached (day of the first touch), lead (did it become one?). What
        the pilot says of a unit holds.

    Examples
    --------
    >>> day = pd.to_datetime(["2026-01-05", "2026-01-07"])
    >>> touches = pd.DataFrame({"date": day, "kind": "called", "account_id": ["a", "b"]})
    >>> leads = pd.DataFrame({"lead_id": ["L1"], "account_id": ["b"], "created": day[1:]})
    >>> list_reached(touches, *[pd.DataFrame()] * 4, as_of=date(2026, 6, 30))["lead"].tolist(), list_reached(
    ...     touches, pd.DataFrame(), leads, *[pd.DataFrame()] * 2, as_of=date(2026, 6, 30))["lead"].tolist()
    ([False, False], [False, True])
    """
    now = pd.Timestamp(as_of)
    touches, people = fill_table(engagement, "engagement"), fill_table(contacts, "contacts")
    leads, drawn = fill_table(leads, "leads"), fill_table(pilot, "pilot").dropna(subset="reached")
    unit_of = leads.set_index("lead_id")["account_id"].fillna(leads.set_index("lead_id").index.to_series())
    account_of = people.drop_duplicates("contact_id").set_index("contact_id")["account_id"]
    people_of, leads_of = (touches[name].map(units).astype("str")  # of nobody known it would come as numbers
                           for name, units in (("contact_id", account_of), ("lead_id", unit_of)))
    unit = touches["account_id"].fillna(people_of).fillna(leads_of)
    first = until(touches, "date", now)["date"].groupby(unit).min()
    came = leads["created"].groupby(leads["lead_id"].map(unit_of)).min().reindex(first.index)
    began = fill_table(customers, "customers").set_index("account_id")["since"].reindex(first.index)
    fresh = ~((came < first) | (began < first))
    touched = pd.DataFrame({"unit": first.index, "reached": first.array, "lead": (came <= now).array})[fresh.to_numpy()]
    drawn = until(drawn, "reached", now).rename(columns={"unit_id": "unit"})[[*REACHED]]
    found = pd.concat([drawn.fillna({"lead": False}).astype(REACHED), touched.astype(REACHED)], ignore_index=True)
    return found.drop_duplicates("unit").sort_values("unit", ignore_index=True)
