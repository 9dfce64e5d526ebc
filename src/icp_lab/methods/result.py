"""What results have in common: how they are shown, and how sure a share, a rate and a mean are."""

from collections.abc import Iterable
from html import escape
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from scipy.stats import binomtest, chi2, norm, t

from icp_lab.locale import _

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd


class Shown:
    """Show a result as its table, with a caption.

    A frozen dataclass inherits from this and has `frame`, as a field or as a property: the plain table behind it.

    Notes
    -----
    `frame` is declared for type checkers only: a real property here would be taken for the default of a
    dataclass field of that name. The short text form is set on each heir before `dataclass` looks for one.

    Examples
    --------
    >>> from dataclasses import dataclass
    >>> @dataclass(frozen=True)
    ... class Counts(Shown):
    ...     frame: object
    >>> import pandas as pd
    >>> Counts(pd.DataFrame({"n": [1, 2]}))
    <Counts: 2 rows>
    """

    if TYPE_CHECKING:

        @property
        def frame(self) -> pd.DataFrame:
            """The plain table behind the result."""

    def __init_subclass__(cls, **options: object) -> None:
        super().__init_subclass__(**options)
        cls.__repr__ = Shown.__repr__  # type: ignore[method-assign]

    @property
    def caption(self) -> str:
        """Say in a few words what the table shows; heirs say more.

        Examples
        --------
        >>> from icp_lab.methods.quality import Fixes
        >>> import pandas as pd
        >>> Fixes(pd.DataFrame({"n": [1]})).caption
        'Fixes: 1 rows'
        """
        return _("{name}: {n} rows").format(name=type(self).__name__, n=len(self.frame))

    def __repr__(self) -> str:
        return f"<{self.caption}>"

    def _repr_html_(self) -> str:
        """Show the table with its caption; text out of the data is escaped, never interpreted."""
        table = self.frame.to_html(escape=True, border=0, na_rep="")
        return f"<figure><figcaption>{escape(self.caption)}</figcaption>{table}</figure>"


Floats = NDArray[np.float64]
Codes = NDArray[np.int64]
Flags = NDArray[np.bool_]
_FEWEST = 5  # below this many a resampled mean says nothing of its own uncertainty


def bound_share(hits: int, n: int) -> tuple[float, float]:
    """Tell between which ends a share lies (Wilson, 1927).

    Parameters
    ----------
    hits : int
        Cases that came out so, 0 to `n`.
    n : int
        Cases in all; with none nothing can be told.

    Returns
    -------
    tuple of 2 float
        Ends of the 95 % interval, 0 to 1; NaN without cases.

    Notes
    -----
    The score interval: all shares p with |hits / n - p| <= 1.96 sqrt(p (1 - p) / n). It takes cases as independent,
    stays within 0 and 1, and holds for few cases and for shares near either end.

    Examples
    --------
    >>> [round(end, 2) for end in bound_share(8, 10)]
    [0.49, 0.94]
    """
    if n == 0:
        return float("nan"), float("nan")
    ends = binomtest(hits, n).proportion_ci(0.95, method="wilson")
    return float(ends.low), float(ends.high)


def bound_shares(hits: Iterable[float], n: Iterable[float]) -> tuple[Floats, Floats]:
    """Tell between which ends each of many shares lies (Wilson, 1927).

    Parameters
    ----------
    hits : Iterable of float
        Cases that came out so, a number a share.
    n : Iterable of float
        Cases in all, a number a share.

    Returns
    -------
    tuple of (ndarray of float, ndarray of float)
        Lower and upper ends of the 95 % intervals, 0 to 1; missing where there are no cases, or more hits than cases.

    Examples
    --------
    >>> [round(float(end[0]), 2) for end in bound_shares([8], [10])]
    [0.49, 0.94]
    """
    k, m = np.asarray(hits, dtype=np.float64), np.asarray(n, dtype=np.float64)
    m = np.where((m > 0) & (k <= m), m, np.nan)
    z = 1.959964
    middle, width = (k + z**2 / 2) / (m + z**2), z * np.sqrt(k * (m - k) / m + z**2 / 4) / (m + z**2)
    return np.asarray(np.clip(middle - width, 0, 1)), np.asarray(np.clip(middle + width, 0, 1))


def add_shares(counts: "pd.DataFrame", hits: str, of: str = "of") -> "pd.DataFrame":
    """Add the share of `of` that each count of the column `hits` is, and between which ends it lies.

    Parameters
    ----------
    counts : DataFrame
        A row a count.
    hits : str
        Name of the column of counts.
    of : str, default 'of'
        Name of the column of the cases that they are out of.

    Returns
    -------
    DataFrame
        The counts with the columns share, low and high (95 %, Wilson, 1927), 0 to 1.

    Examples
    --------
    >>> import pandas as pd
    >>> add_shares(pd.DataFrame({"won": [8], "of": [10]}), "won").round(2).values.tolist()
    [[8.0, 10.0, 0.8, 0.49, 0.94]]
    """
    pairs = counts[[hits, of]].to_numpy().tolist()
    shares = np.array([(k / n if n else np.nan, *bound_share(k, n)) for k, n in pairs], dtype=np.float64).reshape(-1, 3)
    return counts.assign(share=shares[:, 0], low=shares[:, 1], high=shares[:, 2])


