"""What a draft says beside its rule: what size explains of it, every other outcome, who is inside, and icp.yml."""

import math
from dataclasses import dataclass
from typing import Any

import pandas as pd

from icp_lab.methods.confounding import Confounding, find_confounders
from icp_lab.methods.finding import Finding
from icp_lab.methods.lift import Lift, measure_lift
from icp_lab.methods.profile import ANSWERS, MoreProfiles, Names, join_cases, take_cases
from icp_lab.methods.result import Shown
from icp_lab.rule import Rule

GROUPS = ("basic", "technical", "organizational", "financial")


@dataclass(frozen=True)
class SizeFixed:
    """How much of the lift is left when companies of one size are compared with each other?

    Parameters
    ----------
    plain, fixed : Lift
        Lift of the rule on all cases, and against what each size band's share of good cases would give.
    left : float
        Share of the excess over 1 that is left; NaN where the interval of the plain lift holds 1.
    bands : int
        How many size bands are on record; with fewer than two nothing is held fixed.
    """

    plain: Lift
    fixed: Lift
    left: float
    bands: int


def hold_size_fixed(attributes: pd.DataFrame, cases: pd.DataFrame, bands: pd.Series, rule: Rule) -> SizeFixed:
    """Does "best" just mean "big"?

    Parameters
    ----------
    attributes, cases : DataFrame
        As for `find_profile`.
    bands : Series
        Size band by account_id; missing ones form a band of their own.
    rule : Rule
        The profile.

    Returns
    -------
    SizeFixed

    Notes
    -----
    Indirect standardisation: good cases inside over those expected from each band's own share; both lifts are on the
    data that shaped the rule, so compare them with each other and not with the cross-fitted one.
    """
    known = cases[cases["positive"].isin(list(ANSWERS))].set_index("case_id")
    inside = rule.mask(take_cases(attributes, known.reset_index()))
    band = bands.reindex(known["account_id"]).set_axis(known.index)
    positive, groups = known["positive"].eq("yes"), known["account_id"]
    plain = measure_lift(inside, positive, groups=groups)
    fixed = measure_lift(inside, positive, groups=groups, strata=band)
    left = (fixed.lift - 1) / (plain.lift - 1) if plain.low > 1 else math.nan
    return SizeFixed(plain, fixed, left, band.nunique())


def hold_others_fixed(attributes: pd.DataFrame, cases: pd.DataFrame, rule: Rule) -> Confounding:
    """Which criteria of the profile say no more than another attribute does?

    Parameters
    ----------
    attributes : DataFrame
        All that is known of the accounts, indexed by account_id: what is known only after the sale too.
    cases : DataFrame
        As for `hold_size_fixed`.
    rule : Rule
        As for `hold_size_fixed`.

    Returns
    -------
    Confounding
    """
    table, positive, groups = join_cases(attributes, cases)
    return find_confounders(table, positive, rule, list(map(str, attributes.columns)), groups)


@dataclass(frozen=True)
class OutcomeLifts(Shown):
    """How does one profile do on every outcome that the tables allow?

    `frame`: a row an outcome; `outcome`, `n`, `positives`, `covered`, `covered_positives`, `lift`, `low`, `high`,
    `drafted_on` (the profile was found on it). `lifts` holds the same as `Lift`.
    """

    frame: pd.DataFrame
    lifts: dict[str, Lift]


def compare_outcomes(attributes: pd.DataFrame, outcomes: pd.DataFrame, rule: Rule, drafted_on: str) -> OutcomeLifts:
    """Does the profile hold on other outcomes: are they won, worth much, do they stay?

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
    """
    lifts = {}
    for outcome, cases in outcomes[outcomes["positive"].isin(list(ANSWERS))].groupby("outcome"):
        keyed = cases.set_index("case_id")
        inside = rule.mask(take_cases(attributes, cases))
        lifts[str(outcome)] = measure_lift(inside, keyed["positive"].eq("yes"), groups=keyed["account_id"])
    figures = ["lift", "low", "high", "n", "positives", "covered", "covered_positives"]
    rows = [(name, name == drafted_on, *(getattr(lift, figure) for figure in figures)) for name, lift in lifts.items()]
    return OutcomeLifts(pd.DataFrame(rows, columns=["outcome", "drafted_on", *figures]), lifts)


