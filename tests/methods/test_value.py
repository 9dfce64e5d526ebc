from datetime import date

import numpy as np
import pandas as pd
import pytest

from icp_lab.methods.customers import classify_accounts
from icp_lab.methods.value import value_customers

AS_OF = date(2025, 12, 31)
NONE = pd.DataFrame()


def dates(*days):
    return pd.Series(pd.to_datetime(list(days))).astype("datetime64[s]")


def value(revenue, deals=NONE, **settings):
    money = revenue if len(revenue) else deals
    accounts = pd.DataFrame({"account_id": sorted(set(money["account_id"]))})
    base = classify_accounts(accounts, deals, revenue, NONE, as_of=AS_OF)
    return value_customers(base.frame, revenue, deals, as_of=AS_OF, **settings)


@pytest.mark.parametrize(("per", "amount"), [("month", 100.0), ("quarter", 300.0), ("year", 1200.0)])
def test_a_running_contract_pays_its_price_for_every_period(per, amount):
    worth = value(pd.DataFrame({"account_id": ["a"], "amount": [amount], "date": dates("2024-01-01"), "per": [per],
                                "recurring": pd.array([True], "boolean"), "cost": [amount / 4]}))
    row = worth.frame.iloc[0]
    assert row[["revenue", "revenue_yearly", "margin"]].tolist() == pytest.approx([2400, 1200, 1800])
    assert worth.parts.loc[0, "yearly"] == pytest.approx(900)
    assert row["value_basis"] == "contracts"


def test_a_contract_that_ended_pays_until_its_end_and_no_further():
    worth = value(pd.DataFrame({"account_id": ["a"], "amount": [100.0], "date": dates("2024-01-01"), "per": ["month"],
                                "end_date": dates("2025-06-30"), "recurring": pd.array([True], "boolean"),
                                "ended": pd.array([True], "boolean"), "cost": [0.0]}))
    assert worth.frame.loc[0, ["revenue", "revenue_yearly", "value"]].tolist() == pytest.approx([1800, 600, 1800])


def test_an_amount_for_a_span_is_spread_over_it_and_cut_at_as_of():
    worth = value(pd.DataFrame({"account_id": ["a"], "amount": [2400.0], "date": dates("2025-01-01"),
                                "end_date": dates("2026-12-31"), "recurring": pd.array([True], "boolean")}))
    assert worth.frame.loc[0, "revenue"] == pytest.approx(1200)
    assert worth.parts.loc[0, "yearly"] == pytest.approx(1200)


def test_a_ledger_gives_the_margin_of_the_last_years_and_projects_nothing():
    revenue = pd.DataFrame({"account_id": ["a"] * 3, "amount": [100.0, 200.0, 400.0], "cost": [50.0, 100.0, 100.0],
                            "date": dates("2020-05-01", "2024-05-01", "2025-05-01")})
    worth = value(revenue)
    assert worth.basis == "margin_3y"
    row = worth.frame.iloc[0]
    assert row[["revenue", "revenue_yearly", "margin"]].tolist() == pytest.approx([700, 400, 450])
    assert row["value"] == pytest.approx(600 * 450 / 700)
    assert value(revenue, window=1).frame.loc[0, "value"] == pytest.approx(400 * 450 / 700)


def test_without_costs_margin_is_missing_and_value_is_revenue():
    worth = value(pd.DataFrame({"account_id": ["a"], "amount": [100.0], "date": dates("2025-05-01")}))
    assert not worth.cost_known
    assert worth.frame["margin"].isna().all()
    assert worth.frame.loc[0, "value"] == 100.0


def test_without_revenue_won_deals_are_counted():
    deals = pd.DataFrame({"account_id": ["a", "a", "b"], "stage": ["won", "lost", "won"], "amount": [10.0, 99.0, None],
                          "closed": dates("2025-02-01", "2025-02-01", "2025-02-01")})
    worth = value(NONE, deals)
    assert worth.basis == "deals"
    assert worth.frame["value"].tolist() == [10.0, 0.0]


def test_without_any_money_nothing_is_claimed():
    worth = value(NONE, pd.DataFrame({"account_id": ["a"], "stage": ["won"]}))
    assert worth.basis == ""
    assert worth.frame[["revenue", "value"]].isna().all().all()
    assert worth.frame["value_basis"].isna().all()


def test_what_cannot_be_placed_in_time_counts_in_the_total_only_if_it_is_a_payment():
    revenue = pd.DataFrame({"account_id": ["a"] * 3, "amount": [10.0, 5.0, 7.0], "per": ["once", "month", "month"],
                            "date": dates(None, None, "2025-05-01"), "end_date": dates(None, None, "2025-01-01")})
    worth = value(revenue)
    assert worth.frame.loc[0, "revenue"] == 10.0
    assert (worth.undated, worth.backwards) == (2, 1)


@pytest.mark.parametrize(("per", "end", "years"), [
    ("year", None, 0.5), ("quarter", None, 0.25), ("month", None, 1 / 12), ("year", "2027-12-31", 2),
    ("month", "2099-12-31", 0)])
def test_a_contract_binds_until_the_end_of_its_term(per, end, years):
    worth = value(pd.DataFrame({"account_id": ["a"], "amount": [120.0], "date": dates("2025-07-01"), "per": [per],
                                "end_date": dates(end), "recurring": pd.array([True], "boolean")}))
    assert worth.parts.loc[0, "committed"] == pytest.approx(years)


def test_whoever_is_bound_is_worth_more_and_whoever_left_brings_nothing_more():
    """Three years of contracts begun together: half of them end after a year, the others run on, some for a term."""
    n = 40
    left = np.arange(n) % 2 == 0
    revenue = pd.DataFrame({"account_id": [f"a{i:02}" for i in range(n)], "amount": 100.0, "cost": 0.0, "per": "month",
                            "date": dates(*["2023-01-01"] * n), "ended": pd.array(left, "boolean"),
                            "end_date": dates(*["2023-12-31" if gone else None for gone in left]),
                            "recurring": pd.array([True] * n, "boolean")})
    revenue.loc[1, "end_date"] = pd.Timestamp("2027-12-31")
    worth = value(revenue)
    parts, worths = worth.parts, worth.frame["value"]
    assert worths[0] == pytest.approx(1200)
    assert parts.loc[1, "committed"] == pytest.approx(2)
    assert worths.to_numpy() == pytest.approx(parts["past"] + parts["yearly"] * parts["ahead"])
    assert worth.lifetime.years_low <= worth.lifetime.years <= worth.lifetime.years_high


def test_the_order_of_rows_decides_nothing():
    rng = np.random.default_rng(0)
    revenue = pd.DataFrame({"account_id": rng.choice(list("abc"), 60), "amount": rng.lognormal(5, 1, 60),
                            "date": pd.Timestamp("2022-01-01") + pd.to_timedelta(rng.integers(0, 1400, 60), "D")})
    one, other = value(revenue), value(revenue.sample(frac=1, random_state=1))
    pd.testing.assert_frame_equal(one.frame, other.frame)


@pytest.mark.parametrize("source", ["revenue", "deals"])
def test_a_list_of_totals_without_dates_is_worth_its_totals(source):
    money = pd.DataFrame({"account_id": ["a", "b"], "amount": [700.0, 30.0], "stage": "won"})
    worth = value(money) if source == "revenue" else value(NONE, money)
    assert worth.frame["value"].tolist() == [700, 30]
    assert worth.frame["revenue"].tolist() == [700, 30]
    assert worth.frame["revenue_yearly"].isna().all()
