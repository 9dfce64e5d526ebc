"""Bounds of numbers: first where the data put them, then the roundest number that the data cannot tell from it."""

import math
from typing import Any

import numpy as np
import pandas as pd
from numba import njit
from numpy.typing import NDArray

from icp_lab.methods._kernels import level_of, tabulate_entropy
from icp_lab.rule import Criterion, Rule

# How much log-likelihood (nats) a rounder bound may cost; two such bounds can hardly be told apart.
SLIVER = 0.5
WINDOW = 0.08  # share of the values at hand on either side of a bound among which it may move
PASSES = 2
Counts = NDArray[np.int64]


def settle_bounds(rule: Rule, units: pd.DataFrame, cases: Counts, positives: Counts) -> Rule:
    """Settle where exactly the bounds of a found rule lie, and how a person would say them.

    Parameters
    ----------
    rule : Rule
        A rule whose bounds come from coarse bins.
    units : DataFrame
        The table it was found in, a row a unit.
    cases : ndarray of int
        How many cases each unit stands for.
    positives : ndarray of int
        How many of these came out well.

    Returns
    -------
    Rule
        The same criteria; each bound moved to where the log-likelihood is greatest, given the others, and from there to
        the roundest number that costs at most half a nat.

    Notes
    -----
    Two passes over all bounds, each with the others held. In the first a bound goes to the value that tells the cases
    inside from those outside with the greatest binomial log-likelihood, among the 8 % of values on either side of where
    it stands; in the second to the roundest number of all that cost at most half a nat (`find_roundest`). Cases of
    which it cannot be told whether the rule takes them in are left out.

    Examples
    --------
    >>> firms = pd.DataFrame({"employees": np.arange(1.0, 1001.0)})
    >>> rule = Rule((Criterion.between("employees", 97.0, 512.0),))
    >>> best = firms["employees"].between(100, 499).to_numpy(dtype=np.int64)
    >>> settle_bounds(rule, firms, np.ones(1000, dtype=np.int64), best).words("en")
    'employees from 100 to under 500'
    """
    criteria = list(rule.criteria)
    moving = [at for at, c in enumerate(criteria) if c.kind == "interval"]
    if not moving:
        return rule
    rows = slice(None) if (cases > 0).all() else cases > 0
    weights, columns = (cases[rows], positives[rows]), [units[c.attribute][rows] for c in criteria]
    values = {at: columns[at].to_numpy(dtype="float64", na_value=np.nan) for at in moving}
    orders = {at: np.argsort(x)[: np.isfinite(x).sum()] for at, x in values.items()}
    checks = [c.check(column) for c, column in zip(criteria, columns, strict=True)]
    for turn in range(PASSES):
        for at in moving:
            x, (met, known) = values[at], checks[at]
            others = [check for i, check in enumerate(checks) if i != at]
            inside = np.logical_and.reduce([m for m, _k in others] or [np.ones_like(known)])
            untold = np.logical_and.reduce([m | ~k for m, k in others] or [inside]) & ~inside
            criteria[at] = _settle(criteria[at], (x, orders[at], inside, untold, *weights), rounded=turn > 0)
            low, high = criteria[at].min, criteria[at].max
            met = known if low is None else known & (x >= low)
            checks[at] = met if high is None else met & (x < high), known
    return Rule(tuple(criteria))


def _settle(criterion: Criterion, counted: tuple[Any, ...], rounded: bool) -> Criterion:
    """Move each bound among the values near it while the other stays."""
    ends = [criterion.min, criterion.max]
    for end, held in enumerate(ends):
        if held is not None:
            low, high = (sign * math.inf if b is None else b for sign, b in zip((-1, 1), ends, strict=True))
            lowest, highest, best = _find_cut(end, low, high, counted, tabulate_entropy())
            if not math.isnan(best):
                ends[end] = find_roundest(lowest, highest, best) if rounded else best
    return Criterion.between(criterion.attribute, ends[0], ends[1])


@njit(cache=True, nogil=True)
def _find_cut(end, low, high, counted, table):  # type: ignore[no-untyped-def]
    """Find the best place of one bound: the range that costs at most a sliver (its low end excluded), and the best."""
    x, order, inside, untold, cases, positives = counted
    values, sums = np.empty(len(order)), np.zeros((len(order) + 1, 2), np.int64)
    n, k, size, start, stop = 0, 0, 0, 0, 0
    for i in range(len(x)):
        if not untold[i] and (math.isfinite(x[i]) or not inside[i]):
            n += cases[i]
            k += positives[i]
    for i in order:
        if inside[i]:
            values[size] = x[i]
            start += x[i] < low
            stop += x[i] < high
            size += 1
            sums[size, 0], sums[size, 1] = sums[size - 1, 0] + cases[i], sums[size - 1, 1] + positives[i]
    now, reach = stop if end else start, max(2, int(WINDOW * size))
    cuts, gains, found, best = np.empty(2 * reach + 1, np.int64), np.empty(2 * reach + 1), 0, 0
    for cut in range(max(1, now - reach, start + 1 if end else 1), min(size, now + reach + 1, size if end else stop)):
        if values[cut] > values[cut - 1]:
            a, b = (start, cut) if end else (cut, stop)
            n1, k1 = sums[b, 0] - sums[a, 0], sums[b, 1] - sums[a, 1]
            cuts[found], gains[found] = cut, level_of(n1, k1, table) + level_of(n - n1, k - k1, table)
            if gains[found] - 1e-9 * abs(cut - now) > gains[best] - 1e-9 * abs(cuts[best] - now):
                best = found
            found += 1
    if not found:
        return math.nan, math.nan, math.nan
    first = last = best
    while first > 0 and gains[first - 1] >= gains[best] - SLIVER:
        first -= 1
    while last < found - 1 and gains[last + 1] >= gains[best] - SLIVER:
        last += 1
    return values[cuts[first] - 1], values[cuts[last]], values[cuts[best]]


def find_roundest(low: float, high: float, wanted: float) -> float:
    """Find the roundest number in (low, high]; among equals the nearest to `wanted`.

    Parameters
    ----------
    low, high : float
        The range: `low` itself is not in it, `high` is.
    wanted : float
        The number that it should be near.

    Returns
    -------
    float
        A multiple of 1, 2 or 5 times the largest power of ten that has one in the range; `high` where the range is
        empty.

    Examples
    --------
    >>> find_roundest(97.3, 104.0, 98.0), find_roundest(0.31, 0.34, 0.33), find_roundest(2013, 2014, 2014)
    (100.0, 0.32, 2014.0)
    """
    if low >= high:
        return high
    exponent = math.floor(math.log10(max(abs(low), abs(high)))) + 1
    for power in range(exponent, exponent - 17, -1):
        for factor in (5, 2, 1):
            step = factor * 10.0**power
            first, last = math.floor(low / step) + 1, math.floor(high / step)
            if first <= last:
                nearest = float(f"{min(max(round(wanted / step), first), last) * step:.12g}")
                return nearest if low < nearest <= high else high
    return high
