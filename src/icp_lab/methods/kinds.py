"""Kinds of customers side by side: how many, how fast they leave, what they are worth; and how money concentrates."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from icp_lab.methods.result import Floats, Shown, bound_mean, bound_rate
from icp_lab.methods.staying import expect_years
from icp_lab.methods.value import Worth

BY = ("industry", "size_band", "region")
TOP_SHARES = (0.01, 0.05, 0.1, 0.2, 0.5)


@dataclass(frozen=True)
class Kinds(Shown):
    """Which kinds of customers are worth most and leave least.

    Parameters
    ----------
    frame : DataFrame
        A row a kind, and one for all (`by` = all): by, kind (missing = not known), accounts, customers, lost, left,
        years (of customership), leave (share that leaves within a year) with leave_low and leave_high, value (mean a
        customer) with value_low and value_high, valued (customers with a value), revenue, revenue_share, margin,
        tenure (median months).

    Examples
    --------
    >>> Kinds(pd.DataFrame({"by": ["all"], "customers": [40], "leave": [0.1]})).frame["leave"].tolist()
    [0.1]
    """

    frame: pd.DataFrame


@dataclass(frozen=True)
class Concentration(Shown):
    """On how few customers the money hangs.

    Parameters
    ----------
    frame : DataFrame
        A row a top share: top, customers, share (of the money), share_low, share_high.
    curve : DataFrame
        Points of the curve: customers (share of them, largest first) and money (their share).
    n : int
        Customers with an amount.
    total : float
        The money.
    half : int
        How many customers bring half of the money.

    Examples
    --------
    >>> found = measure_concentration(pd.Series([60.0, 20.0, 10.0, 10.0]), resamples=20)
    >>> found.n, found.total, found.curve["money"].tolist()
    (4, 100.0, [0.0, 0.6, 0.8, 0.9, 1.0])
    """

    frame: pd.DataFrame
    curve: pd.DataFrame
    n: int
    total: float
    half: int


def compare_kinds(worth: Worth, *, resamples: int = 400, seed: int = 0) -> Kinds:
    """Compare industries, sizes and regions: which are worth most a customer, and which leave least.

    Parameters
    ----------
    worth : Worth
        What each customer is worth: `value_customers`.
    resamples : int, default 400
        Bootstrap samples for the intervals of mean values.
    seed : int, default 0
        Seed of the bootstrap.

    Returns
    -------
    Kinds
        A row a kind, and one for all.

    Notes
    -----
    Leaving is counted per year of customership, so that old and young customers compare, and turned into the share
    that leaves within a year, 1 - exp(-rate); its interval is exact. Mean
    value: bootstrap over customers in which the expected lifetime is estimated anew each time, so that its uncertainty
    is in the interval; ends are the percentiles widened for small groups (Hesterberg, 2015). Kinds with fewer than five
    customers get no interval. Intervals are 95 % each and not adjusted for the number of kinds; on simulated contracts
    with skewed margins they held the truth in about 91 of 100 cases (tests/truth/test_success_truth.py).

    Examples
    --------
    >>> from datetime import date
    >>> from icp_lab.methods.customers import classify_accounts
    >>> from icp_lab.methods.value import value_customers
    >>> firms = pd.DataFrame({"account_id": ["a", "b"], "industry": ["SaaS", "Bank"]})
    >>> paid = pd.DataFrame({"account_id": ["a", "b"], "amount": [90.0, 30.0], "date": pd.Timestamp("2025-05-01")})
    >>> none, day = pd.DataFrame(), date(2025, 12, 31)
    >>> worth = value_customers(classify_accounts(firms, none, paid, none, as_of=day).frame, paid, none, as_of=day)
    >>> compare_kinds(worth, resamples=20).frame[["by", "kind", "revenue_share"]].head(3).values.tolist()
    [['all', nan, 1.0], ['industry', 'Bank', 0.25], ['industry', 'SaaS', 0.75]]
    """
    accounts, rows = worth.frame, _lay_out(worth)
    means = _resample_means(rows, worth, np.random.default_rng(seed), resamples)
    table = [_describe("all", "", accounts, rows, means["all"][:, 0])]
    for by in BY:
        table += [_describe(by, str(kind), accounts[accounts[by].fillna("") == kind], mine, means[by][:, place])
                  for place, (kind, mine) in enumerate(rows.groupby(by))]
    frame = pd.DataFrame(table)
    revenue = frame["revenue"].astype("float64")
    frame["revenue_share"] = revenue / revenue.iloc[:1].where(revenue > 0).max()
    frame["kind"] = frame["kind"].astype("str").where(frame["kind"] != "")
    return Kinds(frame)


def measure_concentration(amounts: pd.Series, *, resamples: int = 400, seed: int = 0) -> Concentration:
    """Measure on how few customers the money hangs.

    Parameters
    ----------
    amounts : Series
        Money a customer; missing and negative amounts are left out.
    resamples : int, default 400
        Bootstrap samples for the intervals.
    seed : int, default 0
        Seed of the bootstrap.

    Returns
    -------
    Concentration
        Share of the money that the largest customers bring (Lorenz, 1905).

    Notes
    -----
    The shares are facts about these customers; the intervals say how far they would carry to another set of customers
    drawn alike (percentile bootstrap, which errs low where few very large customers dominate).

    Examples
    --------
    >>> measure_concentration(pd.Series([60.0, 20.0, 10.0, 10.0])).half
    1
    """
    money = np.sort(amounts[amounts >= 0].to_numpy(dtype=np.float64))[::-1]
    n, total = len(money), float(money.sum())
    if total <= 0:
        empty = pd.DataFrame(columns=["top", "customers", "share", "share_low", "share_high"], dtype="float64")
        return Concentration(empty, pd.DataFrame({"customers": [0.0], "money": [0.0]}), n, total, 0)
    places = [max(1, round(top * n)) for top in TOP_SHARES]
    rng = np.random.default_rng(seed)
    draws = np.array([_share_of_top(np.sort(rng.choice(money, n))[::-1], places) for _draw in range(resamples)])
    low, high = np.quantile(draws, [0.025, 0.975], axis=0)
    shares = _share_of_top(money, places)
    grid = np.unique(np.linspace(0, n, 101).round().astype(int))
    cumulated = np.concatenate([[0.0], money.cumsum()]) / total
    frame = pd.DataFrame({"top": TOP_SHARES, "customers": np.array(places, dtype=float), "share": shares,
                          "share_low": low, "share_high": high})
    curve = pd.DataFrame({"customers": grid / n, "money": cumulated[grid]})
    return Concentration(frame, curve, n, total, half=int(np.searchsorted(cumulated, 0.5)))


def _share_of_top(money: Floats, places: list[int]) -> Floats:
    return np.asarray(money.cumsum()[np.array(places) - 1] / (money.sum() or np.nan))


def _lay_out(worth: Worth) -> pd.DataFrame:
    """Set each customer's value out as `fixed + slope x years to come`."""
    facts = worth.frame[["account_id", "value", "value_basis", "revenue", "margin", *BY]]
    rows = worth.parts.merge(facts, on="account_id")
    rows["slope"] = rows["yearly"].where(rows["value_basis"] == "contracts", 0.0)
    rows["fixed"] = rows["value"] - rows["slope"] * rows["ahead"]
    rows[list(BY)] = rows[list(BY)].fillna("")
    return rows


