import numpy as np
import pandas as pd
import pytest

from icp_lab.methods.patterns import Groups, find_patterns, pick_best, pick_loyal, pick_valuable


@pytest.fixture
def attributes():
    ids = [f"a{i:02}" for i in range(60)]
    first = np.arange(60) < 30
    return pd.DataFrame({
        "industry": np.where(first, "SaaS", "Retail"),
        "tech_stack": [("CRM", "Mail") if flag else ("Mail",) for flag in first],
        "exports": pd.array([True if flag else None for flag in first], "boolean"),
        "employees": np.where(first, 100.0, 10.0) + np.arange(60),
        "constant": "same"}, index=ids)


@pytest.fixture
def groups(attributes):
    return Groups("value", tuple(attributes.index[:30]), tuple(attributes.index[30:]))


def test_all_kinds_of_attributes_are_compared(attributes, groups):
    frame = find_patterns(attributes, list(attributes), groups).frame.set_index(["attribute", "level"])
    assert frame.loc[("industry", "SaaS"), ["share_first", "share_second", "holds"]].tolist() == [1.0, 0.0, True]
    assert frame.loc[("tech_stack", "CRM"), "holds"]
    assert frame.loc[("tech_stack", "Mail"), ["difference", "holds"]].tolist() == [0.0, False]
    assert (frame.loc[("employees", "")]["kind"] == "range").all()


def test_a_missing_value_is_no_value(attributes, groups):
    looked_at = find_patterns(attributes, ["exports"], groups).frame
    assert len(looked_at) == 0, "the second group has no value on record, so there is nothing to compare"


def test_ranges_part_the_values_without_gap_or_overlap(attributes, groups):
    frame = find_patterns(attributes, ["employees"], groups).frame.sort_values("low")
    assert frame["k_first"].sum() + frame["k_second"].sum() == 60
    assert frame["low"].tolist()[1:] == frame["high"].tolist()[:-1]


def test_adjusted_values_count_all_that_was_looked_at(attributes, groups):
    alone = find_patterns(attributes, ["industry"], groups).frame
    among = find_patterns(attributes, list(attributes), groups).frame
    assert len(among) > len(alone)
    assert (among["p_adjusted"] >= among["p_value"]).all()


def test_too_few_are_not_compared(attributes):
    found = find_patterns(attributes, list(attributes), Groups("best", ("a00",), tuple(attributes.index[1:])))
    assert (len(found.frame), found.n_first) == (0, 1)


def test_the_valuable_are_ranked_by_value_and_ties_by_id():
    customers = pd.DataFrame({"account_id": list("dcba"), "status": "customer", "value": [1.0, 5.0, 1.0, np.nan]})
    assert pick_valuable(customers, 0.67).first == ("c", "b")
    assert pick_valuable(customers, 0.67).second == ("d",)


def test_the_young_are_neither_loyal_nor_not():
    customers = pd.DataFrame({
        "account_id": list("abcd"), "status": "customer", "tenure_months": [40.0, 30.0, 5.0, 5.0],
        "churned": pd.array([False, True, True, False], "boolean"), "lapsed": pd.array([None] * 4, "boolean")})
    assert pick_loyal(customers, 24) == Groups("loyalty", ("a", "b"), ("c",))
    stayed = customers.assign(churned=pd.array([False] * 4, "boolean"))
    assert pick_loyal(stayed, 24).second == ("c", "d")


def test_unknown_ones_are_not_called_ordinary():
    success = pd.DataFrame({"account_id": ["a", "b", "c"], "best": pd.array([None, True, False], "boolean")})
    assert pick_best(success) == Groups("best", ("b",), ("c",))
