"""Attributes as small codes: what the search for a rule runs on.

Numbers fall into bins whose edges are numbers that a person would say, categories become ranks by frequency, members
of lists become features of their own. A missing value has a code that no criterion ever matches.
"""

import math
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from icp_lab.rule import Criterion

INTERVAL, SET, YES_NO, MEMBER = 0, 1, 2, 3
SLOTS = 65
"""Codes of a feature: 0 to 62 can be matched, 63 gathers rare categories, 64 is missing."""
OTHER, MISSING = 63, 64
MAX_BINS, MAX_MEMBERS = 32, 40
SLACK = 0.35  # how far, in bins, an edge may move to a rounder number


@dataclass(frozen=True)
class Feature:
    """A column of codes: the attribute behind it, and what its codes stand for."""

    attribute: str
    kind: int
    size: int
    edges: tuple[float, ...] = ()
    levels: tuple[str, ...] = ()
    choices: int = 1

    def criterion(self, low: int, high: int, bits: int) -> Criterion:
        """Say a span of codes (or the set of codes in `bits`) as a criterion."""
        if self.kind == INTERVAL:
            return Criterion.between(
                self.attribute, self.edges[low - 1] if low > 0 else None,
                self.edges[high] if high < self.size - 1 else None,
            )
        if self.kind == SET:
            return Criterion.one_of(self.attribute, [v for i, v in enumerate(self.levels) if bits >> i & 1])
        if self.kind == MEMBER:
            return Criterion.has(self.attribute, self.levels[0])
        return Criterion.flag(self.attribute, yes=low == 1)


@dataclass(frozen=True)
class Encoded:
    """The candidates as codes: a row a case, a column a feature; features stand in the order of their names."""

    features: tuple[Feature, ...]
    codes: NDArray[np.uint8]
    ignored: tuple[str, ...]

    @property
    def attributes(self) -> tuple[str, ...]:
        """The attributes that became features, each once."""
        return tuple(dict.fromkeys(feature.attribute for feature in self.features))


def encode_candidates(frame: pd.DataFrame, *, min_level: int = 3, min_member: int = 10) -> Encoded:
    """Which criteria can be made out of each attribute?

    Parameters
    ----------
    frame
        A row a case, a column a candidate attribute: numbers, text, booleans, or tuples of text.
    min_level
        Categories with fewer cases cannot be named in a criterion.
    min_member
        The same for members of lists.

    Returns
    -------
    Encoded
        The same whatever the order of rows and columns; attributes that cannot vary or are dates are in `ignored`.

    Examples
    --------
    >>> encode_candidates(pd.DataFrame({"employees": [10.0, 20.0, 35.0, None] * 5})).features[0].edges
    (20.0, 30.0)
    """
    features: list[Feature] = []
    columns: list[NDArray[np.uint8]] = []
    ignored: list[str] = []
    for name in sorted(map(str, frame.columns)):
        found = _encode_one(name, frame[name], min_level, min_member)
        for feature, codes in found:
            features.append(feature)
            columns.append(codes)
        if not found:
            ignored.append(name)
    codes = np.column_stack(columns) if columns else np.empty((len(frame), 0), dtype=np.uint8)
    return Encoded(tuple(features), np.ascontiguousarray(codes), tuple(ignored))


Found = list[tuple[Feature, NDArray[np.uint8]]]


def _encode_one(name: str, column: "pd.Series[Any]", min_level: int, min_member: int) -> Found:
    if pd.api.types.is_datetime64_any_dtype(column) or not column.notna().any():
        return []
    if pd.api.types.is_bool_dtype(column):
        return _encode_flag(name, column)
    if pd.api.types.is_numeric_dtype(column):
        return _encode_number(name, column.to_numpy(dtype="float64", na_value=np.nan))
    if column.dtype == object and isinstance(column.dropna().iloc[0], tuple | list):
        return _encode_members(name, column, min_member)
    return _encode_text(name, column, min_level)


def _encode_flag(name: str, column: "pd.Series[Any]") -> Found:
    values = column.astype("boolean")
    codes = values.fillna(False).to_numpy(dtype=bool).astype(np.uint8)
    codes[values.isna().to_numpy()] = MISSING
    if len(values.dropna().unique()) < 2:
        return []
    return [(Feature(name, YES_NO, 2), codes)]


