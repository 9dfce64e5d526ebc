"""The search for the rule that sets the positive cases apart: a beam over conjunctions, judged by evidence less price.

One pass over the rows that a rule covers fills, for every feature at once, a table of counts by code. Out of it come
the best interval (all pairs of bins) and the best set of categories (prefixes of the categories in order of their
rate), so that neither is ever pre-cut (Mampaey et al., ICDM 2012).
"""

# ruff: noqa: PLR0913, PLR0917  (compiled functions take arrays and numbers, not objects)

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

from icp_lab.methods.codes import INTERVAL, MEMBER, MISSING, SET, SLOTS, YES_NO, Encoded
from icp_lab.rule import Rule

Counts = NDArray[np.int64]
Step = tuple[int, int, int, int]
"""A criterion in codes: feature, lowest code, highest code, bits of the codes in a set."""

PRICE = 0.75  # of a criterion, in units of its description length (nats); see docs/method.md
BEAM = 10
MAX_SET = 5
SMOOTHING = 4.0  # cases at the parent's rate that a category is given when categories are ordered
NOTHING = -1e18
_TABLE = 1 << 16


@dataclass(frozen=True)
class Units:
    """What is counted: rows of equal standing (cases, or whole groups of cases with one set of attributes)."""

    encoded: Encoded
    codes: NDArray[np.uint8]
    cases: Counts
    positives: Counts
    least_cases: int
    least_units: int = 1

    def recount(self, cases: Counts, positives: Counts) -> "Units":
        """Give the same units other counts, as folds, shuffles and bootstraps do."""
        return Units(self.encoded, self.codes, cases, positives, self.least_cases, self.least_units)

    def covered(self, steps: tuple[Step, ...]) -> NDArray[np.bool_]:
        """Tell which units meet a rule in codes; a missing value never does."""
        inside = np.ones(len(self.codes), dtype=bool)
        for number, low, high, bits in steps:
            column = self.codes[:, number]
            if self.encoded.features[number].kind == SET:
                named = np.array([bits >> code & 1 for code in range(SLOTS)], dtype=bool)
                inside &= named[column]
            else:
                inside &= (column >= low) & (column <= high) & (column != MISSING)
        return inside


@dataclass(frozen=True)
class Candidate:
    """A rule that the search came upon: its quality (nats, net of its price) and what it covers."""

    quality: float
    steps: tuple[Step, ...]
    cases: int
    positives: int

    def rule(self, encoded: Encoded) -> Rule:
        """Say it as a rule, criteria in the order of their attributes."""
        criteria = [encoded.features[f].criterion(low, high, bits) for f, low, high, bits in self.steps]
        return Rule(tuple(sorted(criteria, key=lambda c: (c.attribute, c.values))))


NO_CANDIDATE = Candidate(0.0, (), 0, 0)


@dataclass(frozen=True)
class Engine:
    """The search, made ready for one set of units; `run` may be called from several threads."""

    units: Units
    depth: int
    _static: tuple[Any, ...] = field(repr=False)

    def run(self, cases: Counts, positives: Counts) -> list[Candidate]:
        """Which rules describe the positive cases best?

        Parameters
        ----------
        cases, positives
            Counts a unit; a unit with no case takes no part.

        Returns
        -------
        list
            The candidates in falling order of quality; a quality of 0 or less means that the rule does not pay its
            price. Empty when no rule has enough cases.

        Notes
        -----
        Quality = gain in binomial log-likelihood by telling covered cases from the rest, less half the description
        length of each criterion (Proenca et al., DMKD 2022, price rules in the same currency).
        """
        rows = np.flatnonzero(cases > 0).astype(np.int64)
        n, k = int(cases.sum()), int(positives.sum())
        if not len(rows) or k in (0, n) or not len(self.units.encoded.features):
            return []
        quality, length, steps, sizes = _beam(
            self.units.codes, cases, positives, rows, *self._static,
            np.array([self.units.least_cases, self.units.least_units, self.depth, BEAM, MAX_SET], dtype=np.int64),
        )
        order = np.lexsort((np.arange(len(quality)), -np.round(quality, 9)))
        return [
            Candidate(
                float(quality[i]), tuple(_step(steps[i, t]) for t in range(length[i])), int(sizes[i, 0]),
                int(sizes[i, 1]),
            )
            for i in order if length[i] > 0
        ]

    def best(self, cases: Counts, positives: Counts) -> Candidate:
        """Give the best rule that pays its price, else the best at all, else the empty one."""
        found = self.run(cases, positives)
        return found[0] if found else NO_CANDIDATE


def make_engine(units: Units, max_criteria: int) -> Engine:
    """Prepare the search for rules of at most `max_criteria` criteria over some units."""
    features = units.encoded.features
    kinds = np.array([f.kind for f in features], dtype=np.int64)
    sizes = np.array([f.size for f in features], dtype=np.int64)
    base = math.log(max(1, len(units.encoded.attributes)))
    own = np.array([PRICE * (base + math.log(max(1, f.choices)) + (0.7 if f.kind == YES_NO else 0.0))
                    for f in features], dtype=np.float64)
    return Engine(units, max_criteria, (kinds, sizes, own, _binomials(), _xlogx()))


