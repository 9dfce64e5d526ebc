"""What each customer is worth: revenue, margin and lifetime value, out of contracts, a ledger or won deals."""

import warnings
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.stats import CensoredData, chi2, ecdf

from icp_lab.locale import _
from icp_lab.methods.customers import fill_columns, tell_left, until
from icp_lab.methods.months import count_months, end_of
from icp_lab.methods.result import Shown

Basis = Literal["contracts", "margin_3y", "deals", ""]
Floats = NDArray[np.float64]

PERIODS = {"month": 1.0, "quarter": 3.0, "year": 12.0}
CHECKPOINTS = (12, 24, 36, 60)
_REVENUE = {"account_id": "str", "amount": "float64", "date": "datetime64[s]", "end_date": "datetime64[s]",
            "per": "str", "recurring": "boolean", "ended": "boolean", "cost": "float64"}
_DEAL = {"account_id": "str", "stage": "str", "amount": "float64", "closed": "datetime64[s]"}


@dataclass(frozen=True)
class Lifetime:
    """How long does a customer stay?

    Parameters
    ----------
    customers, left
        Customers whose tenure is known; how many of them left.
    rate, rate_low, rate_high
        Share of customers that leave in a year of customership, with its exact 95 % interval.
    years, years_low, years_high
        Expected years still to come of one who is a customer today, counted no further than `horizon`.
    horizon
        How far ahead value is counted, in years.
    survival
        A row a checkpoint: month, at_risk, stayed (Kaplan-Meier), stayed_low, stayed_high, expected (constant rate).
    """

    customers: int
    left: int
    rate: float
    rate_low: float
    rate_high: float
    years: float
    years_low: float
    years_high: float
    horizon: float
    survival: pd.DataFrame


@dataclass(frozen=True)
class Worth(Shown):
    """What is each customer worth?

    Parameters
    ----------
    frame
        A row an account, as in the artifact `customers`.
    parts
        A row a customer: account_id, past (margin so far), yearly (margin a year of what runs on), years (of tenure),
        left (did it leave?). Lifetime value with contracts is past + yearly x the expected years to come.
    lifetime
        How long customers stay; None where nobody can be said to have left.
    basis
        Where value comes from: contracts, margin_3y, deals, or empty.
    window
        Years of margin counted where there are no contracts.
    cost_known
        Is any cost recorded? If not, value is made of revenue, and says so.
    undated
        Rows of revenue without a date. Payments count in the total but in no year; where none has a date, the total is
        the value. Contracts cannot be counted at all.
    backwards
        Rows of revenue that end before they begin, and so are worth nothing.
    """

    frame: pd.DataFrame
    parts: pd.DataFrame
    lifetime: Lifetime | None
    basis: Basis
    window: int
    cost_known: bool
    undated: int
    backwards: int

    @property
    def caption(self) -> str:
        """Say how many customers have a value."""
        return _("value of {n} customers").format(n=int(self.frame["value"].notna().sum()))


class _Flows(NamedTuple):
    """Rows of revenue on the clock: `whole` is spread evenly over [start, stop), or falls on start when `is_point`."""

    rows: pd.DataFrame
    start: Floats
    stop: Floats
    whole: Floats
    is_point: NDArray[np.bool_]
    monthly: Floats


