import numpy as np
import pytest
from scipy.optimize import brentq
from scipy.special import lambertw
from scipy.stats import norm
from statsmodels.stats.proportion import confint_proportions_2indep, power_proportions_2indep

from icp_lab.methods import experiment
from icp_lab.methods.experiment import check_story, compare_arms, find_bar, find_least, size_pilot

# Units per arm for a power of 80 % at 5 %, two-sided: as tables print them, and with the correction for continuity of
# Fleiss (1981, table A.3).
PUBLISHED = [(0.05, 0.10, 435, 474), (0.05, 0.15, 141, 160), (0.02, 0.04, 1141, 1239), (0.20, 0.30, 294, 313),
             (0.20, 0.35, 138, 151), (0.25, 0.50, 58, 66)]  # fmt: skip


@pytest.mark.parametrize(("base", "share", "plain", "corrected"), PUBLISHED)
def test_sizes_agree_with_published_tables(base, share, plain, corrected):
    once, _anytime = size_pilot(base, share / base)
    assert once == 2 * plain
    exact = brentq(lambda n: power_proportions_2indep(share - base, base, n, return_results=False) - 0.8, 5, 5000)
    assert plain == np.ceil(exact)
    assert corrected == np.ceil(exact / 4 * (1 + np.sqrt(1 + 4 / (exact * (share - base)))) ** 2)


@pytest.mark.parametrize("share", [0.1, 0.45, 0.8])
def test_unequal_arms_have_the_power_that_they_were_planned_for(share):
    once, anytime = size_pilot(0.08, 2.0, share=share)
    ratio = (1 - share) / share
    power = power_proportions_2indep(0.08, 0.08, once * share, ratio=ratio, return_results=False)
    assert power == pytest.approx(0.8, abs=0.01)
    assert 1.7 < anytime / once < 2.2


def test_the_bar_is_lowest_about_the_events_planned_for_and_never_that_of_one_look():
    grid = np.geomspace(0.5, 1000, 200)
    bars = np.array([find_bar(2 * each, 1e6, 2 * each, 1e6) for each in grid])
    assert grid[bars.argmin()] == pytest.approx(12.5, rel=0.1)
    assert bars.min() > norm.isf(0.025)
    # The best there is by Howard et al. (2021), by the lower branch of Lambert's function.
    rho = 12.5 / (-lambertw(-(0.05**2) / np.e, -1).real - 1)
    assert pytest.approx(rho, rel=0.01) == experiment._RHO


def test_a_single_look_is_newcombes_interval():
    found = compare_arms(30, 200, 12, 180, bar=norm.isf(0.025))
    ends = confint_proportions_2indep(30, 200, 12, 180, method="newcomb")
    assert (found["low"], found["high"]) == pytest.approx(ends, abs=1e-6)


def test_difference_and_ratio_never_disagree():
    for n, m in ((40, 60), (200, 200), (30, 500)):
        for hits in range(0, n, 3):
            for others in range(0, min(m, 40), 4):
                if hits + others:
                    found = compare_arms(hits, n, others, m)
                    assert found["low"] <= found["gap"] <= found["high"]
                    assert found["ratio_low"] <= found["ratio"] <= found["ratio_high"]
                    assert (found["low"] > 0, found["high"] < 0) == (found["ratio_low"] > 1, found["ratio_high"] < 1)


def test_a_ratio_of_nothing_to_nothing_is_missing():
    assert np.isnan(compare_arms(0, 40, 0, 60)["ratio"])
    assert np.isinf(compare_arms(1, 40, 0, 60)["ratio"])


def test_the_least_effect_is_the_one_that_such_a_pilot_is_planned_for():
    once, anytime = size_pilot(0.06, 2.5, share=0.45)
    assert find_least(0.06, once, share=0.45)[0] == pytest.approx(2.5, rel=0.04)
    assert find_least(0.06, anytime, share=0.45)[1] == pytest.approx(2.5, rel=0.04)
    assert np.isnan(find_least(0.5, 8)).all()
    assert find_least(0.3, 900_000) == (1.02, 1.02)


def test_before_the_first_event_everything_is_possible():
    found = compare_arms(0, 50, 0, 50)
    assert (found["low"], found["high"]) == pytest.approx((-0.8, 0.8), abs=0.1)


def test_the_story_says_out_of_how_many():
    story = check_story(0.012, 0.038, 0.4, flow=100).set_index("flow")
    assert story.loc[100, ["once", "anytime"]].tolist() == [11.3, 21.66]
    assert story.loc[100, "ratio_low"] > 1  # 23 of 600 against 7 of 600 is no chance, had it been a trial by lot
    assert check_story(0.012, 0.038, 0.4, flow=20).loc[1, "ratio_low"] < 1
    # 49 customers before and 82 after: two counts that differ by 2.8 standard errors of their logarithms.
    before, after = story.loc[100, ["earlier", "later"]]
    assert np.log(after / before) / np.sqrt(1 / before + 1 / after) == pytest.approx(2.8, abs=0.06)
