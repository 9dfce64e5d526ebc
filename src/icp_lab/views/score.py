"""The score in words: what each criterion is worth, and what a score is worth on cases that it has not seen."""

from typing import Any

from matplotlib.axes import Axes

from icp_lab.methods.score import Card
from icp_lab.views.picture import About, Picture, plot_intervals, write_percent
from icp_lab.views.table import Table
from icp_lab.views.words import Prose, begin, name, phrase, say_count, show, tabulate


def tell_score(card: Card, outcome: str) -> Prose:
    """Tell whether the score tells good cases from others that it has not seen.

    Parameters
    ----------
    card : Card
        The points, and what they were worth on cases unseen.
    outcome : str
        Code of what is predicted: best, won, retained.

    Returns
    -------
    Prose
        How many times as many came out well in the top tenth; or that there is too little to learn from.

    Examples
    --------
    >>> import pandas as pd
    >>> tell_score(Card((), pd.DataFrame(), {}, pd.DataFrame({"n": [100]}), 100, 35, 3.0, 2.0, 4.0, True), "best")
    Of the tenth with the most points **3.0 times** as many became best customers as of all (2.0 to 4.0), counted on 100
    cases that the points had not seen.
    """
    code = "few" if not card.bands.size else "tells" if card.predicts else "blind"
    return phrase("score_told", code, n=card.n, positives=card.positives, ratio=card.top,
                  ends=(card.top_low, card.top_high), outcome=name("outcome", outcome), done=name("done", outcome))


def tabulate_points(card: Card) -> Table | Prose:
    """Show what each criterion is worth.

    Parameters
    ----------
    card : Card
        The points.

    Returns
    -------
    Table or Prose
        A row a criterion: points where it is met and where it fails; empty where nothing could be learned.

    Examples
    --------
    >>> import pandas as pd
    >>> from icp_lab.rule import Criterion
    >>> row = {"criterion": Criterion.flag("exports"), "met": 8, "failed": -4, "n": 40, "positives": 20, "share": 0.5,
    ...        "low": 0.35, "high": 0.65}
    >>> card = Card((), pd.DataFrame([row]), {}, pd.DataFrame(), 100, 35, 3.0, 2.0, 4.0, True)
    >>> tabulate_points(card).cells()
    [['Exports: yes', '8', '−4', '40', '50 (35 to 65)']]
    """
    return tabulate("points", card.frame.assign(said=[begin(one.words()) for one in card.frame["criterion"]]))


def draw_bands(card: Card, outcome: str, about: About) -> Picture | Prose:
    """Draw what became of cases by the score that they got unseen.

    Parameters
    ----------
    card : Card
        The points, and the cases by the score that they got.
    outcome : str
        Code of what is predicted: best, won, retained.
    about : About
        Day and source, for the foot.

    Returns
    -------
    Picture or Prose
        A row a band of points, the highest first; a sentence where points do not tell cases apart.

    Examples
    --------
    >>> import pandas as pd
    >>> from datetime import date
    >>> blind = Card((), pd.DataFrame(), {}, pd.DataFrame(), 100, 35, 1.0, 0.5, 2.0, False)
    >>> draw_bands(blind, "best", About(date(2026, 6, 30), "EUR", "Demo"))
    There is no picture of chances, since the points do not tell cases apart.
    """
    if not card.predicts:
        return phrase("nothing", "bands")
    rows = card.bands.iloc[::-1].to_dict("records")

    def draw(axes: Axes, narrow: bool) -> None:
        plot_intervals(axes, [phrase("band", "points", **_ends(row)) for row in rows],
                       [(row["share"], row["low"], row["high"]) for row in rows], reference=card.positives / card.n,
                       notes=[] if narrow else [say_count(row["positives"], row["n"]) for row in rows])
        axes.set_xlim(0, min(1.15, 1.35 * max(row["high"] for row in rows)))
        write_percent(axes.xaxis)

    listed = [phrase("band", "row", **_ends(row), share=row["share"], interval=(row["low"], row["high"]))
              for row in rows]
    return show("bands", draw, about, height=90 + 34 * len(rows), n=card.n, listed=listed, high=rows[0]["share"],
                low=rows[-1]["share"], outcome=name("outcome", outcome), title="title" if rows[1:] else "alike")


def _ends(row: Any) -> dict[str, int]:
    return {"least": int(row["least"]), "most": int(row["most"])}
