import numpy as np
import pandas as pd

from icp_lab.methods.patterns import pick_best, pick_loyal, pick_valuable


def test_the_valuable_are_ranked_by_value_and_ties_by_id():
    customers = pd.DataFrame({"account_id": list("dcba"), "status": "customer", "value": [1.0, 5.0, 1.0, np.nan]})
    assert pick_valuable(customers, 0.67) == (("c", "b"), ("d",))


def test_the_young_are_neither_loyal_nor_not():
    customers = pd.DataFrame({
        "account_id": list("abcd"), "status": "customer", "tenure_months": [40.0, 30.0, 5.0, 5.0],
        "churned": pd.array([False, True, True, False], "boolean"), "lapsed": pd.array([None] * 4, "boolean")})
    assert pick_loyal(customers, 24) == (("a", "b"), ("c",))
    stayed = customers.assign(churned=pd.array([False] * 4, "boolean"))
    assert pick_loyal(stayed, 24)[1] == ("c", "d")
    assert pick_loyal(customers, 99) == (("a", "d"), ("b", "c")), "who is still here against who left"


def test_unknown_ones_are_not_called_ordinary():
    success = pd.DataFrame({"account_id": ["a", "b", "c"], "best": pd.array([None, True, False], "boolean")})
    assert pick_best(success) == (("b",), ("c",))
