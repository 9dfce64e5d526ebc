import math
from datetime import date

import numpy as np
import pandas as pd
import pytest

from icp_lab.methods.customers import classify_accounts
from icp_lab.methods.kpis import KPIS, measure_kpis
from icp_lab.methods.value import value_customers

NOW = date(2026, 6, 30)
NONE = pd.DataFrame()


def measure(deals=NONE, *, customers=NONE, costs=NONE, reached=NONE, fit=None, **terms):
    fit = pd.Series(dtype="str") if fit is None else fit
    return measure_kpis(customers, deals, costs, reached, fit, as_of=NOW, **({"resamples": 99} | terms))


def pick(kpis, kpi, side="all", period="window"):
    frame = kpis.frame
    return frame[(frame["kpi"] == kpi) & (frame["side"] == side) & (frame["period"] == period)].iloc[0]


def make_deals(rows):
    deals = pd.DataFrame(rows, columns=["account_id", "stage", "amount", "created", "closed"])
    return deals.assign(created=pd.to_datetime(deals["created"]), closed=pd.to_datetime(deals["closed"]))


DEALS = make_deals([
    ("a", "won", 100.0, "2026-01-01", "2026-01-11"),
    ("b", "won", 300.0, "2026-01-01", "2026-01-21"),
    ("c", "lost", 200.0, "2026-01-01", "2026-01-31"),
    ("d", "open", 900.0, "2026-01-01", None),
    ("e", "lost", 50.0, "2025-06-01", "2025-07-15"),  # created before the window, closed within
    ("f", "won", 70.0, "2025-01-01", "2025-06-30"),  # closed the day before the window begins
])  # fmt: skip


def test_every_kpi_says_n_window_and_side():
    frame = measure(DEALS).frame
    assert set(frame["kpi"]) == set(KPIS)
    assert len(frame) == len(KPIS) * 3
    assert frame[["n", "start", "end"]].notna().all(axis=None)
    assert set(zip(frame["start"], frame["end"], strict=True)) == {(pd.Timestamp("2025-07-01"), pd.Timestamp(NOW))}


def test_win_rates_by_hand():
    closed, created = pick(measure(DEALS), "win_closed"), pick(measure(DEALS), "win_created")
    assert (closed["over"], closed["n"], closed["maturity"]) == (2, 4, 1)
    assert (created["over"], created["n"], created["maturity"]) == (2, 3, 0.75)
    assert (closed["low"], closed["high"]) == pytest.approx((0.150, 0.850), abs=0.001)  # Wilson, 2 of 4


def test_the_cycle_counts_open_deals_for_as_long_as_they_were_seen():
    # Kaplan and Meier by hand: 3/4 after 10 days, 1/2 after 20, 1/4 after 30: below one half at 30 days.
    assert pick(measure(DEALS), "cycle")["value"] == 30
    young = make_deals([*[("a", "won", 1.0, "2026-01-01", "2026-01-11")] * 2,
                        *[("b", "open", 1.0, "2026-06-29", None)] * 9])  # fmt: skip
    assert pick(measure(young), "cycle")["value"] == 10  # those seen for a day only do not make it longer
    waiting = make_deals([("a", "won", 1.0, "2026-01-01", "2026-01-11"), *[("b", "open", 1.0, "2026-01-01", None)] * 9])
    assert math.isnan(pick(measure(waiting), "cycle")["value"])
    assert math.isnan(pick(measure(waiting), "velocity")["value"])


def test_velocity_is_the_product_of_its_parts():
    by_hand = 4 * (2 / 4) * ((100 + 300) / 2) / 30
    assert pick(measure(DEALS), "velocity")["value"] == pytest.approx(by_hand)


def test_velocity_of_a_published_example():
    """40 opportunities of 25,000 each, a quarter won, 90 days: 2,777 a day (mavenlb.com, sales velocity formula)."""
    deals = make_deals([(f"a{place}", "won" if place % 4 == 0 else "lost", 25_000.0, "2026-01-01", "2026-04-01")
                        for place in range(40)])  # fmt: skip
    assert int(pick(measure(deals), "velocity")["value"]) == 2777


def spend(period, amount):
    return pd.DataFrame({"period": period, "amount": amount})


def make_customers(n, value=900.0, **more):
    columns = {"account_id": [f"a{place}" for place in range(n)], "status": "customer", "value": value,
               "since": pd.Timestamp("2026-01-15"), "tenure_months": 5.5, "churned": False} | more  # fmt: skip
    return pd.DataFrame(columns)


def test_ltv_and_cac_of_a_published_example():
    """1,200 for 10 users who stay 18 months at 50 a month: CAC 120, LTV 900, 7.5 (fatskills.com, "LTV and CAC")."""
    accounts = pd.DataFrame({"account_id": [f"a{place}" for place in range(10)]})
    money = accounts.assign(amount=50.0, per="month", recurring=True, date=pd.Timestamp("2024-09-01"),
                            end_date=pd.Timestamp("2026-02-28"))  # fmt: skip
    base = classify_accounts(accounts, NONE, money, NONE, as_of=NOW)
    worth = value_customers(base.frame, money, NONE, as_of=NOW, resamples=9)
    assert worth.frame["value"].tolist() == pytest.approx([900.0] * 10)
    kpis = measure(customers=worth.frame, costs=spend(["2024", "2025", "2026"], [1200.0, 0.0, 0.0]), window_months=30)
    spent = pick(kpis, "cac")
    assert (spent["value"], spent["n"]) == (120, 10)
    assert pick(kpis, "ltv_cac")["value"] == pytest.approx(7.5)


