"""Few customers: the score against a rule, a search over single criteria, and every account as a row."""

from datetime import date

import numpy as np
import pandas as pd
import pytest
from scipy.stats import mannwhitneyu

from icp_lab.methods.small import arrange_cases, look_closely, scan_scores
from icp_lab.methods.small import test_score as compare_scores
from icp_lab.rule import Criterion, Hypothesis, Rule

RULE = Rule((Criterion.flag("exports"),))
BIG, OLD = (Rule((Criterion.between(name, at, None),)) for name, at in (("employees", 300), ("age", 0.5)))


def make_cases(n, shift, seed):
    rng = np.random.default_rng(seed)
    cases = pd.DataFrame({
        "exports": pd.array(rng.random(n) < 0.3, dtype="boolean"),
        "employees": rng.lognormal(4, 1, n).round(),
        "industry": pd.array(rng.choice(list("abcd"), n), dtype="str"),
        "stack": pd.Series([tuple(t for t in "XYZ" if rng.random() < 0.4) for _ in range(n)], dtype=object),
        "since": pd.date_range("2020-01-01", periods=n),
    }).set_axis([f"A{i:03d}" for i in range(n)])  # fmt: skip
    score = pd.Series(rng.normal(size=n), index=cases.index) + shift * cases["exports"].astype("float64")
    return cases, score


def test_p_and_share_of_pairs_are_those_of_mann_and_whitney():
    cases, score = make_cases(60, 0.6, 3)
    inside = cases["exports"].astype(bool)
    known = mannwhitneyu(score[inside], score[~inside], alternative="greater")
    found = compare_scores(cases, score, RULE)
    assert found.p_value == pytest.approx(known.pvalue, abs=0.01)
    assert found.above == pytest.approx(known.statistic / (inside.sum() * (~inside).sum()))
    assert found.low < found.above < found.high
    assert found.frame.loc[0, "covered"] == inside.sum()


def test_what_is_missing_is_left_out_and_counted():
    cases, score = make_cases(60, 1.0, 3)
    cases.iloc[:3, 0] = pd.NA
    score.iloc[3:5] = np.nan
    found, full = compare_scores(cases, score, RULE), compare_scores(cases.iloc[5:], score.iloc[5:], RULE)
    assert (found.n, found.unknown) == (55, 5)
    assert (found.above, found.p_value) == (full.above, full.p_value)
    nobody = compare_scores(cases.iloc[:3], score.iloc[:3], RULE)
    assert (nobody.n, nobody.p_value) == (0, 1.0)
    assert np.isnan(nobody.above)


def test_accounts_of_one_parent_change_places_together():
    cases, score = make_cases(40, 1.2, 1)
    many, scores = pd.concat([cases] * 4), pd.concat([score] * 4)
    many.index = scores.index = [f"{i}-{k}" for k, i in enumerate(many.index)]
    parent = pd.Series([i[:4] for i in many.index], index=many.index)
    together = compare_scores(many, scores, RULE, groups=parent)
    assert together.p_value == pytest.approx(compare_scores(cases, score, RULE).p_value, abs=0.01)
    assert compare_scores(many, scores, RULE).p_value <= together.p_value


def test_the_scan_finds_what_is_planted_and_little_else():
    scan = scan_scores(*make_cases(100, 1.2, 5), permutations=199)
    assert scan.rules[0] == RULE
    assert scan.figures["p_value"].iloc[0] <= 0.05
    assert scan.figures["p_value"].is_monotonic_increasing
    assert {c.attribute for rule in scan.rules for c in rule.criteria} == {"exports", "employees", "industry", "stack"}
    assert scan.frame["rule"].iloc[0] == "exports: yes"


def test_the_scan_counts_all_that_it_looked_at():
    called = [scan_scores(*make_cases(50, 0.0, seed), permutations=99).figures["p_value"].iloc[0] <= 0.1
              for seed in range(40)]
    assert np.mean(called) <= 0.2


