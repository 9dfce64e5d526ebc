"""Which difference is only the company that it keeps: is it still there among accounts alike in something else?"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

import numpy as np
import pandas as pd

from icp_lab.methods.contrast import Contrast, compare_groups
from icp_lab.methods.effects import Z, as_numbers, is_numeric, measure_delta
from icp_lab.methods.lift import lift_of
from icp_lab.methods.result import Codes, Flags, Floats, Shown
from icp_lab.rule import Rule

Measure = Literal["cliffs_delta", "risk_ratio", "lift"]

# A difference counts as explained when at least this share of it is gone, on the log scale for ratios.
MOVED = 0.5
RARE, INFORMATIVE = 5, 0.5
COLUMNS = ("attribute", "level", "start", "end", "measure", "held", "held_level", "crude", "crude_low", "crude_high",
           "effect", "low", "high", "n", "moved", "kind")


@dataclass(frozen=True)
class Confounding(Shown):
    """Which differences vanish among accounts that are alike in another attribute.

    Parameters
    ----------
    frame : DataFrame
        A row a clear difference (or criterion) and an attribute held fixed in which it is no longer clear: `attribute`,
        `level`, `start`, `end` and `measure` as in `Contrast`, or for a criterion its words as the level and the
        measure `lift`; `held` (what is held fixed) and `held_level` (its clearest level); `crude` and, held fixed,
        `effect` with their 95 % intervals; `n` (accounts in strata with both groups); `moved` (share of the effect that
        is gone, 0 to 1); `kind`: explained (what is held fixed stands by itself) or together (neither does).
    tried : int
        Pairs of a clear difference and an attribute to hold fixed.

    Examples
    --------
    >>> firms = pd.DataFrame({"big": [True, False] * 20}, index=[f"{i:02}" for i in range(40)])
    >>> sides = firms.index[::2], firms.index[1::2]
    >>> find_confounding(firms, *sides, compare_groups(firms, *sides)).tried
    0
    """

    frame: pd.DataFrame
    tried: int


class _Trait(NamedTuple):
    """What differs: a figure an account (1 and 0 for a level), and how the difference is measured."""

    attribute: str
    level: str
    start: float
    end: float
    measure: Measure
    values: Floats


class _Sides(NamedTuple):
    first: Flags
    group: Codes


def find_confounding(
    attributes: pd.DataFrame, first: Sequence[str], second: Sequence[str], contrast: Contrast) -> Confounding:
    """Find the clear differences between two groups that are explained by another attribute.

    Parameters
    ----------
    attributes : DataFrame
        A row an account, indexed by its id, as for `compare_groups`.
    first : Sequence of str
        Ids of the accounts in the first group.
    second : Sequence of str
        Ids of those in the second group; nobody is in both.
    contrast : Contrast
        What `compare_groups` said of them. Differences known before the sale are looked at; what is held fixed may be
        known after it.

    Returns
    -------
    Confounding
        Strongest evidence first.

    Notes
    -----
    A level is held fixed by the risk ratio of Mantel and Haenszel (1959) with the variance of Greenland and Robins
    (1985), a number by the mean of Cliff's deltas of the strata weighted as van Elteren (1960) does. Strata are levels,
    four to ten bands of numbers, and having a member of a list; missing is a stratum; levels of fewer than five
    accounts are put together. A difference is explained when it is distinct, its stratified interval reaches "no
    difference", at least half of it is gone, and what is held fixed stays clear when the tables are turned. Where that
    does not stay clear either, the two cannot be told apart. Strata in which one group is missing say nothing; a
    stratification that leaves less than half of the accounts says nothing either.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> client = pd.Series(rng.random(600) < 0.5, index=[f"{i:03}" for i in range(600)])
    >>> firms = pd.DataFrame({"client": client, "big": rng.random(600) < np.where(client, 0.8, 0.2)})
    >>> won = rng.random(600) < np.where(client, 0.8, 0.2)
    >>> sides = firms.index[won], firms.index[~won]
    >>> found = find_confounding(firms, *sides, compare_groups(firms, *sides)).frame
    >>> found[["attribute", "held", "kind"]].to_numpy().tolist()
    [['big', 'client', 'explained']]
    """
    frame = attributes.loc[attributes.index.isin([*first, *second])].sort_index()
    sides = _Sides(frame.index.isin(list(first)), np.arange(len(frame)))
    clear = contrast.frame[contrast.frame["distinct"]]
    traits = [_read(frame, row) for row in clear[clear["before_sale"]].to_dict("records")]
    return _hold_fixed(traits, frame, clear, sides)


def find_confounders(cases: pd.DataFrame, positive: pd.Series, rule: Rule, strata_columns: Sequence[str],
                     groups: pd.Series | None = None) -> Confounding:
    """Find the criteria of a rule that are explained by another attribute.

    Parameters
    ----------
    cases : DataFrame
        A row a case; the rule's attributes and `strata_columns` are among the columns.
    positive : Series
        Nullable boolean on the same index; unknown ones are left out.
    rule : Rule
        The rule; its own attributes are held fixed in turn as well.
    strata_columns : Sequence of str
        What else may be held fixed, known before or after the sale.
    groups : Series or None, default None
        Key of cases that belong together; intervals allow for their likeness.

    Returns
    -------
    Confounding
        The criteria, by their words, that are clear by themselves and not among cases alike in another attribute. The
        measure is the lift, held fixed as `measure_lift` does.

    Notes
    -----
    As `find_confounding`, with cases that came out well as the first group; numbers are held fixed in bands, and count
    as clear by their quarters as well.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> client = rng.random(600) < 0.5
    >>> cases = pd.DataFrame({"client": client, "seats": np.where(client, 40, 10) + rng.integers(0, 60, 600)})
    >>> won = pd.Series(rng.random(600) < np.where(client, 0.8, 0.2))
    >>> found = find_confounders(cases, won, Rule.from_dicts([{"attribute": "seats", "min": 40}]), ["client"]).frame
    >>> found[["attribute", "held", "kind"]].to_numpy().tolist()
    [['seats', 'client', 'explained']]
    """
    told = positive.reindex(cases.index).dropna().astype(bool)
    frame = cases.loc[told.index, sorted({*strata_columns, *rule.attributes})]
    ids = frame.index.astype("str")
    frame, yes = frame.set_axis(ids).sort_index(), pd.Series(told.to_numpy(), ids).sort_index()
    key = yes.index if groups is None else groups.loc[told.index].set_axis(ids).sort_index()
    clear = compare_groups(frame, list(yes.index[yes]), list(yes.index[~yes]), quarters=True).frame.query("distinct")
    traits = [_Trait(c.attribute, c.words(), np.nan, np.nan, "lift",
                     Rule((c,)).mask(frame).to_numpy(dtype=np.float64, na_value=np.nan)) for c in rule.criteria]
    return _hold_fixed(traits, frame, clear, _Sides(yes.to_numpy(), pd.factorize(key)[0].astype(np.int64)))


def _hold_fixed(traits: list[_Trait], frame: pd.DataFrame, clear: pd.DataFrame, sides: _Sides) -> Confounding:
    rows, tried = [], 0
    for trait in traits:
        crude = _estimate(trait, sides, np.zeros(len(frame), dtype=np.int64))
        if not _is_clear(trait, crude):
            continue
        for held, own, strata in _list_strata(frame, clear, trait.attribute):
            tried += 1
            effect = _estimate(trait, sides, strata)
            ends = [_scale(trait, value[0]) for value in (effect, crude)]
            moved = min(max(1 - ends[0] / ends[1], 0.0), 1.0)
            if effect[3] < INFORMATIVE * len(frame) or _is_clear(trait, effect) or moved < MOVED:
                continue
            turned = _cut(trait.values) if trait.measure == "cliffs_delta" else _number(pd.Series(trait.values))
            kind = "explained" if _is_clear(own, _estimate(own, sides, turned)) else "together"
            rows.append((*trait[:5], held, own.level, *crude[:3], *effect, moved, kind))
    return Confounding(pd.DataFrame(rows, columns=list(COLUMNS)), tried)


def _list_strata(frame: pd.DataFrame, clear: pd.DataFrame, but: str) -> Iterator[tuple[str, _Trait, Codes]]:
    """List what can be held fixed: attributes that differ clearly themselves, each by its clearest level."""
    for row in clear[clear["attribute"] != but].drop_duplicates("attribute").to_dict("records"):
        name = str(row["attribute"])
        trait, column = _read(frame, row), frame[name]
        lists = any(isinstance(value, tuple) for value in column.dropna().head(1))
        values = trait.values if lists else as_numbers(column) if is_numeric(column) else None
        yield name, trait, _number(column) if values is None else _cut(values)


def _read(frame: pd.DataFrame, row: Any) -> _Trait:
    """Take the figures behind a row of a contrast."""
    column, level = frame[row["attribute"]], row["level"]
    known = column.notna().to_numpy()
    if is_numeric(column):
        values = as_numbers(column)
        if not np.isnan(row["start"]):
            values = np.where(known, (values >= row["start"]) & (values < row["end"]), np.nan)
    elif pd.api.types.is_bool_dtype(column.dtype):
        values = column.to_numpy(dtype=np.float64, na_value=np.nan)
    else:
        has = column.eq(level).fillna(False) if isinstance(column.dtype, pd.StringDtype) else [
            level in value if isinstance(value, tuple) else str(value) == level for value in column]
        values = np.where(known, np.array(has, dtype=np.float64), np.nan)
    return _Trait(row["attribute"], level, row["start"], row["end"], row["measure"], values)


def _number(column: pd.Series) -> Codes:
    """Number the levels, missing as one of them; those of few accounts are put together."""
    codes = pd.factorize(column.astype("str"), sort=True, use_na_sentinel=False)[0].astype(np.int64) + 1
    return np.where((np.bincount(codes) < RARE)[codes], 0, codes)


def _cut(values: Floats) -> Codes:
    """Cut numbers into four to ten bands; missing is a stratum of its own."""
    known = ~np.isnan(values)
    bands = min(max(int(known.sum()) // 20, 4), 10)  # five strata take away about 90 % of a bias (Cochran, 1968)
    cuts = np.unique(np.quantile(values[known], np.arange(1, bands) / bands))
    return np.where(known, np.searchsorted(cuts, values, side="right"), len(cuts) + 1)


def _scale(trait: _Trait, effect: float) -> float:
    return effect if trait.measure == "cliffs_delta" else float(np.log(np.clip(effect, 1e-9, 1e9)))


def _is_clear(trait: _Trait, estimate: tuple[float, float, float, int]) -> bool:
    low, high = (_scale(trait, end) for end in estimate[1:3])
    return low > 0 or high < 0


def _estimate(trait: _Trait, sides: _Sides, strata: Codes) -> tuple[float, float, float, int]:
    """Measure a difference within strata: its size, the ends of its interval, and the accounts that it rests on."""
    known = ~np.isnan(trait.values)
    x, first, stratum = trait.values[known], sides.first[known], strata[known]
    size, ours = np.bincount(stratum), np.bincount(stratum, first)
    n = int(size[(ours > 0) & (ours < size)].sum())
    if trait.measure == "lift":
        group = np.unique(sides.group[known], return_inverse=True)[1]
        lift = lift_of(x, first.astype(np.float64), stratum=stratum, group=group)
        return lift.lift, lift.low, lift.high, n
    weigh = _weigh_deltas if trait.measure == "cliffs_delta" else _weigh_ratios
    return (*weigh(x, first, stratum), n)


def _weigh_deltas(x: Floats, first: Flags, stratum: Codes) -> tuple[float, float, float]:
    parts = []
    for each in np.unique(stratum):
        one, other = x[(stratum == each) & first], x[(stratum == each) & ~first]
        if min(len(one), len(other)) >= 2:
            pairs, (delta, variance) = len(one) * len(other), measure_delta(one, other)
            parts.append((pairs / (len(one) + len(other)), delta, max(variance, 1 / pairs)))
    if not parts:
        return 0.0, -1.0, 1.0
    weights, deltas, variances = np.array(parts).T
    share = weights / weights.sum()
    delta, half = float(share @ deltas), Z * float(np.sqrt(share**2 @ variances))
    return delta, max(delta - half, -1.0), min(delta + half, 1.0)


def _weigh_ratios(x: Floats, first: Flags, stratum: Codes) -> tuple[float, float, float]:
    codes = np.unique(stratum, return_inverse=True)[1]
    size, n, a, have = (np.bincount(codes, part) for part in (np.ones(len(x)), first, x * first, x))
    m, b = size - n, have - a
    up, down = float((a * m / size).sum()), float((b * n / size).sum())
    if up <= 0 or down <= 0:
        return 1.0, 0.0, float("inf")
    half = Z * float(np.sqrt(((n * m * have - a * b * size) / size**2).sum() / (up * down)))
    return up / down, up / down * np.exp(-half), up / down * np.exp(half)