def _step(row: NDArray[np.int64]) -> Step:
    return int(row[0]), int(row[1]), int(row[2]), int(row[3])


@cache
def _binomials() -> NDArray[np.float64]:
    table = np.zeros((SLOTS + 1, SLOTS + 1))
    for a in range(SLOTS + 1):
        for b in range(a + 1):
            table[a, b] = math.lgamma(a + 1) - math.lgamma(b + 1) - math.lgamma(a - b + 1)
    return table


@cache
def _xlogx() -> NDArray[np.float64]:
    x = np.arange(_TABLE, dtype=np.float64)
    x[0] = 1.0
    return x * np.log(x)


Compiled = Callable[..., Any]
_compile: Callable[[Compiled], Compiled] = njit(cache=True, nogil=True)


@_compile
def _entropy(x, table):  # type: ignore[no-untyped-def]
    return table[x] if x < table.shape[0] else x * math.log(x)


@_compile
def _gain(n1, k1, n, k, zero, table):  # type: ignore[no-untyped-def]
    """Compute the gain in log-likelihood of (n1, k1) against the rest; nothing when the rate inside is not higher."""
    if n1 <= 0 or n1 >= n or k1 * n <= k * n1:
        return NOTHING
    inside = _entropy(k1, table) + _entropy(n1 - k1, table) - _entropy(n1, table)
    outside = _entropy(k - k1, table) + _entropy(n - n1 - k + k1, table) - _entropy(n - n1, table)
    return inside + outside - zero


@_compile
def _count(codes, cases, positives, rows, start, stop, counts):  # type: ignore[no-untyped-def]
    """Fill counts[feature, code] = (units, cases, positives) over rows[start:stop]."""
    counts[:] = 0
    for at in range(start, stop):
        i = rows[at]
        for f in range(codes.shape[1]):
            cell = counts[f, codes[i, f]]
            cell[0] += 1
            cell[1] += cases[i]
            cell[2] += positives[i]


@_compile
def _best_interval(count, size, known, total, own, limits, zero, table, out):  # type: ignore[no-untyped-def]
    """Find the best span of bins; one end left open is cheaper than two bounds."""
    one, two = PRICE * math.log(2.0 * size), PRICE * (0.7 + math.log(size * (size - 1) * 0.5 + 1e-9))
    for low in range(size):
        u = n1 = k1 = 0
        for high in range(low, size):
            u += count[high, 0]
            n1 += count[high, 1]
            k1 += count[high, 2]
            if n1 < limits[0] or u < limits[1] or n1 >= known:
                continue
            price = own + (one if low == 0 or high == size - 1 else two)
            quality = _gain(n1, k1, total[0], total[1], zero, table) - price
            if quality > out[0]:
                out[0], out[1], out[2], out[3], out[4], out[5], out[6] = quality, low, high, 0, n1, k1, price


@_compile
def _best_set(count, size, known, rate, total, own, limits, zero, table, choose, out):  # type: ignore[no-untyped-def]
    """Find the best set of categories among the prefixes of their order by smoothed rate."""
    rates = np.empty(size)
    for i in range(size):
        rates[i] = -(count[i, 2] + SMOOTHING * rate) / (count[i, 1] + SMOOTHING)
    u = n1 = k1 = used = bits = 0
    for i in np.argsort(rates, kind="mergesort"):
        if count[i, 1] == 0:
            continue
        u += count[i, 0]
        n1 += count[i, 1]
        k1 += count[i, 2]
        bits |= 1 << i
        used += 1
        if used > limits[4] or n1 >= known:
            return
        if n1 < limits[0] or u < limits[1]:
            continue
        price = own + PRICE * (math.log(float(min(limits[4], size))) + choose[size, used])
        quality = _gain(n1, k1, total[0], total[1], zero, table) - price
        if quality > out[0]:
            out[0], out[1], out[2], out[3], out[4], out[5], out[6] = quality, 0, 0, bits, n1, k1, price


@_compile
def _best_code(count, first, known, total, own, limits, zero, table, out):  # type: ignore[no-untyped-def]
    """Find the best of yes and no; only yes (`first` = 1) for members of lists."""
    for code in range(first, 2):
        u, n1, k1 = count[code, 0], count[code, 1], count[code, 2]
        if n1 < limits[0] or u < limits[1] or n1 >= known:
            continue
        quality = _gain(n1, k1, total[0], total[1], zero, table) - own
        if quality > out[0]:
            out[0], out[1], out[2], out[3], out[4], out[5], out[6] = quality, code, code, 0, n1, k1, own