def test_the_scan_takes_what_there_is():
    cases, score = make_cases(40, 1.0, 2)
    assert scan_scores(cases[["since"]], score).frame.empty
    assert scan_scores(cases.head(0), score.head(0)).n == 0
    cases["employees"] = cases["employees"].where(np.arange(40) % 2 == 0)
    figures = scan_scores(cases[["employees"]], score, permutations=19).figures
    assert set(figures["unknown"]) == {20}
    assert abs(figures["strength"]).max() < 6


def test_the_order_of_rows_changes_nothing():
    cases, score = make_cases(60, 0.5, 7)
    order = cases.sample(frac=1, random_state=1).index
    best = score > 0.8
    for once, again in (
        (compare_scores(cases, score, RULE), compare_scores(cases.loc[order], score, RULE)),
        (scan_scores(cases, score, permutations=49), scan_scores(cases.loc[order], score, permutations=49)),
        (arrange_cases(cases, best, RULE), arrange_cases(cases.loc[order], best, RULE)),
    ):
        pd.testing.assert_frame_equal(once.frame, again.frame)


def test_the_matrix_shows_the_best_first_and_what_tells_them_apart():
    cases, score = make_cases(40, 0.0, 2)
    cases["telling"], cases["outcome"] = score.round(2), "a name of its own"
    best = pd.Series(pd.array(score > 0.8, dtype="boolean"), index=score.index)
    best.iloc[0] = pd.NA
    matrix = arrange_cases(cases, best, RULE, score=score)
    assert list(matrix.frame)[:2] == ["exports", "telling"]
    places = matrix.marks["outcome"].astype("Float64").fillna(0.5)
    assert places.is_monotonic_decreasing
    assert score.loc[matrix.frame.index[: int(best.sum())]].is_monotonic_decreasing
    assert list(matrix.met.columns) == ["exports"]
    assert matrix.met["exports"].equals(matrix.frame["exports"].rename("exports"))
    assert len(matrix.frame) == 40


def make_few(n, seed=0):
    rng = np.random.default_rng(seed)
    ids = pd.Index([f"A{i:03}" for i in range(n)], name="account_id")
    frame = pd.DataFrame({"employees": rng.integers(1, 500, n).astype("float64"), "age": rng.random(n)}, index=ids)
    score = (frame["employees"] + rng.normal(0, 100, n)).rank(pct=True)
    cases = pd.DataFrame({"case_id": ids, "account_id": ids, "outcome": "best", "time": pd.NaT,
                          "positive": np.where(score > 0.8, "yes", "no")})
    success = pd.DataFrame({"account_id": ids, "score": score.to_numpy()})
    customers = pd.DataFrame({"account_id": ids, "name": ["Firm " + i for i in ids]})
    return frame, cases, {"success": success, "customers": customers}


def test_few_cases_are_looked_at_one_by_one():
    frame, cases, more = make_few(60)
    told = [Hypothesis("Sales", BIG, date(2025, 1, 1)), Hypothesis("Old", OLD, date(2025, 1, 1))]
    few = look_closely(frame, cases, BIG, told, **more)
    assert [p <= 0.05 for p in few.p_holm] == [True, False]
    assert few.scan.rules[0].attributes == ("employees",)
    assert few.names[0] == "Firm " + few.matrix.frame.index[0]
    assert len(few.names) == few.n == 60


def test_the_score_counts_only_where_the_outcome_is_cut_from_it():
    frame, cases, more = make_few(60)
    few = look_closely(frame, cases.assign(outcome="retained"), BIG, [Hypothesis("S", BIG, date(2025, 1, 1))], **more)
    assert (few.tests, few.scan) == ((), None)
    assert few.matrix is not None


def test_more_cases_need_no_closer_look():
    frame, cases, more = make_few(100)
    few = look_closely(frame, cases, BIG, [Hypothesis("S", BIG, date(2025, 1, 1))], **more)
    assert few.matrix is None
    assert len(few.tests) == 1
    frame, cases, more = make_few(160)
    assert look_closely(frame, cases, BIG, **more).scan is None
    nobody = look_closely(frame, cases.assign(positive="unknown"), BIG, **more)
    assert nobody.n == 0
