"""The list: who stands on it, in which tier, what is filled from elsewhere, and what comes next."""

from datetime import date

import pandas as pd
import pytest

from icp_lab.methods.enrichment import enrich_leads
from icp_lab.methods.score import BASE, Card, Points
from icp_lab.methods.targeting import (
    choose_targets,
    judge_targets,
    name_companies,
    plan_accounts,
    take_listed,
    watch_winners,
)
from icp_lab.rule import Criterion

TODAY = date(2026, 6, 30)
POINTS = (Points(Criterion.between("employees", 100, 500), 20, -10),
          Points(Criterion.one_of("industry", ["SaaS"]), 8, -4))
BANDS = pd.DataFrame({"least": [20, 55], "most": [54, 90], "share": [0.1, 0.6], "low": [0.05, 0.5], "high": [0.2, 0.7]})
CARD = Card(POINTS, pd.DataFrame(), {"employees": 100.0, "industry": 30.0}, BANDS, 100, 30, 3.0, 2.0, 4.0, True)
ACCOUNTS = pd.DataFrame({"employees": [200.0, 20.0, 300.0], "industry": ["SaaS", "Retail", None]},
                        index=pd.Index(["A1", "A2", "A3"], name="account_id")).astype({"industry": "str"})
CUSTOMERS = pd.DataFrame({"account_id": ["A1", "A2", "A3"], "status": ["customer", "lost", "prospect"]})
LEADS = pd.DataFrame({
    "lead_id": ["L1", "L2", "L3", "L4", "L5"], "company": list("abcde"), "title": ["VP Sales", None, None, None, None],
    "domain": ["one.example", "TWO.example", None, None, "five.example"], "account_id": [None, None, "A1", None, None],
    "created": pd.Timestamp("2026-01-01"), "converted": [None, None, None, "2026-05-01", None],
    "employees": [150.0, None, None, 200.0, None], "industry": ["SaaS", None, None, "SaaS", None],
}).astype(dict.fromkeys(("title", "domain", "account_id", "industry"), "str") | {"converted": "datetime64[s]"})
REFERENCE = pd.DataFrame({"domain": ["two.example", "one.example"], "employees": [250.0, 9.0],
                          "industry": ["Retail", "Retail"]}).astype({"domain": "str", "industry": "str"})
ENGAGED = pd.DataFrame({"engagement": [40], "warm": ["warm"]}, index=pd.Index(["L1"], name="unit"))


@pytest.fixture
def enriched():
    return enrich_leads(LEADS, REFERENCE, ACCOUNTS)


def choose(enriched, pilot):
    return choose_targets(CARD, ACCOUNTS, enriched, customers=CUSTOMERS, leads=LEADS, engaged=ENGAGED, room=1,
                          pilot=pilot)  # fmt: skip


@pytest.fixture
def targets(enriched):
    return choose(enriched, pd.DataFrame())


def test_a_directory_without_any_domain_is_looked_up_by_number():
    directory = REFERENCE.assign(domain=pd.Series([None, None], dtype="str"), corporate_number=["7", "8"])
    numbers = pd.Series([None, "8", None, None, None], dtype="str")
    found = enrich_leads(LEADS.assign(corporate_number=numbers), directory, ACCOUNTS)
    assert found.found == 1 and found.table.loc["L2", "employees"] == 9.0
    assert enrich_leads(LEADS, REFERENCE.assign(domain=directory["domain"]), ACCOUNTS).found == 0


def test_a_hold_out_is_not_approached(enriched, targets):
    first, second = targets.list["id"].head(2)
    pilot = pd.DataFrame({"unit_id": [first, second], "arm": ["Holdout", "control"]})
    assert choose(enriched, pilot).list["id"].tolist() == targets.list["id"].tolist()[1:]


