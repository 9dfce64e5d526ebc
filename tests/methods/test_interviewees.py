"""Whom to talk to: spread over what the best differ in, and the same whatever the order of the rows."""

import numpy as np
import pandas as pd
import pytest

from icp_lab.methods.interviewees import choose_interviewees

NONE = pd.DataFrame()


def _make_firms(seed, n=60, industries=5, missing=0.0):
    rng = np.random.default_rng(seed)
    firms = pd.DataFrame({
        "account_id": [f"a{i:03}" for i in range(n)], "status": "customer",
        "industry": rng.choice(list("abcdefghijkl")[:industries], n, p=(w := 0.5 ** np.arange(industries)) / w.sum()),
        "size_band": rng.choice(["10-49", "50-99", "100-249", "1000+"], n)})
    firms.loc[rng.random(n) < missing, "size_band"] = None
    success = pd.DataFrame({"account_id": firms["account_id"], "score": rng.random(n), "best": rng.random(n) < 0.4})
    segments = pd.DataFrame({"account_id": firms["account_id"], "segment": rng.choice(["S1", "S2"], n)})
    return firms, success, segments


@pytest.mark.parametrize("seed", range(20))
def test_as_many_industries_as_there_are_places_and_more_sizes_than_at_random(seed):
    firms, success, segments = _make_firms(seed)
    found = choose_interviewees(firms, success, segments, NONE, NONE, interviews=6)
    industries = found.levels.set_index("by").loc["industry"]
    assert industries["chosen"] == min(6, industries["best"])
    best = firms[success["best"]]
    sizes = [best.sample(6, random_state=draw)["size_band"].nunique() for draw in range(20)]
    assert found.levels.set_index("by").loc["size_band", "chosen"] >= np.median(sizes)


def test_the_order_of_the_rows_does_not_matter():
    firms, success, segments = _make_firms(1)
    people = pd.DataFrame({"contact_id": ["p1", "p2"], "account_id": ["a001", "a001"], "seniority": ["VP", "staff"]})
    first = choose_interviewees(firms, success, segments, NONE, people)
    mixed = [table.sample(frac=1, random_state=3) for table in (firms, success, segments)]
    other = choose_interviewees(*mixed, NONE, people[::-1])
    pd.testing.assert_frame_equal(first.frame, other.frame)
    pd.testing.assert_frame_equal(first.deciders, other.deciders)


def test_only_the_best_are_chosen_each_once_and_stand_ins_are_alike():
    firms, success, segments = _make_firms(2, n=200)
    frame = choose_interviewees(firms, success, segments, NONE, NONE, interviews=8, stand_ins=2).frame
    assert frame["account_id"].is_unique
    assert set(frame["account_id"]) <= set(success.loc[success["best"], "account_id"])
    assert frame["part"].value_counts().to_dict() == {"stand_in": 16, "chosen": 8}
    whom = frame.set_index("account_id").loc[frame.loc[8:, "stands_in_for"], "industry"]
    assert (frame.loc[8:, "industry"].to_numpy() == whom.to_numpy()).mean() > 0.7
    assert frame["alike"].sum() == success["best"].sum()


def test_few_best_ones_are_all_taken_and_none_gives_nobody():
    firms, success, segments = _make_firms(3, n=12)
    success["best"] = success.index < 3
    found = choose_interviewees(firms, success, segments, NONE, NONE)
    assert (found.best, list(found.frame["part"])) == (3, ["chosen"] * 3)
    nobody = choose_interviewees(firms, success.assign(best=False), segments, NONE, NONE)
    assert (len(nobody.frame), len(nobody.deciders), nobody.best) == (0, 0, 0)
    assert not len(choose_interviewees(firms, NONE, NONE, NONE, NONE).frame)


def test_what_is_not_known_makes_nobody_central():
    """A company whose size nobody knows is not near to all the others."""
    firms, success, segments = _make_firms(4, n=100, industries=2, missing=0.3)
    chosen = choose_interviewees(firms, success, segments, NONE, NONE, interviews=5).chosen
    assert chosen["size_band"].notna().all()


def test_reasons_say_what_each_brings():
    firms = pd.DataFrame({"account_id": list("abcd"), "status": "customer", "industry": ["x", "x", "y", None],
                          "size_band": ["10-49", "10-49", "1000+", "10-49"]})
    success = pd.DataFrame({"account_id": list("abcd"), "score": [0.9, 0.8, 0.7, 0.99], "best": True})
    frame = choose_interviewees(firms, success, NONE, NONE, NONE, interviews=3, stand_ins=0).frame
    assert frame["account_id"].tolist() == ["a", "c", "d"]
    assert frame["reasons"].tolist() == ["first_industry,first_size_band", "only_industry,only_size_band", ""]


def test_former_and_lost_ones_are_asked_for():
    firms = pd.DataFrame({"account_id": list("abcd"), "status": ["customer", "customer", "lost", "lost"],
                          "churned": [False, True, None, None], "industry": list("xxxy")})
    success = pd.DataFrame({"account_id": ["a", "b"], "best": [True, False], "score": [1.0, 0.0]})
    negatives = pd.DataFrame({"account_id": ["b", "c", "d"], "reason_group": ["price", "support", "support"]})
    frame = choose_interviewees(firms, success, NONE, negatives, NONE, former=1, lost=2).frame
    assert frame["part"].tolist() == ["chosen", "former", "lost", "lost"]
    assert frame["reason_group"].tolist()[1:] == ["price", "support", "support"]


def test_two_kinds_of_people_each_and_whoever_is_unknown_is_to_be_found():
    firms = pd.DataFrame({"account_id": ["a", "b"], "status": "customer", "industry": ["x", "y"]})
    success = pd.DataFrame({"account_id": ["a", "b"], "score": [1.0, 0.5], "best": True})
    people = pd.DataFrame({
        "contact_id": ["1", "2", "3", "4"], "account_id": ["a", "a", "a", "b"],
        "title": ["Buyer", "代表取締役社長", "", "Sales Rep"], "seniority": ["", "", "Head", None],
        "buying_role": ["buyer", "decider", "influencer", "user"]})
    found = choose_interviewees(firms, success, NONE, NONE, people, deciders=3)
    assert found.frame[["management", "practitioner"]].to_numpy().tolist() == [[2, 1], [0, 1]]
    asked = found.deciders[["account_id", "kind", "contact_id"]].astype(object)
    asked = asked.where(asked.notna(), None).to_numpy().tolist()
    assert asked == [
        ["a", "management", "2"], ["a", "practitioner", "1"], ["a", "management", "3"],
        ["b", "management", None], ["b", "practitioner", "4"], ["b", "management", None]]
