"""Is the profile used? New opportunities, pipeline and won value inside it, by month and by owner."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import pandas as pd
from statsmodels.stats.proportion import proportion_confint

from icp_lab.methods.customers import fill_table, until
from icp_lab.methods.draft import cover_accounts
from icp_lab.methods.result import Shown, bound_gap
from icp_lab.rule import Rule

MEASURES = ("opportunities", "pipeline", "won")
_ADOPTION = ["by", "level", "measure", "share", "low", "high", "inside", "of", "n", "accounts", "unknown"]


@dataclass(frozen=True)
class Adoption(Shown):
    """How much of what sales does lies inside the profile.

    Parameters
    ----------
    frame : DataFrame
        The artifact `adoption`. A row a level and measure: by (period: before, after, or window where nothing is
        published; month; owner), level, measure (opportunities: deals created; pipeline: amount of those still open;
        won: amount won), share inside with its 95 % interval low and high, inside and of (deals or money), n (deals
        whose side is known), accounts, unknown (deals whose side is not).
    since : str
        Day on which the profile was published; empty where it was not.
    gap : tuple of 3 float
        Share of new deals inside since it was published less that of before, and its 95 % interval; NaN without both.

    Examples
    --------
    >>> deals = pd.DataFrame({"account_id": ["a"], "stage": "open", "created": pd.Timestamp("2026-06-02")})
    >>> measure_adoption(deals, pd.Series(["in"], ["a"]), as_of=date(2026, 6, 30)).since
    ''
    """

    frame: pd.DataFrame
    since: str
    gap: tuple[float, float, float]


def cover_everybody(attributes: pd.DataFrame, leads: pd.DataFrame, rule: Rule) -> pd.DataFrame:
    """Tell which accounts and leads are in, out or unknown, and by which criteria.

    Parameters
    ----------
    attributes : DataFrame
        Candidate attributes, indexed by account_id.
    leads : DataFrame
        The table leads: lead_id, and attributes of the same names. What it does not record is unknown.
    rule : Rule
        The profile.

    Returns
    -------
    pandas.DataFrame
        As `cover_accounts` gives it; `account_id` holds the id of an account, else of a lead.

    Examples
    --------
    >>> accounts = pd.DataFrame({"employees": [200.0]}, index=["a"])
    >>> rule = Rule.from_dicts([{"attribute": "employees", "min": 100}])
    >>> cover_everybody(accounts, pd.DataFrame({"lead_id": ["L1"]}), rule)[["account_id", "fit"]].values.tolist()
    [['a', 'in'], ['L1', 'unknown']]
    """
    theirs = leads.set_index("lead_id")
    lacking = {name: attributes[name].iloc[:0].reindex(theirs.index) for name in rule.attributes
               if name not in theirs and name in attributes}
    return pd.concat([cover_accounts(attributes, rule), cover_accounts(theirs.assign(**lacking), rule)],
                     ignore_index=True)


def find_published(profile: Mapping[str, Any]) -> str:
    """Find the day on which a definition was published, as YYYY-MM-DD.

    Parameters
    ----------
    profile : Mapping of str to object
        The definition in the form of icp.yml; its `history` names the versions and their days.

    Returns
    -------
    str
        The day of the latest version; empty where nobody has adopted one.

    Examples
    --------
    >>> find_published({"history": [{"version": "1", "date": "2026-01-15"}]}), find_published({})
    ('2026-01-15', '')
    """
    return str((profile.get("history") or [{}])[-1].get("date", ""))[:10]


def measure_adoption(
    deals: pd.DataFrame, fit: pd.Series, *, as_of: date, since: str = "", months: int = 12) -> Adoption:
    """Measure which share of new opportunities, pipeline and won value lies inside the profile, by month and by owner.

    Parameters
    ----------
    deals : DataFrame
        Columns account_id, stage (won, lost, open), amount, created, closed, owner. May be empty.
    fit : Series
        The side of each account, by its id: in, out or unknown.
    as_of : date
        The day up to which we look.
    since : str, default ''
        Day on which the profile was published, as YYYY-MM-DD; empty where it was not.
    months : int, default 12
        How many months are shown, the one of `as_of` the last; more where it was published before, 1 or more.

    Returns
    -------
    Adoption
        Owners are counted since it was published, or over all months where it was not.

    Notes
    -----
    A share of what is known to be inside or outside. Deals of an account are on one side together, and money hangs on
    few deals; so the interval is Wilson's (1927) at the effective number of accounts, (sum w)^2 / sum w^2 (Kish, 1965).
    The gap: Newcombe (1998), by the two intervals.

    Examples
    --------
    >>> deals = pd.DataFrame({"account_id": list("abc"), "stage": "open", "amount": [300.0, 100.0, 100.0],
    ...                       "created": pd.Timestamp("2026-06-02")})
    >>> found = measure_adoption(deals, pd.Series(["in", "out", "out"], list("abc")), as_of=date(2026, 6, 30), months=1)
    >>> found.frame.query("by == 'month'")[["measure", "share", "n"]].values.tolist()
    [['opportunities', 0.3333333333333333, 3], ['pipeline', 0.6, 3]]
    """
    now = pd.Timestamp(as_of)
    start = (now.to_period("M") - (months - 1)).start_time
    known = until(until(fill_table(deals, "deals"), "created", now), "closed", now)
    known = known.sort_values(["account_id", "created", "closed", "amount"], ignore_index=True)
    known = known.assign(fit=known["account_id"].map(fit).astype("str").fillna("unknown"),
                         owner=known["owner"].fillna(""))
    parts = {"opportunities": known.assign(day=known["created"], weight=1.0),
             "pipeline": known[known["stage"] == "open"].assign(day=known["created"], weight=known["amount"]),
             "won": known[known["stage"] == "won"].assign(day=known["closed"], weight=known["amount"])}
    published = bool(since) and pd.Timestamp(since) <= now
    first = min(start, pd.Timestamp(since)) if published else start
    rows = []
    for measure, counted in parts.items():
        part = counted[(counted["day"] >= first) & (counted["weight"] > 0)]
        after = part["day"] >= (pd.Timestamp(since) if published else first)
        periods = np.where(after, "after" if published else "window", "before")
        groups = {"period": part.groupby(periods), "month": part.groupby(part["day"].dt.strftime("%Y-%m")),
                  "owner": part[after].groupby("owner")}
        rows += [(by, str(level), measure, *_share(each)) for by, grouped in groups.items() for level, each in grouped]
    frame = pd.DataFrame(rows, columns=_ADOPTION)
    return Adoption(frame, since if published else "", _compare(frame))


def _compare(frame: pd.DataFrame) -> tuple[float, float, float]:
    """Set new deals after against before, by the two intervals (Newcombe, 1998, method 10)."""
    new = frame[(frame["by"] == "period") & (frame["measure"] == "opportunities")].set_index("level")
    ends = new.reindex(["after", "before"])[["share", "low", "high"]].to_numpy(dtype=np.float64)
    return float(ends[0, 0] - ends[1, 0]), *bound_gap(*ends.tolist())


def _share(deals: pd.DataFrame) -> tuple[float, ...]:
    told = deals[deals["fit"] != "unknown"]
    weights = told.groupby("account_id")["weight"].sum()
    of, inside = float(weights.sum()), float(told.loc[told["fit"] == "in", "weight"].sum())
    if not of:
        return (np.nan, np.nan, np.nan, 0.0, 0.0, 0, 0, len(deals))
    effective = of**2 / float((weights**2).sum())
    low, high = proportion_confint(inside / of * effective, effective, method="wilson")
    return (inside / of, low, high, inside, of, len(told), len(weights), len(deals) - len(told))
