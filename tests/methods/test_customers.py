
from datetime import date

import numpy as np
import pandas as pd
import pytest

from icp_lab.methods.customers import SIZE_BANDS, classify_accounts, count_months, end_of

AS_OF = date(2025, 12, 31)
NONE = pd.DataFrame()


def dates(*days):
    return pd.Series(pd.to_datetime(list(days))).astype("datetime64[s]")


def classify(accounts, *, deals=NONE, revenue=NONE, churn=NONE, **settings):
    return classify_accounts(accounts, deals, revenue, churn, as_of=AS_OF, **settings)


def row(base, account):
    return base.frame.set_index("account_id").loc[account]


def test_who_counts_as_what():
    accounts = pd.DataFrame({
        "account_id": ["pays", "won", "since", "lost", "open", "nobody", "later", "free"],
        "customer_since": dates(None, None, "2024-01-01", None, None, None, "2026-02-01", None)})
    deals = pd.DataFrame({"account_id": ["won", "lost", "open"], "stage": ["won", "lost", "open"]})
    revenue = pd.DataFrame({"account_id": ["pays", "free"], "amount": [10.0, 0.0],
                            "date": dates("2025-01-01", "2025-01-01")})
    status = classify(accounts, deals=deals, revenue=revenue).frame.set_index("account_id")["status"]
    assert status.to_dict() == {
        "pays": "customer", "won": "customer", "since": "customer", "lost": "lost", "open": "prospect",
        "nobody": "prospect", "later": "prospect", "free": "prospect"}


def test_what_lies_after_as_of_does_not_count():
    accounts = pd.DataFrame({"account_id": ["a"]})
    deals = pd.DataFrame({"account_id": ["a"], "stage": ["won"], "closed": dates("2026-01-05")})
    assert classify(accounts, deals=deals).frame["status"].tolist() == ["prospect"]


@pytest.fixture
def subscribers():
    accounts = pd.DataFrame({
        "account_id": ["a", "b", "c"], "customer_since": dates("2023-01-01", "2023-01-01", "2023-01-01"),
        "churned": pd.array([False, True, None], "boolean")})
    revenue = pd.DataFrame({
        "account_id": ["a", "a", "b", "c"], "amount": 1.0, "recurring": pd.array([True] * 4, "boolean"),
        "date": dates("2023-01-01", "2024-01-01", "2023-01-01", "2023-01-01"),
        "end_date": dates("2023-12-31", None, "2024-06-30", None),
        "ended": pd.array([True, False, True, False], "boolean")})
    churn = pd.DataFrame({"account_id": ["c", "c"], "date": dates("2025-03-01", "2024-03-01")})
    return accounts, revenue, churn


def test_the_churn_table_is_believed_first_and_its_first_end_counts(subscribers):
    accounts, revenue, churn = subscribers
    base = classify(accounts, revenue=revenue, churn=churn)
    assert base.definition == "churn_table"
    assert base.frame["churned"].tolist() == [False, False, True]
    assert row(base, "c")["churned_on"] == pd.Timestamp("2024-03-01")
    assert row(base, "c")["tenure_months"] == pytest.approx(14)


def test_contracts_are_believed_next_and_all_must_have_ended(subscribers):
    accounts, revenue, _churn = subscribers
    base = classify(accounts, revenue=revenue)
    assert base.definition == "contracts_ended"
    assert base.frame["churned"].tolist() == [False, True, False]
    assert row(base, "b")["churned_on"] == pd.Timestamp("2024-06-30")


def test_the_flag_comes_last_and_has_no_day(subscribers):
    base = classify(subscribers[0])
    assert base.definition == "churned_flag"
    assert base.frame["churned"].isna().tolist() == [False, False, True]
    assert pd.isna(row(base, "b")["tenure_months"])
    assert row(base, "a")["tenure_months"] == pytest.approx(36)


def test_contradictions_are_counted(subscribers):
    accounts, revenue, churn = subscribers
    crossed = classify(accounts, revenue=revenue, churn=churn).contradictions.set_index(["first", "second"])
    assert crossed.loc[("churn_table", "contracts_ended")].tolist() == [0, 1, 1, 1]
    assert crossed.loc[("contracts_ended", "churned_flag")].tolist() == [1, 0, 0, 1]


def test_in_a_ledger_silence_against_ones_own_rhythm_is_leaving():
    accounts = pd.DataFrame({"account_id": ["often", "seldom", "twice"]})
    orders = [("often", day) for day in pd.date_range("2024-01-01", "2025-03-01", freq="30D")]
    orders += [("seldom", day) for day in pd.date_range("2022-01-01", "2025-03-01", freq="180D")]
    orders += [("twice", day) for day in pd.to_datetime(["2020-01-01", "2020-02-01"])]
    revenue = pd.DataFrame(orders, columns=["account_id", "date"]).assign(amount=5.0)
    base = classify(accounts, revenue=revenue, lapse_factor=3.0)
    assert base.definition == "lapsed"
    assert base.frame["churned"].isna().all()
    assert row(base, "often")["lapsed"]
    assert not row(base, "seldom")["lapsed"]
    assert pd.isna(row(base, "twice")["lapsed"])
    assert row(base, "often")["churned_on"] == orders[len(pd.date_range("2024-01-01", "2025-03-01", freq="30D")) - 1][1]
    assert base.lapses["lapsed"].is_monotonic_decreasing


def test_an_end_before_the_start_gives_no_tenure():
    accounts = pd.DataFrame({"account_id": ["a"], "customer_since": dates("2024-01-01")})
    base = classify(accounts, churn=pd.DataFrame({"account_id": ["a"], "date": dates("2023-01-01")}))
    assert base.frame["tenure_months"].isna().all() and base.left_before_start == 1


def test_sizes_are_banded_by_employees_else_by_quarters_of_revenue():
    sizes = [1, 9, 10, 49, 50, 100, 250, 500, 1000, 90_000]
    accounts = pd.DataFrame({"account_id": [f"a{i}" for i in range(10)], "employees": sizes})
    base = classify(accounts)
    assert base.frame["size_band"].tolist() == [SIZE_BANDS[i] for i in (0, 0, 1, 1, 2, 3, 4, 5, 6, 6)]
    base = classify(accounts.rename(columns={"employees": "annual_revenue"}))
    assert sorted(base.frame["size_band"].unique()) == ["Q1", "Q2", "Q3", "Q4"]


def test_the_order_of_rows_decides_nothing(subscribers):
    accounts, revenue, churn = subscribers
    one = classify(accounts, revenue=revenue, churn=churn)
    other = classify(accounts[::-1], revenue=revenue[::-1], churn=churn[::-1])
    pd.testing.assert_frame_equal(one.frame, other.frame)
    pd.testing.assert_frame_equal(one.contradictions, other.contradictions)


def test_a_calendar_year_is_twelve_months_whatever_its_days():
    days = pd.Series(pd.to_datetime(["2023-03-15", "2024-03-15", "2025-03-15"]))
    assert np.diff(count_months(days)).round(9).tolist() == [12.0, 12.0]


def test_a_missing_day_is_a_missing_place_on_the_clock():
    assert np.isnan(count_months(pd.Series([pd.NaT], dtype="datetime64[s]"))).all()


def test_the_end_of_a_month_is_the_start_of_the_next():
    assert end_of(date(2024, 2, 29)) == count_months(pd.Series([pd.Timestamp("2024-03-01")]))[0]
