"""How far two groups lie apart in one attribute: effect sizes of numbers and of levels, with their intervals."""

import numpy as np
import pandas as pd
from scipy.optimize import brentq
from scipy.stats import norm

from icp_lab.methods.result import Floats

Z = float(norm.ppf(0.975))
SMALL = 5  # below this count in a cell (or expected in it) the large-sample formulas are left


def is_numeric(values: "pd.Series") -> bool:
    """Tell whether a column is compared as a number (dates too), and not by level (flags too).

    Parameters
    ----------
    values : Series
        A column of any type.

    Returns
    -------
    bool
        False for flags, text and lists.

    Examples
    --------
    >>> is_numeric(pd.Series([1, 2])), is_numeric(pd.Series([True, False])), is_numeric(pd.Series(["a"]))
    (True, False, False)
    """
    if pd.api.types.is_bool_dtype(values.dtype):
        return False
    return pd.api.types.is_numeric_dtype(values.dtype) or pd.api.types.is_datetime64_any_dtype(values.dtype)


def as_numbers(values: "pd.Series") -> Floats:
    """Give numbers as they are, and dates as years with their fraction.

    Parameters
    ----------
    values : Series
        Numbers or dates, for which `is_numeric` holds.

    Returns
    -------
    ndarray of float
        The values in their order; missing ones are NaN.

    Examples
    --------
    >>> as_numbers(pd.Series(pd.to_datetime(["2025-01-01", "2025-07-02"]))).round(2).tolist()
    [2025.0, 2025.5]
    """
    if pd.api.types.is_datetime64_any_dtype(values.dtype):  # a year with its fraction: its median can be read
        return np.asarray(values.dt.year + (values.dt.day_of_year - 1) / 365.25, dtype=np.float64)
    return values.to_numpy(dtype=np.float64)


def estimate_delta(x: Floats, y: Floats) -> tuple[float, float, float]:
    """Estimate how much more often a value of the first group lies above one of the second than below it.

    Parameters
    ----------
    x, y : ndarray of float
        Values of the two groups, at least two each, none missing.

    Returns
    -------
    tuple of 3 float
        Cliff's delta, -1 to 1, and the ends of its 95 % interval.

    Notes
    -----
    Delta is the mean of the signs of all differences; its variance is the unbiased one of Cliff (1993) out of the means
    of each row and column of that matrix, which ranks give without building it. Interval: Feng and Cliff (2004).

    Examples
    --------
    >>> estimate_delta(np.array([3.0, 4.0, 5.0]), np.array([1.0, 2.0, 3.0]))[0]
    0.8888888888888888
    """
    delta, variance = measure_delta(x, y)
    if abs(delta) == 1:
        fewest = min(len(x), len(y))
        end = (fewest - Z**2) / (fewest + Z**2)
        return delta, *((end, 1.0) if delta > 0 else (-1.0, -end))
    middle, half = delta - delta**3, Z * np.sqrt(variance) * np.sqrt((1 - delta**2) ** 2 + Z**2 * variance)
    scale = 1 - delta**2 + Z**2 * variance
    return delta, max(float((middle - half) / scale), -1.0), min(float((middle + half) / scale), 1.0)


def measure_delta(x: Floats, y: Floats) -> tuple[float, float]:
    """Measure Cliff's delta of two groups, and its variance.

    Parameters
    ----------
    x, y : ndarray of float
        Values of the two groups, at least two each, none missing.

    Returns
    -------
    tuple of 2 float
        Delta, -1 to 1, and its variance, above 0.

    Notes
    -----
    The unbiased variance of Cliff (1993), at least (1 - delta^2) / (n m - 1), as he advises where it falls below.

    Examples
    --------
    >>> delta, variance = measure_delta(np.array([3.0, 4.0, 5.0]), np.array([1.0, 2.0, 3.0]))
    >>> round(delta, 2), round(variance, 3)
    (0.89, 0.026)
    """
    n, m = len(x), len(y)
    (below, up_to), (before, until) = (  # how many of the others lie below each value, and how many up to it
        [np.searchsorted(np.sort(others), values, side) for side in ("left", "right")]
        for values, others in ((x, y), (y, x)))
    over_x, over_y = (below + up_to - m) / m, (n - before - until) / n
    delta = float(over_x.mean())
    squares = n * m - float((up_to - below).sum())  # each untied pair has the square 1
    spread = m**2 * float(((over_x - delta) ** 2).sum()) + n**2 * float(((over_y - delta) ** 2).sum())
    variance = (spread - (squares - n * m * delta**2)) / (n * m * (n - 1) * (m - 1))
    return delta, max(variance, (1 - delta**2) / (n * m - 1))


def estimate_ratio(a: int, n: int, b: int, m: int) -> tuple[float, float, float]:
    """Estimate how many times as common something is among the first as among the second.

    Parameters
    ----------
    a, n : int
        Accounts of the first group that have it, and all of them.
    b, m : int
        The same for the second group.

    Returns
    -------
    tuple of 3 float
        The ratio of the shares and the ends of its 95 % interval; an upper end may be infinite.

    Notes
    -----
    Log interval of Katz et al. (1978); score interval of Koopman (1984) where a cell has fewer than five accounts.

    Examples
    --------
    >>> [round(end, 2) for end in estimate_ratio(20, 40, 10, 40)]
    [2.0, 1.08, 3.72]
    """
    if min(a, b, n - a, m - b) >= SMALL:
        ratio = (a / n) / (b / m)
        half = Z * np.sqrt(1 / a - 1 / n + 1 / b - 1 / m)
        return ratio, float(ratio * np.exp(-half)), float(ratio * np.exp(half))
    adjusted = ((a + 0.5) / (n + 0.5)) / ((b + 0.5) / (m + 0.5))
    low, high = _find_score_interval(a, n, b, m)
    return (a / n) / (b / m) if a and b else adjusted, low, high


def _find_score_interval(a: int, n: int, b: int, m: int) -> tuple[float, float]:
    """Find the ratios that the score test does not reject; statsmodels' form fails where a cell is empty or full."""
    counts, sizes = np.array([a, b]), np.array([n, m])

    def excess(log_ratio: float) -> float:
        """Koopman's chi-squared for a given ratio, with the shares that fit best under it, above its limit."""
        ratio = float(np.exp(log_ratio))
        half = ratio * (n + b) + a + m
        # The smaller root of the likelihood equation, in the form that loses no digits when the ratio is tiny.
        first = 2 * ratio * (a + b) / (half + np.sqrt(max(half**2 - 4 * ratio * (n + m) * (a + b), 0.0)))
        shares = np.clip([first, first / ratio], 1e-200, 1 - 1e-16)
        return float(((counts - sizes * shares) ** 2 / (sizes * shares * (1 - shares))).sum()) - Z**2

    centre = float(np.log(((a + 0.5) / (n + 0.5)) / ((b + 0.5) / (m + 0.5))))
    ends = []
    for side, bound, open_end in ((-1, 0.0, a == 0), (1, float("inf"), b == 0)):
        far = centre + side * 25
        ends.append(bound if open_end or excess(far) < 0 else float(np.exp(brentq(excess, centre, far))))
    return ends[0], ends[1]
