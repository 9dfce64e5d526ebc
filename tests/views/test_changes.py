"""What has changed, in words: each state has its sentence, and figures stand beside it."""

from datetime import date

import pandas as pd

from icp_lab.locale import in_language
from icp_lab.methods.changes import Movers, Proposals
from icp_lab.methods.shift import Shifts
from icp_lab.rule import Rule
from icp_lab.views import changes

BASE = {"schema": 1, "name": "Demo", "verdict": "tentative", "criteria": [
    {"attribute": "employees", "min": 100}, {"attribute": "exports", "is": True}]}


def test_changes_of_criteria_evidence_and_tiers_are_said_in_words():
    old = BASE | {"evidence": {"lift": 2.4, "lift_low": 1.5, "lift_high": 3.8, "n": 120, "covered": 30},
                  "avoid": {"criteria": [{"attribute": "region", "in": ["North"]}]}}
    new = BASE | {"verdict": "supported", "criteria": [
        {"attribute": "employees", "min": 200}, {"attribute": "stack", "has": "CRM"}],
        "evidence": {"lift": 1.9, "lift_low": 1.2, "lift_high": 2.9, "n": 200, "covered": 30},
        "tiers": [{"name": "A", "min_fit": 61}, {"name": "B", "min_fit": 50}]}
    assert changes.tell_changes(old, new) == [
        "Changed: employees at least 100 is now employees at least 200.", "Dropped: exports: yes.",
        "Added: stack includes CRM.", "Whom to avoid: Dropped: region North.",
        "Verdict: tentative, a promising hypothesis → supported by the data.",
        "Lift: 2.4 (1.5 to 3.8), covering 30 of 120 → 1.9 (1.2 to 2.9), covering 30 of 200.",
        "Tiers: – → A from 61 points; B from 50 points."]
    assert changes.tell_changes(old, old) == []


def test_the_history_goes_from_the_version_before_to_what_is_proposed():
    assert "icp-lab adopt" in changes.tell_history(BASE, (), BASE)[0]
    held, former = BASE | {"version": "2"}, BASE | {"version": "1", "name": "Once"}
    assert changes.tell_history(held, (held, former), held) == [
        "From version 1 to 2:", "Name: Once → Demo.", "From version 2 to what this run proposes:", "Both say the same."]


COLUMNS = ["attribute", "level", "kind", "before", "now", "gap", "low", "high", "n_before", "n_now", "chance",
           "shifted"]


def _shifts(*rows):
    frame = pd.DataFrame(rows, columns=COLUMNS)
    return Shifts(frame, date(2023, 1, 1), date(2026, 4, 1), 200, 50, 0, 0.24)


def test_shifts_are_named_and_shown_with_their_intervals():
    up = ("size_band", "", "up", 1.0, 2.0, 0.3, 0.1, 0.48, 200, 50, 0.001, True)
    new = ("industry", "Space", "new", 0.0, 0.2, 0.2, 0.11, 0.33, 200, 50, 0.002, True)
    quiet = ("region", "North", "grew", 0.3, 0.35, 0.05, -0.1, 0.2, 200, 50, 0.9, False)
    told = changes.tell_shifts(_shifts(up, new, quiet))
    assert "**Up-market**: the size band in the middle goes from 10-49 to 50-99 employees" in told
    assert "**A new vertical**: Space" in told
    assert "North" not in told
    table = changes.tabulate_shifts(_shifts(up, new, quiet))
    assert [row[-1] for row in table.cells()] == ["yes", "yes", "no"]
    assert "20 points, 11 to 33" in table.cells()[1]
    with in_language("ja"):
        assert "大きな企業への移行" in changes.tell_shifts(_shifts(up))


def test_a_quiet_quarter_says_what_would_have_been_seen_and_a_small_one_that_it_is_small():
    quiet = ("region", "North", "grew", 0.3, 0.35, 0.05, -0.1, 0.2, 200, 50, 0.9, False)
    assert "24 %" in changes.tell_shifts(_shifts(quiet))
    assert changes.tell_shifts(_shifts()).startswith("Only 50 customers")
    assert changes.tabulate_shifts(_shifts()) == ""


def test_movers_are_counted_by_cause_and_listed_by_name():
    frame = pd.DataFrame({"account_id": ["a", "b"], "fit_before": ["out", "in"], "tier_before": ["B", ""],
                          "fit": ["in", "in"], "tier": ["A", "A"], "cause": ["data, rule", "score"]})
    movers = Movers(frame, 40, True)
    told = changes.tell_movers(movers, "1")
    assert told == ("Of 40 accounts, **2** stand elsewhere than they did under version 1. Because of what is known of "
                    "them + the criteria: 1. Because of points and tiers: 1.")
    rows = changes.tabulate_movers(movers, pd.Series({"a": "Acme"})).cells()
    assert rows[0] == ["Acme", "B · outside", "A · in the profile", "what is known of them + the criteria"]
    assert rows[1][0] == "b"
    assert changes.tell_movers(movers, "") == ""
    assert changes.tabulate_movers(Movers(frame.head(0), 40, True), pd.Series()) == ""


def test_proposals_are_said_or_that_there_is_none():
    rule = Rule.from_dicts(BASE["criteria"][:1])
    row = [1.4, 1.1, 1.8, 200, 0.7, 0.5, 0.9, 60]
    frame = pd.DataFrame([[-1, "", *row, "unclear", "keep"], [0, "employees", *row, "reversed", "reword"]], columns=[
        "place", "attribute", "lift_before", "low_before", "high_before", "n_before", "lift", "low", "high", "n",
        "state", "proposal"])
    other = {"attribute": "employees", "min": 300}
    told = changes.tell_proposals(Proposals(frame, (other,)))
    assert "Criteria to say otherwise: 1." in told
    assert "employees at least 300" in told
    assert changes.tabulate_proposals(Proposals(frame, ()), rule).cells()[1][-2:] == [
        "now tells the opposite", "say otherwise"]
    assert "Nothing to propose" in changes.tell_proposals(Proposals(frame.head(1), ()))
