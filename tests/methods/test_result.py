import numpy as np
import pytest
from scipy.stats import binom, poisson

from icp_lab.methods.result import adjust_holm, bound_rate, bound_share


def test_ends_lie_around_the_estimate_and_inside_what_is_possible():
    for hits, n in ((0, 5), (5, 5), (3, 17)):
        low, high = bound_share(hits, n)
        assert 0 <= low <= hits / n <= high <= 1


def test_the_rates_interval_is_exact():
    low, high = bound_rate(7, 50.0)
    assert poisson.sf(6, low * 50) == pytest.approx(0.025)
    assert poisson.cdf(7, high * 50) == pytest.approx(0.025)


def test_wilson_covers_at_about_its_level():
    n, truth = 40, 0.2
    covered = sum(binom.pmf(k, n, truth) for k in range(n + 1) if bound_share(k, n)[0] <= truth <= bound_share(k, n)[1])
    assert 0.92 < covered < 0.98


def test_nothing_observed_gives_no_interval():
    assert np.isnan([*bound_share(0, 0), *bound_rate(0, 0.0)]).all()


def test_holm_is_monotone_and_never_below_the_raw_value():
    raw = np.random.default_rng(0).random(30)
    adjusted = adjust_holm(raw)
    assert (adjusted >= raw).all()
    assert (np.diff(adjusted[np.argsort(raw)]) >= 0).all()
    assert adjust_holm(np.array([])).size == 0
