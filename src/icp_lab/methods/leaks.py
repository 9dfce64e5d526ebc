"""Which attributes know the outcome before it has happened: by name, or by telling it too well."""

import math
import re
from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.stats import hypergeom, rankdata

from icp_lab.locale.declared import read_declared
from icp_lab.methods.effects import is_numeric
from icp_lab.methods.result import Codes, Flags, Shown

# The area under the curve from which an attribute is refused, and where the lower end of its interval has to lie.
AREA, LOWER = 0.97, 0.93
CASES, KIND, CHANCE, NEARLY_ALL = 20, 8, 1e-9, 0.8
BINS = 16
# Names that are usually written down after the sale, or say how it went.
NAMES = re.compile("|".join(read_declared("icp_lab.methods", "leaks.toml")["names"]))


@dataclass(frozen=True)
class Leaks(Shown):
    """Which attributes may know the outcome.

    Parameters
    ----------
    frame : DataFrame
        A row an attribute and a suspicion: `attribute`; `suspicion` (name; or by telling the outcome: function,
        missing, area); `figure` (the area under the curve; NaN for a name); `n` (cases behind the figure); `refused`
        (it may be no criterion).
    insisted : tuple of str, default ()
        Attributes that the study uses all the same.

    Examples
    --------
    >>> won = pd.Series([True, False] * 20)
    >>> found = find_leaks(pd.DataFrame({"stage": won}), won, insist=["stage"])
    >>> found.frame["refused"].tolist(), found.insisted
    ([False], ('stage',))
    """

    frame: pd.DataFrame
    insisted: tuple[str, ...] = ()

    @property
    def refused(self) -> dict[str, str]:
        """Give the attributes that may be no criterion, with the strongest suspicion.

        Returns
        -------
        dict of str to str
            The suspicion by attribute.

        Examples
        --------
        >>> won = pd.Series([True, False] * 20)
        >>> find_leaks(pd.DataFrame({"stage": won}), won).refused
        {'stage': 'function'}
        """
        rows = self.frame[self.frame["refused"]]
        return dict(zip(rows["attribute"], rows["suspicion"], strict=True))


class _Known(NamedTuple):
    """Outcomes of the known cases, and which of them belong together."""

    positive: Flags
    group: Codes


def find_leaks(cases: pd.DataFrame, positive: pd.Series, *, groups: pd.Series | None = None,
               insist: Collection[str] = ()) -> Leaks:
    """Find the attributes that know the outcome, so that they can be no criterion.

    Parameters
    ----------
    cases : DataFrame
        A row a case, a column an attribute: numbers, dates, text, flags, or tuples of text.
    positive : Series
        Nullable boolean on the same index; unknown ones are left out.
    groups : Series or None, default None
        Key of cases that belong together: what an attribute tells is judged on cases of other groups.
    insist : Collection of str, default ()
        Attributes that the study uses all the same: shown, not refused. `attributes.include` only restricts, so it
        insists on nothing; a parameter under `steps` does.

    Returns
    -------
    Leaks
        A row an attribute and a suspicion, refused ones first.

    Notes
    -----
    Nothing that is known of a company before a sale tells winners from losers nearly without fault. An attribute is
    refused when the area under its curve is 0.97 or more and the lower end of the one-sided 95 % interval is at least
    0.93 (Hanley and McNeil, 1982, with half a pair put wrong), from 20 cases and 8 groups of either kind on. Numbers
    are ranked, and cut into bins as well, since a code need not be in order; a case is scored by the share of positive
    ones among the *other* groups with its level, so that an id tells nothing. Missing is a level. An attribute that is
    filled (or missing) only where the case came out one way is refused when chance would do it once in 10^9 and that
    way is the rarer one, or holds of four in five that came out so. An area of 1 makes the attribute a function of the
    outcome. A name alone is shown and never refused.

    Examples
    --------
    >>> won = pd.Series([True, False] * 20)
    >>> cases = pd.DataFrame({"lost_reason": won.map({False: "price"}), "employees": range(40), "renewals": 1})
    >>> find_leaks(cases, won).frame[["attribute", "suspicion", "refused"]].to_numpy().tolist()
    [['lost_reason', 'missing', True], ['lost_reason', 'name', False], ['renewals', 'name', False]]
    """
    told = positive.reindex(cases.index).astype("boolean")
    keep = told.notna().to_numpy()
    y = told.to_numpy(dtype=bool, na_value=False)[keep]
    known = _Known(y, np.arange(len(y)) if groups is None else pd.factorize(groups.reindex(cases.index)[keep])[0])
    rows: list[tuple[str, str, float, int]] = []
    for label, column in (cases if keep.all() else cases[keep]).items():
        name = str(label)
        if 0 < y.sum() < len(y):
            rows += _find_telling(name, column, known)
        if NAMES.search(_spell(name)):
            rows.append((name, "name", math.nan, len(y)))
    frame = pd.DataFrame(rows, columns=["attribute", "suspicion", "figure", "n"]).astype(
        {"attribute": "str", "suspicion": "str", "figure": "float64", "n": "int64"})
    frame["refused"] = (frame["suspicion"] != "name") & ~frame["attribute"].isin(list(insist))
    frame = frame.sort_values(["refused", "attribute", "suspicion"], ascending=[False, True, True], ignore_index=True)
    return Leaks(frame, tuple(sorted(set(insist) & set(frame["attribute"]))))


