"""How much more often it comes out well inside than among all: the lift of a rule, with its interval."""

import math
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.special import stdtrit

from icp_lab.methods.result import Codes, Floats, Shown, bound_share


@dataclass(frozen=True)
class Lift(Shown):
    """How often it comes out well inside, against everybody.

    Parameters
    ----------
    lift, low, high : float
        P(positive | inside) / P(positive) and its 95 % interval; NaN where nobody is inside.
    n : int
        How many cases there are.
    positives : int
        How many of them came out well.
    covered, covered_positives : float
        The same inside; an average over splits when the profile was cross-fitted, hence not whole.
    groups : int
        How many groups the cases form; equal to `n` when each case stands for itself.

    Examples
    --------
    >>> measure_lift(pd.Series([True, False] * 20), pd.Series([True, False, True, True] * 10)).covered
    20.0
    """

    lift: float
    low: float
    high: float
    n: int
    positives: int
    covered: float
    covered_positives: float
    groups: int

    @property
    def rate_inside(self) -> float:
        """Give the share that came out well inside.

        Returns
        -------
        float
            From 0 to 1; NaN where nobody is inside.

        Examples
        --------
        >>> measure_lift(pd.Series([True, False] * 20), pd.Series([True, False, False, True] * 10)).rate_inside
        0.5
        """
        return self.covered_positives / self.covered if self.covered else math.nan

    @property
    def rate_inside_ends(self) -> tuple[float, float]:
        """Give the ends of the 95 % interval of the share inside.

        Returns
        -------
        tuple of 2 float
            The interval of Wilson (1927), on whole cases.

        Examples
        --------
        >>> lift = measure_lift(pd.Series([True, False] * 20), pd.Series([True, False, False, True] * 10))
        >>> [round(end, 2) for end in lift.rate_inside_ends]
        [0.3, 0.7]
        """
        return bound_share(round(self.covered_positives), max(1, round(self.covered)))

    @property
    def rate_outside(self) -> float:
        """Give the share that came out well outside.

        Returns
        -------
        float
            From 0 to 1; NaN where nobody is outside.

        Examples
        --------
        >>> measure_lift(pd.Series([True, False] * 20), pd.Series([True, False] * 20)).rate_outside
        0.0
        """
        outside = self.n - self.covered
        return (self.positives - self.covered_positives) / outside if outside else math.nan

    @property
    def frame(self) -> pd.DataFrame:
        """Give one row: the lift with its interval and counts.

        Returns
        -------
        DataFrame
            A column a field.

        Examples
        --------
        >>> lift = measure_lift(pd.Series([True, False] * 20), pd.Series([True, False] * 20))
        >>> lift.frame[["lift", "n"]].values.tolist()
        [[2.0, 40.0]]
        """
        return pd.DataFrame([vars(self)])


def measure_lift(inside: pd.Series, positive: pd.Series, *, strata: pd.Series | None = None,
                 groups: pd.Series | None = None, confidence: float = 0.95) -> Lift:
    """Measure how much more often cases inside come out well, and how sure that is.

    Parameters
    ----------
    inside : Series
        Boolean or share between 0 and 1 of each case; unknown counts as outside.
    positive : Series
        Boolean of each case on the same index, none missing.
    strata : Series or None, default None
        What is held fixed, such as size bands: the lift is then against what the same mix of strata would give.
    groups : Series or None, default None
        Key of cases that belong together; the interval then allows for their likeness.
    confidence : float, default 0.95
        Level of the interval, 0 to 1.

    Returns
    -------
    Lift
        The lift with its interval and counts; NaN where nobody is inside, or nobody came out well.

    Notes
    -----
    Lift = A / E with A = positives inside and E = sum over strata of (cases inside x positive share), which without
    strata is P(positive | inside) / P(positive). The interval is exp(log lift +- t x se); se by linearisation, which
    includes the variance of the cover itself; sums within groups make it robust to their likeness (Binder, 1983).

    Examples
    --------
    >>> inside = pd.Series([True] * 20 + [False] * 80)
    >>> positive = pd.Series(([True] * 12 + [False] * 8) + ([True] * 8 + [False] * 72))
    >>> round(measure_lift(inside, positive).lift, 1)
    3.0
    """
    w: Floats = np.asarray(inside.astype("float64").fillna(0.0), dtype=np.float64)
    y: Floats = np.asarray(positive, dtype=np.float64)
    stratum = np.zeros(len(w), dtype=np.int64) if strata is None else pd.factorize(strata, use_na_sentinel=False)[0]
    group = np.arange(len(w)) if groups is None else pd.factorize(groups, use_na_sentinel=False)[0]
    return lift_of(w, y, stratum=stratum, group=group, confidence=confidence)


def lift_of(w: Floats, y: Floats, *, stratum: Codes, group: Codes, confidence: float = 0.95) -> Lift:
    """Compute the lift on bare arrays, as `measure_lift` does on Series.

    Parameters
    ----------
    w : ndarray of float
        Share of each case that is inside, 0 to 1.
    y : ndarray of float
        Whether it came out well: 1 or 0.
    stratum : ndarray of int
        Number of its stratum, from 0; all 0 where nothing is held fixed.
    group : ndarray of int
        Number of its group, from 0.
    confidence : float, default 0.95
        Level of the interval, 0 to 1.

    Returns
    -------
    Lift
        As `measure_lift`.

    Examples
    --------
    >>> w, y = np.array([1.0, 1.0, 0.0, 0.0] * 20), np.array([1.0, 0.0, 0.0, 0.0] * 20)
    >>> round(lift_of(w, y, stratum=np.zeros(80, dtype=np.int64), group=np.arange(80)).low, 2)
    1.6
    """
    n, inside, hits = len(w), float(w.sum()), float((w * y).sum())
    units = int(group.max()) + 1 if n else 0
    blank = Lift(math.nan, math.nan, math.nan, n, int(y.sum()), inside, hits, units)
    if inside <= 0 or y.sum() <= 0:
        return blank
    size = np.bincount(stratum).astype(np.float64)
    share_y = np.bincount(stratum, y) / np.maximum(size, 1)
    share_w = np.bincount(stratum, w) / np.maximum(size, 1)
    expected = float((size * share_y * share_w).sum())
    if expected <= 0:
        return blank
    held = max(hits, 0.5)  # nobody yet: half a case, so that the upper end still means something
    influence = w * y / held - (w * share_y[stratum] + y * share_w[stratum] - (share_y * share_w)[stratum]) / expected
    total = np.bincount(group, influence)
    spread = math.sqrt(float((total**2).sum()) * units / max(units - 1, 1)) if hits else 1.0
    quantile = float(stdtrit(max(units - 1, 1), 0.5 + confidence / 2))
    reach = math.exp(min(quantile * spread, 50.0))
    return Lift(hits / expected, held / expected / reach if hits else 0.0, held / expected * reach, n, int(y.sum()),
                inside, hits, units)
