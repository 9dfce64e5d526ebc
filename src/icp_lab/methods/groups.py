"""The six groups of attributes as statements: what the data and the interviews say in each, and what it rests on."""

from collections import Counter
from typing import Any

import pandas as pd

from icp_lab.artifacts import make_id
from icp_lab.methods.result import bound_share
from icp_lab.tables import GROUPS

SHOWN = 4  # statements of one sort in a group
_KEY = ("comparison", "attribute", "level")


def fill_groups(  # noqa: PLR0913  (each source of statements)
    draft: dict[str, Any], contrasts: pd.DataFrame, *, negatives: pd.DataFrame, customers: pd.DataFrame,
    triggers: pd.DataFrame, themes: pd.DataFrame, belongs: dict[str, str], q: float = 0.10) -> dict[str, Any]:
    """Fill the six groups with what can be stated in each, on which evidence, and how sure that is.

    Parameters
    ----------
    draft : dict of str to object
        The artifact `draft`.
    contrasts : DataFrame
        The artifact `contrasts`.
    negatives : DataFrame
        The artifact `negatives`; of it `reason_group`.
    customers : DataFrame
        The artifact `customers`: account_id, status.
    triggers : DataFrame
        The table: account_id, kind; empty where the study has none.
    themes : DataFrame
        The artifact `themes`: code, name, belongs, companies, of, low, high.
    belongs : dict of str to str
        Group of each attribute that may be a criterion.
    q : float, default 0.1
        Contrasts up to this q value are stated, 0 to 1.

    Returns
    -------
    dict of str to list of dict
        The artifact `groups`: by group, statements {`kind` and `words` (of which a view makes the sentence), `evidence`
        (ids), `confidence`: data, interview or assumption}. A group of which nothing is known is empty.

    Notes
    -----
    The criteria of a refused profile are assumptions. Counts of interviews are counts of companies. What was said is
    led to by its code: the name of an interview's file may be somebody's name, and stays in the artifacts.

    Examples
    --------
    >>> draft = {"criteria": [{"attribute": "employees", "min": 100}], "evidence": {}}
    >>> none = {"contrasts": ["q_value", "attribute", "p_value", "comparison", "level"], "negatives": ["reason_group"],
    ...         "customers": ["account_id", "status"], "triggers": ["account_id", "kind"],
    ...         "themes": ["companies", "code"]}
    >>> groups = fill_groups(draft, belongs={"employees": "basic"},
    ...                      **{name: pd.DataFrame(columns=columns) for name, columns in none.items()})
    >>> groups["basic"][0]["evidence"], groups["goals"]
    (['draft/criteria/employees'], [])
    """
    filled: dict[str, list[dict[str, Any]]] = {group: [] for group in GROUPS}
    for attribute, said in [*_state_criteria(draft), *_state_contrasts(contrasts, draft, q)]:
        group = filled.get(belongs.get(attribute, ""), [])
        if said["kind"] in ("criterion", "hypothesis") or sum(s["kind"] == said["kind"] for s in group) < SHOWN:
            group.append(said)
    for row in themes.sort_values(["companies", "code"], ascending=[False, True]).to_dict("records"):
        group = filled.get(row["belongs"], [])
        if sum(s["kind"] == "theme" for s in group) < SHOWN:
            group.append(_state_theme(row))
    filled["pains"] += _state_reasons(negatives)
    filled["triggers"] += _state_triggers(triggers, customers)
    return filled


def _state(kind: str, evidence: list[str], confidence: str = "data", **words: Any) -> dict[str, Any]:
    return {"kind": kind, "words": words, "evidence": evidence, "confidence": confidence}


def _state_criteria(draft: dict[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    claimed, told = bool(draft["criteria"]), draft["evidence"]
    stability, criteria = told.get("stability") or {}, draft["criteria"] or told.get("refused") or []
    kind, confidence = ("criterion", "data") if claimed else ("hypothesis", "assumption")
    place = ("criteria",) if claimed else ("evidence", "refused")
    return [(one["attribute"], _state(kind, [make_id("draft", *place, one["attribute"])], confidence, criterion=one,
                                      stability=stability.get(one["attribute"]))) for one in criteria]


def _state_contrasts(contrasts: pd.DataFrame, draft: dict[str, Any], q: float) -> list[tuple[str, dict[str, Any]]]:
    """State the differences that hold and that no criterion says already, the surest first, one an attribute."""
    used = {one["attribute"] for one in draft["criteria"]}
    rows = contrasts[(contrasts["q_value"] <= q) & ~contrasts["attribute"].isin(used)]
    rows = rows.sort_values(["p_value", "attribute", "comparison", "level"]).drop_duplicates("attribute")
    return [(row["attribute"], _state(row["measure"], [make_id("contrasts", *map(row.get, _KEY))], **_figure(row)))
            for row in rows.to_dict("records")]


def _figure(row: dict[Any, Any]) -> dict[str, Any]:
    """Give the figures of a contrast as a reader takes them: Cliff's delta as the share of pairs with more."""
    figures = [float(row[key]) for key in ("effect", "low", "high")]
    effect, *ends = [(each + 1) / 2 for each in figures] if row["measure"] == "cliffs_delta" else figures
    return {key: row[key] for key in _KEY} | {
        "effect": effect, "ends": tuple(ends), "n": int(row["n_first"]), "m": int(row["n_second"])}


def _state_theme(row: dict[Any, Any]) -> dict[str, Any]:
    return _state("theme", [make_id("themes", row["code"])], "interview", ends=(row["low"], row["high"]),
                  **{key: row[key] for key in ("code", "name", "companies", "of")})


def _state_reasons(negatives: pd.DataFrame) -> list[dict[str, Any]]:
    """State why accounts did not fit: what they did not get is a problem that they wanted solved."""
    told = negatives.loc[negatives["reason_group"] != "unknown", "reason_group"]
    return [_count("reason", make_id("negatives", f"reason_group={group}"), group, k, len(told))
            for group, k in _rank(told) if group != "other"]


def _state_triggers(triggers: pd.DataFrame, customers: pd.DataFrame) -> list[dict[str, Any]]:
    """State what was recorded of accounts, and how many of those are customers now."""
    known = triggers.drop_duplicates(["account_id", "kind"]).merge(customers[["account_id", "status"]], on="account_id")
    bought = Counter(known.loc[known["status"] == "customer", "kind"])
    return [_count("trigger", make_id("tables", "triggers", f"kind={kind}"), kind, bought[kind], n)
            for kind, n in _rank(known["kind"])]


def _rank(values: Any) -> list[tuple[str, int]]:
    return sorted(Counter(values).items(), key=lambda pair: (-pair[1], pair[0]))[:SHOWN]


def _count(kind: str, evidence: str, what: str, k: int, n: int) -> dict[str, Any]:
    return _state(kind, [evidence], what=what, k=k, n=n, ends=bound_share(k, n))
