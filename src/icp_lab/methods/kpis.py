"""KPIs of winning customers, each with formula, window, n, maturity and interval: inside against outside, over time."""

import re
from dataclasses import dataclass
from datetime import date
from itertools import product
from typing import Any, NamedTuple
from unicodedata import normalize

import numpy as np
import pandas as pd
from statsmodels.duration.survfunc import SurvfuncRight

from icp_lab.locale.declared import read_declared
from icp_lab.methods.customers import count_months, end_of, fill_table, tell_left, until
from icp_lab.methods.reached import REACHED
from icp_lab.methods.result import Floats, Shown, bound_difference, bound_gap, bound_mean, bound_rate, bound_share

SIDES = ("in", "out", "all")
RATES = ("lead_rate", "win_closed", "win_created")
Span = tuple[pd.Timestamp, pd.Timestamp]

_NAN, _DAY = float("nan"), pd.Timedelta(days=1)
_PERIOD = re.compile(r"(?:Q(?P<first>[1-4])[ /-]*)?(?P<year>\d{4})年?(?:[ /.-]*(?:Q|第)(?P<quarter>[1-4])(?:四半期)?|"
                     r"[ /.-]*(?P<month>1[0-2]|0?[1-9])月?(?:[/.-]?\d{1,2}日?)?)?", re.IGNORECASE)


@dataclass(frozen=True)
class Kpi:
    """What a KPI is, in words.

    Parameters
    ----------
    name : str
        Its name.
    formula : str
        How it is computed.
    counts : str
        What its n counts.
    kind : str
        How it is written: share, money and others, as in `Column`.
    needs : tuple of str
        Tables of the study that it can be made of.
    collect : str
        What to collect where it cannot be told.
    unit : str, default ''
        The unit behind the figure, such as days.

    Examples
    --------
    >>> KPIS["win_closed"].kind, KPIS["win_closed"].needs
    ('share', ('deals',))
    """

    name: str
    formula: str
    counts: str
    kind: str
    needs: tuple[str, ...]
    collect: str
    unit: str = ""


KPIS = {code: Kpi(**declared) for code, declared in read_declared("icp_lab.methods", "kpis.toml").items()}


class Figure(NamedTuple):
    """What a KPI comes to.

    Parameters
    ----------
    value : float, default nan
        The KPI; NaN where it cannot be told.
    low, high : float, default nan
        The ends of its 95 % interval.
    over : float, default nan
        Its numerator.
    n : int, default 0
        What it is computed from, in the terms of `Kpi.counts`.
    maturity : float, default nan
        Share of its cohort that is settled, 0 to 1.

    Examples
    --------
    >>> Figure(0.5, 0.24, 0.76, 5.0, 10, 1.0).over
    5.0
    """

    value: float = _NAN
    low: float = _NAN
    high: float = _NAN
    over: float = _NAN
    n: int = 0
    maturity: float = _NAN


@dataclass(frozen=True)
class Kpis(Shown):
    """What it takes to win customers, inside the profile and outside, before it was published and after.

    Parameters
    ----------
    frame : DataFrame
        The artifact `kpis`. A row a KPI, period (window, before, after) and side (in, out, all): kpi, period, side,
        value with its 95 % interval low and high, over (the numerator), n, maturity, start, end.
    gaps : DataFrame
        A row a rate and pair: kpi, pair (sides: inside less outside in the window; times: after less before), gap with
        its 95 % interval low and high.
    costed : dict of str to float
        Share of the months of each period for which costs are recorded, by period. Below 1 there is no CAC.
    unread : int
        Rows of costs whose period cannot be read.

    Examples
    --------
    >>> none = pd.DataFrame()
    >>> costs = pd.DataFrame({"period": ["2026-Q1", "some day"], "amount": [100.0, 50.0]})
    >>> kpis = measure_kpis(none, none, costs, none, pd.Series(dtype="str"), as_of=date(2026, 6, 30), resamples=1)
    >>> kpis.costed["window"], kpis.unread
    (0.25, 1)
    """

    frame: pd.DataFrame
    gaps: pd.DataFrame
    costed: dict[str, float]
    unread: int


