"""Attributes as small codes: what the search for a rule runs on.

Numbers fall into bins between quantiles, categories become ranks by frequency, members of lists become features of
their own. A missing value has a code that no criterion ever matches.
"""

import math
from dataclasses import dataclass

import numpy as np
import pandas as pd
import pyarrow as pa
from numba import njit
from numpy.typing import NDArray

from icp_lab.rule import Criterion

INTERVAL, SET, YES_NO, MEMBER = 0, 1, 2, 3
# Codes of a feature: 0 to 62 can be matched, 63 gathers rare categories, 64 is missing.
SLOTS = 65
OTHER, MISSING = 63, 64
MAX_BINS, MAX_MEMBERS = 32, 40
_LEVEL, _MEMBER = 3, 10  # a category, and a member of lists, with fewer cases cannot be named in a criterion


@dataclass(frozen=True)
class Feature:
    """A column of codes: the attribute behind it, and what its codes stand for.

    Parameters
    ----------
    attribute : str
        The attribute behind it.
    kind : int
        One of INTERVAL, SET, YES_NO and MEMBER.
    size : int
        How many codes there are that a criterion can match.
    edges : tuple of float, default ()
        Of a number: where the bins meet; a value equal to an edge belongs to the bin above it.
    levels : tuple of str, default ()
        Of a category: its levels by how common they are; of a member of a list: that member.
    choices : int, default 1
        How many features it was one of: the members of its list that were frequent enough.

    Examples
    --------
    >>> Feature("employees", INTERVAL, 3, edges=(20.0, 100.0)).criterion(1, 2, 0).words("en")
    'employees at least 20'
    """

    attribute: str
    kind: int
    size: int
    edges: tuple[float, ...] = ()
    levels: tuple[str, ...] = ()
    choices: int = 1

    def criterion(self, low: int, high: int, bits: int) -> Criterion:
        """Say a span of codes (or the set of codes in `bits`) as a criterion.

        Parameters
        ----------
        low, high : int
            The first and last code of the span.
        bits : int
            The set of codes, a bit each; counts for categories alone.

        Returns
        -------
        Criterion
            What matches exactly these codes.

        Examples
        --------
        >>> Feature("industry", SET, 3, levels=("SaaS", "Retail", "Bank")).criterion(0, 0, 0b101).words("en")
        'industry Bank or SaaS'
        """
        if self.kind == INTERVAL:
            return Criterion.between(self.attribute, self.edges[low - 1] if low > 0 else None,
                                     self.edges[high] if high < self.size - 1 else None)
        if self.kind == SET:
            return Criterion.one_of(self.attribute, [v for i, v in enumerate(self.levels) if bits >> i & 1])
        if self.kind == MEMBER:
            return Criterion.has(self.attribute, self.levels[0])
        return Criterion.flag(self.attribute, yes=low == 1)


@dataclass(frozen=True)
class Encoded:
    """The candidates as codes: a row a case, a column a feature; features stand in the order of their names.

    Parameters
    ----------
    features : tuple of Feature
        What each column stands for.
    codes : ndarray of int
        The codes: uint8, a row a case, a column a feature.
    ignored : tuple of str
        Attributes that cannot be used: without variation, or dates.

    Examples
    --------
    >>> encode_candidates(pd.DataFrame({"exports": [True, False], "same": [1.0, 1.0]})).ignored
    ('same',)
    """

    features: tuple[Feature, ...]
    codes: NDArray[np.uint8]
    ignored: tuple[str, ...]

    @property
    def attributes(self) -> tuple[str, ...]:
        """Give the attributes that became features, each once.

        Returns
        -------
        tuple of str
            In the order of the features.

        Examples
        --------
        >>> encode_candidates(pd.DataFrame({"size": [10.0, 20.0] * 10, "exports": [True, False] * 10})).attributes
        ('exports', 'size')
        """
        return tuple(dict.fromkeys(feature.attribute for feature in self.features))


Found = list[tuple[Feature, NDArray[np.uint8]]]


def encode_candidates(frame: pd.DataFrame) -> Encoded:
    """Find the criteria that can be made out of each attribute.

    Parameters
    ----------
    frame : DataFrame
        A row a case, a column a candidate attribute: numbers, text, booleans, or tuples of text.

    Returns
    -------
    Encoded
        The same whatever the order of rows and columns; attributes that cannot vary or are dates are in `ignored`.

    Notes
    -----
    Numbers fall into 4 to 32 bins between quantiles, about as many as the root of the number of values. Of categories
    the 63 most common levels with at least 3 cases can be named, of lists the 40 most common members with at least 10
    that not every list has.

    Examples
    --------
    >>> encode_candidates(pd.DataFrame({"employees": [10.0, 20.0, 35.0, None] * 5})).features[0].edges
    (20.0, 35.0)
    """
    made = {name: _encode_one(name, frame[name]) for name in sorted(map(str, frame.columns))}
    found = [one for each in made.values() for one in each]
    codes = np.empty((len(frame), len(found)), dtype=np.uint8)
    for number, (_feature, column) in enumerate(found):
        codes[:, number] = column
    return Encoded(tuple(feature for feature, _codes in found), codes, tuple(name for name in made if not made[name]))


