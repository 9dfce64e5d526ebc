"""From the id of a piece of evidence to the rows it stands for, and to the place where the report shows them."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, unquote

import pandas as pd

from icp_lab.artifacts import BY_NAME, TableArtifact, make_id
from icp_lab.process import WRITER

# Shown row by row, each under its id.
_ROWS = ("contrasts/best_negative/", "negatives/reason_group=", "tables/")
# What else a page shows of an artifact stands under an item of the checklist, in any language; else at its head.
_ITEMS = {"themes": "item-3d", "negatives": "item-4b", "contrasts": "item-4c", "market": "item-5a",
          "personas": "item-6e", "success": "item-2b", "cases": "item-2c"}


@dataclass(frozen=True)
class Evidence:
    """Hand over what an id of evidence leads to.

    Parameters
    ----------
    id : str
        `ARTIFACT/KEY/...`, as docs/conventions.md has it.
    rows : DataFrame
        The rows it stands for: of a record a row without columns of its own, named `value`.
    notebook : str
        The page that shows them.
    anchor : str
        The place on that page; empty where it is the page's head.

    Examples
    --------
    >>> found = find_evidence("draft/verdict", {"draft": {"verdict": "tentative"}}.get, {}.get)
    >>> found.notebook, found.rows["value"].tolist()
    ('06b_draft_icp', ['tentative'])
    """

    id: str
    rows: pd.DataFrame
    notebook: str
    anchor: str

    @property
    def href(self) -> str:
        """Give the link to where it is shown, seen from the folder of the report.

        Returns
        -------
        str
            The page, with the place on it where it has one.

        Examples
        --------
        >>> Evidence("contrasts/best_negative/industry/R%2FD", pd.DataFrame(), "04_negative_cases", "a/R%2FD").href
        '04_negative_cases.html#a/R%252FD'
        """
        return f"{self.notebook}.html" + (f"#{quote(self.anchor)}" if self.anchor else "")


def find_evidence(
    evidence_id: str, find: Callable[[str], Any], table: Callable[[str], pd.DataFrame],
) -> Evidence | None:
    """Find what an id of evidence leads to.

    Parameters
    ----------
    evidence_id : str
        `ARTIFACT/KEY/...`; in a part `/` is written %2F. Without a key it stands for all rows.
    find : callable
        Gives an artifact by its name; None where there is none.
    table : callable
        Gives a table of the study by its name.

    Returns
    -------
    Evidence or None
        None where the id leads to nothing.

    Examples
    --------
    >>> themes = pd.DataFrame({"code": ["price_pain"], "companies": [3]})
    >>> found = find_evidence("themes/price_pain", {"themes": themes}.get, {}.get)
    >>> found.href, found.rows["companies"].item()
    ('03_interviews.html#item-3d', 3)
    >>> find_evidence("themes/never_heard", {"themes": themes}.get, {}.get) is None
    True
    """
    artifact, *key = map(unquote, evidence_id.split("/"))
    content = table(key[0]) if artifact == "tables" else find(artifact)
    if content is None:
        return None
    declared = BY_NAME.get(artifact)
    if artifact == "tables" or isinstance(declared, TableArtifact):
        field, is_field, value = key[-1].partition("=") if key else ("", "", "")
        fields = {field: value} if is_field else dict(zip(getattr(declared, "key", ()), key, strict=False))
        rows = content[[row == [*fields.values()] for row in _as_text(content[[*fields]])]] if fields else content
    else:
        value = _follow(content, key)
        rows = pd.DataFrame({"value": [] if value is None else [value]}, dtype="object")
    anchor = evidence_id if evidence_id.startswith(_ROWS) else _ITEMS.get(artifact, "")
    if artifact in ("draft", "avoid") and len(key) > 1 and key[-2] in ("criteria", "refused"):
        anchor = make_id("criteria", key[-1])
    if artifact == "personas" and len(key) > 1:  # a row of the card of this kind of person
        cards = [one["id"] for one in content["personas"] if one["kind"] == key[1]]
        anchor = make_id(artifact, cards[0], (*key, "department")[2]) if cards else anchor
    return Evidence(evidence_id, rows, WRITER.get(artifact, WRITER["groups"]), anchor) if len(rows) else None


def _as_text(frame: pd.DataFrame) -> list[list[str]]:
    return [["" if pd.isna(value) else str(value) for value in row] for row in frame.to_numpy().tolist()]


def _follow(node: Any, key: list[str]) -> Any:
    """Walk into a record: by name into a mapping, by the values that tell its rows apart into a list."""
    if not key or node is None:
        return node
    if isinstance(node, dict):
        return _follow(node.get(key[0]), key[1:])
    named = [one for one in node if isinstance(one, dict) and key == list(map(str, list(one.values())[:len(key)]))]
    return named[0] if named else None
