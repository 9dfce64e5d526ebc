"""What has changed: the definition and its evidence, our customers, who stands where; is a review due?"""

from collections.abc import Callable, Hashable, Mapping, Sequence
from typing import Any

import pandas as pd

from icp_lab.locale import _
from icp_lab.methods.changes import Movers, Proposals
from icp_lab.methods.shift import Shifts
from icp_lab.rule import Criterion, Rule, name_attribute
from icp_lab.views.customers import name_kind
from icp_lab.views.table import MISSING, Table, say
from icp_lab.views.words import Prose, begin, join, lay_out, name, names, phrase, tabulate

MOST = 30  # movers that are listed


def tell_changes(old: dict[str, Any], new: dict[str, Any]) -> list[Prose]:
    r"""Say what changed from one definition to another, line by line.

    Parameters
    ----------
    old : dict of str to object
        The earlier definition, as in icp.yml.
    new : dict of str to object
        The later one.

    Returns
    -------
    list of Prose
        Criteria, whom to avoid, verdict, outcome, name, lift and tiers, each where it differs; none where both say the
        same.

    Examples
    --------
    >>> old = {"criteria": [{"attribute": "employees", "min": 100}], "verdict": "tentative"}
    >>> new = {"criteria": [{"attribute": "employees", "min": 200}], "verdict": "supported"}
    >>> print(*tell_changes(old, new), sep="\n")
    Changed: employees at least 100 is now employees at least 200.
    Verdict: tentative, a promising hypothesis → supported by the data.
    >>> tell_changes(old, old)
    []
    """
    said = [phrase("changed", code, **words) for code, words in _compare(old, new)]
    avoided = _compare(old.get("avoid") or {}, new.get("avoid") or {})
    said += [phrase("changed", "avoid", change=phrase("changed", code, **words)) for code, words in avoided]
    told = {key: (tell_it(old), tell_it(new)) for key, tell_it in _TOLD.items()}
    return said + [phrase("changed", key, old=was, new=now) for key, (was, now) in told.items() if was != now]


def tell_history(held: dict[str, Any], former: Sequence[dict[str, Any]], proposed: dict[str, Any]) -> list[Prose]:
    r"""Say what changed up to the version in force, and from that to what this run proposes.

    Parameters
    ----------
    held : dict of str to object
        The definition in force, as in icp.yml; without `version` none was adopted.
    former : sequence of dict
        Adopted definitions, the latest first; the first that is not in force is the version before.
    proposed : dict of str to object
        The definition of this run.

    Returns
    -------
    list of Prose
        A heading for each pair of definitions and its changes; how to adopt one where none is in force.

    Examples
    --------
    >>> held, former = {"version": "2", "name": "Demo"}, [{"version": "1", "name": "Once"}]
    >>> print(*tell_history(held, former, held), sep="\n")
    From version 1 to 2:
    Name: Once → Demo.
    From version 2 to what this run proposes:
    Both say the same.
    """
    if not held.get("version"):
        return [phrase("changed", "unadopted")]
    before = [one for one in former if one["version"] != held["version"]][:1]
    pairs = [(phrase("changed", "head", old=one["version"], new=held["version"]), one, held) for one in before]
    pairs += [(phrase("changed", "proposed", old=held["version"]), held, proposed)]
    return [line for head, old, new in pairs
            for line in (head, *(tell_changes(old, new) or [phrase("changed", "same")]))]


def _compare(old: dict[str, Any], new: dict[str, Any]) -> list[tuple[str, dict[str, str]]]:
    """Compare criteria, by their attributes and the members that they ask for."""
    read = [{(one.attribute, "".join(one.values) if one.kind == "has" else ""): one
             for one in map(Criterion.from_dict, icp.get("criteria") or [])} for icp in (old, new)]
    pairs = [[criteria.get(key) for criteria in read] for key in dict.fromkeys((*read[0], *read[1]))]
    return [("dropped" if after is None else "added" if before is None else "criterion",
             {key: one.words() for key, one in (("old", before), ("new", after)) if one})
            for before, after in pairs if before != after]


def _tell_evidence(icp: dict[str, Any]) -> str:
    found = {"n": None, "covered": None, "lift_low": None, "lift_high": None} | (icp.get("evidence") or {})
    return phrase("changed", "measured", **found, ends=(found["lift_low"], found["lift_high"])) if isinstance(
        found.get("lift"), int | float) else MISSING


_TOLD: dict[str, Callable[[dict[str, Any]], str]] = {
    "verdict": lambda icp: names("verdict").get(str(icp.get("verdict")), MISSING),
    "outcome": lambda icp: names("outcome").get(str(icp.get("outcome")), MISSING),
    "name": lambda icp: str(icp.get("name")), "lift": _tell_evidence,
    "tiers": lambda icp: _("; ").join(phrase("changed", "tier", name=str(one.get("name")), least=one.get("min_fit"))
                                   for one in icp.get("tiers") or []) or MISSING}


