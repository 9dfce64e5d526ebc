"""The profiles that a company could choose from, side by side, each judged by as much as is fair to it."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from icp_lab.methods import declared, draft, profile, search
from icp_lab.methods.finding import Finding
from icp_lab.methods.result import Shown
from icp_lab.rule import Hypothesis, Rule

# How the lift of each kind of candidate is had: on cases that its search had not seen, on the same cases, as stated
# beforehand, or by a rule that was made without looking at the outcome.
COUNTED = {"found": "unseen", "near": "same", "declared": "stated", "adopted": "same", "segment": "blind"}
SEGMENT_CRITERIA = 3


@dataclass(frozen=True)
class Proposal:
    """A profile to choose from.

    Parameters
    ----------
    kind : str
        Where it is from: a key of `COUNTED`.
    name : str
        What it is called; empty where its kind says it all.
    rule : Rule
        Its criteria.
    describes : float, default nan
        How well a segment's rule describes the segment (Jaccard index, 0 to 1); NaN for other kinds.

    Examples
    --------
    >>> one = Proposal("declared", "Sales", Rule.from_dicts([{"attribute": "employees", "min": 100}]))
    >>> COUNTED[one.kind]
    'stated'
    """

    kind: str
    name: str
    rule: Rule
    describes: float = math.nan


@dataclass(frozen=True)
class Candidates(Shown):
    """How the profiles that could be chosen compare.

    Parameters
    ----------
    proposals : tuple of Proposal
        The profiles; those that cannot be held against the data are in `lacking`.
    frame : DataFrame
        A row a proposal: `kind`, `name`, `describes`, `accounts` (all that it takes in), `caught` (share of the good
        cases, 0 to 1), `covered` (cases), `lift` with `low` and `high`, `counted` (how the lift is had), `p_value`
        (of the rule as if it alone had been stated; NaN for rules that a search found), `revenue` (share, 0 to 1),
        `leads` (NaN without any), `leads_a_rep`, and for each other outcome X `X`, `X_low`, `X_high` (its lift there).
    lacking : tuple of Proposal
        Proposals about attributes that the data do not have.
    tries : int
        Distinct rules looked at beside the search, those tried by hand included.
    luck : float
        The chance that the best of so many looks as good where all are without merit.

    Examples
    --------
    >>> found = Candidates((), pd.DataFrame({"kind": ["declared"], "lift": [1.4]}), (), tries=3, luck=0.27)
    >>> found.frame["lift"].tolist(), found.tries
    ([1.4], 3)
    """

    proposals: tuple[Proposal, ...]
    frame: pd.DataFrame
    lacking: tuple[Proposal, ...]
    tries: int
    luck: float


def list_proposals(finding: Finding, hypotheses: Sequence[Hypothesis], adopted: Rule | None,
                   segments: Sequence[Proposal]) -> tuple[Proposal, ...]:
    """List the profiles there are to choose from: found, nearly as good, declared, adopted last time, and segments.

    Parameters
    ----------
    finding : Finding
        What the search found: its rule, where it has criteria, and its alternatives.
    hypotheses : Sequence of Hypothesis
        What people declared.
    adopted : Rule or None
        The rule of the version in force; None where nobody has adopted one.
    segments : Sequence of Proposal
        Rules that describe segments: `propose_segments`.

    Returns
    -------
    tuple of Proposal
        All of them, in this order; two may say the same.

    Examples
    --------
    >>> from icp_lab.methods.evidence import find_icp
    >>> nothing = find_icp(pd.DataFrame({"age": [1.0, 2.0]}), pd.Series([True, False]))
    >>> old = Rule.from_dicts([{"attribute": "age", "min": 2}])
    >>> [one.kind for one in list_proposals(nothing, [], old, [])]
    ['adopted']
    """
    listed = [Proposal("found", "", finding.rule)] if finding.rule.criteria else []
    listed += [Proposal("near", "", other.rule) for other in finding.alternatives]
    listed += [Proposal("declared", one.name, one.rule) for one in hypotheses]
    listed += [Proposal("adopted", "", adopted)] if adopted and adopted.criteria else []
    return (*listed, *segments)


def propose_segments(attributes: pd.DataFrame, members: pd.DataFrame,
                     segmentation: dict[str, Any]) -> tuple[Proposal, ...]:
    """Propose for each published segment the rules that describe it best.

    Parameters
    ----------
    attributes : DataFrame
        Candidate attributes, indexed by account_id.
    members : DataFrame
        The artifact `segments`: account_id, segment.
    segmentation : dict of str to object
        The artifact `segmentation`: its `segments` with id and name.

    Returns
    -------
    tuple of Proposal
        Empty where no segments are published. The rules are made without looking at any outcome.

    Notes
    -----
    The search of `search_rules` with the segment in place of the good cases, up to three criteria.

    Examples
    --------
    >>> firms = pd.DataFrame({"size": [10.0, 20.0, 300.0, 400.0] * 10}, index=[f"{i:02}" for i in range(40)])
    >>> members = pd.DataFrame({"account_id": firms.index, "segment": ["S1", "S1", "S2", "S2"] * 10})
    >>> found = propose_segments(firms, members, {"segments": [{"id": "S2", "name": "Large"}]})
    >>> found[0].rule.words("en"), found[0].describes
    ('size at least 200', 1.0)
    """
    table = attributes.loc[sorted(members["account_id"])]
    segment = members.set_index("account_id")["segment"].reindex(table.index)
    made = []
    for one in segmentation["segments"]:
        inside = segment.eq(one["id"]).to_numpy(dtype=bool)
        for rule in search.search_rules(table, inside, max_criteria=SEGMENT_CRITERIA):
            said = rule.mask(table).fillna(False).to_numpy(dtype=bool)
            overlap = float((said & inside).sum() / (said | inside).sum())
            made.append(Proposal("segment", str(one["name"]), rule, overlap))
    return tuple(made)


def compare_candidates(  # noqa: PLR0913  (what profiles are held against, all of it named)
    proposals: Sequence[Proposal], attributes: pd.DataFrame, outcomes: pd.DataFrame, finding: Finding, *,
    customers: pd.DataFrame, leads: pd.DataFrame, drafted_on: str, reps: float = 0, tried: Sequence[str] = (),
) -> Candidates:
    """Compare the profiles that could be chosen, on every outcome, in reach and in money.

    Parameters
    ----------
    proposals : Sequence of Proposal
        The profiles: `list_proposals`.
    attributes : DataFrame
        Candidate attributes, indexed by account_id.
    outcomes : DataFrame
        The artifact `outcomes`: as `cases`, for every outcome.
    finding : Finding
        What the search found: its lift is cross-fitted.
    customers : DataFrame
        The artifact `customers`: account_id, status, revenue.
    leads : DataFrame
        The table of leads; where none of them is open, prospects stand in for them.
    drafted_on : str
        The outcome that the profile is drafted on.
    reps : float, default 0
        People in sales; 0: not known.
    tried : Sequence of str, default ()
        Keys of rules tried by hand.

    Returns
    -------
    Candidates
        A row a proposal, in the order given.

    Notes
    -----
    `luck`: 1 - (1 - p)^tries for the smallest p of a rule that no search made (Sidak, 1967).

    Examples
    --------
    >>> from icp_lab.methods.evidence import find_icp
    >>> firms = pd.DataFrame({"age": [float(n) for n in range(40)]}, index=[f"{i:02}" for i in range(40)])
    >>> cases = pd.DataFrame({"case_id": firms.index, "account_id": firms.index, "outcome": "won",
    ...                       "positive": ["no", "yes"] * 10 + ["yes"] * 20})
    >>> customers = pd.DataFrame({"account_id": firms.index, "status": "customer", "revenue": 1.0})
    >>> old = Proposal("declared", "Chef", Rule.from_dicts([{"attribute": "age", "min": 20}]))
    >>> nothing = find_icp(firms.iloc[:2], pd.Series([True, False], firms.index[:2]))
    >>> found = compare_candidates([old], firms, cases, nothing, customers=customers, drafted_on="won",
    ...                            leads=pd.DataFrame({"converted": pd.to_datetime([])}))
    >>> found.frame[["covered", "caught", "revenue"]].round(2).values.tolist()
    [[20.0, 0.67, 0.5]]
    """
    usable = [one for one in proposals if set(one.rule.attributes) <= set(attributes.columns)]
    cases = outcomes[outcomes["outcome"] == drafted_on]
    pool = _list_leads(attributes, customers, leads)
    money = customers.set_index("account_id")["revenue"].reindex(attributes.index).fillna(0.0)
    rows = []
    for one in usable:
        lifts = draft.compare_outcomes(attributes, outcomes, one.rule, drafted_on).lifts
        here, inside = lifts.get(drafted_on), one.rule.mask(attributes).fillna(False)
        best = (here.lift, here.low, here.high) if here else (math.nan,) * 3
        best = (finding.lift, finding.lift_low, finding.lift_high) if one.kind == "found" else best
        reach = float(one.rule.mask(pool).sum()) if len(pool) else math.nan
        caught = here.covered_positives / here.positives if here and here.positives else math.nan
        row: dict[str, Any] = {
            "kind": one.kind, "name": one.name, "describes": one.describes, "accounts": int(inside.sum()),
            "covered": here.covered if here else 0, "counted": COUNTED[one.kind], "caught": caught, "lift": best[0],
            "low": best[1], "high": best[2], "leads": reach, "leads_a_rep": reach / reps if reps else math.nan,
            "revenue": float(money[inside].sum() / money.sum()) if money.sum() else math.nan,
            "p_value": _test(attributes, cases, one)}
        for outcome, lift in lifts.items():
            if outcome != drafted_on:
                row |= {outcome: lift.lift, f"{outcome}_low": lift.low, f"{outcome}_high": lift.high}
        rows.append(row)
    tries = len({one.rule.key for one in usable if one.kind != "found"} | set(tried))
    smallest = min([row["p_value"] for row in rows if not math.isnan(row["p_value"])], default=math.nan)
    return Candidates(tuple(usable), pd.DataFrame(rows), tuple(one for one in proposals if one not in usable), tries,
                      1 - (1 - smallest) ** tries)


def _test(attributes: pd.DataFrame, cases: pd.DataFrame, one: Proposal) -> float:
    if one.kind in ("found", "near") or cases.empty:
        return math.nan
    table, positive, groups = profile.join_cases(attributes, cases)
    return declared.test_icp(table, positive, one.rule, groups=groups).p_value


def _list_leads(attributes: pd.DataFrame, customers: pd.DataFrame, leads: pd.DataFrame) -> pd.DataFrame:
    """Take the leads that are not converted, else the prospects; what leads hold in another form is unknown."""
    open_leads = leads[leads["converted"].isna()]
    if open_leads.empty:
        return attributes[attributes.index.isin(customers.loc[customers["status"] == "prospect", "account_id"])]
    told = [name for name in attributes if name in leads and leads[name].dtype == attributes[name].dtype]
    return open_leads[told].reindex(columns=attributes.columns)
