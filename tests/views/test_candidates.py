from dataclasses import replace
from datetime import date

import numpy as np
import pandas as pd

from icp_lab.locale import in_language
from icp_lab.methods.candidates import Candidates, Proposal
from icp_lab.methods.declared import test_hypotheses as run_hypotheses
from icp_lab.methods.small import FewCases, look_closely
from icp_lab.rule import Hypothesis, Rule
from icp_lab.views import candidates as view

RULE = Rule.from_dicts([{"attribute": "employees", "min": 100}])
ROW = {"kind": "segment", "name": "Small & new", "describes": 0.8, "accounts": 12, "covered": 10, "counted": "blind",
       "caught": 0.4, "lift": 2.0, "low": 1.2, "high": 3.1, "p_value": 0.01, "revenue": 0.5, "leads": 8,
       "leads_a_rep": 2.0, "won": 1.1, "won_low": 0.8, "won_high": 1.4}
FOUND = {**ROW, "kind": "found", "name": "", "describes": np.nan, "p_value": np.nan, "counted": "unseen"}
PROPOSALS = (Proposal("found", "", RULE), Proposal("segment", "Small & new", RULE, 0.8))
CANDIDATES = Candidates(PROPOSALS, pd.DataFrame([FOUND, ROW]), (), 7, 0.068)


def test_candidates_stand_side_by_side_on_every_outcome():
    table = str(view.tabulate_candidates(CANDIDATES, "best", {"accounts_per_rep": 50, "reps": 4}))
    assert "1. Found by the search" in table
    assert "2. Segment Small & new (80 % told by the rule)" in table
    assert "employees at least 100" in table
    assert "Lift on best customers" in table
    reach = str(view.tabulate_reach(CANDIDATES))
    assert "Won deals" in reach
    assert "1.10 (0.80 to 1.40)" in reach or "1.1 (0.8 to 1.4)" in reach
    assert "can look after 50" in table
    blind = CANDIDATES.frame.assign(leads_a_rep=np.nan)
    assert "Leads a rep" not in str(view.tabulate_candidates(replace(CANDIDATES, frame=blind), "best", {}))
    empty = Candidates((), pd.DataFrame(), (), 0, float("nan"))
    assert "no profile to choose" in view.tabulate_candidates(empty, "best", {})
    with in_language("ja"):
        assert "セグメント" in str(view.tabulate_candidates(CANDIDATES, "best", {}))


def test_tries_are_said_with_what_luck_makes_of_them():
    assert "7 rules" in view.tell_tries(CANDIDATES)
    assert "6.8 %" in view.tell_tries(CANDIDATES)
    lacking = replace(CANDIDATES, frame=CANDIDATES.frame.assign(p_value=np.nan), lacking=PROPOSALS[:1])
    assert "lack an attribute: employees" in view.tell_tries(lacking)
    assert "merit" not in view.tell_tries(lacking)


def test_what_was_declared_is_told_in_counts():
    cases = pd.DataFrame({"employees": [10.0] * 40 + [200.0] * 20})
    positive = pd.Series([True] * 4 + [False] * 36 + [True] * 12 + [False] * 8)
    told = [Hypothesis("The head of sales", RULE, date(2025, 1, 1), "S. Brandt")]
    table = str(view.tabulate_hypotheses(run_hypotheses(cases, positive, told)))
    assert "The head of sales, S. Brandt, 2025-01-01" in table
    assert "12 of 20" in table
    assert "4 of 40" in table
    assert "hypotheses.yml" in view.tabulate_hypotheses(run_hypotheses(cases, positive, []))


def test_few_cases_are_told_one_by_one():
    rng = np.random.default_rng(0)
    ids = [f"A{i:02}" for i in range(60)]
    frame = pd.DataFrame({"employees": rng.integers(1, 300, 60).astype("float64"), "age": rng.random(60)}, index=ids)
    frame.iloc[0, 0] = np.nan
    score = frame["employees"].fillna(0).rank(pct=True)
    cases = pd.DataFrame({"case_id": ids, "account_id": ids, "outcome": "best", "positive": ["yes", "no"] * 30})
    customers = pd.DataFrame({"account_id": ids, "name": ["<b>Firm", *ids[1:]]})
    success = pd.DataFrame({"account_id": ids, "score": score.to_numpy()})
    few = look_closely(frame, cases, RULE, [Hypothesis("Sales", RULE, date(2025, 1, 1))], success=success,
                       customers=customers)
    assert "**employees" in view.tell_few(few)
    assert "holds" in str(view.tabulate_scores(few))
    table = str(view.tabulate_cases(few, "best"))
    assert "\u2713" in table
    assert "\u2717" in table
    assert table.count("\u25cf is a best customer") == 30
    idle = replace(few, scan=replace(few.scan, figures=few.scan.figures.assign(p_value=0.5)))
    assert "none goes with success" in view.tell_few(idle)


def test_more_cases_are_not_shown_one_by_one():
    many = FewCases(400)
    assert "here there are 400" in view.tell_few(many)
    assert view.tabulate_cases(many, "best") == view.tabulate_scores(many) == ""
    assert "fewer than 80" in view.tabulate_cases(FewCases(100), "best")
    assert "no success score" in view.tell_few(FewCases(100))


def test_what_is_read_first_depends_on_the_number_of_cases():
    cases = pd.DataFrame({"employees": [10.0] * 40 + [200.0] * 20})
    told = [Hypothesis("Sales", RULE, date(2025, 1, 1))]
    finding = run_hypotheses(cases, pd.Series([True, False] * 30), told).findings[0]
    assert "read this first" in view.tell_order(finding)
    assert "fair chance" in view.tell_order(replace(finding, n=500))