def _encode_one(name: str, column: pd.Series) -> Found:
    kind = column.dtype.kind
    if kind == "b":
        return _encode_flag(name, column)
    if kind in "iuf":
        return _encode_number(name, column.to_numpy(dtype="float64", na_value=np.nan))
    values = pa.array(column.array, from_pandas=True)
    if kind in "mM" or values.null_count == len(values):
        return []
    if pa.types.is_list(values.type):
        return _encode_members(name, values)
    if pa.types.is_boolean(values.type):
        return _encode_flag(name, column)
    return _encode_text(name, values)


def _encode_flag(name: str, column: pd.Series) -> Found:
    answers = column.to_numpy() if column.dtype == bool else column.astype("Int8").to_numpy(np.int8, na_value=MISSING)
    codes = answers.astype(np.uint8)
    if not (codes == 0).any() or not (codes == 1).any():
        return []
    return [(Feature(name, YES_NO, 2), codes)]


@njit(cache=True, nogil=True)
def cut_points(known: NDArray[np.float64], bins: int) -> NDArray[np.float64]:
    """Find where these numbers fall into about equally filled bins.

    Parameters
    ----------
    known : ndarray of float
        The values, sorted, without missing ones.
    bins : int
        How many bins are wanted; fewer come out where values repeat.

    Returns
    -------
    ndarray of float
        Ascending edges, each one of the values; a value equal to an edge belongs to the bin above it.

    Examples
    --------
    >>> cut_points(np.arange(1.0, 1001.0), 4).tolist()
    [251.0, 501.0, 751.0]
    """
    few = (known[1:] > known[:-1]).sum() < bins
    edges, found = np.empty(bins), 0
    for i in np.arange(1, len(known)) if few else np.arange(1, bins) * len(known) // bins:
        if known[i] > (edges[found - 1] if found else known[0]):
            edges[found] = known[i]
            found += 1
    return edges[:found]


def _encode_number(name: str, x: NDArray[np.float64]) -> Found:
    codes, edges = _bin(x, np.sort(x))
    return [(Feature(name, INTERVAL, len(edges) + 1, edges=tuple(edges.tolist())), codes)] if len(edges) else []


@njit(cache=True, nogil=True)
def _bin(x, ordered):  # type: ignore[no-untyped-def]
    """Give each number its bin, by halving without a branch; what is no finite number is missing."""
    first, last = 0, len(ordered)
    while first < last and not math.isfinite(ordered[last - 1]):
        last -= 1
    while first < last and not math.isfinite(ordered[first]):
        first += 1
    edges = cut_points(ordered[first:last], min(MAX_BINS, max(4, int(math.sqrt(last - first)))))
    padded, codes = np.full(MAX_BINS, np.inf), np.empty(len(x), np.uint8)
    padded[: len(edges)] = edges
    for i in range(len(x)):
        at = 0
        for step in (16, 8, 4, 2, 1):
            at += step * (x[i] >= padded[at + step - 1])
        codes[i] = at if math.isfinite(x[i]) else MISSING
    return codes, edges


def _encode_text(name: str, values: "pa.Array") -> Found:
    levels, at, order, counts = _rank_levels(values)
    kept = min(OTHER, int((counts[order] >= _LEVEL).sum()))
    if not kept or len(order) < 2:
        return []
    code = np.full(len(levels) + 1, OTHER, dtype=np.uint8)
    code[order[:kept]], code[-1] = np.arange(kept), MISSING
    return [(Feature(name, SET, kept, levels=tuple(levels[i] for i in order[:kept])), code[at])]


def _rank_levels(values: "pa.Array") -> tuple[list[str], NDArray[np.int64], list[int], NDArray[np.int64]]:
    """Give all levels, each value's (one more where missing), those that occur by how common, then name, and counts."""
    whole = values.combine_chunks() if isinstance(values, pa.ChunkedArray) else values
    encoded = whole if pa.types.is_dictionary(whole.type) else whole.cast(pa.large_string()).dictionary_encode()
    levels = [str(name) for name in encoded.dictionary.to_pylist()]
    at = (encoded.indices.fill_null(len(levels)) if encoded.null_count else encoded.indices).to_numpy()
    counts = np.bincount(at, minlength=len(levels) + 1)[:-1]
    occurs = np.flatnonzero(counts).tolist()
    return levels, at, sorted(occurs, key=lambda i: (-counts[i], levels[i])), counts


def _encode_members(name: str, lists: "pa.Array") -> Found:
    """Make a feature of each frequent member; an absent member (code 0) cannot be a criterion."""
    filled = ~np.asarray(lists.is_null())
    row = np.repeat(np.arange(len(lists)), np.asarray(lists.value_lengths().fill_null(0)))
    members, at, occurring, _counts = _rank_levels(lists.flatten())
    held = np.unique(np.column_stack([at, row])[at < len(members)], axis=0)
    counts = np.bincount(held[:, 0], minlength=len(members))
    order = sorted(occurring, key=lambda i: (-counts[i], members[i]))
    frequent = [i for i in order if _MEMBER <= counts[i] < filled.sum()][:MAX_MEMBERS]
    found = []
    for member in sorted(frequent, key=lambda i: members[i]):
        codes = np.where(filled, 0, MISSING).astype(np.uint8)
        codes[held[held[:, 0] == member, 1]] = 1
        found.append((Feature(name, MEMBER, 2, levels=(members[member],), choices=len(frequent)), codes))
    return found
