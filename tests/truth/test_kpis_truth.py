"""Do the intervals of KPIs and of adoption hold the truth, and is a difference seldom seen where there is none?"""

from datetime import date

import numpy as np
import pandas as pd
import pytest

from icp_lab.methods.adoption import measure_adoption
from icp_lab.methods.feedback import read_feedback
from icp_lab.methods.kpis import measure_kpis

NOW = date(2026, 6, 30)
# A world: deals a year, the share of each side that is won, median days to close, mean amount, months of costs.
DEALS, WON, DAYS, AMOUNT, SPENT, VALUE = 160, {"in": 0.5, "out": 0.25}, 60.0, 20_000.0, 300_000.0, 30_000.0


def make(seed, won=WON):
    """Draw a year of deals that close by chance, and the customers that come of them."""
    rng = np.random.default_rng(seed)
    n = rng.poisson(DEALS)
    side = rng.choice(["in", "out"], n, p=[0.3, 0.7])
    created = pd.Timestamp("2025-07-01") + pd.to_timedelta(rng.integers(0, 365, n), "D")
    closed = created + pd.to_timedelta(np.ceil(rng.exponential(DAYS / np.log(2), n)), "D")
    stage = np.where(rng.random(n) < pd.Series(side).map(won), "won", "lost")
    seen = closed <= pd.Timestamp(NOW)
    ids = np.array([f"a{place:03}" for place in range(n)])
    deals = pd.DataFrame({"account_id": ids, "stage": np.where(seen, stage, "open"), "created": created,
                          "amount": rng.lognormal(np.log(AMOUNT) - 0.5, 1.0, n),
                          "closed": pd.Series(closed).where(seen)})  # fmt: skip
    ours = deals[deals["stage"] == "won"]
    customers = pd.DataFrame({"account_id": ours["account_id"], "status": "customer", "since": ours["closed"],
                              "tenure_months": 6.0, "churned": False,
                              "value": rng.lognormal(np.log(VALUE) - 0.5, 1.0, len(ours))})  # fmt: skip
    return deals, customers, pd.Series(side, ids)


# Of 160 deals a year 32.5 % are won; in the year in which it all begins as many close as had the time.
CLOSING = 365 - DAYS / np.log(2) * (1 - 2 ** (-365 / DAYS))
NEW = DEALS * 0.325 * CLOSING / 365
TRUTH = {"win_closed": 0.325, "win_created": 0.325, "cac": SPENT / NEW, "ltv": VALUE, "ltv_cac": VALUE * NEW / SPENT,
         "cycle": DAYS, "velocity": DEALS * 0.325 * AMOUNT / DAYS}  # fmt: skip


def count_covered(seeds):
    held, told = dict.fromkeys(TRUTH, 0), dict.fromkeys(TRUTH, 0)
    costs = pd.DataFrame({"period": ["2025", "2026"], "amount": SPENT})
    for seed in seeds:
        deals, customers, fit = make(seed)
        kpis = measure_kpis(customers, deals, costs, pd.DataFrame(), fit, as_of=NOW, resamples=120, seed=seed)
        rows = kpis.frame[kpis.frame["side"] == "all"].set_index("kpi")
        for kpi, true in TRUTH.items():
            told[kpi] += bool(np.isfinite(rows.loc[kpi, "value"]))
            high = rows.loc[kpi, "high"]
            held[kpi] += bool(rows.loc[kpi, "low"] <= true and (np.isnan(high) or true <= high))
    return {kpi: held[kpi] / told[kpi] for kpi in TRUTH}


def count_adoption(seeds, share=0.3):
    held = {"opportunities": 0, "pipeline": 0, "won": 0}
    for seed in seeds:
        deals, _customers, fit = make(seed, {"in": 0.3, "out": 0.3})
        rows = measure_adoption(deals, fit, as_of=NOW).frame.query("by == 'period'").set_index("measure")
        for measure in held:
            held[measure] += bool(rows.loc[measure, "low"] <= share <= rows.loc[measure, "high"])
    return {measure: n / len(seeds) for measure, n in held.items()}


def count_gaps(seeds, won, kpi="win_closed"):
    costs, found = pd.DataFrame(), 0
    for seed in seeds:
        deals, customers, fit = make(seed, won)
        gaps = measure_kpis(customers, deals, costs, pd.DataFrame(), fit, as_of=NOW, resamples=2).gaps
        row = gaps[(gaps["kpi"] == kpi) & (gaps["pair"] == "sides")].iloc[0]
        found += bool(row["low"] > 0 or row["high"] < 0)
    return found / len(seeds)


def count_doubts(seeds, strength):
    """How often is a criterion doubted, which sales sees as strongly as this (odds), at 60 answers?"""
    found = 0
    for seed in seeds:
        rng = np.random.default_rng(seed)
        met = rng.random(60) < 0.5
        ids = [f"a{place}" for place in range(60)]
        said = pd.DataFrame({"date": pd.Timestamp("2026-06-01"), "account_id": ids,
                             "agrees": rng.random(60) < np.where(met, 0.5 + strength, 0.5 - strength)})  # fmt: skip
        coverage = pd.DataFrame({"account_id": ids, "fit": np.where(met, "in", "out"), "met": np.where(met, "size", ""),
                                 "failed": np.where(met, "", "size")})  # fmt: skip
        gaps = read_feedback(said, coverage, as_of=NOW).gaps.set_index("about")
        found += bool(gaps.loc["size", "low"] <= 0)
    return found / len(seeds)


@pytest.mark.slow
def test_intervals_hold_the_truth():
    assert min(count_covered(range(30)).values()) >= 0.8
    assert min(count_adoption(range(60)).values()) >= 0.87


def test_no_difference_is_seldom_called_one():
    assert count_gaps(range(60), {"in": 0.3, "out": 0.3}) <= 0.12
    assert count_gaps(range(30), {"in": 0.7, "out": 0.25}) >= 0.9


def test_what_sales_sees_is_not_doubted_and_what_it_does_not_see_is():
    assert count_doubts(range(60), 0.3) <= 0.05
    assert count_doubts(range(60), 0.0) >= 0.9
