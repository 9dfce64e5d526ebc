"""The compiled core of the search for a rule: counts by code, the best further criterion, the beam, the polish.

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
_compile: Callable[[Compiled], Compiled] = njit(cache=True, nogil=True)

NOTHING = -1e18
SMOOTHING = 4.0  # cases at the parent's rate that a category is given when categories are ordered
ROUNDS = 4  # of re-fitting each criterion of a rule to the others; most rules settle in one or two
LOW = (1 << 32) - 1
# What a found criterion is made of: quality, lowest and highest code, bits of a set, what the rule covers, price.
QUALITY, FIRST, LAST, BITS, CASES, POSITIVES, COST = range(7)


@cache
def tabulate_entropy() -> NDArray[np.float64]:
    """Tabulate x log x: what most counts are looked up in."""
    x = np.arange(1 << 16, dtype=np.float64)
    x[0] = 1.0
    return x * np.log(x)


@_compile
def _entropy(x, table):
    return table[x] if x < table.shape[0] else x * math.log(x)


@_compile
def level_of(n, k, table):
    """Give the log-likelihood of k positive among n cases."""
    return _entropy(k, table) + _entropy(n - k, table) - _entropy(n, table)


@_compile
def _gain(n1, k1, n0, k0, undivided, table):
    """Compute the gain in log-likelihood by telling inside from outside; nothing when the rate inside is not higher."""
    if n0 <= 0 or k1 * n0 <= k0 * n1:
        return NOTHING
    return level_of(n1, k1, table) + level_of(n0, k0, table) - undivided


@_compile
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


@_compile
def _count(codes, packed, rows, start, stop, counts):
    """Fill counts[feature, code] = cases and positives, packed in one number, over rows[start:stop]."""
    counts[:] = 0
    width = codes.shape[1]
    for at in range(start, stop):
        i = rows[at]
        weight = packed[i]
        for f in range(width):
            counts[f, codes[i, f]] += weight


@_compile
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


@_compile
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


@_compile
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


@_compile
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


@_compile
def _extend(met, untold, odds, taken, whole, static, limits, out, least, first):
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


@_compile
def _answer(code, kind, step):
    """Tell whether a code meets a criterion: 1 yes, 0 no, -1 untold."""
    if code == MISSING:
        return -1
    if kind == SET:
        return (step[3] >> code) & 1 if code < 63 else 0
    return 1 if step[1] <= code <= step[2] else 0


@_compile
def _narrow(codes, packed, rows, bounds, odds, kind, step, into, at):
    """Copy the rows that meet one more criterion, then the untold; give both ends and the odds of the untold."""
    known = met = lacking = np.int64(0)
    for j in range(bounds[0], bounds[1]):
        answer = _answer(codes[rows[j], step[0]], kind, step)
        if answer < 0:
            lacking += 1
        else:
            known += packed[rows[j]] & LOW
        if answer == 1:
            met += packed[rows[j]] & LOW
            into[at] = rows[j]
            at += 1
    middle = at
    expected, untold, share = 0.0, np.int64(0), (met / known if known else 0.0)
    for j in range(bounds[0] if lacking else bounds[1], bounds[2]):
        answer = _answer(codes[rows[j], step[0]], kind, step)
        before = odds if j >= bounds[1] else 1.0
        if answer < 0 or (answer == 1 and j >= bounds[1]):
            cases = packed[rows[j]] & LOW
            untold += cases
            expected += cases * before * (share if answer < 0 else 1.0)
            into[at] = rows[j]
            at += 1
    return middle, at, (expected / untold if untold else 1.0)


@_compile
def _keep(found, prices, beam, chosen):
    """Choose the best distinct continuations (equal covers of equal quality once); the quality to exceed for more."""
    width = found.shape[1]
    quality = np.empty(found.shape[0] * width)
    for p in range(found.shape[0]):
        for f in range(width):
            quality[p * width + f] = found[p, f, QUALITY] - prices[p]
    kept = 0
    for at in np.argsort(-quality, kind="mergesort"):
        p, f = at // width, at % width
        if found[p, f, QUALITY] <= NOTHING / 2 or kept == beam:
            break
        repeated = False
        for c in range(kept):
            q, g = chosen[c] // width, chosen[c] % width
            same = found[q, g, CASES] == found[p, f, CASES] and found[q, g, POSITIVES] == found[p, f, POSITIVES]
            repeated = repeated or (same and abs(quality[chosen[c]] - quality[at]) < 1e-9)
        if not repeated:
            chosen[kept] = at
            kept += 1
    return kept, quality[chosen[kept - 1]] if kept == beam else NOTHING


@_compile
def _as_step(f, best, step):
    step[0], step[1], step[2], step[3] = f, np.int64(best[FIRST]), np.int64(best[LAST]), np.int64(best[BITS])


@_compile
def find_rivals(codes, packed, rows, static, limits, steps, at, found, every):
    """Find the best criterion on `every` feature (or on those that may have the best) in place of the one at `at`."""
    length = len(steps)
    inside, spare = rows.copy(), np.empty(len(rows), rows.dtype)
    bounds, others, odds = np.array([0, len(rows), len(rows)]), np.empty(length - 1, np.int64), 1.0
    for t in range(length):
        if t != at:
            bounds[1], bounds[2], odds = _narrow(codes, packed, inside, bounds, odds, static[0][steps[t, 0]], steps[t],
                                                 spare, 0)
            inside, spare = spare, inside
            others[t - (t > at)] = steps[t, 0]
    met, untold = np.zeros((codes.shape[1], SLOTS), np.int64), np.zeros((codes.shape[1], SLOTS), np.int64)
    _count(codes, packed, inside, 0, bounds[1], met)
    _count(codes, packed, inside, bounds[1], bounds[2], untold)
    first = -1 if every else steps[at, 0]
    _extend(met, untold, odds, others, packed[rows].sum(), static, limits, found, NOTHING, first)


@_compile
def _polish(codes, packed, rows, static, limits, steps, length, result):
    """Fit each criterion of a rule anew to the others, on another feature if better, until none changes.

    `result` = quality, cases, positives.
    """
    prices, found, settled = np.zeros(length), np.zeros((codes.shape[1], 7)), 0
    for turn in range(ROUNDS * length):
        at = turn % length
        find_rivals(codes, packed, rows, static, limits, steps[:length], at, found, False)
        best = np.argmax(found[:, QUALITY])
        if found[best, QUALITY] <= NOTHING / 2:
            return
        old = steps[at].copy()
        _as_step(best, found[best], steps[at])
        prices[at] = found[best, COST]
        settled = settled + 1 if (old == steps[at]).all() else 1
        if turn >= length - 1:  # by then every price is known
            result[0] = found[best, QUALITY] - (prices.sum() - prices[at])
            result[1], result[2] = found[best, CASES], found[best, POSITIVES]
            if settled >= length:
                return


@_compile
def _descend(codes, packed, rows, kinds, found, chosen, parents):
    """Make the chosen continuations the parents of the next level: rows, bounds, odds, spent prices, steps."""
    bounds, odds, spent, held = parents
    width, kept = codes.shape[1], len(chosen)
    room = bounds[chosen // width, 2] - bounds[chosen // width, 0]
    next_rows, end = np.empty(room.sum(), rows.dtype), 0
    next_bounds, next_odds, next_spent = np.zeros((kept, 3), np.int64), np.ones(kept), np.zeros(kept)
    next_held = np.zeros((kept, held.shape[1] + 1, 4), np.int64)
    for c in range(kept):
        p, f = chosen[c] // width, chosen[c] % width
        next_held[c, :-1] = held[p]
        _as_step(f, found[p, f], next_held[c, -1])
        next_spent[c] = spent[p] + found[p, f, COST]
        next_bounds[c, 0] = end
        next_bounds[c, 1], end, next_odds[c] = _narrow(codes, packed, rows, bounds[p], odds[p], kinds[f],
                                                       next_held[c, -1], next_rows, end)
        next_bounds[c, 2] = end
    return next_rows, (next_bounds, next_odds, next_spent, next_held)


@_compile
def _polish_best(codes, packed, rows, static, limits, quality, length, steps, covered):
    """Polish the best rules; the results stand behind the others."""
    first, result = len(quality) - limits[4], np.zeros(3)
    order = np.argsort(-quality, kind="mergesort")
    for r in range(limits[4]):
        source, at = order[r], first + r
        if length[source] == 0:
            return
        steps[at], result[0], length[at] = steps[source], quality[source], length[source]
        result[1], result[2] = covered[source, 0], covered[source, 1]
        _polish(codes, packed, rows, static, limits, steps[at], length[at], result)
        quality[at], covered[at, 0], covered[at, 1] = result[0], np.int64(result[1]), np.int64(result[2])


@_compile
def run_beam(codes, packed, rows, kinds, sizes, prices, choose, table, limits):
    """Run the whole search on one thread: quality, length, steps and (n, k) of every rule that a beam held.

    `limits` = fewest cases, criteria, beam, most categories in a set, rules to polish.
    """
    depth, beam, total = limits[1], limits[2], packed[rows].sum()
    static = (kinds, sizes, prices, choose, table)
    size = depth * beam + limits[4]
    quality, length = np.full(size, NOTHING), np.zeros(size, np.int64)
    steps, covered = np.zeros((size, depth, 4), np.int64), np.zeros((size, 2), np.int64)
    met, untold = np.zeros((codes.shape[1], SLOTS), np.int64), np.zeros((codes.shape[1], SLOTS), np.int64)
    here, chosen = rows, np.empty(beam, np.int64)
    parents = (np.array([[0, len(rows), len(rows)]]), np.ones(1), np.zeros(1), np.zeros((1, 0, 4), np.int64))
    for level in range(depth):
        bounds, odds, spent, held = parents
        found, kept, least = np.zeros((len(bounds), codes.shape[1], 7)), 0, NOTHING
        for p in range(len(bounds)):
            _count(codes, packed, here, bounds[p, 0], bounds[p, 1], met)
            _count(codes, packed, here, bounds[p, 1], bounds[p, 2], untold)
            _extend(met, untold, odds[p], held[p, :, 0], total, static, limits, found[p], least + spent[p], -1)
            kept, least = _keep(found[: p + 1], spent, beam, chosen)
        if kept == 0:
            break
        here, parents = _descend(codes, packed, here, kinds, found, chosen[:kept], parents)
        for c in range(kept):
            best, at = found[chosen[c] // codes.shape[1], chosen[c] % codes.shape[1]], level * beam + c
            quality[at], length[at] = best[QUALITY] - spent[chosen[c] // codes.shape[1]], level + 1
            steps[at, : level + 1] = parents[3][c]
            covered[at, 0], covered[at, 1] = np.int64(best[CASES]), np.int64(best[POSITIVES])
    _polish_best(codes, packed, rows, static, limits, quality, length, steps, covered)
    return quality, length, steps, covered