class _Known(NamedTuple):
    as_of: pd.Timestamp
    resamples: int
    seed: int
    deals: pd.DataFrame
    customers: pd.DataFrame
    reached: pd.DataFrame


def measure_kpis(  # noqa: PLR0913  (four tables, the profile, and the terms of the window)
    customers: pd.DataFrame, deals: pd.DataFrame, costs: pd.DataFrame, reached: pd.DataFrame, fit: pd.Series, *,
    as_of: date, since: str = "", window_months: int = 12, lag_months: int = 0, resamples: int = 400, seed: int = 0,
) -> Kpis:
    """Measure the KPIs, inside the profile and outside, and before and after it was published.

    Parameters
    ----------
    customers : DataFrame
        The artifact `customers`: account_id, status, since, tenure_months, churned, lapsed, revenue, revenue_yearly,
        margin, value.
    deals : DataFrame
        The table: account_id, stage (won, lost, open), amount, created, closed. May be empty, as may those below.
    costs : DataFrame
        The table: period (a month, quarter or year, such as 2026-03, 2026-Q1, 2026), amount.
    reached : DataFrame
        Whom we reached: `list_reached`.
    fit : Series
        The side of accounts and leads, by their ids: in, out or unknown; those without one are unknown.
    as_of : date
        The day up to which we look.
    since : str, default ''
        Day on which the profile was published, as YYYY-MM-DD; empty where it was not.
    window_months : int, default 12
        Months of the window that ends at `as_of`, 1 or more.
    lag_months : int, default 0
        How many months spending comes before the customers that it wins, 0 or more.
    resamples : int, default 400
        Bootstrap samples behind LTV, payback (over customers) and velocity (over accounts).
    seed : int, default 0
        Seed of the bootstraps.

    Returns
    -------
    Kpis
        With a row for every KPI, period and side; what cannot be told is missing. `all` holds the unknown side too.

    Notes
    -----
    Rates: Wilson (1927); gaps: Newcombe (1998). CAC: spending over the exact interval of the number of new customers
    (Garwood, 1936); costs are not booked by account, so each side bears them by its share of the deals created.
    Ratios of two figures: MOVER on the log scale (Zou and Donner, 2008). Cycle length: the median of Kaplan and Meier
    (1958), interval of Brookmeyer and Crowley (1982) with Greenwood's variance; missing where fewer than half closed.
    The period before is as long as the one after. What becomes of a deal is followed up to `as_of` in each period, so
    that earlier cohorts are more mature: `maturity` says how much (share of deals closed; of customers that left; of
    companies reached at least three months ago, or a lead).

    Examples
    --------
    >>> deals = pd.DataFrame({"account_id": list("abcd"), "stage": ["won", "won", "lost", "open"], "amount": 100.0,
    ...                       "created": pd.Timestamp("2026-01-01"),
    ...                       "closed": pd.to_datetime(["2026-02-01"] * 3 + [None])})
    >>> kpis = measure_kpis(pd.DataFrame(), deals, pd.DataFrame(), pd.DataFrame(), pd.Series("in", list("abcd")),
    ...                     as_of=date(2026, 6, 30), resamples=20)
    >>> kpis.frame.query("kpi == 'win_created' and side == 'in'")[["value", "over", "n", "maturity"]].values.tolist()
    [[0.6666666666666666, 2.0, 3.0, 0.75]]
    """
    now = pd.Timestamp(as_of)
    deals = until(until(fill_table(deals, "deals"), "created", now), "closed", now)
    tables = ((deals, "account_id", ["account_id", "created", "closed", "stage", "amount"]),
              (fill_table(customers, "customers"), "account_id", ["account_id"]),
              (reached.reindex(columns=[*REACHED]).astype(REACHED), "unit", ["unit"]))
    known = _Known(now, resamples, seed, *(rows.assign(fit=rows[unit].map(fit).astype("str").fillna(
        "unknown")).sort_values(keys, ignore_index=True) for rows, unit, keys in tables))
    spending, rows, costed = _lay_out(costs), [], dict[str, float]()
    for period, span in _list_periods(now, since, window_months).items():
        spent, costed[period] = _sum_costs(spending, span, lag_months)
        for side in SIDES:
            figures = _reckon(known, span, side, period, spent)
            rows += [{"kpi": kpi, "period": period, "side": side, **figures[kpi]._asdict(), "start": span[0],
                      "end": span[1]} for kpi in KPIS]
    frame = pd.DataFrame(rows).astype({"start": "datetime64[s]", "end": "datetime64[s]"})
    return Kpis(frame, _list_gaps(frame), costed, int(spending["start"].isna().sum()))


