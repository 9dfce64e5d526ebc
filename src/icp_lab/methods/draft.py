"""What a draft says beside its rule: what size explains of it, every other outcome, who is inside, and icp.yml."""

import math
from dataclasses import dataclass
from typing import Any

import pandas as pd

from icp_lab.methods.confounding import Confounding, find_confounders
from icp_lab.methods.finding import Finding
from icp_lab.methods.lift import Lift
from icp_lab.methods.profile import ANSWERS, MoreProfiles, Names, join_cases
from icp_lab.methods.result import Shown
from icp_lab.rule import Rule

GROUPS = ("basic", "technical", "organizational", "financial")


@dataclass(frozen=True)
class SizeFixed:
    """How much of the lift is left when companies of one size are compared with each other.

    Parameters
    ----------
    plain : Lift
        Lift of the rule on all cases.
    fixed : Lift
        Lift against what each size band's share of good cases would give.
    left : float
        Share of the excess over 1 that is left; NaN where the interval of the plain lift holds 1.
    bands : int
        How many size bands are on record; with fewer than two nothing is held fixed.

    Examples
    --------
    >>> cases = pd.DataFrame({"case_id": ["a"], "account_id": ["a"], "positive": ["yes"]})
    >>> hold_size_fixed(pd.DataFrame(index=["a"]), cases, pd.Series({"a": "10-49"}), Rule()).bands
    1
    """

    plain: Lift
    fixed: Lift
    left: float
    bands: int


def hold_size_fixed(attributes: pd.DataFrame, cases: pd.DataFrame, bands: pd.Series, rule: Rule) -> SizeFixed:
    """Hold size fixed, to see whether "best" just means "big".

    Parameters
    ----------
    attributes : DataFrame
        Candidate attributes, indexed by account_id.
    cases : DataFrame
        Cases of one outcome: case_id, account_id, positive (yes, no, unknown).
    bands : Series
        Size band by account_id; missing ones form a band of their own.
    rule : Rule
        The profile.

    Returns
    -------
    SizeFixed
        Both lifts, on the data that shaped the rule: compare them with each other and not with the cross-fitted one.

    Notes
    -----
    Indirect standardisation: good cases inside over those expected from each band's own share (`measure_lift` with the
    bands as strata).

    Examples
    --------
    >>> firms = pd.DataFrame({"seats": [50.0] * 100 + [5.0] * 100}, index=[f"{i:03}" for i in range(200)])
    >>> cases = pd.DataFrame({"case_id": firms.index, "account_id": firms.index,
    ...                       "positive": ["yes"] * 60 + ["no"] * 40 + ["yes"] * 20 + ["no"] * 80})
    >>> bands = pd.Series(["large"] * 100 + ["small"] * 100, firms.index)
    >>> found = hold_size_fixed(firms, cases, bands, Rule.from_dicts([{"attribute": "seats", "min": 20}]))
    >>> round(found.plain.lift, 2), round(found.fixed.lift, 2)
    (1.5, 1.0)
    """
    known = cases[cases["positive"].isin(list(ANSWERS))]
    joined, band = join_cases(attributes, known), bands.reindex(known["account_id"])
    plain, fixed = joined.measure_lift(rule), joined.measure_lift(rule, strata=band)
    left = (fixed.lift - 1) / (plain.lift - 1) if plain.low > 1 else math.nan
    return SizeFixed(plain, fixed, left, band.nunique())


def hold_others_fixed(attributes: pd.DataFrame, cases: pd.DataFrame, rule: Rule) -> Confounding:
    """Find the criteria of the profile that say no more than another attribute does.

    Parameters
    ----------
    attributes : DataFrame
        All that is known of the accounts, indexed by account_id: what is known only after the sale too.
    cases : DataFrame
        Cases of one outcome: case_id, account_id, positive (yes, no, unknown).
    rule : Rule
        The profile.

    Returns
    -------
    Confounding
        What `find_confounders` finds with every attribute held fixed in turn.

    Notes
    -----
    Cases of one account belong together, so that an account with many deals does not make a difference clear by itself.

    Examples
    --------
    >>> firms = pd.DataFrame({"exports": [True, False] * 50}, index=[f"{i:02}" for i in range(100)])
    >>> cases = pd.DataFrame({"case_id": firms.index, "account_id": firms.index, "positive": ["yes", "no"] * 50})
    >>> hold_others_fixed(firms, cases, Rule.from_dicts([{"attribute": "exports", "is": True}])).frame.empty
    True
    """
    table, positive, groups = join_cases(attributes, cases)
    return find_confounders(table, positive, rule, list(map(str, attributes.columns)), groups)


