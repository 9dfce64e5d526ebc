"""Which customers are held against which, to see what the valuable and the best share."""

import pandas as pd

# Ids of the accounts on either side.
Sides = tuple[tuple[str, ...], tuple[str, ...]]


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
