"""One reading of use for all who ask: what it is of, and for whom there is none."""

from datetime import date

import pandas as pd
import pytest

from icp_lab.methods.use import measure_use

CUSTOMERS = pd.DataFrame({"churned_on": pd.to_datetime([None, None, "2025-03-01"]),
                          "tenure_months": [24.0, 6.0, 30.0]}, index=pd.Index(list("abc"), name="account_id"))
ROWS = pd.DataFrame({"account_id": ["a", "a", "b", "c", "c"], "active_users": [5.0, 10.0, 1.0, 4.0, 9.0],
                     "seats": 10.0, "events": [60.0, 60.0, 60.0, 24.0, 99.0],
                     "date": pd.to_datetime(["2025-10-01", "2025-11-01", "2025-11-01", "2025-02-01", "2025-04-01"])})


def read(usage: pd.DataFrame, **settings: int) -> tuple[list[float], str]:
    use, use_of = measure_use(usage, CUSTOMERS, date(2025, 12, 31), **settings)
    return use.tolist(), use_of


@pytest.mark.parametrize(("lacking", "expected", "of"), [
    ([], [0.75, 0.1, 0.4], "seats"), (["seats"], [10.0, 10.0, 2.0], "events"),
    (["seats", "events"], [7.5, 1.0, 4.0], "users"),
    (["seats", "active_users", "events"], [2 / 12, 1 / 6, 1 / 12], "events"),
])
def test_the_best_reading_of_the_last_year_is_taken(lacking: list[str], expected: list[float], of: str) -> None:
    assert read(ROWS.drop(columns=lacking)) == (pytest.approx(expected), of)
    assert read(ROWS.drop(columns=lacking)[::-1]) == (pytest.approx(expected), of)


def test_use_before_and_none_now_is_none_at_all_while_no_reading_is_unknown() -> None:
    days = pd.to_datetime(["2023-01-01"] * 2 + ["2025-02-01"] * 2)
    old = ROWS[ROWS["account_id"] != "b"].assign(date=days)
    use, use_of = read(old)
    assert use_of == "seats" and use[0] == 0 and pd.isna(use[1]) and use[2] == 0.65


def test_nothing_is_read_where_nothing_is_told() -> None:
    assert measure_use(pd.DataFrame(), CUSTOMERS, date(2025, 12, 31))[1] == ""
