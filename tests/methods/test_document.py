from datetime import date

import numpy as np
import pandas as pd
import pytest

from icp_lab.methods.document import compose_icp, place_accounts

CRITERIA = [{"attribute": "employees", "min": 100, "max": 500}]
IDS = list("abcdefgh")


@pytest.fixture
def parts():
    customers = pd.DataFrame({
        "account_id": IDS, "name": [i.upper() for i in IDS], "status": ["customer"] * 6 + ["lost", "prospect"],
        "churned": pd.NA, "value": [8.0, 7, 6, 5, 4, np.nan, np.nan, np.nan],
    })
    success = pd.DataFrame({
        "account_id": IDS[:6], "score": [0.9, 0.8, 0.7, 0.2, 0.1, np.nan],
        "best": [True, True, True, False, False, pd.NA],
    })
    cases = pd.DataFrame({"account_id": IDS[:6], "positive": ["yes", "yes", "yes", "no", "no", "unknown"]})
    coverage = pd.DataFrame({
        "account_id": IDS, "fit": ["in", "in", "out", "in", "out", "unknown", "out", "in"], "met": "",
        "failed": ["", "", "employees", "", "employees", "", "employees", ""], "unknown": "",
    })
    return customers, success, cases, coverage


def test_cases_are_counted_on_the_side_where_their_account_is(parts):
    standing = place_accounts(*parts)
    assert (standing.inside.yes, standing.inside.n) == (2, 3)
    assert (standing.outside.yes, standing.outside.n) == (1, 2)
    assert 0 < standing.inside.low < standing.inside.share < standing.inside.high < 1
    assert standing.counts.set_index("status").loc["customer"].to_dict() == {"in": 3, "out": 2, "unknown": 1}


def test_several_cases_of_an_account_all_count(parts):
    customers, success, cases, coverage = parts
    deals = pd.concat([cases, cases.head(1)], ignore_index=True)
    assert place_accounts(customers, success, deals, coverage).inside.n == 4


def test_examples_and_winners_are_the_ones_to_ask_about(parts):
    standing = place_accounts(*parts)
    assert standing.examples_inside(2)["account_id"].tolist() == ["a", "b"]
    assert standing.examples_outside(5)["account_id"].tolist() == ["c", "e"]
    assert standing.winners_outside()["account_id"].tolist() == ["c"]


def test_row_order_changes_nothing(parts):
    shuffled = [part.sample(frac=1, random_state=1) for part in parts]
    pd.testing.assert_frame_equal(place_accounts(*parts).frame, place_accounts(*shuffled).frame)


def test_without_cases_the_groups_are_empty_and_not_an_error(parts):
    customers, success, cases, coverage = parts
    standing = place_accounts(customers, success, cases.head(0), coverage)
    assert standing.inside.n == 0
    assert np.isnan(standing.inside.share)


def test_the_definition_carries_its_dates_and_only_what_is_claimed():
    draft = {"schema": 1, "name": "x", "verdict": "supported", "criteria": CRITERIA, "evidence": {}}
    avoid = {"criteria": [], "verdict": "unsupported", "evidence": {}}
    icp = compose_icp(draft, avoid, {"published": False, "segments": [{"id": "1"}]}, date(2026, 11, 30), 3)
    assert icp["next_review"] == "2027-02-28"
    assert "avoid" not in icp
    assert "segments" not in icp
    assert "as_of" not in draft
    claimed = compose_icp(draft, {**avoid, "criteria": CRITERIA}, {"published": True, "segments": [{"id": "1"}]},
                          date(2026, 11, 30), 3)
    assert claimed["avoid"]["criteria"] == CRITERIA
    assert claimed["segments"] == [{"id": "1"}]
    assert {"score", "tiers"}.isdisjoint(claimed)


def test_points_and_tiers_are_part_of_the_definition_that_they_were_made_for():
    draft = {"schema": 1, "name": "x", "verdict": "supported", "criteria": CRITERIA, "evidence": {}}
    points = [{"criterion": CRITERIA[0], "met": 7, "failed": -5}]
    score = {"score": {"base": 50, "points": points}, "tiers": [{"name": "A", "min_fit": 55}], "predicts": True}
    icp = compose_icp(draft, {}, {}, date(2026, 11, 30), 3, score=score)
    assert (icp["score"], icp["tiers"]) == (score["score"], score["tiers"])
    assert "predicts" not in icp
    other = {**draft, "criteria": [*CRITERIA, {"attribute": "exports", "is": True}]}
    assert "score" not in compose_icp(other, {}, {}, date(2026, 11, 30), 3, score=score)
    hypothesis = {**draft, "criteria": [], "evidence": {"refused": CRITERIA}}
    assert compose_icp(hypothesis, {}, {}, date(2026, 11, 30), 3, score=score)["tiers"] == score["tiers"]
    assert "score" not in compose_icp(draft, {}, {}, date(2026, 11, 30), 3, score=score | {"score": {"points": []}})
