"""How the KPIs go: quarter by quarter up to the day of the study, inside the profile and outside."""

from datetime import date

import pandas as pd

from icp_lab.methods.kpis import measure_kpis

# What a quarter can tell. Lifetime value and what is made of it look at all customers, and do not move by the quarter.
FOLLOWED = ("win_closed", "lead_rate", "cac")


def follow_kpis(  # noqa: PLR0913  (four tables, the profile, and how far back)
    customers: pd.DataFrame, deals: pd.DataFrame, costs: pd.DataFrame, reached: pd.DataFrame, fit: pd.Series, *,
    as_of: date, quarters: int = 8) -> pd.DataFrame:
    """Follow what the KPIs came to, quarter by quarter, inside the profile and outside.

    Parameters
    ----------
    customers, deals, costs, reached : DataFrame
        As for `measure_kpis`.
    fit : Series
        As for `measure_kpis`.
    as_of : date
        The day up to which we look; the last quarter ends on it.
    quarters : int, default 8
        How many quarters back, 1 or more.

    Returns
    -------
    DataFrame
        The rows of the artifact `kpis` for those of `FOLLOWED` and the sides in and out, as far as they can be told.
        The period is `whole` for all quarters together, which come first, and `part` for each, the oldest first.

    Notes
    -----
    Each quarter is told as it stood on its last day. Deals that were open then are not known to have been won or lost.

    Examples
    --------
    >>> deals = pd.DataFrame({"account_id": ["a", "b"], "stage": ["won", "lost"], "amount": 100.0,
    ...                       "created": pd.Timestamp("2026-01-01"), "closed": pd.Timestamp("2026-02-01")})
    >>> told = follow_kpis(pd.DataFrame(), deals, pd.DataFrame(), pd.DataFrame(), pd.Series("in", list("ab")),
    ...                    as_of=date(2026, 6, 30))
    >>> told.loc[told["kpi"] == "win_closed", ["period", "end", "over", "n"]].astype("str").values.tolist()
    [['whole', '2026-06-30', '1.0', '2'], ['part', '2026-03-31', '1.0', '2']]
    """
    now = pd.Timestamp(as_of)
    days = [now - pd.DateOffset(months=3 * back) for back in reversed(range(quarters))]
    ends = [day + pd.offsets.MonthEnd(0) if now.is_month_end else day for day in days]
    told = pd.concat([
        measure_kpis(customers, deals, costs, reached, fit, as_of=end.date(), window_months=months, resamples=2)
        .frame.assign(period=period)
        for end, months, period in [(now, 3 * quarters, "whole"), *((end, 3, "part") for end in ends)]])
    rows = told["side"].isin(["in", "out"]) & told["kpi"].isin(FOLLOWED) & told["value"].notna()
    return told[rows].reset_index(drop=True)