def test_gaps_are_filled_and_what_a_lead_says_stays(enriched):
    assert enriched.table["employees"].fillna(-1).tolist() == [150, 250, 200, 200, -1]
    assert enriched.table["industry"].fillna("").tolist() == ["SaaS", "Retail", "SaaS", "SaaS", ""]
    assert (enriched.matched, enriched.found) == (1, 2)
    counts = enriched.frame.set_index("attribute").loc["employees"]
    assert counts[["gaps", "account", "reference"]].tolist() == [3, 1, 1]


def test_open_leads_and_prospects_are_listed_by_what_they_score(targets):
    assert targets.list["id"].tolist() == ["L1", "A3", "L2", "L5"]
    assert targets.list["points"].tolist() == [BASE + 28, BASE + 20, BASE + 16, BASE]
    assert targets.list["warm"].tolist() == ["warm", "none", "none", "none"]


def test_a_tier_holds_no_more_than_there_is_room_for(targets):
    assert targets.list["tier"].tolist() == ["A", "B", "B", ""]  # of L5 nothing is known
    assert [one["name"] for one in targets.tiers] == ["A", "B", "C"]
    assert pd.isna(targets.list["probability"].iloc[-1])


def test_the_field_that_moves_most_companies_comes_first(targets):
    rows = targets.fields.set_index("attribute")
    assert rows.loc["employees", "unknown"] == 1
    assert rows.loc["industry", "unknown"] == 2
    assert (rows["up"] >= 0).all()


def test_the_next_step_follows_from_who_is_there_and_listens(targets):
    touches = pd.DataFrame({"unit": ["L1"], "contact_id": [None], "date": pd.to_datetime(["2026-06-20"]),
                            "kind": "visited", "channel": "web", "content": "Prices"})
    triggers = pd.DataFrame({"date": pd.to_datetime(["2026-06-01"]), "kind": ["growth"], "account_id": ["A3"],
                             "lead_id": pd.Series([None], dtype="str")})
    contacts = pd.DataFrame(columns=["contact_id", "account_id", "title"], dtype="str")
    people = [{"id": "p1", "kind": "sales.decider", "department": "sales", "buying_role": "decider"}]
    plan = plan_accounts(targets, people, leads=LEADS, contacts=contacts, touches=touches, triggers=triggers,
                         as_of=TODAY).set_index("id")
    assert plan["next"].to_dict() == {"L1": "call", "A3": "find", "L2": "find", "L5": "fill"}
    assert plan.loc["L1", ["personas", "active", "content"]].tolist() == ["p1", "p1", "Prices"]
    assert plan.loc["A3", "trigger"] == "growth"


def test_winners_outside_are_grouped_by_what_they_fail(targets):
    coverage = pd.DataFrame({"account_id": ["A1", "A2", "A3"], "fit": ["in", "out", "out"],
                             "failed": ["", "industry", "industry"]})
    cases = pd.DataFrame({"account_id": ["A1", "A2", "A3"], "positive": ["yes", "yes", "no"]})
    assert watch_winners(coverage, cases, targets.frame)[["account_id", "alike"]].to_numpy().tolist() == [["A2", 1]]


def test_what_became_of_leads_is_counted_by_tier(targets):
    judged = judge_targets(targets.frame, LEADS).set_index("tier").loc["A"]
    assert judged[["n", "converted", "share"]].tolist() == [3, 1, 1 / 3]
    assert judged[["low", "high"]].tolist() == pytest.approx([0.0615, 0.7923], abs=1e-3)  # Wilson, by hand


def test_companies_are_named_unless_the_study_hides_them(targets, enriched):
    accounts = pd.DataFrame({"account_id": ["A1"], "name": ["Bee"]})
    assert name_companies(accounts, LEADS, {})["A1"] == "Bee"
    assert name_companies(accounts, LEADS, {"companies": "pseudonyms"})["L2"] == "L2"
    assert take_listed(targets, ACCOUNTS, enriched).index.tolist() == ["L1", "A3", "L2", "L5"]
