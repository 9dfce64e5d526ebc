"""The interval of a lift holds the truth as often as it says."""

import numpy as np
import pandas as pd

from icp_lab.methods.lift import measure_lift


def test_the_interval_covers_the_truth():
    rng = np.random.default_rng(0)
    hits = 0
    for _ in range(300):
        inside = rng.random(300) < 0.25
        positive = rng.random(300) < np.where(inside, 0.5, 0.1)
        lift = measure_lift(pd.Series(inside), pd.Series(positive))
        hits += lift.low <= 0.5 / 0.2 <= lift.high
    assert 0.91 <= hits / 300 <= 0.985


def test_likeness_within_groups_widens_it():
    rng = np.random.default_rng(1)
    group = np.repeat(np.arange(40), 20)
    inside = pd.Series(np.repeat(rng.random(40) < 0.5, 20))
    positive = pd.Series(rng.random(800) < np.repeat(rng.uniform(0.1, 0.9, 40), 20))
    plain, grouped = measure_lift(inside, positive), measure_lift(inside, positive, groups=pd.Series(group))
    assert grouped.lift == plain.lift
    assert grouped.high - grouped.low > 1.5 * (plain.high - plain.low)


def test_a_lift_that_is_only_size_vanishes_with_size_held_fixed():
    rng = np.random.default_rng(2)
    big = rng.random(2000) < 0.3
    inside = rng.random(2000) < np.where(big, 0.8, 0.1)
    positive = rng.random(2000) < np.where(big, 0.5, 0.1)
    series = (pd.Series(inside), pd.Series(positive))
    assert measure_lift(*series).low > 1.5
    fixed = measure_lift(*series, strata=pd.Series(big))
    assert fixed.low < 1 < fixed.high


def test_nobody_inside_gives_no_figure():
    assert np.isnan(measure_lift(pd.Series([False, False]), pd.Series([True, False])).lift)
    everybody = measure_lift(pd.Series([True] * 4), pd.Series([True, False, True, False]))
    assert (everybody.low, everybody.lift, everybody.high) == (1, 1, 1)
