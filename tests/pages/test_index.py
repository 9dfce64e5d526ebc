import json
import re

import pandas as pd
import pytest

from icp_lab.methods.document import place_accounts
from icp_lab.pages.index import SiteFacts, StepFacts, render_index
from icp_lab.process import ITEMS

EVIL = '</script><script>alert("x")</script>'
ICP = {"verdict": "supported", "verdict_reason": [], "outcome": "best", "next_review": "2026-09-30",
       "evidence": {"n": 2}, "criteria": [{"attribute": "industry", "in": ["SaaS"]}, {"attribute": "tech", "has": "x"}]}
STEPS = (
    StepFacts("01_customer_base", "", "done", "", (f"**Twelve** {EVIL}",), {
        "1a": {"state": "answered", "tables": ["usage"], "why": ""},
        "1b": {"state": "waiting", "tables": ["revenue", "usage"], "why": ""},
        "2c": {"state": "waiting", "tables": ["contacts", "interviews"], "why": ""},
        "1c": {"state": "not_applicable", "tables": [], "why": "No history."},
    }),
    StepFacts("02_best_customers", "", "failed", f"row 3: {EVIL}"),
    StepFacts("04_negative_cases", "", "not_run", "Step 2 did not finish."),
    StepFacts("mine", "My own look", "done"),
)


def place():
    customers = pd.DataFrame({"account_id": ["a", "b"], "name": [EVIL, None], "status": ["customer", "prospect"],
                              "churned": pd.NA, "value": 1.0})
    success = pd.DataFrame({"account_id": ["a"], "score": [1.0], "best": [True]})
    cases = pd.DataFrame({"account_id": ["a"], "positive": ["yes"]})
    coverage = pd.DataFrame({"account_id": ["a", "b"], "fit": ["in", "unknown"], "met": "", "failed": "",
                             "unknown": ""})
    return place_accounts(customers, success, cases, coverage)


@pytest.fixture(scope="module")
def page():
    accounts = pd.DataFrame({"industry": ["SaaS", None, "Retail"], "tech": [("x", EVIL), ("y",), ("z",)]},
                            index=["a", "b", "L1"])
    companies = pd.DataFrame({"id": ["a", "b", "L1"], "name": [EVIL, None, "Lead Ltd"],
                              "kind": ["customer", "prospect", "lead"], "fit": ["in", "unknown", "out"],
                              "points": pd.array([71, None, 40], dtype="Int64"), "tier": ["A", None, "B"]})
    return render_index(SiteFacts(EVIL, "As of today", STEPS, icp=ICP, standing=place(), companies=companies,
                                  attributes=accounts,
                                  files=(("icp.html", "The document", "to print"),)))


def test_every_point_of_the_process_is_listed_with_its_state(page):
    found = re.findall(r'<li class="([\w-]+)"><span class="id">(\d\w)</span>', page)
    states = {item: state for state, item in found}
    assert len(found) == len(ITEMS)
    assert set(states) == set(ITEMS)
    assert [states[item] for item in ("1a", "1b", "1c", "2a", "4a", "3a")] == [
        "answered", "waiting-for", "not-applicable", "failed", "not_run", "absent"]
    assert 'href="01_customer_base.html#item-1a"' in page
    assert "would gain from: usage" in page
    assert "waiting for: revenue, usage (templates/revenue.csv)" in page
    assert "waiting for: contacts, interviews (to_fill/interviews)" in page
    assert "No history." in page


def test_failure_is_said_first(page):
    assert page.index("This report is not complete.") < page.index("Our ideal customers")


def test_the_search_holds_every_account_and_open_lead_with_its_reasons(page):
    data = json.loads(re.search(r'id="accounts">(.*?)</script>', page)[1])
    assert data["accounts"] == [
        ["a", EVIL, "customer", "in", 71, "A", "yy", ["SaaS", f"x, {EVIL}"]],
        ["b", "b", "prospect", "unknown", "", "", "?n", ["", "y"]],
        ["L1", "Lead Ltd", "lead", "out", 40, "B", "nn", ["Retail", "z"]]]
    assert len(data["criteria"]) == 2


def test_text_out_of_data_stays_text(page):
    assert "alert(&#34;x&#34;)" in page
    assert EVIL not in page
    assert page.count("<script") == page.count("</script>")


def test_without_a_definition_the_index_says_so():
    page = render_index(SiteFacts("Demo", "", STEPS))
    assert "There is no definition yet" in page
    assert 'id="accounts"' not in page


def test_the_analysts_own_notebooks_are_listed(page):
    assert '<a href="mine.html">My own look</a>' in page
