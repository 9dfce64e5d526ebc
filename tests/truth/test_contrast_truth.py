"""Does the contrast keep what it promises: few false finds, intervals that hold, and real differences found?"""

import numpy as np
import pandas as pd
import pytest

from icp_lab.methods.contrast import compare_groups
from icp_lab.methods.effects import estimate_delta, estimate_ratio

SEEDS = 60


def make_groups(seed: int, planted: bool) -> tuple[pd.DataFrame, pd.Index, pd.Index]:
    """30 attributes of three kinds and 60 accounts against 140; four attributes differ when planted."""
    rng = np.random.default_rng(seed)
    n, first = 200, np.arange(200) < 60
    ids = pd.Index([f"a{i:03}" for i in range(n)])
    columns: dict[str, object] = {f"number_{i}": rng.lognormal(3, 1, n) for i in range(15)}
    shares = [0.3, 0.25, 0.2, 0.1, 0.1, 0.05]
    columns |= {f"kind_{i}": pd.Series(rng.choice(list("abcdef"), n, p=shares), index=ids) for i in range(10)}
    columns |= {f"flag_{i}": pd.array(rng.random(n) < 0.15 * (i + 1), dtype="boolean") for i in range(5)}
    if planted:
        columns["number_0"] = rng.lognormal(3, 1, n) * np.where(first, 2.2, 1)
        columns["number_1"] = rng.lognormal(3, 1, n) * np.where(first, 0.45, 1)
        columns["flag_0"] = pd.array(rng.random(n) < np.where(first, 0.55, 0.2), dtype="boolean")
        columns["flag_1"] = pd.array(rng.random(n) < np.where(first, 0.1, 0.4), dtype="boolean")
    return pd.DataFrame(columns, index=ids), ids[first], ids[~first]


PLANTED = {"number_0", "number_1", "flag_0", "flag_1"}


def make_correlated(seed: int, planted: bool) -> tuple[pd.DataFrame, pd.Index, pd.Index]:
    """The same kinds in five blocks, correlated at 0.6 within; four attributes of a block of their own are planted."""
    rng = np.random.default_rng(seed)
    n, first = 200, np.arange(200) < 60
    ids = pd.Index([f"a{i:03}" for i in range(n)])
    blocks = rng.normal(size=(n, 5))
    columns: dict[str, object] = {}
    for place in range(30):
        name = f"number_{place}" if place < 15 else f"kind_{place - 15}" if place < 25 else f"flag_{place - 25}"
        z = np.sqrt(0.6) * blocks[:, place % 5] + np.sqrt(0.4) * rng.normal(size=n)
        if planted and name in PLANTED:
            z = rng.normal(size=n) + np.where(first, 0.9, 0) * (-1 if name.endswith("1") else 1)
        bands = pd.Series(np.array(list("abcdef"))[np.searchsorted([-0.8, 0, 0.7, 1.3, 1.8], z)], ids).astype("str")
        columns[name] = np.exp(z) if place < 15 else bands if place < 25 else pd.array(z > 0.5, dtype="boolean")
    return pd.DataFrame(columns, index=ids), ids[first], ids[~first]


@pytest.mark.parametrize("quarters", [False, pytest.param(True, marks=pytest.mark.slow)])
def test_correlation_makes_false_finds_no_more_frequent(quarters: bool) -> None:
    shares, anything = [], []
    for seed in range(SEEDS):
        for planted in (True, False):
            frame = compare_groups(*make_correlated(seed, planted), quarters=quarters).frame
            called = frame.loc[frame["distinct"], "attribute"]
            false = (~called.isin(PLANTED if planted else set())).mean() if len(called) else 0.0
            (shares if planted else anything).append(false)
    assert np.mean(shares) <= 0.10
    assert np.mean(anything) <= 0.10 + 3 * np.sqrt(0.10 * 0.90 / SEEDS)


def test_in_noise_anything_is_called_distinct_about_as_rarely_as_promised() -> None:
    found = [compare_groups(*make_groups(seed, planted=False)).frame["distinct"].any() for seed in range(SEEDS)]
    # In pure noise every find is false: the share of worlds with one stays near q = 0.10 (3 standard errors of room).
    assert np.mean(found) <= 0.10 + 3 * np.sqrt(0.10 * 0.90 / SEEDS)


def test_in_planted_worlds_false_finds_stay_below_q_and_the_planted_are_found() -> None:
    false_share, power = [], []
    for seed in range(SEEDS):
        frame = compare_groups(*make_groups(seed, planted=True)).frame
        called = frame.loc[frame["distinct"], "attribute"]
        false_share.append((~called.isin(PLANTED)).mean() if len(called) else 0.0)
        power.append(len(set(called) & PLANTED) / len(PLANTED))
    assert np.mean(false_share) <= 0.10
    assert np.mean(power) >= 0.90


def test_the_interval_of_delta_covers_the_truth() -> None:
    shift, reps = 0.7, 400
    truth = 2 * 0.6896918 - 1  # P(X > Y) for normals 0.7 apart: Phi(0.7 / sqrt 2)
    rng = np.random.default_rng(1)
    ends = np.array([estimate_delta(rng.normal(shift, 1, 40), rng.normal(0, 1, 80))[1:] for _ in range(reps)])
    covered = ((ends[:, 0] <= truth) & (truth <= ends[:, 1])).mean()
    assert 0.92 <= covered <= 0.98


def test_the_interval_of_the_ratio_covers_the_truth_in_small_and_large_cells() -> None:
    rng = np.random.default_rng(2)
    for n, p, m, r in ((40, 0.4, 80, 0.2), (30, 0.15, 60, 0.05), (300, 0.3, 500, 0.25)):
        covered = []
        while len(covered) < 400:
            a, b = int(rng.binomial(n, p)), int(rng.binomial(m, r))
            if a + b:
                low, high = estimate_ratio(a, n, b, m)[1:]
                covered.append(low <= p / r <= high)
        assert np.mean(covered) >= 0.92
