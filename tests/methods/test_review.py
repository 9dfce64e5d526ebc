import numpy as np
import pandas as pd
import pytest

from icp_lab.methods.review import Bar, Item, list_items, weigh_votes

STABILITY = {"size": 0.9, "age": 0.5, "pace": 0.1}
EVIDENCE = {"n": 300, "lift": 3.0, "lift_low": 2.0, "lift_high": 4.0, "stability": STABILITY}
SIZE, AGE, PACE = {"attribute": "size", "min": 5}, {"attribute": "age", "max": 9}, {"attribute": "pace", "min": 1}
DRAFT = {"verdict": "supported", "criteria": [SIZE, AGE, PACE, {"attribute": "size", "max": 50}], "evidence": EVIDENCE,
         "more": [{"name": "Demo 2", "criteria": [AGE], "verdict": "tentative", "evidence": EVIDENCE}]}  # fmt: skip
AVOID = {"verdict": "unsupported", "criteria": [], "evidence": {"refused": [AGE], "lift_low": 0.8}}
PERSONAS = {"personas": [{"id": "p1", "kind": "sales.decider", "buying_role": "decider", "department": "sales"}],
            "kinds": [{"kind": "sales.decider", "won": 3}]}  # fmt: skip
TEAMS = ("marketing", "sales", "product", "customer_success", "management")


def item(name="criterion.size", backing="strong"):
    return Item(name, SIZE, {}, 0.9, backing)


def cast(votes, name="criterion.size", number=1, mark=""):
    """Give votes by department: {"sales": [8, 9]}."""
    rows = [(number, team, f"{team} {who}", name, vote, "", "", mark)
            for team, given in votes.items() for who, vote in enumerate(given)]  # fmt: skip
    columns = ["round", "department", "reviewer", "item", "vote", "comment", "proposal", "mark"]
    return pd.DataFrame(rows, columns=columns)


def weigh(votes, *items, **options):
    return weigh_votes(votes, items or (item(),), **{"permutations": 99, **options})


def test_every_line_has_an_id_and_what_the_data_say_to_it():
    found = {one.id: one.backing for one in list_items(DRAFT, AVOID, PERSONAS)}
    assert found == {
        "profile": "strong", "criterion.size": "strong", "criterion.age": "between", "criterion.pace": "weak",
        "criterion.size.2": "strong", "more.2": "between", "avoid": "weak", "avoid.age": "weak", "persona.p1": "none",
    }  # fmt: skip


def test_a_mark_changes_with_the_line_and_not_with_its_evidence():
    first = {one.id: one.mark for one in list_items(DRAFT, AVOID, PERSONAS)}
    later = list_items(DRAFT | {"evidence": {**EVIDENCE, "n": 301}}, AVOID, PERSONAS)
    assert {one.id: one.mark for one in later} == first
    other = {"personas": [{"id": "p1", "kind": "it.blocker"}]}
    changed = {one.id: one.mark for one in list_items(DRAFT | {"criteria": [SIZE | {"min": 6}, AGE]}, AVOID, other)}
    assert [name for name in changed if changed[name] != first[name]] == ["profile", "criterion.size", "persona.p1"]


@pytest.mark.parametrize(("votes", "verdict"), [
    ([7] * 7 + [5] * 3, "agreed"),  # exactly 70 % for
    ([7] * 6 + [5] * 4, "disputed"),
    ([9] * 9 + [1], "agreed"),  # 10 % against
    ([9] * 17 + [1] * 3, "disputed"),  # exactly 15 % against
    ([3] * 7 + [5] * 3, "rejected"),
    ([1] * 5 + [9] * 5, "disputed"),
    ([9] * 4, "too_few"),
])  # fmt: skip
def test_the_rule_counts_as_it_says(votes, verdict):
    by_team = {team: votes[place::3] for place, team in enumerate(TEAMS[:3])}
    found = weigh(cast(by_team)).frame.iloc[0]
    assert found["verdict"] == verdict
    assert found["n"] == len(votes)
    assert found["agree_low"] <= found["agree"] <= found["agree_high"]