def value_customers(  # noqa: PLR0913  (two sources of money, two horizons)
    base: pd.DataFrame, revenue: pd.DataFrame, deals: pd.DataFrame, *,
    as_of: date, window: int = 3, horizon: float = 5.0,
) -> Worth:
    """What is each customer worth: money so far, money a year, and over its life?

    Parameters
    ----------
    base
        Accounts as classified: `CustomerBase.frame`.
    revenue
        A row a payment or contract: account_id, amount, date, end_date, per, recurring, ended, cost. May be empty.
    deals
        Used where there is no revenue: account_id, stage, amount, closed.
    as_of
        The day up to which we look.
    window
        Years of margin that count as value where there are no contracts, 1 or more.
    horizon
        Years ahead that value is counted where there are contracts, above 0.

    Returns
    -------
    Worth
        The accounts with their money. Amounts of those who are not customers are missing.

    Notes
    -----
    With contracts: margin so far + margin a year of what runs on x expected years to come, (1 - exp(-rate x horizon)) /
    rate. The rate is leavers over years of customership: the maximum-likelihood estimate of a constant rate where
    stays are cut off by `as_of` (Epstein and Sobel, 1953); the Kaplan-Meier curve beside it shows whether a constant
    rate is fair. Without contracts: margin of the last `window` years, nothing projected. Without revenue: won deals.
    Margin is revenue times the margin rate of the customer's rows that carry a cost.

    Examples
    --------
    >>> base = pd.DataFrame({"account_id": ["a"], "status": ["customer"], "churned": pd.array([False], "boolean"),
    ...                      "lapsed": pd.array([None], "boolean"), "tenure_months": [24.0]})
    >>> revenue = pd.DataFrame({"account_id": ["a"], "amount": [100.0], "date": [pd.Timestamp("2023-01-01")],
    ...                         "per": ["month"], "recurring": [True], "cost": [40.0]})
    >>> worth = value_customers(base, revenue, pd.DataFrame(), as_of=date(2024, 12, 31))
    >>> worth.frame.loc[0, ["revenue", "revenue_yearly", "margin"]].tolist()
    [2400.0, 1200.0, 1440.0]
    >>> float(worth.frame.loc[0, "value"])  # nobody left: the horizon of five years is the limit
    5040.0
    """
    flows = _lay_out(revenue if len(revenue) else _take_won(deals), as_of)
    now, ids = end_of(as_of), pd.Index(base["account_id"])
    customers = ids[(base["status"] == "customer").to_numpy()]
    total = _sum_money(flows, -np.inf, now, customers)
    timeless = bool(len(flows.start)) and bool(np.isnan(flows.start).all())  # a list of totals: no year can be told
    year = _sum_money(flows, now - 12, now, customers) * (np.nan if timeless else 1.0)
    recent = total if timeless else _sum_money(flows, now - 12 * window, now, customers)
    rate = _rate_margin(flows, customers)
    cost_known = bool(rate.notna().any())
    lifetime = estimate_lifetime(base, horizon)
    gone = tell_left(base).set_axis(ids).reindex(customers)
    running = _sum_running(flows, customers).where(~gone.fillna(False), 0.0)
    gain = rate if cost_known else pd.Series(1.0, customers)
    on_contract = customers.isin(flows.rows.loc[flows.rows["recurring"].fillna(False), "account_id"])
    ahead = lifetime.years if lifetime else horizon
    value = np.where(on_contract, (total + 12 * running * ahead) * gain, recent * gain)
    frame = base.set_index("account_id", drop=False)
    money = {"revenue": total, "revenue_yearly": year, "margin": total * rate, "value": pd.Series(value, customers)}
    for name, amounts in money.items():
        frame[name] = amounts.reindex(ids).round(6)
    kind: Basis = "margin_3y" if len(revenue) else "deals"
    basis = pd.Series(np.where(on_contract, "contracts", kind), customers, dtype="str").reindex(ids)
    frame["value_basis"] = basis.where(frame["value"].notna())
    parts = pd.DataFrame({"account_id": customers, "past": (total * gain).to_numpy(),
                          "yearly": (12 * running * gain).to_numpy(dtype="float64"),
                          "years": base["tenure_months"].set_axis(ids).reindex(customers).to_numpy() / 12,
                          "left": gone.array})
    return Worth(frame=_arrange(frame).reset_index(drop=True), parts=parts, lifetime=lifetime,
                 basis=_name_basis(frame["value_basis"]), window=window, cost_known=cost_known,
                 undated=int(np.isnan(flows.start).sum()), backwards=int((flows.stop < flows.start).sum()))


def estimate_lifetime(base: pd.DataFrame, horizon: float) -> Lifetime | None:
    """How long does a customer stay, when most of them are still here?

    Parameters
    ----------
    base
        A row an account: status, churned, lapsed, tenure_months.
    horizon
        Years ahead that are counted.

    Returns
    -------
    Lifetime or None
        None where it cannot be said of anybody whether it left, or no tenure is known.

    Notes
    -----
    Leavers are Poisson over the years of customership; the interval of the rate is Garwood's (1936), exact. Expected
    years follow from the rate and are monotone in it, so their interval is the rate's, turned round.

    Examples
    --------
    >>> base = pd.DataFrame({"status": ["customer"] * 4, "churned": pd.array([True, False, False, False], "boolean"),
    ...                      "lapsed": pd.array([None] * 4, "boolean"), "tenure_months": [12.0, 24.0, 36.0, 48.0]})
    >>> estimate_lifetime(base, 5.0).rate  # one left in ten years of customership
    0.1
    """
    left = tell_left(base)
    known = (left.notna() & base["tenure_months"].notna() & (base["status"] == "customer")).to_numpy()
    years, gone = base["tenure_months"].to_numpy()[known] / 12, left[known].to_numpy(dtype=bool)
    exposure, leavers = float(years.sum()), int(gone.sum())
    if exposure <= 0:
        return None
    low = chi2.ppf(0.025, 2 * leavers) / 2 / exposure if leavers else 0.0
    high = chi2.ppf(0.975, 2 * leavers + 2) / 2 / exposure
    rate = leavers / exposure
    return Lifetime(
        customers=int(known.sum()), left=leavers, rate=rate, rate_low=float(low), rate_high=float(high),
        years=expect_years(rate, horizon), years_low=expect_years(float(high), horizon),
        years_high=expect_years(float(low), horizon), horizon=horizon, survival=_trace_survival(years, gone, rate))


def expect_years(rate: float, horizon: float) -> float:
    """How many years will a customer still stay, counted no further than a horizon?

    Examples
    --------
    >>> expect_years(0.0, 5.0), round(expect_years(0.2, 5.0), 2)
    (5.0, 3.16)
    """
    return horizon if rate * horizon < 1e-9 else float(-np.expm1(-rate * horizon) / rate)


def _take_won(deals: pd.DataFrame) -> pd.DataFrame:
    won = fill_columns(deals, _DEAL)
    return won[(won["stage"] == "won") & won["amount"].notna()].rename(columns={"closed": "date"})


