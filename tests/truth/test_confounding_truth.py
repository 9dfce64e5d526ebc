"""Is what only keeps company named, and what matters by itself left alone?"""

import numpy as np
import pandas as pd
import pytest

from icp_lab.methods.confounding import find_confounding
from icp_lab.methods.contrast import compare_groups

SEEDS = 12


def count_explained(n: int, *, through: bool) -> float:
    """In which share of worlds is size explained by being a client, on which winning depends if `through`?"""
    explained = 0
    for seed in range(SEEDS):
        rng = np.random.default_rng(seed)
        client = rng.random(n) < 0.4
        big = rng.random(n) < np.where(client, 0.75, 0.25)
        won = rng.random(n) < (np.where(client, 0.75, 0.2) if through else np.where(big, 0.7, 0.2))
        frame = pd.DataFrame({"client": np.where(client, "old", "new"), "size": np.where(big, "Big", "Small"),
                              "seats": rng.lognormal(3, 0.7, n) * np.where(client, 3, 1), "other": rng.random(n)},
                             index=[f"a{i:04}" for i in range(n)])
        sides = list(frame.index[won]), list(frame.index[~won])
        found = find_confounding(frame, *sides, compare_groups(frame, *sides, after_sale=("client",))).frame
        explained += bool((found["kind"].eq("explained") & found["attribute"].eq("size")).any())
    return explained / SEEDS


@pytest.mark.parametrize("n", [300, 800])
def test_size_is_explained_where_clients_decide_and_not_where_size_does(n: int) -> None:
    assert count_explained(n, through=True) >= 10 / 12  # at 95 % fewer than 10 have a chance of 2 %
    assert count_explained(n, through=False) <= 1 / 12
