"""Two groups of accounts held against each other, attribute by attribute.

Marginal and unadjusted on purpose: what a reader can check by counting.
Multiplicity is controlled over all that was tried.
"""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

import numpy as np
import pandas as pd
from scipy.stats import chi2, false_discovery_control, fisher_exact, mannwhitneyu

from icp_lab.methods.effects import SMALL, as_numbers, estimate_delta, estimate_ratio, is_numeric
from icp_lab.methods.result import Floats, Shown

Comparison = Literal["best_negative", "best_ordinary", "value", "best"]
# What is said of an attribute or a level of it: figures, or the reason why it was not tested.
Row = dict[str, object]
# Ids of the accounts on either side.
Sides = tuple[tuple[str, ...], tuple[str, ...]]

TEXT = ("comparison", "attribute", "level", "measure")
FIGURES = ("effect", "low", "high", "n_first", "n_second", "p_value", "q_value",
           "share_first", "share_second", "median_first", "median_second", "start", "end")


@dataclass(frozen=True)
class Contrast(Shown):
    """How two groups of accounts differ.

    Parameters
    ----------
    frame : DataFrame
        A row an attribute (numbers) or a level of one (categories, list members, yes/no), in the form of the artifact
        `contrasts`, and beside it `share_first`, `share_second` (levels: 0 to 1) or `median_first`, `median_second`
        (numbers), `start` and `end` (of a quarter of a number's range, which is then a level), `before_sale`: is it
        known before the sale? and `distinct`: does it survive the control of multiplicity? Strongest evidence first.
    skipped : DataFrame
        What was not tested: `attribute`, `level`, `reason` (one_value, few_values, rare, defines).
    comparison : str
        Which groups: one of `Comparison`.
    n_first, n_second : int
        Accounts in the groups.
    q : float
        Share of false finds that is put up with among all that are called distinct.
    first_are : str, default 'best'
        What the first group is: best; or customers, where nobody is known to be best.

    Examples
    --------
    >>> firms = pd.DataFrame({"age": range(40), "same": 1}, index=[f"{i:02}" for i in range(40)])
    >>> compare_groups(firms, firms.index[20:], firms.index[:20]).skipped.values.tolist()
    [['same', '', 'one_value']]
    """

    frame: pd.DataFrame
    skipped: pd.DataFrame
    comparison: str
    n_first: int
    n_second: int
    q: float
    first_are: str = "best"


def pick_valuable(customers: pd.DataFrame, share: float) -> Sides:
    """Pick the customers of high value, and the others.

    Parameters
    ----------
    customers : DataFrame
        The artifact `customers`; those without a value are in neither group.
    share : float
        Share of customers of high value, 0 to 1.

    Returns
    -------
    tuple of (tuple of str, tuple of str)
        Ids of those of high value, the most valuable first, and of the others. Of equal values the smaller id goes
        first.

    Examples
    --------
    >>> customers = pd.DataFrame({"account_id": ["a", "b"], "status": "customer", "value": [1.0, 2.0]})
    >>> pick_valuable(customers, 0.5)
    (('b',), ('a',))
    """
    valued = customers[(customers["status"] == "customer") & customers["value"].notna()]
    ranked = valued.sort_values(["value", "account_id"], ascending=[False, True])["account_id"].tolist()
    places = round(share * len(ranked))
    return tuple(ranked[:places]), tuple(ranked[places:])


def pick_best(success: pd.DataFrame) -> Sides:
    """Pick the customers that are best, and those that are known not to be.

    Parameters
    ----------
    success : DataFrame
        The artifact `success`: account_id, best.

    Returns
    -------
    tuple of (tuple of str, tuple of str)
        Ids of the best, and of the others, in the order of the rows; whoever is too young to tell is in neither.

    Examples
    --------
    >>> success = pd.DataFrame({"account_id": ["a", "b", "c"], "best": pd.array([True, False, None], "boolean")})
    >>> pick_best(success)
    (('a',), ('b',))
    """
    ids, best = success["account_id"], success["best"]
    return tuple(ids[best.fillna(False)]), tuple(ids[~best.fillna(True)])


