"""How long customers stay, when most of them are still here; and whether any attribute tells who stays."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd
from statsmodels.duration.survfunc import SurvfuncRight, survdiff

from icp_lab.methods import effects, encoding
from icp_lab.methods.result import Codes, Flags, Floats, Shown, adjust_holm, bound_mean, bound_rate

# What a level is, as in `Staying.frame`, and who has it.
Level = tuple[dict[str, Any], Flags]

CHECKPOINTS = (12, 24, 36, 60)
# So many customers have to have been seen for so long before a curve is read there, or a level is compared.
FEWEST = 10
_FEW_LEFT, _TAIL = 30, 0.025
_EXPECTED = 3  # leavers by a level's share of all years: with fewer the log-rank test calls too often


@dataclass(frozen=True)
class Lifetime:
    """Tell how long a customer stays.

    Parameters
    ----------
    customers : int
        Customers whose tenure is known.
    left : int
        How many of them left.
    years, years_low, years_high : float
        Expected years still to come of one who is a customer today, counted no further than `horizon`.
    horizon : float
        How far ahead value is counted, in years.
    survival : DataFrame
        A row a checkpoint: `month`, `at_risk`, `stayed` (Kaplan-Meier), `stayed_low`, `stayed_high`.

    Examples
    --------
    >>> stays = pd.DataFrame({"years": [2.0] * 6, "left": [False] * 6, "committed": 0.0})
    >>> life = estimate_lifetime(stays, 5.0, resamples=50)
    >>> life.customers, life.left, life.survival["month"].tolist()
    (6, 0, [12, 24])
    """

    customers: int
    left: int
    years: float
    years_low: float
    years_high: float
    horizon: float
    survival: pd.DataFrame


@dataclass(frozen=True)
class Staying(Shown):
    """Tell whether any attribute tells who stays.

    Parameters
    ----------
    frame : DataFrame
        A row a level, the attribute of the strongest evidence first and in it who stays longest: rank (0 is the
        strongest attribute, or member of a list), attribute, kind
        (interval, set, has, is), value, yes, start, end (of a quarter of a number's range; missing = open), n, left,
        stayed (share still here after `months`) with stayed_low and stayed_high; and of the whole attribute p_value,
        adjusted (for their number), distinct.
    curves : DataFrame
        A row a level and month: place (of the level in `frame`), month, at_risk, stayed, stayed_low, stayed_high.
    months : int
        After how many months shares are compared: as asked for, or as long as ten customers have been seen.
    n, left, tried : int
        Customers whose stay is known, how many of them left, attributes (and list members) looked at.

    Examples
    --------
    >>> stays = pd.DataFrame({"account_id": [f"{i:02}" for i in range(60)], "left": [i % 2 == 0 for i in range(60)],
    ...                       "years": [1.0 + i % 7 + 4 * (i % 2) for i in range(60)]})
    >>> found = compare_stays(stays, pd.DataFrame({"size": ["small", "large"] * 30}, index=stays["account_id"]))
    >>> found.n, found.left, found.tried
    (60, 30, 1)
    """

    frame: pd.DataFrame
    curves: pd.DataFrame
    months: int
    n: int
    left: int
    tried: int


def expect_years(stays: pd.DataFrame, horizon: float, weights: Floats | None = None) -> Floats:
    """Estimate how many more years each customer will stay, given how long it has been here.

    Parameters
    ----------
    stays : DataFrame
        A row a customer: years (of tenure), left, committed (years until its contracts can be left).
    horizon : float
        Years ahead that are counted, above 0.
    weights : ndarray of float or None, default None
        How often each customer counts, for resampling; None: once each.

    Returns
    -------
    numpy.ndarray
        Years, 0 to `horizon`, also for those who left: what one of their tenure would have had to come. The horizon
        for all where no stay is known; the mean of those still here for one whose tenure is not known.

    Notes
    -----
    The area under the Kaplan-Meier curve over the next `horizon` years, over the share that got so far. Nothing is
    assumed of the rate of leaving: it may fall with tenure, or leave from year to year as yearly contracts do. What is
    committed cannot be left, so the curve is entered at the end of the commitment. Where fewer than ten have been seen
    for so long, the later half of what was seen, in whole years, is taken to repeat itself.

    Examples
    --------
    >>> stays = pd.DataFrame({"years": [1.0] * 10 + [1.5] * 10, "left": [True] * 10 + [False] * 10, "committed": 0.0})
    >>> float(expect_years(stays, 5.0)[-1].round(2))  # half leave each year, at its end
    1.45
    """
    tenure, told = stays["years"].to_numpy(dtype=np.float64), _find_told(stays)
    if not told.any():
        return np.full(len(stays), horizon)
    weights = np.ones(len(stays)) if weights is None else weights
    left = stays["left"].fillna(False).to_numpy(dtype=bool)
    at, stayed = _repeat_end(tenure[told], left[told], weights[told], float(np.nanmax(tenure)) + horizon)
    area = np.concatenate([[0.0], np.cumsum(np.diff(at) * stayed[:-1])])
    # A contract's last day is written down as the day before the next or as the next: half a month allows for both.
    begin = tenure + np.clip(stays["committed"].to_numpy(dtype=np.float64) - 0.5 / 12, 0.0, horizon)
    share = stayed[np.searchsorted(at, begin, side="right") - 1]
    lived = np.interp(tenure + horizon, at, area) - np.interp(begin, at, area)
    ahead: Floats = begin - tenure + np.divide(lived, share, out=np.zeros_like(lived), where=share > 1e-12)
    here = told & ~left if (told & ~left).any() else told
    return np.where(np.isnan(ahead), ahead[here].mean(), ahead)


def estimate_lifetime(stays: pd.DataFrame, horizon: float, *, resamples: int = 400, seed: int = 0) -> Lifetime | None:
    """Estimate how long a customer stays, when most of them are still here.

    Parameters
    ----------
    stays : DataFrame
        As for `expect_years`.
    horizon : float
        As for `expect_years`.
    resamples : int, default 400
        Draws of the bootstrap over customers behind the interval of the years to come, 1 or more.
    seed : int, default 0
        Start of its random numbers.

    Returns
    -------
    Lifetime or None
        None where it cannot be said of anybody whether it left, or no tenure is known.

    Notes
    -----
    A bootstrap can only repeat the leaving that was seen. Where fewer than thirty left, the lower end is therefore at
    most what a constant rate at the upper end of its exact interval (Garwood, 1936) would give.

    Examples
    --------
    >>> stays = pd.DataFrame({"years": [2.0] * 6, "left": [False] * 6, "committed": 0.0})
    >>> life = estimate_lifetime(stays, 5.0, resamples=50)
    >>> life.years, round(life.years_low, 1)  # nobody left in twelve years of customership, which proves little
    (5.0, 2.6)
    """
    known = stays[_find_told(stays)]
    years, left = known["years"].to_numpy(dtype=np.float64), known["left"].to_numpy(dtype=bool)
    if years.sum() <= 0:
        return None
    here = ~left if not left.all() else left
    rng, n = np.random.default_rng(seed), len(known)
    draws = np.full(resamples, np.nan)
    for draw in range(resamples):
        weights = np.bincount(rng.integers(n, size=n), minlength=n).astype(np.float64)
        if weights[here].sum():
            draws[draw] = np.average(expect_years(known, horizon, weights)[here], weights=weights[here])
    low, high = bound_mean(draws, n)
    if left.sum() < _FEW_LEFT:
        fastest = bound_rate(int(left.sum()), float(years.sum()))[1]
        low = min(low, float(-np.expm1(-fastest * horizon) / fastest))
    mean = float(expect_years(known, horizon)[here].mean())
    return Lifetime(n, int(left.sum()), mean, low, high, horizon, trace_stays(years, left, np.array(CHECKPOINTS)))


def trace_stays(years: Floats, left: Flags, months: Codes) -> pd.DataFrame:
    """Trace which share of customers is still here after so many months.

    Parameters
    ----------
    years : ndarray of float
        Tenure of each customer.
    left : ndarray of bool
        True where it ended.
    months : ndarray of int
        When to look; where nobody has been seen for so long there is no row.

    Returns
    -------
    pandas.DataFrame
        Columns `month`, `at_risk` (customers seen for so long), `stayed`, `stayed_low`, `stayed_high`.

    Notes
    -----
    Kaplan and Meier (1958), with Greenwood's variance on the scale log(-log). Where nobody left the lower end is the
    exact one of those at risk.

    Examples
    --------
    >>> trace_stays(np.array([0.5, 1.5, 2.0, 3.0]), np.array([True, False, True, False]), np.array([12, 24]))[
    ...     ["month", "at_risk", "stayed"]].to_numpy().tolist()
    [[12.0, 3.0, 0.75], [24.0, 2.0, 0.375]]
    """
    tenure = np.sort(years * 12)
    fit = SurvfuncRight(years * 12, left.astype(np.float64))
    at_risk = len(tenure) - np.searchsorted(tenure, months, side="left")
    months, at_risk = months[at_risk > 0], at_risk[at_risk > 0]
    place = np.searchsorted(fit.surv_times, months, side="right")
    stayed = np.concatenate([[1.0], fit.surv_prob])[place]
    spread = np.concatenate([[0.0], fit.surv_prob_se])[place]
    with np.errstate(divide="ignore", invalid="ignore"):  # everybody or nobody left: no variance to be had
        half = np.exp(effects.Z * spread / (stayed * np.abs(np.log(stayed))))
        low, high = stayed**half, stayed ** (1 / half)
    low, high = np.where(stayed == 1, [_TAIL ** (1 / at_risk), np.ones(len(stayed))], [low, high])
    return pd.DataFrame({"month": months, "at_risk": at_risk, "stayed": stayed, "stayed_low": low, "stayed_high": high})


def compare_stays(stays: pd.DataFrame, attributes: pd.DataFrame, *, months: int = 24, alpha: float = 0.05) -> Staying:
    """Find out whether any attribute tells who stays.

    Parameters
    ----------
    stays : DataFrame
        A row a customer: account_id, years (of tenure), left.
    attributes : DataFrame
        A row an account, indexed by its id; missing values are left out attribute by attribute.
    months : int, default 24
        After how many months the shares that stayed are compared, 1 or more.
    alpha : float, default 0.05
        How often any attribute at all may be called so where none tells anything, 0 to 1.

    Returns
    -------
    Staying
        Every attribute with at least two levels of ten customers or more, of whom three could be expected to leave.

    Notes
    -----
    Log-rank test (Mantel, 1966) of the levels of each attribute, with or without each member of a list, and the
    quarters of a number; p-values are adjusted for their number (Holm, 1979). Customers who are still here count for
    as long as they were seen.

    Examples
    --------
    >>> stays = pd.DataFrame({"account_id": [f"{i:02}" for i in range(60)], "left": [i % 2 == 0 for i in range(60)],
    ...                       "years": [1.0 + i % 7 + 4 * (i % 2) for i in range(60)]})
    >>> size = pd.DataFrame({"size": ["small", "large"] * 30}, index=stays["account_id"])
    >>> compare_stays(stays, size).frame[["attribute", "value", "n", "left", "distinct"]].to_numpy().tolist()
    [['size', 'large', 30, 0, True], ['size', 'small', 30, 30, True]]
    """
    known = stays[_find_told(stays)].set_index("account_id").sort_index()
    years, left = known["years"].to_numpy(dtype=np.float64), known["left"].to_numpy(dtype=bool)
    months = min(months, int(12 * np.sort(years)[-min(FEWEST, len(years))])) if len(years) else months
    p_values, rows = list[float](), list[dict[str, Any]]()
    for name in sorted(map(str, attributes.columns)) if left.any() else ():
        for split in _split_levels(attributes[name].reindex(known.index)):
            levels = [(level, mine) for level, mine in split
                      if mine.sum() >= FEWEST and left.sum() * years[mine].sum() >= _EXPECTED * years.sum()]
            sides = np.array([mine for _level, mine in levels])
            used = sides.any(axis=0) if len(levels) > 1 else np.zeros(len(left), dtype=np.bool_)
            if left[used].any():
                rows += [{"attribute": name, "rank": len(p_values), **row}
                         for row in _describe(levels, years, left, months)]
                p_values.append(
                    float(survdiff(years[used], left[used].astype(np.float64), sides.argmax(axis=0)[used])[1]))
    tests = pd.DataFrame({"p_value": p_values, "adjusted": adjust_holm(np.array(p_values))}, dtype="float64")
    tests = tests.assign(distinct=tests["adjusted"] <= alpha, strongest=tests["p_value"].rank(method="first") - 1)
    found = pd.DataFrame(rows, columns=[*_COLUMNS[:-3], "curve"]).join(tests, on="rank")
    found["rank"] = found["strongest"].astype("int64")
    found = found.sort_values(["rank", "stayed"], ascending=[True, False], ignore_index=True)
    curves = [curve.assign(place=place) for place, curve in enumerate(found["curve"])]
    curve = pd.concat(curves, ignore_index=True) if curves else trace_stays(years, left, np.array([], dtype=np.int64))
    return Staying(found[_COLUMNS], curve, months, len(known), int(left.sum()), len(p_values))


_COLUMNS = ["rank", "attribute", "kind", "value", "yes", "start", "end", "n", "left", "stayed", "stayed_low",
            "stayed_high", "p_value", "adjusted", "distinct"]


def _describe(levels: list[Level], years: Floats, left: Flags, months: int) -> Iterator[dict[str, Any]]:
    """Say of each level how many there are, how many left, and trace its curve month by month."""
    for level, mine in levels:
        longest = max(int(np.sort(years[mine])[-FEWEST] * 12), 1)
        curve = trace_stays(years[mine], left[mine], np.arange(max(longest, months) + 1))
        then = curve.loc[curve["month"] == months, ["stayed", "stayed_low", "stayed_high"]]
        stayed, low, high = then.iloc[0] if len(then) else (np.nan, np.nan, np.nan)
        yield {**level, "n": int(mine.sum()), "left": int(left[mine].sum()), "stayed": stayed, "stayed_low": low,
               "stayed_high": high, "curve": curve[curve["month"] <= longest]}


def _split_levels(column: pd.Series) -> Iterator[list[Level]]:
    """Say what the levels of an attribute are and who has each; a list gives a pair of levels a member."""
    known = column.notna().to_numpy()
    plain: dict[str, Any] = {"kind": "set", "value": "", "yes": True, "start": np.nan, "end": np.nan}
    if effects.is_numeric(column):
        values = effects.as_numbers(column)
        cuts = np.unique(np.nanquantile(values, [0.25, 0.5, 0.75])) if known.any() else np.array([])
        quarter, ends = np.searchsorted(cuts, values, side="right"), [np.nan, *cuts.tolist(), np.nan]
        yield [(plain | {"kind": "interval", "start": low, "end": high}, known & (quarter == place))
               for place, (low, high) in enumerate(pairwise(ends))]
    elif known.any() and isinstance(column[known].iloc[0], tuple):
        for member, has in encoding.spread_levels(column).items():
            yield [(plain | {"kind": "has", "value": member, "yes": yes}, (has == yes).to_numpy())
                   for yes in (True, False)]
    else:
        flags = pd.api.types.is_bool_dtype(column.dtype)
        yield [(plain | ({"kind": "is", "yes": level == "True"} if flags else {"value": level}), (has == 1).to_numpy())
               for level, has in encoding.spread_levels(column).items()]


def _find_told(stays: pd.DataFrame) -> Flags:
    return (stays["years"].notna() & stays["left"].notna()).to_numpy(dtype=bool)


def _repeat_end(years: Floats, left: Flags, weights: Floats, limit: float) -> tuple[Floats, Floats]:
    """Trace who stayed, step by step, and let the later half of what was seen repeat itself up to a limit."""
    fit = SurvfuncRight(years, left.astype(np.float64), freq_weights=weights)
    seen = max(float(np.sort(years)[-min(FEWEST, len(years))]), 1 / 12)
    at, stayed = (np.concatenate([[start], part[fit.surv_times <= seen]])
                  for start, part in ((0.0, fit.surv_times), (1.0, fit.surv_prob)))
    period = max(1.0, seen // 2) if seen >= 1 else seen  # whole years, so that yearly contracts keep their beat
    first = int(np.searchsorted(at, seen - period, side="right"))
    rounds = np.arange(1, int(np.ceil((limit - seen) / period)) + 1)[:, None]
    share = stayed[-1] / stayed[first - 1] if stayed[first - 1] else 0.0
    at = np.concatenate([at, (at[first:] + rounds * period).ravel(), [limit + 2 * period]])
    return at, np.concatenate([stayed, (stayed[first:] * share**rounds).ravel(), [0.0]])
