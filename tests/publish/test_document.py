import re
from datetime import date

import pandas as pd
import pytest

from icp_lab.locale import in_language
from icp_lab.methods.document import compose_icp, place_accounts
from icp_lab.publish.document import build_document
from icp_lab.views.picture import About
from icp_lab.views.words import names

EVIL = "<script>alert('x')</script>"
CRITERIA = [{"attribute": "industry", "in": [EVIL]}]


def make_document(verdict, **more):
    claimed = verdict != "unsupported"
    evidence = {"n": 2, "lift": 2.0, "lift_low": 1.2, "lift_high": 3.0, "stability": {"industry": 0.9},
                "refused": [] if claimed else CRITERIA}
    draft = {"schema": 1, "name": "x", "verdict": verdict, "verdict_reason": [], "outcome": "best",
             "criteria": CRITERIA if claimed else [], "evidence": evidence}
    icp = {**compose_icp(draft, {}, {}, date(2026, 6, 30), 3), **more}
    customers = pd.DataFrame({"account_id": ["a", "b"], "name": [EVIL, "B"], "status": "customer", "churned": pd.NA,
                              "value": [1.0, 2.0]})
    success = pd.DataFrame({"account_id": ["a", "b"], "score": [1.0, 0.5], "best": [True, True]})
    cases = pd.DataFrame({"account_id": ["a", "b"], "positive": ["yes", "no"]})
    coverage = pd.DataFrame({"account_id": ["a", "b"], "fit": ["in", "out"], "met": "", "failed": ["", "industry"],
                             "unknown": ""})
    standing = place_accounts(customers, success, cases, coverage)
    return build_document(icp, standing, About(date(2026, 6, 30), "EUR", "Demo"))


@pytest.mark.parametrize("verdict", ["supported", "tentative", "unsupported"])
def test_the_document_says_verdict_date_and_next_review(verdict):
    page = make_document(verdict)
    assert re.search(rf'class="verdict {verdict}"><svg class="shape"', page)
    assert verdict in page.lower()
    assert "next review 2026-09-30" in page
    assert EVIL not in page


def test_a_hypothesis_is_not_headed_as_a_profile():
    page = make_document("unsupported")
    assert "No profile is claimed yet" in page
    assert "The working hypothesis" in page
    assert "Our Ideal Customer Profile" not in page


def test_the_document_is_in_the_readers_language():
    with in_language("ja"):
        assert '<html lang="ja">' in make_document("supported")


def test_further_profiles_and_firms_to_avoid_are_shown_only_where_there_are_any():
    other = {"criteria": CRITERIA, "verdict": "supported", "evidence": {"n": 9, "lift": 2.5}}
    page, bare = make_document("supported", more=[other], avoid=other), make_document("supported")
    assert "Further profiles" in page and "Whom it does not suit" in page and EVIL not in page
    assert "Further profiles" not in bare and "Whom it does not suit" not in bare


def test_groups_and_people_stand_with_their_source_and_gaps_with_a_question():
    statement = {"statement": EVIL, "evidence": [f"themes/{EVIL}"], "confidence": "interview"}
    groups = {group: [] for group in names("attribute_group_of_six")} | {"pains": [statement]}
    card = {field: [] for field in names("persona_field")} | {
        "id": "p1", "name": "Decider in sales", "titles": [EVIL], "department": "sales", "evidence": [],
        "confidence": {"titles": "data", "department": "assumption"}}
    page = make_document("supported", groups=groups, personas=[card])
    assert EVIL not in page and page.count('class="from interview"') == 1
    assert "What is to be different in a year, and what in three?" in page  # asked of the company, and on the card
    assert '<article class="card"><h3>Decider in sales</h3>' in page and 'class="from assumption"' in page
    bare = make_document("supported", groups=groups, personas=[])
    assert "No persona can be drawn" in bare and "<article" not in bare
    assert "six groups" not in make_document("supported")
