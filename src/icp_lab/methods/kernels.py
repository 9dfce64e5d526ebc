"""The compiled core of the search for a rule: counts by code, and the best further criterion of a rule in the making.

A rule in the making holds two lists of rows: those that meet it, and those of which it cannot be told because a value
is missing. Quality compares the rows inside with those outside; the untold ones are in neither. What cannot enter the
beam any more is left out by bounds that are exact: the rules are the same as without them.
"""

# mypy: disable-error-code="no-untyped-def"
# ruff: noqa: PLR0913, PLR0917  (compiled functions take arrays and numbers, not objects)

import math
from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

from icp_lab.methods.codes import INTERVAL, MEMBER, MISSING, SET, SLOTS

Compiled = Callable[..., Any]
compile_kernel: Callable[[Compiled], Compiled] = njit(cache=True, nogil=True)

NOTHING = -1e18
SMOOTHING = 4.0  # cases at the parent's rate that a category is given when categories are ordered
LOW = (1 << 32) - 1
# What a found criterion is made of: quality, lowest and highest code, bits of a set, what the rule covers, price.
QUALITY, FIRST, LAST, BITS, CASES, POSITIVES, COST = range(7)


@cache
def tabulate_entropy() -> NDArray[np.float64]:
    """Tabulate x log x: what most counts are looked up in."""
    x = np.arange(1 << 16, dtype=np.float64)
    x[0] = 1.0
    return x * np.log(x)


@compile_kernel
def _entropy(x, table):
    return table[x] if x < table.shape[0] else x * math.log(x)


@compile_kernel
def level_of(n, k, table):
    """Give the log-likelihood of k positive among n cases."""
    return _entropy(k, table) + _entropy(n - k, table) - _entropy(n, table)


@compile_kernel
def _gain(n1, k1, n0, k0, undivided, table):
    """Compute the gain in log-likelihood by telling inside from outside; nothing when the rate inside is not higher."""
    if n0 <= 0 or k1 * n0 <= k0 * n1:
        return NOTHING
    return level_of(n1, k1, table) + level_of(n0, k0, table) - undivided


@compile_kernel
def _blend(quality, inside, outside, untold, expected, least, table):
    """Add the likelihood of the untold, whose rate is a mixture of inside and outside, if that can exceed `least`."""
    nu, ku = untold & LOW, untold >> 32
    if nu == 0:
        return quality
    if quality + level_of(nu, ku, table) <= least:
        return NOTHING
    share = expected / nu
    rate = share * (inside >> 32) / (inside & LOW) + (1 - share) * (outside >> 32) / (outside & LOW)
    return quality + (ku * math.log(rate) if ku else 0.0) + ((nu - ku) * math.log(1 - rate) if nu > ku else 0.0)


@compile_kernel
def count_codes(codes, packed, rows, start, stop, counts):
    """Fill counts[feature, code] = cases and positives, packed in one number, over rows[start:stop]."""
    counts[:] = 0
    width = codes.shape[1]
    for at in range(start, stop):
        i = rows[at]
        weight = packed[i]
        for f in range(width):
            counts[f, codes[i, f]] += weight


@compile_kernel
def _bound_gain(met, situation):
    """Bound the gain of every span of bins, where there are no gaps.

    For some prices of a case, the greatest sum of hits less price over any span (Kadane) is a line that no span lies
    above. Gain is convex and rises with hits, so that its greatest value is at a corner where two such lines meet.
    """
    most, _floor, whole, _unknown, _lacking, _odds, _gaps, undivided, table, hits = situation
    n, k = whole & LOW, whole >> 32
    rate, bound, last, above = hits / most, NOTHING, 1.0, 0.0
    for price in ((1 + rate) / 2, rate, 0.6 * rate, 0.0):
        most_excess = excess = 0.0
        for b in range(len(met)):
            excess = max(0.0, excess + (met[b] >> 32) - price * (met[b] & LOW))
            most_excess = max(most_excess, excess)
        cases = (most_excess - above) / (last - price)
        k1 = min(hits, np.int64(math.ceil(last * cases + above)))
        n1 = k1 + max(np.int64(0), np.int64(cases - k1))
        bound = max(bound, _gain(n1, k1, n - n1, k - k1, undivided, table))
        last, above = price, most_excess
    return bound


