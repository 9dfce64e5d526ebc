"""Bounds of numbers: first where the data put them, then the roundest number that the data cannot tell from it."""

import math
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import xlogy

from icp_lab.rule import Criterion, Rule

SLIVER = 0.5
"""How much log-likelihood (nats) a rounder bound may cost; two such bounds can hardly be told apart."""
WINDOW = 0.08  # share of the values at hand on either side of a bound among which it may move
PASSES = 2
Floats = NDArray[np.float64]
Counts = NDArray[np.int64]


def settle_bounds(rule: Rule, units: pd.DataFrame, cases: Counts, positives: Counts) -> Rule:
    """Where exactly do the bounds of a found rule lie, and how would a person say them?

    Parameters
    ----------
    rule
        A rule whose bounds come from coarse bins.
    units
        The table it was found in, a row a unit.
    cases, positives
        How many cases each unit stands for, and how many of them came out well.

    Returns
    -------
    Rule
        The same criteria; each bound moved to where the log-likelihood is greatest, given the others, and from there to
        the roundest number that costs at most half a nat.

    Examples
    --------
    >>> firms = pd.DataFrame({"employees": np.arange(1.0, 1001.0)})
    >>> rule = Rule((Criterion.between("employees", 97.0, 512.0),))
    >>> best = firms["employees"].between(100, 499).to_numpy(dtype=np.int64)
    >>> settle_bounds(rule, firms, np.ones(1000, dtype=np.int64), best).words("en")
    'employees from 100 to under 500'
    """
    criteria = list(rule.criteria)
    if not any(c.kind == "interval" for c in criteria):
        return rule
    taking_part = cases > 0
    table, weights = units.loc[:, list(rule.attributes)], (cases[taking_part], positives[taking_part])
    table = table if taking_part.all() else table[taking_part]
    checks = [c.check(table[c.attribute]) for c in criteria]
    for turn in range(PASSES):
        for at, criterion in enumerate(criteria):
            if criterion.kind == "interval":
                others = [check for i, check in enumerate(checks) if i != at]
                inside = np.logical_and.reduce([met for met, _known in others] or [np.ones(len(table), dtype=bool)])
                untold = np.logical_and.reduce([met | ~known for met, known in others] or [inside]) & ~inside
                column = table[criterion.attribute]
                criteria[at] = _settle(criterion, column, weights, (inside, untold), rounded=turn > 0)
                checks[at] = criteria[at].check(column)
    return Rule(tuple(criteria))


def _settle(
    criterion: Criterion, column: "pd.Series[Any]", weights: tuple[Counts, Counts],
    others: tuple[NDArray[np.bool_], NDArray[np.bool_]], rounded: bool,
) -> Criterion:
    inside, untold = others
    x = column.to_numpy(dtype="float64", na_value=np.nan)
    known = np.isfinite(x)
    here, told = inside & known, ~untold & (known | ~inside)
    order = np.argsort(x[here], kind="stable")
    sums: Floats = np.zeros((2, len(order) + 1))
    for row, weight in zip(sums, weights, strict=True):
        row[1:] = np.cumsum(weight[here][order])
    total = tuple(float(weight[told].sum()) for weight in weights)
    ends = [criterion.min, criterion.max]
    for end in (0, 1):
        if ends[end] is not None:
            ends[end] = _move(end, ends, x[here][order], (sums, total), rounded)
    return Criterion.between(criterion.attribute, ends[0], ends[1])


def _move(
    end: int, ends: list[float | None], values: Floats, counted: tuple[Floats, tuple[float, ...]], rounded: bool
) -> float:
    """Move one bound among the values near it; the other stays."""
    start = 0 if ends[0] is None else int(np.searchsorted(values, ends[0]))
    stop = len(values) if ends[1] is None else int(np.searchsorted(values, ends[1]))
    now, reach = (stop if end else start), max(2, int(WINDOW * len(values)))
    cuts = np.arange(max(1, now - reach), min(len(values), now + reach + 1))
    cuts = cuts[values[cuts] > values[cuts - 1]]
    cuts = cuts[cuts > start] if end else cuts[cuts < stop]
    held = ends[end]
    assert held is not None
    if not len(cuts):
        return held
    sums, total = counted
    n1, k1 = sums[:, cuts] - sums[:, [start]] if end else sums[:, [stop]] - sums[:, cuts]
    gain = _likelihood(n1, k1) + _likelihood(total[0] - n1, total[1] - k1)
    best = int(np.argmax(gain - 1e-9 * np.abs(cuts - now)))
    if not rounded:
        return float(values[cuts[best]])
    first = last = best
    while first > 0 and gain[first - 1] >= gain[best] - SLIVER:
        first -= 1
    while last < len(cuts) - 1 and gain[last + 1] >= gain[best] - SLIVER:
        last += 1
    return find_roundest(float(values[cuts[first] - 1]), float(values[cuts[last]]), float(values[cuts[best]]))


def _likelihood(n: Floats, k: Floats) -> Floats:
    return np.asarray(xlogy(k, k) + xlogy(n - k, n - k) - xlogy(n, n), dtype=np.float64)


def find_roundest(low: float, high: float, wanted: float) -> float:
    """Find the roundest number in (low, high]; among equals the nearest to `wanted`.

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