def _list_periods(now: pd.Timestamp, since: str, months: int) -> dict[str, Span]:
    periods = {"window": (now + _DAY - pd.DateOffset(months=months), now)}  # from the first of a month to a last one
    if since and (start := pd.Timestamp(since)) <= now:
        periods |= {"before": (start - (now - start) - _DAY, start - _DAY), "after": (start, now)}
    return periods


def _reckon(known: _Known, span: Span, side: str, period: str, spent: float) -> dict[str, Figure]:
    deals, customers, reached = (rows if side == "all" else rows[rows["fit"] == side] for rows in known[3:])
    everybody = known.deals["created"].between(*span)
    created, done = deals[deals["created"].between(*span)], deals[deals["stage"].isin(["won", "lost"])]
    maturity = float(created["stage"].ne("open").mean()) if len(created) else _NAN
    won = {day: done.loc[done[day].between(*span), "stage"].eq("won") for day in ("closed", "created")}
    customers = customers[customers["status"].eq("customer") & ~(customers["since"] > span[1])]
    began = customers["since"].between(*span)
    ours = customers if period == "window" else customers[began]
    found = reached[reached["reached"].between(*span)]
    waited = found["lead"] | (found["reached"] <= known.as_of - pd.DateOffset(months=3))
    borne = spent if side == "all" else spent * len(created) / everybody.sum() if everybody.any() else _NAN
    cac = _divide_costs(borne, int(began.sum()), maturity)
    ltv = _average(ours["value"], ours, known)
    gain = ours["revenue_yearly"] * (ours["margin"] / ours["revenue"]).fillna(1.0) / ours["tenure_months"].clip(1, 12)
    monthly = _average(gain.where(~tell_left(ours).fillna(False).astype("bool")), ours, known)
    return {"lead_rate": _rate(found["lead"], float(waited.mean()) if len(found) else _NAN),
            "win_closed": _rate(won["closed"], 1.0), "win_created": _rate(won["created"], maturity), "cac": cac,
            "ltv": ltv, "ltv_cac": _divide(ltv, cac), "payback": _divide(cac, monthly),
            "cycle": _time_cycle(created, known.as_of, maturity),
            "velocity": _clock_sales(known, deals, span, maturity)}


def _rate(hits: pd.Series, maturity: float) -> Figure:
    n, yes = len(hits), int(hits.sum())
    return Figure(yes / n, *bound_share(yes, n), yes, n, maturity) if n else Figure()


def _divide_costs(spent: float, n: int, maturity: float) -> Figure:
    low, high = bound_rate(n, 1.0)
    return Figure(spent / n if n else _NAN, spent / high, spent / low if n else _NAN, spent, n, maturity)


def _average(values: pd.Series, rows: pd.DataFrame, known: _Known) -> Figure:
    told = values.dropna().to_numpy(dtype=np.float64)
    if not len(told):
        return Figure()
    rng = np.random.default_rng(known.seed)
    draws = np.array([rng.choice(told, len(told)).mean() for _draw in range(known.resamples)])
    left = tell_left(rows)[values.notna()].astype("float64").mean()
    return Figure(float(told.mean()), *bound_mean(draws, len(told)), float(told.sum()), len(told), float(left))


