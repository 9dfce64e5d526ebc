"""The definitions that can be held against later cases, and up to which day each can have seen data."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from icp_lab.methods.lift import Lift
from icp_lab.rule import Hypothesis, Rule


@dataclass(frozen=True)
class Definition:
    """A profile to be held against later cases.

    Parameters
    ----------
    kind : str
        `holds`, `kept` (a former version), `declared` (by people), `drafted` (anew, on the earlier cases alone),
        `looser` (the definition without some criteria), `biggest` (the most common industry) or `all`.
    name : str
        The version, who declared it, the criteria left out (comma-separated), or the industry.
    rule : Rule
        Its criteria.
    day : date
        The day up to which it can have seen data.
    then : Lift or None, default None
        The lift of its evidence, where it was written down.

    Examples
    --------
    >>> Definition("declared", "Sales", Rule.from_dicts([{"attribute": "exports", "is": True}]), date(2025, 1, 1)).day
    datetime.date(2025, 1, 1)
    """

    kind: str
    name: str
    rule: Rule
    day: date
    then: Lift | None = None


def list_definitions(profile: dict[str, Any], versions: Sequence[dict[str, Any]], hypotheses: Sequence[Hypothesis], *,
                     as_of: date) -> tuple[Definition, ...]:
    """List the definitions to be held against later cases: the one that holds, former ones, people's own.

    Parameters
    ----------
    profile : dict of str to object
        The definition that holds, in the form of icp.yml. One without `as_of` may have seen all data.
    versions : Sequence of dict of str to object
        The kept versions, in the same form.
    hypotheses : Sequence of Hypothesis
        What people declared.
    as_of : date
        The day up to which the study looks.

    Returns
    -------
    tuple of Definition
        Each rule once, by the first who said it, and with the first day on which it was said.

    Examples
    --------
    >>> profile = {"version": "2", "as_of": "2026-01-31", "criteria": [{"attribute": "exports", "is": True}]}
    >>> [(one.kind, one.name) for one in list_definitions(profile, [profile], [], as_of=date(2026, 6, 30))]
    [('holds', '2')]
    """
    listed = [Definition("kept" if place else "holds", str(one.get("version") or ""), Rule.from_profile(one),
                         read_day(one, as_of), _read_lift(one)) for place, one in enumerate((profile, *versions))]
    listed += [Definition("declared", one.name, one.rule, one.date) for one in hypotheses]
    first = {one.rule.key: min(each.day for each in listed if each.rule.key == one.rule.key) for one in listed}
    unique = {one.rule.key: one for one in reversed(listed) if one.rule.criteria}
    return tuple(replace(one, day=first[one.rule.key]) for one in reversed(unique.values()))


def read_day(profile: dict[str, Any], as_of: date) -> date:
    """Read the day up to which a definition can have seen data.

    Parameters
    ----------
    profile : dict of str to object
        A definition in the form of icp.yml.
    as_of : date
        The day up to which the study looks; it stands in where the definition names none.

    Returns
    -------
    date
        The `as_of` of the definition, which may have a time behind it, or that of the study.

    Examples
    --------
    >>> read_day({"as_of": "2025-06-30"}, date(2026, 6, 30)), read_day({}, date(2026, 6, 30))
    (datetime.date(2025, 6, 30), datetime.date(2026, 6, 30))
    """
    return date.fromisoformat(str(profile.get("as_of") or as_of)[:10])


def _read_lift(profile: dict[str, Any]) -> Lift | None:
    """Read the lift of the evidence, which was counted on cases set aside; the counts inside follow from it."""
    evidence, keys = profile.get("evidence") or {}, ("lift", "lift_low", "lift_high", "n", "best", "covered")
    lift, low, high, n, best, covered = (float(evidence.get(key) or 0) for key in keys)
    return Lift(lift, low, high, int(n), int(best), covered, covered * lift * best / n, int(n)) if lift and n else None
