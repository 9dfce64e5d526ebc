"""How far do people agree who judged the same things? Krippendorff's alpha for codes, Kendall's W for votes."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.stats import norm, rankdata, t

from icp_lab.methods.result import Floats, bound_mean

_DRAWS = 999


@dataclass(frozen=True)
class Agreement:
    """How far people agree.

    Parameters
    ----------
    value, low, high : float
        The coefficient with its 95 % interval; NaN where it cannot be had.
    n : int
        Things judged that count.
    raters : int
        People who judged them.
    chance : float
        What the coefficient is on average where everybody judges at random.
    p_value : float, default nan
        How often shuffled judgements agree as much, 0 to 1; NaN where that was not asked.

    Examples
    --------
    >>> said = pd.DataFrame({"item": list("abc") * 2, "rater": [1] * 3 + [2] * 3, "vote": [1, 5, 9, 2, 4, 8]})
    >>> agreed = kendalls_w(said)
    >>> agreed.value, agreed.n, agreed.raters
    (1.0, 3, 2)
    """

    value: float
    low: float
    high: float
    n: int
    raters: int
    chance: float
    p_value: float = float("nan")


def krippendorff_alpha(ratings: pd.DataFrame, *, seed: int = 0) -> Agreement:
    """Measure how far raters agree beyond chance on the values of units.

    Parameters
    ----------
    ratings : DataFrame
        Columns unit, rater and value; one row a unit and rater. A rater need not have judged every unit. With a column
        cluster, units of one cluster are drawn together for the interval.
    seed : int, default 0
        Of the draws.

    Returns
    -------
    Agreement
        Alpha: 1 = in all, 0 = as by chance, below 0 = less than that. NaN where everybody gives one value throughout.

    Notes
    -----
    alpha = 1 - D_o / D_e with any two values as far apart as any other (nominal), the disagreement seen within units
    over that of all values paired at random (Krippendorff, 2011). The interval comes from 999 draws of units, or of
    clusters, with replacement (BCa: Efron, 1987), its percentiles widened for few (Hesterberg, 2015). The usual
    reading, 0.8 reliable and 0.667 the least for careful conclusions (Krippendorff, 2004), is a convention.

    Examples
    --------
    >>> said = pd.DataFrame({"unit": [1, 1, 2, 2, 3, 3], "rater": ["a", "b"] * 3, "value": [0, 0, 1, 1, 0, 1]})
    >>> round(krippendorff_alpha(said).value, 3)
    0.444
    """
    known = ratings.dropna(subset=["value"]).drop_duplicates(["unit", "rater"])
    counts = known.groupby(["unit", "value"]).size().unstack(fill_value=0).sort_index()
    pairable = counts[counts.sum(axis=1) >= 2]
    cluster = known.groupby("unit")[("cluster" if "cluster" in known else "unit")].first().reindex(pairable.index)
    codes = pd.factorize(cluster, sort=True)[0]
    groups, rng = int(codes.max(initial=-1)) + 1, np.random.default_rng(seed)
    drawn = rng.multinomial(groups, np.full(groups, 1 / groups), size=_DRAWS) if groups else np.zeros((0, 0))
    weights = np.vstack([np.ones(len(codes)), drawn[:, codes], codes != np.arange(groups)[:, None]])
    value, *others = _alpha(pairable.to_numpy(dtype=np.float64), weights).tolist()
    low, high = _bound(value, np.array(others[:len(drawn)]), np.array(others[len(drawn):]))
    return Agreement(value, low, high, len(pairable), known["rater"].nunique(), 0.0)


def _bound(value: float, draws: Floats, without: Floats) -> tuple[float, float]:
    """Give the ends of the interval: percentiles of the draws, shifted by their bias and bent by their skewness."""
    known, n = draws[~np.isnan(draws)], len(without)
    if n < 5 or np.isnan(value):
        return float("nan"), float("nan")
    drops = np.nanmean(without) - without
    below = (np.mean(known < value) + np.mean(known <= value)) / 2
    shift, spread = norm.ppf(np.clip(below, 0.5 / _DRAWS, 1 - 0.5 / _DRAWS)), np.nansum(drops**2) ** 1.5
    bend = np.nansum(drops**3) / (6 * spread) if spread else 0.0
    tail = np.sqrt(n / (n - 1)) * t.ppf(0.025, n - 1)
    ends = shift + np.array([tail, -tail])
    low, high = np.quantile(known, norm.cdf(shift + ends / (1 - bend * ends)))
    return float(low), float(high)


def _alpha(counts: Floats, weights: Floats) -> Floats:
    """Give alpha from how often each value was given to each unit, for each row of weights of the units."""
    n = counts.sum(axis=1)
    seen, total = weights @ ((n**2 - (counts**2).sum(axis=1)) / (n - 1)), weights @ counts
    expected = total.sum(axis=1) ** 2 - (total**2).sum(axis=1)
    apart = (total.sum(axis=1) - 1) * seen
    return np.asarray(1 - np.divide(apart, expected, out=np.full(len(seen), np.nan), where=expected > 0))


def compare_coders(passages: pd.DataFrame, coders: pd.DataFrame, *, seed: int = 0) -> Agreement:
    """Measure how far further coders find the same codes in the interviews as those who wrote them up.

    Parameters
    ----------
    passages : DataFrame
        Columns interview, passage and codes (a tuple).
    coders : DataFrame
        Columns coder, interview, passage and code; a coder has read the whole of each interview of which there is a
        row.
    seed : int, default 0
        Of the draws.

    Returns
    -------
    Agreement
        Krippendorff's alpha of the question, for each passage that two have read and each code in use, whether the
        code fits; passages are drawn together, whatever their codes.

    Notes
    -----
    Units of one passage are drawn together for the interval, since they rest on the same words (`krippendorff_alpha`).

    Examples
    --------
    >>> passages = pd.DataFrame({"interview": "i", "passage": [1, 2], "codes": [("price",), ()]})
    >>> second = pd.DataFrame({"coder": "Bo", "interview": "i", "passage": [1], "code": ["price"]})
    >>> compare_coders(passages, second).value
    1.0
    """
    keys = ["coder", "interview", "passage", "code"]
    first = passages[["interview", "passage", "codes"]].explode("codes").rename(columns={"codes": "code"})
    given = pd.concat([first.assign(coder=""), coders], ignore_index=True)[keys].dropna().drop_duplicates()
    read = pd.concat([passages.assign(coder=""), coders])[["coder", "interview"]].drop_duplicates()
    read = read[read["interview"].isin(coders["interview"])].merge(passages[["interview", "passage"]], on="interview")
    asked = read.merge(given.loc[given["code"] != "", ["code"]].drop_duplicates(), how="cross")[keys]
    asked["value"] = asked.merge(given.assign(yes=1), on=keys, how="left")["yes"].fillna(0)
    asked["cluster"] = asked["interview"] + "/" + asked["passage"].astype("str")
    asked["unit"] = asked["cluster"] + "/" + asked["code"]
    return krippendorff_alpha(asked.rename(columns={"coder": "rater"}), seed=seed)


def kendalls_w(votes: pd.DataFrame, *, seed: int = 0) -> Agreement:
    """Measure how far raters put the items in the same order.

    Parameters
    ----------
    votes : DataFrame
        Columns item, rater and vote (the higher the better); of several votes of a rater on an item the median counts.
    seed : int, default 0
        Of the draws and shuffles.

    Returns
    -------
    Agreement
        W: 1 = all in the same order; where all vote at random it is 1 / raters on average, not 0. NaN with fewer than
        two raters or three items, or where nobody prefers anything.

    Notes
    -----
    W = 12 S / (m^2 (n^3 - n) - m T), S the sum of squares of the items' rank sums about their mean, T the sum of
    t^3 - t over ties (Kendall and Babington Smith, 1939; Kendall and Gibbons, 1990). Raters who voted on fewer than
    half of the items do not count, then items that one of the others left open do not. The interval comes from 999
    draws of *items* with replacement, ranked again: a rater drawn twice would agree with himself and raise W. p: the
    share of 999 shuffles of each rater's votes that reach W.

    Examples
    --------
    >>> said = pd.DataFrame({"item": list("abcd") * 2, "rater": [1] * 4 + [2] * 4, "vote": [1, 2, 3, 4, 1, 2, 4, 3]})
    >>> round(kendalls_w(said).value, 3)
    0.9
    """
    table = votes.pivot_table(index="item", columns="rater", values="vote", aggfunc="median").sort_index()
    full = table.loc[:, table.notna().mean() >= 0.5].dropna().to_numpy(dtype=np.float64)
    n, m = full.shape
    value = float(_concordance(full))
    if np.isnan(value):
        return Agreement(value, value, value, n, m, 1 / m if m else value)
    rng = np.random.default_rng(seed)
    draws = _concordance(full[rng.integers(n, size=(_DRAWS, n))])
    shuffled = _concordance(rng.permuted(np.tile(full, (_DRAWS, 1, 1)), axis=1))
    low, high = bound_mean(draws, n)
    p_value = (1 + int((shuffled >= value - 1e-9).sum())) / (1 + _DRAWS)
    return Agreement(value, low, high, n, m, 1 / m, p_value)


def _concordance(votes: Floats) -> Floats:
    """Give W from a row an item and a column a rater, or the W of each of many such tables."""
    n, m = votes.shape[-2:]
    if n < 3 or m < 2:
        return np.array(np.nan)
    ranks = rankdata(votes, axis=-2) - (n + 1) / 2
    most = m * (ranks**2).sum(axis=(-2, -1))  # = (m^2 (n^3 - n) - m T) / 12
    seen = (ranks.sum(axis=-1) ** 2).sum(axis=-1)
    return np.asarray(np.divide(seen, most, out=np.full(most.shape, np.nan), where=most > 0))