def _resample_means(rows: pd.DataFrame, worth: Worth, rng: np.random.Generator, resamples: int) -> dict[str, Floats]:
    """Draw customers again and again: mean value of each kind, with the lifetime estimated in each draw."""
    valued = rows["value"].notna().to_numpy()
    fixed, slope = (rows[name].fillna(0.0).to_numpy() for name in ("fixed", "slope"))
    codes = {"all": np.zeros(len(rows), dtype=np.int64)} | {by: pd.factorize(rows[by], sort=True)[0] for by in BY}
    sizes = {by: int(code.max(initial=0)) + 1 for by, code in codes.items()}
    means = {by: np.full((resamples, size), np.nan) for by, size in sizes.items()}
    for draw in range(resamples if len(rows) else 0):
        weight = np.bincount(rng.integers(len(rows), size=len(rows)), minlength=len(rows)).astype(np.float64)
        ahead = expect_years(rows, worth.lifetime.horizon, weight) if worth.lifetime else 0.0
        for by, code in codes.items():
            worths = np.bincount(code, weight * valued * (fixed + slope * ahead), sizes[by])
            counts = np.bincount(code, weight * valued, sizes[by])
            means[by][draw] = np.divide(worths, counts, out=np.full(sizes[by], np.nan), where=counts > 0)
    return means


def _describe(by: str, kind: str, accounts: pd.DataFrame, rows: pd.DataFrame, draws: Floats) -> dict[str, object]:
    told = rows[rows["left"].notna() & rows["years"].notna()]
    left, years = int(told["left"].sum()), float(told["years"].sum())
    rates = np.array([left / years if years else np.nan, *bound_rate(left, years)])
    leave, low, high = (float(share) for share in -np.expm1(-rates))
    valued = rows["value"].dropna()
    value_low, value_high = bound_mean(draws, len(valued))
    return {"by": by, "kind": kind, "accounts": len(accounts), "customers": len(rows),
            "lost": int((accounts["status"] == "lost").sum()), "left": int(rows["left"].sum()), "years": years,
            "leave": leave, "leave_low": low, "leave_high": high, "valued": len(valued), "value": valued.mean(),
            "value_low": value_low, "value_high": value_high, "revenue": rows["revenue"].sum(min_count=1),
            "margin": rows["margin"].sum(min_count=1), "tenure": rows["years"].median() * 12}
