"""A clock that ticks in calendar months: contracts, tenure and windows are all measured on it."""

from datetime import date

import numpy as np
import pandas as pd
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def count_months(days: pd.Series) -> Floats:
    """How many months lie between year 0 and each day?

    A day is a fraction of its own month, so that a contract from 1 January to 31 December lasts exactly 12 months.

    Parameters
    ----------
    days
        Dates; missing ones give NaN.

    Returns
    -------
    numpy.ndarray
        Months, as floats. Differences between two of them are spans.

    Examples
    --------
    >>> clock = count_months(pd.Series(pd.to_datetime(["2025-01-01", "2026-01-01", "2026-01-16"])))
    >>> [round(float(span), 2) for span in np.diff(clock)]
    [12.0, 0.48]
    """
    when = pd.to_datetime(days).dt
    months = when.year * 12 + (when.month - 1) + (when.day - 1) / when.days_in_month
    clock: Floats = np.asarray(months, dtype=np.float64)
    return clock


def end_of(day: date) -> float:
    """Where does the clock stand when a day is over?

    Examples
    --------
    >>> end_of(date(2025, 12, 31)) == end_of(date(2024, 12, 31)) + 12
    True
    """
    return float(count_months(pd.Series([pd.Timestamp(day) + pd.Timedelta(days=1)]))[0])
