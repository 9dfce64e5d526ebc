from datetime import date

import pandas as pd
import pytest

from icp_lab.methods.outcomes import build_cases

AS_OF = date(2025, 12, 31)


def flags(*values):
    return pd.array(list(values), "boolean")


def dates(*days):
    return pd.Series(pd.to_datetime(list(days))).astype("datetime64[s]")


@pytest.fixture
def customers():
    return pd.DataFrame({
        "account_id": ["stay", "early", "late", "young", "flag", "lost", "lead"],
        "status": ["customer"] * 5 + ["lost", "prospect"],
        "churned": flags(False, True, True, False, True, None, None),
        "churned_on": dates(None, "2023-06-01", "2025-06-01", None, None, None, None),
        "lapsed": flags(*[None] * 7),
        "since": dates("2023-01-01", "2023-01-01", "2023-01-01", "2025-10-01", "2023-01-01", None, None),
        "tenure_months": [36.0, 5.0, 29.0, 3.0, None, None, None]})


@pytest.fixture
def marks():
    return pd.DataFrame({"account_id": ["stay", "early", "late", "young", "flag"],
                         "best": flags(True, False, False, None, False),
                         "reason": ["top_share", "left", "left", "too_young", "left"]})


@pytest.fixture
def deals():
    return pd.DataFrame({
        "account_id": ["stay", "stay", "lost", "lead", "stay"], "deal_id": [None, "D2", "D3", "D3", None],
        "stage": ["won", "won", "lost", "open", "lost"],
        "created": pd.to_datetime(["2022-11-01", "2024-01-01", "2024-01-01", "2025-01-01", "2022-01-01"])})


def positives(outcomes, outcome):
    frame = outcomes.frame[outcomes.frame["outcome"] == outcome]
    return dict(zip(frame["case_id"], frame["positive"] + ":" + frame["reason"], strict=True))


def test_who_stayed_and_who_left_within_the_window(customers, marks, deals):
    found = positives(build_cases(customers, marks, deals, as_of=AS_OF), "retained")
    assert found == {"stay": "yes:stayed", "early": "no:left", "late": "yes:left_later", "young": "unknown:too_young",
                     "flag": "no:left_undated"}


def test_the_best_against_all_other_customers(customers, marks, deals):
    found = positives(build_cases(customers, marks, deals, as_of=AS_OF), "best")
    assert found == {"stay": "yes:top_share", "early": "no:left", "late": "no:left", "young": "unknown:too_young",
                     "flag": "no:left"}


def test_each_deal_is_a_case_and_keeps_its_account(customers, marks, deals):
    outcomes = build_cases(customers, marks, deals, as_of=AS_OF)
    assert positives(outcomes, "won") == {
        "D2": "yes:won", "stay#1": "no:lost", "stay#2": "yes:won", "lost#1": "no:lost", "lead#1": "unknown:open"}
    won = outcomes.frame[outcomes.frame["outcome"] == "won"].set_index("case_id")
    assert won["group"].to_dict() == {"D2": "best", "stay#1": "best", "stay#2": "best", "lost#1": "lost",
                                      "lead#1": "prospect"}
    assert not outcomes.frame.duplicated(["outcome", "case_id"]).any()


def test_the_outcome_is_the_studys_else_the_first_there_is(customers, marks, deals):
    assert build_cases(customers, marks, deals, as_of=AS_OF).chosen == "best"
    assert build_cases(customers, marks, deals, as_of=AS_OF, wanted="retained").chosen == "retained"
    prospects = customers[customers["status"] != "customer"]
    assert build_cases(prospects, marks[:0], deals, as_of=AS_OF).chosen == "won"


def test_an_outcome_without_tables_has_no_cases_and_is_no_error(customers, marks):
    outcomes = build_cases(customers, marks, pd.DataFrame(), as_of=AS_OF, wanted="won")
    assert (outcomes.chosen, len(outcomes.cases)) == ("won", 0)
    empty = build_cases(customers[:0], marks[:0], pd.DataFrame(), as_of=AS_OF)
    assert (empty.chosen, len(empty.frame)) == ("best", 0)


def test_in_a_ledger_lapsed_stands_for_having_left(customers, marks):
    ledger = customers.assign(churned=flags(*[None] * 7), lapsed=flags(False, True, None, None, None, None, None))
    found = positives(build_cases(ledger, marks, pd.DataFrame(), as_of=AS_OF), "retained")
    assert found == {"stay": "yes:stayed", "early": "no:left"}


def test_the_order_of_rows_decides_nothing(customers, marks, deals):
    one = build_cases(customers, marks, deals, as_of=AS_OF)
    other = build_cases(customers[::-1], marks[::-1], deals[::-1], as_of=AS_OF)
    pd.testing.assert_frame_equal(one.frame, other.frame)
