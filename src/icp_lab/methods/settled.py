"""Cases old enough that bad news has had as much time to come as good news."""

from datetime import date

import numpy as np
import pandas as pd

from icp_lab.methods.profile import ANSWERS, name_outcome

_PEERS = 40  # cases that began at about the same time
DEAL_WINDOW = 3  # months in which a deal is taken to settle: a deal has no window of the study's


def settle_window(outcome: str, window_months: int) -> int:
    """In how many months is an outcome settled: those of the study; a quarter for deals?"""
    return DEAL_WINDOW if outcome == "won" else window_months


def take_settled(cases: pd.DataFrame, as_of: date, window_months: int, scores: pd.Series | None = None,
                 ) -> pd.DataFrame:
    """Which cases are known, dated, and old enough that bad news had as much time to come as good news?

    Parameters
    ----------
    cases : DataFrame
        As for `backtest`.
    as_of : date
        As for `backtest`.
    window_months : int
        As for `backtest`.
    scores : Series or None, default None
        Success by account_id. Best customers are then called best of those that began at about the same time, about
        forty, as many of them as are best of all: whoever began earlier has had more time to become one.
    """
    outcome = name_outcome(cases)
    last = pd.Timestamp(as_of) - pd.DateOffset(months=settle_window(outcome, window_months))
    known = cases[cases["positive"].isin(list(ANSWERS)) & (cases["time"] <= last)]
    known = known.sort_values(["time", "case_id"], ignore_index=True)
    if outcome != "best" or scores is None or known.empty:
        return known
    peers = pd.Series(np.minimum(np.arange(len(known)) // _PEERS, max(len(known) // _PEERS - 1, 0)))
    stands = known["account_id"].map(scores).where(~known["reason"].isin(["left", "vetoed"]))
    places = (known["positive"].eq("yes").mean() * peers.map(peers.value_counts())).round()
    best = stands.groupby(peers).rank(ascending=False, method="first").le(places)
    return known.assign(positive=best.map({True: "yes", False: "no"}).astype("str"))
