"""The profile with one line changed: what if it were dropped, or widened?"""

from dataclasses import replace
from typing import Any

import pandas as pd

from icp_lab.methods.looser import compare_looser
from icp_lab.rule import Criterion, Rule

_WIDER = 2.0  # how much lower a lower end goes, and how much higher an upper end


def compare_widened(attributes: pd.DataFrame, cases: pd.DataFrame, rule: Rule) -> pd.DataFrame:
    """Tell how many more accounts each line would let in if it were dropped or widened, and how those inside would do.

    Parameters
    ----------
    attributes : DataFrame
        Candidate attributes of all accounts, indexed by account_id.
    cases : DataFrame
        The artifact `cases`: case_id, account_id, positive (yes, no, unknown).
    rule : Rule
        The profile.

    Returns
    -------
    DataFrame
        A row a change, lines in their order: `attribute`, `criterion` (the wider one; None where the line is dropped),
        `more` (accounts inside then and not now), and `n`, `share`, `low`, `high`, `lift`, `lift_low`, `lift_high` of
        the cases inside, as `compare_looser` counts them. Without rows where the rule has no criteria.

    Notes
    -----
    A positive end of an interval is halved below, or doubled above. Plain counts on the cases that shaped the profile.

    Examples
    --------
    >>> attributes = pd.DataFrame({"employees": [60.0, 200.0, 300.0, 900.0]}, index=list("abcd"))
    >>> cases = pd.DataFrame({"case_id": list("abcd"), "account_id": list("abcd"),
    ...                       "positive": ["no", "yes", "yes", "no"]})
    >>> rule = Rule.from_dicts([{"attribute": "employees", "min": 100, "max": 400}])
    >>> found = compare_widened(attributes, cases, rule)
    >>> found[["more", "n", "lift"]].values.tolist()
    [[2.0, 4.0, 1.0], [1.0, 3.0, 1.3333333333333333]]
    """
    inside = _count_inside(attributes, rule)
    whole = compare_looser(attributes, cases, rule).frame
    rows: list[dict[str, Any]] = []
    for place, one in enumerate(rule.criteria if len(whole) else ()):
        others = tuple(other for other in rule.criteria if other is not one)
        left = tuple(each for each in range(len(rule.criteria)) if each != place)
        dropped = whole[[kept == left for kept in whole["kept"]]].iloc[0]
        rows.append({"attribute": one.attribute, "criterion": None, **dropped,
                     "more": _count_inside(attributes, Rule(others)) - inside})
        if (wider := _widen(one)) != one:
            changed = Rule((*others, wider))
            rows.append({"attribute": one.attribute, "criterion": wider,
                         **compare_looser(attributes, cases, changed).frame.iloc[0],
                         "more": _count_inside(attributes, changed) - inside})
    columns = ["attribute", "criterion", "more", "n", "share", "low", "high", "lift", "lift_low", "lift_high"]
    return pd.DataFrame(rows, columns=columns)


def _widen(one: Criterion) -> Criterion:
    low, high = (end if end is not None and end > 0 else None for end in (one.min, one.max))
    return replace(one, min=low / _WIDER if low else one.min, max=high * _WIDER if high else one.max)


def _count_inside(attributes: pd.DataFrame, rule: Rule) -> int:
    return int(rule.mask(attributes).fillna(False).sum()) if rule.criteria else len(attributes)
