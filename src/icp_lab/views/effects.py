"""One difference between groups in words: what differs, by how much, and whether that holds."""

import math
from typing import Any

from icp_lab.locale import _
from icp_lab.rule import name_attribute, write_number
from icp_lab.views.table import MISSING, say
from icp_lab.views.words import phrase, tell


def collect_figures(row: Any) -> dict[str, Any]:
    """Collect what the sentences on a difference name: a ratio of two shares, or a share of pairs.

    Parameters
    ----------
    row : Mapping
        A row of `Contrast.frame` or `Confounding.frame`; where its measure is Cliff's delta, that is said as the share
        of pairs in which the first group has more.

    Returns
    -------
    dict of str to object
        Words for `phrase`: `label`, `ratio`, `interval`, `share` and `other`.

    Examples
    --------
    >>> row = {"attribute": "employees", "level": "", "start": math.nan, "measure": "cliffs_delta", "effect": 0.4}
    >>> words = collect_figures(row | {"low": 0.2, "high": 0.6})
    >>> words["label"], words["share"], words["interval"]
    ('employees', 0.7, (0.6, 0.8))
    """
    words = {"label": label_row(row), "ratio": row["effect"], "interval": (row["low"], row["high"]),
             "share": row.get("share_first"), "other": row.get("share_second")}
    if row["measure"] == "cliffs_delta":
        words |= {"share": share_pairs(row["effect"]), "interval": (share_pairs(row["low"]), share_pairs(row["high"]))}
    return words


def say_effect(row: Any) -> str:
    """Write the effect of a difference with its interval.

    Parameters
    ----------
    row : Mapping
        A row of `Contrast.frame` or `Confounding.frame`.

    Returns
    -------
    str
        In words of its measure.

    Examples
    --------
    >>> row = {"attribute": "industry", "level": "SaaS", "start": math.nan, "measure": "risk_ratio", "effect": 2.5}
    >>> say_effect(row | {"low": 1.6, "high": 3.9, "share_first": 0.5, "share_second": 0.2})
    2.5 times as common (1.6 to 3.9)
    """
    return phrase("effect", row["measure"], **collect_figures(row))


def say_holds(row: Any) -> str:
    """Write whether a difference survives the number of tries.

    Parameters
    ----------
    row : Mapping
        Key `distinct`.

    Returns
    -------
    str
        In the reader's language.

    Examples
    --------
    >>> say_holds({"distinct": True}), say_holds({"distinct": False})
    ('holds', 'may be chance')
    """
    return _("holds") if row["distinct"] else _("may be chance")


def label_row(row: Any) -> str:
    """Name what differs: the attribute, its quarter or its level.

    Parameters
    ----------
    row : Mapping
        Keys `attribute`, `level` (empty for a number), `start` and `end` (of a quarter; NaN for the whole range),
        `measure`, and `before_sale` where that is known. Under the measure `lift` the level is a criterion in words.

    Returns
    -------
    str
        An attribute that is known only after the sale is marked.

    Examples
    --------
    >>> row = {"attribute": "employees", "level": "", "start": 100.0, "end": 480.0, "measure": "risk_ratio"}
    >>> label_row(row)
    employees 100 to 480
    >>> row = {"attribute": "plan", "level": "Pro", "start": math.nan, "measure": "risk_ratio"}
    >>> label_row(row | {"before_sale": False})
    plan (known after the sale): Pro
    """
    if row["measure"] == "lift":
        return str(row["level"])
    attribute = name_attribute(row["attribute"])
    if not math.isnan(row["start"]):
        low, high = (write_number(float(f"{row[end]:.4g}"), row["attribute"]) for end in ("start", "end"))
        attribute = tell(_("{attribute} {low} to {high}"), attribute=attribute, low=low, high=high)
    if not row.get("before_sale", True):
        attribute = tell(_("{attribute} (known after the sale)"), attribute=attribute)
    return join_level(attribute, row["level"])


def join_level(attribute: str, level: str) -> str:
    """Write an attribute with its level.

    Parameters
    ----------
    attribute : str
        The attribute as it is called.
    level : str
        The level, such as a category or `yes`; empty for numbers.

    Returns
    -------
    str
        The attribute alone where there is no level.

    Examples
    --------
    >>> join_level("industry", "SaaS"), join_level("employees", "")
    (industry: SaaS, 'employees')
    """
    return tell(_("{attribute}: {level}"), attribute=attribute, level=_(level)) if level else attribute


def share_pairs(delta: float) -> float:
    """Give Cliff's delta as the share of pairs in which the first has more, ties split.

    Parameters
    ----------
    delta : float
        From -1 to 1.

    Returns
    -------
    float
        From 0 to 1; one half is no difference.

    Examples
    --------
    >>> share_pairs(0.4), share_pairs(0.0)
    (0.7, 0.5)
    """
    return (delta + 1) / 2


def say_figure(column: str, row: Any) -> str:
    """Write a share, or a median in the attribute's own unit.

    Parameters
    ----------
    column : str
        Where the row has the figure.
    row : Mapping
        With `measure` and `attribute`: under `risk_ratio` the figure is a share, else a median.

    Returns
    -------
    str
        A dash where it is missing.

    Examples
    --------
    >>> say_figure("best", {"attribute": "industry", "measure": "risk_ratio", "best": 0.25})
    '25 %'
    """
    figure = row[column]
    if math.isnan(figure):
        return MISSING
    return say(figure, "share") if row["measure"] == "risk_ratio" else say_median(figure, row["attribute"])


def say_median(value: float, attribute: str) -> str:
    """Write a median: with four figures of large numbers, so that years stay years, and three of small ones.

    Parameters
    ----------
    value : float
        The median, in the unit of the attribute.
    attribute : str
        The attribute, which decides how a number of it is written.

    Returns
    -------
    str
        In the reader's language.

    Examples
    --------
    >>> say_median(0.22853, "growth"), say_median(2011.0, "founded_year")
    ('0.229', '2011')
    """
    return write_number(float(f"{value:.{4 if abs(value) >= 1000 else 3}g}"), attribute)