def _divide(above: Figure, below: Figure) -> Figure:
    """Divide one figure by another that is independent of it; n is that of the fewer."""
    if not (above.value > 0 and below.value > 0):
        return Figure(n=min(above.n, below.n))
    with np.errstate(invalid="ignore", divide="ignore"):  # a lower end may be a loss: no ratio is below it
        low, high = np.exp(bound_gap(*np.log([above[:3], below[:3]])))
    return Figure(above.value / below.value, float(low), float(high), above.value, min(above.n, below.n),
                  min(above.maturity, below.maturity))


def trace_deals(deals: pd.DataFrame, now: pd.Timestamp, weights: Floats | None = None) -> SurvfuncRight | None:
    """Trace how long deals stay open.

    Parameters
    ----------
    deals : DataFrame
        Columns stage (won, lost, open), created, closed. A deal takes a day at least, and an end without a day is no
        end.
    now : Timestamp
        The day up to which open ones were watched.
    weights : ndarray of float or None, default None
        How often each deal counts.

    Returns
    -------
    SurvfuncRight or None
        The share that is still open, by days; None where none has ended.

    Notes
    -----
    The estimate of Kaplan and Meier (1958): open deals count up to `now`, and are taken to close like the others.
    Weights are frequencies, as a bootstrap draws them.

    Examples
    --------
    >>> deals = pd.DataFrame({"stage": ["won", "lost", "open"], "created": pd.Timestamp("2026-01-01"),
    ...                       "closed": pd.to_datetime(["2026-01-11", "2026-01-31", None])})
    >>> float(trace_deals(deals, pd.Timestamp("2026-06-30")).quantile(0.5))
    30.0
    """
    told, days, ended = _watch_deals(deals, now)
    if weights is not None:
        return _trace(days, ended, weights[told])
    return SurvfuncRight(days, ended) if ended.any() else None


def _watch_deals(deals: pd.DataFrame, now: pd.Timestamp) -> tuple[Any, Any, Any]:
    """Tell which deals were watched, and of these for how many days and whether they ended."""
    told = (deals["stage"].eq("open") | deals["closed"].notna()).to_numpy() & deals["created"].notna().to_numpy()
    days = (deals["closed"].fillna(now) - deals["created"]).dt.days.clip(lower=1).to_numpy(dtype=np.float64)
    return told, days[told], deals["stage"].ne("open").to_numpy()[told]


def _trace(days: Any, ended: Any, weights: Floats) -> SurvfuncRight | None:
    there = weights > 0
    if not ended[there].any():
        return None
    return SurvfuncRight(days[there], ended[there], freq_weights=weights[there])


def _time_cycle(created: pd.DataFrame, now: pd.Timestamp, maturity: float) -> Figure:
    if (fit := trace_deals(created, now)) is None:
        return Figure(n=len(created), maturity=maturity)
    with np.errstate(all="ignore"):  # the end of the curve has no variance
        low, high = map(float, fit.quantile_ci(0.5))
    closed = float(created["stage"].ne("open").sum())
    return Figure(float(fit.quantile(0.5)), low, high if np.isfinite(high) else _NAN, closed, len(created), maturity)


