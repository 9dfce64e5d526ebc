import pandas as pd
import pytest

from icp_lab.methods.reasons import GROUPS, group_reasons, group_statement

NONE = pd.DataFrame()


@pytest.mark.parametrize(("statement", "group"), [
    ("pricing", "price"), ("budget", "price"), ("Zu teuer / too expensive", "price"), ("features", "product"),
    ("missing_features", "product"), ("support", "support"), ("Poor onboarding", "support"),
    ("switched to competitor", "other"), ("Went bankrupt", "other"), ("機能不足", "product"),
    ("料金が高すぎる", "price"),
    ("サポートの返信が遅い", "support"),
    ("廃業のため", "other"), ("ｻﾎﾟｰﾄ", "support"), ("PRICE", "price"),
    ("they just left", "unknown"), ("whatever", "unknown"),
])
def test_a_statement_goes_to_the_group_whose_words_it_has(statement: str, group: str) -> None:
    assert group_statement(statement)[0] == group


def test_words_match_only_where_a_word_begins() -> None:
    assert group_statement("rapid growth")[0] == "unknown"  # holds "api"
    assert group_statement("an api was missing")[0] == "product"


def test_the_group_with_more_words_wins_then_the_first_word() -> None:
    assert group_statement("the price was fine but support never answered")[0] == "support"
    assert group_statement("price, then support")[0] == "price"
    assert group_statement("support, then price")[0] == "support"


def make_tables() -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    churn = pd.DataFrame({
        "account_id": ["a", "a", "b", "c", "d"],
        "date": pd.to_datetime(["2024-01-01", "2025-01-01"] + ["2024-05-01"] * 3),
        "reason": ["pricing", "support", "unknown", None, "xyz"],
        "text": [None, None, "The features were missing.", None, "The price doubled."]})
    deals = pd.DataFrame({
        "account_id": ["e", "f", "a"], "stage": ["lost", "won", "lost"], "closed": pd.to_datetime(["2024-01-01"] * 3),
        "loss_reason": ["Too expensive", "Too expensive", "Missing features"]})
    support = pd.DataFrame({
        "account_id": ["c", "c", "c", "g"], "opened": pd.to_datetime(["2024-01-01"] * 4),
        "category": ["billing", "billing", "bug", "bug"], "text": [None] * 4})
    return churn, deals, support


def test_each_account_is_put_down_for_one_reason() -> None:
    reasons = group_reasons(*make_tables(), negative=["a", "b", "c"])
    found = reasons.by_account.set_index("account_id")
    assert found["reason_group"].to_dict() == {
        "a": "support",  # the latest of its two
        "b": "product",  # its code tells nothing, its text does
        "c": "price",  # said nothing on leaving; most of its tickets are about bills
        "d": "price", "e": "price"}
    assert found.loc["c", "source"] == "tickets" and found.loc["a", "source"] == "churn"
    assert found.loc["b", "reason"] == "The features were missing."


def test_shares_count_accounts_and_carry_intervals() -> None:
    reasons = group_reasons(*make_tables(), negative=["a", "b", "c"])
    frame = reasons.frame.set_index(["source", "group"])
    assert frame.loc[("churn", "price"), ["accounts", "of"]].tolist() == [2, 3]
    assert frame.loc[("lost", "price"), ["accounts", "of"]].tolist() == [1, 2]
    assert ("tickets", "product") in frame.index and frame.loc[("tickets", "product"), "of"] == 1
    assert ((frame["low"] <= frame["share"]) & (frame["share"] <= frame["high"])).all()
    assert reasons.silent.set_index("source")["accounts"].to_dict() == {"churn": 1, "lost": 0, "tickets": 0}


def test_every_grouping_is_listed_with_the_word_that_decided() -> None:
    listed = group_reasons(*make_tables(), negative=["c"]).statements
    assert listed.set_index("said").loc["pricing", ["group", "word", "free"]].tolist() == ["price", "pricing", False]
    assert listed.loc[listed["free"], "said"].tolist() == ["The features were missing.", "The price doubled."]
    assert set(listed["group"]) <= set(GROUPS)


def test_unknown_statements_come_first() -> None:
    churn = pd.DataFrame({"account_id": ["a", "b", "c"], "reason": ["pricing", "qwerty", "pricing"]})
    assert group_reasons(churn, NONE, NONE).statements["said"].tolist() == ["qwerty", "pricing"]


def test_without_any_table_there_is_nothing_and_no_failure() -> None:
    reasons = group_reasons(NONE, NONE, NONE)
    assert reasons.frame.empty and reasons.statements.empty and reasons.by_account.empty


def test_the_order_of_rows_does_not_matter() -> None:
    churn, deals, support = make_tables()
    one = group_reasons(churn, deals, support, negative=["c"])
    two = group_reasons(churn[::-1], deals[::-1], support[::-1], negative=["c"])
    for name in ("frame", "statements", "by_account", "silent"):
        pd.testing.assert_frame_equal(getattr(one, name), getattr(two, name))
