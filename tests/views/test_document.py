import pytest

from icp_lab.views import document

CRITERIA = [{"attribute": "employees", "min": 100, "max": 500}, {"attribute": "industry", "in": ["SaaS"]}]
EVIDENCE = {"n": 100, "lift": 2.5, "lift_low": 1.6, "lift_high": 3.9, "stability": {"employees": 0.8}, "needed": 240,
            "needed_lift": 1.5, "excluded_above": 1.6, "outcomes": {"won": {"n": 80, "lift": 1.2, "lift_low": 0.9,
                                                                           "lift_high": 1.6}}}


def make_icp(verdict="supported", **more):
    claimed = verdict != "unsupported"
    evidence = {**EVIDENCE, "refused": [] if claimed else CRITERIA}
    return {"verdict": verdict, "verdict_reason": [], "criteria": CRITERIA if claimed else [], "outcome": "best",
            "evidence": evidence, "next_review": "2026-09-30", **more}


def test_a_hypothesis_is_never_worded_as_a_finding():
    assert "hypothesis" in document.tell_definition(make_icp("unsupported"))
    assert document.tell_definition(make_icp()).startswith("Our ideal customers")
    assert "no hypothesis" in document.tell_definition(make_icp("unsupported", evidence={}))


@pytest.mark.parametrize("reason", ["too_few", "ruled_out", "unstable", "leaking", "edited"])
def test_every_reason_for_a_weaker_verdict_has_words(reason):
    words = document.tell_verdict(make_icp("unsupported", verdict_reason=[reason]))
    assert words.startswith("**Unsupported**: ")
    assert len(words) > 60


def test_the_lift_is_stated_with_its_interval_or_not_at_all():
    assert "2.5 times" in document.tell_lift(make_icp())
    assert "1.6 to 3.9" in document.tell_lift(make_icp())
    assert document.tell_lift(make_icp(evidence={"lift": None})) == "No lift can be stated from these cases."


def test_what_is_ruled_out_is_said_only_where_nothing_is_claimed():
    assert "1.6 times" in document.tell_ruled_out(make_icp("unsupported"))
    assert document.tell_ruled_out(make_icp()) == ""


def test_other_outcomes_are_shown_beside_the_one_drafted_on():
    assert document.tell_outcomes(make_icp()) == "On winning deals: 1.20 times (0.9 to 1.6; 80 closed deals)."


def test_each_criterion_says_how_often_another_sample_chooses_its_attribute():
    assert document.tabulate_criteria(make_icp()).cells()[0][2] == "80"


def test_what_is_ruled_out_stands_first():
    evidence = {**EVIDENCE, "refused": CRITERIA, "excluded_above": 1.16}
    refused = make_icp("unsupported", verdict_reason=["ruled_out"], evidence=evidence)
    assert document.tell_lead(refused).startswith("**Ruled out, and that is a result**")
    assert "1.16 times" in document.tell_lead(refused) and "hypothesis" in document.tell_lead(refused)
    weak = make_icp("unsupported", evidence={**evidence, "excluded_above": 18.4})
    assert document.tell_ruled_out(weak) == ""  # that no attribute does 18 times as well tells nobody anything


def test_further_profiles_and_firms_to_avoid_stand_with_lift_interval_n_and_verdict():
    other = {"criteria": [{"attribute": "region", "in": ["EU"]}], "verdict": "supported",
             "evidence": {"n": 120, "lift": 2.5, "lift_low": 1.5, "lift_high": 3.5}}
    icp = make_icp(more=[other], avoid={**other, "verdict": "tentative"})
    further, = document.tell_further(icp)
    assert further.startswith("**Region EU** (supported by the data).")
    assert "became best customers 2.5 times as often as all cases (1.5 to 3.5; 120 customers)" in further
    assert "proved a poor fit 2.5 times" in document.tell_avoid(icp) and "120 accounts" in document.tell_avoid(icp)
    assert document.tell_further(make_icp()) == [] and "No profile of firms" in document.tell_avoid(make_icp())
