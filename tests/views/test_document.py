from datetime import date

import pandas as pd
import pytest

from icp_lab.methods.document import Group, Standing
from icp_lab.views import document
from icp_lab.views.picture import About

ABOUT = About(date(2026, 6, 30), "EUR", "Demo")
CRITERIA = [{"attribute": "employees", "min": 100, "max": 500}, {"attribute": "industry", "in": ["SaaS"]}]
EVIDENCE = {"n": 100, "lift": 2.5, "lift_low": 1.6, "lift_high": 3.9, "stability": {"employees": 0.8}, "needed": 240,
            "needed_lift": 1.5, "excluded_above": 1.6, "outcomes": {"won": {"n": 80, "lift": 1.2, "lift_low": 0.9,
                                                                           "lift_high": 1.6}}}


def make_icp(verdict="supported", **more):
    claimed = verdict != "unsupported"
    evidence = {**EVIDENCE, "refused": [] if claimed else CRITERIA}
    return {"verdict": verdict, "verdict_reason": [], "criteria": CRITERIA if claimed else [], "outcome": "best",
            "evidence": evidence, "next_review": "2026-09-30", **more}


@pytest.fixture
def standing():
    frame = pd.DataFrame({
        "account_id": ["a", "b", "c"], "name": ["A", None, "<b>"], "status": "customer",
        "fit": ["in", "out", "unknown"], "met": "",
        "failed": ["", "employees, industry", ""], "unknown": "", "best": pd.array([True, True, None]),
        "score": [0.9, 0.8, None], "value": [1e5, 2e5, None],
    })
    counts = pd.DataFrame({"status": ["customer"], "in": [1], "out": [1], "unknown": [1]})
    return Standing(frame, counts, Group(30, 50, 0.46, 0.72), Group(5, 50, 0.04, 0.21))


def test_a_hypothesis_is_never_worded_as_a_finding():
    assert "hypothesis" in document.tell_definition(make_icp("unsupported"))
    assert document.tell_definition(make_icp()).startswith("Our ideal customers")
    assert "no hypothesis" in document.tell_definition(make_icp("unsupported", evidence={}))


@pytest.mark.parametrize("reason", ["too_few", "ruled_out", "unstable", "leaking", "edited"])
def test_every_reason_for_a_weaker_verdict_has_words(reason):
    words = document.tell_verdict(make_icp("unsupported", verdict_reason=[reason]))
    assert words.startswith("**Unsupported**: ")
    assert len(words) > 60


def test_counts_stand_with_their_intervals(standing):
    words = document.tell_counts(make_icp(), standing)
    assert words == ("Of 50 customers inside, **30** became best customers (60 %; 46 to 72 %). "
                     "Outside, **5** of 50 customers (10 %; 4 to 21 %).")


def test_the_lift_is_stated_with_its_interval_or_not_at_all():
    assert "2.5 times" in document.tell_lift(make_icp())
    assert "1.6 to 3.9" in document.tell_lift(make_icp())
    assert document.tell_lift(make_icp(evidence={"lift": None})) == "No lift can be stated from these cases."


def test_what_is_ruled_out_is_said_only_where_nothing_is_claimed():
    assert "1.6 times" in document.tell_ruled_out(make_icp("unsupported"))
    assert document.tell_ruled_out(make_icp()) == ""


def test_what_would_settle_it_names_a_number_of_cases(standing):
    assert "**240**" in document.tell_settling(make_icp("unsupported"), standing)
    assert "pilot" in document.tell_settling(make_icp("unsupported", evidence={}), standing)


def test_other_outcomes_are_shown_beside_the_one_drafted_on():
    assert document.tell_outcomes(make_icp()) == "On winning deals: 1.20 times (0.9 to 1.6; 80 closed deals)."


def test_tables_name_accounts_and_the_criteria_they_fail(standing):
    winners = document.tabulate_winners(standing.winners_outside(), ABOUT)
    assert winners.title == "1 best customers outside the profile"
    assert winners.cells() == [["b", "200", "0.80", "employees, industry"]]
    assert document.tabulate_criteria(make_icp()).cells()[0][2] == "80"
    assert document.tabulate_standing(standing).cells() == [["customer", "1", "1", "1"]]


def test_the_picture_says_its_finding_only_where_there_is_one(standing):
    assert document.draw_sides(make_icp(), standing, ABOUT).title == "Inside, 60 % became best customers; outside, 10 %"
    close = Standing(standing.frame, standing.counts, Group(5, 50, 0.04, 0.21), Group(6, 50, 0.06, 0.24))
    assert "cannot be told apart" in document.draw_sides(make_icp(), close, ABOUT).title
    nan = float("nan")
    empty = Standing(standing.frame, standing.counts, Group(0, 0, nan, nan), Group(0, 0, nan, nan))
    assert document.draw_sides(make_icp(), empty, ABOUT).alt == "Inside: no cases. Outside: no cases."


def test_limits_count_the_unknown_and_the_missed(standing):
    words = " ".join(document.tell_limits(make_icp(), standing))
    assert "1 of 3 accounts" in words
    assert "1 best customers are outside" in words


def test_what_is_ruled_out_stands_first_and_more_of_the_same_is_not_asked_for(standing):
    evidence = {**EVIDENCE, "refused": CRITERIA, "excluded_above": 1.16}
    refused = make_icp("unsupported", verdict_reason=["ruled_out"], evidence=evidence)
    assert document.tell_lead(refused).startswith("**Ruled out, and that is a result**")
    assert "1.16 times" in document.tell_lead(refused) and "hypothesis" in document.tell_lead(refused)
    assert "would not change that" in document.tell_settling(refused, standing)
    weak = make_icp("unsupported", evidence={**evidence, "excluded_above": 18.4})
    assert document.tell_ruled_out(weak) == ""  # that no attribute does 18 times as well tells nobody anything


def test_rows_without_accounts_are_left_out(standing):
    assert "prospect" not in str(document.tabulate_standing(standing))


def test_further_profiles_and_firms_to_avoid_stand_with_lift_interval_n_and_verdict():
    other = {"criteria": [{"attribute": "region", "in": ["EU"]}], "verdict": "supported",
             "evidence": {"n": 120, "lift": 2.5, "lift_low": 1.5, "lift_high": 3.5}}
    icp = make_icp(more=[other], avoid={**other, "verdict": "tentative"})
    further, = document.tell_further(icp)
    assert further.startswith("**Region EU** (supported by the data).")
    assert "became best customers 2.5 times as often as all cases (1.5 to 3.5; 120 customers)" in further
    assert "proved a poor fit 2.5 times" in document.tell_avoid(icp) and "120 accounts" in document.tell_avoid(icp)
    assert document.tell_further(make_icp()) == [] and "No profile of firms" in document.tell_avoid(make_icp())