def compare_groups(  # noqa: PLR0913  (two groups, one comparison, two thresholds)
    attributes: pd.DataFrame, first: Sequence[str], second: Sequence[str], *,
    comparison: Comparison = "best_negative", q: float = 0.10, min_n: int = 10, defining: Collection[str] = (),
    after_sale: Collection[str] = (), first_are: str = "best", quarters: bool = False) -> Contrast:
    """Compare two groups of accounts: in which attributes do they differ, and by how much.

    Parameters
    ----------
    attributes : DataFrame
        A row an account, indexed by its id. Numbers and dates are compared as numbers, flags and text by level,
        tuples by member; missing values are left out attribute by attribute.
    first, second : Sequence of str
        Ids of the accounts in each group; nobody is in both.
    comparison : {'best_negative', 'best_ordinary', 'value', 'best'}, default 'best_negative'
        Name of the comparison, carried along.
    q : float, default 0.1
        Accepted share of false finds among those called distinct, 0 to 1.
    min_n : int, default 10
        Fewest accounts with a value that each group needs for an attribute to be tested.
    defining : Collection of str, default ()
        Attributes that say themselves who is in which group: they are listed, not tested.
    after_sale : Collection of str, default ()
        Attributes that are known only after the sale: they are tested and marked, as they can be an effect of it.
    first_are : str, default 'best'
        What the first group is, carried along.
    quarters : bool, default False
        Compare numbers by the quarters of their range as well, which shows what is neither more nor less.

    Returns
    -------
    Contrast
        Effects with 95 % intervals, p and q values, and what was not tested.

    Raises
    ------
    ValueError
        When an account is in both groups.

    Notes
    -----
    Numbers: Cliff's delta, P(first > second) - P(first < second), -1 to 1, with the asymmetric interval of Feng and
    Cliff (2004); p by Mann and Whitney (1947). Levels: ratio of the shares of the groups that have the level, with the
    log interval of Katz et al. (1978), in small cells the score interval of Koopman (1984); p by the chi-squared test
    with (n - 1) (Campbell 2007), in small cells by Fisher's exact test. With an empty cell the ratio is estimated with
    half an account added to each cell (Walter 1975); an upper end may then be infinite. q values by Benjamini and
    Hochberg (1995) over all rows of the comparison; intervals are not adjusted for their number. Levels that fewer than
    five accounts of both groups together have are not tested; of two levels that complement each other, one is.

    Examples
    --------
    >>> firms = pd.DataFrame({"employees": range(40), "region": ["North", "South"] * 20},
    ...                      index=[f"{i:02}" for i in range(40)])
    >>> contrast = compare_groups(firms, first=firms.index[20:], second=firms.index[:20])
    >>> contrast.frame[["attribute", "level", "effect", "distinct"]]
       attribute  level  effect  distinct
    0  employees            1.0      True
    1     region  South     1.0     False
    """
    both = sorted(set(first) & set(second))
    if both:
        raise ValueError(f"accounts in both groups: {', '.join(both[:5])}")
    chosen = [attributes.loc[attributes.index.isin(list(ids))].sort_index() for ids in (first, second)]
    rows: list[Row] = []
    for name in sorted(map(str, attributes.columns)):
        pair = [part[name].dropna() for part in chosen]
        if name in defining or min(map(len, pair)) < min_n:
            found: list[Row] = [{"level": "", "reason": "defines" if name in defining else "few_values"}]
        elif is_numeric(attributes[name]):
            found = _compare_numbers(*map(as_numbers, pair), quarters=quarters)
        else:
            found = _compare_levels(*pair)
        rows += [{"attribute": name, **row} for row in found]
    skipped = [row for row in rows if "reason" in row]
    frame = _control_multiplicity([row for row in rows if "reason" not in row], comparison, q)
    frame["before_sale"] = ~frame["attribute"].isin(list(after_sale))
    return Contrast(frame, pd.DataFrame(skipped, columns=["attribute", "level", "reason"], dtype="str"),
                    comparison, len(chosen[0]), len(chosen[1]), q, first_are)


def join_contrasts(*contrasts: Contrast) -> pd.DataFrame:
    """Join what several comparisons say, in the form of the artifact `contrasts`.

    Parameters
    ----------
    *contrasts : Contrast
        The comparisons, one or more.

    Returns
    -------
    DataFrame
        Their rows below each other: comparison, attribute, level, measure, effect, low, high, n_first, n_second,
        p_value, q_value.

    Examples
    --------
    >>> firms = pd.DataFrame({"age": range(40)}, index=[f"{i:02}" for i in range(40)])
    >>> one = compare_groups(firms, firms.index[20:], firms.index[:20], comparison="value")
    >>> join_contrasts(one, one)[["comparison", "attribute"]].values.tolist()
    [['value', 'age'], ['value', 'age']]
    """
    return pd.concat([contrast.frame[[*TEXT, *FIGURES[:7]]] for contrast in contrasts], ignore_index=True)


