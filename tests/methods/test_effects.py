"""Effect sizes against what others compute, and their intervals."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import contingency

from icp_lab.methods.effects import estimate_delta, estimate_ratio


def test_delta_agrees_with_the_full_matrix() -> None:
    rng = np.random.default_rng(3)
    x, y = rng.integers(0, 6, 25).astype(float), rng.integers(1, 8, 31).astype(float)
    signs = np.sign(x[:, None] - y[None, :])
    delta, low, high = estimate_delta(x, y)
    assert delta == pytest.approx(signs.mean())
    assert low < delta < high
    assert estimate_delta(y, x) == pytest.approx((-delta, -high, -low))


def test_delta_of_groups_that_do_not_overlap_keeps_an_interval() -> None:
    delta, low, high = estimate_delta(np.arange(20.0) + 50, np.arange(30.0))
    assert (delta, high) == (1.0, 1.0) and 0.5 < low < 1


def test_ratio_agrees_with_scipy_in_large_cells() -> None:
    known = contingency.relative_risk(30, 80, 20, 90)
    ends = known.confidence_interval(0.95)
    assert estimate_ratio(30, 80, 20, 90) == pytest.approx((known.relative_risk, ends.low, ends.high))


def test_ratio_agrees_with_statsmodels_in_small_cells() -> None:
    proportion = pytest.importorskip("statsmodels.stats.proportion")
    ends = proportion.confint_proportions_2indep(3, 20, 1, 25, method="score", compare="ratio", correction=False)
    assert estimate_ratio(3, 20, 1, 25)[1:] == pytest.approx(ends)


@given(st.integers(10, 60), st.integers(10, 60), st.data())
def test_ratio_is_inside_its_interval_and_mirrors(n: int, m: int, data: st.DataObject) -> None:
    a, b = data.draw(st.integers(0, n)), data.draw(st.integers(0, m))
    if a + b == 0:
        return
    ratio, low, high = estimate_ratio(a, n, b, m)
    turned = estimate_ratio(b, m, a, n)
    assert 0 <= low <= ratio <= high
    assert turned[0] == pytest.approx(1 / ratio)
    assert turned[2] == pytest.approx(1 / low if low else np.inf, rel=1e-3)