def _spell(name: str) -> str:
    """Write a name as lower-case words: `LostReason`, `Lost reason` and `lost_reason` are one."""
    return re.sub(r"[\W_]+", "_", re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name)).lower()


def _find_telling(name: str, column: pd.Series, known: _Known) -> list[tuple[str, str, float, int]]:
    """Say how an attribute tells the outcome, if it does."""
    codes, ordered = _code(column)
    filled, n, best = codes >= 0, len(codes), 0.0
    if not filled.all():
        presence = _measure_levels(filled.astype(np.int64), known)
        if _is_sure(presence, known) or _is_pure(known.positive, filled):
            return [(name, "missing", max(presence, 1 - presence), n)]
        area = _measure_levels(np.where(filled, _cut(codes) if ordered else codes, n), known)
        best = area if _is_sure(area, known) else 0.0
        codes, known = codes[filled], _Known(known.positive[filled], known.group[filled])
    areas = [0.5 + abs(_area(codes, known) - 0.5)] if ordered else []
    codes = _cut(codes) if ordered else codes
    areas += [_measure_levels(each, known) for each in (codes, *_split_members(column, codes, filled))]
    best = max([best, *(area for area in areas if _is_sure(area, known))])
    return [(name, "function" if best == 1 else "area", best, n)] if best else []


def _code(column: pd.Series) -> tuple[Codes, bool]:
    """Number the values from 0 on, missing -1; those of numbers and dates in their order."""
    ordered = is_numeric(column)
    if pd.api.types.is_float_dtype(column.dtype):
        column = column.replace([np.inf, -np.inf], np.nan)
    return pd.factorize(column, sort=ordered)[0].astype(np.int64), ordered


def _cut(codes: Codes) -> Codes:
    """Cut ordered codes into bins about equally filled, unless there are few; -1 stays."""
    counts = np.bincount(codes[codes >= 0])
    n = int(counts.sum())
    bins = min(BINS, n // CASES)
    if len(counts) <= bins or not n:
        return codes
    return np.append((np.cumsum(counts) - counts) * bins // n, -1)[codes]


def _split_members(column: pd.Series, codes: Codes, filled: Flags) -> Iterator[Codes]:
    """Say for each member of a list who has it."""
    if column.dtype != object or not len(codes) or not isinstance(column.iloc[int(filled.argmax())], tuple):
        return
    lists = column[filled].drop_duplicates().tolist()  # in the order of their codes
    for member, count in Counter(member for members in column[filled] for member in set(members)).items():
        if KIND <= count <= len(codes) - KIND:
            yield np.array([member in members for members in lists], dtype=np.int64)[codes]


def _is_pure(positive: Flags, filled: Flags) -> bool:
    """Did all cases with a value (or all without) come out one way, the rarer one, or nearly all that came out so?"""
    n = len(positive)
    for part in (positive[filled], positive[~filled]):
        if 0 < len(part) < n and (part == part[0]).all():
            alike = int((positive == part[0]).sum())
            if 2 * alike <= n or len(part) >= NEARLY_ALL * alike:
                return float(hypergeom.pmf(len(part), n, alike, len(part))) <= CHANCE
    return False


def _measure_levels(codes: Codes, known: _Known) -> float:
    """Score each case by the other groups of its level, and take the area under the curve of these scores."""
    if not len(codes):
        return 0.5
    y = known.positive.astype(np.float64)
    cases, hits = np.bincount(codes).astype(np.float64), np.bincount(codes, y)
    rate, misses = float(y.mean()), cases - hits
    pairs = max(float(hits.sum() * misses.sum()), 1.0)
    ties = float((hits * misses).sum()) / pairs / 2  # two cases of one level are alike, whatever the others of it did

    cell = np.unique(codes * (known.group.max() + 1) + known.group, return_inverse=True)[1]
    own, good = np.bincount(cell), np.bincount(cell, y)
    scores = (hits[codes] - good[cell] + rate) / (cases[codes] - own[cell] + 1)
    # With levels in their order: what is left of this area lies within them.
    within = _area(scores + 2 * codes, known) - float((hits * (np.cumsum(misses) - misses)).sum()) / pairs
    return ties - within + _area(scores, known)


def _area(scores: NDArray[Any], known: _Known) -> float:
    """In which share of pairs is the score of a positive case above that of another, ties split?"""
    hits, misses = int(known.positive.sum()), int((~known.positive).sum())
    above = float(rankdata(scores)[known.positive].sum()) - hits * (hits + 1) / 2
    return above / (hits * misses) if hits and misses else 0.5


def _is_sure(area: float, known: _Known) -> bool:
    """Is the area large, and would it be in another sample?"""
    if area < AREA or len(known.positive) < CASES:
        return False
    k, m = (len(np.unique(known.group[part])) for part in (known.positive, ~known.positive))
    a = min(area, 1 - 0.5 / (k * m))
    spread = a * (1 - a) + (k - 1) * (a / (2 - a) - a * a) + (m - 1) * (2 * a * a / (1 + a) - a * a)
    return min(k, m) >= KIND and a - 1.645 * math.sqrt(spread / (k * m)) >= LOWER
