"""hypotheses.yml: the profiles that people declared before the data were seen, read with the line of every fault."""

from datetime import date, datetime
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.error import YAMLError

from icp_lab.errors import LabError, Place
from icp_lab.errors import study as errors
from icp_lab.locale import _
from icp_lab.rule import Criterion, Hypothesis, Rule
from icp_lab.study.candidates import REFUSALS, Candidates

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
        content = YAML(typ="rt").load((folder / FILE).read_text(encoding="utf-8-sig"))
    except FileNotFoundError:
        return ()
    except (OSError, ValueError, YAMLError) as error:  # ValueError: not text, or a day such as 2025-02-30
        mark = getattr(error, "problem_mark", None)
        problem = str(getattr(error, "problem", None) or error).splitlines()[0]
        raise errors.bad_hypothesis(mark.line + 1 if mark else None, problem) from error
    if not isinstance(content or [], list):
        raise errors.bad_hypothesis(1, _("it is not a list, each entry with a dash before it"))
    return tuple(_read_one(one, content.lc.item(i)[0] + 1, candidates) for i, one in enumerate(content or []))


def _read_one(entry: Any, line: int, candidates: Candidates) -> Hypothesis:
    _check_keys(entry, _KEYS, line)
    for key in ("name", "date", "criteria"):
        if not entry.get(key):
            raise errors.bad_hypothesis(line, _("`{key}` is missing").format(key=key))
    said = entry["date"]
    try:
        day = said.date() if isinstance(said, datetime) else date.fromisoformat(str(said))
    except ValueError as error:
        problem = _("`{value}` is not a day such as 2026-03-31").format(value=said)
        raise errors.bad_hypothesis(entry.lc.key("date")[0] + 1, problem) from error
    rule = _read_rule(entry["criteria"], line, candidates)
    return Hypothesis(str(entry["name"]), rule, day, str(entry.get("by") or ""))


def _read_rule(criteria: Any, line: int, candidates: Candidates) -> Rule:
    """Read criteria, each tried on the attributes at once, so that a refusal names its line."""
    if not isinstance(criteria, CommentedSeq):
        raise errors.bad_hypothesis(line, _("`{key}` is missing").format(key="criteria"))
    rule = Rule()
    for number, said in enumerate(criteria):
        line = criteria.lc.item(number)[0] + 1
        _check_keys(said, _CRITERION, line)
        try:
            rule = Rule((*rule.criteria, Criterion.from_dict(dict(said))))
            reason = candidates.refused.get(name := rule.criteria[-1].attribute)
            if reason:
                problem = _("`{attribute}` cannot be a criterion: {reason}")
                raise errors.bad_hypothesis(line, problem.format(attribute=name, reason=_(REFUSALS[reason])))
            rule.mask(candidates.frame)
        except LabError as fault:
            fault.place = Place(FILE, line)
            raise
    return rule


def _check_keys(node: Any, known: tuple[str, ...], line: int) -> None:
    if not isinstance(node, CommentedMap):
        raise errors.bad_hypothesis(line, _("`{value}` is no `key: value` lines").format(value=node))
    for key in node:
        if key not in known:
            problem = _("the key `{key}` is unknown here").format(key=key)
            raise errors.bad_hypothesis(node.lc.key(key)[0] + 1, problem, errors.nearest(str(key), known))