def _clock_sales(known: _Known, deals: pd.DataFrame, span: Span, maturity: float) -> Figure:
    """Say how much is won a day, by the formula of sales velocity; whole accounts are drawn again."""
    accounts, ids = pd.factorize(deals["account_id"])
    created = deals["created"].between(*span).to_numpy()
    done = (deals["stage"].ne("open") & deals["closed"].between(*span)).to_numpy()
    won, amount = done & deals["stage"].eq("won").to_numpy(), deals["amount"].to_numpy(dtype=np.float64)
    paid, opened = won & ~np.isnan(amount), deals[created]
    told, days, ended = _watch_deals(opened, known.as_of)
    alike, cell = np.unique(2 * days + ended, return_inverse=True)  # deals of as many days count together
    groups = accounts[created][told], accounts[paid], accounts[won], accounts[done], accounts[created]
    amount, days, ended = amount[paid], alike // 2, alike % 2 == 1

    def clock(times: Floats) -> float:
        watched, payers, *counted = (times[group] for group in groups)
        fit = _trace(days, ended, np.bincount(cell, watched, len(alike)).astype(np.float64))
        if fit is None or not payers.sum():
            return _NAN
        wins, ends, begun = (weights.sum() for weights in counted)
        return float(begun * (wins / ends) * np.average(amount, weights=payers) / fit.quantile(0.5))

    value = clock(np.ones(len(ids)))
    if np.isnan(value):
        return Figure(n=len(opened), maturity=maturity)
    rng = np.random.default_rng(known.seed)
    drawn = (np.bincount(rng.integers(len(ids), size=len(ids)), minlength=len(ids)) for _draw in range(known.resamples))
    draws = np.array([clock(times.astype(np.float64)) for times in drawn])
    return Figure(value, *bound_mean(draws, opened["account_id"].nunique()), len(opened), len(opened), maturity)


def _list_gaps(frame: pd.DataFrame) -> pd.DataFrame:
    """Set inside against outside, and after against before, for the rates that both can be told of."""
    keys = zip(frame["kpi"], frame["period"], frame["side"], strict=True)
    counts = dict(zip(keys, frame[["over", "n"]].to_numpy().tolist(), strict=True))
    pairs = {"sides": (("window", "in"), ("window", "out")), "times": (("after", "in"), ("before", "in"))}
    rows = []
    for kpi, (pair, (first, second)) in product(RATES, pairs.items()):
        (hits, n), (others, m) = (counts.get((kpi, *key), (0, 0)) for key in (first, second))
        if n and m:
            rows.append((kpi, pair, hits / n - others / m, *bound_difference(int(hits), int(n), int(others), int(m))))
    return pd.DataFrame(rows, columns=["kpi", "pair", "gap", "low", "high"])


def _lay_out(costs: pd.DataFrame) -> pd.DataFrame:
    """Put spending on the clock: each row from the first day of its period to the first of the next."""
    rows = fill_table(costs, "costs").dropna(subset=["amount"])
    read = [_PERIOD.fullmatch(normalize("NFKC", said).strip()) for said in rows["period"].fillna("")]
    ends = [_clock_period(match) if match else (_NAN, _NAN) for match in read]
    return rows.assign(**dict(zip(("start", "stop"), np.array(ends).reshape(-1, 2).T, strict=True)))


def _clock_period(match: re.Match[str]) -> tuple[float, float]:
    start, quarter = 12.0 * int(match["year"]), match["first"] or match["quarter"]
    if quarter:
        return start + 3 * int(quarter) - 3, start + 3 * int(quarter)
    return (start + int(match["month"]) - 1, start + int(match["month"])) if match["month"] else (start, start + 12)


def _sum_costs(spending: pd.DataFrame, span: Span, lag: int) -> tuple[float, float]:
    """Sum what fell into a window, months before it where spending leads, and say how much of it is recorded at all."""
    start, stop = count_months(pd.Series([span[0]]))[0] - lag, end_of(span[1].date()) - lag
    middles = start + (stop - start) * (np.arange(120) + 0.5) / 120
    told = [bool(((spending["start"] <= at) & (at < spending["stop"])).any()) for at in middles]
    overlap = (spending["stop"].clip(upper=stop) - spending["start"].clip(lower=start)).clip(lower=0)
    spent = float((spending["amount"] * overlap / (spending["stop"] - spending["start"])).sum())
    return spent if all(told) else _NAN, float(np.mean(told))
