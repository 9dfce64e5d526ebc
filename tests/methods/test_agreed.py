from datetime import date

import numpy as np
import pandas as pd
import pytest

from icp_lab.errors import LabError
from icp_lab.icp.profile import load_icp, write_icp
from icp_lab.methods.agreed import Decision, agree_on, note_votes, settle
from icp_lab.methods.document import compose_icp
from icp_lab.methods.review import list_items, weigh_votes
from icp_lab.rule import Criterion

RNG = np.random.default_rng(0)
N = 200
IDS = [f"A{n:03d}" for n in range(N)]
ATTRIBUTES = pd.DataFrame({"size": RNG.integers(1, 100, N).astype(float), "kind": RNG.choice(["x", "y"], N)}, index=IDS)
POSITIVE = (ATTRIBUTES["size"] >= 50) & (RNG.random(N) < 0.6)
CASES = pd.DataFrame({"case_id": IDS, "account_id": IDS, "outcome": "best", "group": "best", "reason": "top_share",
                      "positive": np.where(POSITIVE, "yes", "no"), "time": pd.NaT})  # fmt: skip
CUSTOMERS = pd.DataFrame({"account_id": IDS, "status": "customer", "size_band": "all"})
NEGATIVES = pd.DataFrame({"account_id": IDS[:60], "churned": True, "lapsed": True})
DRAFT = {
    "schema": 1, "name": "Demo", "outcome": "best", "verdict": "supported", "verdict_reason": [], "basis": "data",
    "criteria": [{"attribute": "size", "min": 50}, {"attribute": "kind", "in": ["x"]}],
    "more": [{"name": "Demo 2", "criteria": [{"attribute": "size", "min": 9}], "verdict": "supported", "evidence": {}}],
    "evidence": {"n": N, "lift": 2.0, "lift_low": 1.5, "stability": {"size": 0.9, "kind": 0.7}, "tries": 4},
}  # fmt: skip
AVOID = {"criteria": [{"attribute": "size", "max": 20}], "verdict": "tentative", "verdict_reason": [],
         "evidence": {"n": N, "stability": {"size": 0.8}}}  # fmt: skip
PEOPLE = [{"id": "p1", "kind": "a"}, {"id": "p2", "kind": "b"}]


def decide(item, action, *criteria, on=date(2026, 7, 1)):
    return Decision(item, action, criteria, "Ann", on, "because")


def agree(*decisions):
    return agree_on(DRAFT, AVOID, PEOPLE, decisions, attributes=ATTRIBUTES, cases=CASES, outcomes=CASES,
                    customers=CUSTOMERS, negatives=NEGATIVES)  # fmt: skip


@pytest.mark.parametrize("decisions", [(), (decide("criterion.size", "keep"), decide("profile", "keep"))])
def test_where_nothing_is_changed_it_is_the_draft_to_the_letter(decisions):
    assert agree(*decisions) == DRAFT


def test_a_change_is_signed_counted_anew_and_at_most_tentative():
    agreed = agree(decide("criterion.size", "change", Criterion.between("size", 40, None)))
    first, second = agreed["criteria"]
    assert first == {"attribute": "size", "min": 40, "edited_by": "Ann", "edited_on": "2026-07-01", "why": "because"}
    assert second == DRAFT["criteria"][1]
    inside = ATTRIBUTES["size"].ge(40) & ATTRIBUTES["kind"].eq("x")
    evidence = agreed["evidence"]
    assert (evidence["n"], evidence["covered"]) == (N, inside.sum())
    assert evidence["covered_best"] == (inside & POSITIVE).sum()
    assert evidence["lift"] == pytest.approx(POSITIVE[inside].mean() / POSITIVE.mean())
    assert (agreed["verdict"], agreed["verdict_reason"], agreed["basis"]) == ("tentative", ["edited"], "declared")
    assert evidence["tries"] == DRAFT["evidence"]["tries"] + 1
    assert evidence["stability"] == {"size": 0.9, "kind": 0.7}
    assert agreed["more"] == DRAFT["more"]


def test_criteria_are_dropped_and_added_and_the_last_word_holds():
    added = Criterion.one_of("kind", ["y"])
    agreed = agree(decide("criterion.kind", "keep"), decide("criterion.kind", "drop"), decide("profile", "add", added))
    assert [(one["attribute"], "edited_by" in one) for one in agreed["criteria"]] == [("size", False), ("kind", True)]
    assert "stability" in agreed["evidence"]


def test_what_the_data_do_not_carry_stands_as_a_hypothesis():
    agreed = agree(decide("criterion.size", "drop"))
    assert agreed["verdict"] == "unsupported"
    assert agreed["criteria"] == []
    assert agreed["evidence"]["refused"] == [DRAFT["criteria"][1]]


def test_a_whole_profile_a_further_one_and_a_persona_can_go():
    assert agree(decide("profile", "drop"))["evidence"]["refused"] == []
    assert agree(decide("more.2", "drop"))["more"] == []
    assert agree(decide("persona.p1", "drop"))["personas"] == PEOPLE[1:]
    assert agree(decide("avoid", "drop"))["avoid"]["criteria"] == []


def test_the_negative_profile_is_counted_among_those_that_failed():
    avoid = agree(decide("avoid.size", "change", Criterion.between("size", None, 30)))["avoid"]
    held = avoid["criteria"] or avoid["evidence"]["refused"]
    assert held[0]["max"] == 30
    assert avoid["evidence"]["n"] == N
    assert avoid["evidence"]["best"] == len(NEGATIVES)


def test_a_decision_on_a_line_that_is_gone_changes_nothing():
    assert agree(decide("criterion.age", "change", Criterion.between("age", 1, None))) == DRAFT


def test_more_criteria_than_a_profile_may_have_are_refused():
    wish = decide("profile", "add", *(Criterion.between(f"a{n}", 1, None) for n in range(4)))
    with pytest.raises(LabError, match="6 criteria"):
        agree(wish)


def test_of_two_criteria_on_one_attribute_each_has_its_own_decision():
    twice = {"criteria": [{"attribute": "tools", "has": "A"}, {"attribute": "tools", "has": "B"}]}
    assert settle("criterion", twice, [decide("criterion.tools.2", "drop")]) == twice["criteria"][:1]


def test_what_was_agreed_becomes_the_definition(tmp_path):
    agreed = agree(decide("criterion.size", "change", Criterion.between("size", 40, None)), decide("avoid", "drop"))
    write_icp(tmp_path / "icp.yml", compose_icp(agreed, AVOID, {}, date(2026, 6, 30), 3))
    icp = load_icp(tmp_path / "icp.yml")
    assert icp.verdict == "tentative"
    assert icp.rule.criteria[0] == Criterion.between("size", 40, None)
    assert icp.data["criteria"][0]["edited_by"] == "Ann"
    assert "avoid" not in icp.data


def test_what_became_of_each_line_is_kept():
    items = list_items(DRAFT, AVOID, {"personas": PEOPLE})
    votes = pd.DataFrame([(1, "sales", "a", "profile", 2, "", ""), (1, "product", "b", "profile", 9, "", "")],
                         columns=["round", "department", "reviewer", "item", "vote", "comment", "mark"])  # fmt: skip
    kept = note_votes(weigh_votes(votes, items, permutations=0), items, [decide("profile", "keep")]).set_index("item")
    row = kept.loc["profile"]
    assert (row["first"], row["first_median"], row["second"], row["second_median"]) == ("product", 9, "sales", 2)
    assert (row["decided"], row["n"], kept.loc["avoid", "n"]) == ("keep", 2, 0)
    assert kept["mark"].str.len().eq(12).all()
