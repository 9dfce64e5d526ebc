"""From cases to profiles: the search, what it may not use, what each criterion adds, and whether there are more."""

import math
from dataclasses import dataclass
from typing import Any, NamedTuple

import pandas as pd

from icp_lab.errors.base import name_nearest, utter
from icp_lab.methods.evidence import find_icp, find_showable
from icp_lab.methods.finding import Finding
from icp_lab.methods.leaks import Leaks, find_leaks
from icp_lab.methods.result import Shown, bound_share
from icp_lab.rule import Rule

ANSWERS = {"yes": True, "no": False}
# Level of the test of a rule that was declared beforehand.
DECLARED = 0.05
Names = list[str] | tuple[str, ...]


def name_outcome(cases: pd.DataFrame) -> str:
    """Name the outcome that cases are about: `best`, `won` or `retained`; `best` where there is no case."""
    return str(cases["outcome"].iloc[0]) if len(cases) else "best"


def take_cases(attributes: pd.DataFrame, cases: pd.DataFrame) -> pd.DataFrame:
    """Give each case its account's attributes: a row a case, indexed by case_id."""
    joined = attributes.reindex(cases["account_id"])
    return joined.set_index(pd.Index(cases["case_id"], name="case_id"))


class Joined(NamedTuple):
    """Cases with the attributes of their accounts, their answers (yes, no, missing), and the key that ties them."""

    table: pd.DataFrame
    positive: pd.Series
    groups: pd.Series | None


def join_cases(attributes: pd.DataFrame, cases: pd.DataFrame) -> Joined:
    """Which attributes and which outcome has each case? Cases of one account belong together."""
    keyed = cases.set_index("case_id")
    groups = None if keyed["account_id"].is_unique else keyed["account_id"]
    return Joined(take_cases(attributes, cases), keyed["positive"].map(ANSWERS).astype("boolean"), groups)


def suspect_attributes(attributes: pd.DataFrame, cases: pd.DataFrame, *, exclude: Names = (),
                       insist: Names = ()) -> Leaks:
    """Which attributes may know the outcome, and which of them are refused as criteria?

    Parameters
    ----------
    attributes, cases, exclude, insist
        As for `find_profile`.

    Returns
    -------
    Leaks

    Raises
    ------
    LabError
        When `exclude` or `insist` names what is no candidate.
    """
    for name in (*exclude, *insist):
        if name not in attributes.columns:
            near = name_nearest(name, map(str, attributes.columns))
            raise utter("icp.unknown_attribute", attribute=name, remedy=near)
    table, positive, groups = join_cases(attributes.drop(columns=list(exclude)), cases)
    return find_leaks(table, positive, groups=groups, insist=insist)


def find_profile(attributes: pd.DataFrame, cases: pd.DataFrame, *, exclude: Names = (), insist: Names = (),
                 **plan: Any) -> Finding:
    """Which criteria describe the cases that came out well?

    Parameters
    ----------
    attributes
        Candidate attributes, indexed by account_id.
    cases
        The artifact `cases`: case_id, account_id, positive (yes, no, unknown), time.
    exclude
        Attributes that may not be criteria.
    insist
        Attributes that may be criteria although they are suspected to know the outcome.
    **plan
        max_criteria, permutations, folds, bootstraps, seed: as for `find_icp`.

    Returns
    -------
    Finding
        Cases of one account belong together.

    Raises
    ------
    LabError
        When `exclude` or `insist` names what is no candidate.
    """
    leaks = suspect_attributes(attributes, cases, exclude=exclude, insist=insist).refused
    table, positive, groups = join_cases(attributes.drop(columns=list(exclude)), cases)
    return find_icp(table, positive, leaks=leaks, groups=groups, time=cases.set_index("case_id")["time"], **plan)


@dataclass(frozen=True)
class MoreProfiles(Shown):
    """Is there another ideal customer, unlike the first?

    Parameters
    ----------
    findings
        Further profiles that are supported, each among the cases that no profile before it takes in or leaves open.
    stopped
        The search at which it ended, for its profile is not supported; None where there was none.
    """

    findings: tuple[Finding, ...]
    stopped: Finding | None

    @property
    def frame(self) -> pd.DataFrame:
        """A row a search: its rule, the cases it looked at, its lift with interval, its verdict."""
        rows = [*self.findings, *([self.stopped] if self.stopped else [])]
        return pd.DataFrame([{"rule": f.rule.words(), "n": f.n, "best": f.best, "lift": f.lift, "low": f.lift_low,
                              "high": f.lift_high, "verdict": f.verdict} for f in rows])


def find_more(attributes: pd.DataFrame, cases: pd.DataFrame, first: Finding, *, most: int = 2,
              **plan: Any) -> MoreProfiles:
    """Is there another ideal customer among those that the first profile leaves outside?

    Parameters
    ----------
    attributes, cases
        As for `find_profile`.
    first
        The first profile. Nothing more is searched where it is not supported.
    most
        How many further profiles at most.
    **plan
        As for `find_profile`.

    Returns
    -------
    MoreProfiles

    Notes
    -----
    The whole protocol again among the cases for which every profile before is known not to hold. A second search is
    made only after the first was supported, a third only after the second, so that a claim too many stays as rare as
    for one search.
    """
    found, latest, left = list[Finding](), first, cases
    while latest.verdict == "supported" and len(found) < most:
        outside = latest.rule.mask(attributes).eq(False).fillna(False)
        left = left[left["account_id"].isin(attributes.index[outside])]
        latest = find_profile(attributes, left, **plan)
        found.append(latest)
    held = tuple(finding for finding in found if finding.verdict == "supported")
    return MoreProfiles(held, found[-1] if len(held) < len(found) else None)


def find_reach(finding: Finding) -> tuple[float, float]:
    """Which lift could so many cases show: to a search, and to a rule that was declared beforehand? NaN: none."""
    return finding.showable, find_showable(finding.n, finding.best / max(finding.n, 1), level=DECLARED)


@dataclass(frozen=True)
class Additions(Shown):
    """What does each criterion add to the profile?

    `frame`: a row a criterion, in the order of the rule, after a first row for the profile as a whole; `n` and
    `positives` (cases that it alone keeps out; for the profile those inside), `share` (0 to 1) with its 95 % interval
    `low`, `high` (Wilson), and `instead` (attributes that could stand in its place). `rule`: the profile; `n`: known
    cases.
    """

    frame: pd.DataFrame
    rule: Rule
    n: int


def weigh_criteria(attributes: pd.DataFrame, cases: pd.DataFrame, finding: Finding) -> Additions:
    """What does each criterion add: whom does it alone keep out of the profile, and how did those do?

    Parameters
    ----------
    attributes, cases
        As for `find_profile`.
    finding
        What was found. A case without a value is not kept out by that criterion.

    Returns
    -------
    Additions
    """
    table, positive, _groups = join_cases(attributes, cases[cases["positive"].isin(list(ANSWERS))])
    checks, rows = finding.rule.check(table), []
    for at in (None, *checks.columns):
        inside = checks.drop(columns=[] if at is None else [at]).all(axis=1, skipna=False).fillna(False)
        kept = inside if at is None else inside & checks[at].eq(False).fillna(False)
        instead = () if at is None else finding.interchangeable.get(finding.rule.criteria[at].attribute, ())
        n, hits = int(kept.sum()), int(positive[kept].sum())
        rows.append((n, hits, hits / n if n else math.nan, *bound_share(hits, n), instead))
    frame = pd.DataFrame(rows, columns=["n", "positives", "share", "low", "high", "instead"])
    return Additions(frame, finding.rule, len(table))
