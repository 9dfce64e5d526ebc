"""From cases to profiles: the search, what it may not use, what each criterion adds, and whether there are more."""

import math
from dataclasses import dataclass
from typing import Any, NamedTuple

import pandas as pd

from icp_lab.errors.base import name_nearest, utter
from icp_lab.methods.evidence import find_icp, find_showable
from icp_lab.methods.finding import Finding
from icp_lab.methods.leaks import Leaks, find_leaks
from icp_lab.methods.lift import Lift, measure_lift
from icp_lab.methods.result import Shown, bound_share
from icp_lab.rule import Rule

ANSWERS = {"yes": True, "no": False}
# Level of the test of a rule that was declared beforehand.
DECLARED = 0.05
Names = list[str] | tuple[str, ...]


def name_outcome(cases: pd.DataFrame) -> str:
    """Name the outcome that cases are about: `best`, `won` or `retained`; `best` where there is no case.

    Parameters
    ----------
    cases : DataFrame
        The artifact `cases`; only the column outcome is read.

    Returns
    -------
    str
        The outcome of the first case.

    Examples
    --------
    >>> name_outcome(pd.DataFrame({"outcome": ["won", "won"]})), name_outcome(pd.DataFrame({"outcome": []}))
    ('won', 'best')
    """
    return str(cases["outcome"].iloc[0]) if len(cases) else "best"


def take_cases(attributes: pd.DataFrame, cases: pd.DataFrame) -> pd.DataFrame:
    """Give each case its account's attributes.

    Parameters
    ----------
    attributes : DataFrame
        Candidate attributes, indexed by account_id.
    cases : DataFrame
        The artifact `cases`: case_id, account_id.

    Returns
    -------
    DataFrame
        A row a case, indexed by case_id; missing where the account is not among the attributes.

    Examples
    --------
    >>> firms = pd.DataFrame({"employees": [10.0, 200.0]}, index=["a", "b"])
    >>> take_cases(firms, pd.DataFrame({"case_id": ["a#1", "a#2"], "account_id": "a"}))["employees"].to_dict()
    {'a#1': 10.0, 'a#2': 10.0}
    """
    return attributes.reindex(cases["account_id"]).set_index(pd.Index(cases["case_id"], name="case_id"))


class Joined(NamedTuple):
    """Hand over cases with the attributes of their accounts, their answers, and the key that ties them.

    Parameters
    ----------
    table : DataFrame
        A row a case, indexed by case_id, a column an attribute.
    positive : Series
        Nullable boolean on the same index: yes, no, missing.
    groups : Series or None
        The account of each case; None where every case has an account of its own.

    Examples
    --------
    >>> firms = pd.DataFrame({"employees": [10.0]}, index=["a"])
    >>> cases = pd.DataFrame({"case_id": ["a"], "account_id": ["a"], "positive": ["yes"]})
    >>> join_cases(firms, cases).groups is None
    True
    """

    table: pd.DataFrame
    positive: pd.Series
    groups: pd.Series | None

    def measure_lift(self, rule: Rule, strata: pd.Series | None = None) -> Lift:
        """Measure how much more often cases inside a rule come out well; all of them are known.

        Parameters
        ----------
        rule : Rule
            The rule.
        strata : Series or None, default None
            What is held fixed, a value a case.

        Returns
        -------
        Lift
            As `measure_lift` says, with accounts as groups.

        Examples
        --------
        >>> firms = pd.DataFrame({"exports": [True, False]}, index=["a", "b"])
        >>> cases = pd.DataFrame({"case_id": ["a", "b"], "account_id": ["a", "b"], "positive": ["yes", "no"]})
        >>> join_cases(firms, cases).measure_lift(Rule.from_dicts([{"attribute": "exports", "is": True}])).lift
        2.0
        """
        return measure_lift(rule.mask(self.table), self.positive, groups=self.groups, strata=strata)


def join_cases(attributes: pd.DataFrame, cases: pd.DataFrame) -> Joined:
    """Tell which attributes and which outcome each case has.

    Parameters
    ----------
    attributes : DataFrame
        Candidate attributes, indexed by account_id.
    cases : DataFrame
        The artifact `cases`: case_id, account_id, positive (yes, no, unknown).

    Returns
    -------
    Joined
        Cases of one account belong together: then `groups` names it.

    Examples
    --------
    >>> firms = pd.DataFrame({"employees": [10.0]}, index=["a"])
    >>> cases = pd.DataFrame({"case_id": ["a#1", "a#2"], "account_id": "a", "positive": ["yes", "unknown"]})
    >>> joined = join_cases(firms, cases)
    >>> joined.positive.tolist(), joined.groups.tolist()
    ([True, <NA>], ['a', 'a'])
    """
    keyed = cases.set_index("case_id")
    groups = None if keyed["account_id"].is_unique else keyed["account_id"]
    return Joined(take_cases(attributes, cases), keyed["positive"].map(ANSWERS).astype("boolean"), groups)


