"""Accounts as points: mixed attributes put on one scale, so that distances between accounts mean something."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.stats import skew

from icp_lab.methods.result import Floats, Shown

RARE = 0.03  # a level or list member held by fewer (or lacked by fewer) says nothing about kinds
CATEGORY_WEIGHT = 0.5  # variance of a category against a number's: two different levels lie about one deviation apart
CLIP = 3.0  # robust deviations: one giant must not stretch the scale


@dataclass(frozen=True)
class Encoding(Shown):
    """Where each account lies among the others.

    Parameters
    ----------
    frame : DataFrame
        A row an account, sorted by id; a column a number or a level, centred, missing = 0 (the middle).
    attributes : tuple of str
        The attribute that each column came from, in the order of the columns.

    Examples
    --------
    >>> found = encode_attributes(pd.DataFrame({"kind": pd.Series(["a", "b"], ["A", "B"], dtype="str")}))
    >>> found.attributes
    ('kind', 'kind')
    """

    frame: pd.DataFrame
    attributes: tuple[str, ...]

    @property
    def points(self) -> Floats:
        """Hand out the bare matrix.

        Returns
        -------
        ndarray of float
            A row an account, a column a number or a level, as in `frame`.

        Examples
        --------
        >>> encode_attributes(pd.DataFrame({"size": [1.0, 2.0, 3.0]})).points.round(1).tolist()
        [[-1.2], [0.0], [1.2]]
        """
        return self.frame.to_numpy(dtype=np.float64)


def encode_attributes(attributes: pd.DataFrame) -> Encoding:
    """Encode accounts that are described by numbers, categories and lists, with gaps, so that distances can be taken.

    Parameters
    ----------
    attributes : DataFrame
        A row an account, indexed by account_id. Numbers (float64), categories (text), yes/no (`boolean`),
        lists (object column of tuples).

    Returns
    -------
    Encoding
        Attributes that say nothing (one value, or only rare levels) are left out.

    Raises
    ------
    ValueError
        An id stands twice in the index.

    Notes
    -----
    Numbers: logarithm where skewed and not negative, median and interquartile range, clipped at 3, then variance 1.
    Categories, yes/no and lists: a column a level that 3 to 97 % hold, each attribute with variance 0.5 in all,
    whatever the number of its levels. A missing value lies in the middle: it pulls an account nowhere.
    Source: robust scaling as in Huber (1981); equal inertia an attribute as in multiple factor analysis (Escofier and
    Pages, 1994).

    Examples
    --------
    >>> frame = pd.DataFrame({"size": [1.0, 2, 3, 4], "kind": pd.Series(["a", "a", "b", "b"], dtype="str")})
    >>> encode_attributes(frame.set_axis(["A", "B", "C", "D"])).frame.columns.to_list()
    ['size', 'kind = a', 'kind = b']
    """
    if not attributes.index.is_unique:
        raise ValueError("an account_id stands twice in the index")
    ordered = attributes.sort_index()
    parts = [_encode_number(column) if column.dtype.kind == "f" else _encode_levels(column)
             for _name, column in ordered.items()]
    frame = pd.concat(parts, axis=1) if parts else pd.DataFrame(index=ordered.index)
    return Encoding(frame, tuple(str(name) for name, part in zip(ordered, parts, strict=True) for _column in part))


def is_skewed(values: Sequence[float] | Floats) -> bool:
    """Tell whether numbers are better looked at on a logarithmic scale.

    Parameters
    ----------
    values : Sequence of float or ndarray of float
        The numbers; NaN are left out.

    Returns
    -------
    bool
        True for more than two numbers that are not negative and whose skewness (third standardised moment) is above 1.

    Examples
    --------
    >>> is_skewed([1, 2, 3, 4]), is_skewed([1, 2, 3, 400])
    (False, True)
    """
    known = np.asarray(values, dtype=np.float64)
    known = known[~np.isnan(known)]
    return len(known) > 2 and known.min() >= 0 and known.std() > 0 and float(skew(known)) > 1


def _encode_number(column: pd.Series) -> pd.DataFrame:
    values = column.to_numpy(dtype=np.float64)
    known = values[~np.isnan(values)]
    if len(np.unique(known)) < 2:
        return pd.DataFrame(index=column.index)
    if is_skewed(values):
        values, known = np.log1p(values), np.log1p(known)
    low, middle, high = np.percentile(known, [25, 50, 75])
    spread = (high - low) / 1.349 or known.std()
    scaled = np.clip((values - middle) / spread, -CLIP, CLIP)
    scaled = (scaled - np.nanmean(scaled)) / np.nanstd(scaled)
    return pd.DataFrame({str(column.name): np.nan_to_num(scaled)}, index=column.index)


def spread_levels(column: pd.Series) -> pd.DataFrame:
    """Spread a column over its levels: which accounts hold which.

    Parameters
    ----------
    column : Series
        Text, flags, or tuples of text.

    Returns
    -------
    DataFrame
        A column a level, in alphabetical order: 1, 0, or missing where the cell is.

    Examples
    --------
    >>> spread_levels(pd.Series([("x", "y"), ("y",), None])).values.tolist()
    [[1.0, 1.0], [0.0, 1.0], [nan, nan]]
    """
    held, levels = _hold_levels(column)
    return pd.DataFrame(held.T, column.index, levels)


def _hold_levels(column: pd.Series) -> tuple[Floats, list[str]]:
    """Give a row a level."""
    known = np.flatnonzero(column.notna())
    cells = [cell if isinstance(cell, tuple) else (str(cell),) for cell in column.to_numpy(dtype=object)[known]]
    levels = sorted({level for cell in cells for level in cell})
    place = {level: i for i, level in enumerate(levels)}
    held = np.where(column.notna(), np.zeros((len(levels), 1)), np.nan)
    held[[place[level] for cell in cells for level in cell], np.repeat(known, [len(cell) for cell in cells])] = 1.0
    return held, levels


def _encode_levels(column: pd.Series) -> pd.DataFrame:
    held, levels = _hold_levels(column)
    shares = np.nanmean(held, axis=1)
    kept = (shares >= RARE) & (shares <= 1 - RARE)
    centred = np.nan_to_num(held - shares[:, None])[kept]
    total = float(np.square(np.ascontiguousarray(centred.T)).mean(axis=0).sum())
    scaled = centred * np.sqrt(CATEGORY_WEIGHT / total) if total else centred
    return pd.DataFrame(scaled.T, column.index, [f"{column.name} = {levels[i]}" for i in np.flatnonzero(kept)])
