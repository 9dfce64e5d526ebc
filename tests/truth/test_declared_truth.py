"""Declared rules on planted truth and on noise, over many seeds: power, false claims, the interval of the lift."""

from datetime import date

import numpy as np
import pandas as pd
import pytest
from scipy.stats import norm

from icp_lab.methods.declared import test_hypotheses as judge_all
from icp_lab.methods.declared import test_icp as judge
from icp_lab.methods.small import scan_scores
from icp_lab.methods.small import test_score as compare_scores
from icp_lab.rule import Criterion, Hypothesis, Rule

SEEDS = range(80)
BASE, COVER = 0.2, 0.25


def draw_cases(n, lift, seed):
    """One attribute that means something, inside where it lies below the cover, and four that mean nothing."""
    rng = np.random.default_rng([seed, n])
    cases = pd.DataFrame({f"x{i}": rng.random(n) for i in range(5)})
    inside = cases["x0"] < COVER
    chance = np.where(inside, BASE * lift, BASE * (1 - COVER * lift) / (1 - COVER))
    return cases, pd.Series(rng.random(n) < chance), rng.normal(size=n), inside


def below(attribute, cover):
    return Rule((Criterion.between(attribute, None, cover),))


@pytest.mark.parametrize(("n", "least"), [(40, 0.85), (60, 0.95)])
def test_a_declared_rule_of_lift_three_is_supported(n, least):
    supported, covers = [], []
    for seed in SEEDS:
        cases, positive, _noise, _inside = draw_cases(n, 3, seed)
        finding = judge(cases, positive, below("x0", COVER), declared_before="2025-01-01")
        supported.append(finding.verdict == "supported")
        covers.append(finding.lift_low <= 3 <= finding.lift_high)
        assert finding.verdict != "supported" or finding.lift_low > 1
    assert np.mean(supported) >= least - 2 * np.sqrt(least * (1 - least) / len(SEEDS))
    assert np.mean(covers) >= 0.9 - 2 * np.sqrt(0.09 / len(SEEDS))


@pytest.mark.parametrize("n", [40, 100])
def test_five_declared_rules_without_merit_are_not_supported(n):
    told = [Hypothesis(f"h{i}", below(f"x{i}", cover), date(2025, 1, 1))
            for i, cover in enumerate((0.1, 0.2, 0.25, 0.35, 0.5))]
    claimed = []
    for seed in SEEDS:
        cases, positive, _noise, _inside = draw_cases(n, 1, seed)
        claimed.append("supported" in {finding.verdict for finding in judge_all(cases, positive, told).findings})
    assert np.mean(claimed) <= 0.05 + 2 * np.sqrt(0.05 * 0.95 / len(SEEDS))


def test_the_score_tells_more_than_its_cut():
    """A rule that shifts a normal score, so that the lift of its cut at the top fifth is two."""
    n, rule = 60, below("x0", COVER)
    shift = norm.isf(BASE * (1 - COVER * 2) / (1 - COVER)) - norm.isf(BASE * 2)
    by_score, by_cut, found = [], [], []
    for seed in range(40):
        cases, _positive, noise, inside = draw_cases(n, 1, seed)
        score = pd.Series(noise + shift * inside)
        best = score.rank(ascending=False) <= BASE * n
        by_score.append(compare_scores(cases, score, rule).p_value <= 0.05)
        by_cut.append(judge(cases, best, rule, declared_before="2025-01-01").p_value <= 0.05)
        searched = [scan_scores(cases, each, permutations=99) for each in (score, best)]
        found.append([scan.figures["p_value"].min() <= 0.05 and scan.rules[0].attributes == ("x0",)
                      for scan in searched])
    assert np.mean(by_score) >= np.mean(by_cut) + 0.15
    assert np.mean(found, axis=0)[0] >= np.mean(found, axis=0)[1]
