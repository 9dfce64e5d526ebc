"""What came out well: the cases of every outcome that the tables allow, each with the reason why it counts so."""

from dataclasses import dataclass
from datetime import date
from typing import Literal

import numpy as np
import pandas as pd

from icp_lab.methods.customers import count_months, fill_table, tell_left, until
from icp_lab.methods.result import Shown

Outcome = Literal["best", "won", "retained"]
OUTCOMES: tuple[Outcome, ...] = ("best", "won", "retained")
COLUMNS = ("case_id", "account_id", "outcome", "group", "positive", "reason", "time")

_STAGES = {"won": "yes", "lost": "no", "open": "unknown"}


@dataclass(frozen=True)
class Outcomes(Shown):
    """Tell what came out well, and what did not.

    Parameters
    ----------
    frame : DataFrame
        A row a case of any outcome that the tables allow, as in the artifact `outcomes`.
    cases : DataFrame
        The rows of the chosen outcome, as in the artifact `cases`.
    chosen : str
        The outcome that the profile is to predict.
    counts : DataFrame
        A row an outcome: `outcome`, `yes`, `no`, `unknown`.
    reasons : DataFrame
        A row an outcome and reason: `outcome`, `reason`, `positive`, `n`.

    Examples
    --------
    >>> customers = pd.DataFrame({"account_id": ["a"], "status": "customer", "tenure_months": [30.0]})
    >>> best = pd.DataFrame({"account_id": ["a"], "best": [True], "reason": ["top_share"]})
    >>> found = build_cases(customers, best, pd.DataFrame(), as_of=date(2025, 1, 1))
    >>> found.chosen, found.cases[["case_id", "positive", "reason"]].values.tolist()
    ('best', [['a', 'yes', 'top_share']])
    """

    frame: pd.DataFrame
    cases: pd.DataFrame
    chosen: Outcome
    counts: pd.DataFrame
    reasons: pd.DataFrame


def build_cases(  # noqa: PLR0913  (three tables, three terms of the study)
    customers: pd.DataFrame, best: pd.DataFrame, deals: pd.DataFrame, *,
    as_of: date, window_months: int = 12, wanted: str = "") -> Outcomes:
    """Tell which cases came out well, by each outcome that the tables allow.

    Parameters
    ----------
    customers : DataFrame
        The artifact `customers`.
    best : DataFrame
        A row a customer: account_id, best (yes, no, missing = unknown), reason: `Success.marks`.
    deals : DataFrame
        The table: account_id, deal_id, stage (won, lost, open), created, closed. May be empty.
    as_of : date
        The day up to which we look.
    window_months : int, default 12
        A customer younger than this, in months, that has not left is unknown; 1 or more.
    wanted : str, default ''
        The study's outcome: best, won or retained; empty takes the first that there are cases of, in that order.

    Returns
    -------
    Outcomes
        Cases of all outcomes, and those of the chosen one (none, when its tables are missing).

    Notes
    -----
    best: one case a customer. won: one case a deal, unknown while it is open; a deal without an id of its own is
    called `<account_id>#<n>` in the order of its dates. retained: one case a customer; it is negative when the customer
    left within the window, positive when it stayed, or left later. One that left on an unknown day is negative.

    Examples
    --------
    >>> customers = pd.DataFrame({"account_id": ["a", "b"], "status": "customer", "tenure_months": [30.0, 4.0],
    ...                           "churned": pd.array([False, False], "boolean")})
    >>> best = pd.DataFrame({"account_id": ["a", "b"], "best": pd.array([True, None], "boolean"),
    ...                      "reason": ["top_share", "too_young"]})
    >>> build_cases(customers, best, pd.DataFrame(), as_of=date(2025, 1, 1)).counts.to_numpy().tolist()
    [['best', 1, 0, 1], ['retained', 1, 0, 1]]
    """
    base = fill_table(customers, "customers").sort_values("account_id").reset_index(drop=True)
    ours = base[base["status"] == "customer"].reset_index(drop=True)
    marks = best.set_index("account_id").reindex(ours["account_id"])
    deals = until(fill_table(deals, "deals"), "closed", pd.Timestamp(as_of))
    found = {"best": _cases_of_best(ours, marks), "won": _cases_of_deals(deals, base),
             "retained": _cases_of_stay(ours, window_months)}
    frame = pd.concat([cases.assign(outcome=outcome) for outcome, cases in found.items()], ignore_index=True)
    frame["group"] = frame["account_id"].map(_name_groups(base, best))
    frame = frame[list(COLUMNS)].astype({"time": "datetime64[s]"} | dict.fromkeys(COLUMNS[:-1], "str"))
    frame = frame.sort_values(["outcome", "case_id"]).reset_index(drop=True)
    there = {wanted} if wanted else set(frame["outcome"])
    chosen: Outcome = next((one for one in OUTCOMES if one in there), "best")
    return Outcomes(frame=frame, cases=frame[frame["outcome"] == chosen].reset_index(drop=True), chosen=chosen,
                    counts=_count_cases(frame),
                    reasons=frame.groupby(["outcome", "reason", "positive"]).size().rename("n").reset_index())


