"""Stated rules: tested as they stand, at any n, with what is unknown left out, and capped where they came too late."""

from datetime import date

import numpy as np
import pandas as pd
import pytest
from scipy.stats import fisher_exact

from icp_lab.methods.declared import shuffle_groups
from icp_lab.methods.declared import test_hypotheses as judge_all
from icp_lab.methods.declared import test_icp as judge
from icp_lab.rule import Criterion, Hypothesis, Rule

BIG = Rule((Criterion.between("employees", 100, None),))
EARLY = "2025-01-01"


def make_cases(counts):
    """Cases out of (positive inside, all inside, positive outside, all outside)."""
    a, n, b, m = counts
    cases = pd.DataFrame({"employees": [200.0] * n + [10.0] * m}, index=[f"A{i:03d}" for i in range(n + m)])
    return cases, pd.Series([True] * a + [False] * (n - a) + [True] * b + [False] * (m - b), index=cases.index)


def test_the_p_value_is_fishers():
    finding = judge(*make_cases((6, 10, 2, 30)), BIG, declared_before=EARLY)
    assert finding.p_value == pytest.approx(fisher_exact([[6, 4], [2, 28]], alternative="greater").pvalue)
    assert (finding.n, finding.best, finding.covered, finding.covered_best) == (40, 8, 10, 6)
    assert finding.lift == pytest.approx(3.0)
    assert (finding.verdict, finding.reasons) == ("supported", ("noise+", "interval+"))


def test_there_is_no_least_number_of_cases():
    assert judge(*make_cases((5, 5, 0, 9)), BIG, declared_before=EARLY).verdict == "supported"
    assert judge(*make_cases((1, 3, 1, 3)), BIG, declared_before=EARLY).verdict_reason == ("too_few",)


@pytest.mark.parametrize("counts", [(0, 0, 0, 0), (0, 5, 0, 5), (0, 0, 3, 9), (5, 5, 5, 5), (2, 9, 0, 0)])
def test_nothing_to_compare_is_a_verdict_and_no_error(counts):
    finding = judge(*make_cases(counts), BIG, declared_before=EARLY)
    assert (finding.verdict, finding.p_value) == ("unsupported", 1.0)


def test_a_large_null_is_ruled_out():
    finding = judge(*make_cases((100, 500, 300, 1500)), BIG, declared_before=EARLY)
    assert (finding.verdict, finding.verdict_reason) == ("unsupported", ("ruled_out",))
    assert finding.excluded_above < 1.5


def test_unknown_cases_are_neither_inside_nor_outside():
    cases, positive = make_cases((6, 10, 2, 30))
    full = judge(cases, positive, BIG, declared_before=EARLY)
    more = pd.concat([cases, pd.DataFrame({"employees": [None, 200.0]}, index=["X1", "X2"], dtype="float64")])
    known = pd.concat([positive.astype("boolean"), pd.Series([True, None], index=["X1", "X2"], dtype="boolean")])
    finding = judge(more, known, BIG, declared_before=EARLY)
    assert finding.unknown == 2
    assert (finding.p_value, finding.lift_low, finding.n) == (full.p_value, full.lift_low, full.n)


def test_the_order_of_rows_changes_nothing():
    cases, positive = make_cases((6, 10, 4, 30))
    groups = pd.Series(np.arange(40) // 3, index=cases.index)
    order = cases.sample(frac=1, random_state=3).index
    for keys in (None, groups):
        assert judge(cases, positive, BIG, groups=keys) == judge(cases.loc[order], positive, BIG, groups=keys)


def test_a_rule_that_nobody_declared_beforehand_is_capped():
    finding = judge(*make_cases((6, 10, 2, 30)), BIG)
    assert (finding.verdict, finding.verdict_reason) == ("tentative", ("edited",))
    assert judge(*make_cases((2, 10, 6, 30)), BIG).verdict == "unsupported"


def test_a_date_after_the_last_case_came_too_late():
    cases, positive = make_cases((6, 10, 2, 30))
    cases["time"] = pd.date_range("2024-01-01", periods=40)
    assert judge(cases, positive, BIG, declared_before="2024-01-20").verdict == "supported"
    assert judge(cases, positive, BIG, declared_before="2024-06-01").verdict_reason == ("edited",)
    assert judge(cases, positive, BIG, declared_before="the kick-off").verdict == "supported"


def test_cases_of_one_account_count_as_one():
    cases, positive = make_cases((6, 10, 2, 30))
    deals = pd.concat([cases.add_suffix("", axis=0).rename(index=lambda i, k=k: f"{i}-{k}") for k in range(5)])
    won = pd.Series(np.tile(positive.to_numpy(), 5), index=deals.index)
    account = deals.index.str[:4].to_series(index=deals.index)
    alone, together = judge(deals, won, BIG), judge(deals, won, BIG, groups=account)
    assert alone.p_value < 1e-8
    single = judge(cases, positive, BIG)
    assert together.p_value == pytest.approx(single.p_value, abs=0.005)
    assert together.lift_low == pytest.approx(single.lift_low, rel=0.02)


def test_shuffles_of_groups_hold_their_level_in_noise():
    found = []
    for seed in range(60):
        rng = np.random.default_rng(seed)
        group = np.repeat(np.arange(20), rng.integers(1, 9, 20))
        outcome = (rng.random(20) < 0.3)[group].astype(float)  # deals of an account are all alike
        found.append(shuffle_groups((rng.random(20) < 0.4)[group], outcome, group) <= 0.1)
    assert np.mean(found) <= 0.2


def test_hypotheses_share_one_error_rate():
    cases, positive = make_cases((6, 10, 2, 30))
    cases["flag"] = np.arange(40) % 2 == 0
    told = [Hypothesis("Sales", BIG, date(2025, 1, 1), "Ana"),
            Hypothesis("Book", Rule((Criterion.flag("flag"),)), date(2025, 1, 1)),
            Hypothesis("Late", BIG, date(2026, 6, 1))]
    tests = judge_all(cases, positive, told, as_of=date(2026, 1, 1))
    assert tests.p_holm[0] == pytest.approx(3 * tests.findings[0].p_value)
    frame = tests.frame.set_index("name")
    assert frame.loc["Sales", "verdict"] == "supported"
    assert frame.loc["Book", "verdict"] == "unsupported"
    assert (frame.loc["Late", "verdict"], frame.loc["Late", "reason"]) == ("tentative", "edited")
    assert frame.loc["Sales", "rule"] == "employees at least 100"
    assert len(judge_all(cases, positive, []).frame) == 0


def test_holm_can_take_a_verdict_away():
    cases, positive = make_cases((4, 8, 4, 32))
    alone = judge(cases, positive, BIG, declared_before=EARLY)
    assert 0.0125 < alone.p_value <= 0.05
    told = [Hypothesis(f"h{i}", BIG, date(2025, 1, 1)) for i in range(4)]
    assert {f.verdict for f in judge_all(cases, positive, told).findings} == {"tentative"}