def test_two_departments_do_not_agree_for_the_company():
    votes = cast({"sales": [9] * 20, "product": [9] * 20})
    assert weigh(votes).frame["verdict"].tolist() == ["too_few"]
    assert weigh(votes, bar=Bar(departments=2)).frame["verdict"].tolist() == ["agreed"]


def test_a_second_round_counts_and_the_first_stands_beside_it():
    first = cast({team: [2, 3] for team in TEAMS})
    second = cast({team: [8, 8] for team in TEAMS}, number=2)
    found = weigh(pd.concat([first, second])).frame.iloc[0]
    assert (found["round"], found["median"], found["former"], found["verdict"]) == (2, 8, 2.5, "agreed")


def test_votes_on_lines_that_are_gone_or_changed_are_counted_and_not_used():
    votes = pd.concat([cast({"sales": [9]}, "criterion.gone"), cast({"sales": [1]}, mark="another"),
                       cast({"sales": [8]}, mark=item().mark), cast({"product": [6]})])  # fmt: skip
    found = weigh(votes)
    assert found.unused.values.tolist() == [["criterion.gone", 1], ["criterion.size", 1]]
    assert found.medians[["department", "median"]].values.tolist() == [["product", 6], ["sales", 8]]


def test_a_planted_conflict_is_found_between_the_right_two_over_the_right_line():
    rng = np.random.default_rng(1)
    items = tuple(item(f"criterion.{name}") for name in "abcde")
    votes = []
    for one in items:
        centre = dict.fromkeys(TEAMS, 7) | ({"sales": 2} if one.id.endswith("c") else {})
        given = {team: np.clip(np.round(rng.normal(centre[team], 0.8, 3)), 1, 9) for team in TEAMS}
        votes.append(cast(given, one.id))
    found = weigh(pd.concat(votes), *items, permutations=999)
    clear = found.conflicts[found.conflicts["p_value"] < 0.05]
    assert set(clear["item"]) == {"criterion.c"}
    assert all("sales" in pair for pair in zip(clear["first"], clear["second"], strict=True))
    assert len(clear) == 4


def test_one_voter_a_department_tells_no_conflict_from_a_person():
    found = weigh(cast({"sales": [1], "product": [9], "marketing": [9]}))
    assert found.conflicts["p_value"].isna().all()
    assert found.conflicts["difference"].tolist() == [8, 8, 0]


def test_who_votes_against_most_is_listed_by_department_and_never_by_name():
    votes = cast({"sales": [1, 8], "product": [9, 8], "marketing": [8]})
    votes.loc[votes["vote"] == 1, "comment"] = "no"
    found = weigh(votes).minorities
    assert found.values.tolist() == [["criterion.size", "sales", "against", 1, "no"]]
    against = weigh(cast({"sales": [1, 2], "product": [1, 8], "marketing": [2]})).minorities
    assert against[["department", "side"]].values.tolist() == [["product", "for"]]


def test_votes_against_the_data_are_named_both_ways():
    liked, opposed = item("criterion.a", "weak"), item("criterion.b", "strong")
    votes = pd.concat([cast({team: [vote] for team in TEAMS}, name)
                       for name, vote in (("criterion.a", 8), ("criterion.b", 2))])  # fmt: skip
    found = weigh(votes, liked, opposed, item("criterion.c", "weak")).contradictions
    assert found[["item", "kind"]].values.tolist() == [["criterion.a", "liked"], ["criterion.b", "opposed"]]


def test_the_order_of_the_rows_does_not_matter():
    items = tuple(item(f"criterion.{name}") for name in "abc")
    rng = np.random.default_rng(3)
    votes = pd.concat([cast({team: rng.integers(1, 10, 3) for team in TEAMS}, one.id) for one in items])
    mixed = votes.sample(frac=1, random_state=5)
    first, second = weigh(votes, *items), weigh(mixed, *items)
    for name in ("frame", "medians", "conflicts", "minorities", "contradictions", "unused"):
        pd.testing.assert_frame_equal(getattr(first, name), getattr(second, name))
    assert repr(first.concordance) == repr(second.concordance)


def test_without_votes_there_is_nothing_but_the_lines():
    found = weigh(cast({}))
    assert found.frame["verdict"].tolist() == ["too_few"]
    assert found.conflicts.empty
    assert np.isnan(found.concordance.value)
