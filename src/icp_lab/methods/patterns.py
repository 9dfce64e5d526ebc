"""Which customers are held against which, to see what the valuable, the loyal and the best share."""

import pandas as pd

from icp_lab.methods.customers import tell_left

Sides = tuple[tuple[str, ...], tuple[str, ...]]
"""Ids of the accounts on either side."""


def pick_valuable(customers: pd.DataFrame, share: float) -> Sides:
    """Which customers are of high value, and which are the others?

    Parameters
    ----------
    customers
        The artifact `customers`; those without a value are in neither group.
    share
        Share of customers of high value, 0 to 1.

    Examples
    --------
    >>> customers = pd.DataFrame({"account_id": ["a", "b"], "status": "customer", "value": [1.0, 2.0]})
    >>> pick_valuable(customers, 0.5)
    (('b',), ('a',))
    """
    valued = customers[(customers["status"] == "customer") & customers["value"].notna()]
    ranked = valued.sort_values(["value", "account_id"], ascending=[False, True])["account_id"].tolist()
    places = round(share * len(ranked))
    return tuple(ranked[:places]), tuple(ranked[places:])


def pick_loyal(customers: pd.DataFrame, months: float) -> Sides:
    """Which customers stayed for long, and which had the time to but left?

    Parameters
    ----------
    customers
        The artifact `customers`.
    months
        How long is long. Customers that began later than so many months ago and are still here are in neither group.

    Returns
    -------
    Sides
        Where nobody is known to have left, the second group is everybody who has not been here for so long; where
        nobody has been here for so long, the first is everybody who is still here.

    Examples
    --------
    >>> customers = pd.DataFrame({"account_id": ["a", "b", "c"], "status": "customer",
    ...                           "tenure_months": [40.0, 3.0, 5.0],
    ...                           "churned": pd.array([False, True, False], "boolean"),
    ...                           "lapsed": pd.array([None] * 3, "boolean")})
    >>> pick_loyal(customers, 24)
    (('a',), ('b',))
    """
    ours = customers[(customers["status"] == "customer") & customers["tenure_months"].notna()].sort_values("account_id")
    left = tell_left(ours).fillna(False).astype(bool)
    long = ours["tenure_months"] >= months
    long = long if long.any() else ~left
    others = ~long & left if left.any() else ~long
    return tuple(ours.loc[long, "account_id"]), tuple(ours.loc[others, "account_id"])


def pick_best(success: pd.DataFrame) -> Sides:
    """Which customers are best, and which are known not to be?

    Parameters
    ----------
    success
        The artifact `success`: account_id, best.

    Examples
    --------
    >>> success = pd.DataFrame({"account_id": ["a", "b", "c"], "best": pd.array([True, False, None], "boolean")})
    >>> pick_best(success)
    (('a',), ('b',))
    """
    ids, best = success["account_id"], success["best"]
    return tuple(ids[best.fillna(False)]), tuple(ids[~best.fillna(True)])