def _encode_number(name: str, x: NDArray[np.float64]) -> Found:
    x = np.where(np.isfinite(x), x, np.nan)
    known = np.sort(x[~np.isnan(x)])
    edges = cut_points(known, min(MAX_BINS, max(4, math.isqrt(len(known)))))
    if not edges:
        return []
    codes = np.searchsorted(edges, np.where(np.isnan(x), 0.0, x), side="right").astype(np.uint8)
    codes[np.isnan(x)] = MISSING
    return [(Feature(name, INTERVAL, len(edges) + 1, edges=edges), codes)]


def _encode_text(name: str, column: "pd.Series[Any]", min_level: int) -> Found:
    text = column.astype("str")
    counts = text.value_counts().rename_axis("level").reset_index(name="n").sort_values(["n", "level"],
                                                                                       ascending=[False, True])
    levels = tuple(counts.loc[counts["n"] >= min_level, "level"].head(OTHER))
    if len(levels) < 1 or len(counts) < 2:
        return []
    rank = {level: number for number, level in enumerate(levels)}
    codes = text.map(rank).fillna(OTHER).to_numpy(dtype=np.uint8)
    codes[text.isna().to_numpy()] = MISSING
    return [(Feature(name, SET, len(levels), levels=levels), codes)]


def _encode_members(name: str, column: "pd.Series[Any]", min_member: int) -> Found:
    """Make a feature of each frequent member; an absent member (code 0) cannot be a criterion."""
    known = column.notna()
    exploded = column[known].map(lambda members: tuple(sorted(set(members)))).explode().dropna()
    counts = exploded.value_counts().rename_axis("member").reset_index(name="n")
    frequent = counts[(counts["n"] >= min_member) & (counts["n"] < known.sum())]
    frequent = frequent.sort_values(["n", "member"], ascending=[False, True]).head(MAX_MEMBERS)
    found = []
    for member in sorted(frequent["member"]):
        codes = np.full(len(column), MISSING, dtype=np.uint8)
        codes[known.to_numpy()] = [member in members for members in column[known]]
        found.append((Feature(name, MEMBER, 2, levels=(str(member),), choices=len(frequent)), codes))
    return found


def cut_points(known: NDArray[np.float64], bins: int) -> tuple[float, ...]:
    """Where would a person cut these numbers into about equally filled bins?

    Parameters
    ----------
    known
        The values, sorted, without missing ones.
    bins
        How many bins are wanted; fewer come out where values repeat.

    Returns
    -------
    tuple
        Ascending edges; a value equal to an edge belongs to the bin above it.

    Notes
    -----
    Each quantile moves to the roundest number within about a third of a bin of it, so that bounds read 100 and 500
    rather than 97.3 and 512.8; the search then judges the round number itself.

    Examples
    --------
    >>> cut_points(np.arange(1.0, 1001.0), 4)
    (200.0, 500.0, 800.0)
    """
    unique = np.unique(known)
    if len(unique) < 2:
        return ()
    if len(unique) <= bins:
        edges = {_roundest(float(low), float(high), float(high)) for low, high in pairwise(unique)}
        return tuple(sorted(edges))
    found = set()
    for q in np.linspace(0, 1, bins + 1)[1:-1]:
        low, middle, high = np.quantile(known, [q - SLACK / bins, q, q + SLACK / bins], method="lower")
        found.add(_roundest(float(low), float(high), float(middle)))
    return tuple(edge for edge in sorted(found) if unique[0] < edge <= unique[-1])


def _roundest(low: float, high: float, wanted: float) -> float:
    """Find the roundest number in (low, high], or in the point low = high; among equals the nearest to `wanted`."""
    if low >= high:
        return high
    exponent = math.floor(math.log10(max(abs(low), abs(high)))) + 1
    for power in range(exponent, exponent - 17, -1):
        for factor in (5, 2, 1):
            step = factor * 10.0**power
            first, last = math.floor(low / step) + 1, math.floor(high / step)
            if first <= last:
                nearest = min(max(round(wanted / step), first), last)
                return float(f"{nearest * step:.12g}")
    return high
