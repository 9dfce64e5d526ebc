import numpy as np
import pandas as pd
import pytest

from icp_lab.methods.looser import compare_looser
from icp_lab.rule import Rule

RULE = Rule.from_dicts([{"attribute": "employees", "min": 100}, {"attribute": "industry", "in": ["SaaS"]}])


def _make(n=400, signal=True, seed=0):
    random = np.random.default_rng(seed)
    ids = [f"a{number:03}" for number in range(n)]
    attributes = pd.DataFrame({"employees": random.integers(1, 200, n).astype(float),
                               "industry": random.choice(["SaaS", "Retail"], n)}, index=ids)
    inside = (attributes["employees"] >= 100) & (attributes["industry"] == "SaaS")
    chance = np.where(inside & signal, 0.6, 0.1)
    positive = np.where(random.random(n) < chance, "yes", "no")
    return attributes, pd.DataFrame({"case_id": ids, "account_id": ids, "positive": positive})


def test_a_planted_profile_loses_lift_and_gains_cases_with_each_line_left_out():
    frame = compare_looser(*_make(), RULE).frame
    assert frame["kept"].tolist() == [(0, 1), (0,), (1,), ()]
    assert frame["lift"].iloc[0] > frame["lift"].iloc[[1, 2]].max() > frame["lift"].iloc[3] == 1
    assert frame["n"].iloc[0] < frame["n"].iloc[[1, 2]].min() < frame["n"].iloc[3] == 400
    assert (frame["lift_low"].iloc[0] > 1) and frame["best"].iloc[[0, 3]].all()


def test_in_noise_the_intervals_hold_one_as_often_as_they_promise():
    held = [row.lift_low <= 1 <= row.lift_high for seed in range(60)
            for row in compare_looser(*_make(signal=False, seed=seed), RULE).frame.head(1).itertuples()]
    assert np.mean(held) >= 0.9


def test_a_part_that_another_beats_in_both_is_not_among_the_best():
    attributes = pd.DataFrame({"employees": [200.0, 200, 200, 1, 1, 1], "industry": ["SaaS"] * 2 + ["Retail"] * 4},
                              index=list("abcdef"))
    cases = pd.DataFrame({"case_id": list("abcdef"), "account_id": list("abcdef"),
                          "positive": ["no", "yes", "yes", "no", "no", "no"]})
    frame = compare_looser(attributes, cases, RULE).frame.set_index("kept")
    assert frame["best"].to_dict() == {(0, 1): False, (0,): True, (1,): False, (): True}


def test_missing_is_not_inside_unknown_outcomes_are_left_out_and_order_does_not_matter():
    attributes, cases = _make(40)
    attributes.loc["a000":"a009", "employees"] = np.nan
    cases.loc[30:, "positive"] = "unknown"
    found = compare_looser(attributes, cases, RULE)
    assert (found.cases, found.frame["n"].iloc[1]) == (30, (attributes["employees"].iloc[10:30] >= 100).sum())
    again = compare_looser(attributes.iloc[::-1], cases.iloc[::-1], RULE)
    pd.testing.assert_frame_equal(found.frame, again.frame)


@pytest.mark.parametrize("answers", [[], ["yes", "yes"], ["no", "no"], ["unknown", "unknown"]])
def test_without_both_outcomes_there_are_no_rows(answers):
    ids = list("ab")[:len(answers)]
    attributes = pd.DataFrame({"employees": 200.0, "industry": "SaaS"}, index=list("ab"))
    cases = pd.DataFrame({"case_id": ids, "account_id": ids, "positive": answers}, dtype="str")
    assert compare_looser(attributes, cases, RULE).frame.empty


def test_without_criteria_there_are_no_rows():
    assert compare_looser(*_make(), Rule()).frame.empty
