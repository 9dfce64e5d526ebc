"""Who moved and why, which criteria have lost what they told, and when a definition is looked at again."""

from datetime import date

import numpy as np
import pandas as pd
import pytest

from icp_lab.methods.changes import find_movers, judge_review, place_accounts_by, propose_changes

CRITERION = {"attribute": "employees", "min": 100}
TIERS = [{"name": "A", "min_fit": 60}, {"name": "B", "min_fit": 50}]
OLD = {"criteria": [CRITERION], "score": {"base": 50, "points": [{"criterion": CRITERION, "met": 10, "failed": -10}]},
       "tiers": TIERS}
FIRMS = pd.DataFrame({"employees": [200.0, 60.0, 40.0, None]}, index=list("abcd"))


def test_points_and_tiers_follow_the_definition_alone_and_what_is_unknown_gives_none():
    stand = place_accounts_by(OLD, FIRMS)
    assert stand["tier"].tolist() == ["A", "", "", "B"]
    assert stand["points"].tolist() == [60, 40, 40, 50]
    absent = place_accounts_by(OLD, pd.DataFrame({"industry": ["x"]}, index=["a"]))
    assert absent[["fit", "points", "tier"]].to_numpy().tolist() == [["unknown", 50, "B"]]


def test_every_mover_has_its_cause():
    """a: the data say more people now; b: the bound is lower; c: only the bounds of the tiers."""
    then = pd.DataFrame({"account_id": list("abd"), "fit": ["out", "out", "unknown"], "tier": ["", "", "B"]})
    lower = {"attribute": "employees", "min": 50}
    new = {"criteria": [lower], "score": {"base": 50, "points": [{"criterion": lower, "met": 10, "failed": -10}]},
           "tiers": [{"name": "A", "min_fit": 45}]}
    found = find_movers(OLD, new, FIRMS, then)
    assert dict(zip(found.frame["account_id"], found.frame["cause"], strict=True)) == {
        "a": "data", "b": "rule", "d": "score"}
    assert (found.n, found.kept) == (3, True)
    assert find_movers(OLD, OLD, FIRMS, pd.DataFrame()).frame.empty
    without = find_movers({"criteria": [CRITERION]}, OLD, FIRMS, pd.DataFrame())
    assert (without.frame.empty, without.kept) == (True, False)  # no tiers on one side: none is compared


def make_deals(seed, before, since, n=600):
    """Make deals in which firms that export win with one odds ratio before and with another since."""
    rng = np.random.default_rng(seed)
    ids = [f"{i:04}" for i in range(n)]
    firms = pd.DataFrame({"exports": rng.random(n) < 0.5, "employees": rng.integers(1, 500, n) * 1.0}, index=ids)
    late = np.arange(n) >= 2 * n // 3
    gain = np.where(late, since, before)
    won = rng.random(n) < np.where(firms["exports"], 0.25 * gain, 0.25)
    days = pd.to_datetime(np.where(late, "2026-05-01", "2025-10-01"))
    return firms, pd.DataFrame({"account_id": ids, "stage": np.where(won, "won", "lost"), "closed": days})


PROFILE = {"criteria": [{"attribute": "exports", "is": True}, {"attribute": "employees", "max": 400}]}
DAYS = {"start": date(2025, 1, 1), "line": date(2026, 4, 1), "as_of": date(2026, 6, 30)}


def test_a_criterion_that_tells_nothing_any_more_is_proposed_to_go_and_one_that_holds_stays():
    gone = held = 0
    for seed in range(12):
        found = propose_changes(PROFILE, {}, *make_deals(seed, 3.0, 0.5), **DAYS).frame.set_index("place")
        gone += found.loc[0, "proposal"] == "drop"
        same = propose_changes(PROFILE, {}, *make_deals(seed, 3.0, 3.0), **DAYS).frame
        held += (same["proposal"] == "keep").all()
    assert gone >= 10
    assert held == 12


@pytest.mark.slow
def test_where_nothing_has_changed_hardly_anything_is_proposed():
    """100 quarters with a lift that stays as it is: at most 5 in which any criterion is to go."""
    asked = sum((propose_changes(PROFILE, {}, *make_deals(seed, 1.6, 1.6), **DAYS).frame["proposal"] != "keep").any()
                for seed in range(100))
    assert asked <= 5


def test_what_the_draft_says_otherwise_or_in_addition_is_named():
    draft = {"criteria": [{"attribute": "exports", "is": False}, {"attribute": "growth", "min": 0.1}]}
    found = propose_changes(PROFILE, draft, *make_deals(1, 3.0, 0.3), **DAYS)
    assert found.frame.set_index("place").loc[0, "proposal"] == "reword"
    assert list(found.new) == draft["criteria"]
    assert found.to_list()[0]["attribute"] == "exports"


def test_without_deals_nothing_is_proposed():
    firms, _deals = make_deals(1, 1.0, 1.0)
    found = propose_changes(PROFILE, PROFILE, firms, pd.DataFrame(), **DAYS)
    assert found.frame["state"].tolist() == ["untold"] * 3
    assert found.new == ()


@pytest.mark.parametrize(("as_of", "state"), [
    (date(2026, 6, 1), "fine"), (date(2026, 6, 16), "due"), (date(2026, 6, 30), "due"), (date(2026, 7, 1), "overdue")])
def test_a_review_ages_with_the_day_of_the_study(as_of, state):
    assert judge_review({"version": "1", "next_review": "2026-06-30"}, as_of)["state"] == state
    assert judge_review({"next_review": "2026-06-30"}, as_of) == judge_review({"version": "1"}, as_of) == {}
    assert judge_review({"version": "1", "next_review": "soon"}, as_of) == {}
