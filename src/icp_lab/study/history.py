"""Point in time: deals as they were when they began, where their history was kept."""

from dataclasses import dataclass

import pandas as pd

# The column of a deal that its history carries along.
CARRIED = "amount"


@dataclass(frozen=True)
class Begun:
    """Hold deals as they were when they began.

    Parameters
    ----------
    frame : DataFrame
        The deals; where the history carries amounts, `amount` is the one they began with.
    columns : tuple of str
        Which columns are as of the beginning; the others are as of the export.
    told : int
        Deals whose first amount the history tells.
    changed : int
        Those of them that hold another amount now.

    Examples
    --------
    >>> deals = pd.DataFrame({"deal_id": ["d", "e"], "amount": [900.0, 70.0]})
    >>> history = pd.DataFrame({"deal_id": ["d"], "date": pd.to_datetime(["2025-01-05"]), "amount": [500.0]})
    >>> begun = rewind_deals(deals, history)
    >>> begun.columns, begun.told, begun.changed
    (('amount',), 1, 1)
    """

    frame: pd.DataFrame
    columns: tuple[str, ...]
    told: int
    changed: int


def rewind_deals(deals: pd.DataFrame, history: pd.DataFrame) -> Begun:
    """Give what was known of these deals when they began.

    Parameters
    ----------
    deals : DataFrame
        The table deals: deal_id, amount, and others that stay as they are.
    history : DataFrame
        The table deal_history: deal_id, date, amount. May be empty.

    Returns
    -------
    Begun
        The amount of a deal's first day; missing where that day holds none or several, since nothing tells which of
        them came first, and where the deal has no history. Without any amount in the history nothing is rewound.

    Examples
    --------
    >>> deals = pd.DataFrame({"deal_id": ["d"], "amount": [900.0]})
    >>> history = pd.DataFrame({"deal_id": "d", "date": pd.to_datetime(["2025-01-05", "2025-03-01"]),
    ...                         "amount": [500.0, 900.0]})
    >>> rewind_deals(deals, history).frame["amount"].tolist()
    [500.0]
    """
    if history[CARRIED].isna().all():
        return Begun(deals, (), 0, 0)
    first_day = history.groupby("deal_id")["date"].min()
    first = history[history["date"] == history["deal_id"].map(first_day)].groupby("deal_id")[CARRIED]
    amount = deals["deal_id"].map(first.first().where(first.nunique() == 1)).astype("float64")
    changed = amount.notna() & (amount != deals[CARRIED])
    return Begun(deals.assign(amount=amount), (CARRIED,), int(amount.notna().sum()), int(changed.sum()))


def rewind_attributes(attributes: pd.DataFrame, begun: Begun) -> pd.DataFrame:
    """Give what was known of these accounts when their deal began.

    Parameters
    ----------
    attributes : DataFrame
        A row an account, indexed by account_id.
    begun : Begun
        The deals as they began.

    Returns
    -------
    DataFrame
        An attribute that carries the amount of the account's deal is as of its beginning. Where accounts have several
        deals nothing tells which of them it belongs to, and it stays as it was exported.

    Examples
    --------
    >>> begun = Begun(pd.DataFrame({"account_id": ["A"], "amount": [500.0]}), ("amount",), 1, 1)
    >>> rewind_attributes(pd.DataFrame({"amount": [900.0]}, index=["A"]), begun)["amount"].tolist()
    [500.0]
    """
    keyed = begun.frame.dropna(subset="account_id").set_index("account_id")
    if not keyed.index.is_unique:
        return attributes
    return attributes.assign(**{name: keyed[name].reindex(attributes.index) for name in begun.columns
                                if name in attributes})
