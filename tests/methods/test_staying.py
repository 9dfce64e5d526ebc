import numpy as np
import pandas as pd
import pytest

from icp_lab.methods.staying import compare_stays, estimate_lifetime, expect_years, trace_stays


def make_stays(years, left, committed=0.0):
    ids = [f"a{i:03}" for i in range(len(years))]
    return pd.DataFrame({"account_id": ids, "years": years, "left": pd.array(left, "boolean"), "committed": committed})


@pytest.fixture(scope="module")
def firms():
    """Firms of which small ones leave thrice as fast; the rest says nothing. Some values are missing."""
    rng = np.random.default_rng(4)
    employees = rng.lognormal(5, 1, 300)
    age, life = rng.uniform(0, 6, 300), rng.exponential(np.where(employees < 148, 2, 6))
    stays = make_stays(np.minimum(age, life), life < age)
    tools = [tuple(np.array(["AWS", "Slack"])[rng.random(2) < 0.5]) for _firm in employees]
    attributes = pd.DataFrame({
        "employees": pd.Series(employees).where(rng.random(300) < 0.95), "tools": pd.Series(tools, dtype="object"),
        "industry": rng.choice(["SaaS", "Retail", "Bank"], 300, p=[0.6, 0.38, 0.02]),
        "exports": pd.array(rng.random(300) < 0.5, "boolean"), "empty": pd.Series([None] * 300, dtype="str")})
    return stays, attributes.set_index(pd.Index(stays["account_id"]))


def test_the_curve_agrees_with_counting_where_nobody_is_cut_off():
    curve = trace_stays(np.array([1.0, 2.0, 3.0, 4.0]), np.array([True] * 4), np.array([6, 12, 30, 48, 60]))
    assert curve["stayed"].tolist() == pytest.approx([1, 0.75, 0.5, 0])
    assert curve["at_risk"].tolist() == [4, 4, 2, 1]
    assert curve["stayed_low"][0] == pytest.approx(0.025 ** (1 / 4))  # all of four stayed
    inner = curve.iloc[1:3]
    assert ((inner["stayed_low"] < inner["stayed"]) & (inner["stayed"] < inner["stayed_high"])).all()


def test_a_yearly_contract_is_left_at_its_end_and_not_before():
    """Half leave after a year, all others after two: whoever is bound for half a year stays for it at the least."""
    stays = make_stays([1.0] * 20 + [2.0] * 10 + [1.5] * 10, [True] * 30 + [False] * 10, [0.0] * 30 + [0.5] * 10)
    ahead = expect_years(stays, 5.0)
    assert ahead[-1] == pytest.approx(0.5, abs=0.05)
    assert expect_years(stays.assign(committed=3.0), 5.0)[-1] == pytest.approx(3, abs=0.05)
    assert expect_years(stays.assign(committed=9.0), 5.0)[-1] == pytest.approx(5)


def test_one_who_has_been_here_for_long_is_expected_to_stay_longer_where_leaving_falls():
    rng = np.random.default_rng(0)
    age, life = rng.uniform(0, 6, 600), 4 * rng.weibull(0.5, 600)
    stays = make_stays(np.minimum(age, life), life < age)
    young, old = expect_years(stays, 5.0)[[int(np.argmin(abs(stays["years"] - year))) for year in (0.1, 4.0)]]
    assert old > young + 0.4


@pytest.mark.parametrize("years", [[], [np.nan] * 3, [0.0] * 3])
def test_nothing_is_estimated_where_no_stay_is_known(years):
    stays = make_stays(years, [False] * len(years))
    assert estimate_lifetime(stays, 5.0, resamples=5) is None
    assert np.allclose(expect_years(stays, 5.0), 5.0)


def test_nobody_left_gives_an_interval_that_ends_at_the_horizon():
    life = estimate_lifetime(make_stays([1.0, 2.0, 3.0] * 3, [False] * 9), 5.0, resamples=20)
    assert (life.years, life.years_high) == (5.0, 5.0)
    assert 0 < life.years_low < 5
    assert life.survival["stayed"].tolist() == [1.0] * 3


def test_everybody_left_and_unknown_tenures_do_no_harm():
    gone = estimate_lifetime(make_stays(np.linspace(0.1, 3, 30), [True] * 30), 5.0, resamples=20)
    assert gone.left == 30 and 0 < gone.years < 2
    mixed = make_stays([1.0] * 12 + [2.0] * 12 + [np.nan], [True] * 12 + [False] * 13)
    assert expect_years(mixed, 5.0)[-1] == pytest.approx(expect_years(mixed, 5.0)[12])


def test_customers_that_are_not_drawn_do_not_count():
    rng = np.random.default_rng(2)
    stays = make_stays(rng.uniform(0, 6, 80), rng.random(80) < 0.4)
    assert expect_years(stays, 5.0, np.ones(80)) == pytest.approx(expect_years(stays, 5.0))
    assert expect_years(stays, 5.0, 1.0 - stays["left"].to_numpy(dtype=float)) == pytest.approx(5.0)


def test_the_attribute_that_tells_who_stays_comes_first_with_its_curves(firms):
    staying = compare_stays(*firms)
    first = staying.frame[staying.frame["attribute"] == "employees"]
    assert first.index.tolist() == [0, 1, 2, 3]
    assert first["distinct"].all() and not staying.frame.iloc[4:]["distinct"].any()
    assert first["stayed"].is_monotonic_decreasing
    assert first["start"].iloc[0] > 140 and first["end"].iloc[-1] < 148
    assert ((first["stayed_low"] < first["stayed"]) & (first["stayed"] < first["stayed_high"])).all()
    assert set(staying.curves["place"]) == set(range(len(staying.frame)))
    assert (staying.tried, staying.n) == (5, 300)  # with each of two tools; the empty one has no levels
    assert "Bank" not in set(staying.frame["value"])


def test_the_order_of_rows_decides_nothing(firms):
    one, other = compare_stays(*firms), compare_stays(*(frame.sample(frac=1, random_state=1) for frame in firms))
    pd.testing.assert_frame_equal(one.frame, other.frame)
    pd.testing.assert_frame_equal(one.curves, other.curves)


def test_nothing_is_claimed_where_nobody_left_or_nothing_is_known(firms):
    stays, attributes = firms
    for few in (stays.assign(left=pd.array([False] * 300, "boolean")), stays.assign(years=np.nan), stays.head(0)):
        staying = compare_stays(few, attributes)
        assert (len(staying.frame), len(staying.curves), staying.tried) == (0, 0, 0)