@compile_kernel
def _list_spans(met, untold, prices, situation, listed, costs):
    """List the spans of bins that may be best; one end left open is cheaper than two bounds.

    Without gaps quality is convex in what is inside, so that the last bin of a best span has at least the rate of the
    bin after it, and the first at least that of the bin before (Fayyad and Irani, 1992): others are left out, unless
    the better one cannot be had because too few cases, or none to exclude, would be left.
    """
    most, floor, gaps, size, count, passed = situation[0], situation[1], situation[6], len(met), 0, np.int64(0)
    rising, falling = np.zeros(size, np.bool_), np.zeros(size, np.bool_)
    for b in range(1, 0 if gaps else size):
        n0, n1 = met[b - 1] & LOW, met[b] & LOW
        slope = (met[b] >> 32) * n0 - (met[b - 1] >> 32) * n1
        falling[b] = slope < 0 and passed > 0
        passed += n0
        rising[b - 1] = slope > 0 and passed + n1 < most
    for low in range(size):
        limit = min(most, floor + (met[low] & LOW)) if falling[low] else most
        inside = aside = np.int64(0)
        for high in range(low, size):
            inside += met[high]
            aside += untold[high]
            n1 = inside & LOW
            if n1 >= limit:
                break
            if n1 >= floor and not (rising[high] and n1 - (met[high] & LOW) >= floor):
                listed[count] = inside, aside, low, high, 0
                costs[count] = prices[1] if low == 0 or high == size - 1 else prices[2]
                count += 1
    return count


@compile_kernel
def _list_sets(met, untold, price, situation, choose, listed, costs):
    """List the sets of categories that are the first so many in the order of their smoothed rates."""
    rate, inside, aside, bits, count = situation[9] / situation[0], 0, 0, np.int64(0), 0
    rates = np.empty(len(met))
    for i in range(len(met)):
        rates[i] = -((met[i] >> 32) + SMOOTHING * rate) / ((met[i] & LOW) + SMOOTHING)
    for i in np.argsort(rates, kind="mergesort"):
        if met[i] == 0:
            continue
        if count == len(choose):
            break
        inside += met[i]
        aside += untold[i]
        bits |= np.int64(1) << i
        listed[count] = inside, aside, 0, 0, bits
        costs[count] = price + choose[count]
        count += 1
    return count


@compile_kernel
def _judge(listed, costs, situation, out):
    """Find the best of the listed criteria."""
    most, floor, whole, unknown, lacking, odds, gaps, undivided, table, _hits = situation
    best = NOTHING
    for c in range(len(listed)):
        inside, aside = listed[c, 0], listed[c, 1]
        n1 = inside & LOW
        if not floor <= n1 < most:
            continue
        outside = whole - inside - aside
        quality = _gain(n1, inside >> 32, outside & LOW, outside >> 32, undivided, table) - costs[c]
        if gaps:
            expected = n1 * lacking + odds * (aside & LOW)
            quality = _blend(quality, inside, outside, unknown + aside, expected, best, table)
        if quality > best:
            best = quality
            out[FIRST], out[LAST], out[BITS], out[COST] = listed[c, 2], listed[c, 3], listed[c, 4], costs[c]
            out[CASES], out[POSITIVES] = n1, inside >> 32
    out[QUALITY] = best


@compile_kernel
def extend_rule(met, untold, odds, taken, whole, static, limits, out, least, first):
    """Find the best further criterion on every feature: out[feature] = what it is made of.

    Nothing where it is clear that quality stays below `least`, which rises to the best found if only that is wanted
    (`first` = the feature to begin with, else -1).
    """
    kinds, sizes, prices, choose, table = static
    undivided = level_of(whole & LOW, whole >> 32, table)
    gaps = untold[0].sum() > 0
    listed, costs = np.empty((SLOTS * SLOTS, 5), np.int64), np.empty(SLOTS * SLOTS)
    for turn in range(len(kinds)):
        f = (turn + max(first, 0)) % len(kinds)
        out[f, QUALITY] = NOTHING
        valued = met[f, :MISSING].sum()  # a criterion must exclude someone with a value, not just the missing
        most, hits = valued & LOW, valued >> 32
        if most <= limits[0] or (taken == f).any():
            continue
        unknown = met[f, MISSING] + untold[f, MISSING]
        lacking = ((met[f, MISSING] & LOW) + odds * (untold[f, MISSING] & LOW)) / most
        gap = gaps or met[f, MISSING] > 0
        situation = (most, limits[0], whole - unknown, unknown, lacking, odds, gap, undivided, table, hits)
        here, aside, start = met[f, : sizes[f]], untold[f, : sizes[f]], 0
        if kinds[f] == INTERVAL:
            if not gap and 0 < hits < most and _bound_gain(here, situation) - prices[f, 1] < least - 1e-6:
                continue
            count = _list_spans(here, aside, prices[f], situation, listed, costs)
        elif kinds[f] == SET:
            sets = choose[sizes[f], 1 : limits[3] + 1]
            count = _list_sets(here, aside, prices[f, 0], situation, sets, listed, costs)
        else:
            start, count = (1 if kinds[f] == MEMBER else 0), 2
            for code in range(count):
                listed[code], costs[code] = (here[code], aside[code], code, code, 0), prices[f, 0]
        _judge(listed[start:count], costs[start:count], situation, out[f])
        if first >= 0:
            least = max(least, out[f, QUALITY])