def _control_multiplicity(rows: list[Row], comparison: str, q: float) -> pd.DataFrame:
    kinds = {**dict.fromkeys(TEXT, "str"), **dict.fromkeys(FIGURES, "float64"), "n_first": "int64", "n_second": "int64"}
    frame = pd.DataFrame(rows, columns=list(kinds)).assign(comparison=comparison).astype(kinds)
    if len(frame):
        frame["q_value"] = false_discovery_control(frame["p_value"].to_numpy(), method="bh")
    frame["distinct"] = frame["q_value"] <= q
    return frame.sort_values(["p_value", "attribute", "level", "start"], kind="stable", ignore_index=True)


# Numbers


def _compare_numbers(x: Floats, y: Floats, *, quarters: bool) -> list[Row]:
    if np.ptp(np.concatenate([x, y])) == 0:
        return [{"level": "", "reason": "one_value"}]
    effect, low, high = estimate_delta(x, y)
    whole: Row = {"level": "", "measure": "cliffs_delta", "effect": effect, "low": low, "high": high, "n_first": len(x),
                  "n_second": len(y), "p_value": float(mannwhitneyu(x, y).pvalue), "median_first": float(np.median(x)),
                  "median_second": float(np.median(y))}
    return [whole, *(_compare_quarters(x, y) if quarters else [])]


def _compare_quarters(x: Floats, y: Floats) -> list[Row]:
    cuts = np.unique(np.quantile(np.concatenate([x, y]), [0, 0.25, 0.5, 0.75, 1]))
    cuts[-1] = np.nextafter(cuts[-1], np.inf)  # the largest belongs to the last quarter
    rows = []
    for start, end in pairwise(cuts.tolist()):
        a, b = (int(((part >= start) & (part < end)).sum()) for part in (x, y))
        if SMALL <= a + b < len(x) + len(y):
            rows.append({"level": "", "measure": "risk_ratio", "start": start, "end": end,
                         **_compare_shares(a, b, len(x), len(y))})
    return rows


# Levels


def _compare_levels(first: "pd.Series", second: "pd.Series") -> list[Row]:
    counts = [_count_levels(part) for part in (first, second)]
    levels = sorted(set(counts[0]) | set(counts[1]))
    n, m = len(first), len(second)
    table = {level: (counts[0].get(level, 0), counts[1].get(level, 0)) for level in levels}
    rows: list[Row] = []
    for level in _drop_complement(table, n, m):
        a, b = table[level]
        reason = "one_value" if a + b in (0, n + m) else "rare" if a + b < SMALL else ""
        told = {"reason": reason} if reason else {"measure": "risk_ratio", **_compare_shares(a, b, n, m)}
        rows.append({"level": level, **told})
    return rows


def _count_levels(values: "pd.Series") -> dict[str, int]:
    if pd.api.types.is_bool_dtype(values.dtype):
        return {"yes": int(values.astype(bool).sum())}
    members = (set(value) if isinstance(value, tuple) else {value} for value in values)
    return Counter(str(member) for account in members for member in account)


def _drop_complement(table: dict[str, tuple[int, int]], n: int, m: int) -> list[str]:
    """Of two levels that share all accounts between them keep the one that is commoner in the first group."""
    levels = list(table)
    if len(levels) == 2 and tuple(map(sum, zip(*table.values(), strict=True))) == (n, m):
        return [max(levels, key=lambda level: (table[level][0] / n - table[level][1] / m, level))]
    return levels


def _compare_shares(a: int, b: int, n: int, m: int) -> Row:
    effect, low, high = estimate_ratio(a, n, b, m)
    return {"effect": effect, "low": low, "high": high, "n_first": n, "n_second": m,
            "p_value": _test_shares(a, n, b, m), "share_first": a / n, "share_second": b / m}


def _test_shares(a: int, n: int, b: int, m: int) -> float:
    total, have = n + m, a + b
    expected = min(have, total - have) * min(n, m) / total
    if expected < SMALL:
        return float(fisher_exact(np.array([[a, n - a], [b, m - b]])).pvalue)
    statistic = (total - 1) * (a * (m - b) - b * (n - a)) ** 2 / (have * (total - have) * n * m)
    return float(chi2.sf(statistic, 1))
