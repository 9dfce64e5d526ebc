"""Cases old enough that bad news has had as much time to come as good news."""

from datetime import date

import numpy as np
import pandas as pd

from icp_lab.methods.profile import ANSWERS, name_outcome

_PEERS = 40  # cases that began at about the same time
DEAL_WINDOW = 3  # months in which a deal is taken to settle: a deal has no window of the study's


def settle_window(outcome: str, window_months: int) -> int:
    """Say in how many months an outcome is settled.

    Parameters
    ----------
    outcome : str
        The outcome: won, or one of a customer (best, retained and others).
    window_months : int
        The study's months for outcomes of customers.

    Returns
    -------
    int
        Those of the study, and a quarter for deals, which have no window of their own.

    Examples
    --------
    >>> settle_window("best", 12), settle_window("won", 12)
    (12, 3)
    """
    return DEAL_WINDOW if outcome == "won" else window_months


def take_settled(cases: pd.DataFrame, as_of: date, window_months: int, scores: pd.Series | None = None,
                 ) -> pd.DataFrame:
    """Take the cases that are known, dated, and old enough that bad news had as much time to come as good news.

    Parameters
    ----------
    cases : DataFrame
        Cases of one outcome: case_id, account_id, positive (yes, no, unknown), time, outcome, reason.
    as_of : date
        The day up to which the study looks.
    window_months : int
        Months in which outcomes of customers settle (`settle_window`).
    scores : Series or None, default None
        Success by account_id. Best customers are then called best of those that began at about the same time, about
        forty, as many of them as are best of all: whoever began earlier has had more time to become one.

    Returns
    -------
    DataFrame
        The cases that count, by time and case_id.

    Examples
    --------
    >>> cases = pd.DataFrame({"case_id": ["a", "b"], "account_id": ["a", "b"], "outcome": "won", "positive": "yes",
    ...                       "time": pd.to_datetime(["2026-01-15", "2026-06-15"])})
    >>> take_settled(cases, date(2026, 6, 30), 12)["case_id"].tolist()
    ['a']
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
