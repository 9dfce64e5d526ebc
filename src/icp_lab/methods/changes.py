"""What has moved since a definition was adopted: accounts, and what the outcome of deals says to each criterion."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from icp_lab.methods.customers import fill_table
from icp_lab.methods.draft import cover_accounts
from icp_lab.methods.lift import Lift, measure_lift
from icp_lab.methods.result import Shown
from icp_lab.methods.score import Points, add_points
from icp_lab.rule import Criterion, Rule

_SOON = 14  # days before a review from which it is due
_LIFT = ("lift", "low", "high", "n")


def place_accounts_by(profile: dict[str, Any], attributes: pd.DataFrame) -> pd.DataFrame:
    """Place each account by a definition alone: is it inside, how many points, which tier.

    Parameters
    ----------
    profile : dict of str to object
        In the form of icp.yml, of this study or of a former state of it.
    attributes : DataFrame
        Candidate attributes, indexed by account_id; what the definition asks for and is not there is unknown.

    Returns
    -------
    DataFrame
        The artifact `standings`: account_id, fit, points, tier (empty, and no points, without score and tiers).

    Examples
    --------
    >>> profile = {"criteria": [{"attribute": "employees", "min": 100}]}
    >>> place_accounts_by(profile, pd.DataFrame({"employees": [50.0, None]}, index=["a", "b"]))["fit"].tolist()
    ['out', 'unknown']
    """
    rule, score = Rule.from_profile(profile), profile.get("score") or {}
    points = [Points(Criterion.from_dict(one["criterion"]), int(one.get("met") or 0), int(one.get("failed") or 0))
              for one in score.get("points") or [] if one.get("criterion")]
    asked = [*attributes.columns, *rule.attributes, *(one.criterion.attribute for one in points)]
    known = attributes.reindex(columns=list(dict.fromkeys(asked)))
    frame = cover_accounts(known, rule)[["account_id", "fit"]].assign(points=np.nan, tier="")
    tiers = sorted((float(tier.get("min_fit") or 0), str(tier.get("name"))) for tier in profile.get("tiers") or [])
    if points and tiers:
        worth = add_points(tuple(points), known).sum(axis=1).to_numpy() + int(score.get("base") or 0)
        reached = np.searchsorted([least for least, _name in tiers], worth, side="right")
        frame = frame.assign(points=worth, tier=np.array(["", *(named for _least, named in tiers)])[reached])
    return frame.astype({"points": "Int64", "tier": "str"})


@dataclass(frozen=True)
class Movers(Shown):
    """Which accounts stand elsewhere than when the definition was adopted, and why.

    Parameters
    ----------
    frame : DataFrame
        A row an account: account_id, fit and tier then (`fit_before`, `tier_before`) and now, cause (data: what is
        known of it; rule: the criteria; score: points and tiers; comma-separated).
    n : int
        Accounts that stood somewhere then.
    kept : bool
        Is it on record where they stood? If not, what is known now stands for what was known then.

    Examples
    --------
    >>> same, firms = {"criteria": []}, pd.DataFrame(index=["a", "b"])
    >>> found = find_movers(same, same, firms, pd.DataFrame())
    >>> len(found.frame), found.n, found.kept
    (0, 2, False)
    """

    frame: pd.DataFrame
    n: int
    kept: bool


def find_movers(former: dict[str, Any], proposed: dict[str, Any], attributes: pd.DataFrame,
                stood: pd.DataFrame) -> Movers:
    """Find the accounts that change sides or tiers from one definition to another, and the cause.

    Parameters
    ----------
    former, proposed : dict of str to object
        Two definitions in the form of icp.yml.
    attributes : DataFrame
        Candidate attributes as they are now, indexed by account_id.
    stood : DataFrame
        Where accounts stood when the former was adopted, as `place_accounts_by` said then; may be empty.

    Returns
    -------
    Movers
        A row an account that has moved, by account_id.

    Notes
    -----
    Two steps: from then to the former definition on the data of now (cause: data), and on to the proposed one (rule,
    where it changes sides; score, where only the tier). Tiers count where both definitions have them.

    Examples
    --------
    >>> size = [{"criteria": [{"attribute": "employees", "min": least}]} for least in (100, 50)]
    >>> firms = pd.DataFrame({"employees": [60.0, 200.0]}, index=["a", "b"])
    >>> find_movers(*size, firms, pd.DataFrame()).frame[["account_id", "fit_before", "fit", "cause"]].values.tolist()
    [['a', 'out', 'in', 'rule']]
    """
    same, now = (place_accounts_by(profile, attributes) for profile in (former, proposed))
    both = same.merge(now, on="account_id", suffixes=("_same", ""))
    then = (stood if len(stood) else same)[["account_id", "fit", "tier"]]
    both = both.merge(then, on="account_id", suffixes=("", "_before"))
    if not all(profile.get("tiers") for profile in (former, proposed)):
        both[["tier", "tier_same", "tier_before"]] = ""
    ruled = both["fit_same"] != both["fit"]
    changed = pd.DataFrame({
        "data": (both["fit_before"] != both["fit_same"]) | (both["tier_before"] != both["tier_same"]),
        "rule": ruled, "score": (both["tier_same"] != both["tier"]) & ~ruled})
    both["cause"] = [", ".join(changed.columns[row]) for row in changed.to_numpy()]
    moved = (both["fit_before"] != both["fit"]) | (both["tier_before"] != both["tier"])
    frame = both.loc[moved, ["account_id", "fit_before", "tier_before", "fit", "tier", "cause"]]
    return Movers(frame.sort_values("account_id", ignore_index=True), len(both), bool(len(stood)))


@dataclass(frozen=True)
class Proposals(Shown):
    """What deals closed since say to the definition.

    Parameters
    ----------
    frame : DataFrame
        A row a criterion and, first, the profile as a whole (place -1); place, attribute, the lift of winning before
        (lift_before, low_before, high_before, n_before) and now (lift, low, high, n), state (holds, unclear, gone,
        reversed, untold) and proposal (keep, drop; reword, where the draft says it otherwise).
    new : tuple of dict of str to object
        Criteria of this run's draft that the definition lacks.

    Examples
    --------
    >>> rows = pd.DataFrame({"attribute": ["", "exports"], "state": ["holds", "gone"], "proposal": ["keep", "drop"]})
    >>> Proposals(rows, ()).to_list()
    [{'attribute': 'exports', 'state': 'gone', 'proposal': 'drop'}]
    """

    frame: pd.DataFrame
    new: tuple[dict[str, Any], ...]

    def to_list(self) -> list[dict[Any, Any]]:
        """Say what is proposed as the artifact `validation` keeps it: attribute, state and proposal.

        Returns
        -------
        list of dict
            A dict a criterion that is not proposed to be kept.

        Examples
        --------
        >>> rows = pd.DataFrame({"attribute": ["exports"], "state": ["holds"], "proposal": ["keep"]})
        >>> Proposals(rows, ()).to_list()
        []
        """
        return self.frame.loc[self.frame["proposal"] != "keep", ["attribute", "state", "proposal"]].to_dict("records")


def propose_changes(  # noqa: PLR0913  (a definition, a draft, and the deals of two periods)
    profile: dict[str, Any], draft: dict[str, Any], attributes: pd.DataFrame, deals: pd.DataFrame, *, start: date,
    line: date, as_of: date) -> Proposals:
    """Find the criteria that have lost what they told of winning, and what should stand in their place.

    Parameters
    ----------
    profile, draft : dict of str to object
        The definition that holds, and what this run's data propose, in the form of icp.yml.
    attributes : DataFrame
        Candidate attributes, indexed by account_id.
    deals : DataFrame
        Columns account_id, stage (won, lost, open), closed.
    start, line, as_of : date
        Deals closed from `start` to before `line` are held against those from `line` to `as_of`.

    Returns
    -------
    Proposals
        The state of the profile and of each criterion, and what is proposed of it.

    Notes
    -----
    Lifts with whole accounts as groups (`measure_lift`), at 95 % for all lines together (Bonferroni). reversed: the
    interval of now lies below 1. gone: it reaches 1, that of before lay above it, and the interval of their ratio (Zou
    and Donner, 2008) lies below 1. Either is proposed to be dropped, or to be said as the draft says it.

    Examples
    --------
    >>> firms = pd.DataFrame({"exports": [True, False] * 100}, index=[f"{i:03}" for i in range(200)])
    >>> won = [True, False] * 50 + [False, True] * 40 + [True, False] * 10
    >>> closed = pd.to_datetime(["2026-01-01"] * 100 + ["2026-05-01"] * 100)
    >>> deals = pd.DataFrame({"account_id": firms.index, "stage": np.where(won, "won", "lost"), "closed": closed})
    >>> days = {"start": date(2025, 1, 1), "line": date(2026, 4, 1), "as_of": date(2026, 6, 30)}
    >>> profile = {"criteria": [{"attribute": "exports", "is": True}]}
    >>> propose_changes(profile, {}, firms, deals, **days).frame[["place", "state", "proposal"]].values.tolist()
    [[-1, 'reversed', 'keep'], [0, 'reversed', 'drop']]
    """
    rule = Rule.from_profile(profile)
    new = tuple(one for one in Rule.from_profile(draft).criteria if one not in rule.criteria)
    closed = fill_table(deals, "deals").query("stage in ('won', 'lost')").sort_values(["account_id", "closed"])
    closed = closed[closed["account_id"].isin(attributes.index) & (closed["closed"] >= pd.Timestamp(start))
                    & (closed["closed"] <= pd.Timestamp(as_of))]
    known = attributes.reindex(columns=[*{*attributes.columns, *rule.attributes}])
    closed = closed.assign(won=closed["stage"].eq("won"), late=closed["closed"] >= pd.Timestamp(line))
    rows, sure = [], 1 - 0.05 / (len(rule.criteria) + 1)
    for place, one in enumerate((rule, *(Rule((criterion,)) for criterion in rule.criteria)), start=-1):
        told = closed.assign(inside=one.mask(known).reindex(closed["account_id"]).array).dropna(subset="inside")
        before, now = (measure_lift(side["inside"], side["won"], groups=side["account_id"], confidence=sure)
                       for side in (told[~told["late"]], told[told["late"]]))
        state, attribute = _judge(before, now), one.attributes[0] if place >= 0 else ""
        said = "reword" if attribute in {each.attribute for each in new} else "drop"
        rows.append((place, attribute, *(getattr(lift, name) for lift in (before, now) for name in _LIFT), state,
                     said if attribute and state in ("gone", "reversed") else "keep"))
    columns = ["place", "attribute", *(f"{name}_before" for name in _LIFT), *_LIFT, "state", "proposal"]
    return Proposals(pd.DataFrame(rows, columns=columns), tuple(one.to_dict() for one in new))


def _judge(before: Lift, now: Lift) -> str:
    if not 0 < now.covered < now.n or np.isnan(now.lift):
        return "untold"
    if now.low > 1 or now.high < 1:
        return "holds" if now.low > 1 else "reversed"
    if not before.low > 1 or not now.lift:
        return "unclear"
    ratio = np.log(now.lift / before.lift) + np.hypot(np.log(now.high / now.lift), np.log(before.lift / before.low))
    return "gone" if ratio < 0 else "unclear"


def judge_review(profile: Mapping[str, Any], as_of: date) -> dict[str, Any]:
    """Judge whether the definition is due to be looked at again.

    Parameters
    ----------
    profile : Mapping of str to object
        The definition that holds, in the form of icp.yml.
    as_of : date
        The day up to which the study looks.

    Returns
    -------
    dict of str to object
        The version, day of the review, state (fine; due, from 14 days before; overdue) and days beyond it. Empty where
        no version is in force, or it does not name a day.

    Examples
    --------
    >>> judge_review({"version": "2", "next_review": "2026-06-30"}, date(2026, 7, 10))
    {'version': '2', 'day': '2026-06-30', 'state': 'overdue', 'days': 10}
    """
    try:
        version, day = profile["version"], date.fromisoformat(str(profile["next_review"])[:10])
    except (KeyError, ValueError):
        return {}
    days = (as_of - day).days
    state = "overdue" if days > 0 else "due" if days >= -_SOON else "fine"
    return {"version": str(version), "day": day.isoformat(), "state": state, "days": days}
