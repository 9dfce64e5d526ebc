"""Agreement where it is planted is found; where people judge at random the intervals hold what chance gives."""

import numpy as np
import pandas as pd
import pytest

from icp_lab.methods.agreement import kendalls_w, krippendorff_alpha


def _codings(units, raters, values, alike, seed):
    """Raters give the true value with a chance whose square is the agreement beyond chance, else any."""
    rng = np.random.default_rng(seed)
    true, any_ = rng.integers(values, size=(units, 1)), rng.integers(values, size=(units, raters))
    said = np.where(rng.random((units, raters)) < np.sqrt(alike), true, any_)
    return pd.DataFrame([(unit, rater, said[unit, rater]) for unit in range(units) for rater in range(raters)],
                        columns=["unit", "rater", "value"])


def _votes(items, raters, alike, seed):
    """Votes 1 to 9 of raters who share a leaning to each item, by a degree."""
    rng = np.random.default_rng(seed)
    lean = alike * rng.normal(size=(items, 1)) + rng.normal(size=(items, raters))
    vote = np.clip(np.round(5 + 2 * lean), 1, 9)
    return pd.DataFrame([(item, rater, vote[item, rater]) for item in range(items) for rater in range(raters)],
                        columns=["item", "rater", "vote"])


@pytest.mark.slow
@pytest.mark.parametrize(("units", "raters", "values", "alike"), [(50, 2, 3, 0), (50, 3, 2, 0), (60, 2, 3, 0.7)])
def test_alphas_interval_holds_the_truth(units, raters, values, alike):
    found = [krippendorff_alpha(_codings(units, raters, values, alike, seed), seed=seed + 1000) for seed in range(60)]
    assert np.mean([each.low <= alike <= each.high for each in found]) >= 0.88
    assert np.mean([each.value for each in found]) == pytest.approx(alike, abs=0.03)


@pytest.mark.slow
@pytest.mark.parametrize(("items", "raters"), [(8, 5), (20, 5)])
def test_random_votes_agree_as_chance_does(items, raters):
    found = [kendalls_w(_votes(items, raters, 0, seed), seed=seed + 1000) for seed in range(60)]
    assert np.mean([each.low <= 1 / raters <= each.high for each in found]) >= 0.88
    assert np.mean([each.p_value <= 0.05 for each in found]) <= 0.12
    assert np.mean([each.value for each in found]) == pytest.approx(1 / raters, abs=0.03)


def test_shared_leanings_are_found():
    found = [kendalls_w(_votes(12, 5, 2, seed), seed=seed + 1000) for seed in range(20)]
    assert all(each.p_value <= 0.05 for each in found)
    assert all(each.low > each.chance for each in found)
