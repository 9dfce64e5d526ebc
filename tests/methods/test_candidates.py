"""Candidates are judged each in its own way, and counted."""

from datetime import date

import numpy as np
import pandas as pd
import pytest

from icp_lab.methods.candidates import compare_candidates, list_proposals, propose_segments
from icp_lab.methods.profile import find_profile
from icp_lab.rule import Hypothesis, Rule


def say(**criterion):
    return Rule.from_dicts([criterion])


@pytest.fixture(scope="module")
def parts():
    rng = np.random.default_rng(0)
    n = 400
    ids = pd.Index([f"A{i:03d}" for i in range(n)], name="account_id")
    frame = pd.DataFrame({"employees": rng.integers(1, 1000, n).astype("float64"), "age": rng.random(n),
                          "industry": pd.array(rng.choice(list("abcd"), n), dtype="str")}, index=ids)
    good = rng.random(n) < np.where(frame["employees"] >= 700, 0.6, 0.08)
    cases = pd.DataFrame({"outcome": "best", "case_id": ids, "account_id": ids, "time": pd.NaT,
                          "positive": np.where(good, "yes", "no")})
    won = cases.assign(outcome="won", positive=rng.choice(["yes", "no"], n))
    customers = pd.DataFrame({"account_id": ids, "status": ["prospect"] * 40 + ["customer"] * 360, "revenue": 1.0})
    finding = find_profile(frame, cases, permutations=49, bootstraps=10)
    return frame, pd.concat([cases, won]), customers, finding


NO_LEADS = pd.DataFrame({"converted": pd.to_datetime([])})


def compare(parts, proposals, leads=NO_LEADS, **options):
    frame, outcomes, customers, finding = parts
    return compare_candidates(proposals, frame, outcomes, finding, customers=customers, leads=leads, drafted_on="best",
                              **options)


def test_each_kind_is_judged_in_its_own_way(parts):
    frame, outcomes, _customers, finding = parts
    told = Hypothesis("Sales", say(attribute="employees", min=800), date(2025, 1, 1))
    members = pd.DataFrame({"account_id": frame.index, "segment": np.where(frame["industry"] == "a", "S1", "none")})
    segments = propose_segments(frame, members, {"segments": [{"id": "S1", "name": "Kind a"}]})
    assert segments[0].rule == say(attribute="industry", **{"in": ["a"]})
    assert segments[0].describes == 1
    proposals = list_proposals(finding, [told], say(attribute="age", min=0.5), segments)
    rows = compare(parts, proposals, reps=4, tried=["x", "y"]).frame.set_index("kind")
    assert rows["counted"].to_dict() | {"near": "same"} == {
        "found": "unseen", "near": "same", "declared": "stated", "adopted": "same", "segment": "blind"}
    assert rows.loc["found", "lift"] == finding.lift
    inside = frame["employees"] >= 800
    assert rows.loc["declared", "accounts"] == inside.sum()
    assert rows.loc["declared", "revenue"] == pytest.approx(inside.mean())
    assert rows.loc["declared", "leads"] == inside[:40].sum()
    assert rows.loc["declared", "leads_a_rep"] == inside[:40].sum() / 4
    positive = outcomes[outcomes["outcome"] == "best"].set_index("account_id")["positive"] == "yes"
    assert rows.loc["declared", "caught"] == pytest.approx((positive & inside).sum() / positive.sum())
    assert rows.loc["declared", "won_low"] < 1 < rows.loc["declared", "won_high"]
    assert np.isnan(rows.loc["found", "p_value"])


def test_tries_are_counted_once_each_and_luck_grows_with_them(parts):
    idle = Hypothesis("Idle", say(attribute="age", min=0.5), date(2025, 1, 1))
    again = Hypothesis("Again", say(attribute="age", min=0.5), date(2025, 1, 1))
    few = compare(parts, list_proposals(parts[3], [idle, again], None, ())[-2:])
    many = compare(parts, list_proposals(parts[3], [idle, again], None, ())[-2:], tried=[str(i) for i in range(20)])
    assert (few.tries, many.tries) == (1, 21)
    assert few.luck < many.luck <= 1


def test_what_the_data_lack_is_named_and_not_dropped(parts):
    found = compare(parts, list_proposals(parts[3], [], say(attribute="budget", min=1), ()))
    assert [one.kind for one in found.lacking] == ["adopted"]
    assert "adopted" not in found.frame["kind"].tolist()


def test_open_leads_come_before_prospects(parts):
    leads = pd.DataFrame({"employees": [900.0, 900.0, None], "age": ["old"] * 3,
                          "converted": pd.to_datetime([None, "2025-01-01", None])})
    told = [Hypothesis("Sales", say(attribute="employees", min=800), date(2025, 1, 1)),
            Hypothesis("Age", say(attribute="age", min=0.5), date(2025, 1, 1))]
    proposals = list_proposals(parts[3], told, None, ())[-2:]
    assert compare(parts, proposals, leads).frame["leads"].tolist() == [1, 0]
