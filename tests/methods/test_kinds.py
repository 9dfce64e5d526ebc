from datetime import date

import numpy as np
import pandas as pd
import pytest

from icp_lab.methods.customers import classify_accounts
from icp_lab.methods.kinds import compare_kinds, measure_concentration
from icp_lab.methods.value import value_customers

AS_OF = date(2025, 12, 31)


@pytest.fixture(scope="module")
def worth():
    rng = np.random.default_rng(1)
    n = 80
    ids = [f"a{i:02}" for i in range(n)]
    start = pd.Timestamp("2020-01-01") + pd.to_timedelta(rng.integers(0, 1500, n), "D")
    stop = pd.Series(start + pd.to_timedelta(rng.exponential(1500, n), "D")).astype("datetime64[s]")
    stop = stop.where(stop <= pd.Timestamp(AS_OF))
    industry = np.where(np.arange(n) < 3, "Tiny", np.where(np.arange(n) % 2, "SaaS", "Retail"))
    accounts = pd.DataFrame({"account_id": ids, "industry": industry, "region": None})
    revenue = pd.DataFrame({"account_id": ids, "amount": np.where(industry == "SaaS", 300.0, 100.0), "per": "month",
                            "date": start, "end_date": stop, "ended": stop.notna().astype("boolean"),
                            "recurring": pd.array([True] * n, "boolean"), "cost": 20.0})
    base = classify_accounts(accounts, pd.DataFrame(), revenue, pd.DataFrame(), as_of=AS_OF)
    return value_customers(base.frame, revenue, pd.DataFrame(), as_of=AS_OF)


def test_every_kind_is_counted_once(worth):
    frame = compare_kinds(worth, resamples=50).frame
    everyone = frame.iloc[0]
    by = frame[frame["by"] == "industry"]
    assert set(by["kind"]) == {"Tiny", "SaaS", "Retail"}
    for column in ("customers", "left", "years", "revenue"):
        assert by[column].sum() == pytest.approx(everyone[column])
    assert by["revenue_share"].sum() == pytest.approx(1)


def test_the_kind_that_is_worth_more_stands_out_and_the_tiny_one_has_no_interval(worth):
    frame = compare_kinds(worth, resamples=200).frame.set_index(["by", "kind"])
    saas, retail = frame.loc[("industry", "SaaS")], frame.loc[("industry", "Retail")]
    assert saas["value_low"] > retail["value_high"]
    assert retail["value_low"] < retail["value"] < retail["value_high"]
    assert np.isnan(frame.loc[("industry", "Tiny"), "value_low"])
    assert frame["leave"].between(0, 1).all()


def test_the_same_seed_gives_the_same_intervals_whatever_the_order(worth):
    one = compare_kinds(worth, resamples=50, seed=3).frame
    pd.testing.assert_frame_equal(one, compare_kinds(worth, resamples=50, seed=3).frame)
    assert (one["value_low"].dropna() != compare_kinds(worth, resamples=50, seed=4).frame["value_low"].dropna()).any()


def test_equal_customers_do_not_concentrate():
    money = measure_concentration(pd.Series([5.0] * 100), resamples=50)
    assert money.frame["share"].tolist() == pytest.approx(money.frame["top"].tolist())
    assert money.half == 50


def test_one_customer_with_everything_is_seen():
    money = measure_concentration(pd.Series([100.0] + [0.0] * 19 + [np.nan]), resamples=50)
    assert (money.n, money.half) == (20, 1)
    assert money.frame["share"].tolist() == [1.0] * 5
    assert money.curve["money"].is_monotonic_increasing


def test_no_money_concentrates_nowhere():
    for amounts in (pd.Series(dtype="float64"), pd.Series([0.0, 0.0]), pd.Series([np.nan])):
        money = measure_concentration(amounts)
        assert (money.half, len(money.frame)) == (0, 0)
