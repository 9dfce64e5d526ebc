import pandas as pd
import pytest

from icp_lab.artifacts import make_id
from icp_lab.icp.evidence import find_evidence

CONTRASTS = pd.DataFrame({"comparison": ["best_negative"] * 2, "attribute": ["industry", "growth"],
                          "level": ["R/D %", None], "effect": [2.0, 0.3]})
FOUND = {"contrasts": CONTRASTS, "cases": pd.DataFrame({"case_id": ["a", "b"]}),
         "draft": {"criteria": [{"attribute": "industry", "in": ["SaaS"]}], "evidence": {"lift": 2.0, "refused": []}},
         "personas": {"personas": [{"id": "p2", "kind": "sales.user"}], "kinds": [], "ways": [],
                      "heard": [{"kind": "sales.user", "field": "pains", "code": "slow"}]}}
TABLES = {"triggers": pd.DataFrame({"kind": ["growth", "growth", "audit"]})}


@pytest.mark.parametrize(("found", "rows", "href"), [
    (make_id("contrasts", "best_negative", "industry", "R/D %"), 1,
     "04_negative_cases.html#contrasts/best_negative/industry/R%252FD%20%2525"),
    ("contrasts/best_negative/growth/", 1, "04_negative_cases.html#contrasts/best_negative/growth/"),
    ("cases", 2, "02_best_customers.html#item-2c"),
    ("draft/criteria/industry", 1, "06b_draft_icp.html#criteria/industry"),
    ("draft/evidence/lift", 1, "06b_draft_icp.html"),
    ("personas/heard/sales.user/pains/slow", 1, "06c_personas.html#personas/p2/pains"),
    ("tables/triggers/kind=growth", 2, "06c_personas.html#tables/triggers/kind%3Dgrowth")])
def test_an_id_leads_to_its_rows_and_to_the_page_that_shows_them(found, rows, href):
    evidence = find_evidence(found, FOUND.get, TABLES.get)
    assert (len(evidence.rows), evidence.href) == (rows, href)


@pytest.mark.parametrize("gone", ["contrasts/best_negative/size/", "themes/price", "draft/criteria/size",
                                  "draft/evidence/refused/size", "personas/heard/sales.user/pains/fast",
                                  "tables/triggers/kind=none", "tables/absent/kind=growth"])
def test_an_id_of_what_is_not_there_leads_nowhere(gone):
    assert find_evidence(gone, FOUND.get, TABLES.get) is None