@_compile
def _expand(counts, steps, used, parent, total, static, limits, zero, out):  # type: ignore[no-untyped-def]
    """Find the best further criterion on every feature: out[feature] = quality, low, high, bits, n, k, price."""
    kinds, sizes, own, choose, table = static
    for f in range(counts.shape[0]):
        out[f, 0] = NOTHING
        taken = False
        for t in range(used):
            taken = taken or steps[t, 0] == f
        if taken:
            continue
        known = counts[f, :MISSING, 1].sum()  # a criterion must exclude someone with a value, not just the missing
        if kinds[f] == INTERVAL:
            _best_interval(counts[f], sizes[f], known, total, own[f], limits, zero, table, out[f])
        elif kinds[f] == SET:
            rate = parent[1] / parent[0]
            _best_set(counts[f], sizes[f], known, rate, total, own[f], limits, zero, table, choose, out[f])
        else:
            first = 1 if kinds[f] == MEMBER else 0
            _best_code(counts[f], first, known, total, own[f], limits, zero, table, out[f])


@_compile
def _keep(found, prices, beam, chosen):  # type: ignore[no-untyped-def]
    """Choose the best distinct continuations; two that cover equally much with equal quality count as one."""
    width = found.shape[1]
    quality = np.empty(found.shape[0] * width)
    for p in range(found.shape[0]):
        for f in range(width):
            quality[p * width + f] = found[p, f, 0] - prices[p]
    kept = 0
    for at in np.argsort(-quality, kind="mergesort"):
        p, f = at // width, at % width
        if found[p, f, 0] <= NOTHING / 2 or kept == beam:
            break
        repeated = False
        for c in range(kept):
            q, g = chosen[c] // width, chosen[c] % width
            same = found[q, g, 4] == found[p, f, 4] and found[q, g, 5] == found[p, f, 5]
            repeated = repeated or (same and abs(quality[chosen[c]] - quality[at]) < 1e-9)
        if not repeated:
            chosen[kept] = at
            kept += 1
    return kept


@_compile
def _narrow(codes, rows, start, stop, kind, step, into, at):  # type: ignore[no-untyped-def]
    """Copy the rows that meet one more criterion."""
    for j in range(start, stop):
        code = np.int64(codes[rows[j], step[0]])
        meets = (code < 63 and (step[3] >> code) & 1 == 1) if kind == SET else step[1] <= code <= step[2]
        if meets:
            into[at] = rows[j]
            at += 1
    return at


@_compile
def _beam(codes, cases, positives, rows, kinds, sizes, own, choose, table, limits):  # type: ignore[no-untyped-def]
    """Run the whole search on one thread: quality, length, steps and (n, k) of every rule that a beam held."""
    depth, beam = limits[2], limits[3]
    n = k = 0
    for i in rows:
        n += cases[i]
        k += positives[i]
    zero = _entropy(k, table) + _entropy(n - k, table) - _entropy(n, table)
    static = (kinds, sizes, own, choose, table)
    quality, length = np.full(depth * beam, NOTHING), np.zeros(depth * beam, np.int64)
    steps, covered = np.zeros((depth * beam, depth, 4), np.int64), np.zeros((depth * beam, 2), np.int64)
    counts = np.zeros((codes.shape[1], SLOTS, 3), np.int64)
    parents, prices, bounds = 1, np.zeros(beam), np.zeros(beam + 1, np.int64)
    bounds[1] = len(rows)
    size, held = np.zeros((beam, 2), np.int64), np.zeros((beam, depth, 4), np.int64)
    size[0, 0], size[0, 1] = n, k
    chosen = np.empty(beam, np.int64)
    for level in range(depth):
        found = np.zeros((parents, codes.shape[1], 7))
        for p in range(parents):
            _count(codes, cases, positives, rows, bounds[p], bounds[p + 1], counts)
            _expand(counts, held[p], level, size[p], (n, k), static, limits, zero, found[p])
        kept = _keep(found, prices[:parents], beam, chosen)
        next_held, next_prices, next_size = np.zeros_like(held), np.zeros_like(prices), np.zeros_like(size)
        next_bounds, room = np.zeros_like(bounds), 0
        for c in range(kept):
            room += bounds[chosen[c] // codes.shape[1] + 1] - bounds[chosen[c] // codes.shape[1]]
        next_rows = np.empty(room, np.int64)
        for c in range(kept):
            p, f = chosen[c] // codes.shape[1], chosen[c] % codes.shape[1]
            best, at = found[p, f], level * beam + c
            next_held[c] = held[p]
            next_held[c, level, 0], next_held[c, level, 1] = f, np.int64(best[1])
            next_held[c, level, 2], next_held[c, level, 3] = np.int64(best[2]), np.int64(best[3])
            next_prices[c] = prices[p] + best[6]
            next_size[c, 0], next_size[c, 1] = np.int64(best[4]), np.int64(best[5])
            next_bounds[c + 1] = _narrow(codes, rows, bounds[p], bounds[p + 1], kinds[f], next_held[c, level],
                                         next_rows, next_bounds[c])
            quality[at], length[at] = best[0] - prices[p], level + 1
            steps[at], covered[at] = next_held[c], next_size[c]
        rows, bounds, parents = next_rows, next_bounds, kept
        held, prices, size = next_held, next_prices, next_size
        if kept == 0:
            break
    return quality, length, steps, covered
