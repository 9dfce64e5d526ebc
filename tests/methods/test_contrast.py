import numpy as np
import pandas as pd
import pytest

from icp_lab.artifacts import BY_NAME, TableArtifact
from icp_lab.methods.contrast import compare_groups, pick_best, pick_valuable


def make_accounts(n: int = 120, seed: int = 0) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    ids = pd.Index([f"a{i:03}" for i in range(n)], name="account_id")
    has = rng.random(n) < 0.5
    return pd.DataFrame({
        "employees": np.where(rng.random(n) < 0.1, np.nan, rng.lognormal(5, 1, n)),
        "industry": pd.Series(rng.choice(["Retail", "SaaS", "Bank"], n), index=ids, dtype="str"),
        "exports": pd.array(np.where(rng.random(n) < 0.2, None, has), dtype="boolean"),
        "tech_stack": pd.Series([("CRM", "SAP") if h else ("SAP",) if i % 2 else None for i, h in enumerate(has)],
                                index=ids, dtype=object),
        "founded": pd.Timestamp("2000-01-01") + pd.to_timedelta(rng.integers(0, 5000, n), unit="D"),
        "constant": "same",
    }, index=ids)


def test_the_frame_has_the_form_of_the_artifact() -> None:
    accounts = make_accounts()
    frame = compare_groups(accounts, accounts.index[:60], accounts.index[60:]).frame
    artifact = BY_NAME["contrasts"]
    assert isinstance(artifact, TableArtifact)
    assert {field.name for field in artifact.fields} <= set(frame.columns)
    assert not frame.duplicated(list(artifact.key)).any()
    assert frame["p_value"].between(0, 1).all() and (frame["q_value"] >= frame["p_value"]).all()


def test_every_kind_of_attribute_is_compared_and_missing_values_are_left_out() -> None:
    accounts = make_accounts()
    contrast = compare_groups(accounts, accounts.index[:60], accounts.index[60:])
    rows = contrast.frame.set_index(["attribute", "level"])
    assert set(rows.index) == {("employees", ""), ("founded", ""), ("industry", "Retail"), ("industry", "SaaS"),
                               ("industry", "Bank"), ("exports", "yes"), ("tech_stack", "CRM")}
    known = accounts["employees"].iloc[:60].notna().sum()
    assert rows.loc[("employees", ""), "n_first"] == known
    assert 2000 < rows.loc[("founded", ""), "median_first"] < 2014
    left = contrast.skipped.to_numpy().tolist()
    assert left == [["constant", "same", "one_value"], ["tech_stack", "SAP", "one_value"]]


def test_a_list_member_that_everybody_has_tells_nothing() -> None:
    ids = [f"{i:02}" for i in range(40)]
    stack = pd.DataFrame({"tech": pd.Series([("SAP",)] * 40, index=ids, dtype=object)})
    contrast = compare_groups(stack, stack.index[:20], stack.index[20:])
    assert contrast.frame.empty
    assert contrast.skipped["reason"].tolist() == ["one_value"]


def test_a_planted_difference_is_found_with_its_direction() -> None:
    accounts = make_accounts()
    accounts.loc[accounts.index[:60], "industry"] = ["SaaS"] * 45 + ["Bank"] * 15
    accounts.loc[accounts.index[:60], "employees"] *= 10
    frame = compare_groups(accounts, accounts.index[:60], accounts.index[60:]).frame.set_index(["attribute", "level"])
    assert frame.loc[("employees", ""), "effect"] > 0.5 and frame.loc[("employees", ""), "distinct"]
    assert frame.loc[("industry", "SaaS"), "low"] > 1 and frame.loc[("industry", "SaaS"), "distinct"]
    assert frame.loc[("industry", "Retail"), "effect"] < 0.2


def test_the_order_of_rows_and_of_ids_does_not_matter() -> None:
    accounts = make_accounts()
    one = compare_groups(accounts, accounts.index[:60], accounts.index[60:])
    shuffled = accounts.sample(frac=1, random_state=1)[accounts.columns[::-1]]
    two = compare_groups(shuffled, accounts.index[:60][::-1], accounts.index[60:][::-1])
    pd.testing.assert_frame_equal(one.frame, two.frame)
    pd.testing.assert_frame_equal(one.skipped, two.skipped)


def test_groups_too_small_to_compare_are_named_not_failed() -> None:
    accounts = make_accounts(12)
    contrast = compare_groups(accounts, accounts.index[:3], accounts.index[3:])
    assert contrast.frame.empty and (contrast.skipped["reason"] == "few_values").all()
    assert len(compare_groups(accounts, [], accounts.index).skipped) == len(accounts.columns)


def test_rare_levels_are_named_not_tested() -> None:
    accounts = make_accounts()
    accounts["owner"] = pd.Series([f"o{i // 3}" for i in range(120)], index=accounts.index, dtype="str")
    contrast = compare_groups(accounts[["owner"]], accounts.index[:60], accounts.index[60:])
    assert contrast.frame.empty and set(contrast.skipped["reason"]) == {"rare"} and len(contrast.skipped) == 40


def test_an_account_is_in_one_group_only() -> None:
    accounts = make_accounts()
    with pytest.raises(ValueError, match="a000"):
        compare_groups(accounts, accounts.index[:60], accounts.index[:70])


def test_the_valuable_are_ranked_by_value_and_ties_by_id():
    customers = pd.DataFrame({"account_id": list("dcba"), "status": "customer", "value": [1.0, 5.0, 1.0, np.nan]})
    assert pick_valuable(customers, 0.67) == (("c", "b"), ("d",))


def test_unknown_ones_are_not_called_ordinary():
    success = pd.DataFrame({"account_id": ["a", "b", "c"], "best": pd.array([None, True, False], "boolean")})
    assert pick_best(success) == (("b",), ("c",))
