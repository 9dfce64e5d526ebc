"""How much more often does it come out well inside a profile, with the interval that the data allow."""

import math
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import ndtri, stdtrit

from icp_lab.methods.rates import Floats, bound_share
from icp_lab.methods.result import Shown
from icp_lab.rule import Rule


@dataclass(frozen=True)
class Lift(Shown):
    """How often does it come out well inside, against everybody?

    Parameters
    ----------
    lift, low, high
        P(positive | inside) / P(positive) and its 95 % interval; NaN where nobody is inside.
    n, positives
        Cases, and how many came out well.
    covered, covered_positives
        The same inside; an average over splits when the profile was cross-fitted, hence not whole.
    groups
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
    inside
        Boolean or share between 0 and 1 a case; unknown counts as outside.
    positive
        Boolean a case on the same index, none missing.
    strata
        What is held fixed, such as size bands: the lift is then against what the same mix of strata would give.
    groups
        Key of cases that belong together; the interval then allows for their likeness.
    confidence
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


def lift_of(w: Floats, y: Floats, *, stratum: NDArray[np.int64], group: NDArray[np.int64], confidence: float = 0.95,
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


@dataclass(frozen=True)
class Lean:
    """Where do the data lean? One level of one attribute, with its lift and what is left of it after shrinking.

    `top` is the upper end of an interval that holds for all levels looked at together.
    """

    rule: Rule
    lift: Lift
    shrunk: float
    top: float


def shrink_leans(rules: list[Rule], lifts: list[Lift], tops: list[float]) -> tuple[Lean, ...]:
    """How much of each level's lift would be left on new customers?

    Parameters
    ----------
    rules, lifts, tops
        A level each: what it says, its lift, the upper end of its simultaneous interval.

    Returns
    -------
    tuple of Lean
        Strongest first.

    Notes
    -----
    Empirical Bayes: log lifts are drawn towards 0 by tau2 / (tau2 + se2), tau2 by the method of moments
    (DerSimonian and Laird, 1986).
    """
    usable = [i for i, one in enumerate(lifts) if one.low > 0 and math.isfinite(one.high)]
    if not usable:
        return ()
    x = np.array([math.log(lifts[i].lift) for i in usable])
    width = 2 * float(ndtri(0.975))
    variance = np.array([((math.log(lifts[i].high / lifts[i].low)) / width) ** 2 + 1e-12 for i in usable])
    weight = 1 / variance
    tau2 = max(0.0, (float((weight * x**2).sum()) - len(x)) / float(weight.sum()))
    leans = [Lean(rules[i], lifts[i], math.exp(v * tau2 / (tau2 + s)), tops[i])
             for i, v, s in zip(usable, x, variance, strict=True)]
    return tuple(sorted(leans, key=lambda lean: (-round(lean.shrunk, 9), -round(lean.lift.lift, 9), lean.rule.key)))
