"""hypotheses.yml: the profiles that people declared before the data were seen, read with the line of every fault."""

from pathlib import Path
from typing import Any

from icp_lab.errors import LabError, Place, refusals
from icp_lab.locale import _
from icp_lab.rule import Criterion, Hypothesis, Rule
from icp_lab.study.candidates import REFUSALS, Candidates
from icp_lab.study.yml import At, Paper, read_day

FILE = refusals.HYPOTHESES
PAPER = Paper(FILE, "hypothesis")
_KEYS = dict.fromkeys(("name", "by", "date", "criteria"), ())
_CRITERION = dict.fromkeys(("attribute", "min", "max", "in", "has", "is", "why", "edited_by", "edited_on"), ())


def read_hypotheses(folder: Path, candidates: Candidates) -> tuple[Hypothesis, ...]:
    """Read which profiles people declared for this study.

    Parameters
    ----------
    folder : Path
        The study's folder, with hypotheses.yml or without.
    candidates : Candidates
        The attributes that a criterion may be about, with their values.

    Returns
    -------
    tuple of Hypothesis
        In the order of the file; empty where there is none.

    Raises
    ------
    LabError
        When the file is not a list of name, by, date and criteria in the grammar of icp.yml, or a criterion is about
        what is no candidate; the message names the line.

    Examples
    --------
    >>> import pandas as pd
    >>> from tempfile import TemporaryDirectory
    >>> frame = pd.DataFrame({"employees": [20.0, 300.0]}, index=["A1", "A2"])
    >>> candidates = Candidates(frame, ("employees",), (), {"employees": "basic"}, {})
    >>> said = "- {name: Large, date: 2026-01-31, criteria: [{attribute: employees, min: 100}]}"
    >>> with TemporaryDirectory() as folder:
    ...     _ = Path(folder, "hypotheses.yml").write_text(said)
    ...     read_hypotheses(Path(folder), candidates)[0].rule.words("en")
    'employees at least 100'
    """
    content, lines = PAPER.read(folder / FILE)
    return tuple(_read_one(one, (str(place),), lines, candidates) for place, one in enumerate(content))


def _read_one(entry: Any, at: At, lines: dict[At, int], candidates: Candidates) -> Hypothesis:
    PAPER.check(entry, at, lines, _KEYS)
    for key, kind in (("name", object), ("date", object), ("criteria", list)):
        if not entry.get(key) or not isinstance(entry[key], kind):
            raise PAPER.refuse(lines[at], _("`{key}` is missing").format(key=key))
    if not (day := read_day(entry["date"])):
        problem = _("`{value}` is not a day such as 2026-03-31").format(value=entry["date"])
        raise PAPER.refuse(lines[*at, "date"], problem)
    rule = Rule()
    for place, said in enumerate(entry["criteria"]):  # each is tried at once, so that a refusal names its line
        rule = _add_criterion(rule, said, (*at, "criteria", str(place)), lines, candidates)
    return Hypothesis(str(entry["name"]), rule, day, str(entry.get("by") or ""))


def _add_criterion(rule: Rule, said: Any, at: At, lines: dict[At, int], candidates: Candidates) -> Rule:
    PAPER.check(said, at, lines, _CRITERION)
    try:
        rule = Rule((*rule.criteria, Criterion.from_dict(said)))
        if reason := candidates.refused.get(name := rule.criteria[-1].attribute):
            problem = _("`{attribute}` cannot be a criterion: {reason}")
            raise PAPER.refuse(lines[at], problem.format(attribute=name, reason=_(REFUSALS[reason])))
        rule.mask(candidates.frame)
    except LabError as fault:
        fault.place = Place(FILE, lines[at])
        raise
    return rule