def _lay_out(money: pd.DataFrame, as_of: date) -> _Flows:
    rows = until(fill_columns(money, _REVENUE), "date", pd.Timestamp(as_of))
    rows = rows.dropna(subset=["amount"]).sort_values(list(_REVENUE), kind="stable").reset_index(drop=True)
    now, start = end_of(as_of), count_months(rows["date"])
    period = rows["per"].map(PERIODS).to_numpy(dtype="float64")
    ongoing = rows["recurring"].fillna(False).to_numpy(dtype=bool)
    last = count_months(rows["end_date"] + pd.Timedelta(days=1))
    runs_on = ongoing & ~rows["ended"].fillna(False).to_numpy(dtype=bool) & np.isnan(last) & ~np.isnan(period)
    stop = np.where(runs_on, now, np.where(np.isnan(last), start + period, last))
    is_point = np.isnan(period) & ~(stop > start)
    stop = np.where(is_point, start, stop)
    spread = np.where(np.isnan(period), stop - start, period)
    monthly = np.divide(rows["amount"].to_numpy(), spread, out=np.zeros(len(rows)), where=~is_point)
    whole = np.where(is_point, rows["amount"], monthly * np.maximum(stop - start, 0))
    running = ongoing & ~is_point & (start < now) & (runs_on | (stop > now))
    return _Flows(rows, start, stop, whole, is_point, np.where(running, monthly, 0.0))


def _sum_money(flows: _Flows, start: float, stop: float, ids: pd.Index) -> pd.Series:
    """Sum what fell into a window; payments without a date belong to the window without a beginning only."""
    inside = (flows.start >= start) & (flows.start < stop) | (np.isnan(flows.start) & (start == -np.inf))
    overlap = np.maximum(np.minimum(flows.stop, stop) - np.maximum(flows.start, start), 0)
    length = flows.stop - flows.start
    part = np.where(flows.is_point, inside, np.divide(overlap, length, out=np.zeros(len(length)), where=length > 0))
    return _by_account(flows, np.nan_to_num(flows.whole * part), ids)


def _sum_running(flows: _Flows, ids: pd.Index) -> pd.Series:
    return _by_account(flows, np.nan_to_num(flows.monthly), ids)


def _by_account(flows: _Flows, amounts: Floats, ids: pd.Index) -> pd.Series:
    """Add up by account. A customer without a row has nothing; where there are no rows at all, nobody can tell."""
    sums = pd.Series(amounts).groupby(flows.rows["account_id"].to_numpy()).sum()
    return pd.Series(sums.reindex(ids, fill_value=0.0 if len(flows.rows) else np.nan), dtype="float64")


def _rate_margin(flows: _Flows, ids: pd.Index) -> pd.Series:
    """Tell what is left of each unit of money after cost, from the rows that carry a cost."""
    known = flows.rows["cost"].notna() & (flows.rows["amount"] > 0)
    rows = flows.rows[known]
    share = (rows["cost"] / rows["amount"]).to_numpy()
    earned, spent = flows.whole[known], flows.whole[known] * share
    sums = pd.DataFrame({"earned": earned, "spent": spent}).groupby(rows["account_id"].to_numpy()).sum()
    return pd.Series((1 - sums["spent"] / sums["earned"].where(sums["earned"] > 0)).reindex(ids), dtype="float64")


def _trace_survival(years: Floats, gone: NDArray[np.bool_], rate: float) -> pd.DataFrame:
    curve = ecdf(CensoredData.right_censored(years * 12, ~gone)).sf
    reached = [(month, int((years * 12 >= month).sum())) for month in CHECKPOINTS]
    months = np.array([month for month, at_risk in reached if at_risk], dtype=np.float64)
    with warnings.catch_warnings():
        # The log-log interval is undefined where nobody has left yet: it stays missing there.
        warnings.simplefilter("ignore", RuntimeWarning)
        ends: Any = curve.confidence_interval(0.95, method="log-log") if gone.any() else None
    return pd.DataFrame({
        "month": months, "at_risk": [at_risk for _month, at_risk in reached if at_risk],
        "stayed": curve.evaluate(months),
        "stayed_low": ends.low.evaluate(months) if ends else np.nan,
        "stayed_high": ends.high.evaluate(months) if ends else np.nan,
        "expected": np.exp(-rate * months / 12)})


def _name_basis(bases: pd.Series) -> Basis:
    counts = bases.value_counts()
    names: tuple[Basis, ...] = ("contracts", "margin_3y", "deals")
    return max((name for name in names if name in counts), key=lambda name: int(counts[name]), default="")


def _arrange(frame: pd.DataFrame) -> pd.DataFrame:
    """Put the columns into the order of the artifact; what a caller added comes last."""
    order = ["account_id", "name", "status", "churned", "churned_on", "lapsed", "since", "tenure_months", "revenue",
             "revenue_yearly", "margin", "value", "value_basis", "industry", "size_band", "region"]
    return frame[[name for name in order if name in frame] + [name for name in frame if name not in order]]
