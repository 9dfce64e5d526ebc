"""The compiled beam of the search for a rule: rules grown criterion by criterion, and the best of them polished.

A rule in the making holds two lists of rows: those that meet it, and those of which it cannot be told because a value
is missing. Quality compares the rows inside with those outside; the untold ones are in neither.
"""

# mypy: disable-error-code="no-untyped-def"
# ruff: noqa: PLR0913, PLR0917  (compiled functions take arrays and numbers, not objects)

import numpy as np

from icp_lab.methods.codes import MISSING, SET, SLOTS
from icp_lab.methods.kernels import (
    BITS,
    CASES,
    COST,
    FIRST,
    LAST,
    LOW,
    NOTHING,
    POSITIVES,
    QUALITY,
    compile_kernel,
    count_codes,
    extend_rule,
)

ROUNDS = 4  # of re-fitting each criterion of a rule to the others; most rules settle in one or two


@compile_kernel
def _answer(code, kind, step):
    """Tell whether a code meets a criterion: 1 yes, 0 no, -1 untold."""
    if code == MISSING:
        return -1
    if kind == SET:
        return (step[3] >> code) & 1 if code < 63 else 0
    return 1 if step[1] <= code <= step[2] else 0


@compile_kernel
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


@compile_kernel
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


@compile_kernel
def _as_step(f, best, step):
    step[0], step[1], step[2], step[3] = f, np.int64(best[FIRST]), np.int64(best[LAST]), np.int64(best[BITS])


@compile_kernel
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
    count_codes(codes, packed, inside, 0, bounds[1], met)
    count_codes(codes, packed, inside, bounds[1], bounds[2], untold)
    first = -1 if every else steps[at, 0]
    extend_rule(met, untold, odds, others, packed[rows].sum(), static, limits, found, NOTHING, first)


@compile_kernel
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


@compile_kernel
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


@compile_kernel
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


@compile_kernel
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
            count_codes(codes, packed, here, bounds[p, 0], bounds[p, 1], met)
            count_codes(codes, packed, here, bounds[p, 1], bounds[p, 2], untold)
            extend_rule(met, untold, odds[p], held[p, :, 0], total, static, limits, found[p], least + spent[p], -1)
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
