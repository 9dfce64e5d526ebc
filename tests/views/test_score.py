"""What the targeting page says of a score that tells, and of one that does not."""

from datetime import date

import pandas as pd

from icp_lab.methods.score import Card
from icp_lab.views.picture import About
from icp_lab.views.score import draw_bands, tell_score

ABOUT = About(date(2026, 6, 30), "USD", "Demo")
BANDS = pd.DataFrame({"least": [20, 55], "most": [54, 90], "share": [0.1, 0.6], "low": [0.05, 0.5], "high": [0.2, 0.7],
                      "n": [50, 50], "positives": [5, 30]})


def _card(bands=BANDS, predicts=True):
    return Card((), pd.DataFrame(), {}, bands, 100, 35, 3.0, 2.0, 4.0, predicts)


def test_the_score_says_whether_it_tells():
    assert "**3.0 times** as many" in tell_score(_card(), "best")
    assert "do not tell" in tell_score(_card(predicts=False), "best")
    assert "too little to learn" in tell_score(_card(pd.DataFrame(), predicts=False), "won")


def test_the_picture_shows_bands_or_says_why_not():
    assert "6 %" not in draw_bands(_card(), "best", ABOUT).title
    assert "60 %" in draw_bands(_card(), "best", ABOUT).title
    alone = _card(BANDS.tail(1))
    assert "about the same" in draw_bands(alone, "best", ABOUT).title
    assert "no picture" in draw_bands(_card(predicts=False), "best", ABOUT)
