"""What came of the review, in words: what was decided of the lines, and how the profile reads now."""

from collections.abc import Sequence
from typing import Any

import pandas as pd

from icp_lab.methods.agreed import Decision
from icp_lab.rule import Rule
from icp_lab.views.document import say_verdict, tell_definition
from icp_lab.views.table import Table
from icp_lab.views.words import Prose, join, phrase, tabulate


def tabulate_decisions(decisions: Sequence[Decision], lines: pd.DataFrame) -> Table | Prose:
    """List what was decided, and which decisions are about lines that are gone.

    Parameters
    ----------
    decisions : sequence of Decision
        Who decided, and why, is not shown: that stands in decisions.csv.
    lines : DataFrame
        As `list_lines` gives them.

    Returns
    -------
    Table or Prose
        A row a decision; or the sentence that nothing is decided yet.

    Examples
    --------
    >>> from datetime import date
    >>> lines = pd.DataFrame({"item": ["criterion.size"], "said": ["Size at least 5"], "evidence": [""]})
    >>> tabulate_decisions([Decision("criterion.size", "drop", (), "Ann", date(2026, 7, 1))], lines).cells()
    [['2026-07-01', 'Size at least 5', 'dropped', 'yes']]
    """
    there = {"avoid", *lines["item"]}
    rows = [(one.on, one.item, one.action, Rule(one.criteria).words() if one.criteria else "", one.item in there)
            for one in decisions]
    shown = pd.DataFrame(rows, columns=["on", "item", "action", "rule", "applied"])
    return tabulate("settled", shown, line=dict(zip(lines["item"], lines["said"], strict=True)))


def tell_agreed(agreed: dict[str, Any], decisions: Sequence[Decision]) -> Prose:
    """Tell how the profile reads now, and what the data say to it.

    Parameters
    ----------
    agreed : dict of str to object
        The artifact of that name, a definition.
    decisions : sequence of Decision
        What was decided.

    Returns
    -------
    Prose
        Whether the decisions changed the criteria, the definition, and its verdict.

    Examples
    --------
    >>> criteria = [{"attribute": "employees", "min": 100}]
    >>> tell_agreed({"criteria": criteria, "basis": "data", "verdict": "tentative", "evidence": {}}, ())
    Until something is decided, the agreed profile is the draft, to the letter. Our ideal customers: **employees at
    least 100**. Verdict: Tentative, a promising hypothesis.
    """
    return join(phrase("agreed", "edited" if agreed.get("basis") == "declared" else "kept" if decisions else "open"),
                tell_definition(agreed), phrase("agreed", "verdict", verdict=say_verdict(agreed)))
