"""Planted truth and noise for steps 1 and 2: intervals cover at about their level, and noise is no finding."""

from datetime import date

import numpy as np
import pandas as pd
import pytest

from icp_lab.methods.customers import classify_accounts
from icp_lab.methods.kinds import compare_kinds
from icp_lab.methods.success import MEASURES, Choice, choose_best, measure_success
from icp_lab.methods.value import value_customers

AS_OF = date(2025, 12, 31)
NONE = pd.DataFrame()
RATE, HORIZON, YEARS_OBSERVED, MARGIN = 0.25, 5.0, 6.0, 1000.0
SEEDS = range(30)


def contracts(seed, n=150):
    """Contracts with exponential lives, begun evenly over six years; margin a year is lognormal with a known mean."""
    rng = np.random.default_rng(seed)
    ids = [f"a{i:04}" for i in range(n)]
    age = rng.uniform(0, YEARS_OBSERVED, n)
    life = rng.exponential(1 / RATE, n)
    begin = pd.Timestamp(AS_OF) - pd.to_timedelta((age * 365.25).round(), "D")
    end = pd.Series(begin + pd.to_timedelta((life * 365.25).round(), "D")).astype("datetime64[s]")
    end = end.where(life < age)
    margin = MARGIN * rng.lognormal(-0.18, 0.6, n)
    revenue = pd.DataFrame({"account_id": ids, "amount": 2 * margin, "cost": margin, "per": "year", "date": begin,
                            "end_date": end, "ended": end.notna().astype("boolean"),
                            "recurring": pd.array([True] * n, "boolean")})
    accounts = pd.DataFrame({"account_id": ids, "industry": rng.choice(["A", "B"], n)})
    base = classify_accounts(accounts, NONE, revenue, NONE, as_of=AS_OF)
    return value_customers(base.frame, revenue, NONE, as_of=AS_OF, horizon=HORIZON, resamples=20)


@pytest.fixture(scope="module")
def worths():
    return [contracts(seed) for seed in SEEDS]


def test_the_mean_lifetime_value_is_covered(worths):
    # By memorylessness a customer of age a is worth margin x E[min(life, a + horizon)]; averaged over even ages.
    ages = np.linspace(0, YEARS_OBSERVED, 2001)
    truth = MARGIN * np.mean((1 - np.exp(-RATE * (ages + HORIZON))) / RATE)
    frames = [compare_kinds(worth, resamples=200, seed=seed).frame for seed, worth in zip(SEEDS, worths, strict=True)]
    for by, kind, least in (("all", None, 0.83), ("industry", "A", 0.83)):
        rows = [frame[(frame["by"] == by) & (frame["kind"].isna() if kind is None else frame["kind"] == kind)].iloc[0]
                for frame in frames]
        assert np.mean([row["value_low"] <= truth <= row["value_high"] for row in rows]) >= least
        assert np.mean([row["value"] for row in rows]) == pytest.approx(truth, rel=0.06)


def test_a_planted_top_share_is_recovered():
    overlaps = []
    for seed in range(10):
        rng = np.random.default_rng(seed)
        truth = rng.normal(size=300)
        noisy = {name: truth + rng.normal(scale=0.5, size=300) for name in MEASURES}
        customers = pd.DataFrame({
            "account_id": [f"a{i:03}" for i in range(300)], "status": "customer",
            "revenue_yearly": np.exp(noisy["revenue"]), "revenue": 1.0, "margin": np.exp(noisy["margin"]),
            "tenure_months": 40 + 8 * noisy["tenure"]})
        answers = pd.DataFrame({"account_id": customers["account_id"], "answer_scale": "nps",
                                "score": np.clip(np.round(6 + 2 * noisy["satisfaction"]), 0, 10)})
        usage = pd.DataFrame({"account_id": customers["account_id"], "date": pd.Timestamp("2025-11-01"),
                              "events": np.exp(noisy["usage"])})
        success = choose_best(measure_success(customers, usage, answers, as_of=AS_OF), NONE, Choice(weight_draws=50))
        planted = set(customers["account_id"][np.argsort(-truth)[:45]])
        found = set(success.frame.loc[success.frame["best"].fillna(False), "account_id"])
        overlaps.append(len(planted & found) / 45)
    assert np.mean(overlaps) > 0.75