def bound_difference(hits: int, n: int, others: int, m: int) -> tuple[float, float]:
    """Tell between which ends the difference of two shares lies (Newcombe, 1998, method 10).

    Parameters
    ----------
    hits : int
        Cases of the first kind that came out so.
    n : int
        Cases of the first kind in all.
    others : int
        Cases of the second kind that came out so.
    m : int
        Cases of the second kind in all.

    Returns
    -------
    tuple of 2 float
        Ends of the 95 % interval of the first share less the second, -1 to 1; NaN where either kind has no case.

    Notes
    -----
    Hybrid score interval: the distances of each share from its own Wilson ends, squared and added. The two kinds are
    taken as independent.

    Examples
    --------
    >>> [round(end, 3) for end in bound_difference(56, 70, 48, 80)]
    [0.052, 0.334]
    """
    p, q = (hits / n, others / m) if n and m else (float("nan"), float("nan"))
    return bound_gap((p, *bound_share(hits, n)), (q, *bound_share(others, m)))


def bound_gap(first: "Sequence[float]", second: "Sequence[float]") -> tuple[float, float]:
    """Tell between which ends the difference of two independent figures lies, by the ends of each.

    Parameters
    ----------
    first, second : Sequence of float
        A figure, and the low and the high end of its interval.

    Returns
    -------
    tuple of 2 float
        The ends of the first less the second, at the level of theirs.

    Notes
    -----
    For shares that is method 10 of Newcombe (1998); in general it recovers the variances from the ends (MOVER: Zou and
    Donner, 2008). Of logarithms it gives the ends of the logarithm of a ratio.

    Examples
    --------
    >>> [round(end, 2) for end in bound_gap((0.8, 0.7, 0.9), (0.5, 0.4, 0.6))]
    [0.16, 0.44]
    """
    (p, low, high), (q, under, over) = first, second
    return p - q - float(np.hypot(p - low, over - q)), p - q + float(np.hypot(high - p, q - under))


def bound_rate(events: int, exposure: float) -> tuple[float, float]:
    """Tell between which ends a rate of events per unit of exposure lies (Garwood, 1936; exact).

    Parameters
    ----------
    events : int
        Events counted, 0 or more.
    exposure : float
        What they were counted in, such as years; above 0.

    Returns
    -------
    tuple of 2 float
        Ends of the 95 % interval, in events a unit; NaN without exposure.

    Notes
    -----
    By quantiles of the chi-squared distribution, for counts that follow Poisson's law; it covers 95 % at the least.

    Examples
    --------
    >>> [round(end, 2) for end in bound_rate(10, 100.0)]
    [0.05, 0.18]
    """
    if exposure <= 0:
        return float("nan"), float("nan")
    low = chi2.ppf(0.025, 2 * events) / 2 if events else 0.0
    return float(low / exposure), float(chi2.ppf(0.975, 2 * events + 2) / 2 / exposure)


def bound_mean(draws: Floats, n: int) -> tuple[float, float]:
    """Tell between which ends a mean lies, by its resampled values: percentiles widened for few (Hesterberg, 2015).

    Parameters
    ----------
    draws : ndarray of float
        The mean in each resample; NaN where there was none.
    n : int
        Cases that were resampled; with fewer than five nothing can be told.

    Returns
    -------
    tuple of 2 float
        Ends of the 95 % interval, in the unit of the draws; NaN where nothing can be told.

    Notes
    -----
    The level of the percentiles is that of the normal distribution at sqrt(n / (n - 1)) times the quantile of Student's
    t with n - 1 degrees of freedom: a bootstrap of few cases spreads too little.

    Examples
    --------
    >>> [round(end, 1) for end in bound_mean(np.linspace(0, 1, 101), 10)]
    [0.0, 1.0]
    """
    known = draws[~np.isnan(draws)]
    if n < _FEWEST or not len(known):
        return float("nan"), float("nan")
    tail = norm.cdf(np.sqrt(n / (n - 1)) * t.ppf(0.025, n - 1))
    low, high = np.quantile(known, [tail, 1 - tail])
    return float(low), float(high)


def adjust_holm(p_values: Floats) -> Floats:
    """Adjust p-values for how many were looked at (Holm, 1979).

    Parameters
    ----------
    p_values : ndarray of float
        One each, 0 to 1, in any order.

    Returns
    -------
    ndarray of float
        The adjusted ones in the same order, 0 to 1.

    Notes
    -----
    The i-th smallest of m is multiplied by m - i + 1, and is never less than the one before it. The chance of any false
    find is held however the tests depend on each other.

    Examples
    --------
    >>> adjust_holm(np.array([0.01, 0.04, 0.03])).tolist()
    [0.03, 0.06, 0.06]
    """
    order = np.argsort(p_values, kind="stable")
    steps = p_values[order] * np.arange(len(p_values), 0, -1)
    adjusted = np.empty(len(p_values))
    adjusted[order] = np.minimum(np.maximum.accumulate(steps), 1.0) if len(steps) else steps
    return adjusted
