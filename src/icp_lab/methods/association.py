"""All groups of accounts at once: which attributes tell best, ordinary, negative and lost ones apart."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.optimize import brentq
from scipy.stats import chi2, false_discovery_control, ncx2, random_table

from icp_lab.methods.effects import SMALL, as_numbers, is_numeric
from icp_lab.methods.result import Codes, Floats, Shown

SHUFFLES, FEWEST = 1999, 10


@dataclass(frozen=True)
class Association(Shown):
    """Which attributes tell the groups apart.

    Parameters
    ----------
    frame : DataFrame
        A row an attribute (or a member of a list): `attribute`, `level` (of a category the one whose share differs
        most; empty for numbers), a column a group with the median or with the share that has the level (NaN where too
        few have a value), `n`, `effect` (Cramer's V, 0 to 1) with `low` and `high`, `p_value`, `q_value`, `distinct`,
        `before_sale`. Strongest evidence first.
    groups : dict of str to int
        Accounts in each group, those that nobody is in left out.

    Examples
    --------
    >>> firms = pd.DataFrame({"size": ["Big"] * 30 + ["Small"] * 30}, index=[f"{i:02}" for i in range(60)])
    >>> compare_all(firms, {"best": firms.index[:20], "lost": firms.index[40:], "none": []}).groups
    {'best': 20, 'lost': 20}
    """

    frame: pd.DataFrame
    groups: dict[str, int]


def compare_all(attributes: pd.DataFrame, groups: Mapping[str, Collection[str]], *, q: float = 0.10,
                defining: Collection[str] = (), after_sale: Collection[str] = ()) -> Association:
    """Find which attributes tell several groups of accounts apart, and how strongly.

    Parameters
    ----------
    attributes : DataFrame
        A row an account, indexed by its id: numbers, dates, text, flags, or tuples of text.
    groups : Mapping of str to Collection of str
        The ids in each group, by its name; nobody is in two groups.
    q : float, default 0.1
        Accepted share of false finds among those called distinct, 0 to 1.
    defining : Collection of str, default ()
        Attributes that say themselves who is in which group: they are left out.
    after_sale : Collection of str, default ()
        Attributes that are known only after the sale: they are tested and marked.

    Returns
    -------
    Association
        A row an attribute, or a member of a list, the strongest evidence first.

    Notes
    -----
    Cramer's V without its bias, sqrt((chi2 - df) / (n min(r - 1, c - 1))), of levels or quarters of a number against
    groups; its 95 % interval inverts the noncentral chi-squared distribution (Smithson, 2003). p by the chi-squared
    test with (n - 1); where fewer than five accounts are expected in a cell it is the exact conditional one, drawn
    1,999 times with a fixed seed (Patefield, 1981). Levels of fewer than five accounts are put together; a group with
    fewer than ten values takes no part in that attribute.

    Examples
    --------
    >>> firms = pd.DataFrame({"size": ["Big"] * 30 + ["Small"] * 30}, index=[f"{i:02}" for i in range(60)])
    >>> thirds = {"best": firms.index[:20], "ordinary": firms.index[20:40], "lost": firms.index[40:]}
    >>> compare_all(firms, thirds).frame[["attribute", "level", "best", "ordinary", "lost", "distinct"]]
      attribute level  best  ordinary  lost  distinct
    0      size   Big   1.0       0.5   0.0      True
    """
    side = pd.Series({each: name for name, ids in groups.items() for each in ids}, dtype="str")
    frame = attributes.loc[attributes.index.isin(side.index)].sort_index()
    side, names = side[frame.index], [name for name, ids in groups.items() if len(ids)]
    rows = []
    for name in sorted(map(str, set(frame.columns) - set(defining))):
        column = frame[name].dropna()
        counts = side[column.index].value_counts()
        kept = [group for group in names if counts.get(group, 0) >= FEWEST]
        column = column[side[column.index].isin(kept)]
        where: Codes = pd.Categorical(side[column.index], categories=kept).codes.astype(np.int64)
        for level, codes, figures in _split(column, where, len(kept)) if len(kept) > 1 else ():
            table = np.bincount(codes * len(kept) + where, minlength=(int(codes.max()) + 1) * len(kept))
            rows.append({"attribute": name, "level": level, **dict(zip(kept, figures, strict=True)), "n": len(codes),
                         **_associate(table.reshape(-1, len(kept)))})
    columns = ["attribute", "level", *names, "n", "effect", "low", "high", "p_value"]
    found = pd.DataFrame(rows, columns=columns).astype({"attribute": "str", "level": "str", "p_value": "float64"})
    found["q_value"] = false_discovery_control(found["p_value"], method="bh") if len(found) else 0.0
    found["distinct"], found["before_sale"] = found["q_value"] <= q, ~found["attribute"].isin(list(after_sale))
    order = {"p_value": True, "effect": False, "attribute": True, "level": True}  # drawn p-values tie
    found = found.sort_values(list(order), ascending=list(order.values()), kind="stable", ignore_index=True)
    return Association(found, {name: int((side == name).sum()) for name in names})


def _split(column: "pd.Series", where: Codes, groups: int) -> Iterator[tuple[str, Codes, Floats]]:
    """Turn an attribute into codes, and say what is shown of it in each group."""
    size = np.bincount(where, minlength=groups)
    if is_numeric(column):
        values = as_numbers(column)
        cuts = np.unique(np.quantile(values, [0.25, 0.5, 0.75]))
        codes = np.searchsorted(cuts, values, side="right").astype(np.int64)
        if np.ptp(codes):
            yield "", codes, np.array([np.median(values[where == g]) for g in range(groups)])
    elif len(column) and isinstance(column.iloc[0], tuple):
        for member in sorted({member for members in column for member in members}):
            has = np.array([member in members for members in column], dtype=np.int64)
            if SMALL <= has.sum() < len(has):
                yield str(member), has, np.bincount(where, has, groups) / size
    else:
        is_flag = pd.api.types.is_bool_dtype(column.dtype)
        named = (column.map({True: "yes", False: "no"}) if is_flag else column).astype("str")
        often = sorted(named.value_counts().loc[lambda count: count >= SMALL].index)
        codes = pd.Index(often).get_indexer(named) % (len(often) + 1)  # the rare ones, -1, come last
        if often and np.ptp(codes):
            shares = np.array([np.bincount(where, codes == place, groups) / size for place in range(len(often))])
            shown = int(np.argmax(np.round(np.ptp(shares, axis=1), 9) + (np.array(often) == "yes")))
            yield often[shown], codes, shares[shown]


def _associate(table: Codes) -> dict[str, float]:
    table = table[table.sum(axis=1) > 0]
    n, rows, columns = int(table.sum()), table.sum(axis=1), table.sum(axis=0)
    expected = np.outer(rows, columns) / n
    value, df = float((((table - expected) ** 2) / expected).sum()) * (n - 1) / n, (len(rows) - 1) * (len(columns) - 1)
    p_value = float(chi2.sf(value, df))
    if expected.min() < SMALL:
        drawn = random_table(rows, columns, seed=0).rvs(SHUFFLES)
        as_far = (((drawn - expected) ** 2 / expected).sum(axis=(1, 2)) * (n - 1) / n >= value - 1e-9).sum()
        p_value = float((as_far + 1) / (SHUFFLES + 1))
    scale = n * min(len(rows) - 1, len(columns) - 1)
    ends = [_find_noncentrality(value, df, share) for share in (0.975, 0.025)]
    effect, low, high = (float(np.sqrt(min(max(part, 0.0) / scale, 1.0))) for part in (value - df, *ends))
    return {"effect": min(max(effect, low), high), "low": low, "high": high, "p_value": p_value}


def _find_noncentrality(value: float, df: int, share: float) -> float:
    """Find the noncentrality under which so large a share of draws lies below the value; 0 where none does."""
    if chi2.cdf(value, df) <= share:
        return 0.0
    return float(brentq(lambda nc: ncx2.cdf(value, df, nc) - share, 1e-9, 10 * value + 100))
