"""Definitions on later cases of worlds whose truth is known: what holds is found, the rest is not; promises too."""

from collections import Counter
from datetime import date

import numpy as np
import pandas as pd
import pytest
from scipy.stats import binom

from icp_lab.methods.backtest import backtest, check_promise, make_promise
from icp_lab.methods.profile import find_profile
from icp_lab.rule import Rule

RULE = Rule.from_dicts([{"attribute": "employees", "min": 200}, {"attribute": "industry", "in": ["SaaS", "Fintech"]}])
AS_OF, MADE = date(2026, 6, 30), date(2023, 12, 31)
SEEDS = range(20)

pytestmark = pytest.mark.slow


def make_cases(seed, *, n=600, inside=0.5, outside=0.15, until="2030-01-01", deals=1):
    """Firms with four attributes; where each has several deals, some are easier to win, and no record says why."""
    rng = np.random.default_rng([seed, 7])
    attributes = pd.DataFrame({
        "employees": np.round(np.exp(rng.normal(5, 1.2, n))), "age": rng.integers(1, 40, n).astype(float),
        "industry": pd.Series(rng.choice(["SaaS", "Fintech", "Retail", "Health", "Media"], n), dtype="str"),
        "country": pd.Series(rng.choice(list("ABCD"), n), dtype="str")})
    attributes.index = pd.Index([f"a{i:05d}" for i in range(n)], name="account_id")
    own, account = rng.normal(0, 0.5 * (deals > 1), n), np.repeat(np.arange(n), deals)
    days = pd.to_datetime("2021-01-01") + pd.to_timedelta(rng.integers(0, 1600, n * deals), unit="D")
    meant = RULE.mask(attributes).fillna(False).to_numpy(dtype=bool)[account] & (days <= pd.Timestamp(until))
    share = np.where(meant, inside, outside)
    odds = np.log(share / (1 - share)) + own[account]
    good = rng.random(n * deals) < 1 / (1 + np.exp(-odds))
    return attributes, pd.DataFrame({
        "case_id": [f"c{i:06d}" for i in range(n * deals)], "account_id": attributes.index[account], "time": days,
        "outcome": "won" if deals > 1 else "retained", "positive": np.where(good, "yes", "no")})


def count_verdicts(**world):
    found = [backtest(*make_cases(seed, **world), (), as_of=AS_OF, seed=seed) for seed in SEEDS]
    assert all(one.why for one in found)
    return Counter(one.verdict for one in found)


def test_a_planted_lift_is_found_on_later_cases():
    assert count_verdicts()["holds"] >= binom.ppf(0.01, len(SEEDS), 0.85)


@pytest.mark.parametrize("world", [{"n": 400, "inside": 0.22, "outside": 0.22},
                                   {"n": 60, "deals": 10, "inside": 0.3, "outside": 0.3}])
def test_where_there_is_no_lift_there_is_no_predictive_value(world):
    assert count_verdicts(**world)["holds"] <= binom.ppf(0.99, len(SEEDS), 0.05)


@pytest.mark.parametrize(("until", "state", "rate"), [("2030-01-01", "kept", 0.85), (MADE.isoformat(), "kept", 0.05)])
def test_a_promise_is_kept_where_the_effect_goes_on_and_not_where_it_is_gone(until, state, rate):
    states = Counter()
    for seed in SEEDS:
        attributes, cases = make_cases(seed, until=until)
        made = find_profile(attributes, cases[cases["time"] <= pd.Timestamp(MADE)], permutations=0, bootstraps=0)
        icp = {"as_of": MADE, "outcome": "retained", "criteria": made.rule.to_dicts(), "evidence": made.evidence}
        states[check_promise(icp | make_promise(icp, MADE, 12), attributes, cases, as_of=AS_OF)["state"]] += 1
    if rate > 0.5:
        assert states[state] >= binom.ppf(0.01, len(SEEDS), rate)
        assert states["broken"] <= binom.ppf(0.99, len(SEEDS), 0.05)
    else:
        assert states[state] <= binom.ppf(0.99, len(SEEDS), rate)
        assert states["broken"] >= len(SEEDS) // 4
