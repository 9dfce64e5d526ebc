"""What sales reports back, case by case: does it believe in the profile, in each criterion, and if not, why?"""

from dataclasses import dataclass
from datetime import date

import pandas as pd

from icp_lab.methods.customers import fill_table, until
from icp_lab.methods.reasons import group_statement
from icp_lab.methods.result import Shown, add_shares, bound_difference

_COMMON = 3  # companies of which the same words were said
_STANDS = ("in", "met", "out", "failed", "unknown")


@dataclass(frozen=True)
class Feedback(Shown):
    """What sales reports back.

    Parameters
    ----------
    frame : DataFrame
        A row a line of the profile and how the companies stand to it: about (fit, or the attribute of a criterion),
        stands (in, out, unknown; met, failed), yes (companies of which sales says that they fit), n, share with its
        95 % interval low and high.
    gaps : DataFrame
        A row a line: about, gap (share of yes where it is met, less that where it is failed) with its 95 % interval
        low and high, n.
    reasons : DataFrame
        A row an answer and reason: agrees, group (of `group_statement`; the words themselves where they are none of its
        groups and were said of three companies or more), n (companies), of (companies with that answer and a reason).
    n : int
        Companies with an answer.
    repeated : int
        Earlier answers on the same ones, which a later one replaces.
    unmatched : int
        Companies that are neither in accounts nor in leads.

    Examples
    --------
    >>> coverage = pd.DataFrame({"account_id": ["a"], "fit": "in", "met": "", "failed": ""})
    >>> said = pd.DataFrame({"date": pd.Timestamp("2026-06-01"), "agrees": [True, False], "account_id": ["a", "x"]})
    >>> found = read_feedback(said, coverage, as_of=date(2026, 6, 30))
    >>> found.n, found.unmatched
    (2, 1)
    """

    frame: pd.DataFrame
    gaps: pd.DataFrame
    reasons: pd.DataFrame
    n: int
    repeated: int
    unmatched: int


def read_feedback(feedback: pd.DataFrame, coverage: pd.DataFrame, *, as_of: date) -> Feedback:
    """Read what sales says of companies inside the profile and outside, and whether it believes in each criterion.

    Parameters
    ----------
    feedback : DataFrame
        The table: date, agrees (does the profile fit this one?), account_id or lead_id, reason, note. May be empty.
    coverage : DataFrame
        The artifact `coverage`, of accounts and leads: account_id (or the lead's), fit, met, failed.
    as_of : date
        The day up to which we look.

    Returns
    -------
    Feedback
        A company counts once, with the latest answer.

    Notes
    -----
    Shares: Wilson (1927); gaps: Newcombe (1998). Answers are opinions of those who sell, often on the companies that
    they know best: they say what sales sees, not what is so. Reasons are grouped as in step 4 (`group_statement`).

    Examples
    --------
    >>> day = pd.Timestamp("2026-06-01")
    >>> said = pd.DataFrame({"date": day, "agrees": [True, False], "account_id": ["a", "b"], "reason": [None, "price"]})
    >>> coverage = pd.DataFrame({"account_id": ["a", "b"], "fit": ["in", "out"], "met": ["size", ""],
    ...                          "failed": ["", "size"]})
    >>> read_feedback(said, coverage, as_of=date(2026, 6, 30)).frame[["about", "stands", "yes", "n"]].values.tolist()
    [['fit', 'in', 1, 1], ['fit', 'out', 0, 1], ['size', 'met', 1, 1], ['size', 'failed', 0, 1]]
    """
    said = until(fill_table(feedback, "feedback"), "date", pd.Timestamp(as_of)).dropna(subset=["agrees"])
    said = said.assign(account_id=said["account_id"].fillna(said["lead_id"]), agrees=said["agrees"].astype("bool"))
    said = said.sort_values(["account_id", "date", "agrees", "reason", "note"], ignore_index=True)
    last = said.drop_duplicates("account_id", keep="last")
    known = last.merge(coverage[["account_id", "fit", "met", "failed"]], on="account_id")
    lines = [(line, agrees) for fit, met, failed, agrees in zip(*(known[name].tolist() for name in (
                 "fit", "met", "failed", "agrees")), strict=True)
             for line in (("fit", fit), *_stand(met, "met"), *_stand(failed, "failed"))]
    counts = pd.DataFrame(lines, columns=["line", "agrees"]).groupby("line")["agrees"].agg(["sum", "count"]).astype(int)
    rows = sorted(((*line, *pair) for line, pair in zip(counts.index, counts.to_numpy().tolist(), strict=True)),
                  key=lambda row: (row[0] != "fit", row[0], _STANDS.index(row[1])))
    frame = add_shares(pd.DataFrame(rows, columns=["about", "stands", "yes", "n"]), "yes", "n")
    why = last["reason"].fillna(last["note"]).fillna("")
    common = why.groupby(why).transform("size") >= _COMMON  # one of a list: it names nobody
    # Step 4 knows reasons against a company; whoever says that it fits gives one for it.
    groups = [group if group == "unknown" or not (fits or group == "other") else words if often else "other"
              for words, often, fits, group in zip(
                  why, common, last["agrees"], (group_statement(words).group for words in why), strict=True)]
    told = last.assign(group=pd.Series(groups, last.index, "str")).query("group != 'unknown'")
    reasons = told.groupby(["agrees", "group"]).size().rename("n").reset_index()
    reasons["of"] = reasons.groupby("agrees")["n"].transform("sum")
    reasons = reasons.sort_values(["agrees", "n", "group"], ascending=[True, False, True], ignore_index=True)
    return Feedback(frame, _list_gaps(frame), reasons, len(last), len(said) - len(last), len(last) - len(known))