@dataclass(frozen=True)
class OutcomeLifts(Shown):
    """How one profile does on every outcome that the tables allow.

    Parameters
    ----------
    frame : DataFrame
        A row an outcome: `outcome`, `drafted_on` (the profile was found on it), `lift`, `low`, `high`, `n`,
        `positives`, `covered`, `covered_positives`.
    lifts : dict of str to Lift
        The same by outcome.

    Examples
    --------
    >>> outcomes = pd.DataFrame({"case_id": ["a"], "account_id": ["a"], "outcome": "won", "positive": ["yes"]})
    >>> list(compare_outcomes(pd.DataFrame(index=["a"]), outcomes, Rule(), "won").lifts)
    ['won']
    """

    frame: pd.DataFrame
    lifts: dict[str, Lift]


def compare_outcomes(attributes: pd.DataFrame, outcomes: pd.DataFrame, rule: Rule, drafted_on: str) -> OutcomeLifts:
    """Compare how the profile does on each outcome: are its companies won, worth much, do they stay.

    Parameters
    ----------
    attributes : DataFrame
        Candidate attributes, indexed by account_id.
    outcomes : DataFrame
        The artifact `outcomes`: as `cases`, for every outcome.
    rule : Rule
        The profile.
    drafted_on : str
        The outcome that it was found on; its lift here is on the same data and flatters.

    Returns
    -------
    OutcomeLifts
        A row an outcome of which cases are known.

    Notes
    -----
    Lifts as `measure_lift` has them, over the cases of each outcome that are known, with accounts as groups. They are
    not corrected for the number of outcomes.

    Examples
    --------
    >>> firms = pd.DataFrame({"exports": [True, False] * 20}, index=[f"{i:02}" for i in range(40)])
    >>> outcomes = pd.DataFrame({"case_id": firms.index, "account_id": firms.index, "outcome": "won",
    ...                          "positive": ["yes", "no", "yes", "yes"] * 10})
    >>> found = compare_outcomes(firms, outcomes, Rule.from_dicts([{"attribute": "exports", "is": True}]), "best")
    >>> found.frame[["outcome", "lift", "covered"]].round(2).values.tolist()
    [['won', 1.33, 20.0]]
    """
    known = outcomes[outcomes["positive"].isin(list(ANSWERS))].groupby("outcome")
    lifts = {str(outcome): join_cases(attributes, cases).measure_lift(rule) for outcome, cases in known}
    figures = ["lift", "low", "high", "n", "positives", "covered", "covered_positives"]
    rows = [(name, name == drafted_on, *(getattr(lift, figure) for figure in figures)) for name, lift in lifts.items()]
    return OutcomeLifts(pd.DataFrame(rows, columns=["outcome", "drafted_on", *figures]), lifts)


def cover_accounts(attributes: pd.DataFrame, rule: Rule) -> pd.DataFrame:
    """Tell which accounts are in, out or unknown, and by which criteria.

    Parameters
    ----------
    attributes : DataFrame
        Candidate attributes, indexed by account_id: every account, prospects too.
    rule : Rule
        The profile; without criteria nobody is in or out.

    Returns
    -------
    DataFrame
        The artifact `coverage`: account_id, fit, met, failed, unknown (attributes, comma-separated).

    Examples
    --------
    >>> rule = Rule.from_dicts([{"attribute": "employees", "min": 100}])
    >>> cover_accounts(pd.DataFrame({"employees": [200.0, None]}, index=["a", "b"]), rule).values.tolist()
    [['a', 'in', 'employees', '', ''], ['b', 'unknown', '', '', 'employees']]
    """
    checks, mask = rule.check(attributes), rule.mask(attributes)
    fit = mask.map({True: "in", False: "out"}).astype("object").where(mask.notna(), "unknown")
    frame = pd.DataFrame({"account_id": attributes.index.astype("str")}, index=attributes.index)
    frame["fit"] = fit.astype("str") if rule.criteria else "unknown"
    names = [criterion.attribute for criterion in rule.criteria]
    for column, holds in (("met", checks.eq(True)), ("failed", checks.eq(False)), ("unknown", checks.isna())):
        rows = holds.fillna(False).to_numpy(dtype=bool)
        frame[column] = [", ".join(n for n, said in zip(names, row, strict=True) if said) for row in rows]
    return frame.reset_index(drop=True)


@dataclass(frozen=True)
class AttributeGroups(Shown):
    """What was looked at in each of the four groups of attributes.

    Parameters
    ----------
    frame : DataFrame
        A row an attribute: `group`, `attribute`, `filled` (share of cases), `use` (criterion, candidate, excluded,
        leaking, unusable), `stability`.
    lacking : dict of str to tuple of str
        Of each group the tables that would bring attributes of it, where it has none.

    Examples
    --------
    >>> AttributeGroups(pd.DataFrame(), {"technical": ("reference",)}).lacking["technical"]
    ('reference',)
    """

    frame: pd.DataFrame
    lacking: dict[str, tuple[str, ...]]


