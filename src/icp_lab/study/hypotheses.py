"""hypotheses.yml: the profiles that people declared before the data were seen, read with the line of every fault."""

from datetime import date
from pathlib import Path
from typing import Any

from icp_lab.errors import LabError, Place, utter
from icp_lab.errors import study as errors
from icp_lab.locale import _
from icp_lab.rule import Criterion, Hypothesis, Rule
from icp_lab.study.candidates import REFUSALS, Candidates
from icp_lab.study.yml import At, read_yaml

FILE = errors.HYPOTHESES
_KEYS = ("name", "by", "date", "criteria")
_CRITERION = ("attribute", "min", "max", "in", "has", "is", "why", "edited_by", "edited_on")


def read_hypotheses(folder: Path, candidates: Candidates) -> tuple[Hypothesis, ...]:
    """Which profiles did people declare for this study?

    Parameters
    ----------
    folder
        The study's folder, with hypotheses.yml or without.
    candidates
        The attributes that a criterion may be about, with their values.

    Returns
    -------
    tuple of Hypothesis
        In the order of the file; empty where there is none.

    Raises
    ------
    LabError
        The file is not a list of name, by, date and criteria in the grammar of icp.yml, or a criterion is about what
        is no candidate; the message names the line.
    """
    try:
        content, lines = read_yaml(folder / FILE, _refuse)
    except FileNotFoundError:
        return ()
    except (OSError, UnicodeError) as error:
        raise _refuse(None, str(error)) from error
    if not isinstance(content or [], list):
        raise _refuse(1, _("it is not a list, each entry with a dash before it"))
    return tuple(_read_one(one, (str(place),), lines, candidates) for place, one in enumerate(content or []))


def _read_one(entry: Any, at: At, lines: dict[At, int], candidates: Candidates) -> Hypothesis:
    _check_keys(entry, _KEYS, at, lines)
    for key, kind in (("name", object), ("date", object), ("criteria", list)):
        if not entry.get(key) or not isinstance(entry[key], kind):
            raise _refuse(lines[at], _("`{key}` is missing").format(key=key))
    try:
        day = date.fromisoformat(str(entry["date"]))
    except ValueError as error:
        problem = _("`{value}` is not a day such as 2026-03-31").format(value=entry["date"])
        raise _refuse(lines[*at, "date"], problem) from error
    rule = Rule()
    for place, said in enumerate(entry["criteria"]):  # each is tried at once, so that a refusal names its line
        rule = _add_criterion(rule, said, (*at, "criteria", str(place)), lines, candidates)
    return Hypothesis(str(entry["name"]), rule, day, str(entry.get("by") or ""))


def _add_criterion(rule: Rule, said: Any, at: At, lines: dict[At, int], candidates: Candidates) -> Rule:
    _check_keys(said, _CRITERION, at, lines)
    try:
        rule = Rule((*rule.criteria, Criterion.from_dict(said)))
        if reason := candidates.refused.get(name := rule.criteria[-1].attribute):
            problem = _("`{attribute}` cannot be a criterion: {reason}")
            raise _refuse(lines[at], problem.format(attribute=name, reason=_(REFUSALS[reason])))
        rule.mask(candidates.frame)
    except LabError as fault:
        fault.place = Place(FILE, lines[at])
        raise
    return rule


def _check_keys(node: Any, known: tuple[str, ...], at: At, lines: dict[At, int]) -> None:
    if not isinstance(node, dict):
        raise _refuse(lines[at], _("`{value}` is no `key: value` lines").format(value=node))
    for key in node:
        if key not in known:
            problem = _("the key `{key}` is unknown here").format(key=key)
            raise _refuse(lines[*at, key], problem, errors.nearest(key, known))


def _refuse(line: int | None, problem: str, remedy: str = "") -> LabError:
    return utter("study.bad_hypothesis", Place(FILE, line), problem=problem, remedy=remedy)
