"""What each customer is worth: revenue, margin and lifetime value, out of contracts, a ledger or won deals."""

from dataclasses import dataclass
from datetime import date
from typing import Literal

import numpy as np
import pandas as pd

from icp_lab.artifacts import DTYPES_OF
from icp_lab.methods.customers import count_months, end_of, fill_table, tell_left, until
from icp_lab.methods.result import Floats, Shown
from icp_lab.methods.staying import Lifetime, estimate_lifetime, expect_years

Basis = Literal["contracts", "margin_3y", "deals", ""]

PERIODS = {"month": 1.0, "quarter": 3.0, "year": 12.0}
_TERMS_KEPT = 0.8  # share of ended contracts
_LONGEST = 120  # months: a contract that ends later than that (2099, say) is one without an end, not a commitment


@dataclass(frozen=True)
class Worth(Shown):
    """Tell what each customer is worth.

    Parameters
    ----------
    frame : DataFrame
        A row an account, as in the artifact `customers`.
    parts : DataFrame
        A row a customer: account_id, past (margin so far), yearly (margin a year of what runs on), years (of tenure),
        left (true where it left), committed (years until what runs can be left), ahead (expected years to come).
        Lifetime value with contracts is past + yearly x ahead.
    lifetime : Lifetime or None
        How long customers stay; None where nobody can be said to have left.
    basis : str
        Where value comes from: contracts, margin_3y, deals, or empty.
    window : int
        Years of margin counted where there are no contracts.
    cost_known : bool
        True where any cost is recorded. If none is, value is made of revenue, and says so.
    undated : int
        Amounts without a date.
    backwards : int
        Amounts whose period ends before it begins.

    Examples
    --------
    >>> base = pd.DataFrame({"account_id": ["a"], "status": ["customer"], "churned": pd.array([False], "boolean"),
    ...                      "lapsed": pd.array([None], "boolean"), "tenure_months": [24.0]})
    >>> closed = pd.Timestamp("2024-03-01")
    >>> deals = pd.DataFrame({"account_id": ["a"], "stage": ["won"], "amount": [90.0], "closed": closed})
    >>> worth = value_customers(base, pd.DataFrame(), deals, as_of=date(2024, 12, 31))
    >>> worth.basis, worth.frame["value"].tolist()
    ('deals', [90.0])
    """

    frame: pd.DataFrame
    parts: pd.DataFrame
    lifetime: Lifetime | None
    basis: Basis
    window: int
    cost_known: bool
    undated: int
    backwards: int