def _stand(names: str, how: str) -> list[tuple[str, str]]:
    return [(name, how) for name in names.split(", ") if name]


def _list_gaps(frame: pd.DataFrame) -> pd.DataFrame:
    """Set companies that meet a line against those that fail it."""
    rows = []
    for about, lines in frame[frame["stands"] != "unknown"].groupby("about", sort=False):
        if len(lines) == 2:
            (yes, n), (others, m) = lines[["yes", "n"]].to_numpy().tolist()
            rows.append((about, yes / n - others / m, *bound_difference(yes, n, others, m), n + m))
    return pd.DataFrame(rows, columns=["about", "gap", "low", "high", "n"])


def list_asked(deals: pd.DataFrame, coverage: pd.DataFrame, feedback: pd.DataFrame, *, as_of: date,
               months: int = 6) -> pd.DataFrame:
    """List the companies of which sales should say whether the profile fits.

    Parameters
    ----------
    deals : DataFrame
        The table: account_id, stage, created, closed.
    coverage : DataFrame
        The artifact `coverage`.
    feedback : DataFrame
        What was said already: account_id, date. May be empty.
    as_of : date
        The day up to which we look.
    months : int, default 6
        Companies with a deal that is open, or was closed in so many months before `as_of`, are asked about, unless an
        answer is on record that is no older.

    Returns
    -------
    DataFrame
        The artifact `asked`: account_id, fit, failed, unknown, last (day of the latest deal), the latest first.

    Examples
    --------
    >>> deals = pd.DataFrame({"account_id": ["a"], "stage": ["open"], "created": [pd.Timestamp("2026-06-01")]})
    >>> coverage = pd.DataFrame({"account_id": ["a", "b"], "fit": "in", "met": "", "failed": "", "unknown": ""})
    >>> list_asked(deals, coverage, pd.DataFrame(), as_of=date(2026, 6, 30))["account_id"].tolist()
    ['a']
    """
    now = pd.Timestamp(as_of)
    deals, line = until(fill_table(deals, "deals"), "created", now), now - pd.DateOffset(months=months)
    lively = deals[deals["stage"].eq("open") | (deals["closed"] >= line)]
    last = lively["closed"].fillna(lively["created"]).groupby(lively["account_id"]).max()
    said = fill_table(feedback, "feedback")
    asked = coverage[coverage["account_id"].isin(last.index)
                     & ~coverage["account_id"].isin(said.loc[said["date"] >= line, "account_id"])]
    asked = asked[["account_id", "fit", "failed", "unknown"]].join(last.rename("last"), on="account_id")
    return asked.sort_values(["last", "account_id"], ascending=[False, True], ignore_index=True)
