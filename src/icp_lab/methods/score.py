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
    """What is a criterion worth where it is met, and where it fails? Nothing where it is unknown."""

    criterion: Criterion
    met: int
    failed: int


@dataclass(frozen=True)
class Card(Shown):
    """Which points make the score, and what is a score worth?

    Parameters
    ----------
    points
        By attribute. An unknown value gives no points, which is what the average company gets.
    frame
        A row a criterion: `attribute`, `criterion` (as in icp.yml), `met`, `failed`, `n` (cases that meet it),
        `positives`, and their `share` with its 95 % interval.
    spread
        Variance of the points of each attribute among the cases: what an unknown value may hide.
    bands
        Cases by the score that they got unseen, `least` to `most`, lowest first: `n`, `positives`, `accounts`, the
        probability of the outcome there (`share`), and its 80 % interval `low`, `high`.
    n, positives
        Cases with a known outcome.
    top, top_low, top_high
        Share of positives in the top tenth over that of all, unseen, with its interval (95 %).
    predicts
        Does a higher score mean a better chance on cases it had not seen (by three standard errors)?
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
        """Give the points as they stand in icp.yml."""
        return {"base": BASE, "points": [{"criterion": one.criterion.to_dict(), "met": one.met, "failed": one.failed}
                                         for one in self.points]}


def add_points(points: tuple[Points, ...], table: pd.DataFrame) -> pd.DataFrame:
    """How many points does each attribute bring to each row?

    Parameters
    ----------
    points
        Of a `Card`.
    table
        A row a company; an attribute that it does not have is unknown.

    Returns
    -------
    DataFrame
        Whole points, a column an attribute, on the index of the table; an unknown value brings none.
    """
    parts = {one.criterion.attribute: np.zeros(len(table), dtype=np.int64) for one in points}
    for one in points:
        criterion, worth, lost = one.criterion, one.met, one.failed
        if criterion.attribute in table:
            met, known = criterion.check(table[criterion.attribute])
            parts[criterion.attribute] += np.where(met, worth, np.where(known, lost, 0))
    return pd.DataFrame(parts, index=table.index)


def score_rows(card: Card, table: pd.DataFrame) -> pd.DataFrame:
    """How many points has each company, for what, and how probable is it that it comes out well?

    Parameters
    ----------
    card
        Of `fit_card`.
    table
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
    reasons = _say_each(parts, lambda worth: f" {worth:+d}")
    return pd.DataFrame({
        "points": points.astype("int64"), "probability": chance["share"], "low": chance["low"], "high": chance["high"],
        "known": known, "reasons": reasons, "missing": _say_each(gone, lambda _gone: "")}, index=table.index)


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