def test_lifetime_value_of_a_published_example():
    """82 % of 50 a month at a churn of 1.5 % a month: 2,733 (ruleranalytics.com, "LTV:CAC ratio")."""
    rng = np.random.default_rng(1)
    stayed = np.ceil(rng.geometric(0.015, 4000)).astype(int)  # months, from a base whose every member has left
    start = pd.Timestamp("1960-01-01")
    rows = [(f"a{place:04}", start + pd.DateOffset(months=int(months)) - pd.Timedelta(days=1))
            for place, months in enumerate(stayed)]  # fmt: skip
    money = pd.DataFrame(rows, columns=["account_id", "end_date"]).assign(
        amount=50.0, cost=9.0, per="month", recurring=True, date=start)
    accounts = money[["account_id"]]
    base = classify_accounts(accounts, NONE, money, NONE, as_of=NOW)
    worth = value_customers(base.frame, money, NONE, as_of=NOW, resamples=9)
    value = pick(measure(customers=worth.frame, resamples=19), "ltv")
    assert value["value"] == pytest.approx(2733, rel=0.03)
    assert value["maturity"] == 1


def test_cac_and_its_exact_interval():
    kpis = measure(customers=make_customers(10), costs=spend(["2025", "2026-H1", "2026"], [0.0, 9.0, 2400.0]))
    spent = pick(kpis, "cac")
    assert kpis.unread == 1
    assert (spent["value"], spent["over"], spent["n"]) == (120, 1200, 10)
    assert (spent["low"], spent["high"]) == pytest.approx((1200 / 18.39, 1200 / 4.795), rel=0.001)  # Garwood, 10


@pytest.mark.parametrize("months", [
    ["2025-07", "2025/08", "2025.9", "202510", "2025年11月", "2025-12-01", "2026 Q1", "Q2 2026"],
    ["2025-Q3", "2025年第4四半期", "2026-Q1", "Q2-2026"],
])  # fmt: skip
def test_periods_are_read_as_people_write_them(months):
    kpis = measure(customers=make_customers(4), costs=spend(months, 100.0))
    assert (kpis.costed["window"], kpis.unread) == (1.0, 0)
    assert pick(kpis, "cac")["over"] == pytest.approx(100.0 * len(months))


def test_spending_that_is_not_recorded_throughout_gives_no_cac():
    kpis = measure(customers=make_customers(4), costs=spend(["2026"], 100.0))
    assert kpis.costed["window"] == pytest.approx(0.5, abs=0.01)
    assert pick(kpis, "cac")[["value", "low", "high"]].isna().all()
    assert pick(kpis, "ltv_cac")["n"] == 4


def test_spending_may_lead_the_customers_that_it_wins():
    costs = spend(["2025", "2026"], [1200.0, 4800.0])
    assert pick(measure(customers=make_customers(1), costs=costs), "cac")["over"] == pytest.approx(3000)
    assert pick(measure(customers=make_customers(1), costs=costs, lag_months=6), "cac")["over"] == pytest.approx(1200)


def test_each_side_bears_costs_by_its_deals():
    fit = pd.Series({"a": "in", "b": "out", "c": "out", "d": "out", "a0": "in", "a1": "out"})
    kpis = measure(DEALS, customers=make_customers(2), costs=spend(["2025", "2026"], 1000.0), fit=fit)
    assert [pick(kpis, "cac", side)["over"] for side in ("in", "out", "all")] == pytest.approx([250, 750, 1000])


def test_payback_is_cost_over_margin_of_a_month():
    ours = make_customers(6, revenue_yearly=600.0, revenue=1200.0, margin=600.0, tenure_months=12.0)
    kpis = measure(customers=ours, costs=spend(["2025", "2026"], 600.0))
    assert pick(kpis, "payback")["value"] == pytest.approx(100 / 25)


def test_before_and_after_are_as_long_and_told_apart():
    kpis = measure(DEALS, fit=pd.Series("in", list("abcdef")), since="2026-01-21")
    spans = kpis.frame.groupby("period")[["start", "end"]].first()
    assert (spans["end"] - spans["start"]).loc[["before", "after"]].nunique() == 1
    assert [pick(kpis, "win_closed", period=period)["n"] for period in ("before", "after")] == [1, 2]
    gaps = kpis.gaps.set_index(["kpi", "pair"])
    assert gaps.loc[("win_closed", "times"), "gap"] == pytest.approx(1 / 2 - 1)


def test_row_order_does_not_matter():
    rng = np.random.default_rng(0)
    many = make_deals([(f"a{place % 40}", ("won", "lost", "open")[place % 3], float(place), "2026-01-01",
                        None if place % 3 == 2 else f"2026-0{2 + place % 4}-01") for place in range(90)])  # fmt: skip
    fit = pd.Series(["in", "out"] * 20, [f"a{place}" for place in range(40)])
    ours = make_customers(40, value=rng.lognormal(size=40))
    first = measure(many, customers=ours, fit=fit).frame
    second = measure(many.sample(frac=1, random_state=1), customers=ours[::-1], fit=fit[::-1]).frame
    pd.testing.assert_frame_equal(first, second)


def test_the_lead_rate_is_of_those_reached_on_a_side():
    found = pd.DataFrame({"unit": ["a", "c", "z"], "reached": pd.Timestamp("2026-02-01"), "lead": [True, False, True]})
    rate = pick(measure(reached=found, fit=pd.Series({"a": "in", "c": "in", "z": "out"})), "lead_rate", "in")
    assert (rate["over"], rate["n"], rate["value"], rate["maturity"]) == (1, 2, 0.5, 1)


def test_nothing_recorded_gives_no_figure_and_no_fault():
    frame = measure().frame
    assert frame["value"].isna().all()
    assert (frame["n"] == 0).all()
