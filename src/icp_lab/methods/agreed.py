"""The draft with the decisions of the review applied, and what the data say to it then."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import pandas as pd

from icp_lab.methods.avoid import describe_avoid, pick_failures
from icp_lab.methods.declared import test_icp
from icp_lab.methods.draft import compare_outcomes, compose_draft, hold_size_fixed
from icp_lab.methods.finding import Finding
from icp_lab.methods.profile import MoreProfiles, join_cases
from icp_lab.methods.review import Item, Review, name_criteria, take_criteria
from icp_lab.rule import Criterion, Rule


@dataclass(frozen=True)
class Decision:
    """What was settled of a line: who said so, when and why.

    Parameters
    ----------
    item : str
        Id of the line, such as `criterion.employees` (docs/conventions.md).
    action : str
        What was decided: keep, drop, change or add.
    criteria : tuple of Criterion
        What a change or an addition puts there; empty otherwise.
    by : str
        Who decided.
    on : date
        The day of the decision.
    reason : str, default ''
        Why, in their words.

    Examples
    --------
    >>> Decision("criterion.size", "drop", (), "Ann", date(2026, 7, 1), "nobody asks for it").action
    'drop'
    """

    item: str
    action: str
    criteria: tuple[Criterion, ...]
    by: str
    on: date
    reason: str = ""

    def to_dicts(self) -> list[dict[str, Any]]:
        """Give the criteria as they stand in icp.yml, with who set them.

        Returns
        -------
        list of dict
            A dict a criterion, as `Criterion.to_dict` gives it, with `edited_by`, `edited_on` and `why`.

        Examples
        --------
        >>> wish = Decision("criterion.size", "change", (Criterion.between("size", 9, None),), "Ann", date(2026, 7, 1))
        >>> wish.to_dicts()
        [{'attribute': 'size', 'min': 9, 'edited_by': 'Ann', 'edited_on': '2026-07-01'}]
        """
        signed = {"edited_by": self.by, "edited_on": self.on.isoformat(), "why": self.reason}
        return [one.to_dict() | {key: said for key, said in signed.items() if said} for one in self.criteria]


def settle(kind: str, profile: dict[str, Any], decisions: Sequence[Decision]) -> list[dict[str, Any]]:
    """Say which criteria a profile has once the decisions are applied.

    Parameters
    ----------
    kind : str
        `criterion` for the profile, `avoid` for the negative one.
    profile : dict of str to object
        The draft, or the negative profile.
    decisions : Sequence of Decision
        In the order in which they were made: of several on one line the last holds, but every addition counts.

    Returns
    -------
    list of dict
        Criteria in the form of icp.yml, those that were set by hand with edited_by, edited_on and why.

    Examples
    --------
    >>> draft = {"criteria": [{"attribute": "size", "min": 5}, {"attribute": "dealer", "is": False}]}
    >>> wish = Decision("criterion.size", "change", (Criterion.between("size", 9, None),), "Ann", date(2026, 7, 1))
    >>> [one.get("min") for one in settle("criterion", draft, [wish, Decision("criterion.dealer", "drop", (), "Ann",
    ...     date(2026, 7, 1))])]
    [9]
    """
    whole, criteria = "profile" if kind == "criterion" else kind, take_criteria(profile)
    held = {decision.item: decision for decision in decisions if decision.action != "add"}
    kept: list[dict[str, Any]] = []
    for name, one in zip(name_criteria(kind, criteria), criteria, strict=True):
        said = held.get(name) or held.get(whole)
        action = said.action if said else "keep"
        kept += [one] if action == "keep" else said.to_dicts() if said and action == "change" else []
    added = [each for decision in decisions if decision.action == "add" and decision.item == whole
             for each in decision.to_dicts()]
    return kept + added


def agree_on(  # noqa: PLR0913  (the draft, what was decided, and the data to count it on)
    draft: dict[str, Any], avoid: dict[str, Any], personas: Sequence[dict[str, Any]], decisions: Sequence[Decision], *,
    attributes: pd.DataFrame, cases: pd.DataFrame, outcomes: pd.DataFrame, customers: pd.DataFrame,
    negatives: pd.DataFrame) -> dict[str, Any]:
    """Apply the decisions to the draft, and say what the data say to it then.

    Parameters
    ----------
    draft : dict of str to object
        The artifact `draft`.
    avoid : dict of str to object
        The artifact `avoid`: the negative profile.
    personas : Sequence of dict of str to object
        The personas as in icp.yml, each with its `id`.
    decisions : Sequence of Decision
        What was decided; none: the draft to the letter.
    attributes : DataFrame
        Candidate attributes, indexed by account_id.
    cases, outcomes, customers, negatives : DataFrame
        The artifacts of these names.

    Returns
    -------
    dict
        The artifact `agreed`: the draft, with `avoid` and `personas` where they were changed. An edited rule is counted
        anew on the same cases, as `test_icp` does for a rule stated by somebody who has seen the data: it is at most
        `tentative`, and stands under `evidence.refused` where the data do not carry even that.

    Examples
    --------
    >>> draft = {"criteria": [{"attribute": "dealer", "is": True}], "verdict": "supported"}
    >>> none = pd.DataFrame()
    >>> agree_on(draft, {"criteria": []}, [], [], attributes=none, cases=none, outcomes=none, customers=none,
    ...          negatives=none) == draft
    True
    """
    agreed, criteria = dict(draft), settle("criterion", draft, decisions)
    if criteria != take_criteria(draft):
        rule, outcome = Rule.from_dicts(criteria), str(draft.get("outcome") or "best")
        size = hold_size_fixed(attributes, cases, customers.set_index("account_id")["size_band"], rule)
        others = compare_outcomes(attributes, outcomes, rule, outcome)
        tries = int(draft["evidence"].get("tries") or 0) + 1
        counted = compose_draft(_count(rule, attributes, cases), size, others, MoreProfiles((), None),
                                name=str(draft["name"]), outcome=outcome, tries=tries)
        agreed |= _sign(counted, draft, criteria) | {"basis": "declared"}
    dropped = {decision.item for decision in decisions if decision.action == "drop"}
    if draft.get("more"):
        agreed["more"] = [one for number, one in enumerate(draft["more"], 2) if f"more.{number}" not in dropped]
    against = settle("avoid", avoid, decisions)
    if against != take_criteria(avoid):
        failed = pick_failures(customers, outcomes, negatives).cases
        agreed["avoid"] = _sign(describe_avoid(_count(Rule.from_dicts(against), attributes, failed)), avoid, against)
    left = [one for one in personas if f"persona.{one['id']}" not in dropped]
    return agreed | ({"personas": left} if len(left) < len(personas) else {})


def _count(rule: Rule, attributes: pd.DataFrame, cases: pd.DataFrame) -> Finding:
    table, positive, groups = join_cases(attributes, cases)
    return test_icp(table, positive, rule, groups=groups)


def _sign(counted: dict[str, Any], former: dict[str, Any], criteria: list[dict[str, Any]]) -> dict[str, Any]:
    """Put the signed criteria where the plain ones stand, and of resampling only what it had said of them before."""
    known = (former.get("evidence") or {}).get("stability") or {}
    stability = {name: known[name] for name in counted["evidence"]["stability"] if name in known}
    claimed = counted["verdict"] != "unsupported"
    evidence = counted["evidence"] | {"stability": stability, "refused": [] if claimed else criteria}
    return counted | {"criteria": criteria if claimed else [], "evidence": evidence}


def note_votes(review: Review, items: Sequence[Item], decisions: Sequence[Decision]) -> pd.DataFrame:
    """Note what became of each line of the review.

    Parameters
    ----------
    review : Review
        The votes as counted: a row a line.
    items : Sequence of Item
        The lines that were voted on, with the mark of each draft.
    decisions : Sequence of Decision
        What was decided of them.

    Returns
    -------
    DataFrame
        The artifact `voted`: the counts of each line, its `mark`, what was `decided` (missing where nothing was), and
        of lines on which departments differ the two farthest apart with their medians: `first`, `second`,
        `first_median`, `second_median`.

    Examples
    --------
    >>> from icp_lab.methods.review import list_items, weigh_votes
    >>> draft = {"criteria": [{"attribute": "dealer", "is": True}], "evidence": {}, "verdict": "tentative"}
    >>> items = list_items(draft, {"criteria": [], "evidence": {}, "verdict": "unsupported"}, {"personas": []})
    >>> votes = pd.DataFrame({"round": 1, "department": ["sales", "product"], "reviewer": ["a", "b"], "vote": [2, 9],
    ...                       "item": "criterion.dealer", "comment": "", "mark": ""})
    >>> kept = note_votes(weigh_votes(votes, items, permutations=0), items, [])
    >>> kept.loc[kept["item"] == "criterion.dealer", ["n", "first", "first_median"]].values.tolist()
    [[2, 'product', 9.0]]
    """
    marks, decided = ({item.id: item.mark for item in items}, {one.item: one.action for one in decisions})
    frame = review.frame.assign(mark=review.frame["item"].map(marks), decided=review.frame["item"].map(decided))
    apart = review.conflicts[review.conflicts["difference"] > 0].drop_duplicates("item").set_index("item")
    frame = frame.join(apart[["first", "second", "first_median", "second_median"]], on="item")
    return frame.drop(columns=["agree_low", "agree_high", "former"])
