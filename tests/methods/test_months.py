from datetime import date

import numpy as np
import pandas as pd

from icp_lab.methods.months import count_months, end_of


def test_a_calendar_year_is_twelve_months_whatever_its_days():
    days = pd.Series(pd.to_datetime(["2023-03-15", "2024-03-15", "2025-03-15"]))
    assert np.diff(count_months(days)).round(9).tolist() == [12.0, 12.0]


def test_a_missing_day_is_a_missing_place_on_the_clock():
    assert np.isnan(count_months(pd.Series([pd.NaT], dtype="datetime64[s]"))).all()


def test_the_end_of_a_month_is_the_start_of_the_next():
    assert end_of(date(2024, 2, 29)) == count_months(pd.Series([pd.Timestamp("2024-03-01")]))[0]
