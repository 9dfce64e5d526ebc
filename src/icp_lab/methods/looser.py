"""The profile with lines left out: whom would it take in then, and how would those do?"""

from dataclasses import dataclass
from itertools import combinations
from math import nan

import pandas as pd

from icp_lab.methods.profile import ANSWERS, join_cases
from icp_lab.methods.result import Shown, add_shares
from icp_lab.rule import Rule


@dataclass(frozen=True)
class Looser(Shown):
    """What each part of the profile's lines is worth without the others.

    Parameters
    ----------
    frame : DataFrame
        A row a part, the strictest first: `kept` (numbers of the criteria that stay), `n` cases inside, `positives`
        among them, `share` with its 95 % Wilson interval `low`, `high`; `coverage` (share of all cases), `lift` with
        `lift_low`, `lift_high` (these shares by that of all cases); `best` (no other part takes in as many at a higher
        lift).
    rule : Rule
        The profile.
    cases : int
        Cases with a known outcome.
    base : float
        The share of them that came out well, 0 to 1; NaN without any.

    Examples
    --------
    >>> cases = pd.DataFrame({"case_id": list("ab"), "account_id": list("ab"), "positive": ["yes", "no"]})
    >>> compare_looser(pd.DataFrame(index=list("ab")), cases, Rule()).base
    0.5
    """

    frame: pd.DataFrame
    rule: Rule
    cases: int
    base: float


def compare_looser(attributes: pd.DataFrame, cases: pd.DataFrame, rule: Rule) -> Looser:
    """Compare what the profile gains in coverage and loses in lift when lines are left out.

    Parameters
    ----------
    attributes : DataFrame
        Candidate attributes, indexed by account_id.
    cases : DataFrame
        Cases of one outcome: case_id, account_id, positive (yes, no, unknown); those of unknown outcome are left out.
    rule : Rule
        The profile.

    Returns
    -------
    Looser
        A row a part; none where the rule has no criteria, or all cases came out alike.

    Notes
    -----
    Plain counts on the cases that shaped the profile, so they flatter it; what holds on unseen cases is its
    cross-fitted lift. A case without a value is not inside. The interval is that of the share; the share of all cases
    is taken as known.

    Examples
    --------
    >>> attributes = pd.DataFrame({"employees": [10.0, 200.0, 300.0, 400.0]}, index=list("abcd"))
    >>> cases = pd.DataFrame({"case_id": list("abcd"), "account_id": list("abcd"),
    ...                       "positive": ["no", "yes", "yes", "no"]})
    >>> found = compare_looser(attributes, cases, Rule.from_dicts([{"attribute": "employees", "min": 100, "max": 350}]))
    >>> found.frame[["kept", "n", "positives", "lift"]].values.tolist()
    [[(0,), 2, 2, 2.0], [(), 4, 2, 1.0]]
    """
    table, answers, _groups = join_cases(attributes, cases[cases["positive"].isin(list(ANSWERS))])
    positive, rows = answers.astype("bool"), []
    base = float(positive.mean()) if len(table) else nan
    if rule.criteria and 0 < base < 1:
        checks, places = rule.check(table).fillna(False).astype("bool"), range(len(rule.criteria))
        for kept in (kept for size in reversed(range(len(places) + 1)) for kept in combinations(places, size)):
            inside = checks[list(kept)].all(axis=1)
            rows.append((kept, int(inside.sum()), int(positive[inside].sum())))
    frame = add_shares(pd.DataFrame(rows, columns=["kept", "n", "positives"]), "positives", "n")
    frame["coverage"] = frame["n"] / max(len(table), 1)
    for name, end in (("lift", "share"), ("lift_low", "low"), ("lift_high", "high")):
        frame[name] = frame[end] / base
    beaten = [bool(((frame["n"] >= n) & (frame["lift"] > lift)).any()) for n, lift in frame[["n", "lift"]].to_numpy()]
    frame["best"] = frame["lift"].notna() & ~pd.Series(beaten, index=frame.index, dtype="bool")
    return Looser(frame, rule, len(table), base)