def cover_accounts(attributes: pd.DataFrame, rule: Rule) -> pd.DataFrame:
    """Which accounts are in, out or unknown, and by which criteria?

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
    """What was looked at in each of the four groups of attributes?

    `frame`: a row an attribute; `group`, `attribute`, `filled` (share of cases), `use` (criterion, candidate,
    excluded, leaking, unusable), `stability`. `lacking` gives, for a group without any attribute, the table that
    would bring some.
    """

    frame: pd.DataFrame
    lacking: dict[str, tuple[str, ...]]


def group_attributes(attributes: pd.DataFrame, groups: dict[str, str], finding: Finding,
                     exclude: Names = ()) -> AttributeGroups:
    """Which attributes of the four groups were looked at, and what became of them?"""
    used = set(finding.rule.attributes)
    rows = []
    for name in map(str, attributes.columns):
        states = (("criterion", name in used), ("excluded", name in exclude), ("leaking", name in finding.leaking),
                  ("unusable", name in finding.ignored))
        use = next((state for state, holds in states if holds), "candidate")
        group = groups.get(name, "basic")
        rows.append((group, name, float(attributes[name].notna().mean()), use, finding.stability.get(name, 0.0)))
    known = {group: place for place, group in enumerate(GROUPS)}
    rows.sort(key=lambda row: (known.get(row[0], len(known)), -row[4], row[1]))
    frame = pd.DataFrame(rows, columns=["group", "attribute", "filled", "use", "stability"])
    present = set(frame["group"])
    return AttributeGroups(frame, {group: () if group in present else ("reference",) for group in GROUPS})


def compose_draft(  # noqa: PLR0913  (what a draft is made of)
    finding: Finding, size: SizeFixed, outcomes: OutcomeLifts, more: MoreProfiles, *,
    name: str, outcome: str, tries: int = 0,
) -> dict[str, Any]:
    """How does the draft read, in the form of icp.yml?

    Parameters
    ----------
    finding : Finding
        What was found, what is left with size held fixed, the other outcomes, and further profiles.
    size : SizeFixed
        What was found, what is left with size held fixed, the other outcomes, and further profiles.
    outcomes : OutcomeLifts
        What was found, what is left with size held fixed, the other outcomes, and further profiles.
    more : MoreProfiles
        What was found, what is left with size held fixed, the other outcomes, and further profiles.
    name : str
        The study's name, what is predicted, and how many rules were looked at beside the search.
    outcome : str
        The study's name, what is predicted, and how many rules were looked at beside the search.
    tries : int, default 0
        The study's name, what is predicted, and how many rules were looked at beside the search.

    Returns
    -------
    dict
        The artifact `draft`. The criteria of an unsupported finding stand under `evidence.refused`.
    """
    claimed = finding.verdict != "unsupported"
    criteria = finding.rule.to_dicts()
    others = outcomes.frame.loc[~outcomes.frame["drafted_on"], "outcome"]
    lifts = {"size_fixed": size.fixed if size.bands > 1 else None, "holdout": finding.holdout}
    evidence = finding.evidence | {
        "outcomes": {one: _lift_dict(outcomes.lifts[one]) for one in others},
        **{name: _lift_dict(lift) for name, lift in lifts.items() if lift},
        **{name: getattr(finding, name) for name in ("excluded_above", "needed", "needed_lift")},
        "tries": tries, "refused": [] if claimed else criteria}
    further = [{"name": f"{name} {number}", "criteria": one.rule.to_dicts(), "verdict": one.verdict,
                "evidence": one.evidence} for number, one in enumerate(more.findings, start=2)]
    return {"schema": 1, "name": name, "outcome": outcome, "verdict": finding.verdict,
            "verdict_reason": list(finding.verdict_reason), "basis": "data" if claimed else "none",
            "criteria": criteria if claimed else [], **({"more": further} if further else {}),
            "evidence": evidence}


def _lift_dict(lift: Lift) -> dict[str, Any]:
    return {"n": lift.n, "lift": lift.lift, "lift_low": lift.low, "lift_high": lift.high}