def group_attributes(attributes: pd.DataFrame, groups: dict[str, str], finding: Finding,
                     exclude: Names = ()) -> AttributeGroups:
    """Group the attributes that were looked at, and say what became of them.

    Parameters
    ----------
    attributes : DataFrame
        Candidate attributes, a row a case or an account.
    groups : dict of str to str
        Group of each attribute; the others are basic.
    finding : Finding
        What the search found.
    exclude : list of str or tuple of str, default ()
        Attributes that the study leaves out.

    Returns
    -------
    AttributeGroups
        By group, those first that bootstraps chose most often.

    Examples
    --------
    >>> from icp_lab.methods.evidence import find_icp
    >>> cases = pd.DataFrame({"age": [1.0, 2.0], "crm": ["x", "x"]})
    >>> nothing = find_icp(cases, pd.Series([True, False]))
    >>> group_attributes(cases, {"crm": "technical"}, nothing).frame[["group", "attribute", "use"]].values.tolist()
    [['basic', 'age', 'candidate'], ['technical', 'crm', 'unusable']]
    """
    states = {"criterion": finding.rule.attributes, "excluded": exclude, "leaking": finding.leaking,
              "unusable": finding.ignored}
    rows = []
    for name in map(str, attributes.columns):
        use = next((state for state, names in states.items() if name in names), "candidate")
        rows.append((groups.get(name, "basic"), name, float(attributes[name].notna().mean()), use,
                     finding.stability.get(name, 0.0)))
    known = {group: place for place, group in enumerate(GROUPS)}
    rows.sort(key=lambda row: (known.get(row[0], len(known)), -row[4], row[1]))
    frame = pd.DataFrame(rows, columns=["group", "attribute", "filled", "use", "stability"])
    present = set(frame["group"])
    return AttributeGroups(frame, {group: () if group in present else ("reference",) for group in GROUPS})


def compose_draft(  # noqa: PLR0913  (what a draft is made of)
    finding: Finding, size: SizeFixed, outcomes: OutcomeLifts, more: MoreProfiles, *,
    name: str, outcome: str, tries: int = 0) -> dict[str, Any]:
    """Compose the draft in the form of icp.yml.

    Parameters
    ----------
    finding : Finding
        What was found.
    size : SizeFixed
        What is left of it with size held fixed.
    outcomes : OutcomeLifts
        The other outcomes.
    more : MoreProfiles
        Further profiles.
    name : str
        The study's name.
    outcome : str
        What is predicted.
    tries : int, default 0
        How many rules were looked at beside the search.

    Returns
    -------
    dict of str to object
        The artifact `draft`. The criteria of an unsupported finding stand under `evidence.refused`.

    Examples
    --------
    >>> from icp_lab.methods.evidence import find_icp
    >>> nothing = find_icp(pd.DataFrame({"age": [1.0, 2.0]}), pd.Series([True, False]))
    >>> size = SizeFixed(nothing.fitted, nothing.fitted, math.nan, 0)
    >>> others = OutcomeLifts(pd.DataFrame({"outcome": [], "drafted_on": pd.array([], "bool")}), {})
    >>> draft = compose_draft(nothing, size, others, MoreProfiles((), None), name="Demo", outcome="won")
    >>> draft["verdict"], draft["verdict_reason"], draft["criteria"]
    ('unsupported', ['too_few'], [])
    """
    claimed, criteria = finding.verdict != "unsupported", finding.rule.to_dicts()
    others = outcomes.frame.loc[~outcomes.frame["drafted_on"], "outcome"]
    lifts = {"size_fixed": size.fixed if size.bands > 1 else None, "holdout": finding.holdout}
    evidence = finding.evidence | {"outcomes": {one: _lift_dict(outcomes.lifts[one]) for one in others}}
    evidence |= {name: _lift_dict(lift) for name, lift in lifts.items() if lift}
    evidence |= {name: getattr(finding, name) for name in ("excluded_above", "needed", "needed_lift")}
    evidence |= {"tries": tries, "refused": [] if claimed else criteria}
    further = [{"name": f"{name} {number}", "criteria": one.rule.to_dicts(), "verdict": one.verdict,
                "evidence": one.evidence} for number, one in enumerate(more.findings, start=2)]
    return {"schema": 1, "name": name, "outcome": outcome, "verdict": finding.verdict,
            "verdict_reason": list(finding.verdict_reason), "basis": "data" if claimed else "none",
            "criteria": criteria if claimed else [], **({"more": further} if further else {}), "evidence": evidence}


def _lift_dict(lift: Lift) -> dict[str, Any]:
    return {"n": lift.n, "lift": lift.lift, "lift_low": lift.low, "lift_high": lift.high}
