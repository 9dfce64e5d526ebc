"""A place on the map for every account."""

import numpy as np
import pandas as pd
import pytest

from icp_lab.methods.layout import map_accounts


def _cloud(n):
    rng = np.random.default_rng(0)
    points = rng.normal(size=(n, 4)) + np.where(np.arange(n) < n // 2, 0, 12)[:, None]
    return pd.DataFrame(points, columns=list("abcd"), index=[f"A{i:03d}" for i in range(n)])


@pytest.mark.slow  # the map compiles for ten seconds and more
def test_neighbours_lie_together_and_row_order_does_not_matter():
    table = _cloud(80)
    places = map_accounts(table).frame
    pd.testing.assert_frame_equal(places, map_accounts(table.sample(frac=1, random_state=1)).frame)
    inside = places[["x", "y"]].to_numpy()
    first, second = inside[:40], inside[40:]
    apart = np.linalg.norm(np.median(first, axis=0) - np.median(second, axis=0))
    assert apart > np.linalg.norm(first - np.median(first, axis=0), axis=1).mean()


def test_few_accounts_have_no_place():
    places = map_accounts(_cloud(6)).frame
    assert list(places["account_id"]) == [f"A{i:03d}" for i in range(6)]
    assert places[["x", "y"]].isna().all(axis=None)