def value_customers(  # noqa: PLR0913  (two sources of money, two horizons)
    base: pd.DataFrame, revenue: pd.DataFrame, deals: pd.DataFrame, *,
    as_of: date, window: int = 3, horizon: float = 5.0, resamples: int = 400, seed: int = 0) -> Worth:
    """Estimate what each customer is worth: money so far, money a year, and over its life.

    Parameters
    ----------
    base : DataFrame
        Accounts as classified: `CustomerBase.frame`.
    revenue : DataFrame
        A row a payment or contract: account_id, amount, date, end_date, per, recurring, ended, cost. May be empty.
    deals : DataFrame
        Used where there is no revenue: account_id, stage, amount, closed.
    as_of : date
        The day up to which we look.
    window : int, default 3
        Years of margin that count as value where there are no contracts, 1 or more.
    horizon : float, default 5.0
        Years ahead that value is counted where there are contracts, above 0.
    resamples : int, default 400
        Draws of the bootstrap behind the interval of the years to come, 1 or more.
    seed : int, default 0
        Start of its random numbers.

    Returns
    -------
    Worth
        The accounts with their money. Amounts of those who are not customers are missing.

    Notes
    -----
    With contracts: margin so far + margin a year of what runs on x expected years to come: those of one who has been
    here for so long and is bound for so long (a yearly contract can only be left at its end; `expect_years`).
    Without contracts: margin of the last `window` years, nothing projected. Without revenue: won deals.
    Margin is revenue times the margin rate of the customer's rows that carry a cost. A payment without a date counts
    in the total but in no year (where none has one, the total is the value), a contract without a date or that ends
    before it begins not at all.

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
    timeless = len(flows) > 0 and bool(flows["start"].isna().all())  # a list of totals: no year can be told
    year = _sum_money(flows, now - 12, now, customers) * (np.nan if timeless else 1.0)
    recent = total if timeless else _sum_money(flows, now - 12 * window, now, customers)
    rate = _rate_margin(flows, customers)
    cost_known = bool(rate.notna().any())
    gain = rate if cost_known else pd.Series(1.0, customers)
    parts = _part(base, flows, customers, total * gain, gain)
    parts["ahead"] = expect_years(parts, horizon)
    on_contract = customers.isin(flows.loc[flows["recurring"].fillna(False), "account_id"])
    value = np.where(on_contract, parts["past"] + parts["yearly"] * parts["ahead"], recent * gain)
    frame = base.set_index("account_id", drop=False)
    money = {"revenue": total, "revenue_yearly": year, "margin": total * rate, "value": pd.Series(value, customers)}
    for name, amounts in money.items():
        frame[name] = amounts.reindex(ids).round(6)
    kind: Basis = "margin_3y" if len(revenue) else "deals"
    basis = pd.Series(np.where(on_contract, "contracts", kind), customers, dtype="str").reindex(ids)
    frame["value_basis"] = basis.where(frame["value"].notna())
    lifetime = estimate_lifetime(parts, horizon, resamples=resamples, seed=seed)
    # In the order of the artifact; what a caller added comes last.
    order = [name for name in DTYPES_OF["customers"] if name in frame]
    frame = frame[[*order, *frame.columns.difference(order, sort=False)]].reset_index(drop=True)
    commonest: Basis = next(iter(frame["value_basis"].mode()), "")  # by the alphabet: contracts win a tie
    return Worth(frame, parts, lifetime, commonest, window, cost_known,
                 undated=int(flows["start"].isna().sum()), backwards=int((flows["stop"] < flows["start"]).sum()))


def _part(base: pd.DataFrame, flows: pd.DataFrame, ids: pd.Index, past: pd.Series, gain: pd.Series) -> pd.DataFrame:
    """Take value apart: what came, what comes a year, how long the customer has been here and is bound."""
    ours = base.set_index("account_id").loc[ids]
    gone = tell_left(ours)
    running = _by_account(flows, flows["monthly"], ids).where(~gone.fillna(False), 0.0)
    bound = (flows["committed"] / 12).groupby(flows["account_id"]).max().reindex(ids)
    return pd.DataFrame({"account_id": ids, "past": past.to_numpy(), "yearly": (12 * running * gain).to_numpy(),
                         "years": ours["tenure_months"].to_numpy() / 12, "left": gone.array,
                         "committed": bound.fillna(0.0).to_numpy()})


def _take_won(deals: pd.DataFrame) -> pd.DataFrame:
    won = fill_table(deals, "deals")
    return won[(won["stage"] == "won") & won["amount"].notna()].rename(columns={"closed": "date"})


def _lay_out(money: pd.DataFrame, as_of: date) -> pd.DataFrame:
    """Put rows of revenue on the clock: `whole` is spread evenly over [start, stop), or falls on start if `is_point`.

    What runs on brings `monthly`, and cannot be left for the months `committed`.
    """
    rows = until(fill_table(money, "revenue"), "date", pd.Timestamp(as_of)).dropna(subset=["amount"])
    rows = rows.sort_values(rows.columns.tolist(), ignore_index=True)
    now, start = end_of(as_of), count_months(rows["date"])
    period: Floats = np.asarray(rows["per"].map(PERIODS), dtype=np.float64)
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
    term = period - (now - start) % period if _keep_terms(last - start, period) else np.zeros(len(rows))
    rest = np.where(runs_on, term, stop - now)
    return rows.assign(start=start, stop=stop, whole=whole, is_point=is_point, monthly=np.where(running, monthly, 0.0),
                       committed=np.where(running & (rest <= _LONGEST), rest, 0.0))


def _keep_terms(lasted: Floats, period: Floats) -> bool:
    """Tell whether contracts that ended did so at the end of a term: what is billed by the year may be left any day."""
    off = np.abs((lasted + period / 2) % period - period / 2)[(period > 1) & ~np.isnan(lasted)]
    return not len(off) or float((off < 0.5).mean()) >= _TERMS_KEPT


def _sum_money(flows: pd.DataFrame, start: float, stop: float, ids: pd.Index) -> pd.Series:
    """Sum what fell into a window; payments without a date belong to the window without a beginning only."""
    begin, length = flows["start"], flows["stop"] - flows["start"]
    inside = (begin >= start) & (begin < stop) | (begin.isna() & (start == -np.inf))
    overlap = (flows["stop"].clip(upper=stop) - begin.clip(lower=start)).clip(lower=0)
    part = (overlap / length.where(length > 0)).where(~flows["is_point"], inside.astype("float64"))
    return _by_account(flows, flows["whole"] * part, ids)


def _by_account(flows: pd.DataFrame, amounts: pd.Series, ids: pd.Index) -> pd.Series:
    """Add up by account. A customer without a row has nothing; where there are no rows at all, nobody can tell."""
    sums = amounts.groupby(flows["account_id"]).sum()
    return sums.reindex(ids, fill_value=0.0 if len(flows) else np.nan).astype("float64")


def _rate_margin(flows: pd.DataFrame, ids: pd.Index) -> pd.Series:
    """Tell what is left of each unit of money after cost, from the rows that carry a cost."""
    rows = flows[flows["cost"].notna() & (flows["amount"] > 0)]
    spent, earned = (part.groupby(rows["account_id"]).sum()
                     for part in (rows["whole"] * (rows["cost"] / rows["amount"]), rows["whole"]))
    return (1 - spent / earned.where(earned > 0)).reindex(ids).astype("float64")