def suspect_attributes(attributes: pd.DataFrame, cases: pd.DataFrame, *, exclude: Names = (),
                       insist: Names = ()) -> Leaks:
    """Tell which attributes may know the outcome, and which of them are refused as criteria.

    Parameters
    ----------
    attributes, cases : DataFrame
        As for `find_profile`.
    exclude, insist : list or tuple of str, default ()
        As for `find_profile`.

    Returns
    -------
    Leaks
        What `find_leaks` finds, with cases of one account kept together.

    Raises
    ------
    LabError
        When `exclude` or `insist` names what is no candidate.

    Examples
    --------
    >>> ids = [f"{n:02}" for n in range(60)]
    >>> firms = pd.DataFrame({"tier": ["gold", "none"] * 30, "town": ["A", "B", "C"] * 20}, index=ids)
    >>> cases = pd.DataFrame({"case_id": ids, "account_id": ids, "positive": ["yes", "no"] * 30})
    >>> list(suspect_attributes(firms, cases).refused)
    ['tier']
    """
    for name in (*exclude, *insist):
        if name not in attributes.columns:
            near = name_nearest(name, map(str, attributes.columns))
            raise utter("icp.unknown_attribute", attribute=name, remedy=near)
    table, positive, groups = join_cases(attributes.drop(columns=list(exclude)), cases)
    return find_leaks(table, positive, groups=groups, insist=insist)


def find_profile(attributes: pd.DataFrame, cases: pd.DataFrame, *, exclude: Names = (), insist: Names = (),
                 **plan: Any) -> Finding:
    """Find the criteria that describe the cases that came out well.

    Parameters
    ----------
    attributes : DataFrame
        Candidate attributes, indexed by account_id.
    cases : DataFrame
        The artifact `cases`: case_id, account_id, positive (yes, no, unknown), time.
    exclude : list or tuple of str, default ()
        Attributes that may not be criteria.
    insist : list or tuple of str, default ()
        Attributes that may be criteria although they are suspected to know the outcome.
    **plan : object
        Arguments max_criteria, permutations, folds, bootstraps and seed, as for `find_icp`.

    Returns
    -------
    Finding
        The rule with its evidence and verdict; cases of one account belong together.

    Raises
    ------
    LabError
        When `exclude` or `insist` names what is no candidate.

    Examples
    --------
    >>> ids = [f"{n:03}" for n in range(120)]
    >>> firms = pd.DataFrame({"employees": [float(n) for n in range(120)]}, index=ids)
    >>> cases = pd.DataFrame({"case_id": ids, "account_id": ids, "time": pd.NaT})
    >>> cases["positive"] = ["yes" if n >= 80 and n % 5 or n % 13 == 1 else "no" for n in range(120)]
    >>> found = find_profile(firms, cases, permutations=0, bootstraps=0)
    >>> found.rule.words("en"), found.n
    ('employees at least 79', 120)
    """
    leaks = suspect_attributes(attributes, cases, exclude=exclude, insist=insist).refused
    table, positive, groups = join_cases(attributes.drop(columns=list(exclude)), cases)
    return find_icp(table, positive, leaks=leaks, groups=groups, time=cases.set_index("case_id")["time"], **plan)


@dataclass(frozen=True)
class MoreProfiles(Shown):
    """Tell whether there is another ideal customer, unlike the first.

    Parameters
    ----------
    findings : tuple of Finding
        Further profiles that are supported, each among the cases that no profile before it takes in or leaves open.
    stopped : Finding or None
        The search at which it ended, for its profile is not supported; None where there was none.

    Examples
    --------
    >>> MoreProfiles((), None).findings
    ()
    """

    findings: tuple[Finding, ...]
    stopped: Finding | None

    @property
    def frame(self) -> pd.DataFrame:
        """Give a row a search: its rule, the cases it looked at, its lift with interval, its verdict.

        Examples
        --------
        >>> MoreProfiles((), None).frame.empty
        True
        """
        rows = [*self.findings, *([self.stopped] if self.stopped else [])]
        return pd.DataFrame([{"rule": f.rule.words(), "n": f.n, "best": f.best, "lift": f.lift, "low": f.lift_low,
                              "high": f.lift_high, "verdict": f.verdict} for f in rows])


