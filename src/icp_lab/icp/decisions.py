"""decisions.csv: what was settled of each line of the draft, read with the row of every fault."""

import re
from collections.abc import Collection
from unicodedata import normalize

from icp_lab.errors.base import LabError, Place, ask_nearest
from icp_lab.icp.tries import parse
from icp_lab.locale import _
from icp_lab.locale.declared import read_declared
from icp_lab.methods.agreed import Decision
from icp_lab.study import Study
from icp_lab.study.ballots import DECISION, DECISIONS, read_decided, refuse_decision
from icp_lab.study.candidates import REFUSALS, Candidates
from icp_lab.study.yml import read_day

_DECLARED = read_declared("icp_lab.icp", "decisions.toml")
_ACTIONS = {word: action for action, words in _DECLARED["actions"].items() for word in words}


def read_decisions(study: Study, items: Collection[str]) -> tuple[Decision, ...]:
    r"""Read what was decided of the lines of the draft.

    Parameters
    ----------
    study : Study
        The study, with decisions.csv or without.
    items : Collection of str
        Ids of the lines as they are now. A decision on a line that was there once is read too.

    Returns
    -------
    tuple of Decision
        By their days, those of one day in the order of the file. Rows without a decision are left out.

    Raises
    ------
    LabError
        A column or a cell is missing, an item is unknown, or a decision cannot be read; the message names the row.

    Examples
    --------
    >>> from pathlib import Path
    >>> from tempfile import TemporaryDirectory
    >>> from types import SimpleNamespace
    >>> import pandas as pd
    >>> known = SimpleNamespace(frame=pd.DataFrame({"employees": [40.0]}), refused={})
    >>> with TemporaryDirectory() as folder:
    ...     rows = "2026-07-02,profile,keep,Ann\n2026-07-01,criterion.employees,change: employees >= 20,佐藤\n"
    ...     _ = Path(folder, "decisions.csv").write_text("date,item,decision,by\n" + rows, encoding="utf-8")
    ...     study = SimpleNamespace(folder=Path(folder), candidates=lambda: known)
    ...     found = read_decisions(study, ["profile", "criterion.employees"])
    >>> [(one.item, one.action, [criterion.words("en") for criterion in one.criteria]) for one in found]
    [('criterion.employees', 'change', ['employees at least 20']), ('profile', 'keep', [])]
    """
    candidates = study.candidates()
    found = [_read_one(number, row, items, candidates) for number, row in read_decided(study.folder / DECISIONS)]
    return tuple(sorted(found, key=lambda decision: decision.on))


def _read_one(number: int, row: dict[str, str], items: Collection[str], candidates: Candidates) -> Decision:
    for name in DECISION[:4]:
        if not row[name]:
            raise refuse_decision(number, name, _("`{key}` is missing").format(key=name))
    item, said = row["item"], normalize("NFKC", row["decision"])
    word, _colon, text = (part.strip() for part in said.partition(":"))
    action, allowed = _ACTIONS.get(word.casefold(), ""), _list_allowed(item, items, candidates)
    if not allowed:
        problem = _("there is no line `{item}`").format(item=item)
        raise refuse_decision(number, "item", problem, ask_nearest(item, items))
    if action not in allowed or bool(text) != (action in ("change", "add")):
        problem = _("`{value}` cannot be decided of `{item}`, only: {words}").format(
            value=row["decision"], item=item, words=", ".join(allowed))
        raise refuse_decision(number, "decision", problem)
    try:
        rule = parse(text)
        for name in rule.attributes:
            if reason := candidates.refused.get(name):
                problem = _("`{attribute}` cannot be a criterion: {reason}")
                raise refuse_decision(number, "decision", problem.format(attribute=name, reason=_(REFUSALS[reason])))
        rule.mask(candidates.frame)
    except LabError as fault:
        fault.place = Place(DECISIONS, number, "decision")
        raise
    if not (day := read_day(row["date"])):
        problem = _("`{value}` is not a day such as 2026-03-31").format(value=row["date"])
        raise refuse_decision(number, "date", problem)
    return Decision(item, action, rule.criteria, row["by"], day, row.get("reason", ""))


def _list_allowed(item: str, items: Collection[str], candidates: Candidates) -> list[str]:
    """List what may be decided of a line: one of the draft's, or one that a former draft can have had."""
    kind, dot, rest = item.partition(".")
    attribute = re.sub(r"\.\d+$", "", rest)
    once = not dot or kind in ("more", "persona") or {rest, attribute} & set(candidates.frame.columns)
    return list(_DECLARED["lines"].get(kind + dot, ())) if item in items or once else []
