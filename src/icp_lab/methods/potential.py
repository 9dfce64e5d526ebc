"""Where could we sell that we hardly do? White space inside the profile, and segments one criterion beside it."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from icp_lab.methods.market import Market
from icp_lab.methods.result import bound_shares
from icp_lab.rule import Rule

_MUCH = 1.05  # growth this much above the whole's is named as a reason


@dataclass(frozen=True)
class Potential:
    """Tell where there is room.

    Parameters
    ----------
    parts : DataFrame
        A row a part of the market: the columns it is told by; `companies`, `customers`, `fitting`, `customers_in`
        (those that meet the profile), `share` of the fitting with low and high, `open` (fitting companies that are no
        customers), `reasons` (none_yet, below, growing, new; comma-separated), `white`; most room first.
    beside : DataFrame
        A row a segment that fails one criterion of the profile: `fails`, industry, band, `companies`, `customers`, what
        became of cases of ours there: `hits` of `n`, share with low and high, and `verdict` (untried, worse, as_good).
    overall : float
        Share of the fitting companies that are customers.
    base : float
        Share of cases inside the profile that came out well.

    Examples
    --------
    >>> found = Potential(pd.DataFrame({"industry": ["SaaS"], "open": [40.0]}), pd.DataFrame(), overall=0.1, base=0.3)
    >>> found.parts["open"].tolist(), found.overall
    ([40.0], 0.1)
    """

    parts: pd.DataFrame
    beside: pd.DataFrame
    overall: float
    base: float


def find_potential(  # noqa: PLR0913  (the market, what we know of ours, and how fine to look)
    market: Market, attributes: pd.DataFrame, cases: pd.DataFrame, rule: Rule, *, by: list[str], least: int = 5,
) -> Potential:
    """Find parts of the market that fit and are hardly ours, and segments beside the profile that deserve a test.

    Parameters
    ----------
    market : Market
        From `size_market`.
    attributes : DataFrame
        Attributes of our accounts, indexed by account_id.
    cases : DataFrame
        The artifact `cases`: account_id, positive (yes, no, unknown).
    rule : Rule
        The profile.
    by : list of str
        Columns of the market that tell its parts: industry, country, region, band.
    least : int, default 5
        Cases that a segment needs to be judged by what became of them, 1 or more.

    Returns
    -------
    Potential
        Parts by room, segments beside the profile, and the two shares that they are held against.

    Notes
    -----
    A part is white when nobody there is a customer that fits, or when the upper end of our share (Wilson, 1927) lies
    below our share of all that fits. A segment beside the profile does worse when the upper end of its share of good
    cases lies below the profile's own share: with many segments some will by chance, and none is claimed to be good.

    Examples
    --------
    >>> empty = pd.DataFrame({"account_id": [], "cell": []})
    >>> cells = pd.DataFrame({"industry": ["a", "b"], "band": "", "companies": [9.0, 9.0], "fitting": [9.0, 0.0],
    ...     "customers": 0, "customers_in": 0, "growth": np.nan, "served": "yes", "fails": ["", "industry"],
    ...     "cell": [0, 1]})
    >>> cases = pd.DataFrame({"account_id": [], "positive": []})
    >>> found = find_potential(Market(cells, empty, empty, empty), empty, cases, Rule(), by=["industry"])
    >>> found.parts.loc[found.parts["white"], ["industry", "open", "reasons"]].to_numpy().tolist()
    [['a', 9.0, 'none_yet']]
    """
    frame = market.frame.assign(weight=market.frame["growth"] * market.frame["fitting"],
                                known=market.frame["fitting"].where(market.frame["growth"].notna(), 0.0))
    parts = frame.groupby(by, as_index=False).agg(
        **{name: (name, "sum") for name in ("companies", "customers", "fitting", "customers_in", "weight", "known")},
        served=("served", lambda column: column.eq("yes").any()))
    overall = frame["customers_in"].sum() / (frame["fitting"].sum() or np.nan)
    growth = frame["weight"].sum() / (frame["known"].sum() or np.nan)
    low, high = bound_shares(parts["customers_in"], parts["fitting"])
    ours = parts["customers_in"] > 0
    reasons = {"none_yet": ~ours & (parts["fitting"] >= 1), "below": ours & (high < overall),
               "growing": parts["weight"] / parts["known"].where(parts["known"] > 0) > _MUCH * growth,
               "new": ~parts["served"].astype(bool)}
    parts = parts.assign(share=parts["customers_in"] / parts["fitting"], low=low, high=high,
                         open=parts["fitting"] - parts["customers_in"], reasons=[
                             ",".join(code for code, is_so in reasons.items() if is_so[row]) for row in parts.index])
    parts = parts.assign(white=reasons["none_yet"] | reasons["below"]).drop(columns=["weight", "known"])
    known = cases[cases["positive"].isin(["yes", "no"])].assign(hit=lambda rows: rows["positive"] == "yes")
    inside = rule.mask(attributes)
    base = known.loc[known["account_id"].isin(inside.index[inside.fillna(False)]), "hit"].mean()
    return Potential(parts.sort_values(["open", *by], ascending=[False, *[True] * len(by)], ignore_index=True),
                     _look_beside(frame, market.places, known, base, least), float(overall), float(base))


def _look_beside(frame: pd.DataFrame, places: pd.DataFrame, known: pd.DataFrame, base: float,
                 least: int) -> pd.DataFrame:
    keys = ["fails", "industry", "band"]
    near = frame[frame["fails"] != ""]
    cases = known.merge(places, on="account_id").merge(near[["cell", *keys]], on="cell")
    seen = cases.groupby(keys)["hit"].agg(["sum", "size"]).rename(columns={"sum": "hits", "size": "n"})
    beside = near.groupby(keys)[["companies", "customers"]].sum().join(seen).fillna(0).reset_index()
    low, high = bound_shares(beside["hits"], beside["n"])
    verdict = np.where(beside["n"] < least, "untried", np.where(high < base, "worse", "as_good"))
    share = beside["hits"] / beside["n"].where(beside["n"] > 0)
    order = pd.Series(verdict, beside.index).map({"as_good": 0, "untried": 1, "worse": 2})
    beside = beside.assign(share=share, low=low, high=high, verdict=verdict, order=order)
    return beside.sort_values(["order", "companies", *keys], ascending=[True, False, *[True] * 3],
                              ignore_index=True).drop(columns="order")