def find_more(attributes: pd.DataFrame, cases: pd.DataFrame, first: Finding, *, most: int = 2,
              **plan: Any) -> MoreProfiles:
    """Find out whether there is another ideal customer among those that the first profile leaves outside.

    Parameters
    ----------
    attributes, cases : DataFrame
        As for `find_profile`.
    first : Finding
        The first profile. Nothing more is searched where it is not supported.
    most : int, default 2
        How many further profiles at most, 0 or more.
    **plan : object
        As for `find_profile`.

    Returns
    -------
    MoreProfiles
        Profiles that are supported, and the search at which it ended.

    Notes
    -----
    The whole protocol again among the cases for which every profile before is known not to hold. A second search is
    made only after the first was supported, a third only after the second, so that a claim too many stays as rare as
    for one search.

    Examples
    --------
    >>> ids = [f"{n:02}" for n in range(40)]
    >>> firms = pd.DataFrame({"employees": [float(n) for n in range(40)]}, index=ids)
    >>> cases = pd.DataFrame({"case_id": ids, "account_id": ids, "positive": ["yes", "no"] * 20, "time": pd.NaT})
    >>> first = find_profile(firms, cases, permutations=0, bootstraps=0)
    >>> first.verdict, find_more(firms, cases, first).findings  # nothing more is looked for
    ('unsupported', ())
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
    """Tell which lift so many cases could show: to a search, and to a rule that was declared beforehand.

    Parameters
    ----------
    finding : Finding
        What a search found; only how many cases it had, and how many came out well, is read.

    Returns
    -------
    tuple of 2 float
        The least lifts, in times the share of all; NaN where no lift could be shown.

    Examples
    --------
    >>> ids = [f"{n:03}" for n in range(300)]
    >>> firms = pd.DataFrame({"employees": [float(n) for n in range(300)]}, index=ids)
    >>> cases = pd.DataFrame({"case_id": ids, "account_id": ids, "time": pd.NaT})
    >>> cases["positive"] = ["yes" if n % 6 == 0 else "no" for n in range(300)]
    >>> search, declared = find_reach(find_profile(firms, cases, permutations=0, bootstraps=0))
    >>> 1 < declared < search
    True
    """
    return finding.showable, find_showable(finding.n, finding.best / max(finding.n, 1), level=DECLARED)


@dataclass(frozen=True)
class Additions(Shown):
    """Tell what each criterion adds to the profile.

    Parameters
    ----------
    frame : DataFrame
        A row a criterion, in the order of the rule, after a first row for the profile as a whole; `n` and `positives`
        (cases that it alone keeps out; for the profile those inside), `share` (0 to 1) with its 95 % interval `low`,
        `high` (Wilson, 1927), and `instead` (attributes that could stand in its place).
    rule : Rule
        The profile.
    n : int
        Known cases.

    Examples
    --------
    >>> Additions(pd.DataFrame({"n": [9], "positives": [6]}), Rule(), 20).frame["positives"].tolist()
    [6]
    """

    frame: pd.DataFrame
    rule: Rule
    n: int


def weigh_criteria(attributes: pd.DataFrame, cases: pd.DataFrame, finding: Finding) -> Additions:
    """Tell whom each criterion alone keeps out of the profile, and how those did.

    Parameters
    ----------
    attributes, cases : DataFrame
        As for `find_profile`.
    finding : Finding
        What was found. A case without a value is not kept out by that criterion.

    Returns
    -------
    Additions
        The profile as a whole, then its criteria, with their counts.

    Notes
    -----
    A case is kept out by a criterion alone when it meets all the others and fails this one. Intervals: Wilson (1927).
    Plain counts on the cases that shaped the profile.

    Examples
    --------
    >>> ids = [f"{n:03}" for n in range(120)]
    >>> firms = pd.DataFrame({"employees": [float(n) for n in range(120)]}, index=ids)
    >>> cases = pd.DataFrame({"case_id": ids, "account_id": ids, "time": pd.NaT})
    >>> cases["positive"] = ["yes" if n >= 80 and n % 5 or n % 13 == 1 else "no" for n in range(120)]
    >>> found = find_profile(firms, cases, permutations=0, bootstraps=0)
    >>> weigh_criteria(firms, cases, found).frame[["n", "positives"]].values.tolist()
    [[41, 34], [79, 6]]
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
