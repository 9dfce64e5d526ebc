"""All conjunctions of given conditions: which are the best, for certain?

A beam may miss a rule; this search cannot. Conditions are packed into bits, positive cases first, so that a rule is
counted by a handful of machine words, and a branch is left as soon as none of its rules can enter the list
(Wrobel, PKDD 1997: all that a narrower rule can do better is to lose every negative case).
"""

# ruff: noqa: PLR0913, PLR0917  (compiled functions take arrays and numbers, not objects)

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numba import njit, types
from numba.extending import intrinsic
from numpy.typing import NDArray


@dataclass(frozen=True)
class Conjunction:
    """A conjunction of conditions, its quality, and whom it covers.

    Parameters
    ----------
    conditions : tuple of int
        Conditions that must all hold, by their numbers, ascending.
    quality : float
        How well it tells the positive cases apart, less the prices of its conditions.
    cases, positives : int
        Whom it covers, and how many of them came out well.

    Examples
    --------
    >>> found = rank_conjunctions(np.array([np.arange(40) < 20]), np.arange(40) < 15)
    >>> found[0].cases, found[0].positives
    (20, 15)
    """

    conditions: tuple[int, ...]
    quality: float
    cases: int
    positives: int


def rank_conjunctions(members: NDArray[np.bool_], positive: NDArray[np.bool_], *,
                      prices: NDArray[np.float64] | None = None, wracc: bool = False, depth: int = 3, keep: int = 10,
                      least: int = 1) -> list[Conjunction]:
    """Rank the conjunctions of these conditions that describe the positive cases best, of all there are.

    Parameters
    ----------
    members : ndarray of bool
        A row a condition, a column a case: who meets it.
    positive : ndarray of bool
        Who came out well.
    prices : ndarray of float or None, default None
        What each condition costs, in units of the quality, 0 or more; by default nothing.
    wracc : bool, default False
        Quality is the gain in binomial log-likelihood by telling the covered cases from the rest (nats); with this,
        weighted relative accuracy: cover times (rate inside - rate).
    depth : int, default 3
        Most conditions in a rule.
    keep : int, default 10
        How many rules are wanted.
    least : int, default 1
        Fewest cases that a rule may cover.

    Returns
    -------
    list of Conjunction
        In falling order of quality, none of 0 or less. Of rules that tie for the last place, the first one met: the
        order of conditions decides, that of the cases never.

    Notes
    -----
    Exact. Both qualities grow with positives and fall with negatives, so none that covers fewer of (n1, k1) exceeds
    that of (k1, k1). The time grows with conditions to the power of `depth` where nothing stands out.

    Examples
    --------
    >>> small, young = np.arange(40) % 2 == 0, np.arange(40) < 20
    >>> rank_conjunctions(np.array([small, young]), small & young)[0].conditions
    (0, 1)
    """
    n, k = len(positive), int(positive.sum())
    costs = np.zeros(len(members)) if prices is None else prices.astype(np.float64)
    if k in (0, n) or not len(members):
        return []
    first, rest = (_pack(members.take(np.flatnonzero(kind), axis=1)) for kind in (positive, ~positive))
    bits, words = np.hstack([first, rest]), first.shape[1]
    shape, covers = (n, k, wracc, words, least), np.full((depth, bits.shape[1]), ~np.uint64(0))
    chains, found = np.full((keep + 1, depth), -1), np.zeros((keep, 3))
    _descend(bits, shape, costs, _bound(shape), np.arange(len(members)), 0, 0.0, covers, chains, found)
    rules = [Conjunction(tuple(sorted(int(c) for c in chain if c >= 0)), float(q), int(n1), int(k1))
             for chain, (q, n1, k1) in zip(chains[:-1], found, strict=True) if q > 0]
    return sorted(rules, key=lambda rule: (-rule.quality, rule.conditions))


def _pack(members: NDArray[np.bool_]) -> NDArray[np.uint64]:
    """Put 64 cases into a word; what fills up the last word meets nothing."""
    packed = np.packbits(members, axis=1)
    return np.pad(packed, ((0, 0), (0, -packed.shape[1] % 8))).view(np.uint64)


_compile: Callable[[Callable[..., Any]], Callable[..., Any]] = njit(cache=True, nogil=True)
_with_type: Callable[[Callable[..., Any]], Callable[..., Any]] = intrinsic


@_with_type
def _ones(_typing, word):  # type: ignore[no-untyped-def]
    """Count the ones of a word by the processor's own instruction."""
    return types.uint64(word), lambda _context, builder, _signature, given: builder.ctpop(given[0])


@_compile
def _count(left, right):  # type: ignore[no-untyped-def]
    total = np.uint64(0)
    for at in range(len(left)):
        total += _ones(left[at] & right[at])
    return np.int64(total)


@_compile
def _score(n1, k1, shape):  # type: ignore[no-untyped-def]
    n, k, wracc = shape[:3]
    if k1 * n <= n1 * k:
        return -np.inf
    gain = (k1 * n - n1 * k) / (n * n) if wracc else 0.0
    for x, y, sign in ((k1, n1, 1), (n1 - k1, n1, 1), (k - k1, n - n1, 1), (n - n1 - k + k1, n - n1, 1),
                       (k, n, -1), (n - k, n, -1)):
        gain += sign * x * math.log(x / y) if x > 0 and not wracc else 0.0
    return gain


@_compile
def _bound(shape):  # type: ignore[no-untyped-def]
    """Compute what rules with 0, 1, 2, ... positive cases can reach at most."""
    return np.array([_score(k1, k1, shape) for k1 in range(shape[1] + 1)])


@_compile
def _descend(bits, shape, costs, bound, open_, used, price, covers, chains, found):  # type: ignore[no-untyped-def]
    """Try each open condition on top of the chain, then go on below those that leave room, the most promising first."""
    cover, words, chain = covers[used], shape[3], chains[-1]
    ceiling, worst = np.full(len(open_), -np.inf), found[:, 0].argmin()
    for i, c in enumerate(open_):
        k1 = _count(cover[:words], bits[c, :words])
        if bound[k1] - price - costs[c] > found[worst, 0]:
            ceiling[i] = bound[k1] - price - costs[c]
            n1 = k1 + _count(cover[words:], bits[c, words:])
            quality = _score(n1, k1, shape) - price - costs[c]
            if n1 >= shape[4] and quality > found[worst, 0]:
                chain[used] = c
                chains[worst], found[worst] = chain, np.array([quality, n1, k1])
                worst = found[:, 0].argmin()
    order = np.argsort(-ceiling, kind="mergesort")[: (ceiling > -np.inf).sum()]
    for at, i in enumerate(order):
        if used + 1 < len(chain) and ceiling[i] > found[:, 0].min():
            chain[used], covers[used + 1] = open_[i], cover & bits[open_[i]]
            _descend(bits, shape, costs, bound, open_[order[at + 1 :]], used + 1, price + costs[open_[i]], covers,
                     chains, found)
    chain[used] = -1
