"""How well does an account fit, in points that add up, and how probable is it that it comes out well?"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy.stats import norm

from icp_lab.methods.result import Floats, Shown
from icp_lab.rule import Criterion

BASE = 50  # points of a company of which nothing is known
LEVEL = 0.80  # of every interval here
LEAST_KNOWN = 0.5  # share of what the points tell apart; an account of which less is known has no probability


@dataclass(frozen=True)
class Points:
    """Hand over what a criterion is worth where it is met, and where it fails; nothing where it is unknown.

    Parameters
    ----------
    criterion : Criterion
        The criterion.
    met : int
        Points where it is met; 10 double the odds.
    failed : int
        Points where it fails.

    Examples
    --------
    >>> Points(Criterion.flag("exports"), met=8, failed=-4).met
    8
    """

    criterion: Criterion
    met: int
    failed: int


@dataclass(frozen=True)
class Card(Shown):
    """Tell which points make the score, and what a score is worth.

    Parameters
    ----------
    points : tuple of Points
        By attribute. An unknown value gives no points, which is what the average company gets.
    frame : DataFrame
        A row a criterion: `attribute`, `criterion` (as in icp.yml), `met`, `failed`, `n` (cases that meet it),
        `positives`, and their `share` with its 95 % interval.
    spread : dict of str to float
        Variance of the points of each attribute among the cases: what an unknown value may hide.
    bands : DataFrame
        Cases by the score that they got unseen, `least` to `most`, lowest first: `n`, `positives`, `accounts`, the
        probability of the outcome there (`share`), and its 80 % interval `low`, `high`.
    n : int
        Cases with a known outcome.
    positives : int
        Those of them that came out well.
    top : float
        Share of positives in the top tenth over that of all, unseen.
    top_low, top_high : float
        Its 95 % interval.
    predicts : bool
        True where a higher score means a better chance on cases it had not seen (by three standard errors).

    Examples
    --------
    >>> nothing = pd.DataFrame()
    >>> card = Card((Points(Criterion.flag("exports"), 8, -4),), nothing, {}, nothing, 90, 30, 2.1, 1.2, 3.3, True)
    >>> card.points[0].met, card.predicts
    (8, True)
    """

    points: tuple[Points, ...]
    frame: pd.DataFrame
    spread: dict[str, float]
    bands: pd.DataFrame
    n: int
    positives: int
    top: float
    top_low: float
    top_high: float
    predicts: bool

    def to_dict(self) -> dict[str, Any]:
        """Give the points as they stand in icp.yml.

        Returns
        -------
        dict of str to object
            Keys `base`, and `points`: criterion, met and failed of each.

        Examples
        --------
        >>> nothing = pd.DataFrame()
        >>> points = (Points(Criterion.flag("exports"), 8, -4),)
        >>> Card(points, nothing, {}, nothing, 90, 30, 2.1, 1.2, 3.3, True).to_dict()
        {'base': 50, 'points': [{'criterion': {'attribute': 'exports', 'is': True}, 'met': 8, 'failed': -4}]}
        """
        return {"base": BASE, "points": [{"criterion": one.criterion.to_dict(), "met": one.met, "failed": one.failed}
                                         for one in self.points]}


def add_points(points: tuple[Points, ...], table: pd.DataFrame) -> pd.DataFrame:
    """Add up how many points each attribute brings to each row.

    Parameters
    ----------
    points : tuple of Points
        Of a `Card`.
    table : DataFrame
        A row a company; an attribute that it does not have is unknown.

    Returns
    -------
    DataFrame
        Whole points, a column an attribute, on the index of the table; an unknown value brings none.

    Examples
    --------
    >>> points = (Points(Criterion.flag("exports"), 8, -4),)
    >>> add_points(points, pd.DataFrame({"exports": pd.array([True, False, None], "boolean")}))["exports"].tolist()
    [8, -4, 0]
    """
    parts = {one.criterion.attribute: np.zeros(len(table), dtype=np.int64) for one in points}
    for one in points:
        name = one.criterion.attribute
        if name in table:
            met, known = one.criterion.check(table[name])
            parts[name] += np.where(met, one.met, np.where(known, one.failed, 0))
    return pd.DataFrame(parts, index=table.index)


def score_rows(card: Card, table: pd.DataFrame) -> pd.DataFrame:
    """Score companies: how many points each has, for what, and how probable it is that it comes out well.

    Parameters
    ----------
    card : Card
        From `fit_card`.
    table : DataFrame
        A row a company, columns as the attributes of the card; missing ones are unknown.

    Returns
    -------
    DataFrame
        On the index of the table: `points` (the base and those of every attribute, exactly), `probability`, `low` and
        `high` (80 %; missing where the score does not predict, or too little is known), `known` (share of what the
        points tell apart that is known), `reasons` (attribute and points, the weightiest first) and `missing`
        (attributes), comma-separated.

    Notes
    -----
    Unknown values widen the interval: its ends are those of the bands that lie as far below and above as the points
    that they hide spread among the cases.

    Examples
    --------
    >>> nothing = pd.DataFrame()
    >>> points = (Points(Criterion.flag("exports"), 8, -4),)
    >>> card = Card(points, nothing, {"exports": 36.0}, nothing, 90, 30, np.nan, np.nan, np.nan, False)
    >>> firms = pd.DataFrame({"exports": pd.array([True, None], "boolean")})
    >>> score_rows(card, firms)[["points", "known", "reasons", "missing"]].values.tolist()
    [[58, 1.0, 'exports +8', ''], [50, 0.0, '', 'exports']]
    """
    parts = add_points(card.points, table)
    gone = pd.DataFrame({name: table[name].isna() if name in table else True for name in parts}, index=table.index)
    spread = np.array([card.spread[str(name)] for name in parts], dtype=np.float64)
    hidden, total = gone.to_numpy(dtype=np.float64) @ spread, float(spread.sum())
    points, known = BASE + parts.sum(axis=1), 1 - hidden / (total or 1.0)
    told = card.predicts & (known >= LEAST_KNOWN)
    reach = norm.ppf((1 + LEVEL) / 2) * np.sqrt(hidden)
    chance = {name: np.where(told, _read_band(card.bands, points + shift, name), np.nan) if card.predicts else np.nan
              for name, shift in (("share", 0.0), ("low", -reach), ("high", reach))}
    return pd.DataFrame({
        "points": points.astype("int64"), "probability": chance["share"], "low": chance["low"], "high": chance["high"],
        "known": known, "reasons": _say_each(parts, lambda worth: f" {worth:+d}"),
        "missing": _say_each(gone, lambda _gone: "")}, index=table.index)


def _say_each(table: pd.DataFrame, say: Callable[[int], str]) -> list[str]:
    """Name the columns of a row that are not nought, the weightiest first; rows that are alike are said once."""
    rows, place = np.unique(table.to_numpy(dtype=np.int64), axis=0, return_inverse=True)
    named = [sorted(zip(row, table.columns, strict=True), key=lambda one: (-abs(one[0]), one[1]))
             for row in rows.tolist()]
    said = [", ".join(name + say(worth) for worth, name in row if worth) for row in named]
    return [said[at] for at in place.tolist()]


def _read_band(bands: pd.DataFrame, score: pd.Series, column: str) -> Floats:
    """Read a figure off the band that each score falls into."""
    place = np.searchsorted(bands["least"].to_numpy()[1:], score.to_numpy(dtype=np.float64), side="right")
    return bands[column].to_numpy(dtype=np.float64)[place]