def tell_shifts(shifts: Shifts) -> Prose:
    """Say whether new customers have changed, in what, and what would have been seen.

    Parameters
    ----------
    shifts : Shifts
        New customers held against those before.

    Returns
    -------
    Prose
        Up to five shifts, the strongest sign first; with too few new customers, that it cannot be told.

    Examples
    --------
    >>> from datetime import date
    >>> columns = ["attribute", "level", "kind", "before", "now", "gap", "low", "high", "shifted"]
    >>> up = ("size_band", "", "up", 1.0, 2.0, 0.3, 0.1, 0.48, True)
    >>> days = date(2023, 1, 1), date(2026, 4, 1)
    >>> tell_shifts(Shifts(pd.DataFrame([up], columns=columns), *days, 200, 50, 0, 0.24))
    Since 2026-04-01 **something has shifted**: 50 new customers against 200 that began from 2023-01-01 on.
    **Up-market**: the size band in the middle goes from 10-49 to 50-99 employees; the new one is above the former one
    in 65 % of pairs, 55 to 74 %.
    >>> tell_shifts(Shifts(pd.DataFrame(columns=columns), *days, 200, 5, 0, float("nan")))
    Only 5 customers have begun since 2026-04-01, and 200 in the time before that they would be held against. That is
    too few to tell a shift from chance, so none is looked for.
    """
    words = {"n": shifts.n_now, "m": shifts.n_before, "line": shifts.line.isoformat(),
             "start": shifts.start.isoformat(), "visible": shifts.visible}
    undated = phrase("shifted", "undated", n=shifts.undated) if shifts.undated else ""
    if shifts.frame.empty:
        return join(phrase("shifted", "few", **words), undated)
    found = shifts.frame[shifts.frame["shifted"]]
    told = [_tell_shift(row, shifts.bands) for row in found.head(5).to_dict("records")]
    return join(phrase("shifted", "found" if told else "none", **words), *told, undated)


def _tell_shift(row: Mapping[Hashable, Any], bands: tuple[str, ...]) -> Prose:
    named = {"size_band": {"up": "up_market", "down": "down_market"},
             "industry": {"new": "new_vertical", "grew": "grown_vertical"}}
    code = named.get(row["attribute"], {}).get(row["kind"], row["kind"])
    return phrase("shifted", code, attribute=begin(name_attribute(row["attribute"])), level=row["level"],
                  **_write_sides(row, bands))


def _write_sides(row: Mapping[Hashable, Any], bands: tuple[str, ...]) -> dict[str, Any]:
    """Write what was and what is, and how far the two are apart."""
    if row["level"]:
        return {"before": say(row["before"], "share"), "now": say(row["now"], "share"), "how": phrase(
            "shifted", "points", gap=100 * row["gap"], gaps=(100 * row["low"], 100 * row["high"]))}
    before, now = (name_kind(bands[int(row[side])]) if row["attribute"] == "size_band" else say(row[side])
                   for side in ("before", "now"))
    share, *ends = ((1 + row[end]) / 2 for end in ("gap", "low", "high"))
    return {"before": before, "now": now, "how": phrase("shifted", "odds", share=share, ends=tuple(ends))}


def tabulate_shifts(shifts: Shifts) -> Table | Prose:
    """Show how new customers and those before differ, attribute by attribute, the strongest sign first.

    Parameters
    ----------
    shifts : Shifts
        New customers held against those before.

    Returns
    -------
    Table or Prose
        Every shift, and of each other attribute its strongest sign; an empty sentence where nothing could be held
        against each other.

    Examples
    --------
    >>> from datetime import date
    >>> columns = ["attribute", "level", "kind", "before", "now", "gap", "low", "high", "n_before", "n_now", "chance",
    ...            "shifted"]
    >>> new = ("industry", "Space", "new", 0.0, 0.2, 0.2, 0.11, 0.33, 200, 50, 0.002, True)
    >>> frame = pd.DataFrame([new], columns=columns)
    >>> tabulate_shifts(Shifts(frame, date(2023, 1, 1), date(2026, 4, 1), 200, 50, 0, 0.24)).cells()
    [['industry', 'Space', '0 %', '20 %', '20 points, 11 to 33', '200', '50', 'yes']]
    """
    strongest = shifts.frame[shifts.frame["shifted"].astype(bool) | ~shifts.frame["attribute"].duplicated()]
    sides = pd.DataFrame([_write_sides(row, shifts.bands) for row in strongest.to_dict("records")], strongest.index)
    return tabulate("shifts", strongest.assign(**sides))


