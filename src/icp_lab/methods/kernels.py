"""The compiled core of the search for a rule: counts by code, the best further criterion, the beam, the polish.

A rule in the making holds two lists of rows: those that meet it, and those of which it cannot be told because a value
is missing. Quality compares the rows inside with those outside; the untold ones are in neither. The three ways to find
a criterion write out how they judge one: as a function of its own that step is no longer compiled into their loops, and
a search of a few hundred cases takes twice as long.
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
QUALITY, FIRST, LAST, BITS, CASES, POSITIVES, COST = range(7)
"""What a found criterion is made of: quality, lowest and highest code, bits of a set, what the rule covers, price."""


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
def _bound_gain(met, size, most, hits, situation):
    """Bound the gain of every span of bins, where there are no gaps.

    For some prices of a case, the greatest sum of hits less price over any span (Kadane) is a line that no span lies
    above. Gain is convex and rises with hits, so that its greatest value is at a corner where two such lines meet.
    """
    whole, undivided, table = situation
    n, k = whole & LOW, whole >> 32
    rate, bound, last, above = hits / most, NOTHING, 1.0, 0.0
    for price in ((1 + rate) / 2, rate, 0.6 * rate, 0.0):
        most_excess = excess = 0.0
        for b in range(size):
            excess = max(0.0, excess + (met[b] >> 32) - price * (met[b] & LOW))
            most_excess = max(most_excess, excess)
        cases = (most_excess - above) / (last - price)
        k1 = np.int64(math.ceil(last * cases + above))
        n1 = k1 + max(np.int64(0), np.int64(cases - k1))
        bound = max(bound, _gain(n1, k1, n - n1, k - k1, undivided, table))
        last, above = price, most_excess
    return bound


@_compile
def _best_interval(met, untold, size, prices, situation, out):
    """Find the best span of bins; one end left open is cheaper than two bounds.

    Without gaps quality is convex in what is inside, so that the last bin of a best span has at least the rate of the
    bin after it, and the first at least that of the bin before (Fayyad and Irani, 1992): only such ends are judged,
    and ends that cannot move because too few cases, or none to exclude, would be left.
    """
    most, floor, whole, unknown, lacking, odds, gaps, undivided, table = situation
    best, one, two = NOTHING, prices[1], prices[2]
    rising, falling, passed = np.zeros(size, np.bool_), np.zeros(size, np.bool_), np.int64(0)
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
            if n1 < floor or (rising[high] and n1 - (met[high] & LOW) >= floor):
                continue
            cost = one if low == 0 or high == size - 1 else two
            outside = whole - inside - aside
            quality = _gain(n1, inside >> 32, outside & LOW, outside >> 32, undivided, table) - cost
            if gaps and quality > NOTHING / 2:
                quality = _blend(quality, inside, outside, unknown + aside, n1 * lacking + odds * (aside & LOW), best,
                                 table)
            if quality > best:
                best = quality
                out[FIRST], out[LAST], out[BITS], out[COST] = low, high, 0, cost
                out[CASES], out[POSITIVES] = n1, inside >> 32
    out[QUALITY] = best


@_compile
def _best_set(met, untold, size, prices, situation, choose, longest, out):
    """Find the best set of categories among the prefixes of their order by smoothed rate."""
    most, floor, whole, unknown, lacking, odds, gaps, undivided, table = situation
    k = np.int64(0)
    for i in range(MISSING):
        k += met[i] >> 32
    rates = np.empty(size)
    for i in range(size):
        rates[i] = -((met[i] >> 32) + SMOOTHING * k / max(most, 1)) / ((met[i] & LOW) + SMOOTHING)
    inside = aside = bits = np.int64(0)
    used, best = 0, NOTHING
    for i in np.argsort(rates, kind="mergesort"):
        if met[i] == 0:
            continue
        inside += met[i]
        aside += untold[i]
        bits |= np.int64(1) << i
        used += 1
        n1 = inside & LOW
        if used > longest or n1 >= most:
            break
        if n1 < floor:
            continue
        cost = prices[0] + choose[size, used]
        outside = whole - inside - aside
        quality = _gain(n1, inside >> 32, outside & LOW, outside >> 32, undivided, table) - cost
        if gaps and quality > NOTHING / 2:
            quality = _blend(quality, inside, outside, unknown + aside, n1 * lacking + odds * (aside & LOW), best,
                             table)
        if quality > best:
            best = quality
            out[FIRST], out[LAST], out[BITS], out[COST] = 0, 0, bits, cost
            out[CASES], out[POSITIVES] = n1, inside >> 32
    out[QUALITY] = best


@_compile
def _best_code(met, untold, first, price, situation, out):
    """Find the best of yes and no; only yes (`first` = 1) for members of lists."""
    most, floor, whole, unknown, lacking, odds, gaps, undivided, table = situation
    best = NOTHING
    for code in range(first, 2):
        inside, aside = met[code], untold[code]
        n1 = inside & LOW
        if not floor <= n1 < most:
            continue
        outside = whole - inside - aside
        quality = _gain(n1, inside >> 32, outside & LOW, outside >> 32, undivided, table) - price
        if gaps and quality > NOTHING / 2:
            quality = _blend(quality, inside, outside, unknown + aside, n1 * lacking + odds * (aside & LOW), best,
                             table)
        if quality > best:
            best = quality
            out[FIRST], out[LAST], out[BITS], out[COST] = code, code, 0, price
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
    for turn in range(met.shape[0]):
        f = (turn + max(first, 0)) % met.shape[0]
        out[f, QUALITY] = NOTHING
        used = False
        for t in range(taken.shape[0]):
            used = used or taken[t] == f
        if used:
            continue
        most = hits = np.int64(0)  # a criterion must exclude someone with a value, not just the missing
        for code in range(MISSING):
            most += met[f, code] & LOW
            hits += met[f, code] >> 32
        if most <= limits[0]:
            continue
        unknown = met[f, MISSING] + untold[f, MISSING]
        lacking = ((met[f, MISSING] & LOW) + odds * (untold[f, MISSING] & LOW)) / max(most, 1)
        gap = gaps or met[f, MISSING] > 0
        situation = (most, limits[0], whole - unknown, unknown, lacking, odds, gap, undivided, table)
        if kinds[f] == INTERVAL:
            if not gap and least > NOTHING and 0 < hits < most and _bound_gain(
                met[f], sizes[f], most, hits, (whole, undivided, table)) - prices[f, 1] < least - 1e-6:
                continue
            _best_interval(met[f], untold[f], sizes[f], prices[f], situation, out[f])
        elif kinds[f] == SET:
            _best_set(met[f], untold[f], sizes[f], prices[f], situation, choose, limits[3], out[f])
        else:
            _best_code(met[f], untold[f], 1 if kinds[f] == MEMBER else 0, prices[f, 0], situation, out[f])
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
    """Choose the best distinct continuations; two that cover equally much with equal quality count as one.

    Gives how many, and the quality that one more has to exceed.
    """
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
    """Find the best criterion on every feature to stand in place of the one at `at`, the others held as they are.

    Unless `every` is wanted, features that cannot have the best of all may stay without.
    """
    length = len(steps)
    inside, spare = rows.copy(), np.empty(len(rows), rows.dtype)
    bounds, others, odds = np.array([0, len(rows), len(rows)]), np.empty(length - 1, np.int64), 1.0
    total = np.int64(0)
    for i in rows:
        total += packed[i]
    for t in range(length):
        if t != at:
            bounds[1], bounds[2], odds = _narrow(codes, packed, inside, bounds, odds, static[0][steps[t, 0]], steps[t],
                                                 spare, 0)
            inside, spare = spare, inside
            others[t - (t > at)] = steps[t, 0]
    met, untold = np.zeros((codes.shape[1], SLOTS), np.int64), np.zeros((codes.shape[1], SLOTS), np.int64)
    _count(codes, packed, inside, 0, bounds[1], met)
    if bounds[2] > bounds[1]:
        _count(codes, packed, inside, bounds[1], bounds[2], untold)
    _extend(met, untold, odds, others, total, static, limits, found, NOTHING, -1 if every else steps[at, 0])


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
    room = 0
    for c in range(kept):
        room += bounds[chosen[c] // width, 2] - bounds[chosen[c] // width, 0]
    next_rows, end = np.empty(room, rows.dtype), 0
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
    depth, beam = limits[1], limits[2]
    total = np.int64(0)
    for i in rows:
        total += packed[i]
    static = (kinds, sizes, prices, choose, table)
    size = depth * beam + limits[4]
    quality, length = np.full(size, NOTHING), np.zeros(size, np.int64)
    steps, covered = np.zeros((size, depth, 4), np.int64), np.zeros((size, 2), np.int64)
    met, untold = np.zeros((codes.shape[1], SLOTS), np.int64), np.zeros((codes.shape[1], SLOTS), np.int64)
    whole = np.array([[0, len(rows), len(rows)]])
    here, chosen = rows, np.empty(beam, np.int64)
    parents = (whole, np.ones(1), np.zeros(1), np.zeros((1, 0, 4), np.int64))
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
