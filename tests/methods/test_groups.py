import json

import pandas as pd

from icp_lab.artifacts import make_id
from icp_lab.methods.groups import fill_groups
from icp_lab.tables import GROUPS

DRAFT = {"criteria": [{"attribute": "employees", "min": 100}], "evidence": {"stability": {"employees": 0.9}}}
REFUSED = {"criteria": [], "evidence": {"refused": [{"attribute": "employees", "min": 100}]}}
CONTRASTS = pd.DataFrame({
    "comparison": "best_negative", "attribute": ["industry", "industry", "employees", "budget", "stack"],
    "level": ["R/D", "B", "", "", "CRM"], "measure": ["risk_ratio"] * 2 + ["cliffs_delta"] * 2 + ["risk_ratio"],
    "effect": [2.0, 3.0, 0.5, 0.4, 1.1], "low": 1.1, "high": 4.0, "n_first": 40, "n_second": 60,
    "p_value": [0.001, 0.002, 0.001, 0.003, 0.5], "q_value": [0.01, 0.01, 0.01, 0.02, 0.6]})
THEMES = pd.DataFrame({"code": ["price_pain", "growth", "compare"], "name": ["Too expensive", "Growth", "They compare"],
                       "belongs": ["pains", "triggers", "organizational"], "companies": [2, 5, 1], "of": 8,
                       "low": 0.1, "high": 0.6})
NEGATIVES = pd.DataFrame({"reason_group": ["price", "price", "support", "unknown", "other"]})
CUSTOMERS = pd.DataFrame({"account_id": ["a", "b", "c"], "status": ["customer", "customer", "lost"]})
TRIGGERS = pd.DataFrame({"account_id": ["a", "c", "a", None], "kind": ["funding", "funding", "funding", "audit"]})
BELONGS = {"industry": "basic", "employees": "basic", "budget": "financial", "stack": "technical"}


def fill(draft=DRAFT, themes=THEMES, negatives=NEGATIVES, triggers=TRIGGERS, contrasts=CONTRASTS):
    return fill_groups(draft, contrasts, negatives=negatives, customers=CUSTOMERS, triggers=triggers,
                       themes=themes, belongs=BELONGS)


def test_each_group_holds_statements_with_evidence_and_confidence():
    groups = fill()
    assert list(groups) == list(GROUPS)
    told = {group: [(one["kind"], one["evidence"][0], one["confidence"]) for one in said]
            for group, said in groups.items()}
    assert told == {
        "basic": [("criterion", "draft/criteria/employees", "data"),
                  ("risk_ratio", "contrasts/best_negative/industry/R%2FD", "data")],
        "technical": [], "financial": [("cliffs_delta", "contrasts/best_negative/budget/", "data")],
        "organizational": [("theme", "themes/compare", "interview")],
        "pains": [("theme", "themes/price_pain", "interview"), ("reason", "negatives/reason_group=price", "data"),
                  ("reason", "negatives/reason_group=support", "data")],
        "triggers": [("theme", "themes/growth", "interview"), ("trigger", "tables/triggers/kind=funding", "data")],
        "goals": []}
    assert groups["pains"][1]["words"] == {"what": "price", "k": 2, "n": 4, "ends": groups["pains"][1]["words"]["ends"]}
    assert groups["triggers"][1]["words"]["k"] == 1 and groups["triggers"][1]["words"]["n"] == 2
    assert json.dumps(groups)


def test_the_criteria_of_a_refused_profile_are_assumptions():
    said = fill(REFUSED)["basic"][0]
    assert (said["kind"], said["confidence"], said["evidence"]) == (
        "hypothesis", "assumption", ["draft/evidence/refused/employees"])


def test_with_nothing_there_every_group_is_empty():
    none = (table.iloc[:0] for table in (THEMES, NEGATIVES, TRIGGERS, CONTRASTS))
    groups = fill({"criteria": [], "evidence": {}}, *none)
    assert groups == {group: [] for group in GROUPS}


def test_a_slash_inside_a_name_does_not_part_an_id():
    assert make_id("contrasts", "a", "50%/year", "") == "contrasts/a/50%25%2Fyear/"
