"""How much more often it comes out well inside than among all: the lift of a rule, with its interval."""

import math
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.special import stdtrit

from icp_lab.methods.result import Codes, Floats, Shown, bound_share


@dataclass(frozen=True)
class Lift(Shown):
    """How often does it come out well inside, against everybody?

    Parameters
    ----------
    lift, low, high : float
        P(positive | inside) / P(positive) and its 95 % interval; NaN where nobody is inside.
    n, positives : int
        Cases, and how many came out well.
    covered, covered_positives : float
        The same inside; an average over splits when the profile was cross-fitted, hence not whole.
    groups : int
        How many groups the cases form; equal to `n` when each case stands for itself.
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
        """The share that came out well inside."""
        return self.covered_positives / self.covered if self.covered else math.nan

    @property
    def rate_inside_ends(self) -> tuple[float, float]:
        """The 95 % interval of that share (Wilson)."""
        return bound_share(round(self.covered_positives), max(1, round(self.covered)))

    @property
    def rate_outside(self) -> float:
        """The share that came out well outside."""
        outside = self.n - self.covered
        return (self.positives - self.covered_positives) / outside if outside else math.nan

    @property
    def frame(self) -> pd.DataFrame:
        """One row: the lift with its interval and counts."""
        return pd.DataFrame([vars(self)])


def measure_lift(inside: pd.Series, positive: pd.Series, *, strata: pd.Series | None = None,
                 groups: pd.Series | None = None, confidence: float = 0.95) -> Lift:
    """How much more often do cases inside come out well, and how sure is that?

    Parameters
    ----------
    inside : Series
        Boolean or share between 0 and 1 a case; unknown counts as outside.
    positive : Series
        Boolean a case on the same index, none missing.
    strata : Series or None, default None
        What is held fixed, such as size bands: the lift is then against what the same mix of strata would give.
    groups : Series or None, default None
        Key of cases that belong together; the interval then allows for their likeness.
    confidence : float, default 0.95
        Of the interval, 0 to 1.

    Returns
    -------
    Lift

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


def lift_of(w: Floats, y: Floats, *, stratum: Codes, group: Codes, confidence: float = 0.95,
            ) -> Lift:
    """How large is the lift, on bare arrays? As `measure_lift`, with strata and groups as numbers from 0."""
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