def _name_groups(base: pd.DataFrame, best: pd.DataFrame) -> dict[str, str]:
    left = tell_left(base).fillna(False).astype(bool)
    is_best = base["account_id"].isin(best.loc[best["best"].fillna(False), "account_id"])
    ours = base["status"] == "customer"
    marks = {"best": is_best, "churned": ours & left, "ordinary": ours, "lost": base["status"] == "lost"}
    return dict(zip(base["account_id"], np.select([*marks.values()], [*marks], "prospect").tolist(), strict=True))


def _cases_of_best(ours: pd.DataFrame, marks: pd.DataFrame) -> pd.DataFrame:
    is_best = pd.Series(marks["best"].array, dtype="boolean")
    positive = is_best.map({True: "yes", False: "no"}).astype("str").fillna("unknown")
    return pd.DataFrame({"case_id": ours["account_id"], "account_id": ours["account_id"], "positive": positive,
                         "reason": marks["reason"].fillna("not_measured").array, "time": ours["since"]})


def _cases_of_deals(deals: pd.DataFrame, base: pd.DataFrame) -> pd.DataFrame:
    known = deals[deals["account_id"].isin(base["account_id"]) & deals["stage"].isin(list(_STAGES))]
    known = known.sort_values(["account_id", "created", "closed", "stage", "deal_id"]).reset_index(drop=True)
    number = (known.groupby("account_id").cumcount() + 1).astype("str")
    own = known["deal_id"].notna() & ~known["deal_id"].duplicated(keep=False)
    case = known["deal_id"].where(own, known["account_id"] + "#" + number)
    return pd.DataFrame({"case_id": case, "account_id": known["account_id"], "positive": known["stage"].map(_STAGES),
                         "reason": known["stage"], "time": known["created"].fillna(known["closed"])})


def _cases_of_stay(ours: pd.DataFrame, window_months: int) -> pd.DataFrame:
    left = tell_left(ours)
    told = ours[left.notna()].reset_index(drop=True)
    gone = left.dropna().to_numpy(dtype=bool)
    stay = count_months(told["churned_on"]) - count_months(told["since"])
    outcome = {"left_undated": "no", "left": "no", "left_later": "yes", "too_young": "unknown", "stayed": "yes"}
    reason = pd.Series(np.select(
        [gone & np.isnan(stay), gone & (stay < window_months), gone, told["tenure_months"] < window_months],
        [*outcome][:4], "stayed"), told.index, "str")
    return pd.DataFrame({"case_id": told["account_id"], "account_id": told["account_id"],
                         "positive": reason.map(outcome), "reason": reason, "time": told["since"]})


def _count_cases(frame: pd.DataFrame) -> pd.DataFrame:
    counts = pd.crosstab(frame["outcome"], frame["positive"]).reindex(columns=["yes", "no", "unknown"], fill_value=0)
    return counts.reindex([one for one in OUTCOMES if one in counts.index]).rename_axis(columns=None).reset_index()
