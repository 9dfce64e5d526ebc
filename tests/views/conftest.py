"""Accounts of which the larger ones do well, for the views on a draft."""

import numpy as np
import pandas as pd
import pytest


@pytest.fixture(scope="session")
def sized():
    """Give 400 accounts with three attributes, and what became of each: from 200 employees on six of ten are best."""
    rng = np.random.default_rng(0)
    ids = pd.Index([f"A{i:03d}" for i in range(400)], name="account_id")
    attributes = pd.DataFrame({
        "employees": rng.lognormal(5, 1, 400).round(), "industry": pd.array(rng.choice(list("abcd"), 400), dtype="str"),
        "exports": pd.array(rng.random(400) < 0.5, dtype="boolean"),
    }, index=ids)
    attributes.loc[ids[:20], "employees"] = np.nan
    good = rng.random(400) < np.where(attributes["employees"] >= 200, 0.6, 0.08)
    cases = pd.DataFrame({"case_id": ids, "account_id": ids, "outcome": "best", "time": pd.NaT,
                          "positive": np.where(good, "yes", "no")})
    return attributes, cases