def tell_movers(movers: Movers, version: str) -> Prose:
    """Say how many accounts stand elsewhere than when the version was adopted, and for which causes.

    Parameters
    ----------
    movers : Movers
        Accounts that moved.
    version : str
        The version in force; empty: none, and nothing is said.

    Returns
    -------
    Prose
        Counts by cause; and, where it is not on record where accounts stood, what stands in for it.

    Examples
    --------
    >>> rows = {"account_id": ["a", "b"], "cause": ["data, rule", "score"]}
    >>> tell_movers(Movers(pd.DataFrame(rows), 40, True), "1")
    Of 40 accounts, **2** stand elsewhere than they did under version 1. Because of what is known of them + the
    criteria: 1. Because of points and tiers: 1.
    """
    if not version:
        return Prose("")
    moved = len(movers.frame)
    return join(phrase("moved", "some" if moved else "nobody", moved=moved, n=movers.n, version=version),
                *(phrase("moved", "cause", n=n, cause=_name_causes(str(cause)))
                  for cause, n in movers.frame["cause"].value_counts(sort=False).items()),
                "" if movers.kept else phrase("moved", "unkept"))


def _name_causes(cause: str) -> str:
    return " + ".join(name("mover_cause", one) for one in cause.split(", "))


def tabulate_movers(movers: Movers, called: pd.Series) -> Table | Prose:
    """Show which accounts moved, from where to where, and why.

    Parameters
    ----------
    movers : Movers
        Accounts that moved; the first 30 are listed.
    called : Series
        Names by account_id; an account without one is shown by its id.

    Returns
    -------
    Table or Prose
        A row an account; an empty sentence where nobody moved.

    Examples
    --------
    >>> frame = pd.DataFrame({"account_id": ["a"], "fit_before": ["out"], "tier_before": ["B"], "fit": ["in"],
    ...                       "tier": ["A"], "cause": ["rule"]})
    >>> tabulate_movers(Movers(frame, 40, True), pd.Series({"a": "Acme"})).cells()
    [['Acme', 'B · outside', 'A · in the profile', 'the criteria']]
    """
    shown = movers.frame.head(MOST)
    places = {side: [" · ".join(filter(None, (tier, name("fit", fit)))) for tier, fit in zip(
        shown[f"tier{end}"], shown[f"fit{end}"], strict=True)] for side, end in (("before", "_before"), ("now", ""))}
    frame = shown.assign(**places, why=shown["cause"].map(_name_causes))
    return tabulate("movers", frame, account=called.dropna(), shown=len(shown), n=len(movers.frame))


def tell_proposals(proposals: Proposals) -> Prose:
    """Say what the deals closed since propose to change.

    Parameters
    ----------
    proposals : Proposals
        What became of each criterion.

    Returns
    -------
    Prose
        How many criteria to drop or to say otherwise, and which to add; else that there is nothing to propose.

    Examples
    --------
    >>> frame = pd.DataFrame({"attribute": ["", "employees"], "proposal": ["keep", "drop"]})
    >>> tell_proposals(Proposals(frame, ({"attribute": "exports", "is": True},)))
    Criteria to drop: 1. What they told of winning is gone. New in what this run proposes, and not in the definition
    that holds: exports: yes.
    >>> tell_proposals(Proposals(frame.head(1), ()))
    **Nothing to propose.** No criterion has clearly lost what it told of winning, and this run finds none that the
    definition lacks.
    """
    lost = proposals.frame[proposals.frame["proposal"] != "keep"]["proposal"].value_counts()
    said = [phrase("proposed", str(proposal), n=n) for proposal, n in lost.items()]
    if proposals.new:
        said.append(phrase("proposed", "new", criteria=Rule.from_dicts(list(proposals.new)).words()))
    return join(*said) or phrase("proposed", "nothing")


def tabulate_proposals(proposals: Proposals, rule: Rule) -> Table:
    """Show what each line of the definition says of winning, before and since, and what follows.

    Parameters
    ----------
    proposals : Proposals
        What became of each criterion, the profile as a whole first.
    rule : Rule
        The definition's criteria, in the same order.

    Returns
    -------
    Table
        A row for the whole profile and one for each criterion.

    Examples
    --------
    >>> row = {"lift_before": 1.4, "low_before": 1.1, "high_before": 1.8, "n_before": 200, "lift": 0.7, "low": 0.5,
    ...        "high": 0.9, "n": 60}
    >>> frame = pd.DataFrame([row | {"state": "unclear", "proposal": "keep"},
    ...                       row | {"state": "gone", "proposal": "drop"}])
    >>> rule = Rule.from_dicts([{"attribute": "employees", "min": 100}])
    >>> tabulate_proposals(Proposals(frame, ()), rule).cells()[1]
    ['Employees at least 100', '1.40 (1.10 to 1.80)', '200', '0.70 (0.50 to 0.90)', '60', 'what it told is gone',
    'drop']
    """
    lines = [phrase("proposed", "whole"), *(begin(one.words()) for one in rule.criteria)]
    return lay_out("proposals", proposals.frame.assign(line=lines))
