import numpy as np
import pandas as pd

from icp_lab.methods.patterns import pick_best, pick_valuable


def test_the_valuable_are_ranked_by_value_and_ties_by_id():
    customers = pd.DataFrame({"account_id": list("dcba"), "status": "customer", "value": [1.0, 5.0, 1.0, np.nan]})
    assert pick_valuable(customers, 0.67) == (("c", "b"), ("d",))


def test_unknown_ones_are_not_called_ordinary():
    success = pd.DataFrame({"account_id": ["a", "b", "c"], "best": pd.array([None, True, False], "boolean")})
    assert pick_best(success) == (("b",), ("c",))
